"""Makes shelf scenes with truth: `python -m datasets.generate --count 10 --seed 1 --out DIR`."""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path

import cv2
import numpy as np

from datasets.shelfgen.artwork import PhotoArtwork
from datasets.shelfgen.cluttered import cluttered_stage
from datasets.shelfgen.photo import Lens, save_jpeg, taken
from datasets.shelfgen.scene import misleading_stage, random_stage
from datasets.shelfgen.truth import described

KINDS = {"drawn": random_stage, "cluttered": cluttered_stage, "misleading": misleading_stage}
EPOCH = datetime.datetime(2026, 1, 1, 9, 0)


def make_scene(
    seed: int,
    image_wh: tuple[int, int],
    out: Path,
    photos: PhotoArtwork | None = None,
    *,
    kind: str = "drawn",
    traced: bool = False,
) -> Path:
    """Render scene number `seed` and write `scene_NNNN.jpg` and `.json`; returns the JSON's path.

    Args:
        seed: Decides everything; also the file's number.
        image_wh: Width and height in pixels; upright in half of the scenes.
        out: Folder to write to.
        photos: Photographs as artwork, for training pictures only.
        kind: One of KINDS: by chance, full of climbing aids and people, or of misleading packs.
        traced: With real light, see `pathtrace`.
    """
    rng = np.random.default_rng(seed)
    if rng.random() < 0.4:
        image_wh = image_wh[::-1]
    stage, scenario = KINDS[kind](rng, image_wh, photos)
    if traced:
        from datasets.shelfgen import pathtrace  # bpy is no dependency of the project

        picture, ids = pathtrace.traced(stage, threads=cv2.getNumThreads())
    else:
        picture, ids = stage.render()
    lens = Lens.by_chance(rng)
    name = f"scene_{seed:04d}"
    save_jpeg(
        out / f"{name}.jpg",
        taken(picture, lens, rng),
        quality=lens.jpeg_quality,
        focal_35mm=stage.camera.focal_35mm,
        taken_at=EPOCH + datetime.timedelta(minutes=seed),
    )
    truth = described(stage, ids, image=f"{name}.jpg", seed=seed, scenario=scenario)
    path = out / f"{name}.json"
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def main() -> None:
    """Read the command line and make the scenes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1, help="number of the first scene")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", default="1600x1200", help="WIDTHxHEIGHT in pixels")
    parser.add_argument(
        "--artwork",
        type=Path,
        default=None,
        help="folder with packs/, goods/, otc_packs/ photographs: for training pictures only",
    )
    parser.add_argument(
        "--kind", choices=tuple(KINDS), default="drawn",
        help="cluttered: wide views full of climbing aids and signs; misleading: packs that pass "
        "for several, or for none",
    )  # fmt: skip
    parser.add_argument(
        "--traced", action="store_true", help="path-traced; needs the environment of bpy"
    )
    args = parser.parse_args()
    w, h = (int(side) for side in args.size.split("x"))
    cv2.setNumThreads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    photos = PhotoArtwork(args.artwork) if args.artwork else None
    for seed in range(args.seed, args.seed + args.count):
        make_scene(seed, (w, h), args.out, photos, kind=args.kind, traced=args.traced)


if __name__ == "__main__":
    main()
