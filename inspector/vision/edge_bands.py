"""Stretches of one colour along the front edges of shelves, where a strip may mark the goods.

Pixels only: what a stretch means is for geometry and the law. It is looked for under every row of
packs, on the row's own slanted line. Labels hide the edge and do not break it; anything else does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import EdgeBand, Pack, Sign
from inspector.domain.verdict import Box

Array = NDArray[np.float32]

LOOK_SIDE_PX = 2000
"""Edges are looked at in this size; a strip is never finer than that."""

CELLS_PER_PACK = 5
"""The edge is looked at in cells of this share of a pack's width: about 1.5 cm."""

WINDOWS = ((0.05, 0.15), (0.10, 0.20), (0.15, 0.25), (0.20, 0.30), (0.28, 0.38), (0.36, 0.46))
"""Where the edge may lie below the packs' feet, in heights of a pack: a window is looked at as a
whole, so a strip has to be as high as one of them."""

SAMPLES_PER_CELL = (7, 5)
"""Points at which a cell is looked at, across and down."""

MAX_SPREAD = 9.0
"""Colours of a cell (CIELAB) that spread more than this are print, not a strip."""

MAX_STEP = 9.0
"""Neighbouring cells whose colours differ more than this belong to different stretches."""

MIN_CONTRAST = 18.0
"""A strip and the edge beside it differ at least so much; mirrored packs and shadows less."""

MAX_BLEND_CELLS = 1
"""Between a strip and the edge beside it lies at most so much of neither: mirrored packs blend."""

MAX_HIDDEN_CELLS = 7
"""A label hides so many cells at most."""

MIN_PACKS = 1.0
"""Shorter stretches, in widths of a pack, mark nothing."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Packs side by side: the line through their feet, and how large they are."""

    left_px: float
    right_px: float
    slope: float
    offset_px: float
    width_px: float
    height_px: float

    def foot_px(self, x_px: float) -> float:
        """Return the row of the picture on which the packs stand."""
        return self.offset_px + self.slope * x_px


def find_edge_bands(
    image_bgr: NDArray[np.uint8], packs: Sequence[Pack], signs: Sequence[Sign]
) -> tuple[EdgeBand, ...]:
    """Find stretches of one colour along the edges of the shelves on which packs stand.

    Args:
        image_bgr: Upright photo, shape (H, W, 3), uint8.
        packs: Packs found in it.
        signs: Signs and labels found in it; what they cover is not looked at.

    Returns:
        Bands, longest first within a row; several may lie one above the other.
    """
    shrink = min(1.0, LOOK_SIDE_PX / max(image_bgr.shape[:2]))
    small = cv2.resize(image_bgr, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    boxes = [_scaled(pack.box_xyxy_px, shrink) for pack in packs if not pack.is_card]
    labels = [_scaled(sign.box_xyxy_px, shrink) for sign in signs]
    hidden = np.zeros(small.shape[:2], dtype=np.uint8)
    # Packs of the shelf below may reach up to the edge.
    for x1, y1, x2, y2 in labels + boxes:
        hidden[max(0, round(y1)) : round(y2) + 1, max(0, round(x1)) : round(x2) + 1] = 1
    bands = (band for row in _rows(boxes) for band in _bands_of(row, small, hidden))
    return tuple(_enlarged(band, 1 / shrink) for band in bands)


def _scaled(box: Box, scale: float) -> Box:
    x1, y1, x2, y2 = (scale * edge for edge in box)
    return x1, y1, x2, y2


def _enlarged(band: EdgeBand, scale: float) -> EdgeBand:
    (x1, y1), (x2, y2) = band.ends_px
    return replace(band, ends_px=((scale * x1, scale * y1), (scale * x2, scale * y2)))


def _rows(boxes: Sequence[Box]) -> Iterable[_Row]:
    """Chain packs whose feet are level with those of their neighbour on the right."""
    left = sorted(boxes)
    while left:
        chain = [left.pop(0)]
        while (following := _next(chain[-1], left)) is not None:
            chain.append(following)
            left.remove(following)
        yield _row_of(chain)


def _next(box: Box, others: Sequence[Box]) -> Box | None:
    x1, y1, x2, y2 = box
    beside = [
        other
        for other in others
        if other[0] > (x1 + x2) / 2
        and other[0] - x2 < 4 * (x2 - x1)
        and abs(other[3] - y2) < 0.25 * min(y2 - y1, other[3] - other[1])
    ]
    return min(beside, key=lambda other: other[0], default=None)


def _row_of(chain: Sequence[Box]) -> _Row:
    boxes = np.array(chain)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]
    slope = float(np.polyfit(x, y, 1)[0]) if len(chain) > 1 else 0.0
    width_px, height_px = np.median(boxes[:, 2:] - boxes[:, :2], axis=0).tolist()
    return _Row(
        left_px=float(boxes[:, 0].min()) - width_px,
        right_px=float(boxes[:, 2].max()) + width_px,
        slope=slope,
        offset_px=float(np.median(y - slope * x)),
        width_px=width_px,
        height_px=height_px,
    )


def _bands_of(
    row: _Row, image_bgr: cv2.typing.MatLike, hidden: NDArray[np.uint8]
) -> Iterable[EdgeBand]:
    cell_px = row.width_px / CELLS_PER_PACK
    if cell_px < 2:
        return
    starts_px = np.arange(row.left_px, row.right_px, cell_px)
    for window in WINDOWS:
        cells = _cells(row, starts_px, cell_px, window, image_bgr, hidden)
        stretches = _stretches(cells)
        below_px = float(np.mean(window)) * row.height_px
        for n, stretch in enumerate(stretches):
            if len(stretch.cells) < MIN_PACKS * CELLS_PER_PACK:
                continue
            left_px = float(starts_px[stretch.cells.start])
            right_px = float(starts_px[stretch.cells.stop - 1]) + cell_px
            yield EdgeBand(
                (
                    (left_px, row.foot_px(left_px) + below_px),
                    (right_px, row.foot_px(right_px) + below_px),
                ),
                meets_other=(
                    n > 0 and _meet(stretches[n - 1], stretch, cells),
                    n + 1 < len(stretches) and _meet(stretch, stretches[n + 1], cells),
                ),
            )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Cells of one colour, and the colours of the first and the last of them."""

    cells: range
    first: Array
    last: Array


def _cells(
    row: _Row,
    starts_px: NDArray[np.float64],
    cell_px: float,
    window: tuple[float, float],
    image_bgr: cv2.typing.MatLike,
    hidden: NDArray[np.uint8],
) -> list[Array | None]:
    """Return each cell's colour; NaN when a label hides it, None when it has more than one."""
    height, width = hidden.shape
    across, down = (np.linspace(0.1, 0.9, n) for n in SAMPLES_PER_CELL)
    x_px = starts_px[:, None] + across * cell_px
    foot_px = row.offset_px + row.slope * x_px
    below_px = (window[0] + down * (window[1] - window[0])) * row.height_px
    x = np.broadcast_to(x_px[:, None, :], (len(x_px), len(down), len(across)))
    x, y = np.floor(x).astype(int), np.floor(foot_px[:, None, :] + below_px[:, None]).astype(int)
    is_inside = ((x >= 0) & (x < width) & (y >= 0) & (y < height)).all(axis=(1, 2))
    x, y = x.clip(0, width - 1), y.clip(0, height - 1)
    sampled_bgr = image_bgr[y, x].reshape(len(x_px), -1, 3)
    colours = cv2.cvtColor(sampled_bgr.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    middles = np.median(colours, axis=1)
    spreads = np.quantile(np.linalg.norm(colours - middles[:, None], axis=2), 0.9, axis=1)
    middles[hidden[y, x].any(axis=(1, 2))] = np.nan
    is_one = np.isnan(middles[:, 0]) | (spreads <= MAX_SPREAD)
    return [
        middle if one else None for middle, one in zip(middles, is_inside & is_one, strict=True)
    ]


def _stretches(cells: Sequence[Array | None]) -> list[_Stretch]:
    """Return the stretches of one colour from left to right; hidden cells do not end them."""
    stretches: list[_Stretch] = []
    goes_on = False
    for n, cell in enumerate(cells):
        if cell is None:
            goes_on = False
            continue
        if np.isnan(cell).any():
            continue
        if goes_on:
            before = stretches[-1]
            is_near = n - before.cells.stop <= MAX_HIDDEN_CELLS
            if is_near and np.linalg.norm(cell - before.last) <= MAX_STEP:
                stretches[-1] = _Stretch(range(before.cells.start, n + 1), before.first, cell)
                continue
        stretches.append(_Stretch(range(n, n + 1), cell, cell))
        goes_on = True
    return stretches


def _meet(left: _Stretch, right: _Stretch, cells: Sequence[Array | None]) -> bool:
    """Say whether one colour begins where the other ends, without blending into it."""
    between = cells[left.cells.stop : right.cells.start]
    blend = sum(cell is None for cell in between)
    long_enough = min(len(left.cells), len(right.cells)) >= CELLS_PER_PACK / 2
    differ = float(np.linalg.norm(left.last - right.first)) >= MIN_CONTRAST
    return long_enough and differ and blend <= MAX_BLEND_CELLS and len(between) <= MAX_HIDDEN_CELLS
