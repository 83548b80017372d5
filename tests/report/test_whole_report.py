"""The sample judged by the real rules and told in the real sentences."""

from dataclasses import replace

import pytest

from inspector.report.document import document_from_report
from inspector.report.html import html_from_reports
from inspector.report.overlay import annotate
from inspector.report.pdf import pdf_from_reports
from inspector.report.summary import overview_from_reports
from inspector.report.table import table_from_overview
from inspector.rules import RULES, judge
from inspector.rules.guidance import load_guidance


@pytest.fixture(scope="module")
def judged(make_report):
    report = make_report()
    guidance = load_guidance(report.facts.site.inspected_on)
    rule_ids = tuple(rule.id for rule in RULES)
    return replace(report, verdicts=judge(guidance, report.facts), rule_ids=rule_ids)


@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_reader_gets_a_whole_report(judged, photo, lang):
    picture = annotate(photo, judged.captures[0], judged.verdicts, lang=lang)
    images = {judged.captures[0].capture_id: picture}
    assert pdf_from_reports([judged], lang=lang, images=images).startswith(b"%PDF")
    page = html_from_reports([judged], lang=lang, images={})
    assert "{" not in page.split("</style>")[1], "a sentence quotes a value that it does not have"
    overview = overview_from_reports([judged], lang=lang)
    assert len(table_from_overview(overview, lang=lang)) >= len(RULES)


def test_every_verdict_is_told_in_both_languages(judged):
    for verdict in document_from_report(judged)["verdicts"]:
        assert verdict["message"]["da"]
        assert verdict["message"]["en"]


def test_no_part_of_a_report_says_that_the_rules_are_met_as_a_whole(judged):
    page = html_from_reports([judged], lang="da", images={}).casefold()
    assert "overholder reglerne" not in page
    assert "compliant" not in html_from_reports([judged], lang="en", images={}).casefold()
