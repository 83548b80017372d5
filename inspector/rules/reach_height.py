"""reach-height: is the pack's lowest point over 140 cm, out of small children's reach?

> Det fremgår af bekendtgørelserne, at lægemidler i selvvalg som udgangspunkt skal placeres over
> 140 cm fra gulvet for at være uden for gribehøjde for små børn.
>
> Hvis en forhandler vælger at afvige fra denne grænse, skal forhandleren fx i forbindelse med en
> inspektion kunne redegøre for, hvorfor forhandleren har valgt at placere håndkøbslægemidler under
> 140 cm fra gulvet, og hvordan forhandleren sikrer, at små børn ikke kan tilgå
> håndkøbslægemidlerne fra den valgte placering.
>
> Dette kan eksempelvis være tilfældet, hvis håndkøbslægemidlerne er placeret i et skab, hvor
> lukkemekanismen er placeret over 140 cm over gulvet. I det tilfælde vil en lavere placering fra
> gulvet være acceptabel, såfremt små børn ikke kan åbne skabet.

Source: vejledning-selvvalg, section 4, lines 122-142.

Applies to:  every pack that is medicine, and every unknown pack, which may be.
Expectation: the whole 95 % interval of the lowest point's height is over the limit. The text says
             both "over 140 cm" and "minimum 140 cm": exactly 140 cm is not decided.
             A cabinet that a person found good is enough for all that stands in it, read or not.
Assumptions: the height is measured from the floor before the fixture to the pack's lowest point.
Not judged:  whether a lower placement is well explained and whether children can open a cabinet;
             a person answers `height-deviation` and `cabinet`.
"""

from __future__ import annotations

from inspector.domain.facts import Answer, CaptureFacts, Facts, PackFacts
from inspector.domain.goods import Goods
from inspector.domain.verdict import Outcome, Reason, Target, TargetKind, Verdict
from inspector.rules import scope
from inspector.rules.decide import over
from inspector.rules.guidance import Guidance
from inspector.rules.rule import Automation, Details, Need, Rule, wording_from

RULE = Rule(
    id="reach-height",
    section="4",
    automation=Automation.MACHINE,
    source="vejledning-selvvalg, lines 122-142",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.IDENTITY, Need.SCALE}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict per pack."""

    def judge_capture(capture: CaptureFacts) -> list[Verdict]:
        return [_judge_pack(facts, capture, pack, guidance) for pack in capture.packs]

    return scope.judge_captures(RULE, facts, judge_capture)


def _judge_pack(
    facts: Facts, capture: CaptureFacts, pack: PackFacts, guidance: Guidance
) -> Verdict:
    if verdict := scope.no_medicine_pack(RULE, capture, pack):
        return verdict
    target = Target(TargetKind.PACK, pack.pack_id)
    decision = over(pack.bottom_height, guidance.reach_height_m)
    details = Details(
        measured=decision.measured,
        limit=decision.limit,
        evidence=scope.evidence(capture, [pack]),
        values={"name": pack.label},
    )
    is_known = pack.goods is not Goods.UNKNOWN
    if decision.outcome is Outcome.PASSED:
        return RULE.passed(target, case="" if is_known else "whatever_it_is", **details)
    if is_known and decision.outcome is Outcome.FAILED:
        return _judge_low_pack(facts, pack, target, details)
    # What it is, or how high it stands, is open: a good cabinet decides both.
    cabinet = facts.site.answers.get("cabinet") if pack.behind_door else Answer.NO
    if cabinet is Answer.YES:
        return RULE.passed(target, case="cabinet_whatever", **details)
    if is_known and decision.reason is not None:
        return RULE.cant_tell(target, decision.reason, **details)
    if cabinet is None:
        reason = Reason.CABINET_UNCONFIRMED
        return RULE.cant_tell(target, reason, case="cabinet_whatever", **details)
    return RULE.cant_tell(target, Reason.IDENTITY_UNKNOWN, **details)


def _judge_low_pack(facts: Facts, pack: PackFacts, target: Target, details: Details) -> Verdict:
    """Judge medicine under the limit, which a cabinet or an explanation may allow."""
    if facts.site.answers.get("height-deviation") is Answer.YES:
        return RULE.passed(target, case="deviation", **details)
    if not pack.behind_door:
        return RULE.failed(target, **details)
    cabinet = facts.site.answers.get("cabinet")
    if cabinet is None:
        return RULE.cant_tell(target, Reason.CABINET_UNCONFIRMED, **details)
    if cabinet is Answer.YES:
        return RULE.passed(target, case="cabinet", **details)
    return RULE.failed(target, case="cabinet", **details)
