"""Where things stand on the fixture: shelves, their parts, and neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from string import ascii_lowercase

import numpy as np
from numpy.typing import NDArray

from inspector.domain.facts import Neighbours, ShelfFacts
from inspector.domain.quantity import Measured
from inspector.domain.scene import Pack, Point, Scene
from inspector.domain.verdict import Box
from inspector.geometry.bays import bay_borders, find_uprights, split_at_uprights, stand_between
from inspector.geometry.camera import CameraFit, rotation
from inspector.geometry.front import FrontBox, front_boxes, hull, sides_of
from inspector.geometry.heights import heights_of_edges, widths_between

Array = NDArray[np.float64]

ROW_TOLERANCE = 0.3
"""Bottoms closer than this share of the median pack height stand on one shelf."""

MAX_TURN = 0.27
"""In a photo turned by more than 15 degrees (this slope), upright boxes say nothing about gaps."""

MIN_PACKS_FOR_TURN = 6
"""Fewer packs side by side do not tell a turned photo from packs of different heights."""

SUPPORT_TOLERANCE = 0.2
"""A pack whose bottom is this close (in its own heights) to another's top stands on that one."""


@dataclass(frozen=True, slots=True)
class Run:
    """The packs of one shelf between two uprights of the fixture.

    Attributes:
        run_id: Id of the shelf, with a letter where uprights part it: `s2`, `s3a`, `s3b`.
        shelf_id: Shelf that it is a part of.
        pack_ids: Packs of the front row from left to right.
        stacked_ids: Packs that stand on them or look over them.
        bay_number: Number of the bay from the left, 1 for the first; None when no upright is seen.
        shelf_number: Number of the shelf within its bay from the top; only shelves with packs
            count.
    """

    run_id: str
    shelf_id: str
    pack_ids: tuple[str, ...]
    stacked_ids: tuple[str, ...] = ()
    bay_number: int | None = None
    shelf_number: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """Shelves and what stands on them.

    Attributes:
        front: Box of each pack on the fixture's front, by pack id.
        shelves: From top to bottom.
        runs: Shelf by shelf, from left to right.
        neighbours: Pairs side by side within a run, and pairs of which one stands on the other.
    """

    front: Mapping[str, FrontBox]
    shelves: tuple[ShelfFacts, ...]
    runs: tuple[Run, ...]
    neighbours: tuple[Neighbours, ...]

    def bay_span(self, run: Run) -> FrontBox:
        """Return the box round all packs of a run's bay; those of the run where no bay is seen."""
        same = [other for other in self.runs if run.bay_number == other.bay_number]
        members = same if run.bay_number is not None else [run]
        return hull(self.front[key] for member in members for key in member.pack_ids)

    def edge_of(self, shelf_id: str) -> float:
        """Return the height of a shelf's edge on the front plane."""
        shelf = next(shelf for shelf in self.shelves if shelf.shelf_id == shelf_id)
        return float(np.median([self.front[key].bottom for key in shelf.pack_ids]))

    def shelf_of(self, pack_id: str) -> ShelfFacts | None:
        """Return the shelf that carries a pack, directly or below other packs."""
        for shelf in self.shelves:
            if pack_id in shelf.pack_ids or pack_id in shelf.stacked_ids:
                return shelf
        return None


def lay_out(scene: Scene, fit: CameraFit, *, box_u_px: float) -> Layout:
    """Work out shelves, runs and neighbours from the packs of a scene.

    Args:
        scene: What was seen; cards, and packs that only another photo shows, stand nowhere.
        fit: Camera.
        box_u_px: Standard uncertainty of a pack's box sides.

    Returns:
        The layout; without shelves where the photo is turned too far to tell them.
    """
    packs = [pack for pack in scene.packs if not (pack.is_card or pack.is_lent)]
    boxes = front_boxes(fit, [pack.box_xyxy_px for pack in packs])
    known = {p.pack_id: b for p, b in zip(packs, boxes, strict=True) if np.isfinite(b.width)}
    if _is_turned(fit, list(known.values())):
        return Layout(known, (), (), ())
    by_id = {pack.pack_id: pack for pack in packs}
    below = supporters(known)
    feet = {key: _foot(key, below) for key in known}
    piles = _piles(feet, known)
    uprights = find_uprights(scene, fit, list(known.values()))
    rows = _rows({key: known[key] for key, under in below.items() if under is None})
    rows = without_floating(rows, known, uprights.sides)
    lines = [_shelf_line([by_id[key] for key in row]) for row in rows]
    middles = [((x1 + x2) / 2, (y1 + y2) / 2) for (x1, y1), (x2, y2) in lines]
    heights = heights_of_edges(fit, middles, u_px=box_u_px)
    shelves, runs, starts = [], [], []
    for number, (row, line, height) in enumerate(zip(rows, lines, heights, strict=True), start=1):
        shelf_id = f"s{number}"
        stacked = [key for key, foot in feet.items() if foot in row and foot != key]
        shelves.append(ShelfFacts(shelf_id, line, height, tuple(row), tuple(stacked)))
        parts, starts_here = split_at_uprights(row, piles, uprights.sides)
        starts += starts_here
        for n, part in enumerate(parts):
            letter = ascii_lowercase[n % 26] * (n // 26 + 1) if len(parts) > 1 else ""
            over = tuple(key for key in stacked if feet[key] in part)
            runs.append(Run(shelf_id + letter, shelf_id, part, over))
    beside = _beside(runs, scene, known, piles, uprights.standing_before, fit, box_u_px)
    neighbours: list[Neighbours] = []
    for run in runs:
        neighbours += [beside[pair] for pair in pairwise(run.pack_ids)]
        neighbours += [
            Neighbours(lower, key, Measured(0.0, 0.0, 0.0), gap_widths=0.0, is_stacked=True)
            for key in run.stacked_ids
            if (lower := below[key])
        ]
    return Layout(known, tuple(shelves), _numbered(runs, starts, known), tuple(neighbours))


def neighbours_without(
    are_none: Set[str], layout: Layout, scene: Scene, fit: CameraFit, *, box_u_px: float
) -> tuple[Neighbours, ...]:
    """Return a layout's neighbours where some of its packs are none, as people on the spot say.

    What stands on either side of one is side by side. It may be the side of a box that belongs to
    one of them, or a card before others, so that the place between them counts as hidden.

    Args:
        are_none: Ids of what was taken for packs.
        layout: The layout with them; nothing else in it changes.
        scene: What was seen.
        fit: Camera.
        box_u_px: Standard uncertainty of a pack's box sides.
    """
    if not are_none:
        return layout.neighbours
    kept = [n for n in layout.neighbours if not {n.left_id, n.right_id} & are_none]
    pairs = [
        pair
        for run in layout.runs
        for pair in pairwise(key for key in run.pack_ids if key not in are_none)
        if pair not in set(pairwise(run.pack_ids))
    ]
    packs = {pack.pack_id: pack for pack in scene.packs}
    between_px = [_between_px(packs[left], packs[right]) for left, right in pairs]
    gaps = widths_between(fit, between_px, u_px=box_u_px)
    boxes = layout.front
    kept += [
        Neighbours(
            left,
            right,
            gap=gap,
            gap_widths=_gap_widths(boxes[left], boxes[right]),
            divider=_are_divided(packs[left], packs[right], scene.dividers),
            is_hidden=True,
        )
        for (left, right), gap in zip(pairs, gaps, strict=True)
    ]
    return tuple(kept)


def _is_turned(fit: CameraFit, boxes: Sequence[FrontBox]) -> bool:
    up = rotation(fit.parameters) @ np.array([0.0, 0.0, 1.0])
    if abs(up[0]) > MAX_TURN * abs(up[1]) or up[1] > 0:
        return True
    if len(boxes) < MIN_PACKS_FOR_TURN:
        return False
    height = float(np.median([box.height for box in boxes]))
    return abs(_residual_slope(boxes, height)) > MAX_TURN


def _numbered(
    runs: Sequence[Run], starts: Sequence[float], boxes: Mapping[str, FrontBox]
) -> tuple[Run, ...]:
    """Number the bays from the left, and in each the shelves from the top."""
    if not starts:
        return tuple(replace(run, shelf_number=n) for n, run in enumerate(runs, start=1))
    width = float(np.median([box.width for box in boxes.values()]))
    borders = bay_borders(starts, apart=width)
    shelves_above = dict.fromkeys(range(1, len(borders) + 2), 0)
    numbered = []
    for run in runs:
        middle = hull(boxes[key] for key in run.pack_ids).centre[0]
        bay = 1 + int(np.searchsorted(borders, middle))
        shelves_above[bay] += 1
        numbered.append(replace(run, bay_number=bay, shelf_number=shelves_above[bay]))
    return tuple(numbered)


def supporters(boxes: Mapping[str, FrontBox]) -> dict[str, str | None]:
    """Return for each pack the one that it stands on or looks over, None where there is none."""
    if not boxes:
        return {}
    keys = list(boxes)
    # All pairs at once: packs down, what may bear them across.
    left, right, bottom, top = sides_of(boxes.values())
    own_left, own_right, own_bottom = left[:, None], right[:, None], bottom[:, None]
    width, height = right - left, top - bottom
    shared = np.minimum(own_right, right) - np.maximum(own_left, left)
    overlap = np.maximum(shared, 0.0) / np.maximum(np.minimum(width[:, None], width), 1e-9)
    gap = np.abs(own_bottom - top)
    # A pack of the row behind shows above the front one: its visible bottom is that one's top,
    # or lower where it is seen between two.
    covered = (bottom + 0.3 * height < own_bottom) & (own_bottom < top)
    close = gap <= SUPPORT_TOLERANCE * np.minimum(height[:, None], height)
    bears = (overlap >= 0.4) & (bottom < own_bottom) & (close | covered)
    nearest = np.argmin(np.where(bears, gap, np.inf), axis=1)
    return {
        key: keys[other] if bears[n, other] else None
        for n, (key, other) in enumerate(zip(keys, nearest.tolist(), strict=True))
    }


def _foot(pack_id: str, below: Mapping[str, str | None]) -> str:
    """Follow a stack down to the pack that stands on the shelf."""
    while (under := below[pack_id]) is not None:
        pack_id = under
    return pack_id


def _piles(feet: Mapping[str, str], boxes: Mapping[str, FrontBox]) -> dict[str, FrontBox]:
    """Return the box of each pack that stands on a shelf, as high as all that is on it."""
    tops: dict[str, list[float]] = {}
    for key, foot in feet.items():
        tops.setdefault(foot, []).append(boxes[key].top)
    return {foot: replace(boxes[foot], top=max(over)) for foot, over in tops.items()}


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


def without_floating(
    rows: Sequence[Sequence[str]], boxes: Mapping[str, FrontBox], sides: Array
) -> list[list[str]]:
    """Put packs that hang in the air into the row below them.

    A board cannot lie under the feet of one pack and behind the middle of the pack next to it: what
    the upper one stands on was overlooked, and it belongs to the lower one's shelf.
    """
    kept = [list(row) for row in rows]
    beside = _hanging_beside({key: boxes[key] for row in rows for key in row}, sides)
    for upper, row in enumerate(kept):
        for key in list(row):
            for lower_row in kept[upper + 1 :]:
                if not beside.get(key, set()).isdisjoint(lower_row):
                    row.remove(key)
                    lower_row.append(key)
                    lower_row.sort(key=lambda member: boxes[member].centre[0])
                    break
    return [row for row in kept if row]


def _hanging_beside(boxes: Mapping[str, FrontBox], sides: Array) -> dict[str, set[str]]:
    """Return the packs beside whose body the foot of another is, next to it in the same bay."""
    keys = list(boxes)
    left, right, bottom, top = sides_of(boxes.values())
    width, height = right - left, top - bottom
    apart = np.maximum(left[:, None], left) - np.minimum(right[:, None], right)
    is_next = apart < np.minimum(width[:, None], width)
    own = bottom[:, None]
    is_beside = (bottom + 0.2 * height < own) & (own < top - 0.2 * height)
    pairs = [(keys[n], keys[k]) for n, k in np.argwhere(is_next & is_beside).tolist()]
    ordered = [
        sorted((boxes[key], boxes[other]), key=lambda box: box.centre[0]) for key, other in pairs
    ]
    beside: dict[str, set[str]] = {}
    parting = stand_between(sides, [(one, two) for one, two in ordered])
    for (key, other), edges in zip(pairs, parting, strict=True):
        if not edges.any():
            beside.setdefault(key, set()).add(other)
    return beside


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


def _beside(
    runs: Sequence[Run],
    scene: Scene,
    boxes: Mapping[str, FrontBox],
    piles: Mapping[str, FrontBox],
    standing_before: Array,
    fit: CameraFit,
    box_u_px: float,
) -> dict[tuple[str, str], Neighbours]:
    """Return the neighbours side by side in each run, by their ids."""
    packs = {pack.pack_id: pack for pack in scene.packs}
    pairs = [pair for run in runs for pair in pairwise(run.pack_ids)]
    between_px = [_between_px(packs[left], packs[right]) for left, right in pairs]
    gaps = widths_between(fit, between_px, u_px=box_u_px)
    hiding = stand_between(standing_before, [(piles[left], piles[right]) for left, right in pairs])
    return {
        (left, right): Neighbours(
            left,
            right,
            gap=gap,
            gap_widths=_gap_widths(boxes[left], boxes[right]),
            divider=_are_divided(packs[left], packs[right], scene.dividers),
            is_hidden=bool(edges.any()),
        )
        for (left, right), gap, edges in zip(pairs, gaps, hiding, strict=True)
    }


def _between_px(left: Pack, right: Pack) -> tuple[Point, Point]:
    """Return the middles of the sides that two packs turn to each other."""
    _, left_y1, left_x2, left_y2 = left.box_xyxy_px
    right_x1, right_y1, _, right_y2 = right.box_xyxy_px
    return (left_x2, (left_y1 + left_y2) / 2), (right_x1, (right_y1 + right_y2) / 2)


def _gap_widths(left: FrontBox, right: FrontBox) -> float:
    return float((right.left - left.right) / max(min(left.width, right.width), 1e-9))


def _are_divided(left: Pack, right: Pack, dividers: Sequence[Box]) -> bool:
    """Say whether a divider stands between the middles of two packs."""
    (_, left_y), (_, right_y) = _between_px(left, right)
    left_x, right_x = ((pack.box_xyxy_px[0] + pack.box_xyxy_px[2]) / 2 for pack in (left, right))
    return any(
        left_x < (x1 + x2) / 2 < right_x and y1 < (left_y + right_y) / 2 < y2
        for x1, y1, x2, y2 in dividers
    )
