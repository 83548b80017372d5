"""The engine for many machines: Ray Data, with the models in actors.

Ray is an extra (`pip install 'shelf-inspector[ray]'`); nothing else of the program imports it.
"""

from __future__ import annotations

import logging
import pickle
import socket
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from inspector.batch.manifest import Entry
from inspector.batch.work import DIED_TWICE, Done, Models, Worker
from inspector.catalogue.register import Register
from inspector.errors import InspectorError

_MOST_BLOCKS = 10_000
_FEWEST_PHOTOS = 4
"""Photos per block: few, so that results come early; more where blocks would be too many."""

MOST_DEATHS = 2
"""A photo over which so many workers died is given up, as on one machine."""


class RayError(InspectorError):
    """Ray is not installed, its cluster cannot be reached, or it cannot go on."""


class _Begun:
    """Counts, for all workers, how often photos were begun and not ended: who died over which."""

    def __init__(self) -> None:
        self._times: Counter[Entry] = Counter()

    def begin(self, entry: Entry) -> int:
        """Note that a photo is begun; return how often it was before and did not end."""
        self._times[entry] += 1
        return self._times[entry] - 1

    def end(self, entry: Entry) -> None:
        """Note that a photo is done."""
        del self._times[entry]


class _Actor:
    """A worker as Ray Data calls it: with a batch of photos, each pickled."""

    def __init__(self, models: Models, register: Register, begun: Any) -> None:  # noqa: ANN401
        self._worker = Worker(models, register)
        self._begun = begun

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        done = [pickle.dumps(self._inspect(pickle.loads(row))) for row in batch["entry"]]
        return {"done": np.array(done, dtype=object)}

    def _inspect(self, entry: Entry) -> Done:
        """Inspect a photo, unless two workers died over it: Ray would try it again for ever."""
        import ray

        if ray.get(self._begun.begin.remote(entry)) >= MOST_DEATHS:
            return Done(entry, reason=DIED_TWICE)
        done = self._worker.inspect(entry)
        ray.get(self._begun.end.remote(entry))
        return done


def inspect_on_ray(
    entries: Iterable[Entry],
    *,
    models: Models,
    register: Register,
    workers: int,
    address: str | None,
    gpus_per_worker: float = 0.0,
) -> Iterator[Done]:
    """Inspect photos with actors of a Ray cluster.

    An actor that dies is replaced and its photos are given to another one; a photo over which a
    second one dies is given up.

    Args:
        entries: The photos.
        models: What to look with.
        register: Register of goods.
        workers: Number of actors; each uses one core.
        address: A running cluster; None starts one on this machine for the run.
        gpus_per_worker: GPUs that each actor is given, or a part of one; it sees no others.

    Yields:
        What became of each photo, in the order given.

    Raises:
        RayError: Ray is not installed, there is no cluster at the address or no such GPU in it, or
            the cluster fails on the way.
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
        _check_gpus(ray.cluster_resources().get("GPU", 0.0), gpus_per_worker)
        begun = ray.remote(_Begun).options(num_cpus=0).remote()
        rows = [{"entry": pickle.dumps(entry)} for entry in entries]
        photos = ray.data.from_items(rows, override_num_blocks=blocks)
        inspected = photos.map_batches(
            _Actor,
            fn_constructor_args=(models, register, begun),
            batch_size=-(-len(entries) // blocks),  # a block; Ray wants it told where GPUs are
            compute=ray.data.ActorPoolStrategy(size=workers),
            num_cpus=1,
            num_gpus=gpus_per_worker or None,
        )
        for row in _going_on(inspected.iter_rows()):
            yield pickle.loads(row["done"])
    finally:
        if started_here:
            ray.shutdown()


def _going_on(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield rows; whatever Ray raises is told in the project's own words."""
    try:
        yield from rows
    except Exception as error:  # Ray Data has errors of its own, Ray's, and Python's
        first_line = str(error).strip().partition("\n")[0]
        raise RayError(
            f"Ray cannot go on ({type(error).__name__}: {first_line}). What is done is kept: "
            "see to the cluster and start the same command again."
        ) from error


def _check_gpus(there: float, wanted: float) -> None:
    if wanted and not there:
        raise RayError(
            f"The Ray cluster has no GPU, and each worker is to have {wanted:g}. Expected nodes "
            "with GPUs that Ray knows of (`ray status`). Or leave out --gpus-per-worker."
        )


def _check_answers(address: str | None) -> None:
    """Raise an OSError when nobody listens at HOST:PORT; Ray itself would try for minutes."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=10).close()
