"""Turns scenes into a detector's training set: `python -m datasets.yolo SCENES_DIR OUT_DIR`.

Each scene gives one whole picture and some square cuts of it, all about `--side` pixels, so that a
detector meets packs both as specks and filling its view. Labels are in Ultralytics' YOLO format.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import cv2
import numpy as np

CLASSES = (
    "pack", "price_label", "sign", "product_card", "divider", "stool", "kick_stool", "ladder",
    "steps", "pallet", "crate", "person", "door",
)  # fmt: skip
SIGN_CLASS = {
    "price_label": "price_label",
    "product_card": "product_card",
    "category": "sign",
    "advert": "sign",
}
# Least visible share of a thing that gets a label; less than that is nobody's fault to miss.
LEAST_VISIBLE = {"pack": 0.45, "price_label": 0.4, "product_card": 0.4, "sign": 0.35}
LEAST_VISIBLE_OTHER = 0.2
LEAST_SIDE_PX = 4.0
# A training step's cost grows with labels times pixels; a crowded whole is left to its cuts.
MOST_LABELS = 120


def labelled(truth: dict[str, Any]) -> list[tuple[str, list[float], float]]:
    """Return class, box and visible share of everything in a picture that has a class."""
    if "boxes" in truth:  # drawn by hand: only what is in view has a box
        return [(b["class"], b["xyxy"], 1.0) for b in truth["boxes"] if b["class"] in CLASSES]
    found = [("pack", p["bbox"], p["visible"]) for p in truth["packs"]]
    found += [(SIGN_CLASS[s["kind"]], s["bbox"], s["visible"]) for s in truth["signs"]]
    found += [("divider", d["bbox"], d["visible"]) for d in truth["dividers"]]
    found += [
        ("steps" if a["kind"] == "podium" else a["kind"], a["bbox"], a["visible"])
        for a in truth["aids"]
    ]
    found += [("person", p["bbox"], p["visible"]) for p in truth.get("persons", ())]
    found += [("door", d["bbox"], d["visible"]) for d in truth.get("doors", ())]
    return found


def label_lines(
    truth: dict[str, Any],
    window_xyxy_px: tuple[float, float, float, float],
    scale: float,
    classes: Collection[str] = CLASSES,
) -> list[str]:
    """Return the YOLO lines of a window of a scene.

    Args:
        truth: The scene's truth.
        window_xyxy_px: The part of the picture that is cut out.
        scale: How much the cut is resized; decides which boxes are too small to keep.
        classes: What gets a line; a class keeps its number whichever they are.
    """
    x0, y0, x1, y1 = window_xyxy_px
    lines = []
    for name, box, visible in labelled(truth):
        if name not in classes:
            continue
        clipped = np.clip(box, (x0, y0, x0, y0), (x1, y1, x1, y1))
        w, h = clipped[2] - clipped[0], clipped[3] - clipped[1]
        if min(w, h) * scale < LEAST_SIDE_PX:
            continue
        inside = w * h / max((box[2] - box[0]) * (box[3] - box[1]), 1e-6)
        if visible * inside < LEAST_VISIBLE.get(name, LEAST_VISIBLE_OTHER):
            continue
        cx, cy = (clipped[0] + clipped[2]) / 2 - x0, (clipped[1] + clipped[3]) / 2 - y0
        numbers = (cx / (x1 - x0), cy / (y1 - y0), w / (x1 - x0), h / (y1 - y0))
        lines.append(f"{CLASSES.index(name)} " + " ".join(f"{v:.6f}" for v in numbers))
    return lines


def convert(
    scenes: Path,
    out: Path,
    *,
    cuts: int,
    side_px: int,
    seed: int,
    most_labels: int = MOST_LABELS,
    classes: Collection[str] = CLASSES,
) -> int:
    """Write images/, labels/ and data.yaml for all scenes of a folder; returns the pictures."""
    rng = np.random.default_rng(seed)
    (out / "images").mkdir(parents=True, exist_ok=True)
    (out / "labels").mkdir(parents=True, exist_ok=True)
    count = 0
    for path in sorted(scenes.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        picture = cv2.imread(str(scenes / truth["image"]))
        h, w = picture.shape[:2]
        windows = [(0, 0, w, h)]
        for _ in range(cuts):
            # Of a strip, as a labelled rail is one, cuts are as high as it is and wider.
            most = min(w, h) if max(w, h) < 3 * min(w, h) else min(max(w, h), 2 * side_px)
            span = float(np.exp(rng.uniform(np.log(min(0.55 * side_px, most)), np.log(most))))
            side = round(min(span, most))
            x, y = int(rng.uniform(0, max(w - side, 0))), int(rng.uniform(0, max(h - side, 0)))
            windows.append((x, y, min(x + side, w), min(y + side, h)))
        for k, window in enumerate(windows):
            x0, y0, x1, y1 = window
            scale = side_px / max(x1 - x0, y1 - y0)
            lines = label_lines(truth, window, scale, classes)
            if (k and not lines) or len(lines) > most_labels:
                continue
            cut = cv2.resize(
                picture[y0:y1, x0:x1],
                None,
                fx=scale,
                fy=scale,
                interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
            )
            name = f"{path.stem}_{k}"
            cv2.imwrite(str(out / "images" / f"{name}.jpg"), cut, [cv2.IMWRITE_JPEG_QUALITY, 92])
            (out / "labels" / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
            count += 1
    names = "\n".join(f"  {k}: {name}" for k, name in enumerate(CLASSES))
    (out / "data.yaml").write_text(
        f"path: {out.resolve()}\ntrain: images\nval: images\nnames:\n{names}\n", encoding="utf-8"
    )
    return count


def main() -> None:
    """Read the command line and convert."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--cuts", type=int, default=3, help="square cuts beside the whole picture")
    parser.add_argument("--side", type=int, default=512, help="longest side in pixels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--most-labels", type=int, default=MOST_LABELS, help="leave out pictures with more"
    )
    args = parser.parse_args()
    cv2.setNumThreads(1)
    count = convert(
        args.scenes,
        args.out,
        cuts=args.cuts,
        side_px=args.side,
        seed=args.seed,
        most_labels=args.most_labels,
    )
    print(f"{count} pictures")


if __name__ == "__main__":
    main()
