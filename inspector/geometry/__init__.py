"""Measuring: the camera, heights with their intervals, and where things stand on the fixture.

Pure functions of pixels and the kit's layout; OpenCV-free, so that they can be tested with nothing
but NumPy.
"""
