"""general-duties: are the general duties kept, such as measuring the temperature?

> De almindelige regler for forhandling af håndkøbslægemidler gælder naturligvis også for
> håndkøbslægemidler i selvvalg, fx regler om temperaturmåling m.v.

Source: vejledning-selvvalg, section 1, lines 55-56.

Applies to:  every dealer.
Expectation: a person has seen the temperature log and asked about the other duties.
Assumptions: none.
Not judged:  anything by machine.
"""

from __future__ import annotations

from inspector.domain.facts import Facts
from inspector.domain.verdict import Verdict
from inspector.rules.guidance import Guidance
from inspector.rules.person import verdict_from_answer
from inspector.rules.rule import Automation, Need, Rule, wording_from

RULE = Rule(
    id="general-duties",
    section="1",
    automation=Automation.PERSON,
    source="vejledning-selvvalg, lines 55-56",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.ANSWER}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict about the shop."""
    return [verdict_from_answer(RULE, facts)]
