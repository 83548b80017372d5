"""What is asked before any rule about placement: is it public, was anything seen, is it medicine?

A photo that shows no packs is never evidence that all is well, and a pack that nobody could
identify may be medicine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from inspector.domain.facts import CaptureFacts, Facts, PackFacts, PlacementFacts, Zone
from inspector.domain.goods import Goods
from inspector.domain.verdict import Box, Evidence, Reason, Target, TargetKind, Verdict
from inspector.rules.product_card import is_product_card
from inspector.rules.rule import STORE, Rule

UNREAD = Target(TargetKind.PLACEMENT, "unread")
"""Packs that could not be identified: a placement if they are medicine."""

UNPLACED = Target(TargetKind.PLACEMENT, "unplaced")
"""Medicine for which no shelf was found."""

_MAX_BOXES = 20

JudgeCapture = Callable[[CaptureFacts], Iterable[Verdict]]


def judge_captures(
    rule: Rule, facts: Facts, judge: JudgeCapture, *, only_public: bool = True
) -> list[Verdict]:
    """Ask a machine rule about every capture that shows packs and is judged by itself.

    Args:
        rule: The rule.
        facts: All facts.
        judge: Judges one capture that shows at least one pack.
        only_public: True for rules about self-selection, which end where the public area ends.

    Returns:
        One `inapplicable` for a shelf outside the public area, or where all is judged in a photo
        from afar; else for every capture what `judge` says, or one `cant_tell` where no packs were
        found.
    """
    if only_public and facts.site.zone is not Zone.PUBLIC:
        return [rule.inapplicable(STORE, case="zone")]
    captures = [capture for capture in facts.captures if not capture.shown_in]
    if facts.captures and not captures:
        return [rule.inapplicable(STORE, case="shown_in")]
    verdicts: list[Verdict] = []
    for capture in captures:
        if capture.packs:
            verdicts += judge(capture)
        elif capture.is_readable:
            verdicts.append(rule.cant_tell(STORE, Reason.NO_PACKS_FOUND))
        else:
            verdicts.append(rule.cant_tell(STORE, Reason.VIEW_UNREADABLE))
    return verdicts or [rule.cant_tell(STORE, Reason.NO_PACKS_FOUND)]


def medicine(capture: CaptureFacts) -> list[PackFacts]:
    """Packs that are medicine."""
    return [pack for pack in capture.packs if pack.goods is Goods.OTC_MEDICINE]


def unknown_packs(capture: CaptureFacts) -> list[PackFacts]:
    """Packs that nobody could identify, and that may be medicine."""
    return [p for p in capture.packs if p.goods is Goods.UNKNOWN and p.may_be_medicine]


def no_medicine(rule: Rule, capture: CaptureFacts) -> list[Verdict]:
    """Verdicts about a capture in which no medicine was identified; empty when there is some."""
    if medicine(capture):
        return []
    if unknown := unknown_packs(capture):
        return [unread(rule, capture, unknown)]
    return [rule.inapplicable(STORE, case="no_medicine")]


def unread(rule: Rule, capture: CaptureFacts, packs: list[PackFacts]) -> Verdict:
    """Return that the rule cannot be told for packs that may be medicine."""
    return rule.cant_tell(
        UNREAD,
        Reason.IDENTITY_UNKNOWN,
        case="unread",
        evidence=evidence(capture, packs[:_MAX_BOXES]),
        values={"count": str(len(packs))},
    )


def unplaced(rule: Rule, capture: CaptureFacts) -> list[Verdict]:
    """Return that the rule cannot be told for medicine without a shelf; empty when all have one."""
    placed = {pack_id for placement in capture.placements for pack_id in placement.pack_ids}
    packs = [pack for pack in medicine(capture) if pack.pack_id not in placed]
    if not packs:
        return []
    return [
        rule.cant_tell(
            UNPLACED,
            Reason.VIEW_UNREADABLE,
            case="unplaced",
            evidence=evidence(capture, packs[:_MAX_BOXES]),
            values={"count": str(len(packs))},
        )
    ]


def evidence(capture: CaptureFacts, packs: Iterable[PackFacts]) -> tuple[Evidence, ...]:
    """Where these packs are."""
    return tuple(Evidence(capture.capture_id, pack.box_xyxy_px) for pack in packs)


def at(capture: CaptureFacts, *boxes: Box) -> tuple[Evidence, ...]:
    """Return these boxes of a capture as evidence."""
    return tuple(Evidence(capture.capture_id, box) for box in boxes)


def place(placement: PlacementFacts) -> dict[str, str]:
    """Return what a sentence needs to say where a placement is: its bay and its shelf."""
    bay = placement.bay_number
    return {"bay": "" if bay is None else str(bay), "shelf": str(placement.shelf_number)}


def place_of_pack(capture: CaptureFacts, pack_id: str) -> dict[str, str]:
    """Return what a sentence needs to say where a pack stands, empty where no shelf was found."""
    for placement in (*capture.placements, *capture.possible_placements):
        if pack_id in placement.pack_ids or pack_id in placement.unknown_ids:
            return place(placement)
    return {"bay": "", "shelf": ""}


def placement_target(placement: PlacementFacts) -> Target:
    """The target of verdicts about a placement."""
    return Target(TargetKind.PLACEMENT, placement.placement_id)


def no_medicine_pack(rule: Rule, capture: CaptureFacts, pack: PackFacts) -> Verdict | None:
    """Return that a rule asks nothing of a card or of other goods; None for all other packs."""
    target = Target(TargetKind.PACK, pack.pack_id)
    place = evidence(capture, [pack])
    if pack.is_told and pack.goods is not Goods.OTC_MEDICINE:
        return rule.inapplicable(target, case=f"told_{pack.goods}", evidence=place)
    if is_product_card(pack):
        return rule.inapplicable(target, case="product_card", evidence=place)
    if pack.goods is Goods.OTHER_GOODS:
        return rule.inapplicable(
            target, case="other_goods", evidence=place, values={"name": pack.label}
        )
    if not pack.may_be_medicine:
        return rule.inapplicable(target, case="other_goods_or_card", evidence=place)
    return None
