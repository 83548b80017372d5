"""Views of packs: a pack of a photo as it is looked at for small print."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import TextLine
from inspector.domain.verdict import Box
from inspector.vision.print_bands import ROW_PX, SMALL_LETTERS, Band
from inspector.vision.print_rows import HEIGHT_PER_ADVANCE, ToldRow

FRONTS_WH_PX = ((88, 232), (120, 168), (144, 144), (184, 120), (264, 88))
"""Sizes at which packs are looked at: each pack is stretched to the one that suits it best."""

AFAR = 2 / 3
"""In so much of that size small packs are looked at for lines: their print stands out best from
afar."""

LARGE_SIDE_PX = 70.0
"""Packs whose side (root of the area) is at least so large show more print than can be told from
afar: they are looked at for lines in that size itself."""

FROM_AFAR_SIDE_PX = 96
"""Root of their area then, about."""

MARGIN_SHARE = 0.06
"""So much of a pack's width and height is shown beyond each side of its box."""

LARGEST_SIDE_PX = 150.0
"""Packs whose side (root of the area) is larger are left to RapidOCR."""

SMALLEST_SIDE_PX = 14.0

LINE_PX = 48
"""Height in which it is shown lines."""

_LINE_PER_BAND, _LINE_ENDS = 2.0, 1.2
"""A line is cut out so many times as high as its small letters, with so much of their height beyond
its first and last letter."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A pack in a photo, as it is looked at.

    Attributes:
        image_bgr: The photo, shape (H, W, 3), uint8.
        box: The pack's box in pixels of the photo.
        wh_px: Size of its front.
        slope: How steeply lines run on it, rise of y per pixel of x.
    """

    image_bgr: NDArray[np.uint8]
    box: Box
    wh_px: tuple[int, int]
    slope: float = 0.0

    @classmethod
    def of_crop(cls, crop_bgr: NDArray[np.uint8], wh_px: tuple[int, int]) -> View:
        """Return the view of a pack of which there is a picture with its margin alone."""
        h, w = crop_bgr.shape[:2]
        more_x, more_y = (MARGIN_SHARE / (1 + 2 * MARGIN_SHARE) * side for side in (w, h))
        return cls(crop_bgr, (more_x, more_y, w - more_x, h - more_y), wh_px)

    @property
    def wh_for_lines_px(self) -> tuple[int, int]:
        """Size in which lines are looked for on it, in whole rows."""
        return self.wh_px if _side_px(self.box) >= LARGE_SIDE_PX else size_from_afar(self.wh_px)

    @property
    def scale(self) -> tuple[float, float]:
        """Pixels of the photo across and down one of its front."""
        x1, y1, x2, y2 = _with_margin(self.box)
        return (x2 - x1) / self.wh_px[0], (y2 - y1) / self.wh_px[1]

    def front(self, wh_px: tuple[int, int]) -> NDArray[np.uint8]:
        """Return the pack in some size, as the network is shown it."""
        return front_from_photo(self.image_bgr, self.box, wh_px, slope=self.slope)

    def line(self, band: Band) -> tuple[NDArray[np.uint8], float, float]:
        """Cut a line out, enlarged; also from where to where it goes, pixels of the front."""
        w, h = self.wh_px
        half = band.height_px * _LINE_PER_BAND / 2
        top, bottom = max(0.0, band.middle_px - half), min(float(h), band.middle_px + half)
        more = _LINE_ENDS * band.height_px
        left, right = max(0.0, band.left_px - more), min(float(w), band.right_px + more)
        x1, y1, x2, _ = _with_margin(self.box)
        across, down = self.scale
        part = (x1 + left * across, y1 + top * down, x1 + right * across, y1 + bottom * down)
        rise = self.slope * ((part[0] + part[2]) / 2 - (x1 + x2) / 2)
        part = (part[0], part[1] + rise, part[2], part[3] + rise)
        scale = LINE_PX / (part[3] - part[1])
        wh_px = max(round((part[2] - part[0]) * scale), LINE_PX // 2), LINE_PX
        return _stretched(self.image_bgr, part, wh_px, self.slope), left, right

    def turned(self) -> View:
        """Return the same pack turned clockwise by a quarter: print up its side lies then."""
        x1, y1, x2, y2 = _with_margin(self.box)
        across, down = round(x2 - x1), round(y2 - y1)
        front = front_from_photo(self.image_bgr, self.box, (across, down), slope=self.slope)
        turned = np.ascontiguousarray(np.rot90(front, -1))
        return View.of_crop(turned, size_for((0, 0, down, across)))

    def told_upright(self, band: Band, turned: View, text: str, share_right: float) -> TextLine:
        """Return a line that was found on the turned pack as a line of the photo."""
        w, h = turned.wh_px
        x1, y1, x2, y2 = _with_margin(self.box)
        half = band.height_px / SMALL_LETTERS / 2
        box = (
            x1 + (x2 - x1) * (band.middle_px - half) / h,
            y2 - (y2 - y1) * band.right_px / w,
            x1 + (x2 - x1) * (band.middle_px + half) / h,
            y2 - (y2 - y1) * band.left_px / w,
        )
        return TextLine(_with_capitals(text), box, box[2] - box[0], share_right)

    def told(self, one: ToldRow) -> TextLine:
        """Return a line of it as a line of the photo."""
        x1, y1, x2, _ = _with_margin(self.box)
        across, down = self.scale
        advance_px = across * (one.right_px - one.left_px) / max(len(one.text) - 1, 1)
        height_px = HEIGHT_PER_ADVANCE * advance_px
        left, right = x1 + one.left_px * across, x1 + one.right_px * across
        middle_y = y1 + one.middle_px * down
        middle_y += self.slope * ((left + right) / 2 - (x1 + x2) / 2)
        box = (
            left - advance_px / 2,
            middle_y - height_px / 2,
            right + advance_px / 2,
            middle_y + height_px / 2,
        )
        return TextLine(_with_capitals(one.text), box, height_px, one.share_right)


def front_from_photo(
    image_bgr: NDArray[np.uint8], box: Box, wh_px: tuple[int, int], *, slope: float = 0.0
) -> NDArray[np.uint8]:
    """Cut a pack out of a photo, with a margin, stretched to a size, its lines made level.

    Args:
        image_bgr: Photo, shape (H, W, 3), uint8.
        box: The pack's box in pixels of the photo.
        wh_px: Width and height to return.
        slope: How steeply its lines run, rise of y per pixel of x.

    Returns:
        Shape (h, w, 3), uint8. What lies beyond the photo repeats its border.
    """
    return _stretched(image_bgr, _with_margin(box), wh_px, slope)


def _stretched(
    image_bgr: NDArray[np.uint8], part: Box, wh_px: tuple[int, int], slope: float
) -> NDArray[np.uint8]:
    """Cut a part out of a photo, with lines of that slope made level, and stretch it to a size."""
    x1, y1, x2, y2 = part
    across, down = (x2 - x1) / wh_px[0], (y2 - y1) / wh_px[1]
    fine = max(1, int(np.ceil(max(across, down))))  # samples per pixel of the front
    across, down = across / fine, down / fine
    rise = slope * across
    top = y1 + down / 2 - 0.5 - rise * (wh_px[0] * fine - 1) / 2
    samples = cv2.warpAffine(
        image_bgr,
        np.array([[across, 0, x1 + across / 2 - 0.5], [rise, down, top]]),
        (wh_px[0] * fine, wh_px[1] * fine),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(cv2.resize(samples, wh_px, interpolation=cv2.INTER_AREA), np.uint8)


def size_from_afar(wh_px: tuple[int, int]) -> tuple[int, int]:
    """Return the size in which a front is looked at for lines from afar, in whole rows."""
    w, h = (ROW_PX * round(AFAR * side / ROW_PX) for side in wh_px)
    return w, h


def is_small(box: Box) -> bool:
    """Say whether a pack is one of those whose print is looked for here."""
    return SMALLEST_SIDE_PX <= _side_px(box) <= LARGEST_SIDE_PX


def _side_px(box: Box) -> float:
    return float(np.sqrt(max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)))


def _with_margin(box: Box) -> Box:
    x1, y1, x2, y2 = box
    more_x, more_y = MARGIN_SHARE * (x2 - x1), MARGIN_SHARE * (y2 - y1)
    return x1 - more_x, y1 - more_y, x2 + more_x, y2 + more_y


def size_for(box: Box) -> tuple[int, int]:
    """Return the size of front that suits a pack best."""
    aspect = np.log((box[2] - box[0]) / (box[3] - box[1]))
    return min(FRONTS_WH_PX, key=lambda wh: abs(np.log(wh[0] / wh[1]) - aspect))


def _with_capitals(text: str) -> str:
    """Return words as names are printed; what follows a number is a unit and stays small."""
    if text[:1].isdigit():
        return text
    return " ".join(
        word.capitalize() if len(word) > 2 and word.isalpha() else word for word in text.split(" ")
    )
