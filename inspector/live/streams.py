"""Keeps one camera's stream going in a thread: the newest frame wins, a lost stream comes back."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from inspector.errors import InspectorError
from inspector.live.settings import Camera, Kind, Watching
from inspector.live.sources import Frame, open_frames

LOG = logging.getLogger(__name__)


class Link(StrEnum):
    """How a stream is."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"
    ALARM = "alarm"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Health:
    """What a stream says of itself.

    Attributes:
        link: How it is.
        since_s: Since when.
        reconnects: Tries after it was lost.
        frames_came: Frames that the camera sent, used or not.
        frames_read: Frames that were decoded and handed on.
        frames_skipped: Frames that came and were not used.
        last_frame_s: When the newest frame was taken; None before the first.
        problem: What went wrong last, in English, without secrets; empty when nothing.
    """

    link: Link = Link.CONNECTING
    since_s: float = 0.0
    reconnects: int = 0
    frames_came: int = 0
    frames_read: int = 0
    frames_skipped: int = 0
    last_frame_s: float | None = None
    problem: str = ""


class Retries:
    """When to try again, and when so many tries are an alarm.

    The budget is for a stream that comes and goes; one that never comes back is tried ever more
    rarely, and is an alarm after `alarm_after_min` whatever the pauses are, see `Stream.health`.
    """

    def __init__(self, watching: Watching) -> None:
        self._watching = watching
        self._pause_s = watching.retry_after
        self._tries_s: deque[float] = deque()

    def next_pause_s(self, now_s: float) -> float:
        """Return how long to wait before the next try; longer each time."""
        self._tries_s.append(now_s)
        while self._tries_s and self._tries_s[0] < now_s - 3600:
            self._tries_s.popleft()
        pause_s = self._watching.retry_at_most if self.is_spent else self._pause_s
        self._pause_s = min(2 * self._pause_s, self._watching.retry_at_most)
        return pause_s

    @property
    def is_spent(self) -> bool:
        """True when there were more tries within an hour than the budget allows."""
        return len(self._tries_s) > self._watching.retries_per_hour

    def succeeded(self) -> None:
        """Begin with short pauses again; the budget of the hour is not given back."""
        self._pause_s = self._watching.retry_after


class Stream:
    """A camera's newest frame. Start it, take frames, stop it."""

    def __init__(
        self,
        camera: Camera,
        watching: Watching,
        *,
        clock: Callable[[], float] = time.monotonic,
        frames: Callable[..., Iterator[Frame]] = open_frames,
    ) -> None:
        self._camera, self._watching = camera, watching
        self._clock, self._frames = clock, frames
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._newest: Frame | None = None
        self._health = Health(since_s=clock())
        self._heard_s = clock()
        self._thread = threading.Thread(target=self._run, name=f"stream-{camera.id}", daemon=True)

    def start(self) -> None:
        """Open the camera, and open it again whenever it is lost."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Ask the thread to end, without waiting for it."""
        self._stopped.set()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End the thread; one that hangs in a library ends with the process."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def take(self) -> Frame | None:
        """Return the newest frame, once; None when there is none since the last call."""
        with self._lock:
            frame, self._newest = self._newest, None
            return frame

    @property
    def health(self) -> Health:
        """How it is now. A library that hangs without a word counts as lost, too."""
        with self._lock:
            health, now_s = self._health, self._clock()
            is_silent = now_s - self._heard_s > self._watching.lost_after
            if health.link in (Link.CONNECTING, Link.CONNECTED) and is_silent:
                health = replace(health, link=Link.LOST, since_s=self._heard_s, problem="no frames")
            if health.link is Link.LOST and self._is_lost_for_long(now_s):
                health = replace(health, link=Link.ALARM)
            return health

    def _run(self) -> None:
        retries = Retries(self._watching)
        while not self._stopped.is_set():
            problem = self._read_once(retries)
            if self._stopped.is_set() or problem is None:
                break
            pause_s = retries.next_pause_s(self._clock())
            # An alarm lasts until there are frames: the hour of the budget moves on meanwhile.
            is_alarm = retries.is_spent or self._health.link is Link.ALARM
            link = Link.ALARM if is_alarm else Link.LOST
            LOG.warning("%s; next try in %.0f s", problem, pause_s)
            self._note(link, problem)
            self._stopped.wait(pause_s)
            with self._lock:
                self._health = replace(self._health, reconnects=self._health.reconnects + 1)
        if not self._stopped.is_set():
            self._note(Link.ENDED)

    def _read_once(self, retries: Retries) -> str | None:
        """Read until the stream breaks off; return why, or None when a file has ended."""
        try:
            for frame in self._frames(
                self._camera, timeout_s=self._watching.lost_after, clock=self._clock
            ):
                self._put(frame)
                retries.succeeded()
                if self._stopped.is_set():
                    return None
        except InspectorError as error:
            return str(error)
        except Exception as error:  # a decoder may fail in any way; the stream must come back
            LOG.exception("%s: the stream's thread failed", self._camera.id)
            return f"{self._camera.id}: {type(error).__name__}"
        if self._camera.kind is Kind.FILE:
            return None
        return f"{self._camera.id}: {self._camera.shown_source} has ended"

    def _put(self, frame: Frame) -> None:
        with self._lock:
            missed = frame.skipped + (self._newest is not None)
            self._newest, self._heard_s = frame, self._clock()
            before = self._health
            is_new = before.link is not Link.CONNECTED
            self._health = replace(
                before,
                link=Link.CONNECTED,
                since_s=self._heard_s if is_new else before.since_s,
                frames_came=before.frames_came + frame.skipped + 1,
                frames_read=before.frames_read + 1,
                frames_skipped=before.frames_skipped + missed,
                last_frame_s=frame.at_s,
                problem="",
            )

    def _is_lost_for_long(self, now_s: float) -> bool:
        return now_s - self._heard_s >= 60 * self._watching.alarm_after_min

    def _note(self, link: Link, problem: str = "") -> None:
        with self._lock:
            since_s = self._health.since_s if self._health.link is link else self._clock()
            self._health = replace(self._health, link=link, since_s=since_s, problem=problem)
