"""One visit: reports of all its photos, judged under what a person says of the place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from inspector.domain.facts import Answer
from inspector.domain.report import InspectionReport
from inspector.report.findings import Question
from inspector.report.labels import Lang
from inspector.report.summary import Overview, overview_from_reports
from inspector.store.people import Person
from inspector.store.visit import Ruling, Visit
from inspector.ui.state import PhotoFile
from inspector.visits.judging import Judge, VisitFinding, judged_again, overview_of_visit


@dataclass(frozen=True, slots=True, eq=False)
class Inspected:
    """A photo of the visit with its report under the present answers."""

    upload: PhotoFile
    report: InspectionReport


@dataclass(frozen=True, slots=True, eq=False)
class JudgedVisit:
    """What a visit's records amount to.

    Attributes:
        reports: Reports of the photos that were looked at, under the present answers.
        overview: What they amount to; None before the first photo.
        findings: The findings with their keys.
        questions: Questions that these photos and this dealer raise.
        close_ups: Ids of photos that seem to show one fixture, the closer one first, where nobody
            said so.
    """

    reports: tuple[InspectionReport, ...]
    overview: Overview | None = None
    findings: tuple[VisitFinding, ...] = ()
    questions: tuple[Question, ...] = ()
    close_ups: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class VisitWork:
    """A visit as every step of its page needs it: who works on it, and what it amounts to."""

    person: Person
    visit: Visit
    judged: JudgedVisit

    @property
    def is_editable(self) -> bool:
        """True when this person may change the visit."""
        return self.person.may_work_in(self.visit.kind)

    @property
    def reports(self) -> tuple[InspectionReport, ...]:
        """Reports of the photos that were looked at."""
        return self.judged.reports

    @property
    def overview(self) -> Overview | None:
        """What they amount to; None before the first photo."""
        return self.judged.overview

    @property
    def findings(self) -> tuple[VisitFinding, ...]:
        """The findings with their keys."""
        return self.judged.findings

    @property
    def questions(self) -> tuple[Question, ...]:
        """Questions that these photos and this dealer raise."""
        return self.judged.questions

    def is_overruled(self, finding_key: str) -> bool:
        """Return True when a person overruled a finding."""
        decision = self.visit.decisions.get(finding_key)
        return decision is not None and decision.ruling is Ruling.OVERRULED

    @property
    def nothing_yet(self) -> str:
        """Key of the words that say why there is nothing to show yet."""
        return "photos_are_read" if self.visit.waiting else "photos_first"

    def report_of(self, capture_id: str) -> InspectionReport | None:
        """Return the report of a photo; None until it was looked at."""
        mine = (r for r in self.reports if r.captures[0].capture_id == capture_id)
        return next(mine, None)


def judge_visit(visit: Visit, judge: Judge, *, lang: Lang) -> JudgedVisit:
    """Return what a visit's records amount to.

    Raises:
        StoreError: A scene is not in the store.
    """
    reports = judge.reports(visit)
    if not reports:
        return JudgedVisit(())
    overview, findings = overview_of_visit(visit, reports, lang=lang)
    questions = questions_of(reports, lang=lang)
    return JudgedVisit(tuple(reports), overview, findings, questions, judge.close_ups(visit))


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
