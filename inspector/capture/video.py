"""A video file becomes a capture every second or so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import cv2

from inspector.capture.exif import PhotoExif, intrinsics_from_exif
from inspector.capture.faults import Fault, UnusableFileError
from inspector.capture.photo import fault_from_os_error
from inspector.capture.pixels import check_size
from inspector.domain.capture import Capture

_MIN_READ_SHARE = 0.9
"""Containers may promise a few frames too many; fewer than this share means the file broke off."""


def read_video(path: Path, *, every_s: float = 1.0) -> Iterator[Capture]:
    """Read frames of a video at an interval, the first frame first.

    Args:
        path: The video's file, in any format that OpenCV's FFmpeg reads.
        every_s: Seconds between the frames, above 0.

    Yields:
        Captures with id `<sha256 of the file>-<milliseconds>` and file `<stem>@12.0s`. Their focal
        length is assumed: video files do not tell it.

    Raises:
        ValueError: `every_s` is not above 0.
        UnusableFileError: The file is missing or no video, its frames are too small, or (after the
            frames that could be read) it breaks off.
    """
    if not every_s > 0:
        raise ValueError(f"seconds between frames must be above 0, got {every_s}")
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise fault_from_os_error(error, path) from error
    # An absolute path cannot be taken for a protocol ("concat:…") or a pattern of pictures.
    video = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
    try:
        yield from _frames(video, path, sha256=sha256, every_s=every_s)
    finally:
        video.release()


def _frames(
    video: cv2.VideoCapture, path: Path, *, sha256: str, every_s: float
) -> Iterator[Capture]:
    video.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)  # phones store upright videos lying down
    declared = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    read, next_ms = 0, 0.0
    while video.grab():
        read += 1
        at_ms = video.get(cv2.CAP_PROP_POS_MSEC)
        if at_ms < next_ms:
            continue
        is_decoded, image_bgr = video.retrieve()
        if not is_decoded:
            continue
        height, width = image_bgr.shape[:2]
        check_size((width, height), file=path.name)
        yield Capture(
            capture_id=f"{sha256}-{round(at_ms)}",
            file=f"{path.stem}@{at_ms / 1000:.1f}s",
            image_bgr=image_bgr,
            camera=intrinsics_from_exif(PhotoExif(), (width, height)),
        )
        # Frames come at their own times: keep to the grid, so that intervals do not add up.
        next_ms = (at_ms // (every_s * 1000) + 1) * every_s * 1000
    if read == 0:
        raise UnusableFileError(Fault.VIDEO_BROKEN, path.name)
    if read < declared * _MIN_READ_SHARE:
        raise UnusableFileError(
            Fault.VIDEO_BREAKS_OFF, path.name, {"read": read, "declared": declared}
        )
