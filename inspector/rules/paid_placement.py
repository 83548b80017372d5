"""paid-placement: is a placement that a company pays for shown as advertising?

> Hvis en lægemiddelvirksomhed betaler for at få en særlig eksponering/placering af et lægemiddel,
> fx på en fordelagtig hyldeplads, vil det også blive betragtet som reklame, fordi der efter
> styrelsens opfattelse er tale om kundesøgning eller holdningspåvirkning, der har til formål at
> fremme salg og forbrug af lægemidlet.

Source: vejledning-selvvalg, section 9, lines 239-270.

Applies to:  every dealer.
Expectation: no company pays for the placement, or signs show the mandatory information and the
             payment keeps to the rules.
Assumptions: none; a branded display is a hint, never evidence.
Not judged:  anything by machine.
"""

from __future__ import annotations

from inspector.domain.facts import Facts
from inspector.domain.verdict import Verdict
from inspector.rules.guidance import Guidance
from inspector.rules.person import verdict_from_answer
from inspector.rules.rule import Automation, Need, Rule, wording_from

RULE = Rule(
    id="paid-placement",
    section="9",
    automation=Automation.PERSON,
    source="vejledning-selvvalg, lines 239-242",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.ANSWER}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict about the shop."""
    return [verdict_from_answer(RULE, facts)]
