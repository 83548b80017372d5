"""Where things stand on the fixture: shelves, their parts, and neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from inspector.geometry.front import FrontBox, front_boxes, hull
from inspector.geometry.heights import height_of_edge, width_between

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
        scene: What was seen.
        fit: Camera.
        box_u_px: Standard uncertainty of a pack's box sides.

    Returns:
        The layout; without shelves where the photo is turned too far to tell them.
    """
    packs = [pack for pack in scene.packs if not pack.is_card]
    boxes = front_boxes(fit, [pack.box_xyxy_px for pack in packs])
    known = {p.pack_id: b for p, b in zip(packs, boxes, strict=True) if np.isfinite(b.width)}
    if _is_turned(fit, list(known.values())):
        return Layout(known, (), (), ())
    packs = [pack for pack in packs if pack.pack_id in known]
    below = {pack.pack_id: _supporter(pack.pack_id, known) for pack in packs}
    uprights = find_uprights(scene, fit, list(known.values()))
    rows = _rows({key: known[key] for key, under in below.items() if under is None})
    rows = _without_floating(rows, known, uprights.sides)
    by_id = {pack.pack_id: pack for pack in packs}
    shelves, runs, starts, neighbours = [], [], [], []
    for number, row in enumerate(rows, start=1):
        shelf_id = f"s{number}"
        stacked = [key for key in below if _foot(key, below) in row and key not in row]
        line = _shelf_line([by_id[key] for key in row])
        middle = ((line[0][0] + line[1][0]) / 2, (line[0][1] + line[1][1]) / 2)
        height = height_of_edge(fit, middle, u_px=box_u_px)
        shelves.append(ShelfFacts(shelf_id, line, height, tuple(row), tuple(stacked)))
        piles = {key: _pile(key, stacked, below, known) for key in row}
        parts, starts_here = split_at_uprights(row, piles, uprights.sides)
        starts += starts_here
        for n, part in enumerate(parts):
            letter = ascii_lowercase[n % 26] * (n // 26 + 1) if len(parts) > 1 else ""
            over = tuple(key for key in stacked if _foot(key, below) in part)
            runs.append(Run(shelf_id + letter, shelf_id, part, over))
            for left, right in pairwise(part):
                pair = _neighbours(by_id[left], by_id[right], scene.dividers, known, fit, box_u_px)
                before = stand_between(uprights.standing_before, piles[left], piles[right])
                neighbours.append(replace(pair, is_hidden=bool(before.any())))
            neighbours += [
                Neighbours(lower, key, Measured(0.0, 0.0, 0.0), gap_widths=0.0, is_stacked=True)
                for key in over
                if (lower := below[key])
            ]
    return Layout(known, tuple(shelves), _numbered(runs, starts, known), tuple(neighbours))


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


def _pile(
    foot_id: str,
    stacked: Sequence[str],
    below: Mapping[str, str | None],
    boxes: Mapping[str, FrontBox],
) -> FrontBox:
    """Return the box of a pack as high as all that is stacked on it."""
    over = [boxes[key].top for key in stacked if _foot(key, below) == foot_id]
    return replace(boxes[foot_id], top=max([boxes[foot_id].top, *over]))


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


def _without_floating(
    rows: Sequence[Sequence[str]], boxes: Mapping[str, FrontBox], sides: Array
) -> list[list[str]]:
    """Put packs that hang in the air into the row below them.

    A board cannot lie under the feet of one pack and behind the middle of the pack next to it: what
    the upper one stands on was overlooked, and it belongs to the lower one's shelf.
    """
    kept = [list(row) for row in rows]
    for upper, row in enumerate(kept):
        for key in list(row):
            box = boxes[key]
            for lower_row in kept[upper + 1 :]:
                if any(_hangs_beside(box, boxes[other], sides) for other in lower_row):
                    row.remove(key)
                    lower_row.append(key)
                    lower_row.sort(key=lambda member: boxes[member].centre[0])
                    break
    return [row for row in kept if row]


def _hangs_beside(box: FrontBox, other: FrontBox, sides: Array) -> bool:
    """Say whether the foot of a pack is beside the body of a pack next to it in the same bay."""
    apart = max(box.left, other.left) - min(box.right, other.right)
    is_next = apart < min(box.width, other.width)
    is_beside = other.bottom + 0.2 * other.height < box.bottom < other.top - 0.2 * other.height
    if not (is_next and is_beside):
        return False
    left, right = sorted((box, other), key=lambda side: side.centre[0])
    return not stand_between(sides, left, right).any()


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
