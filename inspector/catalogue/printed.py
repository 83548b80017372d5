"""The name as printed: what stands beside the brand in print as large as the brand's.

Two readers read a pack, and a look has several facings: each is a witness of the name. Words count
that were read surely, that two facings show alike, or that stand beside many brands; a slip of such
a word is that word. All others are left out: the brand alone is right, a misread word beside it is
not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio

from inspector.catalogue.matching import Reading
from inspector.catalogue.names import Name, NameIndex, Page, common_word, in_reading_order
from inspector.catalogue.quantities import pack_sizes_from_text, strengths_in_order
from inspector.catalogue.vocabulary import (
    BESIDE_BRANDS,
    KIND_BY_HEADLINE,
    KIND_BY_LEGAL_WORD,
    OFFER_WORDS,
    VARIANTS,
    letters_of,
    words_of,
)
from inspector.domain.goods import Identity
from inspector.domain.scene import Pack, TextLine

_MIN_CONFIDENCE = 0.75
"""Words of lines below this are not looked at."""

_SURE_LINE, _SURE_LINE_SHORT = 0.95, 0.98
"""A word of such a line is right 97 times of 100; of those below it every second is. Words of few
letters are misread as others more easily."""

_SURE_SMALL_PRINT, _SURE_SMALL_PRINT_SHORT = 0.9, 1.0
"""The same of small print, whose confidence is a share of right lines."""

_SHORT_UP_TO_LETTERS = 4

_AS_LARGE = 0.7
"""Words belong to the name when their print is this much of the brand's, or the reverse."""

_NEXT_LINE = 0.8
"""The lines of a name are less than this share of their height apart."""

_FEWEST_LETTERS = 3
_SAME_WORD = 65.0
_SLIPS_SHARE = 1 / 3
"""Spellings that differ in up to this share of their letters may be of one word."""

_MOST_WORDS = 3

_COMMON_WORDS = frozenset(
    (*BESIDE_BRANDS, *VARIANTS, *(word for text in KIND_BY_HEADLINE for word in words_of(text)))
)
_COMMON = NameIndex(map(Name, sorted(_COMMON_WORDS)))
_COMMON_LETTERS = frozenset(map(letters_of, _COMMON_WORDS))
_NO_NAME = frozenset(
    letters_of(word) for k in (*KIND_BY_LEGAL_WORD, *OFFER_WORDS) for word in words_of(k)
)
"""What stands on packs as large as a name and is none."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word beside a brand.

    Attributes:
        text: As read.
        letters: In bare letters.
        confidence: Of its line.
        is_sure: Whether its line was read surely.
    """

    text: str
    letters: str
    confidence: float
    is_sure: bool


@dataclass(frozen=True, slots=True)
class _Witness:
    """The words that one reader found before and after the brand on one pack."""

    before: tuple[_Word, ...] = ()
    after: tuple[_Word, ...] = ()

    @property
    def words(self) -> tuple[_Word, ...]:
        return (*self.before, *self.after)

    @property
    def letters(self) -> frozenset[str]:
        return frozenset(word.letters for word in self.words)

    @property
    def rank(self) -> tuple[int, float]:
        """How much it says, and how surely."""
        return len(self.words), sum(word.confidence for word in self.words)


def with_printed_names(
    packs: Iterable[Pack], readings: Mapping[str, Reading]
) -> Mapping[str, Reading]:
    """Return readings with the names of goods as printed.

    Args:
        packs: Packs that were read; only those of one look bear on each other.
        readings: What they are, by pack id.

    Returns:
        The same readings; where words stand before or after the register's name in the same print,
        on the pack or on those of its look, their identities carry them with it as `printed_name`.
    """
    looks: dict[tuple[object, str], dict[str, list[_Witness]]] = defaultdict(dict)
    for pack in packs:
        identity = readings[pack.pack_id].identity if pack.pack_id in readings else None
        if identity is not None:
            look = pack.pack_id if pack.look is None else pack.look
            looks[look, identity.name][pack.pack_id] = list(_witnesses(pack, identity))
    named = dict(readings)
    for (_, name), facings in looks.items():
        for pack_id, witness in _agreed(facings).items():
            reading = named[pack_id]
            if reading.identity is not None and witness.words:
                parts = (w.text for w in witness.before), (name,), (w.text for w in witness.after)
                printed = " ".join(text for part in parts for text in part)
                identity = replace(reading.identity, printed_name=printed)
                named[pack_id] = replace(reading, identity=identity)
    return named


def _agreed(facings: Mapping[str, Sequence[_Witness]]) -> Mapping[str, _Witness]:
    """Return for each facing of a look what its witnesses say in the light of all others.

    The longest name serves the facings that say less of it, unless another contradicts it.
    """
    spellings = _spellings(facings.values())
    own = {
        pack_id: max((_spelt(w, spellings) for w in facing), key=lambda w: w.rank, default=_NOTHING)
        for pack_id, facing in facings.items()
    }
    longest = max(own.values(), key=lambda w: w.rank, default=_NOTHING)
    is_contradicted = any(not witness.letters <= longest.letters for witness in own.values())
    return own if is_contradicted else dict.fromkeys(own, longest)


def _spellings(facings: Iterable[Sequence[_Witness]]) -> Mapping[str, _Word]:
    """Return how words are spelt, the best supported spelling first, by their letters.

    Only those that are shown to people: common ones, sure ones, and those that two facings show.
    Two readers of one facing share its blur, and so their slips.
    """
    read: dict[str, list[_Word]] = defaultdict(list)
    for facing in facings:
        words = [word for witness in facing for word in witness.words]
        for word in {word.letters: word for word in sorted(words, key=_confidence)}.values():
            read[word.letters].append(word)
    support: dict[str, tuple[bool, int, float]] = {}
    for letters, words in read.items():
        surest = max(words, key=_confidence)
        is_common = letters in _COMMON_LETTERS
        if is_common or len(words) > 1 or _counts_alone(surest):
            support[letters] = is_common, len(words), surest.confidence
    ordered = sorted(support, key=lambda letters: support[letters], reverse=True)
    return {letters: max(read[letters], key=_confidence) for letters in ordered}


def _counts_alone(word: _Word) -> bool:
    """Say whether one reading is enough; not that of what may be a common word with slips."""
    is_short = len(word.letters) <= _SHORT_UP_TO_LETTERS
    return word.is_sure and (
        is_short or not any(_may_be(word.letters, letters) for letters in _COMMON_LETTERS)
    )


def _may_be(letters: str, other: str) -> bool:
    slips = Levenshtein.distance(letters, other)
    return slips <= _SLIPS_SHARE * max(len(letters), len(other))


def _confidence(word: _Word) -> float:
    return word.confidence


def _spelt(witness: _Witness, spellings: Mapping[str, _Word]) -> _Witness:
    """Return a witness with its slips put right, up to the words that stay doubtful."""

    def spelt(words: Iterable[_Word]) -> tuple[_Word, ...]:
        right = takewhile(bool, (_right(word, spellings) for word in words))
        return tuple({word.letters: word for word in right if word is not None}.values())

    return _Witness(spelt(reversed(witness.before))[::-1], spelt(witness.after))


def _right(word: _Word, spellings: Mapping[str, _Word]) -> _Word | None:
    near = (spellings[letters] for letters in spellings if _may_be(word.letters, letters))
    return next(near, None) or _common(word)


def _common(word: _Word) -> _Word | None:
    """Return the common word that a word is, maybe with a slip; None when it is none."""
    text = common_word(word.text, _COMMON)
    return None if text is None else replace(word, text=text, letters=letters_of(text))


def _witnesses(pack: Pack, identity: Identity) -> Iterator[_Witness]:
    """Return what each reader says; of a sentence no word is part of a name."""
    for lines, *sure in (
        (pack.texts, _SURE_LINE, _SURE_LINE_SHORT),
        (pack.small_print, _SURE_SMALL_PRINT, _SURE_SMALL_PRINT_SHORT),
    ):
        witness = _witness(identity, lines, *sure)
        if 0 < len(witness.words) <= _MOST_WORDS:
            yield witness


def _witness(
    identity: Identity, texts: Sequence[TextLine], sure: float, sure_short: float
) -> _Witness:
    name = Name(identity.name, identity.candidates)
    page, lines = Page.of(texts), in_reading_order(texts)
    brand = [i for i, word in enumerate(page.words) if _is_of_brand(word.letters, name)]
    own = [lines[number] for number in dict.fromkeys(page.words[i].line for i in brand)]
    known = [*name.parts, *name.substances, *(page.words[i].letters for i in brand)]
    before: list[_Word] = []
    after: list[_Word] = []
    for i, word in enumerate(page.words):
        line = lines[word.line]
        if word.letters in _NO_NAME or any(_is_same_word(word.letters, x) for x in known):
            continue
        if not any(_is_of_one_name(line, other) for other in own) or not _is_word(word.text, line):
            continue
        known.append(word.letters)
        beside = [k for k in brand if page.words[k].line == word.line]
        is_before = i < min(beside) if beside else _is_before(line, own[0])
        is_short = len(word.letters) <= _SHORT_UP_TO_LETTERS
        is_sure = line.confidence >= (sure_short if is_short else sure)
        (before if is_before else after).append(
            _Word(word.text, word.letters, line.confidence, is_sure)
        )
    return _Witness(tuple(before), tuple(after))


def _is_of_brand(letters: str, name: Name) -> bool:
    """Say whether a word is the brand, or a word of it, maybe with slips."""
    return letters in name.parts or any(
        len(part) > _FEWEST_LETTERS and ratio(letters, part) >= _SAME_WORD
        for part in (name.letters, *name.parts)
    )


def _is_before(line: TextLine, own: TextLine) -> bool:
    """Say whether a line is read before that of the brand: above it, or left of it in its row."""
    ax1, ay1, ax2, _ = line.box_xyxy_px
    bx1, by1, bx2, _ = own.box_xyxy_px
    is_beside = max(ax1, bx1) > min(ax2, bx2) - 0.3 * own.height_px
    return ax1 < bx1 if is_beside else ay1 < by1


def _is_same_word(a: str, b: str) -> bool:
    """Say whether two words are one, read twice with slips or in part."""
    return a in b or b in a or ratio(a, b) >= _SAME_WORD


def _is_word(text: str, line: TextLine) -> bool:
    if line.confidence < _MIN_CONFIDENCE or len(text) < _FEWEST_LETTERS:
        return False
    is_quantity = strengths_in_order(line.text) or pack_sizes_from_text(line.text)
    return not is_quantity and any(c.isalpha() for c in text)


def _is_of_one_name(line: TextLine, own: TextLine) -> bool:
    if line is own:
        return True
    if not _AS_LARGE <= line.height_px / own.height_px <= 1 / _AS_LARGE:
        return False
    ax1, ay1, ax2, ay2 = own.box_xyxy_px
    bx1, by1, bx2, by2 = line.box_xyxy_px
    beside_px = max(ax1, bx1) - min(ax2, bx2)
    apart_px = max(ay1, by1) - min(ay2, by2)
    reach_px = _NEXT_LINE * own.height_px
    is_in_row = apart_px < -0.5 * own.height_px and beside_px < 2 * reach_px
    is_next_line = apart_px < reach_px and beside_px < 0
    return is_in_row or is_next_line


_NOTHING = _Witness()
