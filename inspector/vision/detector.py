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

        Args:
            image_bgr: Upright photo, shape (H, W, 3), uint8.

        Returns:
            Detections from `FAINT` on, boxes in pixels of the photo.
        """
        result = self._model.predict(
            image_bgr,
            imgsz=self._weights.image_side_px,
            conf=min(FAINT, self._weights.threshold),
            max_det=MAX_DETECTIONS,
            device="cpu",
            verbose=False,
        )[0].boxes
        rows = zip(result.xyxy.tolist(), result.conf.tolist(), result.cls.tolist(), strict=True)
        found = [
            Detection(self._weights.classes[int(label)], (x1, y1, x2, y2), confidence)
            for (x1, y1, x2, y2), confidence, label in rows
        ]
        return sorted(found, key=lambda detection: -detection.confidence)
