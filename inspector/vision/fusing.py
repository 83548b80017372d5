"""Several finds made one: of several looks at a photo, and of the parts of one pack.

What many looks agree on counts more than what one saw.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inspector.geometry.boxes import areas, ious, shared_areas

SAME_THING_IOU = 0.55
"""Finds of different looks that overlap more than this are one thing."""

PANEL_HEIGHT, PANEL_WIDTH, PANEL_OVERLAP = 0.62, 0.85, (0.2, 0.7)
"""A printed panel at a pack's foot that was found as a pack of its own is at most so high beside
the find of the rest, shares at least so much of the width of both, and so much of its height lies
on the rest. Packs stand on each other with less of an overlap, and before one another with more
(measured, see the card of the shelf detector)."""

PANEL_FAINTEST = 0.15
"""What is found less surely than this at a pack's foot is as often something else."""

PART_INSIDE, PART_SIZE, PARTS_APART, PARTS_FILL = 0.85, 0.75, 0.3, 0.7
"""Packs that were found as one, too: so much of each lies in that find, each is at most so large
beside it, shares less than that of itself with the others, and together they fill so much of it.
"""


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
        overlaps = ious(box, means)
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


def panels_joined(
    boxes: NDArray[np.float64], confidences: NDArray[np.float64], *, threshold: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Join packs with the panel at their foot, where that was found as a pack of its own.

    Args:
        boxes: Packs `(x1, y1, x2, y2)` in pixels of the photo, shape (n, 4).
        confidences: How sure each find is, shape (n,).
        threshold: A pack is at least so sure; its panel may be less, down to `PANEL_FAINTEST`.

    Returns:
        The same, fewer where parts were joined: around both, with the surer one's confidence. Other
        finds of a joined pack are gone, too.
    """
    x1, y1, x2, y2 = boxes.T
    heights = y2 - y1
    shared = np.minimum(x2[:, None], x2) - np.maximum(x1[:, None], x1)
    spanned = np.maximum(x2[:, None], x2) - np.minimum(x1[:, None], x1)
    overlap = (y2[:, None] - y1) / heights  # of the second, which is the lower one
    is_panel = (
        (shared >= PANEL_WIDTH * spanned)
        & (heights <= PANEL_HEIGHT * heights[:, None])
        & (overlap >= PANEL_OVERLAP[0])
        & (overlap <= PANEL_OVERLAP[1])
        & (confidences[:, None] >= threshold)
        & (confidences >= PANEL_FAINTEST)
    )
    kept = np.ones(len(boxes), bool)
    boxes, confidences = boxes.copy(), confidences.copy()
    pairs = np.argwhere(is_panel)
    for pack, panel in pairs[np.argsort(-confidences[pairs[:, 0]], kind="stable")]:
        if kept[pack] and kept[panel]:
            boxes[pack, :2] = np.minimum(boxes[pack, :2], boxes[panel, :2])
            boxes[pack, 2:] = np.maximum(boxes[pack, 2:], boxes[panel, 2:])
            confidences[pack] = max(confidences[pack], confidences[panel])
            kept &= ious(boxes[pack], boxes) <= SAME_THING_IOU
            kept[panel], kept[pack] = False, True
    return boxes[kept], confidences[kept]


def without_joins(
    boxes: NDArray[np.float64], confidences: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Drop finds that are several packs in one, where each of these was found at least as surely.

    Args:
        boxes: Packs `(x1, y1, x2, y2)` in pixels of the photo, shape (n, 4).
        confidences: How sure each find is, shape (n,).
    """
    sizes = areas(boxes)
    shared = shared_areas(boxes[:, None], boxes)
    is_part = (
        (shared > PART_INSIDE * sizes)
        & (sizes < PART_SIZE * sizes[:, None])
        & (confidences >= confidences[:, None])
    )
    kept = np.ones(len(boxes), bool)
    for whole in np.flatnonzero(is_part.sum(axis=1) > 1):
        parts: list[int] = []
        found = np.flatnonzero(is_part[whole])
        for part in found[np.argsort(-confidences[found], kind="stable")]:
            smaller = np.minimum(sizes[part], sizes[parts])
            if (shared[part, parts] < PARTS_APART * smaller).all():
                parts.append(int(part))
        fill = shared[whole, parts].sum()
        kept[whole] = len(parts) < 2 or fill < PARTS_FILL * sizes[whole]
    return boxes[kept], confidences[kept]
