"""Writes a checkpoint as ONNX: `python -m models.export CHECKPOINT.pt OUT.onnx`.

Beside it goes OUT.json, by which the program checks the weights before it uses them.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("YOLO_OFFLINE", "true")

import onnx
from ultralytics import YOLO

from datasets.yolo import CLASSES
from inspector.vision.detector import FAINTEST, MAX_DETECTIONS
from models.identity import Calibration, write_identity

SUPPRESSION_IOU = 0.6
"""Boxes of one class that overlap more than this are one thing."""


def export(
    checkpoint: Path,
    out: Path,
    *,
    imgsz: int = 1280,
    max_det: int = MAX_DETECTIONS,
    threshold: float = 0.25,
    nms_free: bool = True,
    reliable: Sequence[str] = ("pack",),
    calibration: Calibration = MappingProxyType({}),
) -> Path:
    """Write the weights as ONNX with free picture size and return the file.

    Args:
        checkpoint: A checkpoint of Ultralytics.
        out: The ONNX file to write.
        imgsz: Longest side in pixels at which the weights were measured and should be used.
        max_det: Most things found in one picture.
        threshold: Confidence from which a find counts.
        reliable: Classes found well enough for their absence to mean something.
        calibration: By class, pairs of a confidence and the share of such finds that are right.
        nms_free: Use the head that gives each thing one box; else the one that needs NMS, which is
            written into the file, so that nothing but ONNX Runtime is needed after it.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch = out.parent / f".{out.stem}.pt"
    shutil.copy(checkpoint, scratch)
    model = YOLO(scratch)
    model.model.model[-1].max_det = max_det
    written = model.export(
        format="onnx",
        imgsz=imgsz,
        dynamic=True,
        simplify=False,
        max_det=max_det,
        **({"nms": False} if nms_free else {"nms": True, "conf": FAINTEST, "iou": SUPPRESSION_IOU}),
    )
    scratch.unlink()
    network = onnx.load(written)
    for entry in network.metadata_props:
        if entry.key == "description":
            entry.value = f"{out.stem}: what it is and what it learned from stands on its card."
    onnx.save(network, written)
    Path(written).replace(out)
    write_identity(
        out,
        classes=CLASSES,
        imgsz=imgsz,
        threshold=threshold,
        reliable=reliable,
        calibration=calibration,
    )
    return out


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--imgsz", type=int, default=1280)
    parser.add_argument("--threshold", type=float, default=0.25)
    parser.add_argument("--with-nms", action="store_true", help="use the head that needs NMS")
    args = parser.parse_args()
    export(
        args.checkpoint,
        args.out,
        imgsz=args.imgsz,
        threshold=args.threshold,
        nms_free=not args.with_nms,
    )


if __name__ == "__main__":
    main()
