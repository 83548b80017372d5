"""Bays: where uprights part a shelf, and what only stands before it.

A door's frame, the measuring strip, a ladder or a person are as upright as the side of a bay, but
the goods on both sides of them stand on one shelf.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import Scene
from inspector.domain.verdict import Box
from inspector.geometry.camera import CameraFit
from inspector.geometry.front import FrontBox, front_boxes, hull, sides_of
from inspector.geometry.heights import front_from_image

Array = NDArray[np.float64]

DOOR_FRAME_SHARE = 0.1
"""An upright this close to a door's side, in widths of the door, is its frame."""

JOIN_GAP, JOIN_ASIDE = 1.0, 0.35
"""Pieces of one upright, between which rails and packs hide it: at most so far apart along it, in
heights of a pack, and aside, in widths of a pack."""

MIN_SIDE = 3.5
"""The side of a bay is in view over at least so many heights of a pack; what is shorter may be the
edge of a stack of packs."""

BESIDE_SHARE = 0.15
"""The edges of what stands before the fixture lie within its box, or this share of it beside it."""

WITHIN_SHARE = 0.85
"""So much of the length of their edges lies within their box's height."""

STRIP_MARGIN = 0.5
"""The measuring strip reaches so far beyond its tags on each side, in sides of a tag: 10 mm of
white beside 50 mm, and as much again and more because it may lean."""


@dataclass(frozen=True, slots=True, eq=False)
class Uprights:
    """Upright edges on the fixture's front.

    Attributes:
        sides: Those that may be sides of bays: rows of X, lower Z, upper Z.
        standing_before: Those of things that stand before the goods, in the same form.
    """

    sides: Array
    standing_before: Array


def find_uprights(scene: Scene, fit: CameraFit, packs: Sequence[FrontBox]) -> Uprights:
    """Tell the sides of bays from the edges of what stands before the goods.

    Args:
        scene: What was seen.
        fit: Camera.
        packs: Boxes of the packs, which tell how long a side has to be.
    """
    ends = [edge.ends_px for edge in scene.straight_edges if edge.is_upright]
    ends_px = np.array(ends, dtype=float).reshape(-1, 2, 2)
    front = front_from_image(fit, ends_px.reshape(-1, 2)).reshape(-1, 2, 2)
    is_known = np.isfinite(front).all(axis=(1, 2))
    front, ends_px = front[is_known], ends_px[is_known]
    cabinets = _cabinets(front_boxes(fit, scene.doors))
    is_before = _are_door_frames(_upright_rows(front), cabinets)
    for box in _standing_before(scene):
        is_before |= _are_edges_of(box, ends_px)
    joints = [
        ((left.right + right.left) / 2, left.bottom, left.top)
        for leaves in cabinets
        for left, right in pairwise(leaves)
    ]
    width = float(np.median([pack.width for pack in packs])) if packs else 0.0
    height = float(np.median([pack.height for pack in packs])) if packs else 0.0
    joined = join_pieces(front[~is_before], gap=JOIN_GAP * height, aside=JOIN_ASIDE * width)
    sides = _upright_rows(joined)
    return Uprights(
        sides[sides[:, 2] - sides[:, 1] >= MIN_SIDE * height],
        np.vstack([_upright_rows(front[is_before]), *joints]),
    )


def _upright_rows(ends: Array) -> Array:
    """Return X, lower Z and upper Z of edges given by their ends, shape (n, 2, 2)."""
    x, z = ends[:, :, 0], ends[:, :, 1]
    return np.column_stack([x.mean(1), z.min(1), z.max(1)])


def join_pieces(ends: Array, *, gap: float, aside: float) -> Array:
    """Join edges that follow one another on one upright; shape (n, 2, 2), lower end first."""
    pieces = [piece[np.argsort(piece[:, 1])] for piece in ends]
    pieces.sort(key=lambda piece: float(piece[0, 1]))
    joined: list[Array] = []
    for piece in pieces:
        for k, lower in enumerate(joined):
            is_next = piece[0, 1] - lower[1, 1] <= gap and piece[1, 1] > lower[1, 1]
            if is_next and abs(piece[0, 0] - lower[1, 0]) <= aside:
                joined[k] = np.array([lower[0], piece[1]])
                break
        else:
            joined.append(piece)
    return np.array(joined).reshape(-1, 2, 2)


def stand_between(edges: Array, pairs: Sequence[tuple[FrontBox, FrontBox]]) -> NDArray[np.bool_]:
    """Say of each upright edge whether it runs between the packs of each pair, left one first.

    Returns:
        Shape (pairs, edges).
    """
    left_x1, left_x2, left_bottom, left_top = sides_of(left for left, _ in pairs)[..., None]
    right_x1, right_x2, right_bottom, right_top = sides_of(right for _, right in pairs)[..., None]
    height = np.maximum(left_top - left_bottom, right_top - right_bottom)
    between = ((left_x1 + left_x2) / 2 + 0.25 * (left_x2 - left_x1) < edges[:, 0]) & (
        edges[:, 0] < (right_x1 + right_x2) / 2 - 0.25 * (right_x2 - right_x1)
    )
    # An upright runs past the packs, above and below; a pack's own edge ends with the pack.
    passes = (edges[:, 2] > np.maximum(left_top, right_top) + 0.3 * height) & (
        edges[:, 1] < np.minimum(left_bottom, right_bottom) + 0.2 * height
    )
    return np.asarray(between & passes)


def split_at_uprights(
    row: Sequence[str], boxes: Mapping[str, FrontBox], sides: Array
) -> tuple[list[tuple[str, ...]], list[float]]:
    """Split the packs of a shelf where the side of a bay stands between two of them.

    Returns:
        The parts from left to right, and the X at which each but the first begins.
    """
    parts, starts = [[row[0]]], []
    pairs = [(boxes[left_id], boxes[right_id]) for left_id, right_id in pairwise(row)]
    for right_id, between in zip(row[1:], stand_between(sides, pairs), strict=True):
        if between.any():
            parts.append([])
            starts.append(float(sides[between, 0].mean()))
        parts[-1].append(right_id)
    return [tuple(part) for part in parts], starts


def bay_borders(starts: Iterable[float], *, apart: float) -> Array:
    """Return where bays meet, as X from left to right; starts closer than `apart` are one border.

    Shelves of the same bay are parted at nearly the same X.
    """
    groups: list[list[float]] = []
    for x in sorted(starts):
        if groups and x - groups[-1][-1] < apart:
            groups[-1].append(x)
        else:
            groups.append([x])
    return np.array([np.mean(group) for group in groups])


def _standing_before(scene: Scene) -> list[Box]:
    boxes = [aid.box_xyxy_px for aid in scene.aids] + list(scene.people_px)
    strip = [tag for tag in scene.tags if 1 <= tag.tag_id <= 15]
    if strip:
        corners = np.concatenate([tag.corners_px for tag in strip])
        side_px = np.mean([np.ptp(tag.corners_px[:, 0]) for tag in strip])
        more_px = STRIP_MARGIN * side_px
        (x1, y1), (x2, y2) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        boxes.append((x1 - more_px, y1 - side_px, x2 + more_px, y2 + side_px))
    return boxes


def _are_edges_of(box: Box, ends_px: Array) -> NDArray[np.bool_]:
    """Say of each edge whether it lies within a box; the side of a bay reaches out of it."""
    x1, y1, x2, y2 = box
    beside = BESIDE_SHARE * (x2 - x1)
    x, y = ends_px[:, :, 0], ends_px[:, :, 1]
    shared = np.minimum(y.max(1), y2) - np.maximum(y.min(1), y1)
    is_inside = (x.min(1) > x1 - beside) & (x.max(1) < x2 + beside)
    return np.asarray(is_inside & (shared > WITHIN_SHARE * np.ptp(y, axis=1)))


def _cabinets(doors: Sequence[FrontBox]) -> list[list[FrontBox]]:
    """Put the door leaves of each cabinet together, from left to right."""
    cabinets: list[list[FrontBox]] = []
    known = [door for door in doors if np.isfinite([door.width, door.height]).all()]
    for door in sorted(known, key=lambda door: door.left):
        for leaves in cabinets:
            other = leaves[-1]
            is_level = abs(other.top - door.top) + abs(other.bottom - door.bottom)
            if is_level < 0.3 * door.height and door.left - other.right < 0.25 * door.width:
                leaves.append(door)
                break
        else:
            cabinets.append([door])
    return cabinets


def _are_door_frames(edges: Array, cabinets: Sequence[list[FrontBox]]) -> NDArray[np.bool_]:
    """Say of each upright edge whether it is the frame of a door rather than the side of a bay.

    The sides of a cabinet whose two leaves are seen part it from its neighbours; beside a single
    leaf there may be another one.
    """
    are_frames = np.zeros(len(edges), dtype=bool)
    for leaves in cabinets:
        box = hull(leaves)
        margin = DOOR_FRAME_SHARE * leaves[0].width * (1 if len(leaves) > 1 else -1)
        is_inside = (box.left + margin < edges[:, 0]) & (edges[:, 0] < box.right - margin)
        is_level = (edges[:, 1] < box.top) & (edges[:, 2] > box.bottom)
        are_frames |= is_inside & is_level
    return are_frames
