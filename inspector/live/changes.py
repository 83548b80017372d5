"""Where a fixed view shows something else than it did, tile by tile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import Point
from inspector.domain.verdict import Box
from inspector.live.area import ImageBgr

Part = tuple[int, int, int, int]
"""A part of a picture in whole pixels: left, top, right, bottom."""

TILE_PX = 16

CHANGED_LEVELS = 8
"""Difference of a tile's mean colour that shows something else, or another light. Two pictures of
a quiet shelf differ by up to 4 with little compression (H.264, rate factor 23), by 10 with much."""

PRINT_LEVELS = 7.0
PRINT_SHARE = 0.5
"""Contrast of what differs in a tile that shows other print: in grey levels, and against that of
the print. Compression errs where there is much to see, and stays below half of it in all but 1 of
2500 tiles even at rate factor 30; other letters of 7 px were seen in each of 77 places."""

NEAR_PX = 6
"""What lies so close to a change is taken for changed: something may have hidden a bit of it."""

MARGIN_PX = 32
"""A part to look at reaches so far beyond what changed."""

MOST_SHARE = 0.5
"""When more than this changed, the view is a new one: one large look is cheaper than many."""


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Where a picture shows something else than the one it is held against.

    Attributes:
        tiles: Which tiles show something else, shape (rows, columns).
        image_wh: Size of the picture.
    """

    tiles: NDArray[np.bool_]
    image_wh: tuple[int, int]

    @classmethod
    def between(cls, now: ImageBgr, before: ImageBgr | None) -> Changes:
        """Hold a picture against one before; without one, or one of that size, all has changed."""
        height, width = now.shape[:2]
        size = max(1, width // TILE_PX), max(1, height // TILE_PX)
        if before is None or before.shape != now.shape:
            return cls(np.ones(size[::-1], np.bool_), (width, height))
        light = cv2.absdiff(_tile_means(now, size), _tile_means(before, size)).max(axis=-1)
        gray, gray_before = (cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) for image in (now, before))
        differing = _contrast(cv2.subtract(gray, gray_before, dtype=cv2.CV_32F), size)
        is_other = differing > np.maximum(PRINT_LEVELS, PRINT_SHARE * _contrast(gray, size))
        tiles = is_other | (light > CHANGED_LEVELS)
        is_new = float(tiles.mean()) > MOST_SHARE
        return cls(tiles | is_new, (width, height))

    @property
    def are_none(self) -> bool:
        """True when the picture shows the same everywhere."""
        return not self.tiles.any()

    @property
    def are_all(self) -> bool:
        """True when it is a new view."""
        return bool(self.tiles.all())

    def touch(self, box: Box) -> bool:
        """Say whether something of a box, or close to it, has changed."""
        x1, y1, x2, y2 = box
        near = (x1 - NEAR_PX, y1 - NEAR_PX, x2 + NEAR_PX, y2 + NEAR_PX)
        return bool(self.tiles[self._tiles_of(near)].any())

    def share_of(self, ends_px: tuple[Point, Point]) -> float:
        """Return how much of a straight line, or close to it, has changed, in [0, 1]."""
        (x1, y1), (x2, y2) = ends_px
        steps = np.linspace(0, 1, 2 + int(np.hypot(x2 - x1, y2 - y1) / TILE_PX))
        places = zip(x1 + steps * (x2 - x1), y1 + steps * (y2 - y1), strict=True)
        return float(np.mean([self.touch((x, y, x, y)) for x, y in places]))

    def parts(self, also: Sequence[Box] = ()) -> list[Part]:
        """Return the parts of the picture to look at, apart from each other.

        Args:
            also: What has to lie in them as a whole, beside what changed.
        """
        wanted = self.tiles.copy()
        for box in also:
            wanted[self._tiles_of(box)] = True
        wanted = _grown(wanted, MARGIN_PX)
        while True:
            _, _, found, _ = cv2.connectedComponentsWithStats(wanted.astype(np.uint8))
            before = wanted.copy()
            for x, y, w, h, _ in found[1:].tolist():
                wanted[y : y + h, x : x + w] = True
            if (wanted == before).all():  # rectangles that met have become one
                break
        width, height = self.image_wh
        if float(wanted.mean()) > MOST_SHARE:
            return [(0, 0, width, height)]
        x_px, y_px = (
            np.linspace(0, side, count + 1).round().astype(int).tolist()
            for side, count in ((width, wanted.shape[1]), (height, wanted.shape[0]))
        )
        rectangles = found[1:, :4].tolist()
        return [(x_px[x], y_px[y], x_px[x + w], y_px[y + h]) for x, y, w, h in rectangles]

    def taken_over(self, now: ImageBgr, before: ImageBgr | None) -> ImageBgr:
        """Return the picture before with what changed in it as it is now."""
        if before is None or self.are_all:
            return now
        tiles = self.tiles.astype(np.uint8)
        changed = cv2.resize(tiles, self.image_wh, interpolation=cv2.INTER_NEAREST)
        return np.asarray(cv2.copyTo(now, changed, before.copy()), np.uint8)

    def _tiles_of(self, box: Box) -> tuple[slice, slice]:
        rows, columns = self.tiles.shape
        width, height = self.image_wh
        x1, y1, x2, y2 = box
        return (
            slice(max(0, int(y1 * rows / height)), max(0, int(y2 * rows / height) + 1)),
            slice(max(0, int(x1 * columns / width)), max(0, int(x2 * columns / width) + 1)),
        )


def _tile_means(picture: cv2.typing.MatLike, size: tuple[int, int]) -> cv2.typing.MatLike:
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _contrast(gray: cv2.typing.MatLike, size: tuple[int, int]) -> NDArray[np.float32]:
    """Return the standard deviation of each tile's grey levels."""
    levels = gray.astype(np.float32)
    variance = _tile_means(levels * levels, size) - _tile_means(levels, size) ** 2
    return np.asarray(np.sqrt(np.maximum(variance, 0)), np.float32)


def _grown(tiles: NDArray[np.bool_], by_px: int) -> NDArray[np.bool_]:
    more = by_px // TILE_PX
    kernel = np.ones((2 * more + 1, 2 * more + 1), np.uint8)
    return np.asarray(cv2.dilate(tiles.astype(np.uint8), kernel) > 0)
