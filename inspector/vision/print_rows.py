"""Rows of letters: what a line on a pack says, how surely, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from inspector.catalogue.quantities import amount_in
from inspector.vision.spotting import Spotted

ALPHABET = "\0 abcdefghijklmnopqrstuvwxyzæøåäöü0123456789-+%&.,/"
BLANK = 0
"""Letters that are told apart, capitals as small ones; the first stands for no letter."""

FEWEST_LETTERS = 3

FAINTEST = 0.2
"""Rows whose letters are less sure than this say nothing."""

COST, DOUBT, LETTER, MARGIN, ODDS = -3.5, -3.7, 0.18, 0.13, 1.5
"""Log-odds that a name is right: by what it costs a letter, by how much its row is in doubt, by its
letters, and by how much more the next best name costs. A logistic regression on made-up fronts,
but for the constant, which the calibration takes up."""

MOST_MARGIN, MOST_LETTERS = 12.0, 12

LETTERS_OF_UNIT = 3
"""An amount is as sure as its number and so many letters of its unit: there is no other unit that
begins like that, whatever its end looks like."""

HEIGHT_PER_ADVANCE = 1.9
"""Print is about so much higher, with its long letters, than its letters stand apart."""

_SAME_LINE = 45.0
"""Readings of rows beside each other that are so alike, in percent, are of one line."""

_NEAR_HEIGHTS = 1.4
"""Rows of one line are at most so many of its heights apart."""

_BESIDE = 0.5
"""Rows that share so much of the shorter one's length stand over each other."""

_PLAIN = str.maketrans({"é": "e", "µ": "u"})
_SPACE = ALPHABET.index(" ")


@dataclass(frozen=True, slots=True)
class Row:
    """What a line that was cut out of a front says.

    Attributes:
        first: Step of its first letter.
        last: Step of its last letter.
        text: What it says letter by letter.
        confidence: How sure its letters are, 0 to 1.
        name: The name that it most likely says, if any.
        start: Where its first step begins, pixels of the front.
        step: How long a step is, pixels of the front.
        middle_px: Where its middle is, pixels of the front from its top.
        letters: Of each letter of the text, its step and how sure it is.
    """

    first: int
    last: int
    text: str
    confidence: float
    name: Spotted | None = None
    start: float = 0.0
    step: float = 1.0
    middle_px: float = 0.0
    letters: tuple[tuple[int, float], ...] = ()

    def at(self, step: int) -> float:
        """Return where the middle of a step is, pixels of the front from its left."""
        return self.start + (step + 0.5) * self.step


@dataclass(frozen=True, slots=True)
class Amount:
    """A strength or a pack size in a row.

    Attributes:
        text: What it says.
        first: Step of its first letter.
        last: Step of its last letter.
        confidence: How sure its letters are, 0 to 1.
    """

    text: str
    first: int
    last: int
    confidence: float

    @classmethod
    def of(cls, row: Row) -> Amount | None:
        """Return the amount that a row tells, if any."""
        place = amount_in(row.text)
        if place is None:
            return None
        text, letters = row.text[slice(*place)], row.letters[slice(*place)]
        telling = letters[: 1 + len(text.split(" ")[0]) + LETTERS_OF_UNIT]
        return cls(text, letters[0][0], letters[-1][0], _mean(telling))

    @classmethod
    def counted(cls, row: Row) -> Amount | None:
        """Return the number that a row begins with and the unit that was spotted behind it.

        Its confidence is that of the digits alone.

        Example:
            `20 mapetablelter`, in which `sugetabletter` was spotted, is 20 of them.
        """
        digits = row.text.split(" ")[0]
        if row.name is None or not digits.isdecimal() or row.name.first <= row.first:
            return None
        text, letters = f"{digits} {row.name.text}", row.letters[: len(digits)]
        if amount_in(text) != (0, len(text)):
            return None
        return cls(text, letters[0][0], row.name.last, _mean(letters))


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A row as it is told: where its middle is and from where to where it runs, in pixels."""

    middle_px: float
    left_px: float
    right_px: float
    text: str
    share_right: float
    name: str = ""

    @property
    def height_px(self) -> float:
        """Height of its print, pixels of the front."""
        return HEIGHT_PER_ADVANCE * (self.right_px - self.left_px) / max(len(self.text) - 1, 1)


def spelt(text: str) -> list[int]:
    """Return a text as places in the alphabet; what is no letter of it is left out.

    Example:
        >>> "".join(ALPHABET[letter] for letter in spelt("Läkerol® 25 g"))
        'läkerol 25 g'
    """
    plain = " ".join(text.lower().translate(_PLAIN).split())
    return [ALPHABET.index(letter) for letter in plain if letter in ALPHABET]


def read_row(chances: NDArray[np.float32]) -> Row | None:
    """Read a row, shape (letters, steps), as CTC does: equal letters side by side are one."""
    best, sure = chances.argmax(axis=0).tolist(), chances.max(axis=0).tolist()
    letters: list[tuple[int, int, float]] = []
    for step, (letter, chance) in enumerate(zip(best, sure, strict=True)):
        if letter == BLANK:
            continue
        if step and best[step - 1] == letter:
            place, _, before = letters[-1]
            letters[-1] = (place, letter, max(before, chance))
        else:
            letters.append((step, letter, chance))
    while letters and letters[0][1] == _SPACE:
        letters.pop(0)
    while letters and letters[-1][1] == _SPACE:
        letters.pop()
    if len(letters) < FEWEST_LETTERS:
        return None
    places = tuple((step, chance) for step, _, chance in letters)
    confidence = _mean(places)
    if confidence < FAINTEST:
        return None
    text = "".join(ALPHABET[letter] for _, letter, _ in letters)
    return Row(letters[0][0], letters[-1][0], text, confidence, letters=places)


def _mean(letters: Sequence[tuple[int, float]]) -> float:
    return float(np.exp(np.mean(np.log([chance for _, chance in letters]))))


def sureness_of(name: Spotted, row: Row) -> float:
    """Return how sure a name is that was spotted in a row, 0 to 1, before it is calibrated."""
    log_odds = (
        ODDS
        + COST * name.cost / len(name.text)
        - DOUBT * np.log(row.confidence)
        + LETTER * min(len(name.text), MOST_LETTERS)
        + MARGIN * min(name.margin, MOST_MARGIN)
    )
    return float(1 / (1 + np.exp(-log_odds)))


def are_of_one_line(one: ToldRow, other: ToldRow) -> bool:
    """Say whether two rows tell of one line: beside each other and alike, or over each other."""
    overlap = _overlap((one.left_px, one.right_px), (other.left_px, other.right_px))
    apart_px = abs(one.middle_px - other.middle_px)
    height_px = max(one.height_px, other.height_px)
    is_alike = ratio(one.text, other.text) >= _SAME_LINE
    near_px = _NEAR_HEIGHTS * height_px if is_alike else height_px / 2
    return overlap > _BESIDE and apart_px <= near_px


def _overlap(ends_px: tuple[float, float], other_px: tuple[float, float]) -> float:
    """Return how much two stretches share of the shorter one."""
    shared = min(ends_px[1], other_px[1]) - max(ends_px[0], other_px[0])
    return shared / max(min(ends_px[1] - ends_px[0], other_px[1] - other_px[0]), 1.0)
