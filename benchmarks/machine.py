"""What every benchmark needs: the machine's name, the commit, a photo, a median."""

from __future__ import annotations

import platform
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import cv2

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


def commit() -> str:
    """Return the commit that is checked out."""
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "none"


def hardware() -> str:
    """Return processor, number of its cores in use, and threads of OpenCV."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return f"{model}, {cv2.getNumberOfCPUs()} cores"
