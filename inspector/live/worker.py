"""One camera at work: its stream, its line, and the thread that brings them together."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from inspector.errors import InspectorError
from inspector.live.camera import CameraLine, Status
from inspector.live.settings import Camera, Watching
from inspector.live.sources import Frame, open_frames
from inspector.live.streams import Link, Stream

LOG = logging.getLogger(__name__)

WAIT_S = 0.1
HANGS_AFTER_S = 300.0
"""A worker that has not gone through its loop for so long is given up and replaced."""

RATE_OVER_S = 30.0


@dataclass(frozen=True, slots=True)
class State:
    """How a camera is.

    Attributes:
        status: In a word.
        reason: Key of the reason, `reason_<reason>`; empty when there is none.
        problem: What the stream or the worker says, in English, without secrets.
        frame_at: When the newest frame was taken.
        fps_read: Frames that came per second, used or not.
        fps_used: Frames gone through per second.
    """

    status: Status
    reason: str
    problem: str
    frame_at: datetime | None
    fps_read: float
    fps_used: float


class Worker:
    """Watches one camera.

    Args:
        camera: The camera.
        watching: When to look.
        line: What happens to its frames.
        now: The time in the shop's zone.
        frames: Opens the camera.
    """

    def __init__(
        self,
        camera: Camera,
        watching: Watching,
        line: CameraLine,
        *,
        now: Callable[[], datetime],
        frames: Callable[..., Iterator[Frame]] = open_frames,
    ) -> None:
        self.camera, self.line = camera, line
        self.stream = Stream(camera, watching, frames=frames)
        self._now = now
        self._stopped = threading.Event()
        self._beat_s = time.monotonic()
        self._used = 0
        self._problem = ""
        self._counts: deque[tuple[float, int, int]] = deque(maxlen=60)
        self._thread = threading.Thread(target=self._run, name=f"camera-{camera.id}", daemon=True)

    def start(self) -> None:
        """Open the camera and begin."""
        self.stream.start()
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Ask it to end, without waiting for it."""
        self._stopped.set()
        self.stream.ask_to_stop()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End; a look that is being taken is finished first, in that time."""
        self.ask_to_stop()
        self.stream.stop(timeout_s)
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    @property
    def has_failed(self) -> bool:
        """True when it died, or hangs."""
        is_dead = not self._thread.is_alive() and not self._stopped.is_set()
        return is_dead or time.monotonic() - self._beat_s > HANGS_AFTER_S

    def state(self) -> State:
        """Return how the camera is now; call it about once a second."""
        health = self.stream.health
        fps_read, fps_used = self._rates(health.frames_came)
        status, reason = self.line.status, self.line.reason
        match health.link:
            case Link.LOST | Link.ALARM | Link.ENDED:
                status, reason = Status(health.link.value), ""
            case Link.CONNECTING:
                status, reason = Status.STARTING, ""
        if self.has_failed or self._problem:
            status, reason = Status.FAILED, ""
        frame_at = None
        if health.last_frame_s is not None:
            frame_at = self._at(health.last_frame_s)
        problem = self._problem or health.problem
        return State(status, reason, problem, frame_at, fps_read, fps_used)

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                self._beat_s = time.monotonic()
                frame = self.stream.take()
                if frame is None:
                    self._stopped.wait(WAIT_S)
                    continue
                try:
                    self.line.take(frame, self._at(frame.at_s))
                    self._problem = ""
                except InspectorError as error:
                    if self._stopped.is_set():
                        break
                    # A full disk, a wrong area: said, and tried again.
                    LOG.warning("%s: %s", self.camera.id, error)
                    self._problem = str(error)
                    self._stopped.wait(1.0)
                self._used += 1
        except Exception:
            LOG.exception("%s: the worker failed", self.camera.id)

    def _at(self, at_s: float) -> datetime:
        """Return the time of a moment on the monotonic clock."""
        return self._now() - timedelta(seconds=time.monotonic() - at_s)

    def _rates(self, frames_came: int) -> tuple[float, float]:
        now_s = time.monotonic()
        self._counts.append((now_s, frames_came, self._used))
        while self._counts[0][0] < now_s - RATE_OVER_S:
            self._counts.popleft()
        then_s, then_came, then_used = self._counts[0]
        over_s = max(now_s - then_s, 1e-3)
        return (frames_came - then_came) / over_s, (self._used - then_used) / over_s
