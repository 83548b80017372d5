"""gifts-and-fixtures: does the dealer take no free fixtures or gifts beyond what is allowed?

> Det vil fx ikke være tilladt at give eller tilbyde en apoteker eller en indehaver af en
> forretning, der sælger ikkeapoteksforbeholdte håndkøbslægemidler, gratis inventar, fx reoler og
> udstillingsmontre som ikke er af ubetydelig værdi, til anvendelse i butikslokalet.
>
> Sundhedspersoner, herunder apotekere, og indehavere af forretninger, der sælger ikke
> apoteksforbeholdte håndkøbslægemidler, må ikke modtage ydelser, der er i strid med
> reklamebekendtgørelsens § 22, stk. 1, jf. reklamebekendtgørelsens § 25 og § 34.

Source: vejledning-selvvalg, section 10, lines 273-302.

Applies to:  pharmacies with branches and outlets, and retailers; an unknown dealer is asked.
Expectation: a person knows who paid for fixtures, and gifts stay of insignificant value.
Assumptions: none.
Not judged:  anything by machine.
"""

from __future__ import annotations

from inspector.domain.facts import Facts
from inspector.domain.goods import DealerType
from inspector.domain.verdict import Verdict
from inspector.rules.guidance import Guidance
from inspector.rules.person import verdict_from_answer
from inspector.rules.rule import STORE, Automation, Need, Rule, wording_from

RULE = Rule(
    id="gifts-and-fixtures",
    section="10",
    automation=Automation.PERSON,
    source="vejledning-selvvalg, lines 296-302",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.ANSWER}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict about the shop."""
    dealer = facts.site.dealer_type
    if dealer in (DealerType.OTC_OUTLET, DealerType.VET_DEALER):
        return [RULE.inapplicable(STORE, case="dealer")]
    return [verdict_from_answer(RULE, facts)]
