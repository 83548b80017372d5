"""Where the fixture meets the floor: uprights end there, and a level line runs along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inspector.domain.quantity import Measured
from inspector.domain.scene import Point, StraightEdge
from inspector.domain.verdict import Box
from inspector.geometry.bays import join_pieces
from inspector.geometry.camera import Array, CameraFit, project
from inspector.geometry.heights import COVERAGE_FACTOR, front_from_image, height_of_plinth

MIN_PACKS = 4
"""With fewer packs in view nobody can say where the fixture is."""

MAX_SLOPE = 0.008
"""Slope on the rectified front of a line that still counts as level."""

SAME_HEIGHT = 0.012
"""Heights closer than this share of the fixture's are one height: about two centimetres."""

MAX_BELOW = 0.5
"""The floor is at most this share of the fixture's height below the lowest packs."""

MIN_RISE = 0.03
"""An upright that ends on the floor rises at least this share above the lowest packs; joints of
floor tiles do not."""

MIN_BELOW = 0.03
"""An upright that ends on the floor ends at least this share below them; edges of packs do not."""

GAP, ASIDE = 0.02, 0.006
"""Pieces of one upright follow one another within these shares of the fixture's height."""

MIN_RUN = 0.1
"""Level lines of a floor run at least this share of the fixture's height, all pieces together."""

MIN_OFF_FLOOR_M = 0.04
"""A reference that is off by less, seen from the floor, is not told from one that is not."""

RIM_SHARE = 0.015
"""Edges that come so near to the picture's foot, in shares of its height, are cut off there."""

CLEAR_U_M, UNCLEAR_U_M = 0.015, 0.05
"""Standard uncertainty of the height of what was found, when nothing else may be the floor, and
when a level line still lower may be: planks, or the foot of a base deck that stands out."""


@dataclass(frozen=True, slots=True)
class FloorLine:
    """A line along which the fixture meets the floor.

    Attributes:
        ends_px: Its left and right end.
        u_m: Standard uncertainty of its height above the floor.
    """

    ends_px: tuple[Point, Point]
    u_m: float


def find_floor_line(
    fit: CameraFit,
    edges: Sequence[StraightEdge],
    packs_px: Sequence[Box],
    *,
    before_px: Sequence[Box] = (),
) -> FloorLine | None:
    """Find where the fixture meets the floor.

    Args:
        fit: Camera whose rotation is known; it needs no scale.
        edges: Straight edges of the photo.
        packs_px: Boxes of packs: they say where the fixture is.
        before_px: Boxes of what stands before the fixture, stools and people: their edges end on
            the floor nearer by.

    Returns:
        The line, or None when no upright is seen to end on the floor.
    """
    if len(packs_px) < MIN_PACKS:
        return None
    boxes_px = np.array(packs_px)
    middle_px = boxes_px[:, [0, 2]].mean(axis=1)
    bottoms = front_from_image(fit, np.column_stack([middle_px, boxes_px[:, 3]]))
    tops = front_from_image(fit, np.column_stack([middle_px, boxes_px[:, 1]]))
    if np.isnan(bottoms).all() or np.isnan(tops).all():  # a camera that sees no front at all
        return None
    # What was taken for a pack on a pallet before the fixture is no pack of the lowest shelf.
    low, high = np.nanquantile(bottoms[:, 1], 0.05), np.nanmax(tops[:, 1])
    left, right = np.nanmin(bottoms[:, 0]), np.nanmax(bottoms[:, 0])
    size = high - low
    if not size > 0:
        return None
    rim_px = 2 * fit.centre_px[1] * (1 - RIM_SHARE)
    seen = [edge for edge in edges if not _is_before(edge, before_px) and not _is_cut(edge, rim_px)]
    feet = _feet(fit, [e for e in seen if e.is_upright], low, size)
    level = _level_lines(fit, [e for e in seen if not e.is_upright], low, size, (left, right))
    if not len(feet):
        return None
    lowest = feet[0]
    feet = feet[feet < lowest + SAME_HEIGHT * size]
    lines = level[np.abs(level[:, 0] - feet.mean()) < SAME_HEIGHT * size]
    lower = level[level[:, 0] < lowest - SAME_HEIGHT * size]
    is_seen_twice = len(feet) >= 2 or lines[:, 1].sum() >= MIN_RUN * size
    is_clear = is_seen_twice and lower[:, 1].sum() < MIN_RUN * size
    height = np.average(lines[:, 0], weights=lines[:, 1]) if len(lines) else feet.mean()
    ends_m = np.array([[left, 0.0, height], [right, 0.0, height]])
    (x1, y1), (x2, y2) = project(fit.parameters, ends_m, fit.centre_px).tolist()
    return FloorLine(((x1, y1), (x2, y2)), CLEAR_U_M if is_clear else UNCLEAR_U_M)


def _feet(fit: CameraFit, uprights: Sequence[StraightEdge], low: float, size: float) -> Array:
    """Return the lower ends of uprights that rise past the lowest packs, the lowest first."""
    ends = _on_front(fit, uprights)
    along, up = np.abs(np.diff(ends, axis=1)[:, 0].T)
    is_plumb = along < MAX_SLOPE * up
    # A long upright falls into pieces, and the lowest one alone may not rise past the packs.
    whole = join_pieces(ends[is_plumb], gap=GAP * size, aside=ASIDE * size)
    bottom, top = np.sort(np.concatenate([ends[~is_plumb], whole])[..., 1], axis=1).T
    rises = (bottom < low - MIN_BELOW * size) & (top > low + MIN_RISE * size)
    return np.asarray(np.sort(bottom[rises & (bottom > low - MAX_BELOW * size)]))


def _level_lines(
    fit: CameraFit,
    level: Sequence[StraightEdge],
    low: float,
    size: float,
    span: tuple[float, float],
) -> Array:
    """Return height and length of the level lines below the lowest packs, shape (n, 2)."""
    ends = _on_front(fit, level)
    along, up = np.diff(ends, axis=1)[:, 0].T
    height = ends[..., 1].mean(axis=1)
    inside = np.minimum(ends[..., 0].max(1), span[1]) - np.maximum(ends[..., 0].min(1), span[0])
    is_floor = (
        (np.abs(up) < MAX_SLOPE * np.abs(along))
        & (height < low - 0.01 * size)
        & (height > low - MAX_BELOW * size)
        & (inside > 0)
    )
    return np.asarray(np.column_stack([height, inside])[is_floor])


def _on_front(fit: CameraFit, edges: Sequence[StraightEdge]) -> Array:
    """Return the ends of edges on the rectified front, shape (n, 2, 2)."""
    ends_px = np.array([edge.ends_px for edge in edges], dtype=float).reshape(-1, 2)
    ends = front_from_image(fit, ends_px).reshape(-1, 2, 2)
    return np.asarray(ends[np.isfinite(ends).all(axis=(1, 2))])


def _is_before(edge: StraightEdge, before_px: Sequence[Box]) -> bool:
    x, y = np.mean(edge.ends_px, axis=0)
    return any(x1 <= x <= x2 and y1 <= y <= y2 for x1, y1, x2, y2 in before_px)


def offset_from_floor(fit: CameraFit, line: FloorLine | None) -> float:
    """Return how far a floor line clearly lies from the floor that the references tell.

    Args:
        fit: Camera, fitted to references that need no floor line.
        line: Where the fixture meets the floor; a line that is not clear says nothing.

    Returns:
        Metres, above 0 where the line lies higher than that floor; 0 where they may agree, by the
        uncertainty of the camera, of the line and of the depth at which fixtures meet the floor.
    """
    if line is None or line.u_m > CLEAR_U_M:
        return 0.0
    heights = [height_of_plinth(fit, end_px, u_px=2.0) for end_px in line.ends_px]
    within_m = COVERAGE_FACTOR * line.u_m
    shares = [
        height.value_m / max(height.high_m - height.value_m + within_m, MIN_OFF_FLOOR_M)
        for height in heights
        if isinstance(height, Measured)
    ]
    is_off = len(shares) == 2 and (min(shares) > 1 or max(shares) < -1)
    return (
        float(np.mean([h.value_m for h in heights if isinstance(h, Measured)])) if is_off else 0.0
    )


def _is_cut(edge: StraightEdge, rim_px: float) -> bool:
    """Say whether an edge runs out of the picture at its foot: nobody sees where it ends."""
    return max(y for _, y in edge.ends_px) > rim_px


def fixture_edges(
    edges: Sequence[StraightEdge], packs_px: Sequence[Box]
) -> tuple[StraightEdge, ...]:
    """Return the uprights, and those level edges that lie among packs.

    Shelves run along the fixture. Planks and tiles of the floor, ceilings and walls run elsewhere.
    """
    if len(packs_px) < MIN_PACKS:
        return tuple(edges)
    boxes_px = np.array(packs_px)
    x1, y1 = boxes_px[:, :2].min(axis=0)
    x2, y2 = boxes_px[:, 2:].max(axis=0)
    margin_px = 0.05 * (y2 - y1)

    def is_among(edge: StraightEdge) -> bool:
        x, y = np.mean(edge.ends_px, axis=0)
        return bool(x1 <= x <= x2 and y1 - margin_px <= y <= y2 + margin_px)

    kept = tuple(edge for edge in edges if edge.is_upright or is_among(edge))
    return kept if any(not edge.is_upright for edge in kept) else tuple(edges)
