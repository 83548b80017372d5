"""age-and-quantity: are age and number of packs checked at the till?

> Der må højst udleveres 1 pakning pr. kunde pr. dag af lægemidler med indhold af det samme aktive
> stof, når de udleveres af de forhandlere, der har modtaget Lægemiddelstyrelsens tilladelse til
> detailforhandling af håndkøbslægemidler. Lægemidlet må kun udleveres til personer på 18 år eller
> derover, med mindre det er ordineret på recept af en læge eller tandlæge.
>
> Lægemidler i udleveringsgruppe ”HAY” må udleveres på apoteker. Der må højst udleveres 1 pakning
> pr. kunde pr. dag af lægemidler med indhold af det samme aktive stof, jf. dog § 3 a.

Source: bekendtgoerelse-udleveringsbestemmelser, §2(3), (8) and (9), §3, lines 82, 92-94 and 97-109.

Applies to:  every dealer, each with its own limits.
Expectation: the till keeps to one pack per customer and day (HX, HX18 outside pharmacies; groups in
             Y everywhere) and to 18 years (HA18, HX18).
Assumptions: none.
Not judged:  anything by machine: these are rules of the till, not of the shelf.
"""

from __future__ import annotations

from inspector.domain.facts import Facts
from inspector.domain.goods import DealerType
from inspector.domain.verdict import Verdict
from inspector.rules.guidance import Guidance
from inspector.rules.person import verdict_from_answer
from inspector.rules.rule import Automation, Need, Rule, wording_from

RULE = Rule(
    id="age-and-quantity",
    section="BEK 196 §2",
    automation=Automation.PERSON,
    source="BEK 196, lines 94 and 99",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.ANSWER}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict about the shop."""
    dealer = facts.site.dealer_type
    if dealer is DealerType.VET_DEALER:
        case = "vet_dealer"
    else:
        case = "pharmacy" if dealer is not None and dealer.is_pharmacy else ""
    return [verdict_from_answer(RULE, facts, case=case)]
