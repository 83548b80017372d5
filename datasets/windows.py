"""Cuts labelled parts out of photos: `python -m datasets.windows LABELS.json PHOTOS_DIR OUT`.

Where only parts of a photo are labelled in full, only those parts can train: a pack without a box
would teach that it is none. OUT gets each part as a picture with a `<stem>.json` beside it, as
`datasets.collected` writes whole photos, and `datasets.yolo` cuts training pictures from both.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

LEAST_INSIDE = 0.4
"""A thing of which a window shows less than this share has no box there."""


def cut_windows(labels: Path, photos: Path, out: Path) -> int:
    """Write the labelled parts of photos and return how many.

    Args:
        labels: For each photo the windows `(x1, y1, x2, y2)` in pixels, each with the boxes of its
            classes, in pixels of the photo.
        photos: Folder with the photos; those that are not there are an error.
        out: Folder to write to.

    Raises:
        FileNotFoundError: A photo is missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, windows in json.loads(labels.read_text(encoding="utf-8"))["photos"].items():
        photo = cv2.imread(str(photos / name))
        if photo is None:
            raise FileNotFoundError(
                f"{photos / name} is missing or no picture; {labels} has boxes for it. The set's "
                "card says where to get it."
            )
        for number, window in enumerate(windows):
            x1, y1, x2, y2 = window.pop("window_xyxy_px")
            boxes = []
            for label, drawn in window.items():
                for box in np.array(drawn, float).reshape(-1, 4):
                    inside = np.clip(box, (x1, y1, x1, y1), (x2, y2, x2, y2))
                    if _area(inside) >= LEAST_INSIDE * _area(box):
                        corners = (inside - (x1, y1, x1, y1)).tolist()
                        boxes.append({"class": label, "xyxy": corners})
            stem = f"{Path(name).stem}_{number}"
            cv2.imwrite(
                str(out / f"{stem}.jpg"), photo[y1:y2, x1:x2], [cv2.IMWRITE_JPEG_QUALITY, 94]
            )
            text = json.dumps({"image": f"{stem}.jpg", "boxes": boxes})
            (out / f"{stem}.json").write_text(text, encoding="utf-8")
            count += 1
    return count


def _area(box: np.ndarray) -> float:
    return float((box[2] - box[0]) * (box[3] - box[1]))


def main() -> None:
    """Read the command line and cut."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labels", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    print(f"{cut_windows(args.labels, args.photos, args.out)} pictures")


if __name__ == "__main__":
    main()
