"""Finds names in the text of a pack, through the slips of a text reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, groupby

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from inspector.catalogue.vocabulary import (
    BESIDE_BRANDS,
    ORDINARY_WORDS,
    VARIANTS,
    letters_of,
    shape_of,
    words_of,
)
from inspector.domain.goods import Kind, Sku
from inspector.domain.scene import TextLine

_EDITS_BY_LETTERS = ((12, 2.0), (7, 1.0), (5, 0.5), (0, 0.0))
"""Edits that a word may need, by its number of letters: short words have too many neighbours."""

_COST_LOOKALIKE = 0.5
"""An edit between look-alikes (`l`/`i`, `a`/`o`) counts half."""

_SHORT_UP_TO_LETTERS, _SHORTEST_WITH_A_SLIP = 4, 3
_MIN_CONFIDENCE_SHORT = 0.8
"""Names such as Treo and Zyx also need a reader that is sure of itself."""

_MIN_CONFIDENCE = 0.6
"""Below this confidence a name counts as not read."""

_REMEMBERED = 100_000
"""Words and lines of which the reading is remembered."""


_COMMON = ORDINARY_WORDS | frozenset(map(letters_of, (*BESIDE_BRANDS, *VARIANTS)))
"""Words that many goods bear, in bare letters."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a page.

    Attributes:
        letters: The word in bare letters.
        confidence: The reader's confidence in its line, in [0, 1].
        height_px: Height of its line.
        text: The word as read.
        line: Number of its line on the page.
    """

    letters: str
    confidence: float
    height_px: float
    text: str
    line: int


@dataclass(frozen=True)
class Page:
    """The words on one pack or sign in reading order, from top left to bottom right.

    Without slots, because what is derived from the words is kept once computed.
    """

    words: tuple[Word, ...]

    @classmethod
    def of(cls, lines: Iterable[TextLine]) -> Page:
        """Cut lines of text into words."""
        return cls(
            tuple(
                Word(letters, line.confidence, line.height_px, text, number)
                for number, line in enumerate(in_reading_order(lines))
                for text, letters in _words_in(line.text)
            )
        )

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """The words in bare letters."""
        return tuple(word.letters for word in self.words)

    @cached_property
    def largest_px(self) -> float:
        """Height of the largest print; single letters and digits are often misread pictures."""
        return max((w.height_px for w in self.words if len(w.letters) >= 3), default=0.0)

    def salience(self, word_ids: Iterable[int]) -> float:
        """Return how large the print of these words is beside the largest, in [0, 1]."""
        height_px = max(self.words[i].height_px for i in word_ids)
        return min(height_px / self.largest_px, 1.0) if self.largest_px > 0 else 1.0


@dataclass(frozen=True, eq=False)
class Name:
    """A name to look for, with the register entries that carry it (none for plain words).

    Without slots, because what is derived from the text is kept once computed; one of each in an
    index, so that it need not be compared by its entries.
    """

    text: str
    skus: tuple[Sku, ...] = ()

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Words of the name, in bare letters."""
        return tuple(filter(None, map(letters_of, words_of(self.text))))

    @cached_property
    def first_words(self) -> tuple[str, ...]:
        """Its first word, its first two, and so on up to the whole name, each run together."""
        return tuple(accumulate(self.parts))

    @cached_property
    def letters(self) -> str:
        """The whole name in bare letters."""
        return "".join(self.parts)

    @cached_property
    def substances(self) -> tuple[str, ...]:
        """Words of the substances that are sold under the name, in bare letters."""
        return tuple(letters_of(word) for sku in self.skus for word in sku.substance.split())

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        """Kinds of goods that carry the name."""
        return frozenset(sku.kind for sku in self.skus)

    @cached_property
    def is_substance(self) -> bool:
        """True when goods are sold under the name of their substance (Paracetamol, Loratadin)."""
        return any(sku.substance.casefold() == self.text.casefold() for sku in self.skus)

    def extends(self, other: Name) -> bool:
        """Say whether this is `other` with more words ("Pinex Comp" extends "Pinex")."""
        n = len(other.parts)
        return len(self.parts) > n and self.parts[:n] == other.parts


@dataclass(frozen=True, slots=True)
class Hit:
    """A name that was read.

    Attributes:
        name: The name.
        word_ids: Words of the page that it was read in.
        edits: Letters that had to change; a change between look-alikes counts half.
        confidence: Likeness (1 - edits / letters) times the lowest confidence of the words.
        salience: Size of its print beside the largest on the page, in [0, 1].
    """

    name: Name
    word_ids: frozenset[int]
    edits: float
    confidence: float
    salience: float


_Run = tuple[Name, range, float]
"""A name, the words of the page that it was read in, and the edits."""

_NearPart = tuple[str, int, float]
"""A part of names, the word of the page that it was read in, and the edits."""


class NameIndex:
    """Names, ready to be looked for all at once.

    What was found in the same words before is remembered: packs of one article read alike.
    """

    def __init__(self, names: Iterable[Name]) -> None:
        self._names = tuple(name for name in names if name.letters)
        self._letters = _Spellings([name.letters for name in self._names])
        self._parts = _Spellings(sorted({part for name in self._names for part in name.parts}))
        self._long_names: dict[str, list[Name]] = {}
        for name in self._names:
            if len(name.parts) > 1 and len(name.parts[0]) >= _SHORT_UP_TO_LETTERS:
                self._long_names.setdefault(name.parts[0], []).append(name)
        self._known: dict[tuple[str, ...], tuple[list[_Run], list[_NearPart]]] = {}
        self._most_words = 1 + max((len(name.parts) for name in self._names), default=0)

    @classmethod
    def of_skus(cls, skus: Iterable[Sku]) -> NameIndex:
        """Index the brand names of register entries."""
        by_name = sorted(skus, key=lambda sku: sku.name)
        return cls(Name(name, tuple(group)) for name, group in groupby(by_name, lambda s: s.name))

    def find(self, page: Page) -> list[Hit]:
        """Return every name that was read, in no order; one place may give several hits."""
        if not page.words or not self._names:
            return []
        letters = page.letters
        if letters not in self._known:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._known[letters] = [*self._runs(letters)], [*self._near_parts(letters)]
        runs, parts = self._known[letters]
        hits = [_hit(page, name, run, edits) for name, run, edits in runs]
        hits += self._find_scattered(page, parts)
        return [hit for hit in hits if hit is not None]

    def _runs(self, words: Sequence[str]) -> Iterator[_Run]:
        """Names in words that follow each other, with or without the blanks between them."""
        runs = [
            range(start, start + length)
            for length in range(1, self._most_words + 1)
            for start in range(len(words) - length + 1)
        ]
        for row, column in self._letters.near(["".join(words[i] for i in run) for run in runs]):
            name, run = self._names[column], runs[row]
            edits = _edits_between([words[i] for i in run], name.parts)
            if edits is not None:
                yield name, run, edits

    def _near_parts(self, words: Sequence[str]) -> Iterator[_NearPart]:
        """Parts of names, with the word that they were read in."""
        for i, column in self._parts.near(words):
            part = self._parts.letters[column]
            edits = _edits_between([words[i]], [part])
            if edits is not None:
                yield part, i, edits

    def _find_scattered(self, page: Page, parts: Iterable[_NearPart]) -> Iterator[Hit | None]:
        """Names of several words that stand apart, for example one below the other."""
        best: dict[str, tuple[float, float, int]] = {}
        for part, i, edits in parts:
            match = (edits, -page.words[i].height_px, i)
            best[part] = min(best.get(part, match), match)
        for first in best:
            for name in self._long_names.get(first, ()):
                if all(part in best for part in name.parts):
                    matches = [best[part] for part in name.parts]
                    total = sum(edits for edits, _, _ in matches)
                    yield _hit(page, name, [i for _, _, i in matches], total)


def common_word(text: str, words: NameIndex) -> str | None:
    """Return which of some words a word is, maybe with a slip; None when it is none of them."""
    line = TextLine(text, (0.0, 0.0, 1.0, 1.0), height_px=1.0, confidence=1.0)
    hit = min(words.find(Page.of([line])), key=lambda hit: hit.edits, default=None)
    if hit is None:
        return None
    if hit.edits == 0:
        return text
    return hit.name.text.capitalize() if text[0].isupper() else hit.name.text


@lru_cache(_REMEMBERED)
def _words_in(text: str) -> tuple[tuple[str, str], ...]:
    """Return the words of a line that have letters, as printed and in bare letters."""
    words = ((word, letters_of(word)) for word in words_of(text))
    return tuple((word, letters) for word, letters in words if letters)


class _Spellings:
    """Words to compare with; a rough comparison by shape before the exact one.

    What was found for a word is remembered: the same words stand on most packs of a shop.
    """

    def __init__(self, letters: Sequence[str]) -> None:
        self.letters = letters
        self._shapes = list(map(shape_of, letters))
        self._allowed = np.array([int(_edits_allowed(word)) for word in letters], dtype=np.int32)
        self._known: dict[str, tuple[int, ...]] = {}

    def near(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield the places (in `words`, in `letters`) of pairs that may be alike enough."""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        unknown = [word for word in dict.fromkeys(words) if word not in self._known]
        if unknown:
            shapes = list(map(shape_of, unknown))
            edits = cdist(shapes, self._shapes, scorer=Levenshtein.distance, dtype=np.int32)
            near: list[list[int]] = [[] for _ in unknown]
            for row, column in np.argwhere(edits <= self._allowed).tolist():
                near[row].append(column)
            self._known.update(zip(unknown, map(tuple, near), strict=True))
        for row, word in enumerate(words):
            for column in self._known[word]:
                yield row, column


def _edits_between(words: Sequence[str], parts: Sequence[str]) -> float | None:
    """Return the edits from words to the parts of a name, or None when they are too many.

    Part by part where the words are as many as the parts, so that "C-vitamin" is no slip of
    "D-vitamin"; as a whole where the reader glued or split words.
    """
    if len(words) == len(parts) > 1:
        pairs = zip(words, parts, strict=True)
        edits = [_edits_between([word], [part]) for word, part in pairs]
        if None not in edits:
            return sum(filter(None, edits))
        return 1.0 if _is_one_slip(words, parts) else None
    word, part = "".join(words), "".join(parts)
    shapes = Levenshtein.distance(shape_of(word), shape_of(part))
    edits_total = shapes + _COST_LOOKALIKE * (Levenshtein.distance(word, part) - shapes)
    is_slip = edits_total <= min(map(_edits_allowed, parts)) and word not in ORDINARY_WORDS
    return edits_total if is_slip or edits_total == 0 else None


def _is_one_slip(words: Sequence[str], parts: Sequence[str]) -> bool:
    """Say whether one letter of a short part is misread, beside a right part that few goods bear.

    So `San Jang` is `Kan Jang`, but `E-vitamin` is no slip of `D-vitamin`.
    """
    pairs = list(zip(words, parts, strict=True))
    wrong = [(word, part) for word, part in pairs if word != part]
    telling = [part for word, part in pairs if word == part and part not in _COMMON]
    if len(wrong) != 1 or max(map(len, telling), default=0) < _SHORT_UP_TO_LETTERS:
        return False
    ((word, part),) = wrong
    is_long_enough = len(part) >= _SHORTEST_WITH_A_SLIP and _edits_allowed("".join(parts)) >= 1
    return is_long_enough and word not in _COMMON and Levenshtein.distance(word, part) == 1


class Trace:
    """What stands in a text wherever an index finds a name in it, however sure the reader was."""

    def __init__(self, name: Name) -> None:
        """Take the name, which has letters."""
        self._whole = _Spelling.of(name.letters)
        self._parts = tuple(map(_Spelling.of, name.parts))
        longest = _Spelling.of(max(name.parts, key=len))
        self.pieces = frozenset((*self._whole.pieces(), *longest.pieces()))
        """Shapes of which one stands in every such text without its blanks."""

    def is_in(self, shapes: Sequence[str]) -> bool:
        """Say whether the name can be found: in words that follow each other, or in parts.

        Args:
            shapes: Shapes of the words of a page, in their order.
        """
        return self._whole.is_in(shapes) or all(part.is_in(shapes) for part in self._parts)


@dataclass(frozen=True, slots=True)
class _Spelling:
    """A shape, of which so many letters may be others, missing, or too many."""

    shape: str
    edits: int

    @classmethod
    def of(cls, letters: str) -> _Spelling:
        return cls(shape_of(letters), int(_edits_allowed(letters)))

    def pieces(self) -> Iterator[str]:
        """Cut it in one piece more than it may have edits, so that one is read rightly."""
        count, length = self.edits + 1, len(self.shape)
        for i in range(count):
            yield self.shape[i * length // count : (i + 1) * length // count]

    def is_in(self, shapes: Sequence[str]) -> bool:
        """Say whether words that follow each other may be it, however many they are."""
        for start in range(len(shapes)):
            run = ""
            for shape in shapes[start:]:
                run += shape
                if len(run) > len(self.shape) + self.edits:
                    break
                if Levenshtein.distance(run, self.shape, score_cutoff=self.edits) <= self.edits:
                    return True
        return False


def _edits_allowed(word: str) -> float:
    return next(edits for letters, edits in _EDITS_BY_LETTERS if len(word) >= letters)


def _hit(page: Page, name: Name, word_ids: Iterable[int], edits: float) -> Hit | None:
    ids = frozenset(word_ids)
    read_with = min(page.words[i].confidence for i in ids)
    confidence = read_with * (1 - edits / len(name.letters))
    is_short = len(name.letters) <= _SHORT_UP_TO_LETTERS
    if confidence < (_MIN_CONFIDENCE_SHORT if is_short else _MIN_CONFIDENCE):
        return None
    return Hit(name, ids, edits, confidence, page.salience(ids))


def in_reading_order(lines: Iterable[TextLine]) -> list[TextLine]:
    """Sort lines from top to bottom, those side by side from left to right."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box_xyxy_px[1]):
        middle_y = (line.box_xyxy_px[1] + line.box_xyxy_px[3]) / 2
        if rows and middle_y < rows[-1][0].box_xyxy_px[3]:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box_xyxy_px[0])]
