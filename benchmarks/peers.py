"""Ours beside what one would put together in an afternoon, on one photo in one run.

`yolo predict` and RapidOCR as they come find boxes and lines, and judge nothing. The naive pipeline
looks with the same two models at every crop of a pack or sign, then judges with the same rules: it
shows what looking once is worth, and whether that costs findings.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR

from inspector.capture.photo import read_photo
from inspector.catalogue.matching import DatedMatcher
from inspector.catalogue.register import Register
from inspector.domain.capture import Capture
from inspector.domain.facts import Site
from inspector.domain.goods import DealerType
from inspector.domain.report import InspectionReport
from inspector.domain.scene import Scene, SeenCapture, TextLine
from inspector.domain.verdict import Box
from inspector.inspection import judge_captures
from inspector.vision.composing import compose_scene
from inspector.vision.scene_reader import SceneReader, sharpness
from inspector.vision.weights import load_weights

HELD = ("pack", "product_card", "sign", "price_label")


class Peers:
    """Ways to go from one photo to what it shows; each method is one of them."""

    def __init__(self, photo: Path) -> None:
        self.photo = photo
        self.reader = SceneReader()
        self.full_ocr = RapidOCR(params={"Global.log_level": "critical"})
        self.matchers = DatedMatcher(Register.load())

    def ours(self) -> InspectionReport:
        """Read, look once, judge."""
        capture = read_photo(self.photo)
        return self._judged(capture, self.reader.read(capture))

    def naive(self) -> InspectionReport:
        """Look at the photo, then at every crop with both models; judge the same way."""
        capture = read_photo(self.photo)
        image = capture.image_bgr
        found = self.reader.detector.detect(image)
        lines: list[TextLine] = []
        for detection in found:
            if detection.label not in HELD:
                continue
            x1, y1, x2, y2 = (round(edge) for edge in detection.box_xyxy_px)
            crop = image[max(y1, 0) : y2, max(x1, 0) : x2]
            if min(crop.shape[:2]) < 8:
                continue
            self.reader.detector.detect(crop)
            for line in self.reader.text_reader.read(crop):
                lines.append(replace(line, box_xyxy_px=_moved(line.box_xyxy_px, x1, y1)))
        return self._judged(capture, self._with_surroundings(compose_scene(found, lines), image))

    def rapidocr(self) -> object:
        """RapidOCR as it comes on the whole photo."""
        return self.full_ocr(str(self.photo))

    def yolo_predict(self) -> object:
        """Ultralytics' command line as it comes, with its start."""
        weights = load_weights("shelf-detector")
        code = "from ultralytics.cfg import entrypoint; entrypoint()"
        arguments = ["predict", f"model={weights.path}", f"source={self.photo}", "save=False"]
        arguments += [f"imgsz={weights.image_side_px}", "device=cpu", "task=detect"]
        return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True)

    def all(self) -> dict[str, Callable[[], object]]:
        """Return every way by its name."""
        return {
            "ours: photo to verdicts": self.ours,
            "naive: both models on every crop, then the same rules": self.naive,
            "RapidOCR on the whole photo (no verdicts)": self.rapidocr,
            "yolo predict, with its start (no verdicts)": self.yolo_predict,
        }

    def _with_surroundings(self, scene: Scene, image: NDArray[np.uint8]) -> Scene:
        """Add what is found without models and what rules need of it, as ours finds it."""
        find = self.reader.finders
        return replace(
            scene,
            tags=find.tags(image),
            barcodes=find.barcodes(image),
            straight_edges=find.straight_edges(image),
            edge_bands=find.edge_bands(image, scene.packs, scene.signs),
            reliable=self.reader.detector.reliable,
            sharpness=sharpness(image),
        )

    def _judged(self, capture: Capture, scene: Scene) -> InspectionReport:
        return judge_captures(
            [SeenCapture(capture.capture_id, capture.file, capture.camera, scene)],
            model=self.reader.versions,
            matchers=self.matchers,
            site=Site(DealerType.PHARMACY, date.today()),
            created_at=datetime.now(UTC),
        )


def _moved(box: Box, x: int, y: int) -> Box:
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y
