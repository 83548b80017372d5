"""The shelf detector: packs, labels, signs, things to climb on, people."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.domain.verdict import Box
from inspector.vision.weights import Weights

# Before Ultralytics is imported: no telemetry, no look at the network, no installing at run time.
os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("YOLO_VERBOSE", "false")

from ultralytics import YOLO

MAX_DETECTIONS = 1500

SUPPRESSION_IOU = 0.6
"""Boxes of one class that overlap more than this are one thing."""

GLANCE_SIDE_PX = 640
SIDES_PX = (480, 1600)
"""Long side of the first look, and the least and the most of the second."""

PACK_SIDE_PX = 48.0
"""Side (root of the area) that packs should have in the second look."""

FEWEST_PACKS = 3
"""So many packs the first look needs to say how large packs are."""

FAINT = 0.10
"""Confidence from which a detection is told at all: below the threshold of the weights it counts as
nothing that was seen, but it may cast doubt on what was."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing that was found."""

    label: str
    box_xyxy_px: Box
    confidence: float


class ShelfDetector:
    """Runs the shipped weights on the CPU."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._model = YOLO(str(weights.path), task="detect")

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Detection]:
        """Find everything the model knows, the most certain first.

        A glance at a small size tells how large the packs are; the look that counts is taken at the
        size at which packs are as large as those the model has learnt.

        Args:
            image_bgr: Upright photo, shape (H, W, 3), uint8.

        Returns:
            Detections from `FAINT` on, boxes in pixels of the photo.
        """
        glance = self._look(image_bgr, GLANCE_SIDE_PX)
        side_px = self._best_side_px(glance, max(image_bgr.shape))
        found = glance if side_px == GLANCE_SIDE_PX else self._look(image_bgr, side_px)
        return sorted(found, key=lambda detection: -detection.confidence)

    def _best_side_px(self, glance: list[Detection], photo_side_px: int) -> int:
        sizes_px = [
            np.sqrt((x2 - x1) * (y2 - y1)) * GLANCE_SIDE_PX / photo_side_px
            for d in glance
            if d.label == "pack" and d.confidence >= self._weights.threshold
            for x1, y1, x2, y2 in [d.box_xyxy_px]
        ]
        if len(sizes_px) < FEWEST_PACKS:
            return self._weights.image_side_px
        wanted_px = GLANCE_SIDE_PX * PACK_SIDE_PX / float(np.median(sizes_px))
        return int(np.clip(32 * round(wanted_px / 32), SIDES_PX[0], SIDES_PX[1]))

    def _look(self, image_bgr: NDArray[np.uint8], side_px: int) -> list[Detection]:
        result = self._model.predict(
            image_bgr,
            imgsz=side_px,
            conf=min(FAINT, self._weights.threshold),
            iou=SUPPRESSION_IOU,
            max_det=MAX_DETECTIONS,
            device="cpu",
            verbose=False,
        )[0].boxes
        rows = zip(result.xyxy.tolist(), result.conf.tolist(), result.cls.tolist(), strict=True)
        return [
            Detection(self._weights.classes[int(label)], (x1, y1, x2, y2), confidence)
            for (x1, y1, x2, y2), confidence, label in rows
        ]
