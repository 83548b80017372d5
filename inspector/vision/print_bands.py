"""Where lines of print lie on a pack, as the line finder tells it.

For every place of a front it says whether a line of print runs there, how far above or below the
place the line's middle is, and how high its ink is. Places that follow each other, with the middle
of one line beside them, are a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROW_PX, STEP_PX = 8, 2
"""The network that finds lines answers every so many pixels of height and of length."""

LINES_READ = 8
"""So many lines of a pack, the largest, are read one by one."""

TOLD = ("is_line", "to_middle", "ink_height")
"""What is told of each place: log-odds of a line; how many places further down its middle is; the
logarithm of how many places high its ink is."""

PLACES_PER_ROW = 2
"""So many places of a row lie one below the other: lines may lie closer than its rows."""

LEAST_SURE = 0.6
"""Places of a line say on average so surely that it runs there, and beside them. Of 1,752 lines on
the packs of four photos 474 said it less surely; of these 17 told anything, of the others 558."""

SMALL_LETTERS, SMALL_LETTERS_LOWER = 0.74, 0.06
"""Small letters are about so high beside all of a line's ink, and their middle is so much lower."""

_BESIDE = 1.0
"""A place tells of a line whose middle is at most so many places away."""

_GAP, _SHORTEST = 1, 4
"""Between two places of one line at most so many tell of none, and it has at least so many."""


@dataclass(frozen=True, slots=True)
class Band:
    """A line of print on a front, in pixels of the front.

    Attributes:
        middle_px: Middle of its small letters, from the top.
        left_px: Where it begins.
        right_px: Where it ends.
        height_px: Height of its small letters.
    """

    middle_px: float
    left_px: float
    right_px: float
    height_px: float

    def is_of(self, other: Band) -> bool:
        """Say whether this and another band are of one line."""
        shared_px = min(self.right_px, other.right_px) - max(self.left_px, other.left_px)
        shorter_px = min(self.right_px - self.left_px, other.right_px - other.left_px)
        apart_px = abs(self.middle_px - other.middle_px)
        return shared_px > shorter_px / 2 and apart_px < min(self.height_px, other.height_px) / 2


def largest_bands(
    told: NDArray[np.float32], step_px: float, row_px: float, *, least: float
) -> list[Band]:
    """Find the lines of print on a front.

    Args:
        told: What the network tells: each of `TOLD` for each of a row's places, shape
            (len(TOLD) * PLACES_PER_ROW, rows, steps).
        step_px: How long a step is, pixels of the front.
        row_px: How high a row is, pixels of the front.
        least: Chance from which a place may be on a line.

    Returns:
        The largest few lines, the largest first.
    """
    high_px = row_px / PLACES_PER_ROW
    bands = [
        one
        for number, (is_line, *where) in enumerate(by_place(told).swapaxes(0, 1))
        for one in _bands_along(
            number,
            1 / (1 + np.exp(-is_line)),
            *where,
            step_px=step_px,
            high_px=high_px,
            least=least,
        )
    ]
    bands.sort(key=lambda one: -one[0])
    found: list[Band] = []
    for sureness, band in bands:
        steps = (band.right_px - band.left_px) / step_px
        if sureness >= LEAST_SURE * steps and not any(band.is_of(other) for other in found):
            found.append(band)
    found.sort(key=lambda band: -band.height_px * np.sqrt(band.right_px - band.left_px))
    return found[:LINES_READ]


def by_place(told: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what is told, one place below the other: shape (len(TOLD), places, steps)."""
    _, rows, steps = told.shape
    of_rows = told.reshape(len(TOLD), PLACES_PER_ROW, rows, steps)
    return of_rows.swapaxes(1, 2).reshape(len(TOLD), rows * PLACES_PER_ROW, steps)


def _bands_along(
    number: int,
    chance: NDArray[np.float32],
    to_middle: NDArray[np.float32],
    ink_height: NDArray[np.float32],
    *,
    step_px: float,
    high_px: float,
    least: float,
) -> Iterator[tuple[float, Band]]:
    """Find the lines that places beside each other tell of, each with how much they have to say."""
    on_line = np.flatnonzero((chance > least) & (np.abs(to_middle) <= _BESIDE))
    for run in np.split(on_line, np.flatnonzero(np.diff(on_line) > _GAP + 1) + 1):
        if len(run) < _SHORTEST:
            continue
        weights = chance[run]
        aside = float(np.average(to_middle[run], weights=weights))
        ink_px = high_px * float(np.exp(np.average(ink_height[run], weights=weights)))
        band = Band(
            middle_px=(number + 0.5 + aside) * high_px + SMALL_LETTERS_LOWER * ink_px,
            left_px=float(run[0]) * step_px,
            right_px=float(run[-1] + 1) * step_px,
            height_px=SMALL_LETTERS * ink_px,
        )
        yield float(weights.sum()) * (1 - abs(aside) / 2), band
