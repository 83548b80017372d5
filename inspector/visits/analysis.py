"""Looks at photos in the background, one at a time, as long as any wait.

What is uploaded is in the store before it is looked at, so a program that ends halfway goes on
with the same photo when it starts again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Event, Thread

from inspector.capture.faults import UnusableFileError
from inspector.domain.capture import NOTHING_TOLD, Capture
from inspector.domain.scene import Scene
from inspector.errors import InspectorError
from inspector.inspection import Reader, see
from inspector.rules.guidance import load_guidance
from inspector.store.people import Person, Role
from inspector.store.photo_queue import Job
from inspector.store.versions import seen_with
from inspector.store.visit import Visit
from inspector.visits.desk import Desk
from inspector.visits.first_look import FirstLook, first_look
from inspector.visits.retention import delete_old
from inspector.workplace import Workplace

_log = logging.getLogger(__name__)

_BROKEN = {
    "da": "Programmet kunne ikke læse billedet ({cause}). Gem det igen, eller tag et nyt.",
    "en": "The program could not read the photo ({cause}). Save it again, or take a new one.",
}
_MACHINE = Person("inspector", Role.ADMINISTRATOR)
_PAUSE_S = 30.0
"""Longest pause between two looks at the queue: another program may have put a photo in."""
_CLEAN_EVERY_S = 3600.0

FirstLooks = MutableMapping[tuple[str, str], FirstLook]
"""First looks by visit id and capture id."""


Opened = Callable[[str, str], Capture]
"""Returns a stored photo, decoded, by its capture id and the name of its file."""


def analyse_next(
    desk: Desk,
    reader: Reader,
    first_looks: FirstLooks | None = None,
    *,
    opened: Opened | None = None,
) -> Job | None:
    """Look at the photo whose turn it is; return what was done, or None when none waits.

    Args:
        desk: The store.
        reader: Reads scenes.
        first_looks: Holds the photo's first look until it is done, from when the reader has one.
        opened: Opens photos; by default, from the store.
    """
    job = desk.queue.take(_now())
    if job is None:
        return None
    first_looks = {} if first_looks is None else first_looks
    try:
        capture = (opened or desk.opened)(job.capture_id, job.file)
        _see(desk, reader, job, capture, first_looks)
    except UnusableFileError as error:
        desk.queue.unreadable(job, error.message, _now())
    except InspectorError as error:
        _give_up(desk, job, error)
    except Exception as error:  # one photo must never stop the queue
        _log.exception("photo %s cannot be looked at", job.capture_id)
        _give_up(desk, job, error)
    finally:
        first_looks.pop((job.visit_id, job.capture_id), None)
    return job


class Analyst:
    """A thread that looks at photos until it is stopped."""

    def __init__(
        self,
        desk: Desk,
        reader: Callable[[], Reader],
        *,
        after: Callable[[Visit], None] = lambda visit: None,
        opened: Opened | None = None,
    ) -> None:
        """Wire it.

        Args:
            desk: The store.
            reader: Returns what photos are looked at with; loaded once, in the thread.
            after: Called with the visit when it has new records.
            opened: Opens photos; by default, from the store.
        """
        self._desk, self._reader, self._after, self._opened = desk, reader, after, opened
        self._wake, self._stopped = Event(), Event()
        self._changed: SimpleQueue[str] = SimpleQueue()
        self._first_looks: dict[tuple[str, str], FirstLook] = {}
        self._cleaned_s = -_CLEAN_EVERY_S
        self._thread = Thread(target=self._work, name="analyst", daemon=True)

    def start(self) -> None:
        """Go on with what was left waiting, then with what comes."""
        self._thread.start()

    def wake(self) -> None:
        """Tell that a photo waits."""
        self._wake.set()

    def changed(self, visit_id: str) -> None:
        """Tell that a visit has new records, so that `after` is called for it."""
        self._changed.put(visit_id)
        self._wake.set()

    def first_look(self, visit_id: str, capture_id: str) -> FirstLook | None:
        """Return what is known of a photo while its text is being read; None before and after."""
        return self._first_looks.get((visit_id, capture_id))

    def stop(self) -> None:
        """Stop after the photo that is being looked at."""
        self._stopped.set()
        self._wake.set()
        self._thread.join()

    @property
    def is_alive(self) -> bool:
        """False when it was stopped."""
        return self._thread.is_alive()

    def _work(self) -> None:
        try:
            self._reader()  # loading models takes seconds: begin before the first photo comes
        except Exception as error:  # told again with the photo
            _log.warning("photos cannot be looked at: %s", error)
        while not self._stopped.is_set():
            self._wake.clear()
            try:
                # What is "being read" now was left so by a program, or a store, that failed.
                self._desk.queue.start_over()
                while not self._stopped.is_set() and self._do_next():
                    pass
                self._clean()
            except Exception:
                _log.exception("the store cannot be reached; trying again")
            self._wake.wait(_PAUSE_S)

    def _clean(self) -> None:
        """Delete what was kept long enough, now and then while no photo waits."""
        if time.monotonic() - self._cleaned_s >= _CLEAN_EVERY_S:
            self._cleaned_s = time.monotonic()
            delete_old(self._desk, _now())

    def _do_next(self) -> bool:
        """Follow up a visit that was changed, or look at a photo; return False when idle."""
        if not self._changed.empty():
            visit_id = self._changed.get()
        elif self._desk.queue.places():
            job = analyse_next(self._desk, self._reader(), self._first_looks, opened=self._opened)
            if job is None:
                return False
            visit_id = job.visit_id
        else:
            return False
        self._after(self._desk.visits.visit(_MACHINE, visit_id))
        return True


def _see(desk: Desk, reader: Reader, job: Job, capture: Capture, first_looks: FirstLooks) -> None:
    capture = Workplace.load().equip(capture, NOTHING_TOLD)
    key = seen_with(reader.versions)
    if desk.scenes.seen(job.capture_id, key) is None:

        def on_found(found: Scene) -> None:
            try:
                first_looks[job.visit_id, job.capture_id] = _look(desk, job, capture, found)
            except Exception:  # the result comes without it as well
                _log.exception("no first look at photo %s", job.capture_id)

        seen = see(capture, reader, on_found=on_found)
        desk.scenes.save(results=(), scenes=[(seen, None)], model=reader.versions, now=_now())
    desk.queue.done(job, key, _now())


def _look(desk: Desk, job: Job, capture: Capture, found: Scene) -> FirstLook:
    day = desk.visits.visit(_MACHINE, job.visit_id).inspected_on
    return first_look(capture, found, limit_m=load_guidance(day).reach_height_m)


def _give_up(desk: Desk, job: Job, error: Exception) -> None:
    cause = str(error) or type(error).__name__
    desk.queue.unreadable(job, {k: v.format(cause=cause) for k, v in _BROKEN.items()}, _now())


def _now() -> datetime:
    return datetime.now(UTC)
