"""How well a detector finds packs: `python -m models.measure WEIGHTS TRUTH_DIR --imgsz 1280`.

The bare network over all confidences, at sizes by choice; `inspector evaluate` measures the line as
it is shipped, on the same truths.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("YOLO_OFFLINE", "true")

import numpy as np
from ultralytics import YOLO

from inspector.evaluation.score import average_precision, matched
from inspector.evaluation.truth import load_truths


@dataclass(frozen=True)
class Score:
    """Counts of one test set at one threshold, and the area under its curve."""

    average_precision: float
    precision: float
    recall: float
    packs: int
    best_f1: float
    best_f1_at: float


def scored(rows: list[tuple[float, bool]], packs: int, threshold: float) -> Score:
    """Sum up the finds of a whole test set."""
    rows = sorted(rows, key=lambda row: -row[0])
    hit = np.array([h for _, h in rows], float)
    recall = hit.cumsum() / max(packs, 1)
    precision = hit.cumsum() / np.arange(1, len(hit) + 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    kept = [h for c, h in rows if c >= threshold]
    best = int(f1.argmax()) if len(f1) else 0
    return Score(
        average_precision(rows, packs),
        sum(kept) / max(len(kept), 1), sum(kept) / max(packs, 1), packs,
        float(f1[best]) if len(f1) else 0.0, rows[best][0] if rows else 0.0,
    )  # fmt: skip


def measure(
    model: YOLO, folder: Path, *, imgsz: int, threshold: float, nms_free: bool
) -> tuple[Score, float]:
    """Return the score on a folder of pictures with truth, and seconds a picture."""
    rows: list[tuple[float, bool]] = []
    packs, seconds = 0, []
    for truth in load_truths(folder):
        began = time.perf_counter()
        found = model.predict(
            truth.picture,
            imgsz=imgsz,
            conf=0.01,
            max_det=1000,
            verbose=False,
            iou=0.6,
            **({"nms": False} if nms_free else {}),
        )[0].boxes
        seconds.append(time.perf_counter() - began)
        is_pack = found.cls.cpu().numpy() == 0
        boxes = found.xyxy.cpu().numpy()[is_pack].astype(float)
        confidence = found.conf.cpu().numpy()[is_pack]
        true_boxes = [pack.box_xyxy_px for pack in truth.packs]
        rows += [
            (float(confidence[index]), number is not None)
            for index, number in matched(boxes, confidence, true_boxes, truth.soft_boxes)
        ]
        packs += len(true_boxes)
    return scored(rows, packs, threshold), float(np.median(seconds))


def main() -> None:
    """Read the command line and print one line per folder and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--imgsz", type=int, nargs="+", default=[1280])
    parser.add_argument("--threshold", type=float, default=0.25)
    parser.add_argument("--with-nms", action="store_true", help="use the head that needs NMS")
    args = parser.parse_args()
    model = YOLO(args.weights, task="detect")
    for folder in args.folders:
        for imgsz in args.imgsz:
            score, seconds = measure(
                model, folder, imgsz=imgsz, threshold=args.threshold, nms_free=not args.with_nms
            )
            print(
                f"{folder.name:12} {imgsz:5d} px  AP@0.5 {score.average_precision:.3f}  "
                f"precision {score.precision:.3f}  recall {score.recall:.3f} at {args.threshold}  "
                f"best F1 {score.best_f1:.3f} at {score.best_f1_at:.2f}  "
                f"({score.packs} packs, {seconds:.2f} s a picture)"
            )


if __name__ == "__main__":
    main()
