"""The whole line on the bundled samples, seen by a perfect reader: golden reports.

`REGEN_GOLDEN=1 pytest tests/test_inspection.py` writes them anew; read the difference.
"""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from inspector.capture.photo import read_photo
from inspector.catalogue.editions import Source, keep_edition
from inspector.catalogue.register import Register
from inspector.data_folder import data_folder
from inspector.domain.facts import Answer, Site, Zone
from inspector.domain.goods import DealerType, Kind, Sku
from inspector.domain.scene import Scene
from inspector.domain.verdict import Outcome
from inspector.inspection import EDITIONS, MatchersInUse, inspect_captures
from inspector.report.document import document_from_report
from inspector.rules import RULES
from tests.truth import SAMPLES, TruthReader

GOLDEN = Path(__file__).parent / "golden"
SITE = Site(DealerType.PHARMACY, date(2026, 11, 1))
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
NAMES = ["no-scale", "pharmacy-good", "retailer-mixed", "retailer-too-low"]


@pytest.fixture(scope="module")
def register():
    return Register.load()


def inspected(name, register, *, site=SITE, scene=None):
    capture = read_photo(SAMPLES / f"{name}.jpg")
    return inspect_captures(
        [capture], reader=TruthReader(scene), register=register, site=site, created_at=NOW
    )


@pytest.mark.parametrize("name", NAMES)
def test_report_of_a_sample_is_the_golden_one(name, register):
    document = document_from_report(inspected(name, register))
    for versioned in ("software", "rules", "catalogue"):
        document["versions"].pop(versioned)
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    path = GOLDEN / f"{name}.report.json"
    if os.environ.get("REGEN_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_definite_verdict_is_never_against_the_truth(name, register):
    truth = json.loads((SAMPLES / f"{name}.json").read_text())["expected"]
    summary = inspected(name, register).summary
    for rule_id, key in {
        "reach-height": "height",
        "separation": "separation",
        "signage": "signage",
        "ceiling-sign": "ceiling_sign",
        "sign-advertising": "advertising",
        "climbing-aids": "climbing_aids",
    }.items():
        if truth[key] == "violation":
            assert summary[rule_id] in (Outcome.FAILED, Outcome.CANT_TELL), rule_id
        else:
            assert summary[rule_id] is not Outcome.FAILED, rule_id


def test_medicine_under_the_limit_fails_and_names_the_packs(register):
    report = inspected("retailer-too-low", register)
    failed = [
        v for v in report.verdicts if v.rule_id == "reach-height" and v.outcome == Outcome.FAILED
    ]
    assert failed
    assert all(v.evidence and "cm" in v.measured for v in failed)


def test_without_a_scale_no_height_is_given_and_no_height_verdict_is_definite(register):
    report = inspected("no-scale", register)
    document = document_from_report(report)
    assert document["captures"][0]["scale"]["method"] == "none"
    assert all(p["bottom_height_cm"] is None for p in document["captures"][0]["packs"])
    assert report.summary["reach-height"] is Outcome.CANT_TELL


def test_every_rule_is_in_every_report_in_the_order_of_the_contract(register):
    report = inspected("no-scale", register)
    assert list(report.summary) == [rule.id for rule in RULES]
    assert len(report.summary) == 16


def test_same_input_gives_the_same_bytes(register):
    documents = [document_from_report(inspected("retailer-mixed", register)) for _ in range(2)]
    assert json.dumps(documents[0]) == json.dumps(documents[1])


def test_an_answer_settles_what_only_a_person_can_decide(register):
    assert inspected("no-scale", register).summary["supervision"] is Outcome.UNTESTED
    for answer, outcome in ((Answer.YES, Outcome.PASSED), (Answer.NO, Outcome.FAILED)):
        site = replace(SITE, answers={"supervision": answer})
        assert inspected("no-scale", register, site=site).summary["supervision"] is outcome


def test_behind_the_counter_no_placement_rule_applies(register):
    site = replace(SITE, zone=Zone.BEHIND_COUNTER)
    summary = inspected("retailer-too-low", register, site=site).summary
    assert summary["reach-height"] is Outcome.INAPPLICABLE
    assert summary["separation"] is Outcome.INAPPLICABLE


def test_a_photo_in_which_nothing_was_found_never_passes(register):
    summary = inspected("no-scale", register, scene=Scene(sharpness=500.0)).summary
    for rule_id in ("reach-height", "separation", "signage", "ceiling-sign", "climbing-aids"):
        assert summary[rule_id] is Outcome.CANT_TELL, rule_id


def test_who_runs_for_weeks_goes_by_lists_that_are_imported_meanwhile(caplog):
    matchers = MatchersInUse()
    before, day = matchers(), date(2026, 11, 1)
    assert matchers() is before
    new = Sku("n", "Nytmiddel", Kind.MEDICINE, "10 mg", source="Takst")
    keep_edition(data_folder() / EDITIONS, Source.TAKST, day, [new])
    after = matchers()
    names = [{sku.name for sku in one.register_on(day).skus} for one in (before, after)]
    assert ["Nytmiddel" in known for known in names] == [False, True]
    (data_folder() / EDITIONS / "0002 2026-11-02 takst.csv").write_text("damaged")
    assert matchers() is after
    assert "0002 2026-11-02 takst.csv" in caplog.text
