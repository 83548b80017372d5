"""The findings as rows for the terminal."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.verdict import Outcome
from inspector.report.findings import Finding
from inspector.report.labels import Labels, Lang
from inspector.report.summary import Overview

_MOST_STATEMENTS = 3
_MOST_STATEMENTS_OF_REST = 1


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the terminal's table.

    Attributes:
        rule: Title and section of the rule.
        outcome: The outcome, for colouring.
        outcome_word: Sign and word of the outcome.
        sentence: What was found, one line for each different sentence.
        next_step: What to do, or which photo to take; empty when nothing is to be done.
    """

    rule: str
    outcome: Outcome
    outcome_word: str
    sentence: str
    next_step: str


def table_from_overview(overview: Overview, *, lang: Lang) -> tuple[TableRow, ...]:
    """Return the rows: what failed, what could not be told, advice, then the remaining rules."""
    findings = (*overview.failed, *overview.undecided, *overview.advice)
    told = {finding.rule_id for finding in findings}
    rest = (rule for rule in overview.rules if rule.rule_id not in told)
    labels = Labels.load(lang)
    return (
        *(_row(finding, labels, _MOST_STATEMENTS) for finding in findings),
        *(_row(rule, labels, _MOST_STATEMENTS_OF_REST) for rule in rest),
    )


def _row(finding: Finding, labels: Labels, most: int) -> TableRow:
    lines = [
        f"{statement.count} × {statement.sentence}" if statement.count > 1 else statement.sentence
        for statement in finding.statements[:most]
    ]
    n_more = len(finding.statements) - most
    if n_more > 0:
        lines.append(f"… {labels.count('and_more', n_more)}")
    return TableRow(
        rule=f"{finding.title} ({finding.citation.section})",
        outcome=finding.outcome,
        outcome_word=f"{finding.symbol} {finding.outcome_word}",
        sentence="\n".join(lines),
        next_step=finding.remedy or finding.next_photo or "",
    )
