"""Reading a shelf against reading every pack by itself: `python -m benchmarks.reading`.

Options: `--photo FILE`, `--size W H`. Without a photo, a shelf with about 120 packs is rendered
first. Both ways see the same packs in the same run, so their ratio means something on a
busy machine as well; the seconds alone do not.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR

from benchmarks.machine import SEED, SIZE
from inspector.capture.photo import read_photo
from inspector.catalogue.consensus import read_packs
from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register, brand_words
from inspector.domain.scene import Pack, TextLine
from inspector.evaluation.machine import commit, hardware
from inspector.vision.edges import find_straight_edges, slopes_at
from inspector.vision.lookalikes import looks_from_packs
from inspector.vision.scene_reader import (
    SceneReader,
    compose_scene,
    facings_for_small_print,
    facings_to_read,
)

LIMIT_S, LIMIT_RATIO = 4.0, 0.25


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photo", type=Path, default=None)
    parser.add_argument("--size", type=int, nargs=2, default=SIZE)
    args = parser.parse_args()
    reader = SceneReader()
    matcher = Matcher(Register.load().on(date.today()))
    with tempfile.TemporaryDirectory() as folder:
        photo = args.photo or rendered(Path(folder), tuple(args.size))
        image_bgr = read_photo(photo).image_bgr
    detections = reader.detector.detect(image_bgr)
    packs = compose_scene(detections, ()).packs
    boxes = [pack.box_xyxy_px for pack in packs]
    reader.text_reader.read(image_bgr, packs=boxes[:3])  # loads
    reader.name_reader.read(image_bgr, boxes[:3], [0.0] * 3, [None] * 3)
    one_by_one = RapidOCR(params={"Global.log_level": "critical"})
    one_by_one(_crop(image_bgr, packs[0]))

    start = time.perf_counter()
    looks = looks_from_packs(image_bgr, packs)
    looks_s = time.perf_counter() - start
    facings = facings_to_read(packs, looks)
    chosen = {pack.pack_id for pack in facings}
    lines = reader.text_reader.read(
        image_bgr,
        packs=[pack.box_xyxy_px for pack in facings],
        passed_over=[pack.box_xyxy_px for pack in packs if pack.pack_id not in chosen],
    )
    text_s = time.perf_counter() - start
    seen = compose_scene(detections, lines).packs
    read_boxes = {pack.box_xyxy_px for pack in facings}
    passed_over = {pack.box_xyxy_px for pack in seen} - read_boxes
    small = facings_for_small_print(seen, looks, passed_over=passed_over, brands=brand_words())
    boxes = [pack.box_xyxy_px for pack in small]
    slopes = slopes_at(find_straight_edges(image_bgr), boxes)
    of_small = [looks.get(pack.pack_id) for pack in small]
    told = reader.name_reader.read(image_bgr, boxes, slopes, of_small)
    small_print = dict(zip(boxes, told, strict=True))
    ours_s = time.perf_counter() - start
    ours = names(
        [
            replace(
                pack,
                look=looks.get(pack.pack_id),
                small_print=small_print.get(pack.box_xyxy_px, ()),
            )
            for pack in seen
        ],
        matcher,
    )

    start = time.perf_counter()
    read = [replace(pack, texts=_lines(one_by_one, image_bgr, pack)) for pack in packs]
    theirs_s = time.perf_counter() - start
    theirs = names(read, matcher)

    print(f"{datetime.now(UTC):%Y-%m-%d}  commit {commit()}  {hardware()}")
    several = len(set(looks.values()))
    print(f"{len(packs)} packs, {several} looks of several, {len(facings)} packs read")
    print(f"  looks          {looks_s:7.2f} s")
    print(f"  and text       {text_s:7.2f} s")
    print(f"  and small print {ours_s:6.2f} s  (limit {LIMIT_S:.0f} s on two idle cores)")
    print(f"  RapidOCR on every pack {theirs_s:7.2f} s")
    print(f"  ratio          {ours_s / theirs_s:7.2f}    (limit {LIMIT_RATIO})")
    both = sum(theirs.get(pack_id) == name for pack_id, name in ours.items())
    print(f"packs named: {len(ours)} by looks, {len(theirs)} one by one, {both} alike")
    print("only one by one:", dict(Counter(theirs[key] for key in theirs.keys() - ours.keys())))
    different = {key for key in ours.keys() & theirs.keys() if ours[key] != theirs[key]}
    print("named differently:", sorted((ours[key], theirs[key]) for key in different))


def names(packs: list[Pack], matcher: Matcher) -> Mapping[str, str]:
    """Return the register's names of packs that were recognised, by pack id."""
    readings = read_packs(packs, matcher)
    return {
        pack_id: reading.identity.name
        for pack_id, reading in readings.items()
        if reading.identity is not None
    }


def rendered(folder: Path, size: tuple[int, int]) -> Path:
    """Render the benchmark's photo; the seed gives a shelf with about a hundred packs."""
    from datasets.generate import make_scene

    return make_scene(SEED, size, folder).with_suffix(".jpg")


def _crop(image_bgr: NDArray[np.uint8], pack: Pack) -> NDArray[np.uint8]:
    x1, y1, x2, y2 = (max(0, round(edge)) for edge in pack.box_xyxy_px)
    return image_bgr[y1:y2, x1:x2]


def _lines(ocr: RapidOCR, image_bgr: NDArray[np.uint8], pack: Pack) -> tuple[TextLine, ...]:
    found = ocr(_crop(image_bgr, pack))
    if found.boxes is None:
        return ()
    return tuple(
        TextLine(
            text,
            (*quad.min(axis=0).tolist(), *quad.max(axis=0).tolist()),
            float(np.linalg.norm(quad[3] - quad[0])),
            float(score),
        )
        for quad, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
    )


if __name__ == "__main__":
    main()
