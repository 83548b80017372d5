"""Pictures of what the shipped detector gets wrong: `python -m models.failures TRUTH_DIR OUT.jpg`.

For its card. Show it scenes with drawn artwork only, which no round has seen.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.capture.photo import read_photo
from inspector.domain.verdict import Box
from inspector.evaluation.score import matched
from inspector.evaluation.truth import Truth, load_truths
from inspector.vision.detector import ShelfDetector
from inspector.vision.weights import shipped_weights

TILE_PX, ACROSS, MOST_OF_A_KIND, MOST_OF_A_SCENE = 240, 6, 12, 2
CONTEXT = 1.6
"""A tile shows so many times the longer side of what is wrong."""

MISSED_BGR, FALSE_BGR, FOUND_BGR = (0, 170, 0), (0, 0, 230), (230, 160, 0)


@dataclass(frozen=True)
class Failure:
    """A pack that was missed, or a find that is none; the surest and largest first."""

    is_missed: bool
    weight: float
    box: Box


def main() -> None:
    """Write the sheet: packs that were missed above, finds that are none below."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("truth", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    detector = ShelfDetector(*shipped_weights())
    tiles: dict[bool, list[NDArray[np.uint8]]] = {True: [], False: []}
    for truth in load_truths(args.truth):
        image_bgr = read_photo(truth.picture).image_bgr
        found = [d for d in detector.detect(image_bgr) if d.label == "pack" and d.counts]
        boxes = np.array([d.box_xyxy_px for d in found], float).reshape(-1, 4)
        confidences = np.array([d.confidence for d in found])
        failures = sorted(_failures(truth, boxes, confidences), key=lambda one: -one.weight)
        for is_missed, of_kind in tiles.items():
            worst = [one for one in failures if one.is_missed is is_missed][:MOST_OF_A_SCENE]
            of_kind += [_tile(image_bgr, one, boxes) for one in worst]
    sheet = [one for of_kind in tiles.values() for one in _rows(of_kind[:MOST_OF_A_KIND])]
    cv2.imwrite(str(args.out), np.vstack(sheet), [cv2.IMWRITE_JPEG_QUALITY, 80])


def _failures(
    truth: Truth, boxes: NDArray[np.float64], confidences: NDArray[np.float64]
) -> Iterator[Failure]:
    true_boxes = [pack.box_xyxy_px for pack in truth.packs]
    fits = dict(matched(boxes, confidences, true_boxes, truth.soft_boxes))
    for number, of_pack in fits.items():
        if of_pack is None:
            x1, y1, x2, y2 = boxes[number].tolist()
            yield Failure(False, float(confidences[number]), (x1, y1, x2, y2))
    for number, box in enumerate(true_boxes):
        if number not in fits.values():
            yield Failure(True, (box[2] - box[0]) * (box[3] - box[1]), box)


def _tile(
    image_bgr: NDArray[np.uint8], failure: Failure, boxes: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """Return a square of the photo with what is wrong in it, and what was found beside it."""
    x1, y1, x2, y2 = failure.box
    side = CONTEXT * max(x2 - x1, y2 - y1)
    scale = TILE_PX / side
    left, top = (x1 + x2 - side) / 2, (y1 + y2 - side) / 2
    move = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    tile = cv2.warpAffine(image_bgr, move, (TILE_PX, TILE_PX), flags=cv2.INTER_LINEAR)
    drawn = [(box, FOUND_BGR, 1) for box in boxes.tolist()]
    wrong = (failure.box, MISSED_BGR if failure.is_missed else FALSE_BGR, 3)
    for (bx1, by1, bx2, by2), colour, thick in (*drawn, wrong):
        first = round((bx1 - left) * scale), round((by1 - top) * scale)
        last = round((bx2 - left) * scale), round((by2 - top) * scale)
        cv2.rectangle(tile, first, last, colour, thick)
    return np.asarray(cv2.copyMakeBorder(tile, 0, 4, 0, 4, cv2.BORDER_CONSTANT), np.uint8)


def _rows(tiles: list[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
    for start in range(0, len(tiles), ACROSS):
        row = tiles[start : start + ACROSS]
        row += [np.zeros_like(row[0])] * (ACROSS - len(row))
        yield np.hstack(row)


if __name__ == "__main__":
    main()
