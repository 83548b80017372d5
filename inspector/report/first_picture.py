"""The picture of a first look: packs in one colour, since nothing is judged, and the limit line."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inspector.domain.verdict import Box
from inspector.report.crops import picture_jpeg
from inspector.report.drawing import INK, Captions, Line, Style, blur_box, draw_band, draw_frame
from inspector.report.overlay import LIMIT_COLOUR

WIDTH_PX = 900
_PACK_STYLE = Style(INK, Line.SOLID)
_LINE_SHARE, _TEXT_SHARE = 0.003, 0.03
"""Of the picture's longer side: a tablet shows a tall picture no higher than a wide one."""


def first_picture_jpeg(
    image_bgr: NDArray[np.uint8],
    *,
    packs_px: Sequence[Box],
    people_px: Sequence[Box],
    limit_line_px: Sequence[tuple[float, float, float, float]],
    limit_m: float,
) -> bytes:
    """Draw what was found into a small copy of a photo; people are blurred before anything else.

    Args:
        image_bgr: The upright photo, shape (H, W, 3), uint8, BGR; it stays as it is.
        packs_px: Boxes of packs in pixels of the photo.
        people_px: Boxes of people in pixels of the photo.
        limit_line_px: Rows `(x, y, y_low, y_high)` in pixels of the photo, see `CaptureFacts`.
        limit_m: Height that the line shows.

    Returns:
        A JPEG at most 900 px wide.
    """
    height, width = image_bgr.shape[:2]
    scale = min(1.0, WIDTH_PX / width)
    wh = max(1, round(width * scale)), max(1, round(height * scale))
    small_bgr = cv2.resize(image_bgr, wh, interpolation=cv2.INTER_AREA)
    image = np.asarray(cv2.cvtColor(small_bgr, cv2.COLOR_BGR2RGB), np.uint8)
    line_px, text_px = round(_LINE_SHARE * max(wh)) or 1, round(_TEXT_SHARE * max(wh)) or 1
    for box in people_px:
        blur_box(image, _scaled(box, scale))
    for box in packs_px:
        draw_frame(image, _scaled(box, scale), _PACK_STYLE, width_px=line_px)
    rows = np.array(sorted(limit_line_px), dtype=np.float64).reshape(-1, 4) * scale
    if len(rows) > 1:
        draw_band(image, rows, LIMIT_COLOUR, width_px=line_px)
    picture = Image.fromarray(image)
    if len(rows) > 1:
        x, y = rows[-1, :2].tolist()  # at its right end
        text = f"{100 * limit_m:.0f} cm"
        Captions(picture).caption((x, y, x, y), text, LIMIT_COLOUR, size_px=text_px)
    drawn_bgr = np.asarray(cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR), np.uint8)
    return picture_jpeg(drawn_bgr, None, photo_width_px=wh[0], width_px=wh[0])


def _scaled(box: Box, scale: float) -> Box:
    x1, y1, x2, y2 = (edge * scale for edge in box)
    return x1, y1, x2, y2
