from dataclasses import replace

import pytest

from inspector.capture.photo import read_photo
from inspector.domain.facts import Site
from inspector.domain.goods import DealerType, Goods
from inspector.domain.verdict import Outcome
from inspector.inspection import judge_captures, see
from inspector.visits.judging import overview_of_visit
from inspector.visits.sorting import looks_to_sort
from tests.truth import SAMPLES, TruthReader
from tests.visits.conftest import ANNA, NOW

SETTLED = ("reach-height", "separation", "signage", "ceiling-sign")
"""Rules that ask whether a pack is medicine, not which."""
SAMPLE = "retailer-mixed"


class BlindReader(TruthReader):
    """Sees every pack and which of them look alike, and reads nothing on them."""

    def read(self, capture, *, on_found=None):
        scene = super().read(capture)
        names = {}
        packs = [
            pack
            if pack.is_card
            else replace(pack, texts=(), look=names.setdefault(pack.texts[0].text, len(names)))
            for pack in scene.packs
        ]
        return replace(scene, packs=tuple(packs))


@pytest.fixture
def reader():
    return BlindReader()


@pytest.fixture
def readable(matchers):
    """The report of the same photo, with all print read."""
    return judge_captures(
        [see(read_photo(SAMPLES / f"{SAMPLE}.jpg"), TruthReader())],
        model={},
        matchers=matchers,
        site=Site(DealerType.PHARMACY, NOW.date()),
        created_at=NOW,
    )


@pytest.fixture
def reports(desk, visit_id, judge, add, analyse):
    """Return a function that judges the visit as it stands."""
    add(SAMPLE)
    analyse()
    return lambda: judge.reports(desk.visits.visit(ANNA, visit_id))


@pytest.fixture
def sort(desk, visit_id):
    """Return a function that says what the packs of a look are."""

    def sort(look, goods):
        desk.visits.sort_packs(ANNA, visit_id, look.capture_id, look.pack_ids, goods, now=NOW)

    return sort


def test_sorting_settles_what_reading_would(reports, sort, readable):
    read = {pack.pack_id: pack.goods for pack in readable.captures[0].facts.packs}
    before = reports()[0].summary
    assert {before[rule_id] for rule_id in SETTLED} == {Outcome.CANT_TELL}
    for look in looks_to_sort(reports()):
        (goods,) = {read[pack_id] for pack_id in look.pack_ids}
        if goods is not Goods.UNKNOWN:
            sort(look, goods)
    after = reports()[0].summary
    assert {key: after[key] for key in SETTLED} == {key: readable.summary[key] for key in SETTLED}
    assert after["separation"] is Outcome.FAILED
    assert after["assortment"] is Outcome.CANT_TELL, "nobody said which medicine it is"


def test_what_keeps_most_rules_open_comes_first_and_what_is_sorted_last(reports, sort):
    looks = looks_to_sort(reports())
    n_open = [len(look.keeps_open) for look in looks]
    assert n_open == sorted(n_open, reverse=True)
    assert n_open[0] > 1
    assert not any(look.is_sorted for look in looks)
    first = looks[0]
    sort(first, Goods.OTHER_GOODS)
    last = looks_to_sort(reports())[-1]
    assert (last.key, last.goods, last.keeps_open) == (first.key, Goods.OTHER_GOODS, ())
    assert len(looks_to_sort(reports())) == len(looks), "one press holds for a whole look"


def test_a_look_of_which_a_part_was_sorted_waits(reports, sort):
    look = next(one for one in looks_to_sort(reports()) if len(one.pack_ids) > 1)
    sort(replace(look, pack_ids=look.pack_ids[:1]), Goods.OTHER_GOODS)
    (again,) = [one for one in looks_to_sort(reports()) if one.key == look.key]
    assert again.goods is None
    assert again.pack_ids == look.pack_ids


def test_a_finding_says_no_more_of_what_was_sorted(desk, visit_id, reports, sort):
    for look in looks_to_sort(reports()):
        sort(look, Goods.OTHER_GOODS)
    visit = desk.visits.visit(ANNA, visit_id)
    overview, _ = overview_of_visit(visit, reports(), lang="en")
    said = [s.sentence for f in overview.undecided for s in f.statements]
    assert not [sentence for sentence in said if "not recognised" in sentence]


def test_sorting_measures_nothing_anew(reports, sort, judge, monkeypatch):
    reports()
    monkeypatch.setattr("inspector.measuring.survey_scene", None)
    monkeypatch.setattr("inspector.joining.fit_scene", None)
    for look in looks_to_sort(reports()):
        sort(look, Goods.PRODUCT_CARD)
        reports()
