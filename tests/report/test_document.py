import json
import os
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from inspector.domain.quantity import Measured, Scale, ScaleMethod
from inspector.domain.scene import Pack
from inspector.domain.verdict import Reason
from inspector.report.document import document_from_report

GOLDEN = Path(__file__).parent / "golden" / "hylde.report.json"

TEXT, NUMBER, LIST = str, (int, float), list
BY_LANGUAGE = {"da": TEXT, "en": TEXT}
HEIGHT = {"value": NUMBER, "low": NUMBER, "high": NUMBER}
SCHEMA = {
    "schema_version": TEXT,
    "inspection_id": TEXT,
    "created_at": TEXT,
    "dealer_type": (TEXT, type(None)),
    "guidance": {"id": TEXT, "version": TEXT},
    "captures": [
        {
            "capture_id": TEXT,
            "file": TEXT,
            "image_wh": LIST,
            "scale": {"method": TEXT, "detail": TEXT},
            "packs": [
                {
                    "pack_id": TEXT,
                    "box_xyxy_px": LIST,
                    "confidence": NUMBER,
                    "goods": TEXT,
                    "kind": (TEXT, type(None)),
                    "identity": {
                        "name": TEXT,
                        "strength": (TEXT, type(None)),
                        "form": (TEXT, type(None)),
                        "pack_size": (TEXT, type(None)),
                        "substance": (TEXT, type(None)),
                        "vnr": (TEXT, type(None)),
                        "group": (TEXT, type(None)),
                        "confidence": NUMBER,
                        "evidence": LIST,
                    },
                    "identity_unknown_because": (TEXT, type(None)),
                    "fields": dict,
                    "expires_on": (TEXT, type(None)),
                    "bottom_height_cm": HEIGHT,
                    "height_unknown_because": (TEXT, type(None)),
                }
            ],
            "signs": [{"box_xyxy_px": LIST, "text": TEXT, "kind": TEXT, "placement": TEXT}],
            "shelf_edges": [
                {
                    "line_px": LIST,
                    "height_cm": HEIGHT,
                    "height_unknown_because": (TEXT, type(None)),
                }
            ],
            "aids": [{"kind": TEXT, "box_xyxy_px": LIST}],
            "placements": [
                {"id": TEXT, "place": BY_LANGUAGE, "pack_ids": LIST, "box_xyxy_px": LIST}
            ],
        }
    ],
    "verdicts": [
        {
            "rule_id": TEXT,
            "section": TEXT,
            "target": {"kind": TEXT, "id": TEXT},
            "outcome": TEXT,
            "reason": (TEXT, type(None)),
            "measured": (TEXT, type(None)),
            "limit": (TEXT, type(None)),
            "evidence": [{"capture_id": TEXT, "box_xyxy_px": LIST}],
            "message": BY_LANGUAGE,
            "remedy": BY_LANGUAGE,
            "next_photo": BY_LANGUAGE,
        }
    ],
    "summary": dict,
    "findings": {"failed": int, "cant_tell": int},
    "versions": {"software": TEXT, "rules": TEXT, "catalogue": TEXT, "model": dict},
}
NULLABLE = {"identity", "bottom_height_cm", "height_cm", "remedy", "next_photo"}

pytestmark = pytest.mark.usefixtures("fake_messages")


def as_bytes(document):
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def check(value, schema, path="report"):
    match schema:
        case dict():
            assert list(value) == list(schema), path
            for key, inner in schema.items():
                if not (value[key] is None and key in NULLABLE):
                    check(value[key], inner, f"{path}.{key}")
        case [inner]:
            assert value or path.endswith("evidence"), f"{path}: the sample has none to look at"
            for place, item in enumerate(value):
                check(item, inner, f"{path}[{place}]")
        case _:
            assert isinstance(value, schema), path


def test_every_key_of_the_contract_is_there_in_its_order(report):
    check(document_from_report(report), SCHEMA)


def test_the_sample_report_is_the_golden_file(report):
    """Run with REGEN_GOLDEN=1 to write it again; read the difference before keeping it."""
    written = as_bytes(document_from_report(report))
    if os.environ.get("REGEN_GOLDEN"):
        GOLDEN.write_text(written, encoding="utf-8")
    assert written == GOLDEN.read_text(encoding="utf-8")


def test_same_report_gives_same_bytes(make_report):
    first, second = (as_bytes(document_from_report(make_report())) for _ in range(2))
    assert first == second


def test_created_at_is_utc_whatever_clock_made_it(report):
    copenhagen = timezone(timedelta(hours=1))
    moved = replace(report, created_at=datetime(2026, 3, 3, 0, 5, tzinfo=copenhagen))
    assert document_from_report(moved)["created_at"] == "2026-03-02T23:05:00Z"


def test_a_dealer_that_nobody_told_is_null(make_report):
    assert document_from_report(make_report(dealer=None))["dealer_type"] is None


def first_pack(make_report, report, height):
    facts = report.captures[0].facts
    packs = (replace(facts.packs[0], bottom_height=height), *facts.packs[1:])
    document = document_from_report(make_report(facts=replace(facts, packs=packs)))
    return document["captures"][0]["packs"][0]


@pytest.mark.parametrize(
    ("low", "value", "high", "expected"),
    [
        (1.3899, 1.3949, 1.39994, (139.5, 138.9, 140.0)),
        (1.40006, 1.4052, 1.4104, (140.5, 140.0, 141.1)),
        (1.391, 1.395, 1.399, (139.5, 139.1, 139.9)),
        (0.1, 0.1, 0.1, (10.0, 10.0, 10.0)),
    ],
    ids=[
        "the upper end is rounded up",
        "the lower end is rounded down",
        "whole millimetres stay as they are",
        "a point stays a point",
    ],
)
def test_rounding_never_narrows_an_interval(make_report, report, low, value, high, expected):
    height = first_pack(make_report, report, Measured(value, low, high))["bottom_height_cm"]
    assert (height["value"], height["low"], height["high"]) == expected


def test_what_is_not_known_is_null_with_its_reason_beside_it(report):
    packs = document_from_report(report)["captures"][0]["packs"]
    unseen = next(pack for pack in packs if pack["bottom_height_cm"] is None)
    unread = next(pack for pack in packs if pack["goods"] == "unknown")
    card = next(pack for pack in packs if pack["goods"] == "product_card")
    assert unseen["height_unknown_because"] == Reason.BEHIND_CAMERA
    assert (unread["identity"], unread["identity_unknown_because"]) == (None, "identity_unknown")
    assert (card["identity"], card["identity_unknown_because"]) == (None, None)


def test_what_a_person_told_of_a_pack_is_told_with_it(report, with_sorted_pack):
    def packs_of(report):
        return document_from_report(report)["captures"][0]["packs"]

    assert not any("goods_told_by_person" in pack for pack in packs_of(report))
    (pack,) = [p for p in packs_of(with_sorted_pack) if p.get("goods_told_by_person")]
    assert (pack["pack_id"], pack["goods"], pack["identity"]) == ("p13", "other_goods", None)
    assert pack["identity_unknown_because"] == "identity_unknown"


def test_doubtful_finds_are_listed_after_the_packs_and_say_so(report):
    [inspected] = report.captures
    doubted = replace(inspected.scene, doubtful_packs=(Pack("d1", (1, 2, 3, 4), 0.1),))
    document = document_from_report(replace(report, captures=(replace(inspected, scene=doubted),)))
    *packs, last = document["captures"][0]["packs"]
    assert packs == document_from_report(report)["captures"][0]["packs"]
    assert (last["pack_id"], last["box_xyxy_px"], last["confidence"]) == ("d1", [1, 2, 3, 4], 0.1)
    assert (last["goods"], last["identity"], last["doubtful"]) == ("unknown", None, True)


def test_remedy_and_next_photo_are_null_where_there_is_nothing_to_say(report):
    verdicts = document_from_report(report)["verdicts"]
    for verdict in verdicts:
        assert (verdict["remedy"] is not None) == (verdict["outcome"] == "failed")
        assert (verdict["next_photo"] is not None) == (verdict["outcome"] == "cant_tell")


def test_verdicts_keep_their_order_and_summary_has_every_rule(report):
    document = document_from_report(report)
    order = [(v["rule_id"], v["target"]["id"]) for v in document["verdicts"]]
    assert order == [(v.rule_id, v.target.id) for v in report.verdicts]
    assert list(document["summary"]) == list(report.rule_ids)
    assert document["summary"]["reach-height"] == "failed"
    assert document["summary"]["supervision"] == "untested"


def test_a_photo_without_a_scale_says_so(make_report, report):
    facts = replace(
        report.captures[0].facts, scale=Scale(ScaleMethod.NONE, "no tag", Reason.NO_SCALE)
    )
    document = document_from_report(make_report(facts=facts))
    assert document["captures"][0]["scale"] == {"method": "none", "detail": "no tag"}
