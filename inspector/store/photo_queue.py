"""Photos that are still to be looked at; the list survives every crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from inspector.store import schema
from inspector.store.database import Database
from inspector.store.visit import PhotoState
from inspector.store.visits import add_record, read_visit

MOST_ATTEMPTS = 3
"""A photo that ended the program so many times is not tried again."""

_MACHINE = "inspector"
_GIVEN_UP = {
    "da": "Programmet standsede flere gange, mens det læste billedet. Gem det i mindre størrelse, "
    "eller tag et nyt.",
    "en": "The program stopped several times while it read the photo. Save it at a smaller size, "
    "or take a new one.",
}


@dataclass(frozen=True, slots=True)
class Job:
    """A photo to look at."""

    visit_id: str
    capture_id: str
    file: str


class PhotoQueue(Database):
    """Photos in turn: every visit's first one, then every visit's second one, and so on."""

    def start_over(self) -> None:
        """Put back what was being read when the program ended; only while nothing is read."""
        photo = schema.visit_photo
        with self._transaction() as connection:
            connection.execute(
                photo.update()
                .where(photo.c.state == PhotoState.READING.value)
                .values(state=PhotoState.WAITING.value)
            )

    def take(self, now: datetime) -> Job | None:
        """Return the photo whose turn it is, and mark it as being read; None when none waits."""
        photo = schema.visit_photo
        with self._transaction() as connection:
            for row in connection.execute(_in_turn()).all():
                this = (photo.c.visit_id == row.visit_id) & (photo.c.capture_id == row.capture_id)
                if row.attempts >= MOST_ATTEMPTS:
                    job = Job(row.visit_id, row.capture_id, row.file)
                    details = {"capture_id": job.capture_id, "fault": _GIVEN_UP}
                    _finish(connection, job, PhotoState.UNREADABLE, "unreadable", details, now)
                    continue
                reading = {"state": PhotoState.READING.value, "attempts": row.attempts + 1}
                connection.execute(photo.update().where(this).values(reading))
                return Job(row.visit_id, row.capture_id, row.file)
        return None

    def done(self, job: Job, seen_with: str, now: datetime) -> None:
        """Record that a photo was seen; its scene is kept already."""
        details = {"capture_id": job.capture_id, "seen_with": seen_with}
        with self._transaction() as connection:
            _finish(connection, job, PhotoState.DONE, "analysed", details, now)

    def unreadable(self, job: Job, fault: Mapping[str, str], now: datetime) -> None:
        """Record why a photo cannot be read, in Danish and English."""
        details = {"capture_id": job.capture_id, "fault": dict(fault)}
        with self._transaction() as connection:
            _finish(connection, job, PhotoState.UNREADABLE, "unreadable", details, now)

    def places(self) -> dict[tuple[str, str], int]:
        """Return the place in the queue of every photo, 0 for those that are being read."""
        photo = schema.visit_photo
        reading = select(photo.c.visit_id, photo.c.capture_id).where(
            photo.c.state == PhotoState.READING.value
        )
        with self._reading() as connection:
            places = {(row.visit_id, row.capture_id): 0 for row in connection.execute(reading)}
            for place, row in enumerate(connection.execute(_in_turn()), start=1):
                places[row.visit_id, row.capture_id] = place
        return places


def _in_turn() -> Any:  # noqa: ANN401
    photo = schema.visit_photo
    # The photo that is being read counts as its visit's first.
    is_waiting = photo.c.state == PhotoState.WAITING.value
    turn = func.row_number().over(
        partition_by=photo.c.visit_id, order_by=(is_waiting, photo.c.added_at)
    )
    ranked = select(photo, turn.label("turn")).where(
        photo.c.state.in_([PhotoState.WAITING.value, PhotoState.READING.value])
    )
    turns = ranked.subquery("turns")
    return (
        select(turns)
        .where(turns.c.state == PhotoState.WAITING.value)
        .order_by(turns.c.turn, turns.c.added_at, turns.c.capture_id)
    )


def _finish(
    connection: Connection,
    job: Job,
    state: PhotoState,
    kind: str,
    details: Mapping[str, Any],
    now: datetime,
) -> None:
    """Record how it ended, unless the photo was taken out of its visit meanwhile."""
    photo = schema.visit_photo
    found = read_visit(connection, job.visit_id, is_writing=True)
    if found is None or found[0].photo(job.capture_id) is None or not found[0].is_open:
        return
    add_record(connection, _MACHINE, *found, kind, details, now)
    connection.execute(
        photo.update()
        .where(photo.c.visit_id == job.visit_id, photo.c.capture_id == job.capture_id)
        .values(state=state.value)
    )
