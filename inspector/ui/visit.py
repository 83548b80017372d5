"""One visit: reports of all its photos, judged under what a person says of the place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from inspector.domain.facts import Answer, Facts, Site
from inspector.domain.report import InspectionReport
from inspector.report.findings import Question
from inspector.report.labels import Lang
from inspector.report.summary import overview_from_reports
from inspector.rules import judge
from inspector.rules.guidance import load_guidance
from inspector.ui.state import Upload


@dataclass(frozen=True, slots=True, eq=False)
class Inspected:
    """A photo of the visit with its report under the present answers."""

    upload: Upload
    report: InspectionReport


def judged_again(report: InspectionReport, site: Site) -> InspectionReport:
    """Judge what was seen under other answers, without looking at the photo again.

    Args:
        report: A report of the same day; what was measured depends on the day's guidance only.
        site: What a person says of the place now.
    """
    facts = Facts(site, report.facts.captures)
    verdicts = judge(load_guidance(site.inspected_on), facts)
    return replace(report, created_at=datetime.now(UTC), facts=facts, verdicts=verdicts)


def questions_of(reports: Sequence[InspectionReport], *, lang: Lang) -> tuple[Question, ...]:
    """Return all questions to a person: the open ones, and those whose answer counts.

    An answer counts when its question would be open without it, so that it can be taken back.

    Args:
        reports: Reports of one visit, at least one, all with the same answers.
        lang: Language of the questions.
    """
    answers = reports[0].facts.site.answers
    found: dict[str, Question] = {}
    for kept in _answers_to_try(answers):
        if not found or answers.keys() - kept.keys() - found.keys():
            tried = [judged_again(r, replace(r.facts.site, answers=kept)) for r in reports]
            for question in overview_from_reports(tried, lang=lang).questions:
                found.setdefault(question.question_id, question)
    for question in overview_from_reports(reports, lang=lang).questions:
        found.setdefault(question.question_id, question)
    return tuple(found.values())


def _answers_to_try(answers: Mapping[str, Answer]) -> Iterator[Mapping[str, Answer]]:
    """Yield no answers at all, then all but one, for the questions that hang on another answer."""
    yield {}
    for left_out in answers:
        yield {key: answer for key, answer in answers.items() if key != left_out}
