"""Locks of cabinets: what takes the key where two door leaves meet.

A small network looks at the strip along their seam, and nowhere else: round things on packs behind
the glass are no locks, and not all that is taken for a single door is one. See
`models/lock-finder.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import Lock, Point
from inspector.domain.verdict import Box
from inspector.vision.networks import SmallNetwork
from inspector.vision.weights import Weights

LEAF_PX = 160
"""A strip is brought to the size in which the leaf is so wide."""

STRIP_PX = 96
"""A strip is so wide."""

CELL_PX = 4
"""The network says of each cell of so many pixels whether the middle of a lock lies in it."""

_MEETING_SHARE = 0.35
"""Leaves meet that are no farther apart, or overlap no more, than this share of their width."""

_BEYOND_SHARE = 0.15
"""A strip goes on by this share of the doors' height: their boxes end too early at times."""

_FROM_SEAM_PX = 28
"""A lock's middle lies so close to the seam; the rest of a strip shows what is around it."""

_LARGEST_ENLARGEMENT = 2.0
_APART_CELLS = 8
"""What lies closer to a lock than this is part of it."""

_SURER_THAN_RIVAL = 3.0
"""The odds of the likeliest place are so many times those of any other, or none is told."""


@dataclass(frozen=True)
class _Strip:
    leaves_px: tuple[Box, Box]
    x1: float
    y1: float
    y2: float
    scale: float


class LockFinder:
    """Finds locks on doors.

    Args:
        weights: The network; its threshold is the chance from which a lock is told.
        threads: Threads of the network; None takes as many as there are cores.
    """

    def __init__(self, weights: Weights, *, threads: int | None = None) -> None:
        self.weights = weights
        self._network = SmallNetwork(weights.path, threads)

    def find(self, image_bgr: NDArray[np.uint8], doors: Sequence[Box]) -> tuple[Lock, ...]:
        """Return the lock of each pair of leaves where there is surely one.

        Args:
            image_bgr: Upright photo, shape (H, W, 3), uint8.
            doors: Boxes of door leaves in pixels of the photo.
        """
        strips = list(_strips(doors, image_bgr.shape[0]))
        pictures = [_cut(image_bgr, strip) for strip in strips]
        found = []
        for strip, ((chances,),) in zip(strips, self._network.told_of(pictures), strict=True):
            at = _likeliest(chances, self.weights.threshold)
            if at is not None:
                at_px = strip.x1 + at[0] / strip.scale, strip.y1 + at[1] / strip.scale
                found.append(Lock(at_px, strip.leaves_px))
        return tuple(found)


def _strips(doors: Sequence[Box], image_height_px: int) -> Iterator[_Strip]:
    """Yield the strips along which two leaves meet."""
    for left in doors:
        for right in doors:
            if left[0] + left[2] < right[0] + right[2] and _meet(left, right):
                yield _strip(left, right, image_height_px)


def _meet(left: Box, right: Box) -> bool:
    width = min(left[2] - left[0], right[2] - right[0])
    beside = min(left[3], right[3]) - max(left[1], right[1])
    is_level = beside > 0.5 * min(left[3] - left[1], right[3] - right[1])
    return is_level and abs(right[0] - left[2]) < _MEETING_SHARE * width


def _strip(left: Box, right: Box, image_height_px: int) -> _Strip:
    seam_px, leaf_px = (left[2] + right[0]) / 2, (right[2] - left[0]) / 2
    scale = min(LEAF_PX / leaf_px, _LARGEST_ENLARGEMENT)
    y1, y2 = min(left[1], right[1]), max(left[3], right[3])
    beyond = _BEYOND_SHARE * (y2 - y1)
    return _Strip(
        (left, right),
        seam_px - STRIP_PX / 2 / scale,
        max(0.0, y1 - beyond),
        min(float(image_height_px), y2 + beyond),
        scale,
    )


def _cut(image_bgr: NDArray[np.uint8], strip: _Strip) -> NDArray[np.uint8]:
    """Cut a strip out, brought to its size; what lies beside the photo is as its border."""
    h = max(CELL_PX, round((strip.y2 - strip.y1) * strip.scale) // CELL_PX * CELL_PX)
    x1 = max(0, int(strip.x1) - 4)
    x2 = max(x1 + 1, int(strip.x1 + STRIP_PX / strip.scale) + 5)
    y1, y2 = max(0, int(strip.y1) - 4), int(strip.y2) + 5
    part = image_bgr[y1:y2, x1:x2]
    if strip.scale < 1:
        part = cv2.GaussianBlur(part, (0, 0), 0.42 / strip.scale)
    move = np.array([
        [strip.scale, 0, (x1 - strip.x1) * strip.scale],
        [0, strip.scale, (y1 - strip.y1) * strip.scale],
    ])  # fmt: skip
    cut = cv2.warpAffine(
        part, move, (STRIP_PX, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, np.uint8)


def _likeliest(chances: NDArray[np.float32], least: float) -> Point | None:
    """Return the middle of the one lock of a strip, in its pixels; None without a sure one.

    Args:
        chances: Shape (rows, columns), one for each cell.
        least: Least chance of a lock.
    """
    rows, columns = np.indices(chances.shape)
    from_seam_px = abs((columns + 0.5) * CELL_PX - STRIP_PX / 2)
    chances = np.where(from_seam_px <= _FROM_SEAM_PX, chances, 0)
    row, column = np.unravel_index(np.argmax(chances), chances.shape)
    best = float(chances[row, column])
    is_elsewhere = np.maximum(abs(rows - row), abs(columns - column)) > _APART_CELLS
    rival = float(chances[is_elsewhere].max(initial=0.0))
    if best < least or best * (1 - rival) < _SURER_THAN_RIVAL * rival * (1 - best):
        return None
    near = chances * ((abs(rows - row) <= 1) & (abs(columns - column) <= 1))
    x, y = ((near * at).sum() / near.sum() + 0.5 for at in (columns, rows))
    return float(x) * CELL_PX, float(y) * CELL_PX
