"""Parts of photos: which part shows a finding, and its pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.verdict import Box
from inspector.errors import OutputError


def crop_round(boxes: Sequence[Box], *, image_wh: tuple[int, int]) -> Box:
    """Return the part of a picture that shows all boxes with what stands round them.

    Args:
        boxes: At least one box `(x1, y1, x2, y2)` in pixels.
        image_wh: Width and height of the picture in pixels.

    Returns:
        A box inside the picture, at least a third of it wide; from 4:3 for a single pack to 5:2
        for a row of packs, as far as the picture reaches.
    """
    x1, y1 = min(box[0] for box in boxes), min(box[1] for box in boxes)
    x2, y2 = max(box[2] for box in boxes), max(box[3] for box in boxes)
    width, height = image_wh
    shown_height = (y2 - y1) * 1.8
    crop_width = max((x2 - x1) * 1.2, shown_height * 4 / 3, width / 3)
    crop_height = min(max(shown_height, crop_width * 2 / 5), crop_width * 3 / 4)
    left, right = _span((x1 + x2) / 2, crop_width, width)
    top, bottom = _span((y1 + y2) / 2, crop_height, height)
    return left, top, right, bottom


def crop_close(box_xyxy_px: Box, *, image_wh: tuple[int, int]) -> Box:
    """Return the part of a picture, 4:3, that a pack fills with a little of what stands round it.

    Args:
        box_xyxy_px: The pack.
        image_wh: Width and height of the picture in pixels.
    """
    x1, y1, x2, y2 = box_xyxy_px
    height = max((y2 - y1) * 1.3, (x2 - x1) * 1.3 * 3 / 4)
    left, right = _span((x1 + x2) / 2, height * 4 / 3, image_wh[0])
    top, bottom = _span((y1 + y2) / 2, height, image_wh[1])
    return left, top, right, bottom


def _span(middle: float, length: float, end: float) -> tuple[float, float]:
    """Return a span of that length round a middle, moved and cut to lie in `[0, end]`."""
    length = min(length, end)
    start = min(max(middle - length / 2, 0.0), end - length)
    return start, start + length


def picture_jpeg(
    image: NDArray[np.uint8],
    crop_xyxy_px: Box | None,
    *,
    photo_width_px: int,
    width_px: int,
) -> bytes:
    """Return an annotated picture, or a part of it, small enough to print.

    Args:
        image: The picture, shape (H, W, 3), uint8, BGR. It shows the photo's whole width, whatever
            its scale.
        crop_xyxy_px: The part in pixels of the photo; None for the whole picture.
        photo_width_px: Width of the photo in pixels.
        width_px: Greatest width of the result.
    """
    if crop_xyxy_px is not None:
        scale = image.shape[1] / photo_width_px
        x1, y1, x2, y2 = (round(edge * scale) for edge in crop_xyxy_px)
        image = image[y1:y2, x1:x2]
    height, width = image.shape[:2]
    if width > width_px:
        wh = width_px, max(1, round(height * width_px / width))
        image = np.asarray(cv2.resize(image, wh, interpolation=cv2.INTER_AREA), np.uint8)
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return encoded.tobytes()


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read an annotated picture again, shape (H, W, 3), uint8, BGR.

    Raises:
        OutputError: When the file cannot be read as a picture.
    """
    encoded = np.fromfile(path, dtype=np.uint8) if path.exists() else np.empty(0, np.uint8)
    image = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
    if image is None:
        raise OutputError(
            f"Cannot read the annotated picture {path}, which the PDF needs. Expected a JPEG or "
            "PNG file. Write the reports again."
        )
    return np.asarray(image, dtype=np.uint8)
