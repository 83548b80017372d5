"""separation: does the medicine stand clearly apart from other goods?

> Det er ikke tilladt at sammenblande håndkøbslægemidler med andre varer. Dette inkluderer
> sammenblanding med vitaminpiller, naturlægemidler og medicinsk udstyr, såsom fx graviditetstest
> og kondomer. Der skal være en tydelig adskillelse mellem håndkøbslægemidler og øvrige varer.
> Dette kan eksempelvis bestå i en fysisk adskillelse af håndkøbslægemidler og andre varer fx ved
> et synligt mellemrum, separate hylde fag, eller separate reoler. Der kan også indsættes en fysisk
> adskillelse eller markering, som klart viser en opdeling af en hylde, og så det for kunden er
> tydeligt, at der er tale om forskellige varegrupper. Det kan eksempelvis bestå i en ubrudt
> hyldeforkant langs hele hyldeplaceringen, som viser, at der er tale om lægemidler eller en særlig
> varegruppe.

Source: vejledning-selvvalg, section 5, lines 158-168.

Applies to:  every pair of neighbours on a shelf of which one is medicine, also where one stands on
             the other, and packs elsewhere that may be medicine among other goods.
Expectation: a visible gap, a divider, the side of a bay, or an unbroken strip along the shelf edge
             under all of the medicine, with one of the four words on it.
Assumptions: the width of a "synligt mellemrum" is `gap_counts`, and goods that change places as
             often as `mixed_from` are mixed whatever stands between single packs; both are ours.
             Natural remedies and vitamins are other goods; product cards are no goods; what stands
             on another shelf is apart.
Not judged:  gaps between `gap_never_counts` and `gap_counts`, places that the photo does not show,
             and whether a strip without words marks the medicine clearly; a person answers `gap`
             and `marking`, thing by thing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from inspector.domain.facts import (
    Answer,
    CaptureFacts,
    EdgeStrip,
    Facts,
    Neighbours,
    PackFacts,
    PlacementFacts,
)
from inspector.domain.goods import Goods
from inspector.domain.quantity import Measured
from inspector.domain.scene import SignPlacement
from inspector.domain.verdict import Asked, Outcome, Reason, Verdict
from inspector.rules import scope
from inspector.rules.asking import GAP, MARKING, Answers, placed_id
from inspector.rules.decide import Decision, may_hold_divider, separates
from inspector.rules.guidance import Guidance
from inspector.rules.rule import Automation, Details, Need, Rule, wording_from
from inspector.rules.words import Word, sign_word

RULE = Rule(
    id="separation",
    section="5",
    automation=Automation.MACHINE,
    source="vejledning-selvvalg, lines 158-168",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.IDENTITY, Need.SHELF_VIEW}),
)


_ASKED = (Reason.GAP_UNDECIDED, Reason.DIVIDERS_NOT_LOOKED_FOR)
"""Reasons that a look at the place itself settles."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Medicine and what stands too close to it, with how the gap between them was judged.

    Attributes:
        packs: The two packs.
        outcome: FAILED or CANT_TELL.
        reason: Why it cannot be told; None when it failed.
        case: The story behind it.
        gap: How the gap was judged.
    """

    packs: tuple[PackFacts, PackFacts]
    outcome: Outcome
    reason: Reason | None
    case: str
    gap: Decision

    @property
    def names(self) -> str:
        """Both names, for people."""
        return " / ".join(pack.label for pack in self.packs)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict per placement, and one for packs elsewhere that may be medicine."""
    answers = facts.site.answers

    def judge_capture(capture: CaptureFacts) -> list[Verdict]:
        if verdicts := scope.no_medicine(RULE, capture):
            return verdicts
        verdicts = [_judge_placement(capture, p, answers, guidance) for p in capture.placements]
        elsewhere = [
            capture.pack(pack_id)
            for placement in capture.possible_placements
            if _pairs(capture, placement.unknown_ids, guidance)
            for pack_id in placement.unknown_ids
        ]
        if elsewhere:
            verdicts.append(scope.unread(RULE, capture, elsewhere))
        return verdicts + scope.unplaced(RULE, capture)

    return scope.judge_captures(RULE, facts, judge_capture)


def _judge_placement(
    capture: CaptureFacts, placement: PlacementFacts, answers: Answers, guidance: Guidance
) -> Verdict:
    target = scope.placement_target(placement)
    # What is medicine or a card stands apart from other goods like the medicine that it may be.
    no_others = [key for key in placement.unknown_ids if not capture.pack(key).may_be_other_goods]
    undecided = _pairs(capture, (*placement.pack_ids, *no_others), guidance)
    asks = tuple(_asked(capture, placement, pair) for pair in undecided if pair.reason in _ASKED)
    pairs = [pair for one in undecided if (pair := _as_answered(capture, one, answers))]
    if _is_mixed(capture, placement, guidance):
        details = _details(capture, placement, pairs)
        return RULE.failed(target, case="mixed", **details)
    if not pairs and placement.stray_text_px:
        # Text on nothing is a pack that was overlooked, and nobody knows what it is.
        place = scope.at(capture, *placement.stray_text_px)
        details = Details(evidence=place, values=scope.place(placement))
        return RULE.cant_tell(target, Reason.IDENTITY_UNKNOWN, case="stray_text", **details)
    if not pairs:
        details = Details(
            evidence=scope.at(capture, placement.box_xyxy_px),
            values={"pairs": _names(undecided), **scope.place(placement)},
            asks=asks,
        )
        return RULE.passed(target, case="answered" if undecided else "", **details)
    worst = max(pair.outcome for pair in pairs)
    wrong = [pair for pair in pairs if pair.outcome is worst]
    if worst is Outcome.FAILED and placement.edge_strip is not EdgeStrip.NONE:
        return _judge_strip(capture, placement, wrong, answers, guidance)
    # An unknown pack keeps all open, so it is said first.
    wrong.sort(key=lambda pair: pair.reason is not Reason.IDENTITY_UNKNOWN)
    details = _details(capture, placement, wrong)
    if wrong[0].reason is None:
        details["asks"] = tuple(asked for asked in asks if asked.question_id in answers)
        return RULE.failed(target, case=wrong[0].case, **details)
    details["asks"] = asks
    return RULE.cant_tell(target, wrong[0].reason, case=wrong[0].case, **details)


def _asked(capture: CaptureFacts, placement: PlacementFacts, pair: _Pair) -> Asked:
    """Return the question whether two goods stand clearly apart."""
    values = {"subject": pair.names, **scope.place(placement)}
    return Asked(_gap_id(capture, pair), values)


def _gap_id(capture: CaptureFacts, pair: _Pair) -> str:
    return placed_id(GAP, capture.capture_id, "-".join(pack.pack_id for pack in pair.packs))


def _as_answered(capture: CaptureFacts, pair: _Pair, answers: Answers) -> _Pair | None:
    """Return a pair as a person who looked found it; None where the two stand clearly apart."""
    answer = answers.get(_gap_id(capture, pair)) if pair.reason in _ASKED else None
    if answer is Answer.YES:
        return None
    if answer is Answer.NO:
        return replace(pair, outcome=Outcome.FAILED, reason=None, case="gap_answered")
    return pair


def _judge_strip(
    capture: CaptureFacts,
    placement: PlacementFacts,
    pairs: list[_Pair],
    answers: Answers,
    guidance: Guidance,
) -> Verdict:
    """Judge goods side by side above a strip along the shelf's edge under the medicine alone."""
    target = scope.placement_target(placement)
    details = _details(capture, placement, pairs)
    if placement.edge_strip is EdgeStrip.BROKEN:
        return RULE.failed(target, case="strip_broken", **details)
    is_named = any(
        sign.sign_id in placement.sign_ids
        and sign.placement is SignPlacement.SHELF_EDGE
        and sign_word(sign.text, guidance) is Word.APPROVED
        for sign in capture.signs
    )
    if is_named:
        return RULE.passed(target, case="strip", **details)
    question_id = placed_id(MARKING, capture.capture_id, placement.placement_id)
    values = {"subject": _names(pairs), **scope.place(placement)}
    details["asks"] = (Asked(question_id, values),)
    answer = answers.get(question_id)
    if answer is Answer.YES:
        return RULE.passed(target, case="marking_answered", **details)
    if answer is Answer.NO:
        return RULE.failed(target, case="marking_answered", **details)
    return RULE.cant_tell(target, Reason.MARKING_UNCONFIRMED, **details)


def _pairs(capture: CaptureFacts, pack_ids: tuple[str, ...], guidance: Guidance) -> list[_Pair]:
    return [
        pair
        for neighbours in capture.neighbours
        if {neighbours.left_id, neighbours.right_id} & set(pack_ids)
        and (pair := _judge_pair(capture, neighbours, guidance))
    ]


def _judge_pair(capture: CaptureFacts, neighbours: Neighbours, guidance: Guidance) -> _Pair | None:
    """Return a pair that is not clearly separated; None where it is or need not be."""
    left, right = packs = capture.pack(neighbours.left_id), capture.pack(neighbours.right_id)
    goods = {pack.goods for pack in packs}
    if not any(a.may_be_medicine and b.may_be_other_goods for a, b in (packs, (right, left))):
        return None
    if neighbours.is_stacked and Goods.UNKNOWN in goods:
        return None  # the rows behind and above are mostly more of the same
    gap = separates(neighbours.gap, neighbours.gap_widths, guidance)
    case = "stacked" if neighbours.is_stacked else ""
    if not case and not isinstance(neighbours.gap, Measured):
        case = "in_widths"
    is_apart = neighbours.divider or gap.outcome is Outcome.PASSED
    if is_apart and not neighbours.is_hidden:
        return None
    if Goods.UNKNOWN in goods:
        return _Pair(packs, Outcome.CANT_TELL, Reason.IDENTITY_UNKNOWN, "", gap)
    if is_apart:
        return _Pair(packs, Outcome.CANT_TELL, Reason.GAP_UNDECIDED, "hidden", gap)
    may_be_divided = not capture.dividers_looked_for and may_hold_divider(neighbours.gap, guidance)
    if gap.outcome is Outcome.FAILED and may_be_divided and not neighbours.is_stacked:
        return _Pair(packs, Outcome.CANT_TELL, Reason.DIVIDERS_NOT_LOOKED_FOR, "", gap)
    return _Pair(packs, gap.outcome, gap.reason, case, gap)


def _is_mixed(capture: CaptureFacts, placement: PlacementFacts, guidance: Guidance) -> bool:
    """Say whether medicine and other goods change places along a shelf again and again."""
    goods = [capture.pack(pack_id).goods for pack_id in placement.row_ids]
    known = [kind for kind in goods if kind in (Goods.OTC_MEDICINE, Goods.OTHER_GOODS)]
    changes = sum(left is not right for left, right in pairwise(known))
    return changes >= guidance.mixed_from_changes


def _details(capture: CaptureFacts, placement: PlacementFacts, pairs: list[_Pair]) -> Details:
    pack_ids = dict.fromkeys(pack.pack_id for pair in pairs for pack in pair.packs)
    packs = [capture.pack(pack_id) for pack_id in pack_ids or placement.row_ids]
    return Details(
        measured=pairs[0].gap.measured if pairs else None,
        limit=pairs[0].gap.limit if pairs else None,
        evidence=scope.evidence(capture, packs),
        values={"pairs": _names(pairs), **scope.place(placement)},
    )


def _names(pairs: list[_Pair]) -> str:
    return "; ".join(dict.fromkeys(pair.names for pair in pairs))
