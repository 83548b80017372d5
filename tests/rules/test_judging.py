from dataclasses import replace

import pytest

from inspector.domain.verdict import Outcome, Reason
from inspector.rules import RULES, judge, open_questions, reach_height
from inspector.rules.rule import STORE

LOW_PACK = {"packs": {"p1": {"name": "Otrivin", "bottom_cm": 90}}}


def test_every_rule_answers_even_where_nothing_was_seen(facts_from, guidance):
    verdicts = judge(guidance, facts_from({}))

    assert list(dict.fromkeys(v.rule_id for v in verdicts)) == [rule.id for rule in RULES]
    assert {v.outcome for v in verdicts} == {Outcome.CANT_TELL, Outcome.UNTESTED}


def test_no_captures_at_all_are_not_passed(facts_from, guidance):
    verdicts = judge(guidance, replace(facts_from({}), captures=()))

    assert {v.outcome for v in verdicts} == {Outcome.CANT_TELL, Outcome.UNTESTED}


def test_a_rule_that_crashes_answers_for_itself_and_the_others_go_on(
    facts_from, guidance, monkeypatch, caplog
):
    def crash(facts, guidance):
        raise ZeroDivisionError("the scale is zero")

    monkeypatch.setattr(reach_height, "judge", crash)

    verdicts = judge(guidance, facts_from(LOW_PACK))

    crashed = [v for v in verdicts if v.rule_id == "reach-height"]
    assert [(v.target, v.reason) for v in crashed] == [(STORE, Reason.RULE_CRASHED)]
    assert crashed[0].values == {"error": "ZeroDivisionError: the scale is zero"}
    assert {v.rule_id for v in verdicts} == {rule.id for rule in RULES}
    assert "Traceback" in caplog.text


def test_a_second_photo_is_judged_by_itself(facts_from, guidance):
    low, high = facts_from(LOW_PACK), facts_from({"packs": {"p1": {"bottom_cm": 160}}})
    second = replace(high.captures[0], capture_id="c2")

    verdicts = judge(guidance, replace(low, captures=(*low.captures, second)))

    found = {v.evidence[0].capture_id: v.outcome for v in verdicts if v.rule_id == "reach-height"}
    assert found == {"c1": Outcome.FAILED, "c2": Outcome.PASSED}


def test_a_close_up_is_judged_in_the_photo_of_the_whole_fixture(facts_from, guidance):
    low, high = facts_from(LOW_PACK), facts_from({"packs": {"p1": {"bottom_cm": 160}}})
    second = replace(high.captures[0], capture_id="c2", shown_in="c1")

    verdicts = judge(guidance, replace(low, captures=(*low.captures, second)))

    assert {v.evidence[0].capture_id for v in verdicts if v.rule_id == "reach-height"} == {"c1"}


@pytest.mark.parametrize("rule_id", ["assortment", "reach-height"])
def test_no_pack_is_dropped(rule_id, facts_from, guidance):
    goods = ["medicine", "vitamin", "card", "unknown"]
    facts = facts_from({"packs": {f"p{n}": {"goods": g} for n, g in enumerate(goods)}})

    targets = [v.target.id for v in judge(guidance, facts) if v.rule_id == rule_id]

    assert targets == ["p0", "p1", "p2", "p3"]


def test_answering_unasked_questions_is_what_a_person_is_asked_for(facts_from, guidance):
    facts = facts_from(LOW_PACK)

    questions = open_questions(facts, judge(guidance, facts))

    assert questions == (
        "supervision",
        "pack-condition",
        "paid-placement",
        "gifts-and-fixtures",
        "self-scan-till",
        "age-and-quantity",
        "general-duties",
        "height-deviation",
        "climbing-aids",
    )


def test_questions_hang_on_what_is_in_the_photos(facts_from, guidance):
    facts = facts_from(
        {
            "packs": {"p1": {"bottom_cm": 90, "behind_door": True}},
            "aids": {"a1": {"kind": "stool", "distance_cm": 20}},
        }
    )

    hanging = open_questions(facts, judge(guidance, facts))[-3:]
    assert set(hanging) == {"cabinet", "higher-placement", "climbing-aids"}


@pytest.mark.parametrize("goods", ["medicine", "unknown"])
def test_a_lock_that_is_seen_over_the_limit_leaves_it_to_a_person_whether_children_can_open_it(
    goods, facts_from, guidance
):
    lock = {"behind_door": True, "seen_lock_cm": [153, 157, 161]}
    facts = facts_from({"packs": {"p1": {"goods": goods, "bottom_cm": 90} | lock}})
    assert "cabinet" in open_questions(facts, judge(guidance, facts))


def test_what_has_been_answered_is_not_asked_again(facts_from, guidance):
    answers = {"height-deviation": "no", "supervision": "yes"}
    facts = facts_from(LOW_PACK | {"site": {"answers": answers, "dealer": "vet-dealer"}})

    questions = open_questions(facts, judge(guidance, facts))

    assert not {"height-deviation", "supervision", "self-scan-till"} & set(questions)
