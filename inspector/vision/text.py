"""Text: RapidOCR's detector over the whole photo, its reader on crops of the original pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR

from inspector.domain.scene import TextLine

LOOK_SIDE_PX = 2048
"""Long side at which lines are looked for. Larger finds little more and costs with its square;
what is found is read from the original pixels."""

MAX_ENLARGEMENT = 2.0
"""Small photos are enlarged at most so much: more shows nothing new."""

MIN_LINE_PX = 7
"""Lines lower than this are not read: letters of 5 px are guesses."""

MIN_CONFIDENCE = 0.6
"""Readings below this are noise more often than text."""


class TextReader:
    """Reads text lines anywhere in a photo. Its models come inside RapidOCR's package."""

    def __init__(self) -> None:
        self._ocr = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                # RapidOCR's own resizing is switched off: lines are looked for at our size.
                "Global.max_side_len": LOOK_SIDE_PX,
                "Det.limit_type": "max",
                "Det.limit_side_len": LOOK_SIDE_PX,
            }
        )

    def read(self, image_bgr: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        """Read all lines of a photo.

        Args:
            image_bgr: Upright photo, shape (H, W, 3), uint8.

        Returns:
            Lines in reading order, boxes in pixels of the photo.
        """
        scale = min(LOOK_SIDE_PX / max(image_bgr.shape), MAX_ENLARGEMENT)
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        looked_at = cv2.resize(image_bgr, None, fx=scale, fy=scale, interpolation=method)
        boxes = self._ocr(looked_at, use_det=True, use_cls=False, use_rec=False).boxes
        if boxes is None:
            return ()
        quads_px = np.asarray(boxes, dtype=np.float32).reshape(-1, 4, 2) / scale
        heights_px = (
            np.linalg.norm(quads_px[:, 3] - quads_px[:, 0], axis=1)
            + np.linalg.norm(quads_px[:, 2] - quads_px[:, 1], axis=1)
        ) / 2
        quads_px = quads_px[heights_px >= MIN_LINE_PX]
        heights_px = heights_px[heights_px >= MIN_LINE_PX]
        if not len(quads_px):
            return ()
        # Small photos are read from the enlarged picture: the reader enlarges less carefully.
        source, to_source = (image_bgr, 1.0) if scale < 1 else (looked_at, scale)
        crops = self._ocr.crop_text_regions(source, quads_px * np.float32(to_source))
        read = self._ocr.recognize_txt(crops)
        return tuple(
            TextLine(text.strip(), _box(quad), float(height), float(score))
            for quad, height, text, score in zip(
                quads_px, heights_px, read.txts, read.scores, strict=True
            )
            if score >= MIN_CONFIDENCE and text.strip()
        )


def _box(quad_px: NDArray[np.float32]) -> tuple[float, float, float, float]:
    (x1, y1), (x2, y2) = quad_px.min(axis=0).tolist(), quad_px.max(axis=0).tolist()
    return x1, y1, x2, y2
