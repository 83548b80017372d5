"""The shelf in a camera's view. What lies outside is made grey before anything looks at it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.errors import WatchError

ImageBgr = NDArray[np.uint8]
ImageGray = NDArray[np.uint8]

OUTSIDE_GREY = 127
SMALL_WIDTH_PX = 320
"""The gate and the guards look at the shelf at this width."""

_MIN_SIDE_PX = 64


class ShelfArea:
    """The part of the view that is looked at and, cropped, kept.

    Frames keep their size, so that the lens stays where the geometry expects it.

    Args:
        corners_px: Two opposite corners, a polygon, or none for the whole view.
        image_wh: Size of the frames in pixels.

    Raises:
        WatchError: The area lies outside the frames.
    """

    def __init__(
        self, corners_px: Sequence[tuple[float, float]], image_wh: tuple[int, int]
    ) -> None:
        self.image_wh = width, height = image_wh
        corners = np.array(corners_px or ((0, 0), image_wh), float)
        (x1, y1), (x2, y2) = corners.min(axis=0), corners.max(axis=0)
        left, top = max(0, round(x1)), max(0, round(y1))
        right, bottom = min(width, round(x2)), min(height, round(y2))
        if min(right - left, bottom - top) < _MIN_SIDE_PX:
            raise WatchError(
                f"The shelf area {left, top}–{right, bottom} is not in the picture, which is "
                f"{width} × {height} px. Mark the shelf again (shelf_area)."
            )
        self.box_xyxy_px = (left, top, right, bottom)
        self._outside: NDArray[np.bool_] | None = None
        if len(corners) > 2:
            inside = np.zeros((height, width), np.uint8)
            cv2.fillPoly(inside, [np.round(corners).astype(np.int32)], 1)
            self._outside = inside[top:bottom, left:right] == 0

    def cropped(self, image_bgr: ImageBgr) -> ImageBgr:
        """Return the shelf alone, shape (h, w, 3); grey in the corners of a polygon.

        It is a copy, so that the rest of the frame is let go, or the frame itself where the shelf
        fills it.
        """
        left, top, right, bottom = self.box_xyxy_px
        crop = np.ascontiguousarray(image_bgr[top:bottom, left:right])
        if self._outside is None:
            return crop
        return np.where(self._outside[..., None], np.uint8(OUTSIDE_GREY), crop)

    def framed(self, crop_bgr: ImageBgr) -> ImageBgr:
        """Return the shelf where it lies in a frame that is grey round it."""
        width, height = self.image_wh
        left, top, right, bottom = self.box_xyxy_px
        frame = np.full((height, width, 3), OUTSIDE_GREY, np.uint8)
        frame[top:bottom, left:right] = crop_bgr
        return frame


def small_gray(crop_bgr: ImageBgr, *, width_px: int = SMALL_WIDTH_PX) -> ImageGray:
    """Return a small grey picture of the shelf."""
    height, width = crop_bgr.shape[:2]
    size = width_px, max(8, round(height * width_px / width))
    small = cv2.resize(crop_bgr, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
