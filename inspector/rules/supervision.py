"""supervision: is the medicine under the staff's eyes?

> Lægemidler i selvvalg skal være under opsyn fra personalet.
>
> Med kravet »opsyn fra personalet« forstås, at der skal være personale, som holder opsyn med
> håndkøbslægemidlerne i selvvalg, når der er eller kan komme kunder i området, hvor
> håndkøbslægemidler er placeret i selvvalg.
>
> Opsynet kan ske ved fysisk tilstedeværelse af personale eller via et bemandet overvågningskamera.
> Også hvor der bruges overvågningskamera skal der føres et konkret opsyn fra personalet. Det er
> ikke tilstrækkeligt, at et hændelsesforløb senere kan genfindes på en optagelse fra kameraet.

Source: vejledning-selvvalg, section 3, lines 31 and 94-120.

Applies to:  every dealer with medicine in self-selection.
Expectation: a person has seen that staff keep an eye on the medicine, from the till at least.
Assumptions: none. A photo of an empty shop is no evidence of a breach (bell, lock, no customers),
             and a recording is no supervision.
Not judged:  anything by machine.
"""

from __future__ import annotations

from inspector.domain.facts import Facts, Zone
from inspector.domain.verdict import Verdict
from inspector.rules.guidance import Guidance
from inspector.rules.person import verdict_from_answer
from inspector.rules.rule import STORE, Automation, Need, Rule, wording_from

RULE = Rule(
    id="supervision",
    section="3",
    automation=Automation.PERSON,
    source="vejledning-selvvalg, lines 31 and 94-104",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.ANSWER}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict about the shop."""
    if facts.site.zone is not Zone.PUBLIC:
        return [RULE.inapplicable(STORE, case="zone")]
    return [verdict_from_answer(RULE, facts)]
