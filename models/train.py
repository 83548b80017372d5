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
from datasets.yolo import CLASSES, MOST_LABELS, convert
from models.export import export

Settings = dict[str, Any]


def rendered_cuts(
    parts: list[Settings], scenes: Settings, *, work: Path, out: Path, photos: PhotoArtwork | None
) -> list[str]:
    """Render the scenes that are missing and cut them into training pictures, once.

    Args:
        parts: Each stretch of scenes: first number (`seed`), `count`, `cuts` a scene, and
            where they differ from `scenes` their `size` and `most_labels`; `kind` is drawn (when
            left out), cluttered, misleading, or traced. Or a `folder` of pictures with boxes in
            `work`/scenes. An epoch sees it so many `times`, once when left out.
        scenes: Size of a scene and of a training picture, and the `classes` to learn.
        work: Holds the scenes of all rounds, so that a scene is rendered once.
        out: Where the pictures and labels of each part go.
        photos: Photographs as artwork.

    Returns:
        Folders of pictures, each as often as an epoch sees it.
    """
    seen = []
    for number, part in enumerate(parts):
        part = {"kind": "drawn", "most_labels": MOST_LABELS, "times": 1, "classes": CLASSES,
                **scenes, **part}  # fmt: skip
        w, h = (int(side) for side in part["size"].split("x"))
        folder = work / "scenes" / (part.get("folder") or f"from-{part['seed']}")
        if "folder" in part and not folder.is_dir():
            raise SystemExit(
                f"{folder} is missing. Make it with `python -m datasets.windows` or "
                "`python -m datasets.collected`, see the card of the set in datasets/cards/."
            )
        folder.mkdir(parents=True, exist_ok=True)
        for seed in range(part.get("seed", 0), part.get("seed", 0) + part.get("count", 0)):
            if (folder / f"scene_{seed:04d}.json").exists():
                continue
            if part["kind"] == "traced":
                raise SystemExit(
                    f"Scene {seed} is missing in {folder}. Tracing needs an environment of its "
                    "own: make the scenes there with `python -m datasets.generate --traced`, see "
                    "datasets/cards/generated-scenes.md."
                )
            make_scene(seed, (w, h), folder, photos, kind=part["kind"])
        pictures = out / f"part-{number}"
        seen += [str((pictures / "images").resolve())] * part["times"]
        done = pictures / "done"
        if not done.exists():
            convert(
                folder,
                pictures,
                cuts=part["cuts"],
                side_px=part["side_px"],
                seed=number,
                most_labels=part["most_labels"],
                classes=part["classes"],
            )
            done.touch()
    return seen


def prepared_data(
    round_: Settings, settings: Settings, *, work: Path, here: Path, photos: PhotoArtwork | None
) -> Path:
    """Make a round's training and validation pictures and return the data set's YAML file."""
    scenes = settings["scenes"]
    validation = [scenes["validation"]]
    data = {
        "path": str(here.resolve()),
        "train": rendered_cuts(
            round_["data"], scenes, work=work, out=here / "train", photos=photos
        ),
        "val": rendered_cuts(validation, scenes, work=work, out=here / "val", photos=photos),
        "names": dict(enumerate(CLASSES)),
    }
    path = here / "data.yaml"
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


def train(round_: Settings, settings: Settings, *, data: Path, here: Path, start: Path) -> Path:
    """Train one round, or go on with a stopped one, and return its checkpoint."""
    last = here / "run" / "weights" / "last.pt"
    # Ultralytics marks a finished run with epoch -1; anything else was interrupted.
    if last.exists() and torch.load(last, weights_only=False).get("epoch", -1) >= 0:
        YOLO(last).train(resume=True)
    elif not last.exists():
        fresh_model(settings, here, start).train(
            data=str(data),
            project=str(here.resolve()),
            name="run",
            exist_ok=True,
            device=0 if torch.cuda.is_available() else "cpu",
            **(settings["train"] | round_.get("train", {})),
        )
    return last


def main() -> None:
    """Read the command line and go from data to weights, round by round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("settings", type=Path)
    parser.add_argument("--start", type=Path, required=True, help="start weights")
    parser.add_argument("--work", type=Path, required=True, help="folder for data and run")
    parser.add_argument("--artwork", type=Path, default=None, help="photographs worn by packs")
    parser.add_argument("--out", type=Path, default=None, help="ONNX file to write")
    args = parser.parse_args()
    settings = yaml.safe_load(args.settings.read_text(encoding="utf-8"))
    cv2.setNumThreads(1)
    photos = PhotoArtwork(args.artwork) if args.artwork else None
    checkpoint = args.start
    for number, round_ in enumerate(settings["rounds"], start=1):
        here = args.work / f"round-{number}"
        here.mkdir(parents=True, exist_ok=True)
        data = prepared_data(round_, settings, work=args.work, here=here, photos=photos)
        checkpoint = train(round_, settings, data=data, here=here, start=checkpoint)
    export(checkpoint, args.out or args.settings.with_suffix(".onnx"), **settings["export"])


if __name__ == "__main__":
    main()
