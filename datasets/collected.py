"""Turns public sets of real shelf photos into truth: `python -m datasets.collected SOURCE OUT`.

Two exports cover what the hubs of public sets give: COCO (one JSON beside the pictures) and YOLO
(a .txt per picture, names in data.yaml). OUT gets each picture with a `<stem>.json` beside it in
the form of boxes drawn by hand, which `inspector evaluate` measures on and `datasets.yolo` trains
from. Write the set's card (`datasets/cards/`) first: a licence that forbids it keeps a set out.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from PIL import Image

PICTURES = (".jpg", ".jpeg", ".png", ".webp")


@dataclass(frozen=True)
class Labelled:
    """A picture with its boxes: class name and corners in pixels."""

    picture: Path
    boxes: tuple[tuple[str, tuple[float, float, float, float]], ...]


class CollectedError(ValueError):
    """A set does not fit its format; says which file, where and what was expected."""


def from_coco(annotations: Path) -> Iterator[Labelled]:
    """Yield the pictures of a COCO file; they lie beside it or in `images/` beside it."""
    try:
        content = json.loads(annotations.read_text(encoding="utf-8"))
        names = {row["id"]: row["name"] for row in content["categories"]}
        boxes = defaultdict(list)
        for row in content["annotations"]:
            x, y, w, h = row["bbox"]
            boxes[row["image_id"]].append((names[row["category_id"]], (x, y, x + w, y + h)))
        files = [(row["id"], row["file_name"]) for row in content["images"]]
    except (ValueError, KeyError, TypeError) as error:
        raise CollectedError(
            f"{annotations} is no COCO file: {error!r}. Expected images, annotations with bbox "
            f"[x, y, width, height] and categories. Export the set again as COCO."
        ) from error
    for image_id, name in files:
        yield Labelled(_picture(annotations.parent, name), tuple(boxes[image_id]))


def from_yolo(folder: Path) -> Iterator[Labelled]:
    """Yield the pictures under a folder with data.yaml; `images` in a path pairs with `labels`."""
    settings = yaml.safe_load((folder / "data.yaml").read_text(encoding="utf-8"))
    names = settings["names"]
    by_number = names if isinstance(names, dict) else dict(enumerate(names))
    for picture in sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURES):
        parts = ["labels" if part == "images" else part for part in picture.parts]
        labels = Path(*parts).with_suffix(".txt")
        if not labels.exists():
            continue
        with Image.open(picture) as opened:
            w, h = opened.size
        boxes = []
        for number, line in enumerate(labels.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                label, cx, cy, bw, bh = line.split()
                x, y, half_w, half_h = (
                    float(cx) * w, float(cy) * h, float(bw) * w / 2, float(bh) * h / 2,
                )  # fmt: skip
                boxes.append(
                    (by_number[int(label)], (x - half_w, y - half_h, x + half_w, y + half_h))
                )
            except (ValueError, KeyError) as error:
                raise CollectedError(
                    f"{labels}, line {number}: '{line}' is no box ({error!r}). Expected class "
                    f"number, centre x, centre y, width and height, each a share of the picture."
                ) from error
        yield Labelled(picture, tuple(boxes))


def _picture(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / "images" / name):
        if path.is_file():
            return path
    raise CollectedError(
        f"The picture {name} is neither in {folder} nor in {folder / 'images'}. Put it there, or "
        f"export the set again with its pictures."
    )


def collect(source: Path, out: Path, classes: Mapping[str, str]) -> int:
    """Write every picture with its truth to `out` and return how many there are.

    Args:
        source: A COCO file, or the folder of a YOLO export.
        out: Folder to write to.
        classes: Class of the set to class of the truth (pack, price_label, carton, ignore);
            a class that is not named is left out.

    Raises:
        CollectedError: The set does not fit its format.
    """
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for labelled in from_coco(source) if source.is_file() else from_yolo(source):
        with Image.open(labelled.picture) as opened:
            size = opened.size
        truth = {
            "image": labelled.picture.name,
            "image_wh": list(size),
            "boxes": [
                {"class": classes[name], "xyxy": [round(edge, 1) for edge in box]}
                for name, box in labelled.boxes
                if name in classes
            ],
        }
        shutil.copyfile(labelled.picture, out / labelled.picture.name)
        path = (out / labelled.picture.name).with_suffix(".json")
        path.write_text(json.dumps(truth), encoding="utf-8")
        count += 1
    return count


def main() -> None:
    """Read the command line and collect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="COCO file, or folder of a YOLO export")
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--class",
        dest="classes",
        action="append",
        required=True,
        metavar="THEIRS=OURS",
        help="for example object=pack; may be repeated, others are left out",
    )
    args = parser.parse_args()
    classes = dict(pair.split("=", 1) for pair in args.classes)
    print(f"{collect(args.source, args.out, classes)} pictures")


if __name__ == "__main__":
    main()
