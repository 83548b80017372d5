from dataclasses import replace

import pytest

from inspector.domain.verdict import Evidence, Outcome, Reason, Target, TargetKind, Verdict
from inspector.report.crops import crop_round
from inspector.report.summary import overview_from_reports
from inspector.report.table import table_from_overview

pytestmark = pytest.mark.usefixtures("fake_messages")


def all_passed(report, **others):
    """Return a report in which every rule passed, but for the outcomes given by rule."""
    store = Target(TargetKind.STORE, "store")
    verdicts = []
    for rule_id in report.rule_ids:
        outcome = others.get(rule_id.replace("-", "_"), Outcome.PASSED)
        needs_reason = outcome in (Outcome.CANT_TELL, Outcome.UNTESTED)
        reason = Reason.UNANSWERED if needs_reason else None
        verdicts.append(Verdict(rule_id, "1", store, outcome, reason))
    return replace(report, verdicts=tuple(verdicts))


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({}, "Ingen overtrædelse fundet; Alle punkter er afklaret for de fotograferede hylder"),
        (
            {"signage": Outcome.CANT_TELL},
            "Ingen overtrædelse fundet; 1 punkt mangler at blive afklaret",
        ),
        (
            {"signage": Outcome.CANT_TELL, "supervision": Outcome.UNTESTED},
            "Ingen overtrædelse fundet; 2 punkter mangler at blive afklaret",
        ),
        ({"signage": Outcome.FAILED}, "1 regel er ikke overholdt"),
    ],
    ids=["all passed", "one cannot be told", "nobody has answered one", "one failed"],
)
def test_the_headline_never_says_that_the_rules_are_met(report, others, expected):
    overview = overview_from_reports([all_passed(report, **others)], lang="da")
    assert overview.headline.casefold() == expected.casefold()


def test_one_failed_photo_fails_the_rule_for_all_photos(report):
    passed, failed = all_passed(report), all_passed(report, signage=Outcome.FAILED)
    overview = overview_from_reports([passed, failed], lang="da")
    assert {rule.rule_id: rule.outcome for rule in overview.rules}["signage"] is Outcome.FAILED
    assert overview.outcome is Outcome.FAILED


def test_what_nobody_has_looked_at_stays_in_sight_beside_what_passed(report):
    reports = [all_passed(report), all_passed(report, supervision=Outcome.UNTESTED)]
    overview = overview_from_reports(reports, lang="da")
    assert {r.rule_id: r.outcome for r in overview.rules}["supervision"] is Outcome.UNTESTED
    assert overview.outcome is Outcome.UNTESTED


def test_a_file_that_could_not_be_read_is_told_in_the_headline(report):
    overview = overview_from_reports([all_passed(report)], lang="en", unread={"a.heic": "cut off"})
    assert overview.headline == "No violation found; 1 file could not be read"


def test_nothing_seen_is_not_nothing_wrong():
    with pytest.raises(ValueError, match="at least one report"):
        overview_from_reports([], lang="da")


def test_many_packs_with_the_same_finding_are_one_finding_with_counts(report):
    overview = overview_from_reports([report], lang="da")
    heights = [finding for finding in overview.failed if finding.rule_id == "reach-height"]
    assert len(heights) == 1
    assert heights[0].count == 5
    assert [statement.count for statement in heights[0].statements] == [2, 2, 1]
    assert heights[0].views[0].pack_numbers == ("8", "9", "10", "11", "14")


def test_findings_that_need_different_photos_stay_apart(report):
    overview = overview_from_reports([report], lang="da")
    photos = [f.next_photo for f in overview.undecided if f.rule_id == "assortment"]
    assert len(photos) == len(set(photos)) == 2


def test_every_verdict_that_asks_for_something_is_counted_once(report):
    overview = overview_from_reports([report, report], lang="da")
    counted = sum(finding.count for finding in (*overview.failed, *overview.undecided))
    assert counted == 2 * len(report.findings)


def test_a_recommendation_is_advice_and_no_failure(report):
    overview = overview_from_reports([report], lang="da")
    assert [f.rule_id for f in overview.advice] == ["grouped-placement"]
    assert overview.advice[0].outcome_word == "Anbefaling"


def test_questions_are_asked_once_for_all_photos(report):
    overview = overview_from_reports([report, report], lang="da")
    ids = [question.question_id for question in overview.questions]
    assert overview.questions[0].text == "supervision? [da]"
    assert len(ids) == len(set(ids))


def test_every_question_rests_on_a_rule(report):
    overview = overview_from_reports([report], lang="da")
    cited = {q.question_id: q.citation.text for q in overview.questions}
    assert cited["supervision"] == "Vejledningen, afsnit 3"
    assert cited["height-deviation"] == "Vejledningen, afsnit 4"
    assert cited["higher-placement"] == "Vejledningen, afsnit 4"
    assert cited["age-and-quantity"].startswith("BEK 196")


def test_every_rule_quotes_the_guidance_in_danish(report):
    overview = overview_from_reports([report], lang="en")
    assert [rule.rule_id for rule in overview.rules] == list(report.rule_ids)
    assert all(rule.citation.wording_da for rule in overview.rules)


def test_evidence_in_a_photo_that_is_not_in_the_run_gives_no_view(report):
    stray = replace(report.verdicts[0], evidence=(Evidence("f" * 64, (0, 0, 9, 9)),))
    overview = overview_from_reports([replace(report, verdicts=(stray,))], lang="da")
    findings = (*overview.failed, *overview.undecided)
    assert [finding.views for finding in findings] == [()]


@pytest.mark.parametrize(
    "box",
    [(0, 0, 10, 10), (2990, 2240, 3000, 2250), (0, 900, 3000, 1000), (10, 0, 20, 2250)],
    ids=["in a corner", "in the other corner", "right across", "from top to bottom"],
)
def test_a_crop_lies_in_the_picture_and_shows_its_box(box):
    x1, y1, x2, y2 = crop_round([box], image_wh=(3000, 2250))
    assert 0 <= x1 <= box[0]
    assert box[2] <= x2 <= 3000
    assert 0 <= y1 < y2 <= 2250
    assert x2 - x1 >= 1000 - 1e-6


def test_the_table_has_findings_first_and_every_rule_at_least_once(report):
    overview = overview_from_reports([report], lang="da")
    rows = table_from_overview(overview, lang="da")
    weights = [row.outcome for row in rows[: len(overview.failed) + len(overview.undecided)]]
    assert weights == sorted(weights, reverse=True)
    for rule in overview.rules:
        assert any(row.rule.startswith(rule.title) for row in rows)


def test_a_row_of_the_table_counts_equal_sentences(report):
    rows = table_from_overview(overview_from_reports([report], lang="da"), lang="da")
    row = next(row for row in rows if row.rule == "reach-height [da] (4)")
    assert row.outcome_word == "✕ failed [da]"
    assert row.sentence.splitlines()[0].startswith("2 × reach-height: failed")
    assert row.next_step == "mend reach-height [da]"
