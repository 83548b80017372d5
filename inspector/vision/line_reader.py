"""Reads lines of print that were cut out of a photo, letter by letter.

RapidOCR's recogniser, trained on with blurred print of a few pixels: see `models/line-reader.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession

from inspector.vision.pack_views import LINE_PX
from inspector.vision.sessions import session_options
from inspector.vision.weights import Weights

STEP_PX = 8
"""It says letter by letter what stands every so many pixels along a line."""

LENGTHS_PX = (120, 168, 216, 288, 384)
"""Lines are lengthened with grey to one of these, or to a multiple of the longest."""

GREY = 127

TOGETHER = 2
"""So many lines of one length are shown to the network at once."""


class LineReader:
    """Reads lines that were cut out of a photo.

    Args:
        weights: The network; its classes are the letters, and its calibration tells the share of
            right ones of a `line`, and of an `amount` in one, by how sure its letters are, and of a
            `name` that was spotted.
        threads: Threads of the network; None takes as many as there are cores.
    """

    def __init__(self, weights: Weights, *, threads: int | None = None) -> None:
        self.weights = weights
        self._session = InferenceSession(
            str(weights.path), session_options(threads), providers=["CPUExecutionProvider"]
        )

    def chances(self, lines_bgr: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """Return how likely each letter is along each line.

        Args:
            lines_bgr: Lines as `View.line` cuts them out, each of shape (LINE_PX, w, 3), uint8.

        Returns:
            For each line shape (letters, steps), a step every `STEP_PX`.
        """
        chances: dict[int, NDArray[np.float32]] = {}
        lengths = [length_for(line.shape[1]) for line in lines_bgr]
        by_length = sorted(range(len(lines_bgr)), key=lambda k: lengths[k])
        for length, of_length in groupby(by_length, key=lambda k: lengths[k]):
            places = list(of_length)
            for start in range(0, len(places), TOGETHER):
                group = places[start : start + TOGETHER]
                told = self._told(np.stack([lengthened(lines_bgr[k], length) for k in group]))
                for k, one in zip(group, told, strict=True):
                    chances[k] = one[:, : -(-lines_bgr[k].shape[1] // STEP_PX)]
        return [chances[k] for k in range(len(lines_bgr))]

    def _told(self, lines_bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        pictures = lines_bgr.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1
        (told,) = self._session.run(None, {"lines": pictures})
        return np.asarray(told).transpose(0, 2, 1)


def length_for(length_px: int) -> int:
    """Return the length that a line is shown in: of few lengths, so that many go together."""
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
