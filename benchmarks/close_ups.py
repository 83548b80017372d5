"""What close-ups settle of a photo of the whole fixture: `python -m benchmarks.close_ups FOLDER`.

Each picture of the folder, 8 megapixels or so, is taken as if from afar, at 1600 pixels, and in
four close-ups that overlap. Printed: what packs are taken for and how many findings ask for
something, before and with the close-ups, and how many photos of different fixtures were joined.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations, product
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.capture.photo import photo_from_bytes
from inspector.catalogue.matching import DatedMatcher
from inspector.domain.facts import Site
from inspector.domain.report import InspectionReport
from inspector.domain.scene import SeenCapture
from inspector.domain.verdict import Outcome
from inspector.evaluation.machine import commit, hardware
from inspector.inspection import default_reader, judge_captures, register_in_use, see
from inspector.joining import joined

FAR_PX = 1600
PART_SHARE, STEP_SHARE = 0.55, 0.45
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    matchers, reader = DatedMatcher(register_in_use()), default_reader()
    seen: dict[str, list[SeenCapture]] = {}
    for path in sorted(parser.parse_args().folder.glob("*.jpg")):
        pictures = photos_of(np.asarray(cv2.imread(str(path)), np.uint8))
        seen[path.stem] = [
            see(photo_from_bytes(data, file=name), reader) for name, data in pictures
        ]
    print(f"{hardware()}, commit {commit()}")
    for name, photos in seen.items():
        told = [told_to_be_of(name, one) for one in photos]
        for what, group in (("from afar", told[:1]), ("with close-ups", told)):
            report = judge_captures(
                group, model={}, matchers=matchers, site=Site(None, NOW.date()), created_at=NOW
            )
            print(f"{name} {what}: {said(report)}")
    pairs = [
        pair for some, others in combinations(seen.values(), 2) for pair in product(some, others)
    ]
    wrong = sum(
        any(one.closer for one in joined([told_to_be_of("one", one) for one in pair]))
        for pair in pairs
    )
    print(f"photos of different fixtures, told to be of one: {wrong} of {len(pairs)} pairs joined")


def told_to_be_of(fixture: str, seen: SeenCapture) -> SeenCapture:
    """Return a photo of which a person says what fixture it shows."""
    return replace(seen, told=replace(seen.told, fixture=fixture))


def photos_of(picture_bgr: NDArray[np.uint8]) -> Iterator[tuple[str, bytes]]:
    """Yield file names and JPEGs: the whole from afar, then its parts."""
    height, width = picture_bgr.shape[:2]
    scale = FAR_PX / max(height, width)
    far = cv2.resize(picture_bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    yield "far.jpg", cv2.imencode(".jpg", far)[1].tobytes()
    for n, (down, along) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1)), start=1):
        top, left = (int(STEP_SHARE * k * side) for k, side in ((down, height), (along, width)))
        part = picture_bgr[top : top + int(PART_SHARE * height), left:][
            :, : int(PART_SHARE * width)
        ]
        yield f"near{n}.jpg", cv2.imencode(".jpg", part)[1].tobytes()


def said(report: InspectionReport) -> str:
    """Return what packs of the first photo are taken for, and how much is open in all photos."""
    goods = Counter(pack.goods.value for pack in report.captures[0].facts.packs)
    is_open = sum(verdict.outcome is Outcome.CANT_TELL for verdict in report.verdicts)
    n_judged = sum(not inspected.facts.shown_in for inspected in report.captures)
    of_goods = ", ".join(f"{name} {n}" for name, n in sorted(goods.items()))
    return f"{of_goods}; open {is_open}; photos judged {n_judged} of {len(report.captures)}"


if __name__ == "__main__":
    main()
