"""Print on a sign that was seen but not read: it cannot be told from print that is not there."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import TextLine
from inspector.domain.verdict import Box

RIM_SHARE = 0.06
"""The sign's frame and what shows behind its rim are left out."""

TEXTURE_CONTRAST = 8.0
"""Standard deviation of grey values in 5 × 5 px above which there is something on the sign."""

UNREAD_SHARE = 0.10
"""Signs with large words alone have under 0.07 of their area textured beside those words (a plus
sign, a picture of a pack); blocks of small print take 0.3 and more."""

PANEL_DEPTH = 0.25
"""So far beyond each side of a sign, in shares of its shorter side, it is looked for print that
belongs to it: where a white panel joins a coloured board, the detector takes the board alone. Of
169 such boards drawn into photos of shelves, each with a panel of small print below, beside or in
it, none passed for a sign without; of 104 without a panel 8 seemed to have one (74 and 33 of them
after these numbers were chosen)."""

PANEL_BEGINS = (0.0, 0.1, 0.2)
"""It begins at the side of the board that was found, or behind a rim, so far away."""

PANEL_ENDS = 0.12
"""So much of it, at either end, may be rim."""

PANEL_PRINT, PANEL_ONE_COLOUR, PANEL_CHROMA = 0.5, 0.9, 9.0
"""A panel is small print of one ink on one ground: so much of it is textured, and so much has the
chroma of its median within so many units of L*a*b*. Goods beside a sign are of many colours."""


def has_unread_print(
    image_bgr: NDArray[np.uint8], box_xyxy_px: Box, lines: Sequence[TextLine]
) -> bool:
    """Say whether a sign carries more than the lines that were read on it.

    Args:
        image_bgr: Photo, shape (H, W, 3), uint8.
        box_xyxy_px: Box of the sign.
        lines: Lines that were read on it.
    """
    x1, y1, x2, y2 = box_xyxy_px
    rim_x, rim_y = RIM_SHARE * (x2 - x1), RIM_SHARE * (y2 - y1)
    inside = _cut(image_bgr, (x1 + rim_x, y1 + rim_y, x2 - rim_x, y2 - rim_y))
    if inside is None:
        return True
    sign, (left, top) = inside
    textured = _textured(sign)
    for line in lines:
        margin = 0.35 * line.height_px
        a, b, c, d = line.box_xyxy_px
        textured[
            max(0, round(b - margin - top)) : max(0, round(d + margin - top)),
            max(0, round(a - margin - left)) : max(0, round(c + margin - left)),
        ] = False
    return bool(textured.mean() > UNREAD_SHARE)


def has_panel_beside(image_bgr: NDArray[np.uint8], box_xyxy_px: Box) -> bool:
    """Say whether a panel of small print joins what was taken for a whole sign.

    Args:
        image_bgr: Photo, shape (H, W, 3), uint8.
        box_xyxy_px: Box of the sign.
    """
    x1, y1, x2, y2 = box_xyxy_px
    side = min(x2 - x1, y2 - y1)
    from_x, to_x = x1 + PANEL_ENDS * (x2 - x1), x2 - PANEL_ENDS * (x2 - x1)
    from_y, to_y = y1 + PANEL_ENDS * (y2 - y1), y2 - PANEL_ENDS * (y2 - y1)
    for start, end in ((at * side, (at + PANEL_DEPTH) * side) for at in PANEL_BEGINS):
        above_and_below = (from_x, y1 - end, to_x, y1 - start), (from_x, y2 + start, to_x, y2 + end)
        beside = (x1 - end, from_y, x1 - start, to_y), (x2 + start, from_y, x2 + end, to_y)
        for box in above_and_below + beside:
            cut = _cut(image_bgr, box)
            if cut is not None and _is_small_print(cut[0]):
                return True
    return False


def _is_small_print(part_bgr: NDArray[np.uint8]) -> bool:
    chroma = cv2.cvtColor(part_bgr.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)[..., 1:]
    off = np.linalg.norm(chroma - np.median(chroma, axis=(0, 1)), axis=2)
    is_one_colour = (off < PANEL_CHROMA).mean() > PANEL_ONE_COLOUR
    return bool(is_one_colour and _textured(part_bgr).mean() > PANEL_PRINT)


def _cut(
    image_bgr: NDArray[np.uint8], box: Box
) -> tuple[NDArray[np.uint8], tuple[int, int]] | None:
    """Return a part of the photo, and its left upper corner; None where it has no pixels."""
    left, top, right, bottom = (max(0, round(at)) for at in box)
    part = image_bgr[top:bottom, left:right]
    return (part, (left, top)) if part.size else None


def _textured(part_bgr: NDArray[np.uint8]) -> NDArray[np.bool_]:
    grey = cv2.cvtColor(part_bgr, cv2.COLOR_BGR2GRAY).astype(np.float32)
    mean = cv2.blur(grey, (5, 5))
    return np.asarray(cv2.blur(grey * grey, (5, 5)) - mean * mean > TEXTURE_CONTRAST**2)
