"""Each article is read once: packs that cannot be read take the name of packs they look like.

One pack lends its name. Strength and pack size decide the dispensing group, stand in small print,
and can differ between packs that look alike: they count where the pack itself shows them, or where
two packs of the look show the same and none shows another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from inspector.catalogue.cut_words import cut_words
from inspector.catalogue.matching import Matcher, Reading, agreed
from inspector.domain.goods import Goods, Identity, Sku
from inspector.domain.scene import Pack, TextLine

_MIN_CONFIDENCE_ALONE = 0.75
"""So sure must a reading be that no other facing repeats; otherwise two are needed."""

_TRUST = 0.9
"""A name that was taken counts less than one that was read."""

_SURE_SMALL_PRINT = 0.85
"""Small print counts from this share of such lines that are right. The share is measured on fronts
of which half carry names that no register holds (`models/line-reader.md`)."""

_FEWEST_FOR_CLASS = 2
"""So many packs of a look have to be of one class before the rest are, where no name is common."""

_UNKNOWN = Reading(Goods.UNKNOWN, None, None)


def read_packs(packs: Sequence[Pack], matcher: Matcher) -> Mapping[str, Reading]:
    """Read packs, each by its own text and then by the packs that it looks like.

    Args:
        packs: Packs and product cards with their texts and looks. Cards are left out.
        matcher: Tells goods apart by the register of the day.

    Returns:
        Readings by pack id. Evidence of an identity is `ocr` when the pack's own text gave it,
        `taught` when a person has shown such a pack, and `lookalike` when its name was taken.
    """
    groups: dict[object, list[Pack]] = defaultdict(list)
    for pack in packs:
        if not pack.is_card:
            groups[pack.pack_id if pack.look is None else pack.look].append(pack)
    readings: dict[str, Reading] = {}
    for group in groups.values():
        for pack in group:
            readings[pack.pack_id] = _read(pack, matcher)
        told = [readings[pack.pack_id] for pack in group]
        common, shown, class_alone = _common(told), _shown_twice(told), _common_class(told)
        for pack in group:
            if readings[pack.pack_id].goods is not Goods.UNKNOWN:
                continue
            if common is not None:
                readings[pack.pack_id] = _narrowed(_taken(common, pack, matcher), shown)
            elif not matcher.names_goods((*pack.texts, *pack.small_print)):
                readings[pack.pack_id] = class_alone
    for group in groups.values():
        for pack in group:
            if readings[pack.pack_id].goods is Goods.UNKNOWN:
                readings[pack.pack_id] = _read_cut(pack, matcher)
    return readings


def _read(pack: Pack, matcher: Matcher) -> Reading:
    """Read a pack by its text and small print; else by what a person has taught."""
    reading = matcher.read(pack.texts, codes=[code.gtin for code in pack.barcodes])
    small_print = [line for line in pack.small_print if line.confidence >= _SURE_SMALL_PRINT]
    reading = agreed(reading, matcher.read(small_print))
    if reading.goods is not Goods.UNKNOWN or not pack.taught:
        return reading
    return _named(pack.taught, pack, matcher, confidence=1.0, evidence="taught")


def _read_cut(pack: Pack, matcher: Matcher) -> Reading:
    """Read a pack by a name of which a part is hidden; unknown where parts contradict."""
    reading, lines = _UNKNOWN, (*pack.texts, *pack.small_print)
    for word in cut_words(pack, lines):
        reading = agreed(reading, matcher.read_cut(word, lines))
    return reading


def _common(readings: Sequence[Reading]) -> Identity | None:
    """Return what the readings of one look agree on, or None when they differ or are too few."""
    known = [reading for reading in readings if reading.goods is not Goods.UNKNOWN]
    identities = [reading.identity for reading in known if reading.identity is not None]
    if not identities or len(identities) < len(known):
        return None
    best = max(identities, key=lambda identity: identity.confidence)
    if any((other.name, other.kind) != (best.name, best.kind) for other in identities):
        return None
    return best if len(identities) > 1 or best.confidence >= _MIN_CONFIDENCE_ALONE else None


def _common_class(readings: Sequence[Reading]) -> Reading:
    """Return the class that two packs of a look show; unknown where any differ in class or name."""
    known = [reading for reading in readings if reading.goods is not Goods.UNKNOWN]
    kinds = {reading.kind for reading in known}
    names = {reading.identity.name for reading in known if reading.identity is not None}
    classes = {reading.goods for reading in known}
    if len(known) < _FEWEST_FOR_CLASS or len(classes) > 1 or len(names) > 1:
        return _UNKNOWN
    return Reading(known[0].goods, kinds.pop() if len(kinds) == 1 else None, None)


def _shown_twice(readings: Sequence[Reading]) -> tuple[Sku, ...]:
    """Return the entries that two packs of a look show alike; nothing if any shows others."""
    found = [reading.identity.candidates for reading in readings if reading.identity is not None]
    return found[0] if len(found) > 1 and len(set(found)) == 1 else ()


def _narrowed(reading: Reading, shown: tuple[Sku, ...]) -> Reading:
    identity = reading.identity
    if identity is None:
        return reading
    both = tuple(sku for sku in identity.candidates if sku in shown)
    return replace(reading, identity=replace(identity, candidates=both)) if both else reading


def _taken(common: Identity, pack: Pack, matcher: Matcher) -> Reading:
    reading = _named(
        common.name,
        pack,
        matcher,
        confidence=common.confidence,
        evidence="lookalike",
    )
    return reading if reading.kind is common.kind else _UNKNOWN


def _named(
    name: str,
    pack: Pack,
    matcher: Matcher,
    *,
    confidence: float,
    evidence: str,
) -> Reading:
    """Read a pack as if the name stood on it; unknown when its own text speaks against that."""
    height_px = max((line.height_px for line in pack.texts), default=1.0)
    line = TextLine(name, pack.box_xyxy_px, height_px, confidence)
    reading = matcher.read((line, *pack.texts))
    identity = reading.identity
    if identity is None or identity.name != name:
        return _UNKNOWN
    return replace(
        reading,
        identity=replace(
            identity,
            confidence=_TRUST * identity.confidence,
            evidence=(evidence,),
            text=" ".join(line.text for line in pack.texts),
        ),
    )
