"""Packs that the machine could not read, for a person on the spot to sort, look by look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inspector.domain.facts import PackFacts
from inspector.domain.goods import Goods
from inspector.domain.report import InspectedCapture, InspectionReport
from inspector.domain.verdict import Box, Outcome, Reason
from inspector.rules import ceiling_sign, climbing_aids, reach_height, separation, signage

_MAY_SETTLE = frozenset(
    module.RULE.id for module in (separation, reach_height, signage, ceiling_sign, climbing_aids)
)
"""Rules that ask whether a pack is medicine, not which medicine."""


@dataclass(frozen=True, slots=True)
class LookToSort:
    """Packs of one photo that look alike and that the machine could not read.

    Attributes:
        capture_id: The photo.
        file: Name of its file.
        pack_ids: Ids of the packs; the first is the largest.
        boxes_xyxy_px: Where they are, in the same order.
        goods: What a person said that they are; None when nobody has, or not the same of all.
        lines: What stands on them, as far as it was read.
        keeps_open: Ids of rules that cannot be told as long as nobody knows what they are.
    """

    capture_id: str
    file: str
    pack_ids: tuple[str, ...]
    boxes_xyxy_px: tuple[Box, ...]
    goods: Goods | None
    lines: tuple[str, ...]
    keeps_open: tuple[str, ...]

    @property
    def key(self) -> str:
        """Its name among all looks of a visit; the same as long as the photo is."""
        return f"{self.capture_id}_{min(self.pack_ids)}"

    @property
    def is_sorted(self) -> bool:
        """Whether a person said what they are."""
        return self.goods is not None


def looks_to_sort(reports: Sequence[InspectionReport]) -> tuple[LookToSort, ...]:
    """Return what the machine could not read: what keeps most rules open first, sorted ones last.

    Packs of a close-up are sorted in the photo of the whole fixture.

    Args:
        reports: Reports of one visit, under what people have told so far.
    """
    looks = [
        _look(inspected, packs, report)
        for report in reports
        for inspected in report.captures
        if not inspected.facts.shown_in
        for packs in _alike(inspected)
    ]
    return tuple(
        sorted(looks, key=lambda one: (one.is_sorted, -len(one.keeps_open), -len(one.pack_ids)))
    )


def _alike(inspected: InspectedCapture) -> Iterable[list[PackFacts]]:
    """Return the unread packs of a photo, those that look alike together, the largest first."""
    looks = {pack.pack_id: pack.look for pack in inspected.scene.packs}
    groups: dict[int | str, list[PackFacts]] = {}
    for pack in inspected.facts.packs:
        if pack.is_told or pack.goods is Goods.UNKNOWN:
            look = looks.get(pack.pack_id)
            groups.setdefault(pack.pack_id if look is None else look, []).append(pack)
    return [sorted(packs, key=_area, reverse=True) for packs in groups.values()]


def _area(pack: PackFacts) -> float:
    x1, y1, x2, y2 = pack.box_xyxy_px
    return (x2 - x1) * (y2 - y1)


def _look(
    inspected: InspectedCapture, packs: Sequence[PackFacts], report: InspectionReport
) -> LookToSort:
    boxes = [pack.box_xyxy_px for pack in packs]
    pack_ids = [pack.pack_id for pack in packs]
    goods = {pack.goods if pack.is_told else None for pack in packs}
    lines = (
        line.text
        for pack in inspected.scene.packs
        if pack.pack_id in pack_ids
        for line in pack.texts
    )
    keeps_open = (
        verdict.rule_id
        for verdict in report.verdicts
        if verdict.rule_id in _MAY_SETTLE
        and (verdict.outcome, verdict.reason) == (Outcome.CANT_TELL, Reason.IDENTITY_UNKNOWN)
        and any(
            seen.capture_id == inspected.capture_id and seen.box_xyxy_px in boxes
            for seen in verdict.evidence
        )
    )
    return LookToSort(
        inspected.capture_id,
        inspected.file,
        tuple(pack_ids),
        tuple(boxes),
        goods.pop() if len(goods) == 1 else None,
        tuple(dict.fromkeys(lines)),
        tuple(dict.fromkeys(keeps_open)),
    )
