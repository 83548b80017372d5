"""How long what visits gather is kept. Without a number, as long as the store itself.

Records, reports and findings of a visit are the case and stay; live cameras keep their own classes,
see `inspector/live/retention.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import delete, select

from inspector.errors import VisitError
from inspector.store import schema
from inspector.store.database import Database
from inspector.store.people import Person
from inspector.store.visits import add_record, note, read_visit

_MACHINE = "inspector"


class Kept(StrEnum):
    """A class of data that is deleted after its time."""

    PHOTOS = "photos"
    LOG = "log"


BOUNDS_DAYS: Mapping[Kept, tuple[int, int]] = MappingProxyType(
    {
        Kept.PHOTOS: (30, 3650),  # a shop has time to answer before the evidence goes
        Kept.LOG: (180, 3650),  # a log that ends sooner tells nobody who looked
    }
)
"""Fewest and most days; ours, the guidance names none."""


class RetentionTimes(Database):
    """How long each class is kept, and what is past its time."""

    def days(self) -> dict[Kept, int]:
        """Return the days that were set; a class that is not in it is kept without limit."""
        table = schema.retention
        with self._reading() as connection:
            return {Kept(row.kept): row.days for row in connection.execute(select(table))}

    def set(self, person: Person, kept: Kept, days: int | None, *, now: datetime) -> None:
        """Set how many days a class is kept; None for without limit.

        Raises:
            AccessError: The person is no administrator.
            VisitError: The number is out of bounds.
        """
        person.check_sets_up()
        low, high = BOUNDS_DAYS[kept]
        if days is not None and not low <= days <= high:
            raise VisitError(
                f"Skriv et antal dage fra {low} til {high}.",
                f"Write a number of days from {low} to {high}.",
            )
        before, table = self.days().get(kept), schema.retention
        if before == days:
            return
        with self._transaction() as connection:
            connection.execute(delete(table).where(table.c.kept == kept.value))
            if days is not None:
                connection.execute(table.insert().values(kept=kept.value, days=days))
            note(connection, person, "retention_set", now, kept=kept, days_before=before, days=days)

    def old_photos(self, now: datetime) -> dict[str, tuple[str, ...]]:
        """Return photos past their time by their visit, those left out of one included.

        A photo's time begins when its visit is closed, or with what is recorded after that; one
        that a younger visit holds too stays.
        """
        days = self.days().get(Kept.PHOTOS)
        if days is None:
            return {}
        visit, record = schema.visit, schema.record
        is_old = ~visit.c.is_open & (visit.c.changed_at < now - timedelta(days=days))
        query = (
            select(record.c.visit_id, record.c.kind, record.c.body, is_old.label("is_old"))
            .join(visit, visit.c.visit_id == record.c.visit_id)
            .where(record.c.kind.in_(("photo_added", "photos_deleted")))
        )
        with self._reading() as connection:
            rows = connection.execute(query).all()
        done = {row.visit_id for row in rows if row.kind == "photos_deleted"}
        added = [
            (row.visit_id, json.loads(row.body)["capture_id"], row.is_old)
            for row in rows
            if row.kind == "photo_added"
        ]
        needed = {name for _, name, is_old in added if not is_old}
        found: dict[str, tuple[str, ...]] = {}
        for visit_id, name, is_past in added:
            if is_past and visit_id not in done:
                before = found.setdefault(visit_id, ())
                found[visit_id] = before if name in needed else (*before, name)
        return found

    def photos_deleted(self, visit_id: str, names: tuple[str, ...], now: datetime) -> None:
        """Record in a visit that its photos were deleted; what was signed and closed stays so."""
        with self._transaction() as connection:
            found = read_visit(connection, visit_id, is_writing=True)
            if found is not None:
                details = {"capture_ids": list(names)}
                add_record(connection, _MACHINE, *found, "photos_deleted", details, now)

    def delete_old_log(self, now: datetime) -> int:
        """Delete what stands in the log past its time; return how many entries.

        The database lets nobody delete an entry that this has not first said to be past its time.
        """
        days = self.days().get(Kept.LOG)
        if days is None:
            return 0
        access, retention, end = schema.access, schema.retention, now - timedelta(days=days)
        with self._transaction() as connection:
            connection.execute(
                retention.update().where(retention.c.kept == Kept.LOG.value).values(ended_at=end)
            )
            return connection.execute(delete(access).where(access.c.at < end)).rowcount
