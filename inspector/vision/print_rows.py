"""Rows of letters: what a line on a pack says, how surely, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from inspector.catalogue.quantities import amount_in

ALPHABET = "\0 abcdefghijklmnopqrstuvwxyzæøåäöü0123456789-+%&.,/"
BLANK = 0
"""Letters that are told apart, capitals as small ones; the first stands for no letter."""

FEWEST_LETTERS = 3

FAINTEST = 0.2
"""Rows whose letters are less sure than this say nothing."""

NOT_SEEN = -4.0
"""Log-odds, about, that a line says one of the words that were looked for on it, before anybody has
looked; names below are not kept, and a facing that does not show a name counts as much against it.
"""

OTHER_FACINGS, NEITHER = 0.5, -1.0
"""What other facings say of a name, on average, counts so much beside the one that is surest of it:
what blurs one blurs the next. At the second, log-odds, they bear it out no more than they speak
against it. Measured on fronts that were photographed thrice, see `models/word-verifier.md`."""

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
"""Rows, or words in one, that share more of the shorter one's length stand in one place."""

_PLAIN = str.maketrans({"é": "e", "µ": "u"})
_JOINTS = str.maketrans("", "", " -")
_SPACE = ALPHABET.index(" ")


@dataclass(frozen=True, slots=True)
class Spotted:
    """A word, or words, of the vocabulary that a row may say.

    Attributes:
        text: What it may say.
        log_odds: That it does, in nats, before they are calibrated.
        first: Step of its first letter.
        last: Step of its last letter.
    """

    text: str
    log_odds: float
    first: int
    last: int

    @property
    def sureness(self) -> float:
        """How sure it is, 0 to 1, before it is calibrated."""
        return float(1 / (1 + np.exp(-self.log_odds)))


@dataclass(frozen=True, slots=True)
class Row:
    """What a line that was cut out of a front says.

    Attributes:
        first: Step of its first letter.
        last: Step of its last letter.
        text: What it says letter by letter.
        confidence: How sure its letters are, 0 to 1.
        names: Names that it may say, the likeliest first.
        start: Where its first step begins, pixels of the front.
        step: How long a step is, pixels of the front.
        middle_px: Where its middle is, pixels of the front from its top.
        letters: Of each letter of the text, its step and how sure it is.
    """

    first: int
    last: int
    text: str
    confidence: float
    names: tuple[Spotted, ...] = ()
    start: float = 0.0
    step: float = 1.0
    middle_px: float = 0.0
    letters: tuple[tuple[int, float], ...] = ()

    @property
    def name(self) -> Spotted | None:
        """The name that it most likely says, if any."""
        return self.names[0] if self.names else None

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


def among_rivals(names: Sequence[Spotted]) -> list[Spotted]:
    """Return names of one row as sure as those in the same place leave them: only one stands there.

    A word and words that hold it are no rivals, nor are two spellings of one.
    """
    left = []
    for name in names:
        rivals = [np.exp(other.log_odds) for other in names if _are_rivals(name, other)]
        log_odds = name.log_odds - float(np.log1p(sum(rivals)))
        left.append(replace(name, log_odds=max(log_odds, NOT_SEEN)))
    return left


def _are_rivals(one: Spotted, other: Spotted) -> bool:
    texts = [name.text.translate(_JOINTS) for name in (one, other)]
    if texts[0] in texts[1] or texts[1] in texts[0]:
        return False
    return _overlap((one.first, one.last + 1), (other.first, other.last + 1)) > _BESIDE


def together(facings: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """Return the rows of facings of one look, their names as sure as all facings make them.

    Each facing counts with the row that says a name most surely.
    """
    surest = [_surest_rows(rows) for rows in facings]
    names = {name for row_of in surest for name in row_of}
    log_odds = {name: _joint([row_of.get(name) for row_of in surest]) for name in names}
    return [
        [_as_sure_as(row, n, row_of, log_odds) for n, row in enumerate(rows)]
        for rows, row_of in zip(facings, surest, strict=True)
    ]


def _surest_rows(rows: Sequence[Row]) -> dict[str, tuple[float, int]]:
    """Return by name how sure it is, and in which row."""
    surest: dict[str, tuple[float, int]] = {}
    for n, row in enumerate(rows):
        for name in row.names:
            surest[name.text] = max(surest.get(name.text, (-np.inf, n)), (name.log_odds, n))
    return surest


def _joint(facings: Sequence[tuple[float, int] | None]) -> float:
    """Return how sure facings are together: the surest, borne out or not by the others."""
    surest, *others = sorted((NOT_SEEN if one is None else one[0] for one in facings), reverse=True)
    return surest + OTHER_FACINGS * (float(np.mean(others)) - NEITHER) if others else surest


def _as_sure_as(
    row: Row, n: int, row_of: Mapping[str, tuple[float, int]], log_odds: Mapping[str, float]
) -> Row:
    names = [
        replace(name, log_odds=log_odds[name.text]) if row_of[name.text][1] == n else name
        for name in row.names
    ]
    return replace(row, names=tuple(sorted(names, key=lambda name: -name.log_odds)))


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
