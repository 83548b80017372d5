"""What a second worker and Ray are worth: the same photos by one, by two, and by Ray's two."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from inspector.batch.local import inspect_locally
from inspector.batch.manifest import Entry, read_manifest
from inspector.batch.on_ray import inspect_on_ray
from inspector.batch.work import Done, ShippedModels
from inspector.catalogue.register import Register


def seconds_per_photo(folder: Path) -> dict[str, float]:
    """Inspect a folder by every engine; their start, until the first photo, is left out."""
    photos = read_manifest(str(folder), manifest=None, dealer_type=None, today=date.today()).entries
    common = {"models": ShippedModels(), "register": Register.load()}
    engines: dict[str, Callable[[tuple[Entry, ...]], Iterator[Done]]] = {
        "one local worker": partial(inspect_locally, workers=1, **common),
        "two local workers": partial(inspect_locally, workers=2, **common),
    }
    if find_spec("ray"):
        engines["two workers on Ray"] = partial(inspect_on_ray, workers=2, address=None, **common)
    return {name: _paced(engine(photos)) for name, engine in engines.items()}


def _paced(done: Iterator[Done]) -> float:
    next(done)
    start = time.perf_counter()
    count = sum(1 for _ in done)
    return (time.perf_counter() - start) / count
