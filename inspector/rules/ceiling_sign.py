"""ceiling-sign: do only medicines stand under a ceiling sign?

> Såfremt den sidste model vælges, er det dog vigtigt, at der ikke placeres andre varer end
> håndkøbslægemidler under skiltet, også selvom disse placeres på andre hylder end
> håndkøbslægemidlerne.

Source: vejledning-selvvalg, section 6, lines 184-186.

Applies to:  every sign from the ceiling that says, or may say, that the goods are medicine.
Expectation: nothing but medicine and product cards in the column under it, on every shelf.
Assumptions: "under skiltet" is the column that geometry gives (`SignFacts.under_ids`). Where every
             placement under it has a sign on the fixture as well, the ceiling sign is not needed
             and asks nothing.
Not judged:  ceiling signs outside the picture.
"""

from __future__ import annotations

from inspector.domain.facts import CaptureFacts, Facts, PlacementFacts, SignFacts
from inspector.domain.goods import Goods
from inspector.domain.scene import SignPlacement
from inspector.domain.verdict import Reason, Target, TargetKind, Verdict
from inspector.rules import scope
from inspector.rules.asking import Answers, asked_of_sign, word_of
from inspector.rules.guidance import Guidance
from inspector.rules.rule import STORE, Automation, Details, Need, Rule, wording_from
from inspector.rules.words import Word

RULE = Rule(
    id="ceiling-sign",
    section="6",
    automation=Automation.MACHINE,
    source="vejledning-selvvalg, lines 184-186",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.IDENTITY, Need.SURROUND_VIEW, Need.READABLE_TEXT}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict per ceiling sign, or one for a photo without such a sign."""
    answers = facts.site.answers

    def judge_capture(capture: CaptureFacts) -> list[Verdict]:
        if verdicts := scope.no_medicine(RULE, capture):
            return verdicts
        hanging = [sign for sign in capture.signs if sign.placement is SignPlacement.CEILING]
        relevant = [
            sign for sign in hanging if _may_speak_of_medicine(sign, capture, answers, guidance)
        ]
        if not relevant:
            return [_judge_without_sign(capture, answers, guidance)]
        return [_judge_sign(capture, sign, answers, guidance) for sign in relevant]

    return scope.judge_captures(RULE, facts, judge_capture)


def _may_speak_of_medicine(
    sign: SignFacts, capture: CaptureFacts, answers: Answers, guidance: Guidance
) -> bool:
    return not sign.text.strip() or word_of(sign, capture, answers, guidance) is not Word.NONE


def _judge_sign(
    capture: CaptureFacts, sign: SignFacts, answers: Answers, guidance: Guidance
) -> Verdict:
    target = Target(TargetKind.SIGN, sign.sign_id)
    under = [capture.pack(pack_id) for pack_id in sign.under_ids]
    others = [pack for pack in under if pack.goods is Goods.OTHER_GOODS]
    unknown = [pack for pack in under if pack.goods is Goods.UNKNOWN]
    strangers = [pack for pack in unknown if pack.may_be_other_goods]
    details = Details(
        evidence=scope.at(capture, sign.box_xyxy_px) + scope.evidence(capture, others or strangers),
        values={
            "text": sign.text,
            "goods": ", ".join(pack.label for pack in others),
            **_place(capture, sign),
        },
    )
    if not sign.text.strip():
        return RULE.cant_tell(target, Reason.VIEW_UNREADABLE, case="sign_unreadable", **details)
    if not under:
        return RULE.cant_tell(target, Reason.SURROUND_NOT_IN_VIEW, **details)
    served = [p for p in capture.placements if set(p.pack_ids) & set(sign.under_ids)]
    have_own = bool(served) and all(_has_own_sign(capture, p, answers, guidance) for p in served)
    if have_own and not unknown:
        return RULE.inapplicable(target, case="on_fixture_sign", **details)
    is_approved = word_of(sign, capture, answers, guidance) is Word.APPROVED
    if (others or strangers) and not is_approved:
        details["asks"] = (asked_of_sign(sign, capture),)
        return RULE.cant_tell(target, Reason.OTHER_SIGN_WORD, **details)
    if others and not have_own:
        return RULE.failed(target, **details)
    if strangers or (others and unknown):
        return RULE.cant_tell(target, Reason.IDENTITY_UNKNOWN, **details)
    return RULE.passed(target, **details)


def _place(capture: CaptureFacts, sign: SignFacts) -> dict[str, str]:
    """Return over which bay a sign hangs, where it hangs over medicine of one bay alone."""
    placements = (p for p in capture.placements if set(p.pack_ids) & set(sign.under_ids))
    bays = {scope.place(placement)["bay"] for placement in placements}
    return {"bay": bays.pop() if len(bays) == 1 else "", "shelf": ""}


def _judge_without_sign(capture: CaptureFacts, answers: Answers, guidance: Guidance) -> Verdict:
    placements = capture.placements
    if placements and not scope.unplaced(RULE, capture):
        if all(_has_own_sign(capture, placement, answers, guidance) for placement in placements):
            return RULE.inapplicable(STORE, case="on_fixture_sign")
        if capture.is_readable and all(placement.surround_in_view for placement in placements):
            if not capture.signs_looked_for:
                return RULE.cant_tell(STORE, Reason.SIGNS_NOT_LOOKED_FOR)
            return RULE.inapplicable(STORE)
    return RULE.cant_tell(STORE, Reason.SURROUND_NOT_IN_VIEW)


def _has_own_sign(
    capture: CaptureFacts, placement: PlacementFacts, answers: Answers, guidance: Guidance
) -> bool:
    """Return whether a sign on the fixture serves a placement, so that it needs none above it."""
    own = set(placement.sign_ids) - set(placement.ceiling_sign_ids)
    return any(
        sign.sign_id in own
        and sign.placement is not SignPlacement.CEILING
        and word_of(sign, capture, answers, guidance) is Word.APPROVED
        for sign in capture.signs
    )
