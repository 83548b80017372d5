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

from inspector.domain.facts import CaptureFacts, Facts, SignFacts
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
    found = _items(sign, guidance)
    missing = [
        item
        for item in guidance.mandatory_items
        if item not in found and (item != "price_reference" or _may_be_reserved(dealer))
    ]
    details = Details(
        evidence=scope.at(capture, sign.box_xyxy_px),
        values={
            "text": sign.text,
            "claims": ", ".join(claims),
            "found": " ".join(item for item in guidance.mandatory_items if item in found),
            "missing": " ".join(missing),
        },
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
    if missing == ["price_reference"]:
        case = "price_reference"
        return RULE.cant_tell(target, Reason.SMALL_PRINT_UNREADABLE, case=case, **details)
    if not missing:
        case = "" if guidance.advertising_order_is_known else "order_replaced"
        return RULE.passed(target, case=case, **details)
    if found & PLAIN_ITEMS or not sign.has_outline:
        case = "items_missing"
        return RULE.cant_tell(target, Reason.SMALL_PRINT_UNREADABLE, case=case, **details)
    if sign.small_print:
        return RULE.cant_tell(target, Reason.SMALL_PRINT_UNREADABLE, **details)
    return RULE.failed(target, **details)


def _may_be_reserved(dealer: DealerType | None) -> bool:
    """Say whether a dealer may sell medicine that is reserved to pharmacies; only that needs it."""
    return dealer is None or dealer.is_pharmacy


def _items(sign: SignFacts, guidance: Guidance) -> frozenset[str]:
    """Return the mandatory items that a sign is seen to hold, by their keys.

    A common name alone is no name: the medicine has to be named as well.
    """
    found = words.mandatory_items(sign.text, guidance)
    return found if sign.names_medicine else found - {"name"}


def _is_about_medicine(capture: CaptureFacts, sign: SignFacts, guidance: Guidance) -> bool:
    if sign.names_medicine or words.speaks_of_medicine(sign.text, guidance):
        return True
    beside = {capture.pack(pack_id).goods for pack_id in sign.beside_ids}
    if beside and beside <= {Goods.OTHER_GOODS, Goods.PRODUCT_CARD}:
        return False
    if words.indications(sign.text, guidance):
        return True
    serves = any(sign.sign_id in placement.sign_ids for placement in capture.placements)
    return serves and not _names_something(sign, guidance)


def _names_something(sign: SignFacts, guidance: Guidance) -> bool:
    """Return whether a sign has words beside its claims, such as the name of other goods."""
    return bool(words.extra_words(sign.text, guidance, words.claims(sign.text, guidance)))
