"""Areas of boxes, many at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


def areas(boxes: Array) -> Array:
    """Return the areas of boxes `(x1, y1, x2, y2)`, shape (…, 4); 0 for one turned inside out."""
    return np.asarray(np.prod(np.clip(boxes[..., 2:] - boxes[..., :2], 0, None), axis=-1))


def shared_areas(some: Array, others: Array) -> Array:
    """Return the areas that boxes share, pair by pair, shapes (…, 4) that broadcast."""
    sides = np.minimum(some[..., 2:], others[..., 2:]) - np.maximum(some[..., :2], others[..., :2])
    return np.asarray(np.prod(np.clip(sides, 0, None), axis=-1))


def ious(some: Array, others: Array) -> Array:
    """Return the shares of their union that boxes share, pair by pair; 0 where both are empty."""
    shared = shared_areas(some, others)
    return np.asarray(shared / np.maximum(areas(some) + areas(others) - shared, 1e-9))
