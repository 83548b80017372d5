"""Where signs are on the fixture, and which goods each belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import Point, Scene, SignPlacement
from inspector.geometry.bays import find_uprights
from inspector.geometry.camera import CameraFit, project
from inspector.geometry.front import FrontBox, front_boxes, hull
from inspector.geometry.layout import Layout, Run

Array = NDArray[np.float64]

CEILING_CLEARANCE = (0.10, 0.20)
"""A sign less than the first above the fixture's top, in metres of the front plane, sits on it;
more than the second, it hangs; between, nobody can say."""

EDGE_REACH = (0.25, 0.15)
"""A sign on a shelf's edge begins at most so far below and above it, in distances of shelves."""

SIDE_REACH = (0.7, 1.2)
"""The fixture's height is read from uprights so far beside a sign, in its widths; farther ones only
count where there is none nearer."""

SERVES_SHARE = 0.5
"""A sign over a fixture serves a bay, or where none is known a placement, when it spans this share
of the narrower of the two."""

OVERHEAD = (SignPlacement.HEADER, SignPlacement.CEILING, SignPlacement.UNKNOWN)
ON_A_SHELF = (SignPlacement.SHELF_EDGE, SignPlacement.ON_SHELF)


@dataclass(frozen=True, slots=True)
class SignSpot:
    """Where a sign is.

    Attributes:
        box: On the fixture's front; NaN where that is unknown.
        placement: Relative to the fixture. Header and ceiling are told apart by the upper ends of
            the fixture's uprights near the sign; where none is seen, `UNKNOWN`.
        run_ids: The runs of the shelf on whose edge it hangs, or on which it stands, that it
            reaches over.
        beside_ids: Packs that it stands with: on its shelf within its width, else nearest above or
            below it.
        under_ids: Under a ceiling sign: the packs of the bays that it hangs over, on every shelf;
            where no bay is known, those within its width.
        column_px: Under a ceiling sign: that column as a polygon.
    """

    box: FrontBox
    placement: SignPlacement
    run_ids: tuple[str, ...] = ()
    beside_ids: tuple[str, ...] = ()
    under_ids: tuple[str, ...] = ()
    column_px: tuple[Point, ...] = ()

    def serves(self, run: Run, place: FrontBox, bay: FrontBox | None) -> bool | None:
        """Say whether this sign, if it names them, speaks for goods of a run.

        Args:
            run: The run.
            place: Box round the goods.
            bay: Box round all packs of the run's bay; None where no bay is known.

        Returns:
            True, False, or None where that cannot be seen.
        """
        if not np.isfinite(self.box.width):
            return False
        if self.placement in ON_A_SHELF:
            return run.run_id in self.run_ids
        if self.box.bottom < place.top:
            return False
        if bay is not None:
            return bool(self.box.overlap_x(bay) >= SERVES_SHARE)
        share = self.box.overlap_x(place)
        if share >= SERVES_SHARE:
            return True
        is_near = abs(self.box.centre[0] - place.centre[0]) < self.box.width
        return None if share > 0 or is_near else False


def find_spots(scene: Scene, fit: CameraFit, layout: Layout) -> dict[str, SignSpot]:
    """Say where each sign is, by sign id."""
    boxes = front_boxes(fit, [sign.box_xyxy_px for sign in scene.signs])
    sides = find_uprights(scene, fit, list(layout.front.values())).sides
    return {
        sign.sign_id: _spot(box, fit, layout, sides)
        for sign, box in zip(scene.signs, boxes, strict=True)
    }


def _spot(box: FrontBox, fit: CameraFit, layout: Layout, sides: Array) -> SignSpot:
    if not layout.shelves or not np.isfinite([box.left, box.width, box.top, box.bottom]).all():
        return SignSpot(box, SignPlacement.UNKNOWN)
    column = [key for key, pack in layout.front.items() if pack.overlap_x(box) > 0]
    tops = [layout.front[key].top for key in column or layout.front]
    if box.bottom >= max(tops):
        placement = _over_the_fixture(box, sides)
        under = _under(box, layout) if placement is SignPlacement.CEILING else ()
        outline = _column_px(box, under, fit, layout) if under else ()
        return SignSpot(box, placement, (), _nearest(box, column, layout), under, outline)
    edges = _edges_near(box, layout)
    shelf_id = _shelf_whose_edge(box, edges, _shelf_spacing(edges, layout))
    placement = SignPlacement.SHELF_EDGE
    if shelf_id is None:
        below = {key: edge for key, edge in edges.items() if edge < box.centre[1]}
        shelf_id = max(below, key=lambda key: below[key], default=None)
        placement = SignPlacement.ON_SHELF if shelf_id else SignPlacement.UNKNOWN
    runs = [
        run
        for run in layout.runs
        if run.shelf_id == shelf_id
        and box.overlap_x(hull(layout.front[key] for key in run.pack_ids)) > 0
    ]
    on_it = [key for run in runs for key in (*run.pack_ids, *run.stacked_ids) if key in column]
    beside = tuple(on_it) or _nearest(box, column, layout)
    return SignSpot(box, placement, tuple(run.run_id for run in runs), beside)


def _edges_near(box: FrontBox, layout: Layout) -> dict[str, float]:
    """Return the heights of the shelves' edges in the bays before which a sign hangs."""
    near = {
        run.shelf_id: layout.edge_of(run.shelf_id)
        for run in layout.runs
        if box.overlap_x(layout.bay_span(run)) >= SERVES_SHARE
    }
    return near or {shelf.shelf_id: layout.edge_of(shelf.shelf_id) for shelf in layout.shelves}


def _shelf_whose_edge(box: FrontBox, edges: Mapping[str, float], spacing: float) -> str | None:
    """Return the shelf on whose edge a sign hangs, or None.

    The rail hangs from the board's upper side, and a sign on it starts there. What stands on a
    shelf may reach up to the next rail, too, but it begins at the board below.
    """
    below, above = EDGE_REACH
    near = {
        key: abs(box.top - edge)
        for key, edge in edges.items()
        if edge - below * spacing < box.top < edge + above * spacing and box.centre[1] < edge
    }
    shelf_id = min(near, key=lambda key: near[key], default=None)
    if shelf_id is None:
        return None
    lower = max((edge for edge in edges.values() if edge < edges[shelf_id]), default=-np.inf)
    stands = box.bottom - lower < above * spacing and box.height > 0.5 * spacing
    return None if stands else shelf_id


def _over_the_fixture(box: FrontBox, sides: Array) -> SignPlacement:
    """Tell header from ceiling by the upper ends of the uprights near the sign."""
    # The sign's own frame and the wires that it hangs on are upright, too, but start at the sign.
    starting_below = sides[sides[:, 1] < box.bottom - 0.3]
    beside = np.maximum(box.left - starting_below[:, 0], starting_below[:, 0] - box.right)
    for reach in SIDE_REACH:
        near = starting_below[beside < reach * box.width]
        if not len(near):
            continue
        is_past = near[:, 2] >= box.top
        fixture_top = near[~is_past, 2].max(initial=-np.inf)
        if box.bottom - fixture_top < CEILING_CLEARANCE[0]:
            return SignPlacement.HEADER
        # What reaches past the sign is a wall's corner, or the fixture's side: then nothing hangs.
        is_free = box.bottom - fixture_top > CEILING_CLEARANCE[1] and not is_past.any()
        return SignPlacement.CEILING if is_free else SignPlacement.UNKNOWN
    return SignPlacement.UNKNOWN


def _under(box: FrontBox, layout: Layout) -> tuple[str, ...]:
    """Return the packs under a ceiling sign: those of its bays, or of its width."""
    under = [
        key
        for run in layout.runs
        if run.bay_number is not None and box.overlap_x(layout.bay_span(run)) >= SERVES_SHARE
        for key in (*run.pack_ids, *run.stacked_ids)
    ]
    within = [key for key, pack in layout.front.items() if box.left <= pack.centre[0] <= box.right]
    return tuple(dict.fromkeys(under + within))


def _column_px(
    box: FrontBox, under: tuple[str, ...], fit: CameraFit, layout: Layout
) -> tuple[Point, ...]:
    """Return the outline of what is under a sign, from its lower edge to the lowest pack."""
    goods = hull(layout.front[key] for key in under)
    corners = [
        (box.left, box.bottom),
        (box.right, box.bottom),
        (goods.right, goods.top),
        (goods.right, goods.bottom),
        (goods.left, goods.bottom),
        (goods.left, goods.top),
    ]
    points_px = project(fit.parameters, np.array([(x, 0.0, z) for x, z in corners]), fit.centre_px)
    return tuple((float(x), float(y)) for x, y in points_px) if np.isfinite(points_px).all() else ()


def _nearest(box: FrontBox, column: list[str], layout: Layout) -> tuple[str, ...]:
    """Return the pack of a column that is nearest above or below a sign."""

    def distance(key: str) -> float:
        pack = layout.front[key]
        return max(pack.bottom - box.top, box.bottom - pack.top, 0.0)

    return tuple(sorted(column, key=distance)[:1])


def _apart(a: FrontBox, b: FrontBox) -> float:
    """Return how far two boxes are apart along the fixture; negative when they overlap."""
    return max(a.left, b.left) - min(a.right, b.right)


def _shelf_spacing(edges: Mapping[str, float], layout: Layout) -> float:
    """Return the usual height between two shelves, on the front plane."""
    steps = np.diff(sorted(edges.values()))
    if len(steps):
        return float(np.median(steps))
    return 1.5 * float(np.median([b.height for b in layout.front.values()]))
