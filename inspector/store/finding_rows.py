"""Findings of all visits as rows: filtered, counted and paged by the database."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, select, tuple_

from inspector.domain.verdict import Box, Outcome
from inspector.store import schema
from inspector.store.database import Database
from inspector.store.people import Person
from inspector.store.visit import Ruling

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a photo a finding can be seen: the part to show, and the boxes in it, in pixels."""

    crop_xyxy_px: Box
    boxes_xyxy_px: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding of one visit.

    Attributes:
        visit_id: The visit.
        finding_key: Its key within the visit.
        shop_id: The shop.
        shop_name: Its name.
        inspected_on: Day of the visit.
        capture_id: The photo; None when it is about the shop.
        rule_id: The rule.
        outcome: What the machine says.
        ruling: What a person says of that; None when nobody has.
        n_targets: Number of packs, signs or placements that it is said of.
        sentences: What it says, by language.
        place: Where to look; None when it is about the shop.
    """

    visit_id: str
    finding_key: str
    shop_id: str
    shop_name: str
    inspected_on: date
    capture_id: str | None
    rule_id: str
    outcome: Outcome
    ruling: Ruling | None
    n_targets: int
    sentences: Mapping[str, str]
    place: Place | None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What one rule said in one visit.

    Attributes:
        visit_id: The visit.
        shop_id: The shop.
        shop_name: Its name.
        inspected_on: Day of the visit.
        rule_id: The rule.
        outcome: What the machine says: the heaviest outcome of all its photos.
        overruled_to: What is left of a failure after people overruled all of it; else None.
    """

    visit_id: str
    shop_id: str
    shop_name: str
    inspected_on: date
    rule_id: str
    outcome: Outcome
    overruled_to: Outcome | None = None

    @property
    def standing(self) -> Outcome:
        """What counts: people have the last word over the machine."""
        return self.outcome if self.overruled_to is None else self.overruled_to


def left_of_failure(findings: Iterable[tuple[Outcome, Ruling | None]]) -> Outcome | None:
    """Return what is left of a rule that failed; None as long as it counts as failed.

    It counts until every finding that says so is overruled. It is then open where another finding
    of the rule leaves it open.

    Args:
        findings: Outcome of each finding of the rule in the visit, and what a person says of it.
    """
    kept = {outcome for outcome, ruling in findings if ruling is not Ruling.OVERRULED}
    overruled = {outcome for outcome, ruling in findings if ruling is Ruling.OVERRULED}
    if Outcome.FAILED in kept or Outcome.FAILED not in overruled:
        return None
    return Outcome.CANT_TELL if kept else Outcome.PASSED


@dataclass(frozen=True, slots=True)
class Filters:
    """Which findings are asked for; what is empty or None filters nothing.

    Attributes:
        shop_id: A shop.
        visit_id: A visit.
        rule_id: A rule.
        outcome: `failed` or `cant_tell`.
        ruling: `confirmed`, `overruled`, or `none` for what nobody has decided.
        since: First day.
        until: Last day.
    """

    shop_id: str | None = None
    visit_id: str | None = None
    rule_id: str | None = None
    outcome: str | None = None
    ruling: str | None = None
    since: date | None = None
    until: date | None = None


class FindingRows(Database):
    """What the visits amount to."""

    def keep(
        self,
        visit_id: str,
        rows: Sequence[FindingRow],
        rules: Mapping[str, Outcome],
        *,
        made_of: str,
    ) -> None:
        """Keep the findings of a visit in place of those that were kept before.

        Args:
            visit_id: The visit; once it is closed its findings stay as they are.
            rows: Its findings in order.
            rules: The heaviest outcome of every rule.
            made_of: What they were made of; the same again changes nothing.
        """
        visit, finding, rule = schema.visit, schema.finding, schema.visit_rule
        with self._transaction() as connection:
            changed = connection.execute(
                visit.update()
                .where(visit.c.visit_id == visit_id, visit.c.is_open, visit.c.projected != made_of)
                .values(projected=made_of)
            )
            if not changed.rowcount:
                return
            connection.execute(finding.delete().where(finding.c.visit_id == visit_id))
            connection.execute(rule.delete().where(rule.c.visit_id == visit_id))
            if rows:
                connection.execute(
                    finding.insert(), [_values(row, place) for place, row in enumerate(rows)]
                )
            if rules:
                connection.execute(
                    rule.insert(),
                    [
                        {"visit_id": visit_id, "rule_id": rule_id, "outcome": outcome.key}
                        for rule_id, outcome in rules.items()
                    ],
                )

    def count(self, person: Person, filters: Filters) -> int:
        """Return how many findings there are that the person may see."""
        query = _filtered(select(func.count()).select_from(schema.finding), person, filters)
        with self._reading() as connection:
            return int(connection.execute(query).scalar_one())

    def page(
        self, person: Person, filters: Filters, *, start: int, length: int
    ) -> list[FindingRow]:
        """Return findings, those of the latest day first."""
        query = _in_order(_filtered(_with_shop(), person, filters))
        with self._reading() as connection:
            rows = connection.execute(query.offset(start).limit(length)).all()
        return [_finding(row) for row in rows]

    def all(self, person: Person, filters: Filters) -> Iterator[FindingRow]:
        """Yield all findings, for files to take along."""
        query = _in_order(_filtered(_with_shop(), person, filters))
        with self._reading() as connection:
            found = connection.execution_options(yield_per=_CHUNK).execute(query)
            for row in found:
                yield _finding(row)

    def history(self, person: Person, filters: Filters) -> list[RuleRow]:
        """Return what every rule said in every visit, the earliest first."""
        visit, rule, shop = schema.visit, schema.visit_rule, schema.shop
        query = (
            select(
                visit.c.visit_id,
                shop.c.shop_id,
                shop.c.name,
                visit.c.inspected_on,
                rule.c.rule_id,
                rule.c.outcome,
            )
            .select_from(visit)
            .join(shop, shop.c.shop_id == visit.c.shop_id)
            .join(rule, rule.c.visit_id == visit.c.visit_id)
            .order_by(visit.c.inspected_on, visit.c.changed_at)
        )
        query = _of_visits(query, person, filters)
        with self._reading() as connection:
            decided = _overruled(connection, person, filters)
            return [
                RuleRow(
                    r.visit_id,
                    r.shop_id,
                    r.name,
                    r.inspected_on,
                    r.rule_id,
                    _outcome(r),
                    left_of_failure(decided.get((r.visit_id, r.rule_id), ())),
                )
                for r in connection.execute(query)
            ]


def _overruled(
    connection: Connection, person: Person, filters: Filters
) -> dict[tuple[str, str], list[tuple[Outcome, Ruling | None]]]:
    """Return all findings of rules of which people overruled a failure, by visit and rule."""
    finding = schema.finding.c
    rule_of_visit = tuple_(finding.visit_id, finding.rule_id)
    asked = replace(filters, outcome="failed", ruling=Ruling.OVERRULED.value)
    overruled = _filtered(select(finding.visit_id, finding.rule_id), person, asked)
    query = select(finding.visit_id, finding.rule_id, finding.outcome, finding.decision)
    found = defaultdict(list)
    for row in connection.execute(query.where(rule_of_visit.in_(overruled))):
        found[row.visit_id, row.rule_id].append((_outcome(row), _ruling(row)))
    return found


def _with_shop() -> Select[Any]:
    finding, shop = schema.finding, schema.shop
    return select(finding, shop.c.name.label("shop_name")).join(
        shop, shop.c.shop_id == finding.c.shop_id
    )


def _in_order(query: Select[Any]) -> Select[Any]:
    finding = schema.finding.c
    return query.order_by(finding.inspected_on.desc(), finding.visit_id, finding.place)


def _filtered(query: Select[Any], person: Person, filters: Filters) -> Select[Any]:
    finding = schema.finding.c
    if not person.sees_all:
        query = query.where(finding.shop_id.in_(sorted(person.shop_ids)))
    for column, wanted in (
        (finding.shop_id, filters.shop_id),
        (finding.visit_id, filters.visit_id),
        (finding.rule_id, filters.rule_id),
        (finding.outcome, filters.outcome),
    ):
        if wanted:
            query = query.where(column == wanted)
    if filters.ruling:
        undecided = filters.ruling == "none"
        query = query.where(
            finding.decision.is_(None) if undecided else finding.decision == filters.ruling
        )
    if filters.since:
        query = query.where(finding.inspected_on >= filters.since)
    if filters.until:
        query = query.where(finding.inspected_on <= filters.until)
    return query


def _of_visits(query: Select[Any], person: Person, filters: Filters) -> Select[Any]:
    visit = schema.visit.c
    if not person.sees_all:
        query = query.where(visit.shop_id.in_(sorted(person.shop_ids)))
    if filters.shop_id:
        query = query.where(visit.shop_id == filters.shop_id)
    if filters.rule_id:
        query = query.where(schema.visit_rule.c.rule_id == filters.rule_id)
    if filters.since:
        query = query.where(visit.inspected_on >= filters.since)
    if filters.until:
        query = query.where(visit.inspected_on <= filters.until)
    return query


def _values(row: FindingRow, place: int) -> dict[str, Any]:
    where = None
    if row.place is not None:
        where = {"crop": row.place.crop_xyxy_px, "boxes": row.place.boxes_xyxy_px}
    return {
        "visit_id": row.visit_id,
        "finding_key": row.finding_key,
        "place": place,
        "shop_id": row.shop_id,
        "inspected_on": row.inspected_on,
        "capture_id": row.capture_id,
        "rule_id": row.rule_id,
        "outcome": row.outcome.key,
        "decision": row.ruling and row.ruling.value,
        "n_targets": row.n_targets,
        "sentence_da": row.sentences["da"],
        "sentence_en": row.sentences["en"],
        "where": json.dumps(where),
    }


def _outcome(row: Any) -> Outcome:  # noqa: ANN401
    return Outcome[row.outcome.upper()]


def _ruling(row: Any) -> Ruling | None:  # noqa: ANN401
    return Ruling(row.decision) if row.decision else None


def _finding(row: Any) -> FindingRow:  # noqa: ANN401
    where = json.loads(row.where)
    return FindingRow(
        row.visit_id,
        row.finding_key,
        row.shop_id,
        row.shop_name,
        row.inspected_on,
        row.capture_id,
        row.rule_id,
        _outcome(row),
        _ruling(row),
        row.n_targets,
        {"da": row.sentence_da, "en": row.sentence_en},
        None
        if where is None
        else Place(tuple(where["crop"]), tuple(tuple(box) for box in where["boxes"])),
    )
