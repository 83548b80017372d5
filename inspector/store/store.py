"""Scenes and results, in bulk, whole or not at all."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, func, select

from inspector.domain.goods import DealerType, Sku
from inspector.domain.scene import SeenCapture
from inspector.domain.verdict import Outcome
from inspector.measuring import Survey
from inspector.store import schema
from inspector.store.codec import bytes_from_seen, seen_from_bytes
from inspector.store.database import Database
from inspector.store.grounds import bytes_from_entries, entries_from_bytes
from inspector.store.looks import Look
from inspector.store.records import Inspection, Judged, Result, RuleOutcome
from inspector.store.surveys import bytes_from_survey
from inspector.store.versions import seen_with, surveyed_by

_PAGE = 500
"""Rows per query: databases limit how many values one statement may hold."""

_PLACE = ("capture_id", "file", "store", "inspected_on")
"""What makes an inspection one of the same photo of the same place."""

_OUTCOMES = {outcome.key: outcome for outcome in Outcome}

_FIELDS = tuple(field.name for field in fields(Inspection) if field.name != "dealer_type")


class Store(Database):
    """What was seen and judged. Open it with `Store.open` in a `with` block."""

    def photos(self, urls: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return mark and capture id of the photos that were read before, by their URL."""
        photo = schema.photo.c
        query = select(photo.url, photo.mark, photo.capture_id)
        return {row.url: (row.mark, row.capture_id) for row in self._of(query, photo.url, urls)}

    def scenes(
        self, capture_ids: Sequence[str], model: Mapping[str, str]
    ) -> dict[str, SeenCapture]:
        """Return the scenes of captures that were seen with these models and this code."""
        scene = schema.scene.c
        query = select(scene.capture_id, scene.seen).where(scene.seen_with == seen_with(model))
        rows = self._of(query, scene.capture_id, capture_ids)
        return {row.capture_id: seen_from_bytes(row.seen) for row in rows}

    def seen(self, capture_id: str, seen_with: str) -> tuple[SeenCapture, Mapping[str, str]] | None:
        """Return a capture as it was seen once, with the models that saw it; None when unknown."""
        scene = schema.scene.c
        query = select(scene.seen, scene.model).where(
            scene.capture_id == capture_id, scene.seen_with == seen_with
        )
        with self._reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (seen_from_bytes(row.seen), json.loads(row.model))

    def outcomes(self, keys: Sequence[str]) -> dict[str, Outcome]:
        """Return the outcomes of the inspections that have been made, by their keys."""
        inspection = schema.inspection.c
        query = select(inspection.inspection_key, inspection.outcome)
        rows = self._of(query, inspection.inspection_key, keys)
        return {row.inspection_key: _OUTCOMES[row.outcome] for row in rows}

    def reports(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Return reports as JSON by the keys of their inspections; those without are left out."""
        inspection = schema.inspection.c
        query = select(inspection.inspection_key, inspection.report)
        query = query.where(inspection.report.is_not(None))
        rows = self._of(query, inspection.inspection_key, keys)
        return {row.inspection_key: zlib.decompress(row.report) for row in rows}

    def rules(self, keys: Sequence[str]) -> dict[str, tuple[RuleOutcome, ...]]:
        """Return what every rule said, by the ids of the rules, by keys of inspections."""
        rule = schema.rule_outcome.c
        query = select(rule.inspection_key, rule.rule_id, rule.outcome, rule.targets)
        found: dict[str, list[RuleOutcome]] = {}
        # Most rules say of a photo that is judged again what they said before.
        known: dict[tuple[str, str, str], RuleOutcome] = {}
        for row in self._of(query, rule.inspection_key, keys):
            key, rule_id, outcome, targets = tuple(row)
            if (one := known.get((rule_id, outcome, targets))) is None:
                one = RuleOutcome(rule_id, _OUTCOMES[outcome], msgspec.json.decode(targets))
                known[rule_id, outcome, targets] = one
            found.setdefault(key, []).append(one)
        by_id = attrgetter("rule_id")
        return {key: tuple(sorted(rules, key=by_id)) for key, rules in found.items()}

    def save(
        self,
        *,
        results: Sequence[Result],
        now: datetime,
        photos: Mapping[str, tuple[str, str]] = MappingProxyType({}),
        scenes: Iterable[tuple[SeenCapture, Survey | None]] = (),
        model: Mapping[str, str] = MappingProxyType({}),
        entries: Mapping[str, Sequence[Sku]] = MappingProxyType({}),
    ) -> None:
        """Keep what was found; what is there already stays as it is.

        Args:
            results: Judged inspections.
            now: When this was (aware).
            photos: Mark and capture id of photos by URL.
            scenes: Captures that were seen, with their surveys.
            model: Names and hashes of the models that saw them.
            entries: Entries of registers that the results rest on, by their hash.

        Raises:
            StoreError: It cannot be written; nothing of this call is kept, all before is.
        """
        models = json.dumps(dict(sorted(model.items())))
        with self._transaction() as connection:
            self._put(
                connection,
                schema.photo,
                [
                    {"url": url, "mark": mark, "capture_id": capture_id}
                    for url, (mark, capture_id) in photos.items()
                ],
                replace=("mark", "capture_id"),
            )
            self._put(
                connection,
                schema.scene,
                [
                    {
                        "capture_id": seen.capture_id,
                        "seen_with": seen_with(model),
                        "model": models,
                        "seen": bytes_from_seen(seen),
                        "survey": survey and bytes_from_survey(survey),
                        "surveyed_by": survey and surveyed_by(),
                    }
                    for seen, survey in scenes
                ],
            )
            self._put(
                connection,
                schema.register_entries,
                [
                    {"sha256": sha256, "entries": bytes_from_entries(skus)}
                    for sha256, skus in entries.items()
                ],
            )
            self._put(
                connection, schema.inspection, [_inspection_row(result, now) for result in results]
            )
            self._put(
                connection,
                schema.rule_outcome,
                [row for result in results for row in _rule_rows(result)],
            )

    def latest(self) -> Iterator[list[Judged]]:
        """Yield the newest full inspection of every photo of every place, many at a time.

        Yields:
            Pages of inspections, by shop, day and URL, of which the scene is kept.
        """
        made, scene = schema.inspection.c, schema.scene.c
        full = _newest(made.report.is_not(None)).subquery("newest_full")
        last = _newest(made.grounds.is_not(None)).subquery("newest_with_grounds")
        query = (
            select(full, *(column.label(f"last_{column.name}") for column in last.c))
            .join(
                schema.scene,
                (scene.capture_id == full.c.capture_id) & (scene.seen_with == full.c.seen_with),
            )
            .outerjoin(last, and_(*(full.c[name] == last.c[name] for name in _PLACE)))
            .order_by(full.c.store, full.c.inspected_on, full.c.url)
            .execution_options(yield_per=_PAGE)
        )
        with self._reading() as connection:
            for rows in connection.execute(query).partitions():
                keys = {row.inspection_key for row in rows}
                keys |= {row.last_inspection_key for row in rows if row.last_inspection_key}
                rules = self.rules(sorted(keys))
                yield [_judged(row, rules) for row in rows]

    def looks(self, inspections: Iterable[Inspection]) -> dict[tuple[str, str], Look]:
        """Return what was seen for inspections, by the photo's id and what it was seen with."""
        scene = schema.scene.c
        query = select(schema.scene)
        wanted = {(made.capture_id, made.seen_with) for made in inspections}
        rows = self._of(query, scene.capture_id, sorted({capture_id for capture_id, _ in wanted}))
        return {
            (row.capture_id, row.seen_with): Look(
                row.seen, row.survey if row.surveyed_by == surveyed_by() else None, row.model
            )
            for row in rows
            if (row.capture_id, row.seen_with) in wanted
        }

    def entries(self, sha256: str) -> tuple[Sku, ...] | None:
        """Return the entries of a register by their hash; None when they are not kept."""
        kept = schema.register_entries.c
        with self._reading() as connection:
            query = select(kept.entries).where(kept.sha256 == sha256)
            found = connection.execute(query).scalar_one_or_none()
        return None if found is None else entries_from_bytes(found)

    def _of(self, query: Any, column: Any, values: Sequence[str]) -> Iterator[Row[Any]]:  # noqa: ANN401
        with self._reading() as connection:
            for start in range(0, len(values), _PAGE):
                yield from connection.execute(
                    query.where(column.in_(values[start : start + _PAGE]))
                )

    def _put(
        self,
        connection: Connection,
        table: Table,
        rows: list[dict[str, Any]],
        *,
        replace: Sequence[str] = (),
    ) -> None:
        if not rows:
            return
        insert = self._insert(table)  # the same two methods in both dialects
        if replace:
            changed = {name: insert.excluded[name] for name in replace}
            insert = insert.on_conflict_do_update(index_elements=table.primary_key, set_=changed)
        else:
            insert = insert.on_conflict_do_nothing()
        connection.execute(insert, rows)


def _inspection_row(result: Result, now: datetime) -> dict[str, Any]:
    made = result.inspection
    return {
        "inspection_key": made.key,
        "url": made.url,
        "file": made.file,
        "capture_id": made.capture_id,
        "store": made.store,
        "dealer_type": made.dealer_type and made.dealer_type.value,
        "inspected_on": made.inspected_on,
        "rules_of": made.rules_of,
        "seen_with": made.seen_with,
        "judged_by": made.judged_by,
        "register": made.register,
        "outcome": result.outcome.key,
        "report": None if result.report is None else zlib.compress(result.report, 1),
        "made_at": now,
        "grounds": result.grounds,
        "entries": result.entries,
    }


def _rule_rows(result: Result) -> Iterator[dict[str, Any]]:
    key = result.inspection.key
    for rule in result.rules:
        yield {
            "inspection_key": key,
            "rule_id": rule.rule_id,
            "outcome": rule.outcome.key,
            "targets": msgspec.json.encode(rule.targets).decode(),
        }


def _newest(is_wanted: ColumnElement[bool]) -> Select[Any]:
    """Select the newest of the wanted inspections of each photo of each place."""
    made = schema.inspection
    age = func.row_number().over(
        partition_by=[made.c[name] for name in _PLACE], order_by=made.c.made_at.desc()
    )
    by_age = select(made.c.inspection_key, age.label("age")).where(is_wanted).subquery()
    columns = (column for column in made.c if column.name != "report")
    return (
        select(*columns)
        .join(by_age, by_age.c.inspection_key == made.c.inspection_key)
        .where(by_age.c.age == 1)
    )


def _judged(row: Row[Any], rules: Mapping[str, tuple[RuleOutcome, ...]]) -> Judged:
    last = None
    if row.last_inspection_key:
        last = Result(
            _inspection(row, "last_"),
            rules[row.last_inspection_key],
            None,
            row.last_grounds,
            row.last_entries,
        )
    return Judged(_inspection(row), rules[row.inspection_key], last)


def _inspection(row: Row[Any], prefix: str = "") -> Inspection:
    found = row._mapping
    dealer_type = found[f"{prefix}dealer_type"]
    return Inspection(
        dealer_type=DealerType(dealer_type) if dealer_type else None,
        **{name: found[f"{prefix}{name}"] for name in _FIELDS},
    )
