"""pack-condition: are damaged, opened and expired packs kept from sale?

> Dette indebærer, at pakninger i selvvalg ikke må sælges til brugerne, hvis pakningen er
> beskadiget, åbnet, eller der på anden måde er tvivl om lægemidlets kvalitet.
>
> fastsætter, at forhandleren skal sikre, at lægemidler, der returneres fra en kunde, eller hvis
> holdbarhedstid er overskredet, eller som i øvrigt ikke kan antages at opfylde gældende
> kvalitetskrav, ikke sælges til brugerne.

Source: vejledning-selvvalg, section 3, lines 89-92, and footnote 2, lines 331-335.

Applies to:  every dealer.
Expectation: a person has looked at the packs and found none of these; no expiry date in view has
             passed. A pack with a month alone may be sold to the end of that month.
Assumptions: the date beside EXP, Anv. før and the like is the expiry date.
Not judged:  damage and opening by machine. Packs whose date is not in view, and packs in date, are
             no proof: the person's answer stands beside them.
"""

from __future__ import annotations

from inspector.domain.facts import Facts, PackFacts
from inspector.domain.goods import Goods
from inspector.domain.verdict import Evidence, Reason, Target, TargetKind, Verdict
from inspector.rules.guidance import Guidance
from inspector.rules.person import verdict_from_answer
from inspector.rules.rule import Automation, Details, Need, Rule, wording_from

RULE = Rule(
    id="pack-condition",
    section="3",
    automation=Automation.PERSON,
    source="vejledning-selvvalg, lines 89-92 and 331-335",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.ANSWER}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict about the shop, and one per pack that is past its date."""
    expired = [
        _verdict_on_expired(pack, capture.capture_id)
        for capture in facts.captures
        for pack in capture.packs
        if pack.expires_on is not None
        and pack.expires_on < facts.site.inspected_on
        and pack.goods in (Goods.OTC_MEDICINE, Goods.UNKNOWN)
    ]
    return [verdict_from_answer(RULE, facts), *expired]


def _verdict_on_expired(pack: PackFacts, capture_id: str) -> Verdict:
    target = Target(TargetKind.PACK, pack.pack_id)
    details = Details(
        evidence=(Evidence(capture_id, pack.box_xyxy_px),),
        values={"name": pack.label, "date": str(pack.expires_on)},
    )
    if pack.goods is Goods.UNKNOWN:
        return RULE.cant_tell(target, Reason.IDENTITY_UNKNOWN, **details)
    return RULE.failed(target, case="expired", **details)
