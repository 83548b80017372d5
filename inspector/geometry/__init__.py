"""Measuring: the camera, heights with their intervals, and where things stand on the fixture.

Pure functions of pixels and the kit's layout. Read `fitting.py` first: one least-squares fit of the
camera (`camera.py`) to every cue of the photo (`cues.py`), and what does not fit together
(`contradictions.py`). `heights.py` propagates its covariance into every interval.
"""
