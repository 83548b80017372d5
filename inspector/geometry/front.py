"""Boxes on the fixture's rectified front (X along it, Z up).

There perspective and a tilted tablet do not matter. Without a scale that plane has no metres, and
only ratios are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from inspector.domain.verdict import Box
from inspector.geometry.camera import Array, CameraFit
from inspector.geometry.heights import front_from_image


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


def sides_of(boxes: Iterable[FrontBox]) -> Array:
    """Return left, right, bottom and top of boxes, shape (4, n)."""
    sides = [(box.left, box.right, box.bottom, box.top) for box in boxes]
    return np.array(sides, dtype=float).reshape(-1, 4).T


def hull(boxes: Iterable[FrontBox]) -> FrontBox:
    """Return the smallest box round others; ValueError when there is none."""
    boxes = list(boxes)
    return FrontBox(
        min(b.left for b in boxes),
        max(b.right for b in boxes),
        min(b.bottom for b in boxes),
        max(b.top for b in boxes),
    )
