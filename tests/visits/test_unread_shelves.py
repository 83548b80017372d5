from dataclasses import replace
from types import SimpleNamespace

from inspector.visits.unread_shelves import UnreadShelf, unread_shelves
from tests.rules.conftest import build_facts


def report_of(file, **given):
    (facts,) = build_facts(given).captures
    return SimpleNamespace(captures=[SimpleNamespace(file=file, facts=facts)])


def test_shelves_with_most_unknown_packs_come_first_and_those_without_are_left_out():
    packs = {f"p{n}": {"goods": "unknown"} for n in range(5)}
    report = report_of(
        "a.jpg",
        packs=packs,
        placements={"s1": {"unknown": ["p0"], "shelf": 1}, "s2": {"packs": [], "shelf": 4}},
        possible_placements={
            "s3": {"unknown": ["p1", "p2"], "shelf": 3, "bay": 2},
            "s4": {"unknown": ["p3"], "shelf": 3, "bay": 2},
        },
    )
    first, second = unread_shelves([report])
    assert first == UnreadShelf("a.jpg", 2, 3, 3)
    assert (second.shelf_number, second.packs) == (1, 1)


def test_close_ups_are_left_out():
    report = report_of(
        "near.jpg",
        packs={"p0": {"goods": "unknown"}},
        possible_placements={"s1": {"unknown": ["p0"]}},
    )
    (seen,) = report.captures
    assert len(unread_shelves([report])) == 1
    seen.facts = replace(seen.facts, shown_in="far")
    assert unread_shelves([report]) == ()
