"""How many stored visits of 100 packs are judged again in a second on one core.

No two visits are alike: each sees the shelf from a little elsewhere, and misreads a share `SLIPS`
of its words in its own way. Any two of five readings of one rendered shelf, each from another side,
shared about half of their words, so each word is misread three times in ten. In real archives the
same slips come again; here each is drawn afresh. Time is that of the processor.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from inspector.batch.rejudge import rejudge
from inspector.batch.work import Terms
from inspector.catalogue.matching import DatedMatcher
from inspector.catalogue.register import Register
from inspector.domain.goods import DealerType, Group
from inspector.domain.scene import Pack, SeenCapture
from inspector.domain.verdict import Box
from inspector.measuring import Survey
from inspector.store import Inspection, Store
from inspector.store.versions import seen_with

PACKS, SLIPS, SHAKE_PX = 100, 0.3, 1.0
EDITIONS, CHANGED = 16, 0.01
"""So many editions of a day, each with so many of the register's entries changed."""

DAY = date(2026, 11, 2)
MODEL = {"benchmark": "0" * 64}


def visits_per_second(seen: SeenCapture, visits: int) -> dict[str, float]:
    """Judge variations of one scene again, under the same register and others.

    Args:
        seen: A capture; its packs are repeated or cut to `PACKS`.
        visits: Number of visits.
    """
    register = Register.load()
    terms = Terms(MODEL, DatedMatcher(register))
    stricter = replace(
        register,
        skus=tuple(
            replace(sku, group=sku.group and Group.HA, valid_from=date(2026, 1, 1))
            for sku in register.skus
        ),
        sha256="0" * 64,
    )
    rng = random.Random(1)
    survey: Survey | None = None
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(f"sqlite:///{folder}/visits.sqlite") as store,
    ):
        for number in range(visits):
            visit = varied(seen, number, rng)
            inspection = Inspection(
                url=f"file:///{number}.jpg",
                file=f"{number}.jpg",
                capture_id=visit.capture_id,
                store="benchmark",
                dealer_type=DealerType.RETAILER,
                inspected_on=DAY,
                rules_of=DAY,
                seen_with=seen_with(MODEL),
                judged_by=terms.judged_by(DAY),
                register=terms.catalogue(DAY),
            )
            # Where things stand is the same in all, so it is surveyed once.
            surveys = {} if survey is None else {visit.capture_id: survey}
            result = terms.judge(inspection, visit, surveys)
            survey = surveys[visit.capture_id]
            store.save(
                results=[result],
                scenes=[(visit, survey)],
                model=MODEL,
                now=datetime.now(UTC),
                entries=terms.matchers.entries_on([DAY]),
            )
        return {
            "same register, taken as it is": _rate(store, [register]),
            f"{CHANGED:.0%} of the entries changed": _rate(store, _editions(register)),
            "every group changed": _rate(store, [stricter]),
        }


def _editions(register: Register) -> list[Register]:
    """Return editions of the register, each a change of the one before."""
    editions = [register]
    for number in range(EDITIONS):
        editions.append(edition(editions[-1], number))
    return editions[1:]


def edition(register: Register, number: int) -> Register:
    """Return the register with entries changed as lists change: group, new size, taken off."""
    rng = random.Random(number)
    changed = rng.sample(range(len(register.skus)), round(CHANGED * len(register.skus)))
    skus = list(register.skus)
    for n, place in enumerate(changed):
        sku = register.skus[place]
        if n % 3 == 0:
            other = Group.HA if sku.group is not Group.HA else Group.HF
            skus[place] = replace(sku, group=sku.group and other, valid_from=DAY)
        elif n % 3 == 1:
            skus.append(
                replace(sku, sku_id=f"new-{number}-{n}", pack_size="7 stk", vnr="", gtin="")
            )
        else:
            skus.remove(sku)
    return replace(register, skus=tuple(skus), sha256=f"{number:064x}")


def _rate(store: Store, registers: Sequence[Register]) -> float:
    start = time.process_time()
    visits = sum(1 for register in registers for _ in rejudge(store, register=register, on=None))
    return visits / (time.process_time() - start)


def varied(seen: SeenCapture, number: int, rng: random.Random) -> SeenCapture:
    """Return a visit of its own: `PACKS` packs, seen from elsewhere and read with other slips."""
    packs = tuple(_moved(pack, rng) for pack in seen.scene.packs[:PACKS])
    scene = replace(seen.scene, packs=packs)
    return replace(seen, capture_id=f"{number:064x}", file=f"{number}.jpg", scene=scene)


def _moved(pack: Pack, rng: random.Random) -> Pack:
    texts = tuple(
        replace(
            line,
            text=_misread(line.text, rng),
            box_xyxy_px=_shaken(line.box_xyxy_px, rng),
            height_px=line.height_px * rng.gauss(1.0, 0.02),
            confidence=min(1.0, line.confidence * rng.gauss(1.0, 0.02)),
        )
        for line in pack.texts
    )
    return replace(pack, box_xyxy_px=_shaken(pack.box_xyxy_px, rng), texts=texts)


def _shaken(box: Box, rng: random.Random) -> Box:
    x1, y1, x2, y2 = (side + rng.gauss(0.0, SHAKE_PX) for side in box)
    return x1, y1, x2, y2


def _misread(text: str, rng: random.Random) -> str:
    def slip(word: re.Match[str]) -> str:
        letters = word.group()
        if rng.random() >= SLIPS:
            return letters
        place = rng.randrange(len(letters))
        return letters[:place] + rng.choice("abdeghiklmnoprstuv") + letters[place + 1 :]

    return re.sub(r"\w+", slip, text)
