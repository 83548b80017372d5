"""Finds what is no longer as it was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import select

from inspector.store import schema
from inspector.store.chain import Record, first_break
from inspector.store.database import Database
from inspector.store.kept_files import KeptFiles


@dataclass(frozen=True, slots=True)
class Checked:
    """A visit whose records were followed from the first to the last.

    Attributes:
        visit_id: The visit.
        shop_name: Its shop.
        n_records: How many records there are.
        reported: Number and hash of the last record that each closed version's report holds, as
            they are printed on it.
        faults: What is not as it was recorded; empty when all is.
    """

    visit_id: str
    shop_name: str
    n_records: int
    reported: tuple[tuple[int, str], ...]
    faults: tuple[str, ...]


class Verifier(Database):
    """Reads every record, and every file that a record names."""

    def check(self, files: KeptFiles) -> Iterator[Checked]:
        """Yield every visit, with what is wrong with it."""
        visit, shop = schema.visit, schema.shop
        query = (
            select(visit, shop.c.name)
            .join(shop, shop.c.shop_id == visit.c.shop_id)
            .order_by(visit.c.changed_at)
        )
        with self._reading() as connection:
            rows = connection.execute(query).all()
        deleted = self._deleted()
        for row in rows:
            records = self._records(row.visit_id)
            faults = list(_faults_of_chain(row.visit_id, row.head, records))
            if not faults:
                names = dict.fromkeys(_files_of(records))
                kept = (name for name in names if name not in deleted)
                faults = [f"file {name}: {what}" for name, what in files.faults(kept)]
            reported = tuple(
                (before.number, before.hash)
                for before, record in pairwise(records)
                if record.kind == "closed"
            )
            yield Checked(row.visit_id, row.name, row.n_records, reported, tuple(faults))

    def _deleted(self) -> frozenset[str]:
        """Return the photos that a record says were deleted after their time."""
        record = schema.record
        query = select(record.c.body).where(record.c.kind == "photos_deleted")
        with self._reading() as connection:
            bodies = connection.execute(query).scalars().all()
        return frozenset(name for body in bodies for name in json.loads(body)["capture_ids"])

    def _records(self, visit_id: str) -> list[Record]:
        record = schema.record
        query = select(record).where(record.c.visit_id == visit_id).order_by(record.c.number)
        with self._reading() as connection:
            return [
                Record(r.number, r.kind, r.at, r.by, r.body, r.hash)
                for r in connection.execute(query)
            ]


def _faults_of_chain(visit_id: str, head: str, records: list[Record]) -> Iterator[str]:
    broken = first_break(visit_id, records)
    if broken is not None:
        yield f"record {broken}: changed, missing or put in"
    elif not records or records[-1].hash != head:
        yield f"records after {len(records)}: missing"


def _files_of(records: list[Record]) -> Iterator[str]:
    for record in records:
        if record.kind == "photo_added":
            yield record.details["capture_id"]
        elif record.kind == "closed":
            yield from record.details["files"].values()
