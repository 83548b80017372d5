"""Judging again what is in the store, under another register or day, without looking at a pixel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from inspector.batch.grounds import judged_in_part, reached_units
from inspector.batch.work import Terms
from inspector.catalogue.changes import Changes
from inspector.catalogue.matching import DatedMatcher
from inspector.catalogue.register import Register
from inspector.domain.verdict import Outcome
from inspector.rules.guidance import load_guidance
from inspector.store import Inspection, Result, RuleOutcome, Store
from inspector.store.grounds import Grounds, bytes_from_grounds, grounds_from_bytes
from inspector.store.looks import Look
from inspector.store.records import Judged


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
        The newest full inspection of each photo of each place, judged again. What was judged by the
        same rules, day and register is taken as it is; where only the register is another one, so
        is what its changes do not reach, see `grounds.py`.
    """
    matchers = DatedMatcher(register)
    judging = _Judging(store, matchers)
    for page in store.latest():
        tasks = [judging.task(judged, on) for judged in page]
        looks = store.looks(task.made for task in tasks if task.units != _NO_UNITS)
        results = [judging.result(task, looks) for task in tasks]
        new = [one for task, one in zip(tasks, results, strict=True) if one is not task.last]
        entries = matchers.entries_on({result.inspection.rules_of for result in new})
        store.save(results=new, entries=entries, now=datetime.now(UTC))
        for judged, result in zip(page, results, strict=True):
            yield Rejudged(result, tuple(_differences(judged, result)))


_NO_UNITS: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be done for one inspection.

    Attributes:
        made: The inspection as it rests on the new terms; what was seen stays.
        last: A result that holds but for `units`; None when there is none.
        grounds: Those of `last`, where units have to be read again.
        units: What has to be read again; None for everything.
    """

    made: Inspection
    last: Result | None = None
    grounds: Grounds | None = None
    units: frozenset[int] | None = None


class _Judging:
    """Judges the inspections of one store by one register."""

    def __init__(self, store: Store, matchers: DatedMatcher) -> None:
        self._store = store
        self._matchers = matchers
        self._changes: dict[tuple[str, str], Changes | None] = {}

    def task(self, judged: Judged, on: date | None) -> _Task:
        """Return what is to be done for an inspection, as far as can be told without its scene."""
        day = on or judged.inspection.inspected_on
        made = Terms({}, self._matchers).again(judged.inspection, day)
        if made == judged.inspection:
            return _Task(made, Result(made, judged.rules, None), units=_NO_UNITS)
        last = judged.last
        if last is None or replace(made, url="", register="") != replace(
            last.inspection, url="", register=""
        ):
            return _Task(made)
        entries = self._matchers.register_on(day).entries_sha256
        if last.entries == entries:
            return _Task(made, last, units=_NO_UNITS)
        grounds, changes = _grounds(last), self._changes_since(last.entries, day)
        if grounds is None or changes is None:
            return _Task(made)
        return _Task(made, last, grounds, reached_units(grounds, changes))

    def result(self, task: _Task, looks: Mapping[tuple[str, str], Look]) -> Result:
        """Return the last result, or what judging a part or all of it again gives."""
        made, last = task.made, task.last
        entries = self._matchers.register_on(made.rules_of).entries_sha256
        if last is not None and task.units == _NO_UNITS:
            is_same = last.inspection.register == made.register
            return last if is_same else replace(last, inspection=made, entries=entries)
        look = looks[made.capture_id, made.seen_with]
        if last is not None and task.grounds is not None and task.units is not None:
            part = judged_in_part(
                task.grounds,
                last.rules,
                task.units,
                packs_of=look.packs,
                site=made.site,
                matcher=self._matchers.on(made.rules_of),
                guidance=load_guidance(made.rules_of),
            )
            if part is not None:
                grounds, rules = part
                return Result(made, rules, None, bytes_from_grounds(grounds), entries)
        seen, survey = look.seen(), look.survey()
        surveys = {} if survey is None else {seen.capture_id: survey}
        terms = Terms(look.model(), self._matchers)
        return terms.judge(made, seen, surveys, with_report=False)

    def _changes_since(self, before: str | None, day: date) -> Changes | None:
        """Return how a day's entries differ from those of a hash; None when these are not kept."""
        now = self._matchers.register_on(day)
        if before is None:
            return None
        key = before, now.entries_sha256
        if key not in self._changes:
            skus = self._store.entries(before)
            self._changes[key] = None if skus is None else Changes(skus, now.skus)
        return self._changes[key]


def _differences(judged: Judged, now: Result) -> Iterator[Difference]:
    before, after = _by_id(judged.rules), _by_id(now.rules)
    rule_ids = [key for key in (before | after) if before.get(key) != after.get(key)]
    if not rule_ids:
        return
    grounds = _grounds(now)
    names = {} if grounds is None else dict(zip(grounds.pack_ids, grounds.names, strict=True))
    for rule_id in rule_ids:
        old, new = (_outcome_by_target(rules.get(rule_id)) for rules in (before, after))
        for target_id in dict.fromkeys([*old, *new]):
            was, becomes = old.get(target_id, ""), new.get(target_id, "")
            if was != becomes:
                name = names.get(target_id, "")
                yield Difference(rule_id, target_id, name, was, becomes)


def _grounds(result: Result) -> Grounds | None:
    return None if result.grounds is None else grounds_from_bytes(result.grounds)


def _outcome_by_target(rule: RuleOutcome | None) -> dict[str, str]:
    """Return the heaviest outcome of each target; one target may have several verdicts."""
    targets = {} if rule is None else rule.targets
    lightest_first = sorted(targets.items(), key=lambda item: Outcome[item[0].upper()])
    return {target: key for key, targets in lightest_first for target in targets}


def _by_id(rules: Iterable[RuleOutcome]) -> dict[str, RuleOutcome]:
    return {rule.rule_id: rule for rule in rules}
