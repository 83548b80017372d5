"""From the text on a pack to what the pack is: a brand, its register entries, or nothing.

The order of the work: cut the lines into words; find brand names in them (`names.py`); let the
large print decide between several; narrow the brand's entries by strength, pack size and form
(`narrowing.py`). What fits nothing well is unknown: a medicine taken for other goods would pass
unseen, so a reading that could be both is unknown too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from inspector.catalogue.article_numbers import (
    is_medicine_vnr,
    vnr_from_code,
    vnr_from_text,
)
from inspector.catalogue.cut_words import CutWord
from inspector.catalogue.names import Hit, Name, NameIndex, Page
from inspector.catalogue.narrowing import candidates_that_fit
from inspector.catalogue.quantities import forms_from_text, strengths_in_order
from inspector.catalogue.register import Register, identical_key
from inspector.catalogue.vocabulary import (
    KIND_BY_HEADLINE,
    KIND_BY_LEGAL_WORD,
    NOT_A_MERE_VITAMIN,
    VARIANTS,
    letters_of,
)
from inspector.domain.goods import Goods, Identity, Kind, Sku
from inspector.domain.scene import TextLine

_MIN_SALIENCE = 0.5
"""A name decides when its print is at least this share of the pack's largest print."""

_MIN_SALIENCE_VARIANT = 0.3
"""`Plus`, `Comp` and the like are often printed smaller than the brand."""

_MIN_SALIENCE_SUBSTANCE = 0.9
"""A substance is the name of the goods only when nothing larger stands over it."""

_MIN_CONFIDENCE_NUMBER = 0.8
"""A misread digit names another pack: only lines that were read surely give an article number, or
narrow a brand to some of its entries."""

_REMEMBERED = 100_000
"""Brands with the lines beside them of which the entries are remembered."""

_REMEMBERED_PACKS = 1_000
"""Packs of which the reading is remembered: those of the photo that is being judged."""

_SOLD_AS_MEDICINE_ONLY = (
    *("N02B", "M01AE", "M02AA", "R01A", "R05C", "R05D", "R06A", "A02B", "A07D", "D01A", "D06BB"),
)
"""ATC groups whose substances no food supplement or cosmetic has (pain, nose, cough, allergy,
stomach, fungi, cold sores). Vitamins, minerals, plants and skin care stand elsewhere (ours)."""

_KIND_BY_WORD = {
    letters_of(word): kind for word, kind in {**KIND_BY_LEGAL_WORD, **KIND_BY_HEADLINE}.items()
}
_LEGAL_WORDS = NameIndex(map(Name, KIND_BY_LEGAL_WORD))
_HEADLINES = NameIndex(map(Name, KIND_BY_HEADLINE))
_NOT_A_MERE_VITAMIN = NameIndex(map(Name, NOT_A_MERE_VITAMIN))
_VARIANT_BY_LETTERS = {letters_of(word): word.capitalize() for word in VARIANTS}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the text on a pack says the pack is.

    Attributes:
        goods: What it is in the sense of section 5.
        kind: Kind of goods; None when unknown, or when several kinds of other goods are possible.
        identity: The brand and the register entries that fit; None when only the class is known.
            Its confidence in [0, 1] is the likeness of the name (1 - edits / letters) times the
            text reader's lowest confidence in the words of the name.
        unless_card: Of what may be a product card: the goods that it is if it is none.
        is_told: True when a person said what it is, not the text.
    """

    goods: Goods
    kind: Kind | None
    identity: Identity | None
    unless_card: Goods = Goods.UNKNOWN
    is_told: bool = False


_UNKNOWN = Reading(Goods.UNKNOWN, None, None)


class Matcher:
    """Reads packs by a register. Build it with the register of the day: `register.on(day)`."""

    def __init__(self, register: Register) -> None:
        medicines = [sku for sku in register.skus if sku.kind is Kind.MEDICINE]
        self._brands = NameIndex.of_skus(register.skus)
        self._medicines = NameIndex.of_skus(medicines)
        self._register = register
        pure = _pure(medicines)
        self._substances = NameIndex(map(Name, sorted({s.substance for s in pure if s.substance})))
        self._identical = {key for sku in pure if (key := identical_key(sku)) is not None}
        self._kinds_by_first_words: dict[str, set[Kind]] = defaultdict(set)
        self._parts: set[str] = set()
        for sku in register.skus:
            name = Name(sku.name)
            self._parts.update(name.parts)
            for first_words in name.first_words:
                self._kinds_by_first_words[first_words].add(sku.kind)
        words = " ".join(f"{sku.name} {sku.substance}" for sku in medicines).casefold().split()
        self._words = frozenset(filter(None, (word.strip("+.,()") for word in words)))
        self._read_once = lru_cache(_REMEMBERED_PACKS)(self._read)
        self._notes: list[str] | None = None

    def noting(self, notes: list[str]) -> Matcher:
        """Return the same matcher; whatever it is asked, it notes as a line.

        Args:
            notes: Takes the words of each question in bare letters and their order, the numbers of
                packs, each after a `#`, and parts of words, each after a `~`. Nothing else of the
                register bears on the answer than what these reach, see `changes.py`.
        """
        other = copy(self)
        other._notes = notes
        return other

    def read(self, texts: Sequence[TextLine], *, codes: Sequence[str] = ()) -> Reading:
        """Say what a pack is from the lines of text, and the barcodes, on it.

        Args:
            texts: Lines on one pack, in any order; boxes and heights in pixels.
            codes: Digits of the barcodes on it.

        Returns:
            The reading. `UNKNOWN` when no name was read well enough, or when what was read could
            be OTC medicine as well as other goods.
        """
        if self._notes is not None:
            numbers = filter(None, map(vnr_from_text, _read_surely(texts)))
            marked = (f"#{number}" for number in (*codes, *numbers))
            self._note((*Page.of(texts).letters, *marked))
        return self._read_once(tuple(texts), tuple(codes))

    def _read(self, texts: tuple[TextLine, ...], codes: tuple[str, ...]) -> Reading:
        reading = self._with_printed_number(self._read_text(texts), texts)
        for code in codes:
            reading = agreed(self.read_code(code), reading)
        return reading

    def read_code(self, code: str) -> Reading:
        """Say what a pack is from a scanned code alone.

        Args:
            code: Digits of an EAN-8, EAN-13, or of the GTIN in a DataMatrix.

        Returns:
            The register's entry. Where it has none: other goods when the Vnr in the code lies in
            a range of goods that are no medicine, else `UNKNOWN`: a Vnr in the range of medicine
            may be that of a natural remedy.
        """
        skus = self._register.by_code(code)
        kinds = {sku.kind for sku in skus}
        if len(kinds) == 1:
            goods = Goods.OTC_MEDICINE if Kind.MEDICINE in kinds else Goods.OTHER_GOODS
            return Reading(goods, kinds.pop(), Identity(skus, 1.0, ("barcode",), code))
        vnr = vnr_from_code(code)
        if vnr is not None and is_medicine_vnr(vnr) is False and not skus:
            return Reading(Goods.OTHER_GOODS, None, None)
        return _UNKNOWN

    def read_cut(self, word: CutWord, texts: Sequence[TextLine]) -> Reading:
        """Say what goods a word names of which only a part is in view: their class alone.

        Args:
            word: The part.
            texts: All lines on the pack.

        Returns:
            The class of the brands whose first words it is a part of. `UNKNOWN` when there are
            none, when they are of several classes, when the part is a word of some name itself, or
            when anything on the pack names other goods than it may.
        """
        page = Page.of(texts)
        self._note([f"~{word.letters}"])
        self._note(page.letters)
        if _claims_of_other_goods(page) or word.letters in self._parts:
            return _UNKNOWN
        if not all(any(map(word.may_be, h.name.first_words)) for h in self._brands.find(page)):
            return _UNKNOWN
        kinds = set[Kind]()
        for first_words, of_first_words in self._kinds_by_first_words.items():
            if word.may_be(first_words):
                kinds |= of_first_words
        if not kinds or (Kind.MEDICINE in kinds and len(kinds) > 1):
            return _UNKNOWN
        goods = Goods.OTC_MEDICINE if Kind.MEDICINE in kinds else Goods.OTHER_GOODS
        return Reading(goods, kinds.pop() if len(kinds) == 1 else None, None)

    def names_goods(self, texts: Sequence[TextLine]) -> bool:
        """Say whether anything on a pack names or sorts goods, however small."""
        page = Page.of(texts)
        self._note(page.letters)
        return _claims_of_other_goods(page) or bool(self._brands.find(page))

    def _with_printed_number(self, reading: Reading, texts: Sequence[TextLine]) -> Reading:
        """Narrow a brand to the entry whose article number is printed on the pack."""
        identity = reading.identity
        if identity is None:
            return reading
        numbers = set(filter(None, map(vnr_from_text, _read_surely(texts))))
        if len(numbers) != 1:
            return reading
        vnr = numbers.pop()
        found = tuple(sku for sku in self._register.by_code(vnr) if sku.name == identity.name)
        if not found:
            return reading
        return replace(
            reading, identity=replace(identity, candidates=found, evidence=("ocr", "vnr"))
        )

    def _read_text(self, texts: Sequence[TextLine]) -> Reading:
        page = Page.of(texts)
        if not page.words:
            return _UNKNOWN
        hits = self._brands.find(page)
        leading = _leading(hits)
        if not leading:
            reading = _read_plain_words(page, hits)
            is_identical = reading is _UNKNOWN and self._is_identical_medicine(page, texts)
            return Reading(Goods.OTC_MEDICINE, Kind.MEDICINE, None) if is_identical else reading
        fits = {hit.name: _candidates(hit, page, texts) for hit in leading}
        kinds = {sku.kind for skus in fits.values() for sku in skus}
        if _is_contested(kinds, page, [hit for hit in hits if hit.name not in fits]):
            return _UNKNOWN
        goods = Goods.OTC_MEDICINE if Kind.MEDICINE in kinds else Goods.OTHER_GOODS
        if len(kinds) > 1:
            return Reading(goods, None, None)
        return Reading(goods, kinds.pop(), _identity(leading, fits, texts))

    def _is_identical_medicine(self, page: Page, texts: Sequence[TextLine]) -> bool:
        """Say whether substance, strength and form on a pack are those of a known OTC medicine.

        So a generic or parallel import under a name that the register lacks is still medicine;
        which one, and its group, stays unknown.
        """
        sure = _read_surely(texts)
        strengths = {strengths_in_order(line) for line in sure} - {()}
        forms = {forms_from_text(line) for line in sure} - {frozenset()}
        if not (strengths and forms) or _claims_of_other_goods(page):
            return False
        return any(
            (hit.name.text.casefold(), strength, form) in self._identical
            for hit in self._substances.find(page)
            for strength in strengths
            for form in forms
        )

    def medicine_names(self, text: str) -> tuple[str, ...]:
        """Return the medicines of the register that a sign or price label names, each once.

        Args:
            text: What was read on it, lines joined by blanks.
        """
        line = TextLine(text, (0.0, 0.0, 1.0, 1.0), height_px=1.0, confidence=1.0)
        page = Page.of([line])
        self._note(page.letters)
        hits = self._medicines.find(page)
        return tuple(dict.fromkeys(hit.name.text for hit in hits))

    def _note(self, words: Sequence[str]) -> None:
        if self._notes is not None and words:
            self._notes.append(" ".join(words))

    def names(self) -> frozenset[str]:
        """Return the words of all medicine names and substances of the register, in lower case."""
        return self._words


def longest_names(skus: Sequence[Sku]) -> tuple[int, int, int]:
    """Return how many words the longest brand, medicine and substance have.

    Names that the reader split or glued are looked for over as many words, so that entries bear on
    the reading of others in this one way.
    """
    medicines = [sku for sku in skus if sku.kind is Kind.MEDICINE]
    texts = (
        {sku.name for sku in skus},
        {sku.name for sku in medicines},
        {sku.substance for sku in _pure(medicines)},
    )
    brand, medicine, substance = (
        max((len(Name(text).parts) for text in kind), default=0) for kind in texts
    )
    return brand, medicine, substance


def _pure(medicines: Iterable[Sku]) -> list[Sku]:
    return [sku for sku in medicines if sku.atc.startswith(_SOLD_AS_MEDICINE_ONLY)]


def agreed(first: Reading, second: Reading) -> Reading:
    """Return what two witnesses of one pack say together, the surer one first.

    Returns:
        The reading of the one that knows more; the class alone where they name different goods of
        it; unknown where they contradict each other.
    """
    if first.goods is Goods.UNKNOWN:
        return second
    if second.goods is Goods.UNKNOWN:
        return first
    if first.goods is not second.goods:
        return _UNKNOWN
    if first.identity is None:
        return second
    if second.identity is None:
        return first
    if second.identity.name != first.identity.name:
        return Reading(first.goods, first.kind if first.kind == second.kind else None, None)
    evidence = tuple(dict.fromkeys((*first.identity.evidence, *second.identity.evidence)))
    return replace(first, identity=replace(first.identity, evidence=evidence))


class DatedMatcher:
    """Matchers of every day by one register of all days, each built once.

    Attributes:
        register: The register, all days.
    """

    def __init__(self, register: Register) -> None:
        self.register = register
        self._registers: dict[date, Register] = {}
        self._distinct: dict[tuple[str, str], Register] = {}
        self._matchers: dict[str, Matcher] = {}

    def register_on(self, day: date) -> Register:
        """Return the register as it holds on a day; days on which it holds alike share it."""
        if day not in self._registers:
            found = self.register.on(day)
            key = found.sha256, found.entries_sha256
            self._registers[day] = self._distinct.setdefault(key, found)
        return self._registers[day]

    def on(self, day: date) -> Matcher:
        """Return the matcher of a day; days with the same entries share it."""
        register = self.register_on(day)
        key = register.entries_sha256
        if key not in self._matchers:
            self._matchers[key] = Matcher(register)
        return self._matchers[key]

    def entries_on(self, days: Iterable[date]) -> dict[str, tuple[Sku, ...]]:
        """Return the register's entries of some days by their hash."""
        registers = map(self.register_on, days)
        return {register.entries_sha256: register.skus for register in registers}


def _leading(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits that name the pack: large print, the longest and most alike name."""
    large = [hit for hit in hits if hit.salience >= _MIN_SALIENCE]
    brands = [hit for hit in large if not hit.name.is_substance]
    candidates = [hit for hit in large if not (hit.name.is_substance and _is_medicine(brands))]
    return [hit for hit in candidates if not any(_outdoes(o, hit) for o in candidates)]


def _outdoes(other: Hit, hit: Hit) -> bool:
    if other.name.extends(hit.name):
        return True
    return other.word_ids > hit.word_ids or (
        other.word_ids == hit.word_ids and other.edits < hit.edits
    )


def _is_medicine(hits: Sequence[Hit]) -> bool:
    return any(Kind.MEDICINE in hit.name.kinds for hit in hits)


def _candidates(hit: Hit, page: Page, texts: Sequence[TextLine]) -> tuple[Sku, ...]:
    variant = _variant(hit, page) if _is_medicine([hit]) else ""
    return _entries_that_fit(hit.name, _read_surely(texts), variant)


def _read_surely(texts: Sequence[TextLine]) -> tuple[str, ...]:
    return tuple(line.text for line in texts if line.confidence >= _MIN_CONFIDENCE_NUMBER)


@lru_cache(_REMEMBERED)
def _entries_that_fit(name: Name, lines: tuple[str, ...], variant: str) -> tuple[Sku, ...]:
    return candidates_that_fit(name.skus, lines, variant=variant)


def _variant(hit: Hit, page: Page) -> str:
    """Return the word on the pack that makes another medicine of the brand, or nothing."""
    brand_px = max(page.words[i].height_px for i in hit.word_ids)
    for word in page.words:
        is_large = word.height_px >= _MIN_SALIENCE_VARIANT * brand_px
        if is_large and word.letters in _VARIANT_BY_LETTERS and word.letters not in hit.name.parts:
            return _VARIANT_BY_LETTERS[word.letters]
    return ""


def _is_contested(kinds: set[Kind], page: Page, rest: Sequence[Hit]) -> bool:
    """Say whether medicine and other goods both have a claim, so that neither is sure."""
    if Kind.MEDICINE not in kinds:
        return _is_medicine(rest)
    return kinds != {Kind.MEDICINE} or bool(_LEGAL_WORDS.find(page))


def _claims_of_other_goods(page: Page) -> bool:
    return bool(_LEGAL_WORDS.find(page) or _HEADLINES.find(page))


def _read_plain_words(page: Page, hits: Sequence[Hit]) -> Reading:
    """Sort goods of an unknown brand by the words on them, unless a medicine is named anywhere."""
    headlines = [hit for hit in _HEADLINES.find(page) if hit.salience >= _MIN_SALIENCE]
    kinds = {_KIND_BY_WORD[hit.name.letters] for hit in _LEGAL_WORDS.find(page)}
    if not kinds:
        kinds = {_KIND_BY_WORD[hit.name.letters] for hit in headlines}
        if Kind.VITAMIN in kinds and _NOT_A_MERE_VITAMIN.find(page):
            return _UNKNOWN
    if not kinds or _is_medicine(hits):
        return _UNKNOWN
    return Reading(Goods.OTHER_GOODS, kinds.pop() if len(kinds) == 1 else None, None)


def _identity(
    leading: Sequence[Hit],
    fits: dict[Name, tuple[Sku, ...]],
    texts: Sequence[TextLine],
) -> Identity | None:
    """Return the one brand that was read; None for several, or for a substance under a brand."""
    best = max(leading, key=lambda hit: hit.confidence)
    candidates = fits[best.name]
    if len(fits) > 1:
        return None
    is_under_a_brand = (
        best.salience < _MIN_SALIENCE_SUBSTANCE or candidates[0] not in best.name.skus
    )
    if best.name.is_substance and is_under_a_brand:
        return None
    return Identity(
        candidates=candidates,
        confidence=best.confidence,
        evidence=("ocr",),
        text=" ".join(line.text for line in texts),
    )
