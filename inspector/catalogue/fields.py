"""What of a pack was read: name, strength, form, pack size, substance, each by itself.

Four of them the agency itself asks a photo of a pack to show (page on medicine bought in the EU and
EEA). Each is read from print, or follows from the register once the others tell which pack it is;
or it is unknown, because its print is too small or not in view.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from rapidfuzz.fuzz import ratio

from inspector.catalogue.names import Name, NameIndex, common_word
from inspector.catalogue.quantities import (
    forms_from_text,
    pack_sizes_from_text,
    strengths_in_order,
)
from inspector.catalogue.vocabulary import FORM_WORDS, letters_of, words_of
from inspector.domain.goods import FieldReading, FieldSource, Identity
from inspector.domain.scene import TextLine
from inspector.domain.verdict import Box, Reason

FIELDS = ("name", "strength", "form", "pack_size", "substance")

SMALL_PRINT = 0.35
"""Strength and number are printed about this high beside the largest print of a pack (ours)."""

LEGIBLE_PX = 9.0
"""Print lower than this is mostly not read."""

LARGEST_PRINT = 0.15
"""A pack's largest print is about this share of its shorter side, where none of it was read."""

_FORMS = NameIndex(map(Name, FORM_WORDS))

_MIN_CONFIDENCE = 0.8
_SAME_WORD = 80.0
_LEAST_SIZE = 2.0  # "1 tablet" is a dose
_REMEMBERED = 100_000


def fields_of_pack(
    texts: Sequence[TextLine], identity: Identity | None, box_xyxy_px: Box
) -> Mapping[str, FieldReading]:
    """Say of each field what it is, how sure that is, and what it rests on.

    Args:
        texts: Lines of text on the pack.
        identity: What the pack was read to be; None when unknown.
        box_xyxy_px: Where the pack is.

    Returns:
        A reading for each of `FIELDS`, in this order. Register values have the confidence of the
        identity; printed ones that of their line.
    """
    printed = {
        "name": _printed_name(identity),
        "strength": _first(texts, lambda text: bool(strengths_in_order(text))),
        "form": _printed_form(texts),
        "pack_size": _first(texts, _holds_pack_size),
        "substance": _printed_substance(texts, identity),
    }
    why_not = _why_not(texts, box_xyxy_px)
    return MappingProxyType(
        {field: printed[field] or _registered(field, identity) or why_not for field in FIELDS}
    )


def _printed_name(identity: Identity | None) -> FieldReading | None:
    if identity is None or "ocr" not in identity.evidence:
        return None
    return FieldReading(identity.full_name, identity.confidence, FieldSource.PRINT)


def _first(texts: Sequence[TextLine], holds: Callable[[str], bool]) -> FieldReading | None:
    """Return the surest line that holds something, as read."""
    sure = [line for line in texts if line.confidence >= _MIN_CONFIDENCE and holds(line.text)]
    best = max(sure, key=lambda line: line.confidence, default=None)
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
    return any(size.high >= _LEAST_SIZE for size in pack_sizes_from_text(text))


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
