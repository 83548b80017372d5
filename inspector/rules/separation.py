"""separation: does the medicine stand clearly apart from other goods?

> Det er ikke tilladt at sammenblande håndkøbslægemidler med andre varer. Dette inkluderer
> sammenblanding med vitaminpiller, naturlægemidler og medicinsk udstyr, såsom fx graviditetstest
> og kondomer. Der skal være en tydelig adskillelse mellem håndkøbslægemidler og øvrige varer.
> Dette kan eksempelvis bestå i en fysisk adskillelse af håndkøbslægemidler og andre varer fx ved
> et synligt mellemrum, separate hylde fag, eller separate reoler. Der kan også indsættes en fysisk
> adskillelse eller markering, som klart viser en opdeling af en hylde, og så det for kunden er
> tydeligt, at der er tale om forskellige varegrupper.

Source: vejledning-selvvalg, section 5, lines 158-166.

Applies to:  every pair of neighbours on a shelf of which one is medicine.
Expectation: a divider or a visible gap between medicine and other goods.
Assumptions: the width of a "synligt mellemrum" is `gap_counts`, which is ours; natural remedies and
             vitamins are other goods; product cards are no goods.
Not judged:  strips along the shelf edge that mark a group of goods.
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.facts import CaptureFacts, Facts, Neighbours, PackFacts, PlacementFacts
from inspector.domain.goods import Goods
from inspector.domain.quantity import Measured
from inspector.domain.verdict import Outcome, Reason, Verdict
from inspector.rules import scope
from inspector.rules.decide import Decision, separates
from inspector.rules.guidance import Guidance
from inspector.rules.rule import Automation, Details, Need, Rule, wording_from

RULE = Rule(
    id="separation",
    section="5",
    automation=Automation.MACHINE,
    source="vejledning-selvvalg, lines 158-166",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.IDENTITY, Need.SHELF_VIEW}),
)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Medicine and what stands too close to it, with how the gap between them was judged."""

    packs: tuple[PackFacts, PackFacts]
    outcome: Outcome
    reason: Reason | None
    gap: Decision
    has_scale: bool


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict per placement."""

    def judge_capture(capture: CaptureFacts) -> list[Verdict]:
        if verdicts := scope.no_medicine(RULE, capture):
            return verdicts
        return [
            _judge_placement(capture, placement, guidance) for placement in capture.placements
        ] + scope.unplaced(RULE, capture)

    return scope.judge_captures(RULE, facts, judge_capture)


def _judge_placement(
    capture: CaptureFacts, placement: PlacementFacts, guidance: Guidance
) -> Verdict:
    target = scope.placement_target(placement)
    pairs = [
        pair
        for neighbours in capture.neighbours
        if {neighbours.left_id, neighbours.right_id} & set(placement.pack_ids)
        and (pair := _judge_pair(capture, neighbours, guidance))
    ]
    if not pairs and placement.stray_text_px:
        # Text on nothing is a pack that was overlooked, and nobody knows what it is.
        place = scope.at(capture, *placement.stray_text_px)
        return RULE.cant_tell(target, Reason.IDENTITY_UNKNOWN, case="stray_text", evidence=place)
    if not pairs:
        return RULE.passed(target, evidence=scope.at(capture, placement.box_xyxy_px))
    worst = max(pair.outcome for pair in pairs)
    wrong = [pair for pair in pairs if pair.outcome is worst]
    details = Details(
        measured=wrong[0].gap.measured,
        limit=wrong[0].gap.limit,
        evidence=tuple(place for pair in wrong for place in scope.evidence(capture, pair.packs)),
        values={"pairs": "; ".join(" / ".join(p.label for p in pair.packs) for pair in wrong)},
    )
    case = "" if wrong[0].has_scale else "in_widths"
    if worst is Outcome.FAILED:
        return RULE.failed(target, case=case, **details)
    if any(pair.reason is Reason.IDENTITY_UNKNOWN for pair in wrong):
        return RULE.cant_tell(target, Reason.IDENTITY_UNKNOWN, **details)
    return RULE.cant_tell(target, Reason.GAP_UNDECIDED, case=case, **details)


def _judge_pair(capture: CaptureFacts, neighbours: Neighbours, guidance: Guidance) -> _Pair | None:
    """Return a pair that is not clearly separated; None where it is or need not be."""
    packs = capture.pack(neighbours.left_id), capture.pack(neighbours.right_id)
    goods = {pack.goods for pack in packs}
    if not goods & {Goods.OTHER_GOODS, Goods.UNKNOWN}:
        return None
    gap = separates(neighbours.gap, neighbours.gap_widths, guidance)
    if neighbours.divider or gap.outcome is Outcome.PASSED:
        return None
    has_scale = isinstance(neighbours.gap, Measured)
    if Goods.UNKNOWN in goods:
        return _Pair(packs, Outcome.CANT_TELL, Reason.IDENTITY_UNKNOWN, gap, has_scale)
    return _Pair(packs, gap.outcome, gap.reason, gap, has_scale)
