"""The detector: one network for packs, labels and signs, one for what stands around them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inspector.domain.verdict import Box
from inspector.errors import ModelError
from inspector.vision.fusing import fused, panels_joined, without_joins
from inspector.vision.networks import session_options
from inspector.vision.weights import Weights

# Before Ultralytics is imported: no telemetry, no look at the network, no installing at run time.
os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("YOLO_VERBOSE", "false")

import onnxruntime
import torch
from ultralytics import YOLO
from ultralytics.models.yolo.detect import DetectionPredictor
from ultralytics.nn.backends import ONNXBackend

CPU = "cpu"

MAX_DETECTIONS = 1500

FAINTEST = 0.05
"""Confidence from which a look tells of a thing; the mean of several looks may be more."""

FAINT = 0.10
"""Confidence from which a detection is told; of packs, all are that looks tell of."""

GLANCE_SIDE_PX = 640
"""Long side of the first look."""

BEST_PACK_PX = 32.0
"""Median side of packs (root of the area) in a look that finds most of them: in larger looks print
on packs is found as packs, in smaller ones packs are specks."""

STEPS = (0.7, 1.0, 1.4)
"""Sizes of the close looks, of the best one: what all agree on is surer than what one saw."""

CLOSE_SIDES_PX = (320, 1600)
"""Smallest and largest long side of the best look; more costs time and finds little."""

STRIDE_PX = 32
"""The network takes pictures whose sides are multiples of this."""

SURROUNDINGS_SIDE_PX = 640
"""Long side of the look for what stands before and around the shelves."""

SURROUNDINGS = (
    "stool", "kick_stool", "ladder", "steps", "pallet", "crate", "person", "door",
)  # fmt: skip
"""What the network of the surroundings has learned."""

SMALL_THINGS = ("pack", "product_card", "price_label", "divider")
"""What is as small as packs are, and is looked for where packs are seen best."""

FEWEST_PACKS = 3
"""So many packs the first look needs to say how large packs are."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing that was found.

    Attributes:
        label: Its class.
        box_xyxy_px: Where it is.
        confidence: How sure its network is; of packs and cards, how many such finds are right.
        counts: Whether that reaches the network's threshold; what does not was not seen, but may
            cast doubt on what was.
    """

    label: str
    box_xyxy_px: Box
    confidence: float
    counts: bool = True


class ShelfDetector:
    """Runs the shipped networks.

    Args:
        shelf: The network of what is on the shelves.
        surroundings: The network of what stands before and around them.
        threads: Threads of the networks; None takes as many as there are cores. What is found does
            not depend on it.
        device: `cpu`, or a GPU as PyTorch names it, such as `cuda:0`. A GPU rounds otherwise, so
            confidences differ in their last digits.

    Raises:
        ModelError: There is no such GPU that ONNX Runtime can use.
    """

    def __init__(
        self,
        shelf: Weights,
        surroundings: Weights,
        *,
        threads: int | None = None,
        device: str = CPU,
    ) -> None:
        _check_usable(device)
        self.weights = (shelf, surroundings)
        self._shelf, self._surroundings = (
            _Network(weights, threads, device) for weights in self.weights
        )

    @property
    def reliable(self) -> frozenset[str]:
        """Classes that are found well enough for their absence to mean something."""
        return frozenset().union(*(weights.reliable for weights in self.weights))

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Detection]:
        """Find everything the model knows, the most certain first.

        A glance tells how large packs are in the photo; then the photo is looked at in three sizes
        about the one in which the network sees such packs best, and all are fused. Signs are large
        in any photo and are taken from the glance, and the surroundings from a look of their own.

        Args:
            image_bgr: Upright photo, shape (H, W, 3), uint8.

        Returns:
            Detections from `FAINT` on and packs from `FAINTEST` on, boxes in pixels of the photo.
        """
        shelf, surroundings = self._shelf, self._surroundings
        glance = shelf.look(image_bgr, GLANCE_SIDE_PX)
        best_px = self._best_side_px(glance, max(image_bgr.shape))
        close = [shelf.look(image_bgr, best_px * step) for step in STEPS]
        found = [detection for label in SMALL_THINGS for detection in _fused(label, close)]
        found = _one_find_each(found, shelf.weights.threshold)
        found += [detection for detection in glance if detection.label == "sign"]
        around = surroundings.look(image_bgr, SURROUNDINGS_SIDE_PX)
        around = [detection for detection in around if detection.label in SURROUNDINGS]
        told = shelf.told(found) + surroundings.told(around)
        return sorted(told, key=lambda detection: -detection.confidence)

    def _best_side_px(self, glance: list[Detection], long_side_px: int) -> float:
        """Return the long side at which packs have the size in which they are seen best."""
        boxes = np.array(
            [
                d.box_xyxy_px
                for d in glance
                if d.label == "pack" and d.confidence >= self._shelf.weights.threshold
            ]
        ).reshape(-1, 4)
        if len(boxes) < FEWEST_PACKS:
            return float(self._shelf.weights.image_side_px)
        pack_px = float(np.median(np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))))
        return float(np.clip(BEST_PACK_PX / pack_px * long_side_px, *CLOSE_SIDES_PX))


class _Network:
    """Weights that are loaded."""

    def __init__(self, weights: Weights, threads: int | None, device: str) -> None:
        self.weights = weights
        self._device = device
        self._model = YOLO(str(weights.path), task="detect")
        is_ours = threads or device == CPU
        self._predictor = _predictor_on(threads) if is_ours else DetectionPredictor

    def look(self, image_bgr: NDArray[np.uint8], side_px: float) -> list[Detection]:
        """Return what one look at a photo tells, its long side shrunk or enlarged to `side_px`."""
        result = self._model.predict(
            image_bgr,
            predictor=self._predictor,
            imgsz=round(side_px / STRIDE_PX) * STRIDE_PX,
            conf=FAINTEST,
            max_det=MAX_DETECTIONS,
            device=self._device,
            verbose=False,
        )[0].boxes
        rows = zip(result.xyxy.tolist(), result.conf.tolist(), result.cls.tolist(), strict=True)
        return [
            Detection(self.weights.classes[int(label)], (x1, y1, x2, y2), confidence)
            for (x1, y1, x2, y2), confidence, label in rows
        ]

    def told(self, found: Sequence[Detection]) -> list[Detection]:
        """Return what is not too faint to be told, and whether it counts."""
        return [
            replace(
                detection,
                confidence=self.weights.share_right(detection.label, detection.confidence),
                counts=detection.confidence >= self.weights.threshold,
            )
            for detection in found
            if detection.confidence >= (FAINTEST if detection.label == "pack" else FAINT)
        ]


def _predictor_on(threads: int | None) -> type[DetectionPredictor]:
    """Return a predictor whose session has our options, with so many threads.

    Ultralytics opens sessions with one thread per core, and ONNX Runtime asks neither the
    environment nor the cores that the process may use.
    """
    options = session_options(threads)

    class Predictor(DetectionPredictor):  # type: ignore[misc]  # untyped
        def setup_model(self, model: object, verbose: bool = True) -> None:
            super().setup_model(model, verbose)
            opened = self.model.backend
            self.model.backend = ONNXBackend(
                self.args.model, opened.device, opened.fp16, session_options=options
            )

    return Predictor


def _check_usable(device: str) -> None:
    if device == CPU:
        return
    has_provider = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    if not (has_provider and torch.cuda.is_available()):
        raise ModelError(
            f"The networks cannot run on {device}. Expected an NVIDIA GPU with its driver, PyTorch "
            "with CUDA, and onnxruntime-gpu in the place of onnxruntime. Or leave the GPU out."
        )


def _fused(label: str, looks: list[list[Detection]]) -> list[Detection]:
    """Return what several looks found of one class as one."""
    parts = [_boxes_and_confidences([d for d in look if d.label == label]) for look in looks]
    return _detections(label, *fused(parts))


def _one_find_each(found: list[Detection], threshold: float) -> list[Detection]:
    """Return finds in which packs that count are one each: not two parts, nor several in one."""
    packs = [d for d in found if d.label == "pack"]
    boxes, confidences = panels_joined(*_boxes_and_confidences(packs), threshold=threshold)
    counts = confidences >= threshold
    whole = _detections("pack", *without_joins(boxes[counts], confidences[counts]))
    doubtful = _detections("pack", boxes[~counts], confidences[~counts])
    return whole + doubtful + [d for d in found if d.label != "pack"]


def _boxes_and_confidences(
    found: Sequence[Detection],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    boxes = np.array([d.box_xyxy_px for d in found], float).reshape(-1, 4)
    return boxes, np.array([d.confidence for d in found], float)


def _detections(
    label: str, boxes: NDArray[np.float64], confidences: NDArray[np.float64]
) -> list[Detection]:
    return [
        Detection(label, (x1, y1, x2, y2), confidence)
        for (x1, y1, x2, y2), confidence in zip(boxes.tolist(), confidences.tolist(), strict=True)
    ]
