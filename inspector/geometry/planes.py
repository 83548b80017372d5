"""Bays at an angle: which packs stand on another plane than the one that heights are measured on.

One photo has one measured front. The edges of a bay that stands at an angle to it are level as
well, but run another way over the floor; a pack there lies nearer or farther than the front, by how
much nobody can say, and so it gets no height.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import StraightEdge
from inspector.domain.verdict import Box
from inspector.geometry.camera import Array, CameraFit, directions, rotation

MIN_TURN_RAD = np.radians(8.0)
"""Edges that run less far off the front than this are its own: a bay one metre wide that is turned
by so much lies 7 cm nearer or farther in its middle."""

SAME_TURN_RAD = np.radians(6.0)
"""Edges of one plane run the same way within this."""

EDGE_U_RAD = np.radians(0.4)
"""How level an edge is, and how well its line is seen."""

SURE_RAD = np.radians(4.0)
"""Edges whose way over the floor is less certain than this are not asked: those level with the
camera look the same whichever way they run."""

MIN_EDGES = 3
"""So many edges of one plane, at different heights, show that there is one."""


def stand_off_front(
    fit: CameraFit,
    edges: Sequence[StraightEdge],
    packs_px: Sequence[Box],
    *,
    before_px: Sequence[Box] = (),
) -> NDArray[np.bool_]:
    """Say of each pack whether it stands on a plane at an angle to the front that was fitted.

    Args:
        fit: Camera.
        edges: Straight edges of the photo.
        packs_px: Boxes of packs in pixels.
        before_px: Boxes of what stands before the fixture: stools, pallets, people.

    Returns:
        Shape (n,). A plane parallel to the front shows the same directions and is not told apart.
    """
    boxes = np.array(packs_px, dtype=float).reshape(-1, 4)
    level = [
        edge
        for edge in edges
        if not edge.is_upright and not any(_lies_in(edge, box) for box in before_px)
    ]
    if not (len(level) and len(boxes)):
        return np.zeros(len(boxes), dtype=bool)
    ends_px = np.array([edge.ends_px for edge in level])
    turn_rad, u_rad = _turns(fit, ends_px)
    is_sure = u_rad < SURE_RAD
    return np.array([_is_off(box, boxes, ends_px[is_sure], turn_rad[is_sure]) for box in packs_px])


def _lies_in(edge: StraightEdge, box: Box) -> bool:
    x, y = np.mean(edge.ends_px, axis=0)
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _turns(fit: CameraFit, ends_px: Array) -> tuple[Array, Array]:
    """Return which way each edge runs over the floor, 0 for along the front, and how surely."""
    flat = directions(fit.parameters, ends_px.reshape(-1, 2), fit.centre_px)
    rays = np.concatenate([flat, np.ones_like(flat[:, :1])], axis=1) @ rotation(fit.parameters)
    one, other = np.swapaxes(rays.reshape(-1, 2, 3), 0, 1)
    normal = np.cross(one, other)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    middle = one + other
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    tilted = normal + EDGE_U_RAD * np.cross(middle, normal)
    turn, turned = _azimuth(normal), _azimuth(tilted)
    return turn, np.abs(_half_turn(turned - turn))


def _azimuth(normals: Array) -> Array:
    """Return the way of the level line in each plane: its angle from world X."""
    return _half_turn(np.arctan2(-normals[:, 0], normals[:, 1]))


def _half_turn(angle: Array) -> Array:
    """Bring angles of lines into (-90°, 90°]."""
    return np.asarray((angle + np.pi / 2) % np.pi - np.pi / 2)


def _is_off(box: Box, boxes: Array, ends_px: Array, turn_rad: Array) -> bool:
    """Say whether the edges in a pack's column run together another way than along the front."""
    x_px, width_px, height_px = (box[0] + box[2]) / 2, box[2] - box[0], box[3] - box[1]
    column = boxes[(boxes[:, 0] - width_px < x_px) & (x_px < boxes[:, 2] + width_px)]
    left, right = ends_px[:, :, 0].min(axis=1), ends_px[:, :, 0].max(axis=1)
    y_px = ends_px[:, :, 1].mean(axis=1)
    is_here = (left - width_px < x_px) & (x_px < right + width_px)
    is_here &= (column[:, 1].min() - height_px < y_px) & (y_px < column[:, 3].max() + height_px)
    turns, heights = turn_rad[is_here], y_px[is_here]
    along = np.abs(turns) < MIN_TURN_RAD
    if along.all():
        return False
    way = float(np.median(turns[~along]))
    is_other = ~along & (np.abs(_half_turn(turns - way)) < SAME_TURN_RAD)
    places = np.unique(np.round(heights[is_other] / max(height_px / 2, 1.0)))
    return len(places) >= MIN_EDGES and int(is_other.sum()) > 2 * int(along.sum())
