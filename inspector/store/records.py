"""The rows of the store as the rest of the program speaks of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from inspector.domain.facts import Site
from inspector.domain.goods import DealerType
from inspector.domain.report import InspectionReport
from inspector.domain.verdict import Outcome, worst


@dataclass(frozen=True, slots=True)
class Inspection:
    """One photo of one place, and what its result rests on.

    Attributes:
        url: Where the photo lay.
        file: Its name, without folders.
        capture_id: sha256 of its bytes.
        store: The shop.
        dealer_type: Kind of dealer; None when not told.
        inspected_on: Day of the photo.
        rules_of: Day whose rules and entries of the register apply: that of the photo, unless it
            was judged again under those of another day.
        seen_with: What the scene rests on, see `versions.seen_with`.
        judged_by: What the verdicts rest on, see `versions.judged_by`.
        register: Name of the register and its sha256.
    """

    url: str
    file: str
    capture_id: str
    store: str
    dealer_type: DealerType | None
    inspected_on: date
    rules_of: date
    seen_with: str
    judged_by: str
    register: str

    @property
    def key(self) -> str:
        """Hash of all that the result rests on, which the photo's place is not."""
        parts = (
            *(self.capture_id, self.file, self.store, self.dealer_type or ""),
            *(self.inspected_on.isoformat(), self.rules_of.isoformat()),
            *(self.seen_with, self.judged_by, self.register),
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @property
    def site(self) -> Site:
        """What is known of the place."""
        return Site(self.dealer_type, self.rules_of)


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What one rule said of one inspection.

    Attributes:
        rule_id: The rule.
        outcome: The heaviest of its verdicts.
        targets: Ids of what was judged by the key of the outcome, in the order of the verdicts.
    """

    rule_id: str
    outcome: Outcome
    targets: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Result:
    """A judged inspection.

    Attributes:
        inspection: What it rests on.
        rules: What every rule said, by the ids of the rules.
        report: The report as JSON in UTF-8; None when only the outcomes were asked for.
        grounds: What it rests on in the register, see `grounds.py`; None when that is not known.
        entries: Hash of the register's entries of the day; None likewise.
    """

    inspection: Inspection
    rules: tuple[RuleOutcome, ...]
    report: bytes | None
    grounds: bytes | None = None
    entries: str | None = None

    @property
    def outcome(self) -> Outcome:
        """The heaviest outcome of all rules."""
        return heaviest(self.rules)


@dataclass(frozen=True, slots=True)
class Judged:
    """An inspection of the store, to be judged again.

    Attributes:
        inspection: What its result rests on.
        rules: What every rule said.
        last: The last result for the same photo and place of which the grounds are kept, be it this
            one or one that was judged again from it; None when there is none.
    """

    inspection: Inspection
    rules: tuple[RuleOutcome, ...]
    last: Result | None


def heaviest(rules: Iterable[RuleOutcome]) -> Outcome:
    """Return the heaviest outcome; what nobody has answered leaves open what would pass."""
    outcomes = [rule.outcome for rule in rules]
    found = worst(outcomes)
    is_unanswered = found < Outcome.CANT_TELL and Outcome.UNTESTED in outcomes
    return Outcome.UNTESTED if is_unanswered else found


def rule_outcomes(report: InspectionReport) -> tuple[RuleOutcome, ...]:
    """Return what every rule said in a report, by the ids of the rules, as a store returns it."""
    targets: dict[str, dict[str, list[str]]] = {rule_id: {} for rule_id in report.rule_ids}
    for verdict in report.verdicts:
        targets[verdict.rule_id].setdefault(verdict.outcome.key, []).append(verdict.target.id)
    return tuple(
        RuleOutcome(rule_id, outcome, targets[rule_id])
        for rule_id, outcome in sorted(report.summary.items())
    )
