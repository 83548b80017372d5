"""Reads lines of print that were cut out of a photo, letter by letter.

RapidOCR's recogniser, trained on with blurred print of a few pixels: see `models/line-reader.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.vision.networks import SmallNetwork
from inspector.vision.pack_views import LINE_PX
from inspector.vision.weights import Weights

STEP_PX = 8
"""It says letter by letter what stands every so many pixels along a line."""

LENGTHS_PX = (120, 168, 216, 288, 384)
"""Lines are lengthened with grey to one of these, or to a multiple of the longest."""

GREY = 127


@dataclass(frozen=True, slots=True, eq=False)
class ReadLine:
    """What the network makes of a line.

    Attributes:
        chances: How likely each letter is along the line, shape (letters, steps), a step every
            `STEP_PX`.
        seen: What it looks at when it says so, shape (steps, features), without unit: word by word
            more can be made of it than letter by letter.
    """

    chances: NDArray[np.float32]
    seen: NDArray[np.float32]


class LineReader:
    """Reads lines that were cut out of a photo.

    Args:
        weights: The network; its classes are the letters, and its calibration tells the share of
            right ones of a `line`, and of an `amount` in one, by how sure its letters are.
        threads: Threads of the network; None takes as many as there are cores.
    """

    def __init__(self, weights: Weights, *, threads: int | None = None) -> None:
        self.weights = weights
        self._network = SmallNetwork(weights.path, threads)

    def read(self, lines_bgr: Sequence[NDArray[np.uint8]]) -> list[ReadLine]:
        """Read lines as `View.line` cuts them out, each of shape (LINE_PX, w, 3), uint8."""
        told = self._network.told_of(
            lengthened(line, length_for(line.shape[1])) for line in lines_bgr
        )
        read = []
        for line, (chances, seen) in zip(lines_bgr, told, strict=True):
            steps = -(-line.shape[1] // STEP_PX)
            read.append(ReadLine(chances[:steps].T, seen[:steps]))
        return read


def length_for(length_px: int) -> int:
    """Return the length that a line is shown in: of few lengths, as it has learned."""
    longest = LENGTHS_PX[-1]
    return min(
        (length for length in LENGTHS_PX if length >= length_px),
        default=longest * -(-length_px // longest),
    )


def lengthened(line_bgr: NDArray[np.uint8], length_px: int) -> NDArray[np.uint8]:
    """Return a line of shape (LINE_PX, w, 3) with grey behind it up to a length."""
    more_px = length_px - line_bgr.shape[1]
    longer = cv2.copyMakeBorder(
        line_bgr, 0, 0, 0, more_px, cv2.BORDER_CONSTANT, value=(GREY, GREY, GREY)
    )
    return np.asarray(longer, np.uint8).reshape(LINE_PX, length_px, 3)
