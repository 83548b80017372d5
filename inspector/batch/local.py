"""The engine for one machine: a process per core."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from inspector.batch.manifest import Entry
from inspector.batch.work import DIED_TWICE, Done, Models, Worker
from inspector.catalogue.register import Register

_AHEAD = 4
"""Photos under way per worker; those that are done wait here for slower ones before them."""

_worker: Worker | None = None


def inspect_locally(
    entries: Iterable[Entry], *, models: Models, register: Register, workers: int
) -> Iterator[Done]:
    """Inspect photos in processes of this machine.

    A worker that dies, for example for want of memory, is replaced; the photos that were under way
    are tried again one by one, and the one that kills its worker again is given up.

    Args:
        entries: The photos.
        models: What to look with.
        register: Register of goods.
        workers: Number of processes; each uses one core.

    Yields:
        What became of each photo, in the order given.
    """

    def new_pool(size: int) -> ProcessPoolExecutor:
        # Spawned: a forked process would inherit the threads of libraries in a broken state.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(size, context, _start, (models, register))

    waiting = iter(entries)
    under_way: deque[tuple[Entry, Future[Done]]] = deque()
    pool = new_pool(workers)
    try:
        while True:
            while len(under_way) < _AHEAD * workers and (entry := next(waiting, None)) is not None:
                under_way.append((entry, _submit(pool, entry)))
            if not under_way:
                return
            try:
                yield under_way[0][1].result()
                under_way.popleft()
            except BrokenProcessPool:
                pool.shutdown(cancel_futures=True)
                yield from _one_by_one((entry for entry, _ in under_way), new_pool)
                under_way.clear()
                pool = new_pool(workers)
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, entry: Entry) -> Future[Done]:
    try:
        return pool.submit(_inspect, entry)
    except BrokenProcessPool as error:
        # A worker died since the last result; this photo is then one of those under way.
        failed: Future[Done] = Future()
        failed.set_exception(error)
        return failed


def _one_by_one(
    entries: Iterable[Entry], new_pool: Callable[[int], ProcessPoolExecutor]
) -> Iterator[Done]:
    pool = new_pool(1)
    try:
        for entry in entries:
            try:
                yield pool.submit(_inspect, entry).result()
            except BrokenProcessPool:
                yield Done(entry, reason=DIED_TWICE)
                pool = new_pool(1)
    finally:
        pool.shutdown(cancel_futures=True)


def _start(models: Models, register: Register) -> None:
    global _worker
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = Worker(models, register)


def _inspect(entry: Entry) -> Done:
    assert _worker is not None
    return _worker.inspect(entry)


def _end_with_parent() -> None:
    """Leave when the run is killed: nobody waits for this process any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
