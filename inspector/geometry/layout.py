"""Where things stand on the fixture: shelves, neighbours, bays and signs.

All of it is worked out on the fixture's rectified front (X along it, Z up), so that perspective
and a tilted tablet do not matter. Without a scale that plane has no metres, and only ratios are
used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inspector.domain.facts import Neighbours, ShelfFacts
from inspector.domain.scene import Pack, Point, Scene, Sign, SignPlacement
from inspector.domain.verdict import Box
from inspector.geometry.camera import CameraFit
from inspector.geometry.heights import front_from_image, height_of_edge, width_between

Array = NDArray[np.float64]

ROW_TOLERANCE = 0.3
"""Bottoms closer than this share of the median pack height stand on one shelf."""

SUPPORT_TOLERANCE = 0.2
"""A pack whose bottom is this close (in its own heights) to another's top stands on that one."""

CEILING_CLEARANCE = (0.10, 0.20)
"""A sign less than the first above the fixture's top, in metres of the front plane, sits on it;
more than the second, it hangs; between, nobody can say."""


@dataclass(frozen=True, slots=True)
class FrontBox:
    """A box on the fixture's front: left, right, bottom and top (X, X, Z, Z)."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def width(self) -> float:
        """Width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height."""
        return self.top - self.bottom

    @property
    def centre(self) -> tuple[float, float]:
        """X and Z of its middle."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def overlap_x(self, other: FrontBox) -> float:
        """Share of the narrower box that lies over or under the other, in [0, 1]."""
        shared = min(self.right, other.right) - max(self.left, other.left)
        return max(0.0, shared) / max(min(self.width, other.width), 1e-9)


def front_boxes(fit: CameraFit, boxes_px: Sequence[Box]) -> list[FrontBox]:
    """Map image boxes onto the fixture's front, each by the middles of its four sides."""
    middles = [
        point
        for x1, y1, x2, y2 in boxes_px
        for point in (
            (x1, (y1 + y2) / 2),
            (x2, (y1 + y2) / 2),
            ((x1 + x2) / 2, y2),
            ((x1 + x2) / 2, y1),
        )
    ]
    front = front_from_image(fit, np.array(middles, dtype=float).reshape(-1, 2)).reshape(-1, 4, 2)
    return [FrontBox(m[0, 0], m[1, 0], m[2, 1], m[3, 1]) for m in front]


@dataclass(frozen=True, slots=True)
class Layout:
    """Shelves and what stands on them.

    Attributes:
        front: Box of each pack on the fixture's front, by pack id.
        shelves: From top to bottom.
        runs: For each shelf its front row, split where an upright of the fixture stands between
            two packs: pack ids from left to right.
        neighbours: Pairs side by side within a run.
    """

    front: Mapping[str, FrontBox]
    shelves: tuple[ShelfFacts, ...]
    runs: Mapping[str, tuple[tuple[str, ...], ...]]
    neighbours: tuple[Neighbours, ...]

    def shelf_of(self, pack_id: str) -> ShelfFacts | None:
        """Return the shelf that carries a pack, directly or below other packs."""
        for shelf in self.shelves:
            if pack_id in shelf.pack_ids or pack_id in shelf.stacked_ids:
                return shelf
        return None


def lay_out(scene: Scene, fit: CameraFit, *, box_u_px: float) -> Layout:
    """Work out shelves, runs and neighbours from the packs of a scene.

    Args:
        scene: What was seen.
        fit: Camera.
        box_u_px: Standard uncertainty of a pack's box sides.
    """
    packs = [pack for pack in scene.packs if not pack.is_card]
    boxes = front_boxes(fit, [pack.box_xyxy_px for pack in packs])
    known = {p.pack_id: b for p, b in zip(packs, boxes, strict=True) if np.isfinite(b.width)}
    packs = [pack for pack in packs if pack.pack_id in known]
    below = {pack.pack_id: _supporter(pack.pack_id, known) for pack in packs}
    rows = _rows({key: known[key] for key, under in below.items() if under is None})
    uprights = _uprights(scene, fit)
    by_id = {pack.pack_id: pack for pack in packs}
    shelves, runs, neighbours = [], {}, []
    for number, row in enumerate(rows, start=1):
        shelf_id = f"s{number}"
        stacked = [key for key in below if _foot(key, below) in row and key not in row]
        line = _shelf_line([by_id[key] for key in row])
        middle = ((line[0][0] + line[1][0]) / 2, (line[0][1] + line[1][1]) / 2)
        height = height_of_edge(fit, middle, u_px=box_u_px)
        shelves.append(ShelfFacts(shelf_id, line, height, tuple(row), tuple(stacked)))
        runs[shelf_id] = tuple(_split_at_uprights(row, known, uprights))
        for run in runs[shelf_id]:
            neighbours += [
                _neighbours(by_id[left], by_id[right], scene.dividers, known, fit, box_u_px)
                for left, right in pairwise(run)
            ]
    return Layout(known, tuple(shelves), runs, tuple(neighbours))


def place_signs(scene: Scene, fit: CameraFit, layout: Layout) -> dict[str, SignPlacement]:
    """Say where each sign is relative to the fixture.

    Returns:
        Placement by sign id. Header and ceiling are told apart by the upper ends of the fixture's
        uprights near the sign; where none is seen, the placement is `UNKNOWN`.
    """
    boxes = front_boxes(fit, [sign.box_xyxy_px for sign in scene.signs])
    uprights = _uprights(scene, fit)
    return {
        sign.sign_id: _sign_placement(sign, box, layout, uprights)
        for sign, box in zip(scene.signs, boxes, strict=True)
    }


def sign_boxes(scene: Scene, fit: CameraFit) -> dict[str, FrontBox]:
    """Return the box of each sign on the fixture's front."""
    boxes = front_boxes(fit, [sign.box_xyxy_px for sign in scene.signs])
    return {sign.sign_id: box for sign, box in zip(scene.signs, boxes, strict=True)}


def hull(boxes: Iterable[FrontBox]) -> FrontBox:
    """Return the smallest box round others; ValueError when there is none."""
    boxes = list(boxes)
    return FrontBox(
        min(b.left for b in boxes),
        max(b.right for b in boxes),
        min(b.bottom for b in boxes),
        max(b.top for b in boxes),
    )


def _supporter(pack_id: str, boxes: Mapping[str, FrontBox]) -> str | None:
    """Return the pack that this one stands on or looks over, or None."""
    box = boxes[pack_id]
    best, best_gap = None, np.inf
    for other_id, other in boxes.items():
        if other_id == pack_id or box.overlap_x(other) < 0.4 or other.bottom >= box.bottom:
            continue
        gap = abs(box.bottom - other.top)
        tolerance = SUPPORT_TOLERANCE * min(box.height, other.height)
        # A pack of the row behind shows above the front one: its visible bottom is that one's top,
        # or lower where it is seen between two.
        covered = other.bottom + 0.3 * other.height < box.bottom < other.top
        if (gap <= tolerance or covered) and gap < best_gap:
            best, best_gap = other_id, gap
    return best


def _foot(pack_id: str, below: Mapping[str, str | None]) -> str:
    """Follow a stack down to the pack that stands on the shelf."""
    while (under := below[pack_id]) is not None:
        pack_id = under
    return pack_id


def _rows(boxes: Mapping[str, FrontBox]) -> list[list[str]]:
    """Group packs whose bottoms are level; rows from top to bottom, packs from left to right."""
    if not boxes:
        return []
    height = float(np.median([box.height for box in boxes.values()]))
    slope = _residual_slope(list(boxes.values()), height)
    level = {key: box.bottom - slope * box.centre[0] for key, box in boxes.items()}
    downward = sorted(boxes, key=lambda key: -level[key])
    rows = [[downward[0]]]
    for upper, lower in pairwise(downward):
        if level[upper] - level[lower] > ROW_TOLERANCE * height:
            rows.append([])
        rows[-1].append(lower)
    return [sorted(row, key=lambda key: boxes[key].centre[0]) for row in rows]


def _residual_slope(boxes: Sequence[FrontBox], height: float) -> float:
    """Return how much rows still climb on the rectified front, from packs side by side.

    Without a kit or clear edges the front is rectified badly, and a row that falls apart would
    hide which goods stand next to each other.
    """
    x, z = np.array([(box.centre[0], box.bottom) for box in boxes]).T
    across, up = x[None, :] - x[:, None], z[None, :] - z[:, None]
    beside = (across > 0) & (across < 3 * height) & (np.abs(up) < 0.5 * height)
    return float(np.median(up[beside] / across[beside])) if beside.any() else 0.0


def _shelf_line(packs: Sequence[Pack]) -> tuple[Point, Point]:
    """Fit the shelf's edge through the bottoms of the packs that stand on it (Theil-Sen)."""
    x_px = np.array([(p.box_xyxy_px[0] + p.box_xyxy_px[2]) / 2 for p in packs])
    y_px = np.array([p.box_xyxy_px[3] for p in packs])
    left = min(p.box_xyxy_px[0] for p in packs)
    right = max(p.box_xyxy_px[2] for p in packs)
    apart = x_px[:, None] - x_px[None, :]
    far = apart > 0.2 * (right - left)
    slope = (
        float(np.median((y_px[:, None] - y_px[None, :])[far] / apart[far])) if far.any() else 0.0
    )
    offset = float(np.median(y_px - slope * x_px))
    return (left, offset + slope * left), (right, offset + slope * right)


def _uprights(scene: Scene, fit: CameraFit) -> Array:
    """Return the upright edges on the fixture's front: rows of X, lower Z, upper Z."""
    ends = [edge.ends_px for edge in scene.straight_edges if edge.is_upright]
    front = front_from_image(fit, np.array(ends, dtype=float).reshape(-1, 2)).reshape(-1, 2, 2)
    front = front[np.isfinite(front).all(axis=(1, 2))]
    return np.column_stack([front[:, :, 0].mean(1), front[:, :, 1].min(1), front[:, :, 1].max(1)])


def _split_at_uprights(
    row: Sequence[str], boxes: Mapping[str, FrontBox], uprights: Array
) -> Iterable[tuple[str, ...]]:
    run = [row[0]]
    for left_id, right_id in pairwise(row):
        left, right = boxes[left_id], boxes[right_id]
        height = max(left.height, right.height)
        between = (left.centre[0] + 0.25 * left.width < uprights[:, 0]) & (
            uprights[:, 0] < right.centre[0] - 0.25 * right.width
        )
        # An upright runs past the packs, above and below; a pack's own edge ends with the pack.
        passes = (uprights[:, 2] > max(left.top, right.top) + 0.3 * height) & (
            uprights[:, 1] < min(left.bottom, right.bottom) + 0.2 * height
        )
        if (between & passes).any():
            yield tuple(run)
            run = []
        run.append(right_id)
    yield tuple(run)


def _neighbours(
    left: Pack,
    right: Pack,
    dividers: Sequence[Box],
    boxes: Mapping[str, FrontBox],
    fit: CameraFit,
    box_u_px: float,
) -> Neighbours:
    left_box, right_box = boxes[left.pack_id], boxes[right.pack_id]
    ends = [
        (pack.box_xyxy_px[side], (pack.box_xyxy_px[1] + pack.box_xyxy_px[3]) / 2)
        for pack, side in ((left, 2), (right, 0))
    ]
    gap_widths = (right_box.left - left_box.right) / max(min(left_box.width, right_box.width), 1e-9)
    middle_y = (ends[0][1] + ends[1][1]) / 2
    return Neighbours(
        left.pack_id,
        right.pack_id,
        gap=width_between(fit, ends[0], ends[1], u_px=box_u_px),
        gap_widths=float(gap_widths),
        divider=any(
            (left.box_xyxy_px[0] + left.box_xyxy_px[2]) / 2
            < (x1 + x2) / 2
            < (right.box_xyxy_px[0] + right.box_xyxy_px[2]) / 2
            and y1 < middle_y < y2
            for x1, y1, x2, y2 in dividers
        ),
    )


def _sign_placement(sign: Sign, box: FrontBox, layout: Layout, uprights: Array) -> SignPlacement:
    if not layout.shelves or not np.isfinite([box.left, box.top, box.bottom]).all():
        return SignPlacement.UNKNOWN
    column = [b for b in layout.front.values() if b.overlap_x(box) > 0] or list(
        layout.front.values()
    )
    if box.bottom >= max(b.top for b in column):
        return _over_the_fixture(box, uprights)
    spacing = _shelf_spacing(layout)
    for shelf in layout.shelves:
        bottoms = [layout.front[key].bottom for key in shelf.pack_ids]
        edge = float(np.median(bottoms))
        # The rail hangs from the board's upper side; a sign on it starts there or just above.
        if edge - 0.35 * spacing < box.centre[1] < edge and box.top < edge + 0.15 * spacing:
            return SignPlacement.SHELF_EDGE
    if box.bottom > min(b.bottom for b in column):
        return SignPlacement.ON_SHELF
    return SignPlacement.UNKNOWN


def _over_the_fixture(box: FrontBox, uprights: Array) -> SignPlacement:
    reach = 0.7 * box.width
    near = (uprights[:, 0] > box.left - reach) & (uprights[:, 0] < box.right + reach)
    # The sign's own frame and the wires that it hangs on are upright, too, but start at the sign.
    fixture = near & (uprights[:, 1] < box.bottom - 0.3) & (uprights[:, 2] < box.top)
    if not fixture.any():
        return SignPlacement.UNKNOWN
    clearance = box.bottom - float(uprights[fixture, 2].max())
    if clearance < CEILING_CLEARANCE[0]:
        return SignPlacement.HEADER
    return SignPlacement.CEILING if clearance > CEILING_CLEARANCE[1] else SignPlacement.UNKNOWN


def _shelf_spacing(layout: Layout) -> float:
    """Return the usual height between two shelves, on the front plane."""
    edges = sorted(
        float(np.median([layout.front[key].bottom for key in shelf.pack_ids]))
        for shelf in layout.shelves
    )
    steps = np.diff(edges)
    if len(steps):
        return float(np.median(steps))
    return 1.5 * float(np.median([b.height for b in layout.front.values()]))
