"""Several looks at one photo made one: what many looks agree on counts more than what one saw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inspector.geometry.boxes import areas, shared_areas

SAME_THING_IOU = 0.55
"""Finds of different looks that overlap more than this are one thing."""


def fused(
    looks: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fuse what several looks found of one class (weighted boxes fusion, Solovyev et al. 2021).

    Args:
        looks: Boxes `(x1, y1, x2, y2)` in pixels of the photo, shape (n, 4), and confidences,
            shape (n,), of each look; at least one look.

    Returns:
        Boxes, each the mean of those it was made from, weighted by confidence, and confidences,
        the mean over all looks, where a look that did not see the thing counts as 0.
    """
    boxes = np.concatenate([found for found, _ in looks])
    confidences = np.concatenate([found for _, found in looks])
    surest_first = np.argsort(-confidences, kind="stable")
    sums = np.zeros((len(boxes), 4))  # of boxes times their confidence
    weights, counts = np.zeros(len(boxes)), np.zeros(len(boxes), int)
    size = 0
    for box, confidence in zip(boxes[surest_first], confidences[surest_first], strict=True):
        means = sums[:size] / weights[:size, None]
        overlaps = _ious(box, means)
        k = int(overlaps.argmax()) if size else 0
        if not size or overlaps[k] <= SAME_THING_IOU:
            k, size = size, size + 1
        sums[k] += box * confidence
        weights[k] += confidence
        counts[k] += 1
    kept = slice(size)
    return (
        sums[kept] / weights[kept, None],
        weights[kept] / np.maximum(counts[kept], len(looks)),
    )


def _ious(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    shared = shared_areas(box, others)
    return np.asarray(shared / np.maximum(areas(box) + areas(others) - shared, 1e-9))
