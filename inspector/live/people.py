"""May this picture be kept? Only without people: blurred where they are, not kept when in doubt.

Two things must agree. What has moved lately and is as large as a person counts as one, whatever the
person detector says of it; and the detector must have found everybody and be in no doubt about
anybody. One that is not reliable (its card says so) blurs nobody: then nothing as large as a face
may have moved lately, and it must not see even the shadow of a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.verdict import Box
from inspector.live.area import ImageBgr
from inspector.live.gate import differs


@dataclass(frozen=True, slots=True)
class Size:
    """How large a thing is at least: its height or its area, as shares of the shelf area's."""

    height_share: float
    area_share: float


PERSON_SIZE = Size(0.25, 0.02)
"""What is so large may be a person or a part of one; packs that were moved are smaller."""

FACE_SIZE = Size(0.10, 0.005)
"""What is so large may be a face before a shelf two metres wide."""

COVERED_SHARE = 0.9
"""A possible person is blurred when so much of it lies in boxes of people."""

MARGIN_SHARE = 0.15
"""Boxes of people are blurred with so much round them: hands and hair stick out."""

_JOIN_PX = 9
_BLOCKS_ACROSS = 6


class NotKept(StrEnum):
    """Why a picture was not kept; each has words in `words_da.yaml` and `words_en.yaml`."""

    UNSURE = "unsure"
    MOVED_LATELY = "moved_lately"


@dataclass(frozen=True, slots=True)
class People:
    """What a detector says of the people in a picture.

    Attributes:
        sure: Boxes of people.
        unsure: Boxes of what may be one.
    """

    sure: tuple[Box, ...] = ()
    unsure: tuple[Box, ...] = ()


class PeopleFinder(Protocol):
    """Finds people; `vision`'s detector, or a fake in tests."""

    @property
    def is_reliable(self) -> bool:
        """Whether its card says that it finds people reliably."""

    def find(self, image_bgr: NDArray[np.uint8]) -> People:
        """Return who is in a picture, in pixels of it."""


class Baseline:
    """What the shelf looks like without people: what has not moved for long.

    Nobody stands still for longer than `stands_still_s`; what does is no person. Before the first
    such time has passed nothing is known, and everything may be one.
    """

    def __init__(self, stands_still_s: float) -> None:
        self._stands_still_s = stands_still_s
        self._first_s: float | None = None
        self._settled: NDArray[np.float32] | None = None

    @property
    def is_settled(self) -> bool:
        """False before anything is known."""
        return self._settled is not None

    def see(self, small: NDArray[np.uint8], moved_s: NDArray[np.float64], at_s: float) -> None:
        """Take note of a small grey picture and of when each of its pixels moved last."""
        now = cv2.GaussianBlur(small, (5, 5), 0).astype(np.float32)
        self._first_s = at_s if self._first_s is None else self._first_s
        has_settled = at_s - moved_s >= self._stands_still_s
        if self._settled is None:
            if at_s - self._first_s >= self._stands_still_s:
                self._settled = np.where(has_settled, now, np.float32(-1000))
        else:
            self._settled[has_settled] = now[has_settled]
        self._now = now

    def possible_people(
        self,
        *,
        crop_wh: tuple[int, int],
        unknown: NDArray[np.bool_] | None = None,
        size: Size = PERSON_SIZE,
    ) -> tuple[Box, ...]:
        """Return boxes, in pixels of the shelf's crop, of what may be a person.

        Args:
            crop_wh: Width and height of the crop.
            unknown: Where frames disagree, shape (h, w) of the crop.
            size: Smaller things are none.
        """
        if self._settled is None:
            return ((0.0, 0.0, float(crop_wh[0]), float(crop_wh[1])),)
        differing = differs(self._now, self._settled)
        if unknown is not None:
            height, width = differing.shape
            small = cv2.resize(
                unknown.astype(np.uint8), (width, height), interpolation=cv2.INTER_AREA
            )
            differing |= small > 0
        return _large_parts(differing, crop_wh, size)


def without_people(
    crop_bgr: ImageBgr, people: People, *, is_reliable: bool, possible: Sequence[Box]
) -> ImageBgr | NotKept:
    """Return a picture that may be kept, or why there is none.

    Args:
        crop_bgr: The shelf.
        people: What the detector says, in pixels of it.
        is_reliable: Whether it finds people reliably.
        possible: What has moved lately and may be a person, in the same pixels; with a detector
            that is not reliable, all of `FACE_SIZE`.
    """
    if not is_reliable and (people.sure or people.unsure):
        return NotKept.UNSURE
    if any(not _is_covered(box, people.sure) for box in people.unsure):
        return NotKept.UNSURE
    if any(not _is_covered(box, people.sure) for box in possible):
        return NotKept.MOVED_LATELY
    kept = crop_bgr.copy()
    for box in people.sure:
        _pixelate(kept, box)
    return kept


def _large_parts(
    differing: NDArray[np.bool_], crop_wh: tuple[int, int], size: Size
) -> tuple[Box, ...]:
    height, width = differing.shape
    kernel = np.ones((_JOIN_PX, _JOIN_PX), np.uint8)
    joined = cv2.morphologyEx(differing.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    _, _, parts, _ = cv2.connectedComponentsWithStats(joined)
    scale = np.array([crop_wh[0] / width, crop_wh[1] / height] * 2)
    boxes = []
    for x, y, w, h, area in parts[1:].tolist():
        if h >= size.height_share * height or area >= size.area_share * differing.size:
            x1, y1, x2, y2 = (np.array([x, y, x + w, y + h]) * scale).tolist()
            boxes.append((x1, y1, x2, y2))
    return tuple(boxes)


def _is_covered(box: Box, by: Sequence[Box]) -> bool:
    x1, y1, x2, y2 = (round(edge) for edge in box)
    open_px = np.ones((max(1, y2 - y1), max(1, x2 - x1)), np.bool_)
    for a1, b1, a2, b2 in (_with_margin(other) for other in by):
        open_px[max(0, b1 - y1) : max(0, b2 - y1), max(0, a1 - x1) : max(0, a2 - x1)] = False
    return float(open_px.mean()) <= 1 - COVERED_SHARE


def _with_margin(box: Box) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = box
    more = MARGIN_SHARE * min(x2 - x1, y2 - y1)
    return round(x1 - more), round(y1 - more), round(x2 + more), round(y2 + more)


def _pixelate(image: ImageBgr, box: Box) -> None:
    """Leave a few blocks of mean colour, from which nothing can be won back."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = _with_margin(box)
    x1, y1, x2, y2 = max(0, x1), max(0, y1), min(width, x2), min(height, y2)
    region = image[y1:y2, x1:x2]
    if not region.size:
        return
    block_px = max(1.0, min(region.shape[:2]) / _BLOCKS_ACROSS)
    blocks_wh = max(1, round((x2 - x1) / block_px)), max(1, round((y2 - y1) / block_px))
    blocks = cv2.resize(region, blocks_wh, interpolation=cv2.INTER_AREA)
    image[y1:y2, x1:x2] = cv2.resize(blocks, (x2 - x1, y2 - y1), interpolation=cv2.INTER_NEAREST)
