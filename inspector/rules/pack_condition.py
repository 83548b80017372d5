"""pack-condition: are damaged, opened and expired packs kept from sale?

> Dette indebærer, at pakninger i selvvalg ikke må sælges til brugerne, hvis pakningen er
> beskadiget, åbnet, eller der på anden måde er tvivl om lægemidlets kvalitet.
>
> fastsætter, at forhandleren skal sikre, at lægemidler, der returneres fra en kunde, eller hvis
> holdbarhedstid er overskredet, eller som i øvrigt ikke kan antages at opfylde gældende
> kvalitetskrav, ikke sælges til brugerne.

Source: vejledning-selvvalg, section 3, lines 89-92, and footnote 2, lines 331-335.

Applies to:  every dealer.
Expectation: a person has looked at the packs and found none of these.
Assumptions: none.
Not judged:  anything by machine; the expiry date is mostly on a side that no photo shows.
"""

from __future__ import annotations

from inspector.domain.facts import Facts
from inspector.domain.verdict import Verdict
from inspector.rules.guidance import Guidance
from inspector.rules.person import verdict_from_answer
from inspector.rules.rule import Automation, Need, Rule, wording_from

RULE = Rule(
    id="pack-condition",
    section="3",
    automation=Automation.PERSON,
    source="vejledning-selvvalg, lines 89-92 and 331-335",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.ANSWER}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict about the shop."""
    return [verdict_from_answer(RULE, facts)]
