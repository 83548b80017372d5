"""Strips: rows of packs, cut out of a photo to be looked at closely.

A text finder weighs what it sees against the whole picture: next to large signs and empty walls it
misses small print. A row of packs with its own surroundings, enlarged, shows it far more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from inspector.domain.verdict import Box

PACK_SIDE_PX = 105.0
"""Packs are shown so large (root of the area, their median in a strip)."""

MIN_SCALE, MAX_SCALE = 0.5, 3.0
"""Enlarged more, print of five pixels becomes no clearer."""

NEXT_TO = 1.5
"""Packs are in one strip when they stand less than this many widths apart."""

SAME_ROW_SHARE = 0.3
"""Packs of one row overlap in height by this share of the lower one."""

MOST_PIXELS = 650_000
"""Strips that would be larger once enlarged are cut between packs: a look takes memory with it."""

_MARGIN_PX = 6


@dataclass(frozen=True, slots=True)
class Strip:
    """A part of a photo.

    Attributes:
        box_xyxy_px: Its whole pixels.
        scale: How much it is enlarged.
    """

    box_xyxy_px: tuple[int, int, int, int]
    scale: float

    @property
    def looked_at_pixels(self) -> float:
        """Its area once it is enlarged."""
        x1, y1, x2, y2 = self.box_xyxy_px
        return self.scale**2 * (x2 - x1) * (y2 - y1)


def strips_from_packs(packs: Sequence[Box], image_wh: tuple[int, int]) -> list[Strip]:
    """Cut a photo into strips that hold all packs.

    Args:
        packs: Boxes of packs, pixels.
        image_wh: Size of the photo.

    Returns:
        Strips; they may overlap a little. None without packs.
    """
    rows: list[list[Box]] = []
    for box in sorted(packs, key=lambda box: (box[3], box[0])):
        row = next((row for row in rows if _belongs(box, row)), None)
        if row is None:
            rows.append([box])
        else:
            row.append(box)
    return [strip for row in rows for strip in _cut_up(row, image_wh)]


def _cut_up(row: Sequence[Box], image_wh: tuple[int, int]) -> Iterator[Strip]:
    strip = _strip(row, image_wh)
    if len(row) == 1 or strip.looked_at_pixels <= MOST_PIXELS:
        yield strip
        return
    from_left = sorted(row)
    for half in from_left[: len(row) // 2], from_left[len(row) // 2 :]:
        yield from _cut_up(half, image_wh)


def _belongs(box: Box, row: Sequence[Box]) -> bool:
    return any(_are_neighbours(box, other) for other in row)


def _are_neighbours(a: Box, b: Box) -> bool:
    reach = NEXT_TO * max(a[2] - a[0], b[2] - b[0])
    gap = max(a[0], b[0]) - min(a[2], b[2])
    overlap = min(a[3], b[3]) - max(a[1], b[1])
    return gap < reach and overlap > SAME_ROW_SHARE * min(a[3] - a[1], b[3] - b[1])


def _strip(row: Sequence[Box], image_wh: tuple[int, int]) -> Strip:
    boxes = np.array(row)
    side = float(np.median(np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))))
    x1, y1 = np.floor(boxes[:, :2].min(axis=0)) - _MARGIN_PX
    x2, y2 = np.ceil(boxes[:, 2:].max(axis=0)) + _MARGIN_PX
    return Strip(
        (max(0, int(x1)), max(0, int(y1)), min(image_wh[0], int(x2)), min(image_wh[1], int(y2))),
        float(np.clip(PACK_SIDE_PX / max(side, 1.0), MIN_SCALE, MAX_SCALE)),
    )
