"""Where lines of print lie on a pack: between the tops and the feet of their small letters.

The network that is shown whole packs says for rows of a fixed height what stands there. Print is
smaller or larger, and two lines may lie in one row. Strokes tell them apart: along a line there are
many edges that stand upright, between two lines few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.vision.print_rows import HEIGHT_PER_ADVANCE, Row

LINES_READ = 5
"""So many lines of a pack, the largest, are read one by one."""

_BESIDE_ROW = 1.3
"""Lines are looked for so many heights of a row's print above and below it."""

_LARGEST_PX = 60.0
"""No print is higher than this, in pixels of the front."""

_PLAIN = 15
"""Percent of the places about a row that hold fewer strokes than the ground between its lines."""

_FAINTEST_LINE = 0.45
"""A line has at least this share of the strokes of the clearest one beside it."""

_EDGE, _RISES = 0.5, 1.05
"""A line ends where its strokes are fewer than this share of those in its middle, or become more
again by this factor: there the next line begins."""

_THINNEST = 1.2
"""A line is at least so many pixels of the photo high."""

_STROKES_OF_LETTER, _GAP, _FURTHER = 0.7, 1.0, 1.0
"""Letters have this share of a line's strokes. The line goes on beyond what a row says of it, over
gaps of so many of its heights, for so many of its heights."""


@dataclass(frozen=True, slots=True)
class Band:
    """A line of print on a front, in pixels of the front.

    Attributes:
        middle_px: Middle of its small letters, from the top.
        left_px: Where it begins.
        right_px: Where it ends.
        height_px: Height of its small letters.
    """

    middle_px: float
    left_px: float
    right_px: float
    height_px: float

    def is_of(self, other: Band) -> bool:
        """Say whether this and another band are of one line."""
        shared_px = min(self.right_px, other.right_px) - max(self.left_px, other.left_px)
        shorter_px = min(self.right_px - self.left_px, other.right_px - other.left_px)
        apart_px = abs(self.middle_px - other.middle_px)
        return shared_px > shorter_px / 2 and apart_px < min(self.height_px, other.height_px) / 2


def largest_bands(front_bgr: NDArray[np.uint8], rows: Sequence[Row], photo_px: float) -> list[Band]:
    """Find the lines of print where rows say something.

    Args:
        front_bgr: A pack, its lines made level, shape (h, w, 3), uint8.
        rows: What the network says of it, in pixels of this front.
        photo_px: How many pixels of the front one of the photo is.

    Returns:
        The largest few lines, the largest first.
    """
    upright = np.abs(cv2.Sobel(front_bgr.astype(np.float32), cv2.CV_32F, 1, 0)).max(axis=2)
    strokes = cv2.GaussianBlur(upright, (0, 0), sigmaX=1, sigmaY=max(0.6, 0.4 * photo_px))
    found: list[Band] = []
    for row in sorted(rows, key=lambda row: -row.confidence):
        for band in _bands_at(row, strokes, photo_px):
            if not any(band.is_of(other) for other in found):
                found.append(band)
    found.sort(key=lambda band: -band.height_px * np.sqrt(band.right_px - band.left_px))
    return found[:LINES_READ]


def _bands_at(row: Row, strokes: NDArray[np.float32], photo_px: float) -> Iterator[Band]:
    """Find the lines in and beside a row."""
    h, w = strokes.shape
    first, last = row.ends_px
    left = int(max(0.0, first - row.advance_px / 2))
    right = int(min(float(w), last + row.advance_px / 2 + 1))
    height = float(np.clip(HEIGHT_PER_ADVANCE * row.advance_px, 3 * photo_px, _LARGEST_PX))
    near = _BESIDE_ROW * height
    top, bottom = (round(np.clip(row.middle_px + to, 0, h - 1)) for to in (-near, near))
    down = strokes[:, left:right].mean(axis=1)
    down = down - np.percentile(down[max(0, round(top - height)) : round(bottom + height)], _PLAIN)
    clearest = down[top : bottom + 1].max()
    for y in range(max(top, 1), min(bottom, h - 2) + 1):
        if down[y] < _FAINTEST_LINE * clearest or not down[y - 1] <= down[y] > down[y + 1]:
            continue
        upper, lower = (_edge(down, y, step, 1.5 * height) for step in (-1, 1))
        band_px = lower - upper + 1
        if band_px < _THINNEST * photo_px:
            continue
        along = strokes[upper : lower + 1].mean(axis=0)
        least = _STROKES_OF_LETTER * along[left:right].mean()
        begins = _end(along > least, int(first), -1, band_px)
        ends = _end(along > least, int(last), 1, band_px)
        yield Band((upper + lower + 1) / 2, min(first, begins), max(last, ends), band_px)


def _edge(down: NDArray[np.float32], middle: int, step: int, far_px: float) -> int:
    """Return the last place of a line above or below its middle."""
    at = middle
    while (
        0 <= at + step < len(down)
        and abs(at - middle) < far_px
        and _EDGE * down[middle] < down[at + step] <= _RISES * down[at]
    ):
        at += step
    return at


def _end(is_letter: NDArray[np.bool_], start: int, step: int, band_px: float) -> int:
    """Return where a line ends, beyond a place on it."""
    end = start
    for at in range(start + step, start + step * (round(_FURTHER * band_px) + 1), step):
        if not 0 <= at < len(is_letter) or abs(at - end) > _GAP * band_px:
            break
        if is_letter[at]:
            end = at
    return end
