from dataclasses import replace
from datetime import date

from inspector.domain.verdict import Outcome
from inspector.store.finding_rows import RuleRow
from inspector.visits.trends import trends_from_rows


def rows(shop, *visits):
    """Rows of a shop's visits, a day each: outcomes of two rules."""
    return [
        RuleRow(f"{shop}{n}", shop, shop.title(), date(2026, 11, 1 + n), rule_id, outcome)
        for n, outcomes in enumerate(visits)
        for rule_id, outcome in zip(("reach-height", "signage"), outcomes, strict=True)
    ]


F, P, C, U = Outcome.FAILED, Outcome.PASSED, Outcome.CANT_TELL, Outcome.UNTESTED


def test_what_fails_again_and_again_is_named_with_its_first_day():
    trends = trends_from_rows(rows("torvet", (F, P), (P, F), (F, F), (F, F)))
    assert [(one.rule_id, one.times, one.since.day) for one in trends.repeats] == [
        ("signage", 3, 2),
        ("reach-height", 2, 3),
    ]


def test_what_was_put_right_is_no_repeat():
    assert trends_from_rows(rows("torvet", (F, P), (F, P), (P, P))).repeats == ()


def test_what_people_overruled_is_no_failure_and_stands_beside_it():
    first, second = (row for row in rows("torvet", (F, P), (F, P)) if row.rule_id == "reach-height")
    trends = trends_from_rows([first, replace(second, overruled_to=P)])
    assert trends.repeats == ()
    assert trends.rules["reach-height"] == {F: 1, P: 1}
    assert trends.overruled == {"reach-height": 1}
    assert trends.shops[0].failed == (1, 0)
    still_open = trends_from_rows([replace(first, overruled_to=C)])
    assert (still_open.rules["reach-height"], still_open.undecided_share) == ({C: 1}, 1)


def test_shops_with_most_failures_now_come_first():
    trends = trends_from_rows([*rows("a", (F, F), (P, C)), *rows("b", (P, P), (F, U))])
    assert [shop.shop_id for shop in trends.shops] == ["b", "a"]
    assert trends.shops[0].failed == (0, 1)
    assert trends.shops[1].undecided == (0, 1)
    assert trends.n_visits == 4
    assert trends.undecided_share == 2 / 8
    assert trends.rules["reach-height"] == {F: 2, P: 2}


def test_no_visits_are_no_error():
    assert trends_from_rows([]).n_visits == 0
