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
MODEL = {"benchmark": "0" * 64}


def visits_per_second(seen: SeenCapture, visits: int) -> dict[str, float]:
    """Judge variations of one scene again, under the same and another register.

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
                inspected_on=date(2026, 11, 2),
                rules_of=date(2026, 11, 2),
                seen_with=seen_with(MODEL),
                judged_by=terms.judged_by(date(2026, 11, 2)),
                register=terms.catalogue(date(2026, 11, 2)),
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
            )
        rates = {}
        for name, other in (
            ("same register, taken as it is", register),
            ("every group changed", stricter),
        ):
            start = time.process_time()
            count = sum(1 for _ in rejudge(store, register=other, on=None))
            rates[name] = count / (time.process_time() - start)
    return rates


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
