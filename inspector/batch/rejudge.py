"""Judging again what is in the store, under another register or day, without looking at a pixel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from inspector.batch.work import Terms
from inspector.catalogue.matching import DatedMatcher
from inspector.catalogue.register import Register
from inspector.domain.report import InspectionReport
from inspector.domain.verdict import Outcome
from inspector.store import Inspection, Result, RuleOutcome, Store
from inspector.store.records import Judged, rule_outcomes


@dataclass(frozen=True, slots=True)
class Difference:
    """A target of which a rule says something else now.

    Attributes:
        rule_id: The rule.
        target_id: What was judged: a pack, a placement, a sign or the store.
        name: What the pack is now; empty for other targets and unknown packs.
        before: Key of the outcome in the store; empty where the target was not judged.
        after: Key of the outcome now; empty where it is not judged any more.
    """

    rule_id: str
    target_id: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rejudged:
    """An inspection judged again, and what is said otherwise now."""

    result: Result
    differences: tuple[Difference, ...]


def rejudge(store: Store, *, register: Register, on: date | None) -> Iterator[Rejudged]:
    """Judge everything in the store again and keep the outcomes beside the old ones.

    Args:
        store: Holds scenes and what was said of them.
        register: The register to judge by.
        on: Day whose guidance and entries of the register count; None keeps the day of each photo.

    Yields:
        The newest full inspection of each photo of each place, judged again; one that rests on the
        same rules, register and day is taken as it is.
    """
    matchers = DatedMatcher(register)
    for page in store.latest():
        again = [_again(judged, matchers, on) for judged in page]
        store.save(results=[rejudged.result for rejudged in again], now=datetime.now(UTC))
        yield from again


def _again(judged: Judged, matchers: DatedMatcher, on: date | None) -> Rejudged:
    terms = Terms(judged.model, matchers)
    inspection = _under(judged.inspection, terms, on)
    if inspection == judged.inspection:
        return Rejudged(Result(inspection, judged.rules, None), ())
    surveys = {judged.seen.capture_id: judged.survey} if judged.survey is not None else {}
    report = terms.report(inspection, judged.seen, surveys)
    result = Result(inspection, rule_outcomes(report), None)
    return Rejudged(result, tuple(_differences(judged, result, report)))


def _under(inspection: Inspection, terms: Terms, on: date | None) -> Inspection:
    """Return the inspection as it rests on the new terms; what was seen stays."""
    day = on or inspection.inspected_on
    return replace(
        inspection, rules_of=day, judged_by=terms.judged_by(day), register=terms.catalogue(day)
    )


def _differences(judged: Judged, now: Result, report: InspectionReport) -> Iterator[Difference]:
    before = {key: _outcome_by_target(rule) for key, rule in _by_id(judged.rules).items()}
    after = {key: _outcome_by_target(rule) for key, rule in _by_id(now.rules).items()}
    if before == after:
        return
    names = {
        pack.pack_id: pack.label
        for capture in report.captures
        for pack in capture.facts.packs
        if pack.identity is not None
    }
    for rule_id in dict.fromkeys([*before, *after]):
        old, new = before.get(rule_id, {}), after.get(rule_id, {})
        for target_id in dict.fromkeys([*old, *new]):
            was, becomes = old.get(target_id, ""), new.get(target_id, "")
            if was != becomes:
                name = names.get(target_id, "")
                yield Difference(rule_id, target_id, name, was, becomes)


def _outcome_by_target(rule: RuleOutcome) -> dict[str, str]:
    """Return the heaviest outcome of each target; one target may have several verdicts."""
    lightest_first = sorted(rule.targets.items(), key=lambda item: Outcome[item[0].upper()])
    return {target: key for key, targets in lightest_first for target in targets}


def _by_id(rules: Iterable[RuleOutcome]) -> dict[str, RuleOutcome]:
    return {rule.rule_id: rule for rule in rules}
