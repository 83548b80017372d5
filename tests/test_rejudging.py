import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from inspector.catalogue.register import Register
from inspector.domain.goods import Goods, Group
from inspector.errors import CaptureError
from inspector.rejudging import judge_again

GOLDEN = Path(__file__).parent / "golden"
DAY = date(2026, 11, 1)


def report(name="pharmacy-good"):
    return json.loads((GOLDEN / f"{name}.report.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def register():
    return Register.load().on(DAY)


@pytest.mark.parametrize("name", ["pharmacy-good", "retailer-mixed", "retailer-too-low"])
def test_under_its_own_register_a_report_stays_as_it_is(name, register):
    packs = judge_again(report(name), register)
    assert packs
    assert not [(pack.name, pack.verdict) for pack in packs if pack.is_changed]


def test_a_current_register_turns_an_outdated_answer_into_a_verdict(register):
    current = replace(register, skus=tuple(replace(sku, valid_from=DAY) for sku in register.skus))
    packs = judge_again(report(), current)
    panodil = next(pack for pack in packs if pack.name == "Panodil 500 mg 10 stk")
    assert panodil.outcome_before == "cant_tell"
    assert panodil.verdict.outcome.key == "failed"
    assert (panodil.group_before, panodil.group) == ("HX18", "HX18")


def test_another_group_shows_as_a_change(register):
    skus = tuple(
        replace(sku, group=Group.HA, valid_from=DAY) if sku.name == "Panodil" else sku
        for sku in register.skus
    )
    (changed, *_) = [p for p in judge_again(report(), replace(register, skus=skus)) if p.is_changed]
    assert (changed.group_before, changed.group, changed.verdict.outcome.key) == (
        "HX18",
        "HA",
        "passed",
    )


def test_goods_that_the_other_register_lacks_become_unknown(register):
    skus = tuple(sku for sku in register.skus if sku.name != "Panodil")
    packs = judge_again(report(), replace(register, skus=skus))
    gone = [pack for pack in packs if pack.name.startswith("Panodil 500")]
    assert {pack.goods for pack in gone} == {Goods.UNKNOWN}


@pytest.mark.parametrize("content", [{}, [], {"created_at": "yesterday"}, {"captures": 3}])
def test_what_is_no_report_is_refused(content, register):
    with pytest.raises(CaptureError, match="no report of an inspection"):
        judge_again(content, register)
