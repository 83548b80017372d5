"""Opens a camera and gives its frames, one at a time, at the rate that is used.

RTSP, MJPEG and files are decoded by PyAV; devices by OpenCV, as PyAV's wheels know no Video4Linux.
Only as many frames are decoded as are used: where a camera sends whole pictures (key frames) often
enough, the others between them are skipped undecoded.
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
"""Key frames that come at least this often, in intervals of the rate used, are all that is
decoded."""

EARLY_SHARE = 0.1
"""Frames do not come to the millisecond: one so much too early, in intervals, is used."""

LATE_S = 5.0
"""A camera's clock that is further than this from ours has jumped; time starts anew."""


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
    """Yield frames at the rate used, each at the camera's own time."""
    stream = container.streams.video[0]
    stream.thread_type = "NONE"  # many cameras share few cores
    every_s = 1 / camera.fps
    paces = camera.kind is Kind.FILE
    start_s = clock()
    first_pts_s: float | None = None
    next_s, last_key_s, skipped = 0.0, None, 0
    decodes_all = False
    for packet in container.demux(stream):
        if packet.is_keyframe and packet.pts is not None:
            key_s = float(packet.pts * packet.time_base)
            often = last_key_s is not None and key_s - last_key_s <= KEY_FRAMES_OFTEN * every_s
            # Only from a key frame on can what follows be decoded.
            decodes_all, last_key_s = not often, key_s
        if not (packet.is_keyframe or decodes_all) and packet.size:
            skipped += 1
            continue
        for decoded in packet.decode():
            time_s = decoded.time if decoded.time is not None else clock() - start_s
            first_pts_s = time_s if first_pts_s is None else first_pts_s
            media_s = time_s - first_pts_s
            if next_s - 10 * every_s < media_s < next_s - EARLY_SHARE * every_s:
                skipped += 1
                continue
            if paces:
                time.sleep(max(0.0, start_s + media_s - clock()))
            elif abs(start_s + media_s - clock()) > LATE_S:
                start_s, first_pts_s, media_s = clock(), time_s, 0.0
            image_bgr = np.asarray(decoded.to_ndarray(format="bgr24"), np.uint8)
            yield Frame(image_bgr, start_s + media_s, skipped)
            next_s, skipped = media_s + every_s, 0


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
    cause = getattr(error, "strerror", None) or type(error).__name__
    return WatchError(
        f"{camera.id}: {camera.shown_source} cannot be read ({cause}). Expected a camera that is "
        "on, reachable from this machine, and lets this user in."
    )
