"""A picture of the shelf without what moves before it: the median over time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.live.area import ImageBgr

QUIET_FRAMES = 5
"""So many frames of a quiet shelf make a picture; more only average out noise."""

FEWEST_QUIET = 3

BUSY_FRAMES = 9
"""So many frames, spread over the time between looks, show most of a busy shelf in most of them."""

AGREE_LEVELS = 28
AGREE_SHARE = 0.6
"""A pixel is known where this share of the frames agrees with their median."""

_JPEG_QUALITY = 92


@dataclass(frozen=True, slots=True, eq=False)
class StillPicture:
    """A picture of the shelf as it stands.

    Attributes:
        crop_bgr: Shape (h, w, 3), uint8.
        unknown: Where frames disagree: somebody stood there most of the time; shape (h, w).
    """

    crop_bgr: ImageBgr
    unknown: NDArray[np.bool_]


class Still:
    """Gathers frames, in memory only.

    Args:
        busy_every_s: Time between the frames that are gathered while people come and go.
    """

    def __init__(self, *, busy_every_s: float) -> None:
        self._quiet: deque[ImageBgr] = deque(maxlen=QUIET_FRAMES)
        self._busy: deque[NDArray[np.uint8]] = deque(maxlen=BUSY_FRAMES)
        self._busy_every_s, self._busy_s = busy_every_s, -np.inf

    def see(self, crop_bgr: ImageBgr, at_s: float, *, is_moving: bool, is_wanted: bool) -> None:
        """Take note of a frame; `is_wanted` when a look may follow soon."""
        if is_moving or not is_wanted:
            self._quiet.clear()
        if is_wanted and not is_moving:
            self._quiet.append(crop_bgr)
        if at_s - self._busy_s >= self._busy_every_s:
            _, encoded = cv2.imencode(".jpg", crop_bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
            self._busy.append(np.asarray(encoded, np.uint8))
            self._busy_s = at_s

    def forget(self) -> None:
        """Let go of all frames: the camera looks elsewhere."""
        self._quiet.clear()
        self._busy.clear()

    def quiet_picture(self) -> StillPicture | None:
        """Return the quiet shelf; None before there are enough frames."""
        return _median(list(self._quiet)) if len(self._quiet) >= FEWEST_QUIET else None

    def busy_picture(self) -> StillPicture | None:
        """Return the shelf behind those who come and go; None before there are enough frames."""
        if len(self._busy) < BUSY_FRAMES:
            return None
        frames = (cv2.imdecode(encoded, cv2.IMREAD_COLOR) for encoded in self._busy)
        return _median([np.asarray(frame, np.uint8) for frame in frames if frame is not None])


def _median(frames: list[ImageBgr]) -> StillPicture:
    # Strip by strip: the whole stack as one array would take as much memory again.
    height = frames[0].shape[0]
    median, unknown = np.empty_like(frames[0]), np.empty(frames[0].shape[:2], np.bool_)
    for top in range(0, height, 120):
        rows = slice(top, min(height, top + 120))
        stack = np.stack([frame[rows] for frame in frames])
        middle = np.partition(stack, len(frames) // 2, axis=0)[len(frames) // 2]
        far = np.abs(stack.astype(np.int16) - middle).max(axis=-1) > AGREE_LEVELS
        median[rows], unknown[rows] = middle, far.mean(axis=0) > 1 - AGREE_SHARE
    return StillPicture(median, unknown)
