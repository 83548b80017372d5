"""The part of a photo that a finding is about, with a box round it; people are blurred."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.verdict import Box
from inspector.report.crops import picture_jpeg
from inspector.report.drawing import blur_box

_BOX_BGR = (10, 39, 168)
_HALO_BGR = (255, 255, 255)
_LINE_SHARE = 0.006


def evidence_jpeg(
    image_bgr: NDArray[np.uint8],
    *,
    crop_xyxy_px: Box | None,
    boxes_xyxy_px: Sequence[Box],
    people_px: Sequence[Box],
    width_px: int,
) -> bytes:
    """Return a part of a photo as JPEG.

    Args:
        image_bgr: The upright photo, shape (H, W, 3), uint8, BGR; it stays as it is.
        crop_xyxy_px: The part, in pixels; None for the whole photo.
        boxes_xyxy_px: What the finding is about, in pixels.
        people_px: Boxes of people, in pixels.
        width_px: Greatest width of the result.
    """
    drawn = image_bgr.copy()
    for person in people_px:
        blur_box(drawn, person)
    x1, x2 = (0, drawn.shape[1]) if crop_xyxy_px is None else (crop_xyxy_px[0], crop_xyxy_px[2])
    line_px = max(2, round(_LINE_SHARE * (x2 - x1)))
    for x1, y1, x2, y2 in boxes_xyxy_px:
        corners = (round(x1), round(y1)), (round(x2), round(y2))
        cv2.rectangle(drawn, *corners, _HALO_BGR, 2 * line_px, cv2.LINE_AA)
        cv2.rectangle(drawn, *corners, _BOX_BGR, line_px, cv2.LINE_AA)
    return picture_jpeg(drawn, crop_xyxy_px, photo_width_px=drawn.shape[1], width_px=width_px)
