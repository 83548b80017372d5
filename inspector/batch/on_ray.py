"""The engine for many machines: Ray Data, with the models in actors.

Ray is an extra (`pip install 'shelf-inspector[ray]'`); nothing else of the program imports it.
"""

from __future__ import annotations

import logging
import pickle
import socket
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from inspector.batch.manifest import Entry
from inspector.batch.work import Done, Models, Worker
from inspector.catalogue.register import Register
from inspector.errors import InspectorError

_MOST_BLOCKS = 10_000
_FEWEST_PHOTOS = 4
"""Photos per block: few, so that results come early; more where blocks would be too many."""


class RayError(InspectorError):
    """Ray is not installed, or its cluster cannot be reached."""


class _Actor:
    """A worker as Ray Data calls it: with a batch of photos, each pickled."""

    def __init__(self, models: Models, register: Register) -> None:
        self._worker = Worker(models, register)

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        done = [pickle.dumps(self._worker.inspect(pickle.loads(row))) for row in batch["entry"]]
        return {"done": np.array(done, dtype=object)}


def inspect_on_ray(
    entries: Iterable[Entry],
    *,
    models: Models,
    register: Register,
    workers: int,
    address: str | None,
) -> Iterator[Done]:
    """Inspect photos with actors of a Ray cluster.

    An actor that dies is replaced and its photos are given to another one.

    Args:
        entries: The photos.
        models: What to look with.
        register: Register of goods.
        workers: Number of actors; each uses one core.
        address: A running cluster; None starts one on this machine for the run.

    Yields:
        What became of each photo, in the order given.

    Raises:
        RayError: Ray is not installed, or there is no cluster at the address.
    """
    entries = list(entries)
    if not entries:
        return
    try:
        import ray
        from ray.data import DataContext
    except ImportError as error:
        raise RayError(
            f"Ray is not installed ({error}). Expected the extra: pip install "
            "'shelf-inspector[ray]'. Or use --engine local."
        ) from error
    started_here = not ray.is_initialized()
    if started_here:
        try:
            _check_answers(address)
            ray.init(
                address=address,
                include_dashboard=None if address else False,
                log_to_driver=False,
                logging_level=logging.ERROR,
                configure_logging=False,
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise RayError(
                f"No Ray cluster answers at {address or 'this machine'} ({error}). Expected one "
                "that was started with `ray start`. Correct --ray-address."
            ) from error
    try:
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        context = DataContext.get_current()
        context.execution_options.preserve_order = True
        context.enable_progress_bars = False
        blocks = min(_MOST_BLOCKS, -(-len(entries) // _FEWEST_PHOTOS))
        rows = [{"entry": pickle.dumps(entry)} for entry in entries]
        photos = ray.data.from_items(rows, override_num_blocks=blocks)
        inspected = photos.map_batches(
            _Actor,
            fn_constructor_args=(models, register),
            batch_size=None,
            compute=ray.data.ActorPoolStrategy(size=workers),
            num_cpus=1,
        )
        for row in inspected.iter_rows():
            yield pickle.loads(row["done"])
    finally:
        if started_here:
            ray.shutdown()


def _check_answers(address: str | None) -> None:
    """Raise an OSError when nobody listens at HOST:PORT; Ray itself would try for minutes."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=10).close()
