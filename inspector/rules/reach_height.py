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
             A cabinet that a person found good is enough for all that stands in it, read or not;
             so is, until somebody has tried it, one whose lock is surely seen over the limit. One
             whose lock is under it is none.
Assumptions: the height is measured from the floor before the fixture to the pack's lowest point.
             Over a step, nearer than `climbing_near`, it would count from the step.
Not judged:  whether a lower placement is well explained, whether children can open a cabinet, and
             how high a pack stands over a step; a person answers `height-deviation`, `cabinet` and
             `higher-placement`.
"""

from __future__ import annotations

from inspector.domain.facts import AidFacts, Answer, CaptureFacts, Facts, PackFacts
from inspector.domain.goods import Goods
from inspector.domain.quantity import Unmeasured
from inspector.domain.scene import AidKind
from inspector.domain.verdict import Outcome, Reason, Target, TargetKind, Verdict
from inspector.rules import scope
from inspector.rules.decide import Decision, over
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


UNLESS_OPENED = ("lock_high", "lock_high_whatever")
"""Stories of packs that pass unless small children can open the door: a person who tries it says.
"""


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
        values={"name": pack.label, **scope.place_of_pack(capture, pack.pack_id)},
    )
    is_known = pack.goods is not Goods.UNKNOWN
    if decision.outcome is Outcome.PASSED:
        if steps := [aid for aid in capture.aids if _lies_under(aid, pack, facts, guidance)]:
            return _judge_over_step(facts, capture, steps, target, details)
        return RULE.passed(target, case="" if is_known else "whatever_it_is", **details)
    if is_known and decision.outcome is Outcome.FAILED:
        return _judge_low_pack(facts, capture, pack, target, details, guidance)
    # What it is, or how high it stands, is open: a good cabinet decides both.
    lock = _lock(facts, pack, guidance)
    is_cabinet = pack.behind_door and lock.outcome is not Outcome.FAILED
    cabinet = facts.site.answers.get("cabinet") if is_cabinet else Answer.NO
    if cabinet is Answer.YES:
        return RULE.passed(target, case="cabinet_whatever", **details)
    if cabinet is None and lock.outcome is Outcome.PASSED:
        details = _with_lock(capture, pack, lock, details)
        return RULE.passed(target, case="lock_high_whatever", **details)
    if is_known and decision.reason is not None:
        return RULE.cant_tell(target, decision.reason, **details)
    if cabinet is None:
        reason = Reason.CABINET_UNCONFIRMED
        return RULE.cant_tell(target, reason, case="cabinet_whatever", **details)
    return RULE.cant_tell(target, Reason.IDENTITY_UNKNOWN, **details)


def _lies_under(aid: AidFacts, pack: PackFacts, facts: Facts, guidance: Guidance) -> bool:
    """Say whether a step may lie under a pack, so that its height does not count from the floor."""
    if aid.kind is not AidKind.STEPS or pack.pack_id not in aid.over_ids:
        return False
    # Who looked on the spot knows better than a detector that is not sure.
    is_step = aid.is_sure or facts.site.answers.get("climbing-aids") is not Answer.YES
    return is_step and over(aid.distance, guidance.climbing_near_m).outcome is not Outcome.PASSED


def _judge_over_step(
    facts: Facts, capture: CaptureFacts, steps: list[AidFacts], target: Target, details: Details
) -> Verdict:
    """Judge a pack that is over the limit when measured from the floor, but not from the floor."""
    if facts.site.answers.get("higher-placement") is Answer.YES:
        return RULE.passed(target, case="over_step", **details)
    seen = details["evidence"] + scope.at(capture, *(step.box_xyxy_px for step in steps))
    return RULE.cant_tell(target, Reason.STEP_BELOW, **details | Details(evidence=seen))


def _lock(facts: Facts, pack: PackFacts, guidance: Guidance) -> Decision:
    """Decide whether the lock is over the limit, as somebody measured it, or else as it is seen.

    Who tried the cabinet has seen its lock as well.
    """
    lock = pack.lock_height
    if lock is None and pack.seen_lock is not None and "cabinet" not in facts.site.answers:
        lock = pack.seen_lock.height
    unknown = Unmeasured(Reason.CABINET_UNCONFIRMED)
    return over(unknown if lock is None else lock, guidance.reach_height_m)


def _with_lock(capture: CaptureFacts, pack: PackFacts, lock: Decision, details: Details) -> Details:
    """Say how high the lock is, and show it beside the pack where it is seen."""
    seen = [] if pack.seen_lock is None else [pack.seen_lock.box_xyxy_px]
    return details | Details(
        evidence=details["evidence"] + scope.at(capture, *seen),
        values={**details["values"], "lock": lock.measured or ""},
    )


def _judge_low_pack(
    facts: Facts,
    capture: CaptureFacts,
    pack: PackFacts,
    target: Target,
    details: Details,
    guidance: Guidance,
) -> Verdict:
    """Judge medicine under the limit, which a cabinet or an explanation may allow."""
    if facts.site.answers.get("height-deviation") is Answer.YES:
        return RULE.passed(target, case="deviation", **details)
    if not pack.behind_door:
        return RULE.failed(target, **details)
    lock = _lock(facts, pack, guidance)
    if lock.outcome is Outcome.FAILED:
        return RULE.failed(target, case="lock_low", **_with_lock(capture, pack, lock, details))
    cabinet = facts.site.answers.get("cabinet")
    if cabinet is None and lock.outcome is Outcome.PASSED:
        details = _with_lock(capture, pack, lock, details)
        return RULE.passed(target, case="lock_high", **details)
    if cabinet is None:
        return RULE.cant_tell(target, Reason.CABINET_UNCONFIRMED, **details)
    if cabinet is Answer.YES:
        return RULE.passed(target, case="cabinet", **details)
    return RULE.failed(target, case="cabinet", **details)
