"""grouped-placement: do the medicines stand together? A recommendation, never a failure.

> Lægemiddelstyrelsen anbefaler, at håndkøbslægemidler placeres samlet i publikumsrummet, men
> accepterer placering flere steder i publikumsrummet fx som spot- eller podieplacering af enkelte
> lægemidler, såfremt de øvrige regler om skiltning, adskillelse, gribehøjde m.m. overholdes for
> hver placering i publikumsrummet.

Source: vejledning-selvvalg, section 5, lines 169-172.

Applies to:  the placements of one photo.
Expectation: they are next to each other; several places are advice only.
Assumptions: shelves over one another and beside one another belong together; "next to" is within
             the height of the taller placement.
Not judged:  placements in different photos.
"""

from __future__ import annotations

from inspector.domain.facts import CaptureFacts, Facts, PlacementFacts
from inspector.domain.verdict import Verdict
from inspector.rules import scope
from inspector.rules.guidance import Guidance
from inspector.rules.rule import STORE, Automation, Need, Rule, wording_from

RULE = Rule(
    id="grouped-placement",
    section="5",
    automation=Automation.MACHINE,
    source="vejledning-selvvalg, lines 169-172",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.IDENTITY, Need.SHELF_VIEW}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict per photo."""
    return scope.judge_captures(RULE, facts, _judge_capture)


def _judge_capture(capture: CaptureFacts) -> list[Verdict]:
    if verdicts := scope.no_medicine(RULE, capture) + scope.unplaced(RULE, capture):
        return verdicts
    evidence = scope.at(capture, *(placement.box_xyxy_px for placement in capture.placements))
    count = _count_groups(capture.placements)
    if count == 1:
        return [RULE.passed(STORE, evidence=evidence)]
    values = {"count": str(count)}
    return [RULE.passed(STORE, case="several_places", evidence=evidence, values=values)]


def _count_groups(placements: tuple[PlacementFacts, ...]) -> int:
    """Return how many groups of adjacent placements there are."""
    left = list(placements)
    count = 0
    while left:
        count += 1
        group = [left.pop()]
        for member in group:
            near = [placement for placement in left if _are_adjacent(member, placement)]
            left = [placement for placement in left if placement not in near]
            group += near
    return count


def _are_adjacent(a: PlacementFacts, b: PlacementFacts) -> bool:
    ax1, ay1, ax2, ay2 = a.box_xyxy_px
    bx1, by1, bx2, by2 = b.box_xyxy_px
    reach = max(ay2 - ay1, by2 - by1)
    return max(ax1, bx1) - min(ax2, bx2) <= reach and max(ay1, by1) - min(ay2, by2) <= reach
