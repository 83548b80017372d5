"""The report as JSON: the stable format that other programs build on (contract, section 2)."""

from __future__ import annotations

import math
from datetime import UTC
from typing import Any

from inspector.domain.facts import (
    AidFacts,
    MarkFacts,
    PackFacts,
    PlacementFacts,
    ShelfFacts,
    SignFacts,
)
from inspector.domain.goods import FieldReading, Goods, Identity
from inspector.domain.quantity import Length, Measured
from inspector.domain.report import InspectedCapture, InspectionReport, Versions
from inspector.domain.scene import Pack
from inspector.domain.verdict import Box, Outcome, Reason, Verdict
from inspector.report.messages import Messages

SCHEMA_VERSION = "1"

Json = dict[str, Any]

DOUBTFUL = "doubtful_find"
"""Why nothing is known of a find that is more often no pack than one."""


def document_from_report(report: InspectionReport) -> Json:
    """Return a report in the format that stays stable, ready for `json.dumps`.

    Same report, same document, keys in the same order. Measured things that are not known are
    null, with the reason beside them. Beyond the contract it has `versions`, `findings`, for each
    capture the `placements` that verdicts are about and the `marks` of heights that a person
    measured, with what the photo says beside the tape, `closer` and `shown_in` where photos of one
    fixture were joined (ids of close-ups whose print counts here; id of the photo in which all that
    this one shows is judged), of each pack `fields` and `expires_on`, and beside each null
    `height_unknown_because` and `identity_unknown_because`. A pack that the machine could not read
    and whose `goods` a person told has `goods_told_by_person`; no pack at all is a `product_card`
    then. After the packs come finds that are more often none, with `doubtful`: they are listed and
    took part in nothing.

    Args:
        report: The inspection.

    Returns:
        Plain dicts, lists, strings and numbers. Heights are in centimetres, boxes in pixels of the
        upright photo, both with one decimal.

    Raises:
        GuidanceError: When a verdict has no sentence in a message file.
    """
    site = report.facts.site
    messages = {"da": Messages.load("da"), "en": Messages.load("en")}
    return {
        "schema_version": SCHEMA_VERSION,
        "inspection_id": report.inspection_id,
        "created_at": f"{report.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "dealer_type": None if site.dealer_type is None else site.dealer_type.value,
        "guidance": {
            "id": report.versions.guidance_id,
            "version": report.versions.guidance_version,
        },
        "captures": [_capture(inspected, messages) for inspected in report.captures],
        "verdicts": [_verdict(verdict, messages) for verdict in report.verdicts],
        "summary": {rule_id: outcome.key for rule_id, outcome in report.summary.items()},
        "findings": {
            outcome.key: sum(verdict.outcome is outcome for verdict in report.findings)
            for outcome in (Outcome.FAILED, Outcome.CANT_TELL)
        },
        "versions": _versions(report.versions),
    }


def _capture(inspected: InspectedCapture, messages: dict[str, Messages]) -> Json:
    facts = inspected.facts
    return {
        "capture_id": inspected.capture_id,
        "file": inspected.file,
        "image_wh": list(inspected.image_wh),
        "scale": {"method": facts.scale.method.value, "detail": facts.scale.detail},
        "packs": [_pack(pack) for pack in facts.packs]
        + [_doubtful_pack(pack) for pack in inspected.scene.doubtful_packs],
        "signs": [_sign(sign) for sign in facts.signs],
        "shelf_edges": [_shelf_edge(shelf) for shelf in facts.shelves],
        "aids": [_aid(aid) for aid in facts.aids],
        "placements": [_placement(placement, messages) for placement in facts.placements],
        **({"marks": [_mark(mark) for mark in facts.marks]} if facts.marks else {}),
        **({"closer": list(inspected.closer)} if inspected.closer else {}),
        **({"shown_in": facts.shown_in} if facts.shown_in else {}),
    }


def _pack(pack: PackFacts) -> Json:
    is_asked_for = pack.identity is None and pack.goods is not Goods.PRODUCT_CARD
    return {
        "pack_id": pack.pack_id,
        "box_xyxy_px": _box(pack.box_xyxy_px),
        "confidence": round(pack.confidence, 3),
        "goods": pack.goods.value,
        "kind": None if pack.kind is None else pack.kind.value,
        "identity": None if pack.identity is None else _identity(pack.identity),
        "identity_unknown_because": Reason.IDENTITY_UNKNOWN.value if is_asked_for else None,
        "fields": {name: _field(reading) for name, reading in pack.fields.items()},
        "expires_on": None if pack.expires_on is None else pack.expires_on.isoformat(),
        "bottom_height_cm": _height_cm(pack.bottom_height),
        "height_unknown_because": _unknown_because(pack.bottom_height),
        **({"goods_told_by_person": True} if pack.is_told else {}),
    }


def _doubtful_pack(pack: Pack) -> Json:
    return {
        "pack_id": pack.pack_id,
        "box_xyxy_px": _box(pack.box_xyxy_px),
        "confidence": round(pack.confidence, 3),
        "goods": Goods.UNKNOWN.value,
        "kind": None,
        "identity": None,
        "identity_unknown_because": DOUBTFUL,
        "bottom_height_cm": None,
        "height_unknown_because": DOUBTFUL,
        "doubtful": True,
    }


def _field(reading: FieldReading) -> Json:
    if reading.source is None:
        return {"unknown_because": str(reading.unknown_because)}
    return {
        "value": reading.value,
        "confidence": round(reading.confidence, 3),
        "source": reading.source.value,
    }


def _identity(identity: Identity) -> Json:
    return {
        "name": identity.full_name,
        "strength": identity.agreed("strength"),
        "form": identity.agreed("form"),
        "pack_size": identity.agreed("pack_size"),
        "substance": identity.agreed("substance"),
        "vnr": identity.agreed("vnr"),
        "group": None if identity.group is None else identity.group.value,
        "confidence": round(identity.confidence, 3),
        "evidence": list(identity.evidence),
    }


def _sign(sign: SignFacts) -> Json:
    return {
        "box_xyxy_px": _box(sign.box_xyxy_px),
        "text": sign.text,
        "kind": sign.kind.value,
        "placement": sign.placement.value,
    }


def _shelf_edge(shelf: ShelfFacts) -> Json:
    return {
        "line_px": [[round(x, 1), round(y, 1)] for x, y in shelf.line_px],
        "height_cm": _height_cm(shelf.height),
        "height_unknown_because": _unknown_because(shelf.height),
    }


def _aid(aid: AidFacts) -> Json:
    return {"kind": aid.kind.value, "box_xyxy_px": _box(aid.box_xyxy_px)}


def _placement(placement: PlacementFacts, messages: dict[str, Messages]) -> Json:
    bay = "" if placement.bay_number is None else str(placement.bay_number)
    shelf = str(placement.shelf_number)
    return {
        "id": placement.placement_id,
        "place": {lang: words.place(bay, shelf) for lang, words in messages.items()},
        "pack_ids": list(placement.pack_ids),
        "box_xyxy_px": _box(placement.box_xyxy_px),
    }


def _mark(facts: MarkFacts) -> Json:
    return {
        "ends_px": [[round(x, 1), round(y, 1)] for x, y in facts.mark.ends_px],
        "tape_cm": round(facts.mark.height_m * 100, 1),
        "photo_cm": _height_cm(facts.photo_height),
        "photo_unknown_because": _unknown_because(facts.photo_height),
    }


def _verdict(verdict: Verdict, messages: dict[str, Messages]) -> Json:
    return {
        "rule_id": verdict.rule_id,
        "section": verdict.section,
        "target": {"kind": verdict.target.kind.value, "id": verdict.target.id},
        "outcome": verdict.outcome.key,
        "reason": None if verdict.reason is None else verdict.reason.value,
        "measured": verdict.measured,
        "limit": verdict.limit,
        "evidence": [
            {"capture_id": region.capture_id, "box_xyxy_px": _box(region.box_xyxy_px)}
            for region in verdict.evidence
        ],
        "message": {lang: words.sentence(verdict) for lang, words in messages.items()},
        "remedy": _in_all({lang: words.remedy(verdict) for lang, words in messages.items()}),
        "next_photo": _in_all(
            {lang: words.next_photo(verdict) for lang, words in messages.items()}
        ),
    }


def _in_all(texts: dict[str, str | None]) -> dict[str, str | None] | None:
    """Return texts by language, or None when there is nothing to say in any."""
    return texts if any(texts.values()) else None


def _height_cm(height: Length) -> Json | None:
    """Return a height in centimetres; its interval is rounded outwards, so it never narrows."""
    if not isinstance(height, Measured):
        return None
    return {
        "value": round(height.value_m * 100, 1),
        "low": math.floor(_millimetres(height.low_m)) / 10,
        "high": math.ceil(_millimetres(height.high_m)) / 10,
    }


def _millimetres(length_m: float) -> float:
    """Return millimetres without the last binary digits: 1.391 m is 1391 mm, not 1391.0000002."""
    return round(length_m * 1000, 6)


def _unknown_because(length: Length) -> str | None:
    return None if isinstance(length, Measured) else length.reason.value


def _box(box_xyxy_px: Box) -> list[float]:
    return [round(float(edge), 1) for edge in box_xyxy_px]


def _versions(versions: Versions) -> Json:
    return {
        "software": versions.software,
        "rules": versions.rules_sha256,
        "catalogue": versions.catalogue,
        "model": dict(sorted(versions.model.items())),
    }
