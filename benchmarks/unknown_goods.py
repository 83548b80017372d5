"""What is said of goods that the register does not know: leave ten out, and look.

    python -m benchmarks.unknown_goods [folder of scenes]

A perfect reader reads the names, strengths, forms and sizes of every pack of rendered scenes. Again
and again ten articles are taken out of the register with their whole brand; whatever is still said
of them is counted. Also: every single entry with a dispensing group is taken out, its brand stays,
and the pack is read; a group that is then still named is one of another pack.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.goods import Goods, Kind
from inspector.domain.scene import TextLine

DAY = date(2026, 11, 22)
LEFT_OUT = 10


@dataclass(frozen=True, slots=True)
class UnknownGoods:
    """What was said of packs whose brand the register did not know.

    Attributes:
        packs: Packs that were read.
        identified: Packs that were called some article.
        by_words: Packs sorted by words that the law or the trade prints on them.
        wrong: Packs whose class was wrong.
    """

    packs: int
    identified: int
    by_words: int
    wrong: int


def lines_of(pack: Mapping[str, str]) -> tuple[TextLine, ...]:
    """Return what a perfect reader reads on a pack: its name large, the rest below it."""
    details = " ".join(filter(None, (pack["strength"], pack["form"], pack["pack_size"])))
    name = TextLine(pack["name"], (0.0, 0.0, 90.0, 30.0), 30.0, 0.99)
    return (name, TextLine(details, (0.0, 40.0, 90.0, 50.0), 10.0, 0.99)) if details else (name,)


def leave_out(
    register: Register, packs: Sequence[Mapping[str, str]], *, rounds: int, seed: int = 0
) -> UnknownGoods:
    """Take ten articles at a time out of a register and read their packs."""
    rng = random.Random(seed)
    names = sorted({pack["name"] for pack in packs})
    read = identified = by_words = wrong = 0
    for _ in range(rounds):
        unknown = set(rng.sample(names, min(LEFT_OUT, len(names))))
        matcher = Matcher(_without_brands(register, unknown))
        for pack in packs:
            if pack["name"] not in unknown:
                continue
            reading = matcher.read(lines_of(pack))
            read += 1
            identified += reading.identity is not None
            by_words += reading.identity is None and reading.goods is not Goods.UNKNOWN
            is_medicine = pack["role"] == "medicine"
            wrong += reading.goods is (Goods.OTHER_GOODS if is_medicine else Goods.OTC_MEDICINE)
    return UnknownGoods(read, identified, by_words, wrong)


def groups_of_other_packs(register: Register) -> tuple[int, int]:
    """Take each entry with a group and size out; return how many, and how many got a group."""
    entries = [
        sku
        for sku in register.skus
        if sku.kind is Kind.MEDICINE and sku.group and sku.pack_size and "-" not in sku.pack_size
    ]
    grouped = 0
    for sku in entries:
        siblings = [other for other in register.skus if other.name == sku.name and other != sku]
        if not siblings:
            continue
        matcher = Matcher(replace(register, skus=tuple(siblings)))
        pack = {f: getattr(sku, f) for f in ("name", "strength", "form", "pack_size")}
        identity = matcher.read(lines_of(pack)).identity
        grouped += identity is not None and identity.group is not None
    return len(entries), grouped


def packs_of(folder: Path) -> list[Mapping[str, str]]:
    """Return the packs of all scenes in a folder that are visible at least by half."""
    truths = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))
    ]
    return [pack for truth in truths for pack in truth["packs"] if pack["visible"] >= 0.5]


def _without_brands(register: Register, names: Iterable[str]) -> Register:
    """Leave out every entry whose name begins, or is part of, one of the names."""
    folded = [name.casefold() for name in names]
    return replace(
        register,
        skus=tuple(s for s in register.skus if not any(s.name.casefold() in n for n in folded)),
    )


def main() -> None:
    """Print the figures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("datasets/samples")
    packs = packs_of(folder)
    if not packs:
        sys.exit(f"{folder} holds no scenes: expected a folder with the truth of scenes, *.json")
    register = Register.load().on(DAY)
    found = leave_out(register, packs, rounds=40)
    print(f"{folder}: {found.packs} readings of packs whose brand is not in the register")
    for label in ("identified", "by_words", "wrong"):
        print(f"  {label:12} {getattr(found, label):6} {getattr(found, label) / found.packs:7.2%}")
    entries, grouped = groups_of_other_packs(register)
    print(f"{entries} packs left out one by one, their brand known: {grouped} given a group")


if __name__ == "__main__":
    main()
