"""How well a detector finds packs: `python -m models.measure WEIGHTS TRUTH_DIR --imgsz 1280`.

Truth is either hand-drawn ({"boxes": [{"class": "pack|carton|ignore", "xyxy": ...}]}) or a scene's
({"packs": [{"bbox", "visible"}]}, of which packs half hidden or more count neither way).
A find that matches no pack but lies mostly on such a soft box counts neither way.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("YOLO_OFFLINE", "true")

import numpy as np
from numpy.typing import NDArray
from ultralytics import YOLO

Array = NDArray[np.float64]
LEAST_VISIBLE = 0.5


@dataclass(frozen=True)
class Score:
    """Counts of one test set at one threshold, and the area under its curve."""

    average_precision: float
    precision: float
    recall: float
    packs: int
    best_f1: float
    best_f1_at: float


def overlaps(a: Array, b: Array) -> tuple[Array, Array]:
    """Return IoU and the share of each `a` inside each `b`, both (N, M), of xyxy boxes."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(-1)
    area_a, area_b = ((q[:, 2:] - q[:, :2]).prod(-1) for q in (a, b))
    union = area_a[:, None] + area_b[None] - common
    return common / np.maximum(union, 1e-9), common / np.maximum(area_a[:, None], 1e-9)


def truth_boxes(truth: dict[str, Any]) -> tuple[Array, Array]:
    """Return the packs that must be found and the soft boxes, both (N, 4) xyxy in pixels."""
    if "packs" in truth:
        hard = [p["bbox"] for p in truth["packs"] if p["visible"] >= LEAST_VISIBLE]
        soft = [p["bbox"] for p in truth["packs"] if p["visible"] < LEAST_VISIBLE]
    else:
        hard = [b["xyxy"] for b in truth["boxes"] if b["class"] == "pack"]
        soft = [b["xyxy"] for b in truth["boxes"] if b["class"] != "pack"]
    return np.array(hard, float).reshape(-1, 4), np.array(soft, float).reshape(-1, 4)


def matched(found: Array, confidence: Array, hard: Array, soft: Array) -> list[tuple[float, bool]]:
    """Return confidence and hit of every find that counts, surest first."""
    iou = overlaps(found, hard)[0]
    inside = overlaps(found, soft)[1].max(1) if len(soft) else np.zeros(len(found))
    free = np.ones(len(hard), bool)
    rows = []
    for k in np.argsort(-confidence):
        fitting = np.where(free, iou[k], 0.0) if len(hard) else np.zeros(1)
        if fitting.max() >= 0.5:
            free[fitting.argmax()] = False
            rows.append((float(confidence[k]), True))
        elif inside[k] < 0.5:
            rows.append((float(confidence[k]), False))
    return rows


def scored(rows: list[tuple[float, bool]], packs: int, threshold: float) -> Score:
    """Sum up the finds of a whole test set."""
    rows = sorted(rows, key=lambda row: -row[0])
    hit = np.array([h for _, h in rows], float)
    recall = hit.cumsum() / max(packs, 1)
    precision = hit.cumsum() / np.arange(1, len(hit) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    kept = [h for c, h in rows if c >= threshold]
    best = int(f1.argmax()) if len(f1) else 0
    return Score(
        float(np.sum(np.diff(np.r_[0, recall]) * envelope)),
        sum(kept) / max(len(kept), 1), sum(kept) / max(packs, 1), packs,
        float(f1[best]) if len(f1) else 0.0, rows[best][0] if rows else 0.0,
    )  # fmt: skip


def measure(
    model: YOLO, folder: Path, *, imgsz: int, threshold: float, nms_free: bool
) -> tuple[Score, float]:
    """Return the score on a folder of pictures with truth, and seconds a picture."""
    rows: list[tuple[float, bool]] = []
    packs, seconds = 0, []
    for path in sorted(folder.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        began = time.perf_counter()
        found = model.predict(
            folder / truth["image"],
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
        hard, soft = truth_boxes(truth)
        rows += matched(boxes, found.conf.cpu().numpy()[is_pack], hard, soft)
        packs += len(hard)
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
