"""How high the lowest point of each pack lies: its box, the row that it stands in, what it is on.

A box alone is not to be trusted: it may reach down over the price rail or end short of the foot,
and what hides a foot makes a pack look higher. Packs of one row stand on one board.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from inspector.domain.quantity import Length, Measured
from inspector.domain.scene import Pack, Point
from inspector.domain.verdict import Box
from inspector.geometry.camera import CameraFit
from inspector.geometry.heights import heights_of_packs
from inspector.geometry.layout import Layout

NEIGHBOURS = 4
"""So many packs on each side say how high the board is on which a pack stands."""

BORNE = 1.5
"""A box bears its neighbours' height when that is no farther from its own than so many times what
its sides are uncertain by (95 %)."""

DOOR_FRAME_M = 0.05
"""So much of the packs on the lowest board behind a door may its frame hide."""

SAME_BOARD_M = 0.05
"""Feet closer than this to the lowest ones behind a door may stand on its lowest board."""


def heights_of_feet(
    packs: Sequence[Pack],
    layout: Layout,
    fit: CameraFit,
    *,
    u_px: float,
    doors_px: Sequence[Box] = (),
) -> dict[str, Length]:
    """Return the height of each pack's lowest point, by pack id.

    Args:
        packs: Packs of the scene.
        layout: Which of them stand side by side, and on each other.
        fit: Camera with covariance.
        u_px: Standard uncertainty of the boxes' sides.
        doors_px: Boxes of closed cabinet doors.
    """
    feet_px = {pack.pack_id: _middle(pack, pack.box_xyxy_px[3]) for pack in packs}
    tops_px = {pack.pack_id: _middle(pack, pack.box_xyxy_px[1]) for pack in packs}
    heights = heights_of_packs(fit, [*feet_px.values(), *tops_px.values()], u_px=u_px)
    feet = dict(zip(feet_px, heights, strict=False))
    tops = dict(zip(tops_px, heights[len(packs) :], strict=True))
    for run in layout.runs:
        on_board = heights_of_run(fit, [feet_px[pack_id] for pack_id in run.pack_ids], u_px=u_px)
        feet |= dict(zip(run.pack_ids, on_board, strict=True))
    for pair in layout.neighbours:
        if pair.is_stacked:
            # Its box may reach over the print of the pack below.
            feet[pair.right_id] = _reaching(feet[pair.right_id], tops[pair.left_id])
    for shelf in layout.shelves:
        for pack_id in shelf.stacked_ids:
            # It may stand on the pack below, or on the shelf behind it: nobody can see which.
            feet[pack_id] = _reaching(feet[pack_id], shelf.height)
    hidden: dict[str, Length] = {}
    for door_px in doors_px:
        behind = [pack.pack_id for pack in packs if is_behind(pack, door_px)]
        hidden |= _behind_frame({pack_id: feet[pack_id] for pack_id in behind})
    return feet | hidden


def is_behind(pack: Pack, door_px: Box) -> bool:
    """Say whether the middle of a pack lies in a door's box."""
    x1, y1, x2, y2 = pack.box_xyxy_px
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    return door_px[0] <= x <= door_px[2] and door_px[1] <= y <= door_px[3]


def _behind_frame(feet: Mapping[str, Length]) -> dict[str, Length]:
    """Return the lowest feet behind a door with what its frame may hide of them."""
    seen = {key: foot for key, foot in feet.items() if isinstance(foot, Measured)}
    lowest_m = min((foot.value_m for foot in seen.values()), default=0.0)
    return {
        key: replace(foot, low_m=foot.low_m - DOOR_FRAME_M)
        for key, foot in seen.items()
        if foot.value_m < lowest_m + SAME_BOARD_M
    }


def heights_of_run(fit: CameraFit, points_px: Sequence[Point], *, u_px: float) -> list[Length]:
    """Return the heights of packs that stand side by side on one shelf, from left to right.

    Packs on one board stand equally high, so that a pack's neighbours say its height as well: each
    takes the median of those around it that its own box bears. Boxes of one detector share a part
    of their error, so that two fifths of it always stay. Where its box does not bear what most of
    them say, it may stand on something, or the box may be wrong: the interval holds both.

    Args:
        fit: Camera with covariance.
        points_px: Where each pack's front meets its shelf.
        u_px: Standard uncertainty of the points' rows.
    """
    own = heights_of_packs(fit, points_px, u_px=u_px)
    exact = heights_of_packs(fit, points_px, u_px=0.0)
    pooled: list[Length] = []
    for k, (height, sure) in enumerate(zip(own, exact, strict=True)):
        if not (isinstance(height, Measured) and isinstance(sure, Measured)):
            pooled.append(height)
            continue
        sure_half_m = sure.high_m - sure.value_m
        box_half_m = float(np.sqrt((height.high_m - height.value_m) ** 2 - sure_half_m**2))
        around_m = np.array(
            [
                other.value_m
                for other in own[max(0, k - NEIGHBOURS) : k + NEIGHBOURS + 1]
                if isinstance(other, Measured)
            ]
        )
        apart_m = BORNE * box_half_m
        board_m = float(np.median(around_m))
        borne_m = around_m[np.abs(around_m - height.value_m) < apart_m]
        most_m = around_m[np.abs(around_m - board_m) < apart_m]
        value_m = float(np.median(borne_m))
        # 1.25: a median needs that many more times the error of a mean.
        share = min(1.0, max(0.4, 1.25 / np.sqrt(len(borne_m))))
        half_m = float(np.hypot(sure_half_m, share * box_half_m))
        foot = Measured(value_m, value_m - half_m, value_m + half_m)
        board = Measured(board_m, board_m - half_m, board_m + half_m)
        pooled.append(_reaching(foot, board) if len(most_m) > len(borne_m) else foot)
    return pooled


def _middle(pack: Pack, y_px: float) -> Point:
    return (pack.box_xyxy_px[0] + pack.box_xyxy_px[2]) / 2, y_px


def _reaching(height: Length, other: Length) -> Length:
    """Return a height whose interval holds that of another as well."""
    if not (isinstance(height, Measured) and isinstance(other, Measured)):
        return height
    return replace(
        height,
        low_m=min(height.low_m, other.low_m),
        high_m=max(height.high_m, other.high_m),
    )
