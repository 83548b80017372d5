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

FAINT = 0.10
"""Confidence from which a detection is told at all: below the threshold of the weights it counts as
nothing that was seen, but it may cast doubt on what was."""

GLANCE_SIDE_PX = 640
"""Long side of the first look."""

LARGE_PACK_PX = 28.0
"""Packs whose side (root of the area) is at least this in the first look are seen best in it; a
larger look would find print on them as well. Smaller packs need the second look."""

SMALL_THINGS = ("pack", "product_card", "price_label", "divider")
"""What is as small as packs are."""

FEWEST_PACKS = 3
"""So many packs the first look needs to say how large packs are."""


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

        Packs that fill the view are seen best in a small picture, packs on a whole fixture in a
        large one: a glance tells which it is. Signs, ladders and people are large in either case;
        what the glance shows of them is kept.

        Args:
            image_bgr: Upright photo, shape (H, W, 3), uint8.

        Returns:
            Detections from `FAINT` on, boxes in pixels of the photo.
        """
        found = self._look(image_bgr, GLANCE_SIDE_PX)
        if not self._are_packs_large(found, GLANCE_SIDE_PX / max(image_bgr.shape)):
            large = [detection for detection in found if detection.label not in SMALL_THINGS]
            found = large + self._look(image_bgr, self._weights.image_side_px)
        return sorted(found, key=lambda detection: -detection.confidence)

    def _are_packs_large(self, found: list[Detection], scale: float) -> bool:
        boxes = np.array(
            [
                d.box_xyxy_px
                for d in found
                if d.label == "pack" and d.confidence >= self._weights.threshold
            ]
        ).reshape(-1, 4)
        sides_px = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)) * scale
        return len(boxes) >= FEWEST_PACKS and bool(np.median(sides_px) >= LARGE_PACK_PX)

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
