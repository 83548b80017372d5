"""What of a pack was read: name, strength, form, pack size, substance, each by itself.

Four of them the agency itself asks a photo of a pack to show (page on medicine bought in the EU and
EEA). Each is read from print, on the pack or on one that looks the same, or follows from the
register once the others tell which pack it is; or it is unknown, because its print is too small or
not in view.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from rapidfuzz.fuzz import ratio

from inspector.catalogue.matching import Reading
from inspector.catalogue.names import Name, NameIndex, common_word
from inspector.catalogue.quantities import (
    forms_from_text,
    pack_sizes_from_text,
    strengths_in_order,
)
from inspector.catalogue.vocabulary import FORM_WORDS, letters_of, words_of
from inspector.domain.goods import FieldReading, FieldSource, Identity
from inspector.domain.scene import Pack, TextLine
from inspector.domain.verdict import Box, Reason

Fields = Mapping[str, FieldReading]

FIELDS = ("name", "strength", "form", "pack_size", "substance")

SMALL_PRINT = 0.35
"""Strength and number are printed about this high beside the largest print of a pack (ours)."""

LEGIBLE_PX = 9.0
"""Print lower than this is mostly not read."""

LARGEST_PRINT = 0.15
"""A pack's largest print is about this share of its shorter side, where none of it was read."""

_FORMS = NameIndex(map(Name, FORM_WORDS))
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")

_MIN_CONFIDENCE = 0.8
_MIN_CONTRADICTED = 0.95
"""So sure is what one facing alone shows where another one shows something else: of such, four in
five are right, and of those that are less sure one in three (900 fronts photographed thrice)."""

_MIN_BORNE_OUT = 0.5
"""So sure is what a pack shows that another one of its name shows surely: of 42 such 41 were right,
of 86 that nothing bore out 44 (700 fronts photographed thrice); or that packs of several looks
show, which together are sure."""

NEXT_FACING = 0.7
"""What a facing adds that shows the same as the one beside it."""

_SAME_WORD = 80.0
_LEAST_SIZE = 2.0  # "1 tablet" is a dose, but "1 stk" is not
_PIECES = re.compile(r"\bstk\b", re.IGNORECASE)
_LEAST_OF_CUT_WORD = 6
_TRUST = 0.9
"""What stands on another facing counts so much less than what stands on the pack itself."""

_REMEMBERED = 100_000


def fields_of_packs(packs: Sequence[Pack], readings: Mapping[str, Reading]) -> Mapping[str, Fields]:
    """Say of each field of each pack what it is, how sure that is, and what it rests on.

    Args:
        packs: Packs and product cards.
        readings: What each was read to be, by pack id.

    Returns:
        By pack id, cards left out, a reading for each of `FIELDS`, in this order. Printed values
        have the confidence of their line, and a little less on the facings of the look and name
        that do not show it. Register values have that of the identity.
    """
    facings: dict[Hashable, list[Pack]] = defaultdict(list)
    printed: dict[str, dict[str, FieldReading | None]] = {}
    for pack in packs:
        if pack.is_card:
            continue
        identity = readings[pack.pack_id].identity
        printed[pack.pack_id] = _printed(pack, identity)
        if pack.look is None or identity is None:
            facings[pack.pack_id].append(pack)
        else:
            facings[pack.look, identity.name].append(pack)
    looks = {pack.pack_id: pack.look for pack in packs}
    borne_out = {field: _borne_out(field, printed, looks) for field in _LENT}
    fields: dict[str, Fields] = {}
    for group in facings.values():
        ids = [pack.pack_id for pack in group]
        agreed = {
            field: _agreed(field, {one: printed[one][field] for one in ids}, borne_out[field])
            for field in _LENT
        }
        for pack in group:
            identity = readings[pack.pack_id].identity
            told = printed[pack.pack_id] | {f: shown[pack.pack_id] for f, shown in agreed.items()}
            why_not = _why_not(pack.texts, pack.box_xyxy_px)
            fields[pack.pack_id] = MappingProxyType(
                {field: told[field] or _registered(field, identity) or why_not for field in FIELDS}
            )
    return fields


def _printed(pack: Pack, identity: Identity | None) -> dict[str, FieldReading | None]:
    """Return what stands on a pack itself; what facings lend each other, however doubtful."""
    lines = [
        replace(line, text=_without_slips(line.text))
        for line in (
            *(line for line in pack.texts if line.confidence >= _MIN_CONFIDENCE),
            *pack.small_print,
        )
    ]
    sure = [line for line in lines if line.confidence >= _MIN_CONFIDENCE]
    return {
        "name": _printed_name(identity),
        "strength": _first(lines, lambda text: bool(strengths_in_order(text))),
        "form": _printed_form(lines),
        "pack_size": _first(lines, _holds_pack_size),
        "substance": _printed_substance(sure, identity),
    }


_LENT: Mapping[str, Callable[[str], Hashable]] = {
    "strength": strengths_in_order,
    "form": forms_from_text,
    "pack_size": pack_sizes_from_text,
}
"""Fields that facings lend each other, and what makes two printed values the same."""


def share_of_any(wrong: Collection[float]) -> float:
    """Return how surely facings are right that show the same, by how likely each is wrong.

    They are surer together, but not as sure as if they were strangers.
    """
    return 1 - math.prod(wrong) ** (NEXT_FACING if len(wrong) > 1 else 1.0)


def _borne_out(
    field: str,
    printed: Mapping[str, Mapping[str, FieldReading | None]],
    looks: Mapping[str, int | None],
) -> Collection[str]:
    """Return the packs that show what others of their name, of any look, bear out."""
    shown_alike: dict[Hashable, dict[str, float]] = defaultdict(dict)
    for pack_id, shown in printed.items():
        name, one = shown["name"], shown[field]
        if name is not None and one is not None and one.confidence >= _MIN_BORNE_OUT:
            shown_alike[name.value, _LENT[field](one.value or "")][pack_id] = one.confidence
    borne_out: set[str] = set()
    for shares in shown_alike.values():
        sure = {pack_id for pack_id, share in shares.items() if share >= _MIN_CONFIDENCE}
        wrong: dict[Hashable, float] = {}  # by look: its facings were told together
        for pack_id, share in shares.items():
            look = pack_id if looks[pack_id] is None else looks[pack_id]
            wrong[look] = min(wrong.get(look, 1.0), 1 - share)
        together = len(wrong) > 1 and share_of_any(wrong.values()) >= _MIN_CONFIDENCE
        borne_out |= {pack_id for pack_id in shares if together or sure - {pack_id}}
    return borne_out


def _agreed(
    field: str, shown: Mapping[str, FieldReading | None], borne_out: Collection[str]
) -> dict[str, FieldReading | None]:
    """Return for each facing what it shows surely, else what others do, unless they differ."""
    values = {
        pack_id: None if one is None else _LENT[field](one.value or "")
        for pack_id, one in shown.items()
    }
    times = Counter(value for value in values.values() if value is not None)

    def least(pack_id: str) -> float:
        if pack_id in borne_out:
            return _MIN_BORNE_OUT
        is_contradicted = len(times) > 1 and times[values[pack_id]] == 1
        return _MIN_CONTRADICTED if is_contradicted else _MIN_CONFIDENCE

    told = {
        pack_id: one if one is not None and one.confidence >= least(pack_id) else None
        for pack_id, one in shown.items()
    }
    sure = [one for one in told.values() if one is not None]
    if len({_LENT[field](one.value or "") for one in sure}) != 1:
        return told
    surest = max(sure, key=lambda one: one.confidence)
    lent = replace(surest, confidence=_TRUST * surest.confidence, source=FieldSource.LOOKALIKE)
    return {pack_id: one or lent for pack_id, one in told.items()}


@lru_cache(_REMEMBERED)
def _without_slips(text: str) -> str:
    """Return a line with the words for forms put right: they are units of pack sizes."""
    return _LONG_WORD.sub(
        lambda word: common_word(word[0], _FORMS) or _begun(word[0]) or word[0], text
    )


def _begun(word: str) -> str | None:
    """Return the form that a word begins as, but for its last letter: the rest is out of view."""
    begun = word.casefold()[: max(len(word) - 1, _LEAST_OF_CUT_WORD)]
    return next((form for form in sorted(FORM_WORDS) if form.startswith(begun)), None)


def _printed_name(identity: Identity | None) -> FieldReading | None:
    if identity is None or "ocr" not in identity.evidence:
        return None
    return FieldReading(identity.full_name, identity.confidence, FieldSource.PRINT)


def _first(texts: Sequence[TextLine], holds: Callable[[str], bool]) -> FieldReading | None:
    """Return the surest line that holds something, as read."""
    holding = [line for line in texts if holds(line.text)]
    best = max(holding, key=lambda line: line.confidence, default=None)
    return None if best is None else FieldReading(best.text, best.confidence, FieldSource.PRINT)


def _printed_form(texts: Sequence[TextLine]) -> FieldReading | None:
    """Return the form without what else stands in its line, and without slips of the reader."""
    forms = [replace(line, text=_form_in(line.text)) for line in texts]
    return _first(forms, lambda text: bool(forms_from_text(text)))


@lru_cache(_REMEMBERED)
def _form_in(text: str) -> str:
    words = (common_word(word, _FORMS) for word in words_of(text))
    return " ".join(dict.fromkeys(word.casefold() for word in words if word is not None))


def _holds_pack_size(text: str) -> bool:
    least = 1.0 if _PIECES.search(text) else _LEAST_SIZE
    return any(size.high >= least for size in pack_sizes_from_text(text))


def _printed_substance(texts: Sequence[TextLine], identity: Identity | None) -> FieldReading | None:
    candidates = () if identity is None else identity.candidates
    for substance in filter(None, dict.fromkeys(sku.substance for sku in candidates)):
        for line in texts:
            if _stands_on(substance, line.text):
                return FieldReading(substance, line.confidence, FieldSource.PRINT)
    return None


@lru_cache(_REMEMBERED)
def _stands_on(substance: str, text: str) -> bool:
    """Say whether a line names a substance, through the slips of a text reader."""
    letters = letters_of(substance)
    return any(ratio(letters, letters_of(word)) >= _SAME_WORD for word in words_of(text))


def _registered(field: str, identity: Identity | None) -> FieldReading | None:
    if identity is None:
        return None
    value = identity.full_name if field == "name" else identity.agreed(field)
    return FieldReading(value, identity.confidence, FieldSource.REGISTER) if value else None


def _why_not(texts: Sequence[TextLine], box_xyxy_px: Box) -> FieldReading:
    x1, y1, x2, y2 = box_xyxy_px
    largest_px = max(
        (line.height_px for line in texts), default=LARGEST_PRINT * min(x2 - x1, y2 - y1)
    )
    is_small = SMALL_PRINT * largest_px < LEGIBLE_PX
    reason = Reason.TOO_SMALL_TO_READ if is_small else Reason.NOT_ON_THIS_SIDE
    return FieldReading(None, 0.0, None, reason)
