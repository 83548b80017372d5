"""self-scan-till: do self-scan tills check age, or offer guidance, before the sale can close?

> Detailforhandlere kan tilbyde, at kunder selv kan skanne og betale deres håndkøbslægemidler ved
> skan-selv kasser, hvis forhandleren sikrer, at en medarbejder kontrollerer kundens alder i
> overensstemmelse med de normale regler for forhandling, før en ekspedition kan afsluttes.
>
> Apoteker kan dog også tilbyde kunder selv at skanne og betale for deres håndkøbslægemidler ved
> skan-selv kasser sammen med fx frihandelsvarer, hvis apotekernes skan-selv systemer sikrer, at
> ekspeditionen ikke kan gennemføres uden kunden tilbydes vejledning af faguddannet personale.

Source: vejledning-selvvalg, section 11, lines 305-317.

Applies to:  retailers and pharmacies; an unknown dealer is asked.
Expectation: a person has tried the till: age check at retailers, guidance at pharmacies.
Assumptions: without self-scan tills the answer is `not-relevant`.
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
    id="self-scan-till",
    section="11",
    automation=Automation.PERSON,
    source="vejledning-selvvalg, lines 305-317",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.ANSWER}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict about the shop."""
    dealer = facts.site.dealer_type
    if dealer in (DealerType.OTC_OUTLET, DealerType.VET_DEALER):
        return [RULE.inapplicable(STORE, case="dealer")]
    case = "pharmacy" if dealer is not None and dealer.is_pharmacy else ""
    return [verdict_from_answer(RULE, facts, case=case)]
