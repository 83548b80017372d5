"""How high the lowest point of each pack lies: its box, the row that it stands in, what it is on.

A box alone is not to be trusted: it may reach down over the price rail or end short of the foot,
and what hides a foot makes a pack look higher. Packs of one row stand on one board.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from inspector.domain.capture import CameraIntrinsics, HeightMark
from inspector.domain.quantity import Length, Measured
from inspector.domain.scene import Pack, Point
from inspector.domain.verdict import Box
from inspector.geometry.camera import CameraFit
from inspector.geometry.cues import CLICK_U_SHARE
from inspector.geometry.heights import COVERAGE_FACTOR, heights_of_packs
from inspector.geometry.layout import Layout

NEIGHBOURS = 4
"""So many packs on each side say how high the board is on which a pack stands."""

BORNE = 1.5
"""A box bears its neighbours' height when that is no farther from its own than so many times what
its sides are uncertain by (95 %)."""

FARTHEST_M, TALL_M = 4.0, 0.25
"""Nobody photographs a shelf from farther away, and half of a photo's packs are no taller: that
bounds the size of a pixel where there is no scale."""

ON_EDGE = 0.3
"""A pack stands on an edge when its foot is nearer to it than this share of its height."""

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
    in_runs = [pack_id for run in layout.runs for pack_id in run.pack_ids]
    runs_px = [[feet_px[pack_id] for pack_id in run.pack_ids] for run in layout.runs]
    feet |= dict(zip(in_runs, heights_of_runs(fit, runs_px, u_px=u_px), strict=True))
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


def heights_on_edge(
    packs: Sequence[Pack],
    edge: HeightMark,
    camera: CameraIntrinsics,
    *,
    u_px: float,
    doors_px: Sequence[Box] = (),
) -> dict[str, Length]:
    """Return the heights of packs that stand on a shelf edge that a person measured, by pack id.

    They stand as high as their shelf, whatever the scale of the photo. A foot that is seen beside
    the edge may be farther back, on something, or boxed wrongly: the interval reaches from the edge
    to where it is seen, with pixels as large as they can be.

    Args:
        packs: Packs of the scene.
        edge: The edge, between whose ends they stand; a point tells nothing beside itself.
        camera: Intrinsics of the camera.
        u_px: Standard uncertainty of the boxes' sides.
        doors_px: Boxes of closed cabinet doors, whose frames hide feet.
    """
    if len(edge.ends_px) < 2 or not packs:
        return {}
    (x1, y1), (x2, y2) = sorted(edge.ends_px)
    heights_px = [pack.box_xyxy_px[3] - pack.box_xyxy_px[1] for pack in packs]
    pixel_m = min(
        FARTHEST_M / camera.focal_px * (1 + 2 * camera.focal_u_rel),
        TALL_M / float(np.median(heights_px)),
    )
    click_u_px = CLICK_U_SHARE * max(camera.image_wh)
    half_m = COVERAGE_FACTOR * float(np.hypot(edge.u_m, pixel_m * np.hypot(u_px, click_u_px)))
    on_edge: dict[str, Length] = {}
    for pack, height_px in zip(packs, heights_px, strict=True):
        x, y = _middle(pack, pack.box_xyxy_px[3])
        above_px = float(np.interp(x, [x1, x2], [y1, y2])) - y
        is_hidden = any(is_behind(pack, door_px) for door_px in doors_px)
        if x1 <= x <= x2 and abs(above_px) < ON_EDGE * height_px and not is_hidden:
            low_m, high_m = sorted((edge.height_m, edge.height_m + above_px * pixel_m))
            on_edge[pack.pack_id] = Measured(edge.height_m, low_m - half_m, high_m + half_m)
    return on_edge


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


def heights_of_runs(
    fit: CameraFit, runs_px: Sequence[Sequence[Point]], *, u_px: float
) -> list[Length]:
    """Return the heights of packs that stand side by side, run by run from left to right.

    Packs on one board stand equally high, so that a pack's neighbours say its height as well: each
    takes the median of those around it that its own box bears. Boxes of one detector share a part
    of their error, so that two fifths of it always stay. Where its box does not bear what most of
    them say, it may stand on something, or the box may be wrong: the interval holds both.

    Args:
        fit: Camera with covariance.
        runs_px: Of each run, where each pack's front meets its shelf.
        u_px: Standard uncertainty of the points' rows.
    """
    points_px = [point_px for run_px in runs_px for point_px in run_px]
    own = heights_of_packs(fit, points_px, u_px=u_px)
    exact = heights_of_packs(fit, points_px, u_px=0.0)
    run_of = np.repeat(np.arange(len(runs_px)), [len(run_px) for run_px in runs_px])
    known = [
        (k, height.value_m, height.high_m - height.value_m, sure.high_m - sure.value_m)
        for k, (height, sure) in enumerate(zip(own, exact, strict=True))
        if isinstance(height, Measured) and isinstance(sure, Measured)
    ]
    at, value_m, own_half_m, sure_half_m = np.array(known).reshape(-1, 4).T
    box_half_m = np.sqrt(own_half_m**2 - sure_half_m**2)
    # All runs in a row, with so many empty places between them that no pack sees the next run.
    place = (np.arange(len(own)) + NEIGHBOURS * (run_of + 1))[at.astype(int)]
    row_m = np.full(len(own) + NEIGHBOURS * (len(runs_px) + 1), np.nan)
    row_m[place] = value_m
    around_m = row_m[place[:, None] + np.arange(-NEIGHBOURS, NEIGHBOURS + 1)]
    apart_m = BORNE * box_half_m[:, None]
    board_m = np.nanmedian(around_m, axis=1)
    is_borne = np.abs(around_m - value_m[:, None]) < apart_m
    is_most = np.abs(around_m - board_m[:, None]) < apart_m
    foot_m = np.nanmedian(np.where(is_borne, around_m, np.nan), axis=1)
    borne, most = is_borne.sum(axis=1), is_most.sum(axis=1)
    # 1.25: a median needs that many more times the error of a mean.
    half_m = np.hypot(sure_half_m, np.clip(1.25 / np.sqrt(borne), 0.4, 1.0) * box_half_m)
    board_m = np.where(most > borne, board_m, foot_m)
    low_m, high_m = np.minimum(foot_m, board_m) - half_m, np.maximum(foot_m, board_m) + half_m
    pooled = np.stack([foot_m, low_m, high_m], axis=1).tolist()
    measured = {int(k): Measured(*lengths) for k, lengths in zip(at, pooled, strict=True)}
    return [measured.get(k, height) for k, height in enumerate(own)]


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
