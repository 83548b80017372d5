"""climbing-aids: does something to climb on stand near the medicine?

> Dette er eksempelvis tilfældet, hvis håndkøbslægemidler placeres på podier med trin, eller hvis
> der i nærheden af håndkøbslægemidlerne findes hjælpemidler, som gør det muligt at nå
> håndkøbslægemidler ved brug af disse. Dette er tilfældet, hvis der står taburetter, stiger eller
> elefantfødder i publikumsrummet. Forhandlere bør ligeledes være opmærksomme på, ikke at placere
> paller, kasser mv. tæt på håndkøbslægemidlernes placering, som et barn kan klatre op på, og
> derved nå håndkøbslægemidlerne. Hvis forhandleren har placeret håndkøbslægemidler 140 cm fra
> gulvet, men hvor særlige forhold i butikken taler for en højere placering, skal forhandleren fx i
> forbindelse med en inspektion kunne redegøre for den valgte placering.

Source: vejledning-selvvalg, section 4, lines 145-152.

Applies to:  stools, kick stools, ladders and steps; pallets and crates only as advice ("bør").
Expectation: none of them near medicine, or medicine stands higher and the dealer can explain it.
Assumptions: "i nærheden" is closer than `climbing_near`, which is ours; the guidance has no number.
             The floor is in view where the photo shows what stands half a metre before the fixture
             from 20 cm up, at the middle of its packs; without a scale, from a camera at 1 m.
Not judged:  whether a higher placement is high enough; a person answers `higher-placement`. Where a
             photo cannot show that nothing is there, a person answers `climbing-aids`.
"""

from __future__ import annotations

from inspector.domain.facts import AidFacts, Answer, CaptureFacts, Facts
from inspector.domain.verdict import Outcome, Reason, Target, TargetKind, Verdict
from inspector.rules import scope
from inspector.rules.decide import over
from inspector.rules.guidance import Guidance
from inspector.rules.rule import STORE, Automation, Details, Need, Rule, wording_from

RULE = Rule(
    id="climbing-aids",
    section="4",
    automation=Automation.ASSISTED,
    source="vejledning-selvvalg, lines 145-152",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.FLOOR_VIEW, Need.SCALE, Need.ANSWER}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict per aid, or one for a photo without aids."""

    def judge_capture(capture: CaptureFacts) -> list[Verdict]:
        if not scope.medicine(capture) and not scope.unknown_packs(capture):
            return scope.no_medicine(RULE, capture)
        answer = facts.site.answers.get(RULE.id)
        verdicts = [
            _judge_aid(facts, capture, aid, guidance)
            for aid in capture.aids
            if aid.is_sure or answer is not Answer.YES  # who looked on the spot knows better
        ]
        if answer is Answer.NO:
            verdicts.append(RULE.failed(STORE, case="answered"))
        elif answer is Answer.YES:
            verdicts.append(RULE.passed(STORE, case="answered"))
        elif not capture.aids_looked_for:
            verdicts.append(RULE.cant_tell(STORE, Reason.AIDS_NOT_LOOKED_FOR))
        elif not capture.floor_in_view:
            verdicts.append(RULE.cant_tell(STORE, Reason.FLOOR_NOT_IN_VIEW))
        elif not capture.is_readable:
            verdicts.append(RULE.cant_tell(STORE, Reason.VIEW_UNREADABLE))
        return verdicts or [RULE.passed(STORE)]

    return scope.judge_captures(RULE, facts, judge_capture)


def _judge_aid(facts: Facts, capture: CaptureFacts, aid: AidFacts, guidance: Guidance) -> Verdict:
    target = Target(TargetKind.STORE, aid.aid_id)
    evidence = scope.at(capture, aid.box_xyxy_px)
    if aid.kind.is_advice_only:
        return RULE.passed(target, case="advice", evidence=evidence)
    decision = over(aid.distance, guidance.climbing_near_m)
    details = Details(measured=decision.measured, limit=decision.limit, evidence=evidence)
    # The distance is to the nearest known medicine; an unknown pack nearer by may be medicine.
    unknown = scope.unknown_packs(capture)
    if decision.outcome is Outcome.PASSED and not unknown:
        return RULE.passed(target, case="far", **details)
    if facts.site.answers.get("higher-placement") is Answer.YES:
        return RULE.passed(target, case="explained", **details)
    if decision.outcome is Outcome.FAILED and not aid.is_sure:
        return RULE.cant_tell(target, Reason.AID_UNSURE, **details)
    if decision.outcome is Outcome.FAILED:
        return RULE.failed(target, **details)
    if decision.outcome is Outcome.PASSED:
        return RULE.cant_tell(target, Reason.IDENTITY_UNKNOWN, **details)
    return RULE.cant_tell(target, Reason.AID_DISTANCE_UNKNOWN, **details)
