"""Deletes what has been kept long enough: files are unlinked, rows deleted.

SQLite overwrites what it deletes. A PostgreSQL server keeps it, out of sight, until its vacuum.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import delete, or_, select

from inspector.errors import StoreError
from inspector.live import tables
from inspector.live.ledger import Ledger, naive
from inspector.live.settings import Retention, picture_ceiling_days

LOG = logging.getLogger(__name__)

CLEAN_EVERY_S = 3600.0

LONGEST_DAYS = 3650
"""What a settings file may say at most; pictures have a lower ceiling."""

_STRAY_AGE = timedelta(hours=1)
"""A younger file without a row may be one that is being written."""


class Cleaner:
    """Deletes every hour, in a thread, where cameras are not watched: in the dashboard.

    Args:
        opened: Opens the ledger; every time, as it may be away for a while.
    """

    def __init__(self, opened: Callable[[], Ledger] = Ledger.open) -> None:
        self._opened = opened
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cleaner", daemon=True)

    def start(self) -> None:
        """Begin, at once."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with closing(self._opened()) as ledger:
                    delete_old(ledger, last_told(ledger), datetime.now(UTC))
            except Exception:  # a database that is away, whatever fails: tried again
                LOG.exception("What live cameras kept long enough could not be deleted")
            self._stopped.wait(CLEAN_EVERY_S)


def delete_old(ledger: Ledger, retention: Retention, now: datetime) -> int:
    """Delete what is older than its class may be; return how many pictures went.

    Pictures go first and whatever they belong to: an open finding keeps its text, not its picture.
    Files without a row, which a crash may leave, go as well.

    Raises:
        StoreError: The database cannot be written, or a picture cannot be deleted; everything else
            is, and the picture keeps its row so that it is tried again.
    """
    retention = in_force(ledger, retention)
    picture_days = retention.pictures_days
    picture = tables.picture.c
    old = naive(now - timedelta(days=picture_days))
    due = ledger.rows(select(picture.sha256).where(picture.taken_at < old))
    gone = [row.sha256 for row in due if _unlinked(ledger.picture_path(row.sha256))]
    with ledger.writing() as connection:
        for start in range(0, len(gone), 500):
            some = gone[start : start + 500]
            connection.execute(delete(tables.picture).where(picture.sha256.in_(some)))
            for name in ("before_picture", "after_picture", "closed_picture"):
                column = tables.finding.c[name]
                connection.execute(
                    tables.finding.update().where(column.in_(some)).values({name: None})
                )
        findings = naive(now - timedelta(days=retention.findings_days))
        connection.execute(delete(tables.finding).where(tables.finding.c.closed_at < findings))
        looks = naive(now - timedelta(days=retention.looks_days))
        connection.execute(delete(tables.look).where(tables.look.c.at < looks))
        old_alerts = select(tables.alert.c.alert_id).where(tables.alert.c.at < looks)
        connection.execute(
            delete(tables.delivery).where(tables.delivery.c.alert_id.in_(old_alerts))
        )
        connection.execute(delete(tables.alert).where(tables.alert.c.at < looks))
        connection.execute(delete(tables.wish).where(tables.wish.c.at < looks))
        watched = naive(now - timedelta(days=retention.presence_days))
        presence = tables.presence.c
        connection.execute(
            delete(tables.presence).where(
                or_(presence.asked_at < watched, presence.answered_at < watched)
            )
        )
    strays = list(_strays(ledger, (now - _STRAY_AGE).timestamp()))
    gone_strays = [path for path in strays if _unlinked(path)]
    deleted = len(gone) + len(gone_strays)
    if deleted:
        LOG.info("Deleted %s pictures older than %s days", deleted, picture_days)
    if stuck := len(due) + len(strays) - deleted:
        raise StoreError(
            f"{stuck} pictures in {ledger.pictures} have to be deleted and cannot be. Give this "
            "program the right to delete in that folder; it tries again every hour."
        )
    return deleted


def last_told(ledger: Ledger) -> Retention:
    """Return what the settings file said when cameras were watched last, within the ceiling."""
    days = dict.fromkeys(Retention.__struct_fields__, LONGEST_DAYS) | ledger.settings_days()
    return Retention(**days | {"pictures_days": min(days["pictures_days"], picture_ceiling_days())})


def in_force(ledger: Ledger, retention: Retention) -> Retention:
    """Return how long things are kept: the shortest of settings, dashboard and ceiling."""
    said = {"pictures_days": picture_ceiling_days()}  # it may have been lowered meanwhile
    shortest = retention
    for limits in (said, ledger.shorter_days()):
        days = {name: min(getattr(shortest, name), most) for name, most in limits.items()}
        shortest = replace(shortest, **days)
    return shortest


def disk_bytes(ledger: Ledger) -> int:
    """Return how much room the pictures take."""
    total = 0
    for path in _files(ledger):
        with suppress(OSError):
            total += path.stat().st_size
    return total


def _unlinked(path: Path) -> bool:
    """Delete a file; return False when that is not possible."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        LOG.error("A picture cannot be deleted (%s)", error.strerror)
        return False
    return True


def _strays(ledger: Ledger, before_s: float) -> Iterator[Path]:
    known = {row.sha256 for row in ledger.rows(select(tables.picture.c.sha256))}
    for path in _files(ledger):
        with suppress(OSError):
            if path.stem not in known and path.stat().st_mtime < before_s:
                yield path


def _files(ledger: Ledger) -> Iterator[Path]:
    if ledger.pictures.is_dir():
        yield from ledger.pictures.rglob("*.jpg")
