"""From nothing but settings to weights: render scenes, cut them, train, export to ONNX.

`python -m models.train models/shelf-detector.yaml --start WEIGHTS.safetensors --work DIR`

A run that was stopped goes on where it stopped: rendered scenes, cuts and finished epochs are kept
in the working folder. A GPU is used when there is one.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("YOLO_OFFLINE", "true")

import cv2
import torch
import ultralytics
import yaml
from safetensors.torch import load_file
from ultralytics import YOLO

from datasets.generate import make_scene
from datasets.shelfgen.artwork import PhotoArtwork
from datasets.yolo import CLASSES, convert
from models.export import export

Settings = dict[str, Any]


def prepared_data(settings: Settings, work: Path, artwork: Path | None) -> Path:
    """Render the scenes that are missing, cut them, and return the data set's YAML file."""
    scenes = settings["scenes"]
    w, h = (int(side) for side in scenes["size"].split("x"))
    photos = PhotoArtwork(artwork) if artwork else None
    last = scenes["seed"] + scenes["count"]
    parts = {
        "train": range(scenes["seed"], last),
        "val": range(last, last + scenes["validation_count"]),
    }
    for part, seeds in parts.items():
        folder = work / part / "scenes"
        folder.mkdir(parents=True, exist_ok=True)
        for seed in seeds:
            if not (folder / f"scene_{seed:04d}.json").exists():
                make_scene(seed, (w, h), folder, photos)
        if not (work / part / "data.yaml").exists():
            convert(
                folder,
                work / part,
                cuts=scenes["cuts"],
                side_px=scenes["side_px"],
                seed=scenes["seed"],
            )
    names = dict(enumerate(CLASSES))
    data = {
        "path": str(work.resolve()),
        "train": "train/images",
        "val": "val/images",
        "names": names,
    }
    path = work / "data.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def tensors(start: Path) -> dict[str, torch.Tensor]:
    """Return weights by name from a .safetensors file or a checkpoint of an earlier run (.pt)."""
    if start.suffix == ".safetensors":
        return load_file(start)
    checkpoint = torch.load(start, weights_only=False)
    return (checkpoint.get("ema") or checkpoint["model"]).state_dict()


def fresh_model(settings: Settings, work: Path, start: Path) -> YOLO:
    """Return the architecture with the start weights in every layer whose name and shape fit.

    Args:
        settings: The settings file's content.
        work: Where the architecture's file and the first checkpoint are written.
        start: File with tensors by name, see `tensors`.
    """
    wanted = settings["model"]
    family = Path(ultralytics.__file__).parent / "cfg" / "models" / "v5" / "yolov5.yaml"
    layers = yaml.safe_load(family.read_text(encoding="utf-8"))
    layers |= {"nc": len(CLASSES), "end2end": wanted["end2end"], "reg_max": wanted["reg_max"]}
    architecture = work / f"{wanted['architecture']}-shelf.yaml"
    architecture.write_text(yaml.safe_dump(layers), encoding="utf-8")
    model = YOLO(architecture, task="detect")
    own = model.model.state_dict()
    fitting = {
        name: tensor.float()
        for name, tensor in tensors(start).items()
        if name in own and own[name].shape == tensor.shape
    }
    model.model.load_state_dict(fitting, strict=False)
    # Training builds the network anew from a checkpoint; weights set in memory would be lost.
    checkpoint = work / "start.pt"
    model.save(checkpoint)
    return YOLO(checkpoint)


def train(settings: Settings, *, data: Path, work: Path, start: Path) -> Path:
    """Train, or go on with a stopped run, and return the last checkpoint."""
    last = work / "run" / "weights" / "last.pt"
    if last.exists() and torch.load(last, weights_only=False).get("epoch", -1) >= 0:
        YOLO(last).train(resume=True)
        return last
    if not last.exists():
        fresh_model(settings, work, start).train(
            data=str(data),
            project=str(work.resolve()),
            name="run",
            exist_ok=True,
            device=0 if torch.cuda.is_available() else "cpu",
            **settings["train"],
        )
    return last


def main() -> None:
    """Read the command line and go from data to weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("settings", type=Path)
    parser.add_argument("--start", type=Path, required=True, help="start weights")
    parser.add_argument("--work", type=Path, required=True, help="folder for data and run")
    parser.add_argument("--artwork", type=Path, default=None, help="photographs worn by packs")
    parser.add_argument("--out", type=Path, default=None, help="ONNX file to write")
    args = parser.parse_args()
    settings = yaml.safe_load(args.settings.read_text(encoding="utf-8"))
    cv2.setNumThreads(1)
    args.work.mkdir(parents=True, exist_ok=True)
    data = prepared_data(settings, args.work, args.artwork)
    checkpoint = train(settings, data=data, work=args.work, start=args.start)
    export(checkpoint, args.out or args.settings.with_suffix(".onnx"), **settings["export"])


if __name__ == "__main__":
    main()
