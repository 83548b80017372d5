"""What every benchmark needs: a photo and a median."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

SEED, SIZE = 10, (4032, 3024)


def rendered(folder: Path) -> Path:
    """Render the benchmark's photo; the seed gives a shelf with about a hundred packs."""
    from datasets.generate import make_scene

    return make_scene(SEED, SIZE, folder).with_suffix(".jpg")


def median_s(step: Callable[[], object], repeat: int) -> float:
    """Return the median time of a step in seconds, after one warm-up."""
    times = []
    for _ in range(repeat + 1):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])
