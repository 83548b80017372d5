"""Findings, grouped once for everyone who shows them: page, PDF, terminal, dashboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from inspector.domain.report import InspectedCapture, InspectionReport
from inspector.domain.verdict import Box, Outcome, TargetKind, Verdict
from inspector.report.crops import crop_round
from inspector.report.findings import SYMBOLS, Citation, Finding, Question, Statement, View
from inspector.report.labels import Labels, Lang
from inspector.report.messages import Messages
from inspector.rules import RULES, open_questions

ADVICE_CASES = frozenset({"advice", "several_places"})
"""Cases of passed verdicts in which the guidance recommends something (`bør`, `anbefaler`)."""

ADVICE_SYMBOL = "i"

_RULE_OF_QUESTION: Mapping[str, str] = {
    "cabinet": "reach-height",
    "height-deviation": "reach-height",
    "higher-placement": "climbing-aids",
    "gap": "separation",
    "marking": "separation",
    "sign-word": "signage",
}
"""Rules of the questions on which a finding hangs; all others are named after their rule."""

_WEIGHT = (
    Outcome.INAPPLICABLE,
    Outcome.PASSED,
    Outcome.UNTESTED,
    Outcome.CANT_TELL,
    Outcome.FAILED,
)


@dataclass(frozen=True, slots=True)
class Overview:
    """All photos of a run, as people want to read them.

    Attributes:
        headline: The overall result in one sentence. It never says that the rules are met.
        outcome: The heaviest outcome of all rules; UNTESTED weighs more than PASSED here.
        failed: What has to be put right.
        undecided: What could not be told.
        advice: What the guidance recommends and the shelf does not do.
        questions: Questions that only a person can answer.
        rules: One entry for every rule in the guidance's order, with its heaviest outcome.
        unread: Files that could not be read, with the reason.
    """

    headline: str
    outcome: Outcome
    failed: tuple[Finding, ...]
    undecided: tuple[Finding, ...]
    advice: tuple[Finding, ...]
    questions: tuple[Question, ...]
    rules: tuple[Finding, ...]
    unread: Mapping[str, str] = field(default_factory=dict)


def overview_from_reports(
    reports: Sequence[InspectionReport], *, lang: Lang, unread: Mapping[str, str] | None = None
) -> Overview:
    """Sum up the reports of a run: a rule's outcome is its heaviest in any of them.

    Args:
        reports: Reports of the same place, at least one.
        lang: Language of the sentences.
        unread: Files that could not be read, with the reason.

    Raises:
        ValueError: When there is no report: nothing seen must never read as nothing wrong.
        GuidanceError: When a sentence is missing from a message file.
    """
    if not reports:
        raise ValueError("an overview needs at least one report, got none")
    grouper = _Grouper(reports, lang)
    rules = grouper.rules()
    failed = grouper.findings(Outcome.FAILED)
    unread = unread or {}
    return Overview(
        headline=_headline(rules, len(unread), Labels.load(lang)),
        outcome=_heaviest(rule.outcome for rule in rules),
        failed=failed,
        undecided=grouper.findings(Outcome.CANT_TELL),
        advice=grouper.advice(),
        questions=grouper.questions(),
        rules=rules,
        unread=unread,
    )


def _headline(rules: Sequence[Finding], n_unread: int, labels: Labels) -> str:
    n_failed = sum(rule.outcome is Outcome.FAILED for rule in rules)
    n_open = sum(rule.outcome in (Outcome.CANT_TELL, Outcome.UNTESTED) for rule in rules)
    parts = [labels.count("rules_failed", n_failed) if n_failed else labels.text("nothing_failed")]
    if n_open:
        parts.append(labels.count("points_open", n_open))
    if n_unread:
        parts.append(labels.count("photos_unread", n_unread))
    if not (n_failed or n_open or n_unread):
        parts.append(labels.text("nothing_open"))
    return "; ".join(parts)


def _heaviest(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome that asks most of the reader.

    Unlike in a rule's own verdicts, what nobody has looked at outweighs what passed: over many
    rules and photos it must stay in sight.
    """
    return max(outcomes, key=_WEIGHT.index, default=Outcome.INAPPLICABLE)


class _Grouper:
    """Gathers the verdicts of all reports that say the same."""

    def __init__(self, reports: Sequence[InspectionReport], lang: Lang) -> None:
        self._reports = reports
        self._labels = Labels.load(lang)
        self._messages = Messages.load(lang)
        self._captures = {c.capture_id: c for report in reports for c in report.captures}
        self._verdicts = [verdict for report in reports for verdict in report.verdicts]

    def findings(self, outcome: Outcome) -> tuple[Finding, ...]:
        """Findings of one outcome in the guidance's order."""
        return self._grouped(v for v in self._verdicts if v.outcome is outcome)

    def advice(self) -> tuple[Finding, ...]:
        """Recommendations of the guidance that are not followed."""
        word = self._labels.text("advice_word")
        advised = [v for v in self._verdicts if v.case in ADVICE_CASES]
        return tuple(
            replace(finding, outcome_word=word, symbol=ADVICE_SYMBOL)
            for finding in self._grouped(v for v in advised if v.outcome is Outcome.PASSED)
        )

    def questions(self) -> tuple[Question, ...]:
        """Open questions of all reports, each once."""
        ids = [q for r in self._reports for q in open_questions(r.facts, r.verdicts)]
        asked = {asked.question_id: asked.values for v in self._verdicts for asked in v.asks}
        return tuple(
            self._question(question_id, asked.get(question_id))
            for question_id in dict.fromkeys(ids)
        )

    def rules(self) -> tuple[Finding, ...]:
        """One entry per rule, with what its heaviest verdicts say."""
        entries = []
        for rule_id in self._reports[0].rule_ids:
            verdicts = [v for v in self._verdicts if v.rule_id == rule_id]
            outcome = _heaviest(report.summary[rule_id] for report in self._reports)
            entries.append(
                self._finding(rule_id, outcome, [v for v in verdicts if v.outcome is outcome])
            )
        return tuple(entries)

    def _grouped(self, verdicts: Iterable[Verdict]) -> tuple[Finding, ...]:
        groups: dict[tuple[str | None, ...], list[Verdict]] = {}
        told = Messages.load("da")  # the same groups in every language
        for verdict in verdicts:
            key = (verdict.rule_id, told.remedy(verdict), told.next_photo(verdict))
            groups.setdefault(key, []).append(verdict)
        order = {rule_id: place for place, rule_id in enumerate(self._reports[0].rule_ids)}
        findings = [self._finding(g[0].rule_id, g[0].outcome, g) for g in groups.values()]
        return tuple(sorted(findings, key=lambda finding: order[finding.rule_id]))

    def _question(self, question_id: str, values: Mapping[str, str] | None) -> Question:
        name = question_id.partition(":")[0]
        rule_id = _RULE_OF_QUESTION.get(name, name)
        text = self._messages.question(question_id, values)
        return Question(question_id, text, self._citation(rule_id))

    def _citation(self, rule_id: str) -> Citation:
        rule = next(rule for rule in RULES if rule.id == rule_id)
        text = rule.section  # an executive order is named in full
        if rule.section[0].isdigit():
            text = self._labels.text("citation", section=rule.section.replace("-", "–"))
        return Citation(rule.section, text, rule.wording_da)

    def _finding(self, rule_id: str, outcome: Outcome, verdicts: Sequence[Verdict]) -> Finding:
        sentences = Counter(self._messages.sentence(verdict) for verdict in verdicts)
        first = verdicts[0] if verdicts else None
        return Finding(
            rule_id=rule_id,
            title=self._messages.title(rule_id),
            citation=self._citation(rule_id),
            outcome=outcome,
            outcome_word=self._messages.outcome(outcome),
            symbol=SYMBOLS[outcome],
            statements=tuple(Statement(text, count) for text, count in sentences.most_common()),
            remedy=self._messages.remedy(first) if first else None,
            next_photo=self._messages.next_photo(first) if first else None,
            views=tuple(self._views(verdicts)),
            targets=tuple(sorted({verdict.target.id for verdict in verdicts})),
            cause=" ".join(sorted({f"{v.case}.{v.reason or ''}" for v in verdicts})),
        )

    def _views(self, verdicts: Sequence[Verdict]) -> Iterable[View]:
        boxes: dict[str, list[Box]] = {}
        numbers: dict[str, list[str]] = {}
        for verdict in verdicts:
            for region in verdict.evidence:
                boxes.setdefault(region.capture_id, []).append(region.box_xyxy_px)
                if verdict.target.kind is TargetKind.PACK:
                    number = verdict.target.id.removeprefix("p")
                    numbers.setdefault(region.capture_id, []).append(number)
        for capture_id, regions in boxes.items():
            inspected = self._captures.get(capture_id)
            if inspected is not None:
                yield _view(inspected, regions, numbers.get(capture_id, []))


def _view(inspected: InspectedCapture, boxes: Sequence[Box], numbers: Sequence[str]) -> View:
    return View(
        capture_id=inspected.capture_id,
        file=inspected.file,
        image_wh=inspected.image_wh,
        crop_xyxy_px=crop_round(boxes, image_wh=inspected.image_wh),
        pack_numbers=tuple(dict.fromkeys(numbers)),
        boxes_xyxy_px=tuple(dict.fromkeys(boxes)),
    )
