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


def has_unread_print(gray: NDArray[np.uint8], box_xyxy_px: Box, lines: Sequence[TextLine]) -> bool:
    """Say whether a sign carries more than the lines that were read on it.

    Args:
        gray: Photo in grey values, shape (H, W), uint8.
        box_xyxy_px: Box of the sign.
        lines: Lines that were read on it.
    """
    x1, y1, x2, y2 = box_xyxy_px
    rim_x, rim_y = RIM_SHARE * (x2 - x1), RIM_SHARE * (y2 - y1)
    left, top = max(0, round(x1 + rim_x)), max(0, round(y1 + rim_y))
    sign = gray[top : round(y2 - rim_y), left : round(x2 - rim_x)].astype(np.float32)
    if sign.size == 0:
        return True
    mean = cv2.blur(sign, (5, 5))
    textured = cv2.blur(sign * sign, (5, 5)) - mean * mean > TEXTURE_CONTRAST**2
    for line in lines:
        margin = 0.35 * line.height_px
        a, b, c, d = line.box_xyxy_px
        textured[
            max(0, round(b - margin - top)) : max(0, round(d + margin - top)),
            max(0, round(a - margin - left)) : max(0, round(c + margin - left)),
        ] = False
    return bool(textured.mean() > UNREAD_SHARE)
