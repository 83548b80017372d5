"""signage: does a sign say that this is medicine?

> Det fremgår af bekendtgørelserne, at der for lægemidler i selvvalg skal skiltes med, at der er
> tale om lægemidler.
>
> Det kan gøres enten ved, at der er overordnet skiltning over, under eller på hylden, skabet,
> spot- eller podieplacering, der indeholder lægemidler. Det kan også gøres ved skiltning på
> hyldeforkanten af hylder, der indeholder lægemidler. Derudover kan det gøres ved skiltning der
> hænger ned fra loftet over hylden, skabet, spot- eller podieplacering, der indeholder lægemidler.
>
> På skiltningen kan anvendes følgende betegnelser: »Lægemidler«, »Håndkøbslægemidler«, »Medicin«
> og »Håndkøbsmedicin«.

Source: vejledning-selvvalg, section 6, lines 174-189.

Applies to:  every placement of medicine, and packs that may be medicine on other shelves.
Expectation: a sign over, under or on the placement, on its shelf edge or from the ceiling carries
             one of the four words.
Assumptions: which placement a sign serves is told by where it is (`PlacementFacts.sign_ids`).
Not judged:  other words, of which a person answers `sign-word`, sign by sign; price labels, which
             are no signs.
"""

from __future__ import annotations

from inspector.domain.facts import CaptureFacts, EdgeStrip, Facts, PlacementFacts, SignFacts
from inspector.domain.scene import SignKind
from inspector.domain.verdict import Reason, Verdict
from inspector.rules import scope
from inspector.rules.asking import Answers, asked_of_sign, word_of
from inspector.rules.guidance import Guidance
from inspector.rules.rule import Automation, Details, Need, Rule, wording_from
from inspector.rules.words import Word, could_be_misread, sign_word

RULE = Rule(
    id="signage",
    section="6",
    automation=Automation.MACHINE,
    source="vejledning-selvvalg, lines 174-189",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.IDENTITY, Need.SURROUND_VIEW, Need.READABLE_TEXT}),
)


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict per placement, and one for packs elsewhere that may be medicine."""
    answers = facts.site.answers

    def judge_capture(capture: CaptureFacts) -> list[Verdict]:
        if verdicts := scope.no_medicine(RULE, capture):
            return verdicts
        verdicts = [_judge_placement(capture, p, answers, guidance) for p in capture.placements]
        # An unknown pack beside medicine, or under a right sign, is signed whatever it is.
        signed = {
            pack_id
            for p in (*capture.placements, *capture.possible_placements)
            if p.pack_ids or _right_sign(capture, p, answers, guidance)
            for pack_id in p.unknown_ids
        }
        elsewhere = [p for p in scope.unknown_packs(capture) if p.pack_id not in signed]
        if elsewhere:
            verdicts.append(scope.unread(RULE, capture, elsewhere))
        return verdicts + scope.unplaced(RULE, capture)

    return scope.judge_captures(RULE, facts, judge_capture)


def _judge_placement(
    capture: CaptureFacts, placement: PlacementFacts, answers: Answers, guidance: Guidance
) -> Verdict:
    target = scope.placement_target(placement)
    place = scope.place(placement)
    signs = _serving(capture, placement)
    undecided = [sign for sign in signs if sign_word(sign.text, guidance) is Word.UNDECIDED]
    asks = tuple(asked_of_sign(sign, capture) for sign in undecided)
    if sign := _right_sign(capture, placement, answers, guidance):
        evidence = scope.at(capture, placement.box_xyxy_px, sign.box_xyxy_px)
        details = Details(evidence=evidence, values={"text": sign.text, **place})
        if sign not in undecided:
            return RULE.passed(target, **details)
        details["asks"] = asks
        return RULE.passed(target, case="answered", **details)
    for sign in undecided:
        if word_of(sign, capture, answers, guidance) is Word.UNDECIDED:
            evidence = scope.at(capture, placement.box_xyxy_px, sign.box_xyxy_px)
            details = Details(evidence=evidence, values={"text": sign.text, **place}, asks=asks)
            return RULE.cant_tell(target, Reason.OTHER_SIGN_WORD, **details)
    place_px = placement.box_xyxy_px
    details = Details(evidence=scope.at(capture, place_px), values=place, asks=asks)
    reason = _reason_to_doubt(capture, placement, signs, guidance)
    if reason is not None:
        case = "sign_unreadable" if reason is Reason.VIEW_UNREADABLE else ""
        return RULE.cant_tell(target, reason, case=case, **details)
    return RULE.failed(target, **details)


def _right_sign(
    capture: CaptureFacts, placement: PlacementFacts, answers: Answers, guidance: Guidance
) -> SignFacts | None:
    """Return a sign that serves a placement and will do: by one of the four words at best."""
    right = [
        sign
        for sign in _serving(capture, placement)
        if word_of(sign, capture, answers, guidance) is Word.APPROVED
    ]
    return next(
        (s for s in right if sign_word(s.text, guidance) is Word.APPROVED), next(iter(right), None)
    )


def _reason_to_doubt(
    capture: CaptureFacts, placement: PlacementFacts, signs: list[SignFacts], guidance: Guidance
) -> Reason | None:
    """Return why a sign may be there although none was read; None when there is surely none."""
    if not placement.surround_in_view:
        return Reason.SURROUND_NOT_IN_VIEW
    is_read = all(sign.text.strip() for sign in signs) and not any(
        could_be_misread(sign.text, guidance) for sign in _signs(capture)
    )
    is_marked = placement.edge_strip is not EdgeStrip.NONE
    if not (capture.is_readable and is_read) or is_marked:
        return Reason.VIEW_UNREADABLE
    serving = {sign_id for p in capture.placements for sign_id in p.sign_ids}
    unassigned = [sign for sign in _signs(capture) if sign.sign_id not in serving]
    if any(sign_word(sign.text, guidance) is Word.APPROVED for sign in unassigned):
        return Reason.SIGN_SERVES_UNCLEAR
    are_seen = capture.signs_looked_for and placement.signs_legible
    return None if are_seen else Reason.SIGNS_NOT_LOOKED_FOR


def _serving(capture: CaptureFacts, placement: PlacementFacts) -> list[SignFacts]:
    return [sign for sign in _signs(capture) if sign.sign_id in placement.sign_ids]


def _signs(capture: CaptureFacts) -> list[SignFacts]:
    return [sign for sign in capture.signs if sign.kind is not SignKind.PRICE_LABEL]
