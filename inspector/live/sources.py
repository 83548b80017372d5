"""Opens a camera and gives its frames, one at a time, at the rate that is used.

RTSP, MJPEG and files are decoded by PyAV; devices by OpenCV, as PyAV's wheels know no Video4Linux.
Only as many frames are decoded as are used where a camera sends whole pictures (key frames) often
enough; where it does not, those in between are decoded up to the one that is used.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.capture.faults import UnusableFileError
from inspector.capture.formats import HEAD_BYTES, is_video
from inspector.capture.photo import read_photo
from inspector.capture.sources import find_sources
from inspector.errors import InspectorError, WatchError
from inspector.live.secrets import opened_url
from inspector.live.settings import Camera, Kind

ImageBgr = NDArray[np.uint8]

OPEN_TIMEOUT_S = 10.0

KEY_FRAMES_OFTEN = 2.0
"""Where key frames come at least this often, in intervals of the rate used, the next is waited for
so long before others are decoded."""

EARLY_SHARE = 0.05
"""Frames do not come to the millisecond: one so much too early, in intervals, is used."""

LATE_S = 5.0
"""A camera's clock that is further than this from ours has jumped; time starts anew."""

WITHOUT_TIMES = frozenset({"mpjpeg", "mjpeg"})
"""Formats in which frames come without times: libav counts them as 25 a second, whatever comes."""


_CAUSES: dict[type[Exception], str] = {
    av.error.HTTPUnauthorizedError: "user or password is wrong",
    av.error.HTTPForbiddenError: "user or password is wrong",
    av.error.HTTPNotFoundError: "the camera knows no such path",
    av.error.InvalidDataError: "what comes is no video, or it broke off",
    av.error.ExitError: f"it does not answer within {OPEN_TIMEOUT_S:.0f} s",
}
"""What some of libav's errors mean before a camera; the others say it themselves."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame.

    Attributes:
        image_bgr: Shape (H, W, 3), uint8.
        at_s: When the camera took it, on the clock that was given to the source.
        skipped: Frames that came and were not used since the one before.
    """

    image_bgr: ImageBgr
    at_s: float
    skipped: int


def open_frames(
    camera: Camera, *, timeout_s: float, clock: Callable[[], float] = time.monotonic
) -> Iterator[Frame]:
    """Yield a camera's frames until its stream ends.

    Args:
        camera: The camera.
        timeout_s: Longest time without data.
        clock: Monotonic seconds.

    Raises:
        WatchError: It cannot be opened, or breaks off; never names user or password.
    """
    match camera.kind:
        case Kind.DEVICE:
            yield from _from_device(camera, clock)
        case Kind.FILE:
            yield from _from_files(camera, clock)
        case _:
            options = {"rtsp_transport": camera.transport} if camera.kind is Kind.RTSP else {}
            yield from _from_container(camera, opened_url(camera), timeout_s, options, clock)


def _from_container(
    camera: Camera,
    place: str,
    timeout_s: float,
    options: dict[str, str],
    clock: Callable[[], float],
) -> Iterator[Frame]:
    av.logging.set_level(av.logging.PANIC)  # libav logs URLs with their passwords
    try:
        container = av.open(place, options=options, timeout=(OPEN_TIMEOUT_S, timeout_s))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise _unusable(camera, error) from None  # the cause's text holds the URL
    with closing(container):
        if not container.streams.video:
            raise WatchError(f"{camera.id}: {camera.shown_source} holds no video.")
        try:
            yield from _decoded(container, camera, clock)
        except (av.error.FFmpegError, OSError) as error:
            raise _unusable(camera, error) from None


def _decoded(
    container: av.container.InputContainer, camera: Camera, clock: Callable[[], float]
) -> Iterator[Frame]:
    """Yield frames at the rate used, each at the camera's own time.

    Packets wait undecoded until a frame is due. A key frame makes those before it needless; only
    where none comes in time are all since the last one decoded, up to the newest.
    """
    stream = container.streams.video[0]
    stream.thread_type = "NONE"  # many cameras share few cores
    every_s = 1 / camera.fps
    early_s = EARLY_SHARE * every_s
    paces = camera.kind is Kind.FILE
    tells_time = paces or container.format.name not in WITHOUT_TIMES
    waiting: list[av.Packet[av.VideoStream]] = []
    ours_s = 0.0  # our clock less the camera's
    due_s, time_s, came = np.inf, 0.0, 0
    key_s, are_often = -np.inf, False  # before a key frame nothing can be decoded
    for packet in container.demux(stream):
        if packet.size:
            came += 1
            if not tells_time:
                time_s = clock()
            elif packet.pts is not None:
                time_s = float(packet.pts * packet.time_base)
            has_jumped = not paces and abs(time_s + ours_s - clock()) > LATE_S
            if has_jumped or time_s < due_s - 10 * every_s:
                ours_s, due_s = clock() - time_s, time_s
            if packet.is_keyframe:
                waiting.clear()
                are_often = 0 <= time_s - key_s <= KEY_FRAMES_OFTEN * every_s
                key_s = time_s
            elif np.isinf(key_s):
                continue
        waiting.append(packet)  # an empty one at the end: the decoder gives what it has left
        if time_s < due_s - early_s:
            continue
        if not packet.is_keyframe and packet.size:
            if are_often and time_s <= due_s + (KEY_FRAMES_OFTEN - 1) * every_s:
                continue
            are_often = False
        newest = _newest(waiting)
        waiting.clear()
        if newest is None:
            continue
        newest_s = newest.time if tells_time and newest.time is not None else time_s
        if newest_s < due_s - early_s:
            continue
        if paces:
            time.sleep(max(0.0, newest_s + ours_s - clock()))
        image_bgr = np.asarray(newest.to_ndarray(format="bgr24"), np.uint8)
        yield Frame(image_bgr, newest_s + ours_s, came - 1)
        due_s, came = max(due_s, newest_s) + every_s, 0


def _newest(packets: list[av.Packet[av.VideoStream]]) -> av.VideoFrame | None:
    newest = None
    for packet in packets:
        for newest in packet.decode():  # noqa: B007  only the last is kept: each takes megabytes
            pass
    return newest


def _from_files(camera: Camera, clock: Callable[[], float]) -> Iterator[Frame]:
    """Replay a video at its own speed, or the photos of a folder at the rate used."""
    while True:
        try:
            files = find_sources([Path(camera.source)])
        except InspectorError as error:
            raise WatchError(f"{camera.id}: {error}") from error
        for n, path in enumerate(files):
            with path.open("rb") as file:
                is_film = is_video(file.read(HEAD_BYTES), path.name)
            if is_film:
                yield from _from_container(camera, str(path.absolute()), 60.0, {}, clock)
                continue
            with suppress(UnusableFileError):  # one bad photo stops nothing
                yield Frame(read_photo(path).image_bgr, clock(), 0)
            if n + 1 < len(files) or camera.repeat:
                time.sleep(1 / camera.fps)
        if not camera.repeat:
            return


def _from_device(camera: Camera, clock: Callable[[], float]) -> Iterator[Frame]:
    device = cv2.VideoCapture(camera.source, cv2.CAP_V4L2)
    try:
        if not device.isOpened():
            raise WatchError(
                f"{camera.id}: {camera.source} cannot be opened. Expected a camera that no other "
                "program uses and this user may read (group video)."
            )
        next_s, skipped = clock(), 0
        while device.grab():
            at_s = clock()
            if at_s < next_s:
                skipped += 1
                continue
            is_decoded, image_bgr = device.retrieve()
            if is_decoded:
                yield Frame(np.asarray(image_bgr, np.uint8), at_s, skipped)
                next_s, skipped = at_s + 1 / camera.fps, 0
    finally:
        device.release()


def _unusable(camera: Camera, error: Exception) -> WatchError:
    cause = _CAUSES.get(type(error)) or getattr(error, "strerror", None) or type(error).__name__
    return WatchError(
        f"{camera.id}: {camera.shown_source} cannot be read ({cause}). Expected a camera that is "
        "on, reachable from this machine, and lets this user in."
    )
