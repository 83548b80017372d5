import csv
from dataclasses import replace
from datetime import date

import pytest

from inspector.batch.exports import write_differences
from inspector.batch.rejudge import rejudge
from inspector.catalogue.register import Register
from inspector.domain.goods import Group
from inspector.store import Store, surveys
from tests.batch.fakes import FakeModels, make_archive
from tests.batch.test_run import REGISTER, in_process, inspected

FOR_PHARMACIES = replace(
    REGISTER,
    skus=tuple(
        replace(sku, group=sku.group and Group.HA, valid_from=date(2026, 1, 1))
        for sku in REGISTER.skus
    ),
    sha256="f" * 64,
)
"""As if a list of this year said that all medicine is for pharmacies only."""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rejudge")
    inspected(make_archive(folder / "archive", 12), folder / "out", engine=in_process())
    with Store.open(f"sqlite:///{folder}/out/inspections.sqlite") as store:
        yield store


def test_under_the_same_terms_nothing_differs(store):
    again = list(rejudge(store, register=REGISTER, on=None))
    assert len(again) == 12
    assert [difference for one in again for difference in one.differences] == []


def test_under_the_same_terms_an_inspection_is_taken_as_it_is(store, monkeypatch):
    monkeypatch.setattr("inspector.batch.work.Terms.report", lambda *_: pytest.fail("judged"))
    again = list(rejudge(store, register=REGISTER, on=None))
    for page in store.latest():
        for one, judged in zip(again, page, strict=True):
            assert one.result.rules == judged.rules


def test_another_register_shows_which_packs_are_judged_otherwise(store):
    again = list(rejudge(store, register=FOR_PHARMACIES, on=None))
    changed = [difference for one in again for difference in one.differences]
    assert {difference.rule_id for difference in changed} == {"assortment"}
    assert {difference.after for difference in changed} == {"failed", "passed"}
    assert all(difference.name for difference in changed)


def test_it_says_what_a_full_inspection_under_that_register_says(store, tmp_path):
    rejudged = rejudge(store, register=FOR_PHARMACIES, on=None)
    again = {one.result.inspection.file: one.result for one in rejudged}
    archive = make_archive(tmp_path / "archive", 12)
    done = inspected(archive, tmp_path / "out", register=FOR_PHARMACIES)
    with Store.open(f"sqlite:///{tmp_path}/out/inspections.sqlite") as other:
        for made in done.inspections:
            rules = {rule.rule_id: rule for rule in other.rules([made.key])[made.key]}
            assert rules == {rule.rule_id: rule for rule in again[made.file].rules}


def test_another_day_brings_its_own_guidance_and_register(store):
    (first, *_) = rejudge(store, register=REGISTER, on=date(2019, 1, 1))
    assert first.result.inspection.rules_of == date(2019, 1, 1)
    assert first.result.inspection.inspected_on == date(2026, 11, 2)


def test_surveys_only_save_time(store, monkeypatch):
    with_surveys = list(rejudge(store, register=FOR_PHARMACIES, on=None))
    monkeypatch.setattr("inspector.store.looks.survey_from_bytes", lambda kept: None)
    assert list(rejudge(store, register=FOR_PHARMACIES, on=None)) == with_surveys


def test_a_survey_that_cannot_be_read_is_made_anew():
    assert surveys.survey_from_bytes(b"from another time") is None


def test_differences_are_a_table(store, tmp_path):
    counts = write_differences(rejudge(store, register=FOR_PHARMACIES, on=None), tmp_path)
    with (tmp_path / "differences.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == counts.total() > 0
    assert {row["outcome_now"] for row in rows} == {"failed", "passed"}
    assert all(row["store"].startswith("shop-") and row["date"] == "2026-11-02" for row in rows)


def test_no_model_is_loaded_and_no_photo_is_read(store, monkeypatch):
    monkeypatch.setattr(FakeModels, "load", lambda self: pytest.fail("a model was loaded"))
    monkeypatch.setattr("fsspec.open", lambda *_: pytest.fail("a photo was opened"))
    assert len(list(rejudge(store, register=Register.load(), on=None))) == 12
