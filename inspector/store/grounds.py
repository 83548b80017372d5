"""What an inspection's outcome rests on in the register, as bytes and back.

It saves looking at the scene when the register changes elsewhere, and is never the only copy of
anything: without it, or where it cannot be read, the inspection is judged again from its scene.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from inspector.domain.goods import Sku


@dataclass(frozen=True, slots=True)
class Grounds:
    """What was asked of the register, and what its answers came to.

    A unit is a set of packs that look alike, or one pack that looks like no other: its packs are
    read together, and no others bear on them.

    Attributes:
        pack_ids: Packs and cards in the order of the facts.
        units: Number of each one's unit.
        goods: What each one is, for all rules but `assortment`: its class, and how the entries are
            called that it may be, a line each.
        names: What each one is called; empty when unknown.
        questions: What was asked to read packs, see `Matcher.noting`.
        question_units: Number of the unit that each of these was asked for.
        others: What was asked otherwise, to tell packs from signs.
        signs: What was asked to find medicine on signs.
    """

    pack_ids: tuple[str, ...]
    units: tuple[int, ...]
    goods: tuple[str, ...]
    names: tuple[str, ...]
    questions: tuple[str, ...]
    question_units: tuple[int, ...]
    others: tuple[str, ...]
    signs: tuple[str, ...]


def bytes_from_grounds(grounds: Grounds) -> bytes:
    """Return grounds as bytes."""
    return zlib.compress(msgspec.msgpack.encode(grounds), 1)


def grounds_from_bytes(kept: bytes) -> Grounds | None:
    """Return grounds from their bytes; None when they are none of today."""
    try:
        return _GROUNDS.decode(zlib.decompress(kept))
    except (zlib.error, msgspec.MsgspecError):
        return None


def bytes_from_entries(skus: Sequence[Sku]) -> bytes:
    """Return a register's entries as bytes."""
    return zlib.compress(msgspec.msgpack.encode(skus))


def entries_from_bytes(kept: bytes) -> tuple[Sku, ...] | None:
    """Return a register's entries from their bytes; None when they are none of today."""
    try:
        return _ENTRIES.decode(zlib.decompress(kept))
    except (zlib.error, msgspec.MsgspecError):
        return None


_GROUNDS = msgspec.msgpack.Decoder(Grounds)
_ENTRIES = msgspec.msgpack.Decoder(tuple[Sku, ...])
