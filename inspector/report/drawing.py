"""Frames, badges and captions: how the overlay draws, whatever it means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from inspector.domain.verdict import Box

Rgb = tuple[int, int, int]
ImageRgb = NDArray[np.uint8]
Font = ImageFont.FreeTypeFont

INK: Rgb = (24, 28, 33)
PAPER: Rgb = (255, 255, 255)


class Line(StrEnum):
    """How a frame is drawn, so that it is known without its colour."""

    SOLID = "solid"
    DASHED = "dashed"
    DOTTED = "dotted"
    DASH_DOT = "dash_dot"


_CAPTION_ROWS = 5
"""So many lines of text above or below its box a caption may stand."""

_DASHES: dict[Line, tuple[float, ...]] = {
    Line.DASHED: (5, 3),
    Line.DOTTED: (1.4, 2),
    Line.DASH_DOT: (6, 2, 1.4, 2),
}
"""Drawn and left out in turn, in line widths."""


@dataclass(frozen=True, slots=True)
class Style:
    """How one kind of thing is drawn.

    Attributes:
        colour: Colour of frame and badge, chosen to stay apart for colour-blind eyes.
        line: Pattern of the frame.
        weight: Width of the frame as a multiple of the usual one.
        is_hatched: True when the inside is hatched.
        symbol: Text of the badge; empty for none.
    """

    colour: Rgb
    line: Line
    weight: float = 1.0
    is_hatched: bool = False
    symbol: str = ""


def font_folder() -> Path:
    """Return the folder with the DejaVu fonts, which have every Danish letter."""
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


@lru_cache(maxsize=64)
def font(size_px: int, *, is_bold: bool = False) -> Font:
    """Return DejaVu Sans in a size."""
    name = "DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(font_folder() / name), size_px)


def draw_frame(image: ImageRgb, box_xyxy_px: Box, style: Style, *, width_px: int) -> None:
    """Draw the frame of a box in place, on a pale rim that keeps it visible on any artwork."""
    x1, y1, x2, y2 = _inside(box_xyxy_px, image)
    if x2 <= x1 or y2 <= y1:
        return
    if style.is_hatched:
        _hatch(image[y1:y2, x1:x2], style.colour, width_px)
    line_px = max(1, round(width_px * style.weight))
    corners = [(x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)]
    for colour, extra_px in ((PAPER, 2), (style.colour, 0)):
        for start, end in pairwise(corners):
            _draw_line(image, start, end, colour, style.line, line_px, extra_px)


def draw_brackets(image: ImageRgb, box_xyxy_px: Box, colour: Rgb, *, width_px: int) -> None:
    """Mark the four corners of a box in place."""
    x1, y1, x2, y2 = _inside(box_xyxy_px, image)
    arm_x, arm_y = (
        max(4, min((end - start) // 4, 12 * width_px)) for start, end in ((x1, x2), (y1, y2))
    )
    for tint, thickness in ((PAPER, width_px + 2), (colour, width_px)):
        for x, y, dx, dy in (
            (x1, y1, arm_x, arm_y),
            (x2, y1, -arm_x, arm_y),
            (x1, y2, arm_x, -arm_y),
            (x2, y2, -arm_x, -arm_y),
        ):
            cv2.line(image, (x, y), (x + dx, y), tint, thickness, cv2.LINE_AA)
            cv2.line(image, (x, y), (x, y + dy), tint, thickness, cv2.LINE_AA)


def draw_band(image: ImageRgb, rows: NDArray[np.float64], colour: Rgb, *, width_px: int) -> None:
    """Draw a line with its uncertainty in place.

    Args:
        image: Picture, shape (H, W, 3), RGB.
        rows: Shape (n, 4), rows of `(x, y, y_low, y_high)` in pixels from left to right.
        colour: Colour of the line.
        width_px: Width of the line.
    """
    band = np.concatenate([rows[:, [0, 2]], rows[::-1, [0, 3]]]).round().astype(np.int32)
    top, bottom = np.clip([band[:, 1].min(), band[:, 1].max() + 1], 0, image.shape[0])
    if bottom > top:
        strip = image[top:bottom]
        tinted = strip.copy()
        cv2.fillPoly(tinted, [band - (0, top)], colour)
        cv2.addWeighted(tinted, 0.35, strip, 0.65, 0, dst=strip)
    for tint, thickness in ((PAPER, width_px + 4), (colour, width_px)):
        line = rows[:, :2].round().astype(np.int32)
        cv2.polylines(image, [line], False, tint, thickness, cv2.LINE_AA)


def blur_box(image: ImageRgb, box_xyxy_px: Box) -> None:
    """Make a part of a picture unrecognisable in place: six blocks across its shorter side."""
    x1, y1, x2, y2 = _inside(box_xyxy_px, image)
    region = image[y1:y2, x1:x2]
    if not region.size:
        return
    height, width = region.shape[:2]
    block_px = max(1.0, min(height, width) / 6)
    blocks_wh = max(1, round(width / block_px)), max(1, round(height / block_px))
    blocks = cv2.resize(region, blocks_wh, interpolation=cv2.INTER_AREA)
    image[y1:y2, x1:x2] = cv2.resize(blocks, (width, height), interpolation=cv2.INTER_LINEAR)


class Captions:
    """Writes badges and captions into a picture, each where it covers no earlier caption."""

    def __init__(self, picture: Image.Image) -> None:
        self._draw = ImageDraw.Draw(picture)
        self._size = picture.size
        self._taken: list[Box] = []

    def badge(
        self, box_xyxy_px: Box, symbol: str, number: str, colour: Rgb, *, size_px: int
    ) -> None:
        """Write a symbol and a number on a filled plate in the upper left corner of a box.

        The plate shrinks, to half its size at most, so as to leave the box to be seen; where that
        is not enough, a number goes without its symbol, which the frame stands for as well.
        """
        x1, y1, x2, y2 = box_xyxy_px
        size_px = max(9, round(size_px * min(1.0, max(0.5, (y2 - y1) * 0.4 / (1.3 * size_px)))))
        text = f"{symbol} {number}".strip()
        if number and self._badge_width(text, size_px) > x2 - x1:
            text = number
        room = (x2 - x1) / self._badge_width(text, size_px)
        size_px = max(9, round(size_px * min(1.0, max(0.6, room))))
        width, height = self._badge_width(text, size_px), 1.3 * size_px
        x, y = self._pushed_inside(x1, y1, width, height)
        plate = (x, y, x + width, y + height)
        self._draw.rounded_rectangle(plate, size_px * 0.25, fill=colour, outline=PAPER, width=1)
        centre, face = (x + width / 2, y + height / 2), font(size_px, is_bold=True)
        self._draw.text(centre, text, font=face, fill=text_colour(colour), anchor="mm")
        self._taken.append(plate)

    def _badge_width(self, text: str, size_px: int) -> float:
        return max(font(size_px, is_bold=True).getlength(text) + 0.5 * size_px, 1.3 * size_px)

    def caption(self, box_xyxy_px: Box, text: str, colour: Rgb, *, size_px: int) -> None:
        """Write a text on a dark plate above a box, else below it, where least is in the way."""
        face = font(size_px, is_bold=True)
        bar_px, pad_px = 0.35 * size_px, 0.4 * size_px
        width, height = bar_px + 2 * pad_px + face.getlength(text), 1.5 * size_px
        x1, y1, _, y2 = box_xyxy_px
        places = [
            self._pushed_inside(x1, y, width, height)
            for rows in range(_CAPTION_ROWS)
            for y in (y1 - 2 - (rows + 1) * height, y2 + 2 + rows * height)
        ]
        x, y = min(places, key=lambda place: self._covered_px(place, width, height))
        plate = (x, y, x + width, y + height)
        self._draw.rectangle(plate, fill=INK)
        self._draw.rectangle((x, y, x + bar_px, y + height), fill=colour)
        middle = (x + bar_px + pad_px, y + height / 2)
        self._draw.text(middle, text, font=face, fill=PAPER, anchor="lm")
        self._taken.append(plate)

    def _pushed_inside(
        self, x: float, y: float, width: float, height: float
    ) -> tuple[float, float]:
        return (
            min(max(x, 0.0), max(0.0, self._size[0] - width)),
            min(max(y, 0.0), max(0.0, self._size[1] - height)),
        )

    def _covered_px(self, corner: tuple[float, float], width: float, height: float) -> float:
        """Return how much of what is written already a plate would hide, in pixels."""
        x, y = corner
        return sum(
            max(0.0, min(x + width, x2) - max(x, x1)) * max(0.0, min(y + height, y2) - max(y, y1))
            for x1, y1, x2, y2 in self._taken
        )


def text_colour(background: Rgb) -> Rgb:
    """Return ink or paper, whichever stands out more on a background (luma of Rec. 601)."""
    luma = 0.299 * background[0] + 0.587 * background[1] + 0.114 * background[2]
    return INK if luma > 140 else PAPER


def _inside(box_xyxy_px: Box, image: ImageRgb) -> tuple[int, int, int, int]:
    height, width = image.shape[:2]
    x1, y1, x2, y2 = (round(edge) for edge in box_xyxy_px)
    return max(x1, 0), max(y1, 0), min(x2, width - 1), min(y2, height - 1)


def _hatch(region: ImageRgb, colour: Rgb, width_px: int) -> None:
    height, width = region.shape[:2]
    period_px = 7 * width_px
    diagonal = np.add.outer(np.arange(height), np.arange(width)) % period_px
    stripes = diagonal < 1.5 * width_px
    region[stripes] = (0.45 * region[stripes] + 0.55 * np.array(colour)).astype(np.uint8)


def _draw_line(
    image: ImageRgb,
    start: tuple[int, int],
    end: tuple[int, int],
    colour: Rgb,
    line: Line,
    width_px: int,
    extra_px: int,
) -> None:
    """Draw a horizontal or vertical line with its pattern, `extra_px` wider all round."""
    if line is Line.SOLID:
        cv2.line(image, start, end, colour, width_px + extra_px)
        return
    here, goal = np.array(start, float), np.array(end, float)
    length = float(np.linalg.norm(goal - here))
    if not length:
        return
    step = (goal - here) / length
    done, dashes, place = 0.0, _DASHES[line], 0
    while done < length:
        reach = min(done + dashes[place % len(dashes)] * width_px, length)
        if place % 2 == 0:
            a, b = here + step * done, here + step * reach
            cv2.line(
                image,
                tuple(a.round().astype(int)),
                tuple(b.round().astype(int)),
                colour,
                width_px + extra_px,
            )
        done, place = reach, place + 1
