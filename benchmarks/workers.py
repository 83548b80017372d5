"""What a second worker and Ray are worth: the same photos by one, by two, and by Ray's two."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from inspector.batch.local import inspect_locally
from inspector.batch.manifest import Entry, read_manifest
from inspector.batch.on_ray import inspect_on_ray
from inspector.batch.work import Done, ShippedModels
from inspector.catalogue.register import Register

FEW = 2
"""Photos of the run whose time is taken off: what it takes to start and to load models, mostly."""

ONE, TWO, RAY = "one local worker", "two local workers", "two workers on Ray"


def seconds_per_photo(folder: Path, *, rounds: int = 2) -> dict[str, float]:
    """Inspect a folder by every engine in turn; return the median seconds per photo of each.

    A run over a few photos is taken off one over all: what is left are photos, from the first to
    the last, without the start. No photo is looked at before the clock runs.

    Args:
        folder: So many photos that looking takes far longer than starting.
        rounds: How often all engines are run; those that are compared run right after each other.
    """
    photos = read_manifest(str(folder), manifest=None, dealer_type=None, today=date.today()).entries
    common = {"models": ShippedModels(), "register": Register.load()}
    engines: dict[str, Callable[[tuple[Entry, ...]], Iterator[Done]]] = {
        ONE: partial(inspect_locally, workers=1, **common),
        TWO: partial(inspect_locally, workers=2, **common),
    }
    if find_spec("ray"):
        engines[RAY] = partial(inspect_on_ray, workers=2, address=None, **common)
    paces: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(rounds):
        for name, engine in engines.items():
            start_s = _seconds(engine, photos[:FEW])
            paces[name].append((_seconds(engine, photos) - start_s) / (len(photos) - FEW))
    return {name: median(several) for name, several in paces.items()}


def _seconds(
    engine: Callable[[tuple[Entry, ...]], Iterator[Done]], photos: tuple[Entry, ...]
) -> float:
    start = time.perf_counter()
    for done in engine(photos):
        assert done.result is not None, done.reason
    return time.perf_counter() - start
