"""sign-advertising: does a sign that advertises medicine carry the mandatory information?

> Hvis skiltet indeholder oplysninger om lægemidlernes indikation/indikationer, fx
> »smertestillende« eller »mod forkølelse« vil der efter Lægemiddelstyrelsens opfattelse være tale
> om reklame.
>
> Et skilt i et butikslokale, der fx indeholder oplysninger om tilbud på et lægemiddel,
> anprisninger af et lægemiddel eller oplysninger om lægemidlets indikationer/anvendelsesområde,
> betragtes fx som reklame, og skiltet skal indeholde de i § 5, stk. 1, nævnte pligtoplysninger,
> jf. nedenfor.

Source: vejledning-selvvalg, sections 6 and 9, lines 193-195 and 235-253.

Applies to:  every sign that is no price label, wherever it hangs, with a word of an indication, an
             offer or praise.
Expectation: all items of section 5(1) of the order on advertising are found on it. An eighth item,
             the reference to medicinpriser.dk, is asked for from 29 April 2021 for medicine that
             only pharmacies sell.
Assumptions: an indication speaks of medicine unless the nearest pack is known to be other goods; an
             offer or praise does so when the sign names medicine or serves a placement of it.
Not judged:  whether what is written is true, and print too small to read.
"""

from __future__ import annotations

from inspector.domain.facts import CaptureFacts, Facts, PackFacts, SignFacts
from inspector.domain.goods import DealerType, Goods
from inspector.domain.scene import SignKind
from inspector.domain.verdict import Reason, Target, TargetKind, Verdict
from inspector.rules import scope, words
from inspector.rules.guidance import Guidance
from inspector.rules.rule import STORE, Automation, Details, Need, Rule, wording_from

RULE = Rule(
    id="sign-advertising",
    section="9",
    automation=Automation.ASSISTED,
    source="vejledning-selvvalg, lines 193-195 and 235-237",
    wording_da=wording_from(__doc__),
    needs=frozenset({Need.READABLE_TEXT}),
)

PLAIN_ITEMS = frozenset({"side_effects", "dosage", "read_leaflet"})
"""Items that no advert holds by chance: a sign without any of them has no mandatory text at all."""


def judge(facts: Facts, guidance: Guidance) -> list[Verdict]:
    """Return one verdict per sign, or one for a photo without signs."""

    def judge_capture(capture: CaptureFacts) -> list[Verdict]:
        if not scope.medicine(capture) and not scope.unknown_packs(capture):
            return scope.no_medicine(RULE, capture)
        signs = [sign for sign in capture.signs if sign.kind is not SignKind.PRICE_LABEL]
        if signs:
            dealer = facts.site.dealer_type
            return [_judge_sign(capture, sign, dealer, guidance) for sign in signs]
        if not capture.is_readable:
            return [RULE.cant_tell(STORE, Reason.VIEW_UNREADABLE)]
        return [RULE.inapplicable(STORE)]

    return scope.judge_captures(RULE, facts, judge_capture, only_public=False)


def _judge_sign(
    capture: CaptureFacts, sign: SignFacts, dealer: DealerType | None, guidance: Guidance
) -> Verdict:
    target = Target(TargetKind.SIGN, sign.sign_id)
    claims = words.claims(sign.text, guidance)
    details = Details(
        evidence=scope.at(capture, sign.box_xyxy_px),
        values={"text": sign.text, "claims": ", ".join(claims)},
    )
    if not claims:
        if not sign.text.strip():
            reason = Reason.SMALL_PRINT_UNREADABLE
            return RULE.cant_tell(target, reason, case="unreadable", **details)
        if sign.small_print:
            return RULE.cant_tell(target, Reason.SMALL_PRINT_UNREADABLE, **details)
        return RULE.inapplicable(target, case="no_claim", **details)
    if not _is_about_medicine(capture, sign, guidance):
        if words.indications(sign.text, guidance):
            return RULE.cant_tell(target, Reason.SIGN_SERVES_UNCLEAR, **details)
        if words.effects(sign.text, guidance) or not _names_something(sign, guidance):
            return RULE.cant_tell(target, Reason.SIGN_SERVES_UNCLEAR, **details)
        return RULE.inapplicable(target, case="other_goods", **details)
    return _judge_advert(sign, dealer, guidance, target, details)


def _judge_advert(
    sign: SignFacts,
    dealer: DealerType | None,
    guidance: Guidance,
    target: Target,
    details: Details,
) -> Verdict:
    found = words.mandatory_items(sign.text, guidance)
    if sign.names_medicine:
        found |= {"name"}
    missing = set(guidance.mandatory_items) - found
    if missing == {"price_reference"}:
        # Only medicine that is reserved to pharmacies needs it, which no other dealer may sell.
        if dealer is None or dealer.is_pharmacy:
            case = "price_reference"
            return RULE.cant_tell(target, Reason.SMALL_PRINT_UNREADABLE, case=case, **details)
        missing = set()
    if not missing:
        case = "" if guidance.advertising_order_is_known else "order_replaced"
        return RULE.passed(target, case=case, **details)
    if not found & PLAIN_ITEMS and not sign.small_print and sign.has_outline:
        return RULE.failed(target, **details)
    return RULE.cant_tell(target, Reason.SMALL_PRINT_UNREADABLE, **details)


def _is_about_medicine(capture: CaptureFacts, sign: SignFacts, guidance: Guidance) -> bool:
    if sign.names_medicine or words.speaks_of_medicine(sign.text, guidance):
        return True
    nearest = _nearest_pack(capture, sign)
    if nearest is not None and nearest.goods is Goods.OTHER_GOODS:
        return False
    if words.indications(sign.text, guidance):
        return True
    serves = any(sign.sign_id in placement.sign_ids for placement in capture.placements)
    return serves and not _names_something(sign, guidance)


def _names_something(sign: SignFacts, guidance: Guidance) -> bool:
    """Return whether a sign has words beside its claims, such as the name of other goods."""
    return bool(words.extra_words(sign.text, guidance, words.claims(sign.text, guidance)))


def _nearest_pack(capture: CaptureFacts, sign: SignFacts) -> PackFacts | None:
    """Return the pack right above or below a sign; None when nothing is in its column."""
    x1, y1, x2, y2 = sign.box_xyxy_px

    def distance_px(pack: PackFacts) -> float:
        _, top, _, bottom = pack.box_xyxy_px
        return max(top - y2, y1 - bottom, 0.0)

    column = [p for p in capture.packs if p.box_xyxy_px[0] < x2 and x1 < p.box_xyxy_px[2]]
    return min(column, key=distance_px, default=None)
