from dataclasses import replace
from datetime import date

import pytest

from inspector.domain.facts import Answer
from inspector.domain.verdict import Outcome
from inspector.ui import cached
from inspector.ui.visit import questions_of
from inspector.visits.judging import judged_again


@pytest.fixture
def report(reader, upload):
    return cached.read_upload(upload, on=date(2026, 11, 22))


def with_answers(report, **answers):
    return judged_again(report, replace(report.facts.site, answers=answers))


def test_judging_again_keeps_what_was_seen_and_changes_what_was_answered(report):
    again = with_answers(report, supervision=Answer.NO)
    assert again.captures is report.captures
    assert again.summary["supervision"] is Outcome.FAILED
    changed = {rule for rule in report.rule_ids if again.summary[rule] != report.summary[rule]}
    assert changed == {"supervision"}


def test_an_answered_question_stays_so_that_the_answer_can_be_taken_back(report):
    ids = [q.question_id for q in questions_of([report], lang="da")]
    answered = with_answers(report, supervision=Answer.YES)
    assert [q.question_id for q in questions_of([answered], lang="da")] == ids


def test_an_answer_to_nothing_is_not_asked_for(report):
    stale = with_answers(report, cabinet=Answer.YES)
    assert "cabinet" not in {q.question_id for q in questions_of([stale], lang="da")}
