"""Reads text again only where a shelf has changed: most of a look's time is reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import TextLine
from inspector.domain.verdict import Box
from inspector.live.area import ImageBgr

if TYPE_CHECKING:
    from inspector.vision.scene_reader import ReadsText

TILE_PX = 16
CHANGED_LEVELS = 6.0
"""Mean difference of a tile that shows something else; compression and noise average out."""

MARGIN_PX = 48
"""What is read anew reaches so far beyond what changed: lines and packs are read whole."""

MOST_SHARE = 0.5
"""When more than this changed, everything is read: one large look is cheaper than many."""


class RememberedText:
    """A reader of text that remembers one camera's last picture."""

    def __init__(self, reader: ReadsText) -> None:
        self._reader = reader
        self._image: ImageBgr | None = None
        self._lines: tuple[TextLine, ...] = ()
        self._read: list[Box] = []

    def read(
        self,
        image_bgr: NDArray[np.uint8],
        *,
        packs: Sequence[Box] = (),
        passed_over: Sequence[Box] = (),
    ) -> tuple[TextLine, ...]:
        """Return all lines of a picture; only those of changed parts are read."""
        parts = self._changed_parts(image_bgr, packs)
        if parts is None:
            self._lines = self._reader.read(image_bgr, packs=packs, passed_over=passed_over)
            self._image, self._read = image_bgr, list(packs)
            return self._lines
        for part in parts:
            self._read_part(image_bgr, part, packs, passed_over)
        return self._lines

    def _read_part(
        self,
        image_bgr: ImageBgr,
        part: tuple[int, int, int, int],
        packs: Sequence[Box],
        passed_over: Sequence[Box],
    ) -> None:
        x1, y1, x2, y2 = part
        own = [box for box in packs if _middle_in(box, part)]
        found = self._reader.read(
            image_bgr[y1:y2, x1:x2],
            packs=[_moved(box, -x1, -y1) for box in own],
            passed_over=[_moved(box, -x1, -y1) for box in passed_over if _middle_in(box, part)],
        )
        kept = [line for line in self._lines if not _middle_in(line.box_xyxy_px, part)]
        fresh = [
            TextLine(line.text, _moved(line.box_xyxy_px, x1, y1), line.height_px, line.confidence)
            for line in found
        ]
        self._lines = (*kept, *fresh)
        self._read = [box for box in self._read if not _middle_in(box, part)] + own
        if self._image is not None:
            self._image = self._image.copy()
            self._image[y1:y2, x1:x2] = image_bgr[y1:y2, x1:x2]

    def _changed_parts(
        self, image_bgr: ImageBgr, packs: Sequence[Box]
    ) -> list[tuple[int, int, int, int]] | None:
        """Return the parts to read, apart from each other; None for all of the picture."""
        if self._image is None or self._image.shape != image_bgr.shape:
            return None
        height, width = image_bgr.shape[:2]
        size = max(1, width // TILE_PX), max(1, height // TILE_PX)
        now, was = (
            cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
            for image in (image_bgr, self._image)
        )
        changed = (np.abs(now - was).max(axis=-1) > CHANGED_LEVELS).astype(np.uint8)
        unread = [box for box in packs if not any(_is_same(box, other) for other in self._read)]
        # A pack that a twin was read for until now, and that stands alone today.
        for x1, y1, x2, y2 in unread:
            tile = np.s_[
                int(y1 * size[1] / height) : int(y2 * size[1] / height) + 1,
                int(x1 * size[0] / width) : int(x2 * size[0] / width) + 1,
            ]
            changed[tile] = 1
        more = MARGIN_PX // TILE_PX
        grown = cv2.dilate(changed, np.ones((2 * more + 1, 2 * more + 1), np.uint8))
        if float(grown.mean()) > MOST_SHARE:
            return None
        _, _, found, _ = cv2.connectedComponentsWithStats(grown)
        scale = width / size[0], height / size[1]
        return [
            (
                max(0, int(x * scale[0])),
                max(0, int(y * scale[1])),
                min(width, int((x + w) * scale[0]) + 1),
                min(height, int((y + h) * scale[1]) + 1),
            )
            for x, y, w, h, _ in found[1:].tolist()
        ]


def _middle_in(box: Box, part: tuple[int, int, int, int]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return part[0] <= x < part[2] and part[1] <= y < part[3]


def _moved(box: Box, dx: float, dy: float) -> Box:
    return box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy


def _is_same(box: Box, other: Box) -> bool:
    """Say whether two boxes are of one pack; a detector draws it a little differently each time."""
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    area = (box[2] - box[0]) * (box[3] - box[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return shared > 0.5 * (area - shared)
