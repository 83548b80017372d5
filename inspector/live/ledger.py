"""What live cameras write and the page reads: states, findings, pictures, wishes, presence."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Connection,
    Engine,
    Row,
    create_engine,
    delete,
    event,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.schema import CreateColumn

from inspector.data_folder import data_folder
from inspector.domain.scene import Tag
from inspector.errors import StoreError
from inspector.live import tables
from inspector.live.findings import Change, Turn
from inspector.live.signs import PATCH_WH, KnownSign
from inspector.live.votes import Failure
from inspector.store.people import Person

_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class WishKind(StrEnum):
    """What somebody wants of a camera's worker."""

    SAME_VIEW = "same_view"
    NEW_VIEW = "new_view"


@dataclass(frozen=True, slots=True)
class Setup:
    """What is known of a camera since it was set up.

    Attributes:
        reference: `view.Reference` as bytes; None before the first quiet picture.
        tags: Tags of the kit as they stood there once, in pixels of the frame.
        void_told: Hash of the told heights that ended when the camera was moved.
        signs: Signs that hung there.
        fault: `view.ViewFault` that suspends verdicts until somebody confirms the view; empty when
            there is none.
        confirmed_by: Who confirmed the view; empty when nobody did yet.
        reference_at: When the reference was taken.
    """

    reference: bytes | None = None
    tags: tuple[Tag, ...] = ()
    void_told: str = ""
    signs: tuple[KnownSign, ...] = ()
    fault: str = ""
    confirmed_by: str = ""
    reference_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that may be kept, or why there is none.

    Attributes:
        jpeg: The picture without people; None when it may not be kept.
        not_kept: Key of the reason, see `people.NotKept`; empty when it is kept.
        taken_at: When it was taken (aware).
        crop_xyxy_px: Where it lies in the frame.
    """

    jpeg: bytes | None
    not_kept: str
    taken_at: datetime
    crop_xyxy_px: tuple[int, int, int, int]


DATABASE = "INSPECTOR_LIVE_DATABASE"
"""Environment variable with the database's URL, which may hold a password; `inspector watch` and
the dashboard share it."""


def _database() -> str:
    return os.environ.get(DATABASE) or f"sqlite:///{data_folder() / 'live' / 'live.sqlite'}"


class Ledger:
    """The only way into the tables and the folder of pictures.

    Args:
        engine: The database.
        pictures: Folder of the pictures.
    """

    def __init__(self, engine: Engine, pictures: Path) -> None:
        self._engine = engine
        self.pictures = pictures

    @classmethod
    def open(cls, url: str = "", *, pictures: Path | None = None) -> Self:
        """Open the database, and make its tables where there are none.

        Args:
            url: `sqlite:///FILE` or `postgresql://USER@HOST/NAME`; empty takes what
                `INSPECTOR_LIVE_DATABASE` says, or else a file in the user's data folder.
            pictures: Folder of the pictures; None takes one beside that file.

        Raises:
            StoreError: There is no such place, or it cannot be written.
        """
        url = (url or _database()).replace("postgresql://", "postgresql+psycopg://", 1)
        place = url.split("@")[-1]
        try:
            parsed = make_url(url)
            if parsed.get_backend_name() not in _INSERTS:
                raise ArgumentError(f"{parsed.get_backend_name()} is not supported")
            if parsed.get_backend_name() == "sqlite" and parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(parsed, pool_pre_ping=True)
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", _set_up_sqlite)
            tables.METADATA.create_all(engine)
            _add_new_columns(engine)
        except (ArgumentError, ImportError, OSError, SQLAlchemyError) as error:
            cause = getattr(error, "orig", None) or type(error).__name__
            raise StoreError(
                f"There is no database at {place} ({cause}). Expected sqlite:///FILE or "
                f"postgresql://USER@HOST/NAME that can be written. Correct {DATABASE}."
            ) from None
        return cls(engine, pictures or data_folder() / "live" / "pictures")

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # Cameras

    def put_statuses(self, rows: Mapping[str, Mapping[str, object]]) -> None:
        """Write how cameras are, by their ids, all at once."""
        if not rows:
            return
        with self.writing() as connection:
            insert = _INSERTS[connection.dialect.name](tables.camera)
            names = next(iter(rows.values())).keys()
            changed = {name: insert.excluded[name] for name in names}
            connection.execute(
                insert.on_conflict_do_update(index_elements=["camera_id"], set_=changed),
                [{"camera_id": camera_id, **_plain(row)} for camera_id, row in rows.items()],
            )

    def cameras(self) -> list[Row[Any]]:
        """Return how all cameras are."""
        return self.rows(select(tables.camera).order_by(tables.camera.c.camera_id))

    def remove_camera(self, camera_id: str) -> None:
        """Take a camera off the page; its findings stay until their time is over."""
        with self.writing() as connection:
            connection.execute(delete(tables.camera).where(tables.camera.c.camera_id == camera_id))

    def setup(self, camera_id: str) -> Setup:
        """Return what is known of a camera."""
        rows = self.rows(select(tables.setup).where(tables.setup.c.camera_id == camera_id))
        if not rows:
            return Setup()
        row = rows[0]
        return Setup(
            reference=row.reference,
            tags=tuple(Tag(t["id"], np.array(t["corners"])) for t in json.loads(row.tags)),
            void_told=row.void_told,
            signs=tuple(
                KnownSign(
                    s["text"], tuple(s["box"]), s["seen"], s["is_gone"], _as_patch(s.get("patch"))
                )
                for s in json.loads(row.signs)
            ),
            fault=row.fault,
            confirmed_by=row.confirmed_by,
            reference_at=aware(row.reference_at),
        )

    def put_setup(self, camera_id: str, setup: Setup) -> None:
        """Keep what is known of a camera."""
        signs = [
            {
                "text": s.text,
                "box": s.box_xyxy_px,
                "seen": s.seen,
                "is_gone": s.is_gone,
                "patch": _as_text(s.patch),
            }
            for s in setup.signs
        ]
        tags = [{"id": tag.tag_id, "corners": tag.corners_px.tolist()} for tag in setup.tags]
        row = _plain(
            {
                "reference": setup.reference,
                "reference_at": setup.reference_at,
                "confirmed_by": setup.confirmed_by,
                "tags": json.dumps(tags),
                "void_told": setup.void_told,
                "signs": json.dumps(signs),
                "fault": setup.fault,
            }
        )
        with self.writing() as connection:
            insert = _INSERTS[connection.dialect.name](tables.setup)
            insert = insert.values(camera_id=camera_id, **row)
            changed = {name: insert.excluded[name] for name in row}
            connection.execute(
                insert.on_conflict_do_update(index_elements=["camera_id"], set_=changed)
            )

    # Looks and findings

    def add_look(
        self, camera_id: str, at: datetime, seconds: float, outcomes: Mapping[str, str]
    ) -> None:
        """Log a look."""
        with self.writing() as connection:
            connection.execute(
                tables.look.insert().values(
                    camera_id=camera_id,
                    at=naive(at),
                    seconds=seconds,
                    outcomes=json.dumps(dict(outcomes)),
                )
            )

    def open_places(self, camera_id: str) -> tuple[Failure, ...]:
        """Return the places of a camera's open findings."""
        return tuple(
            place for row in self.findings(camera_id, open_only=True) for place in places_of(row)
        )

    def findings(self, camera_id: str | None = None, *, open_only: bool = False) -> list[Row[Any]]:
        """Return findings, the newest first."""
        query = select(tables.finding).order_by(tables.finding.c.opened_at.desc())
        if camera_id is not None:
            query = query.where(tables.finding.c.camera_id == camera_id)
        if open_only:
            query = query.where(tables.finding.c.closed_at.is_(None))
        return self.rows(query)

    def put_change(
        self, camera_id: str, change: Change, at: datetime, *, before: Kept | None, now: Kept | None
    ) -> None:
        """Open, update or close a finding, with its evidence."""
        finding = tables.finding.c
        before_sha = self._keep(camera_id, before)
        now_sha = self._keep(camera_id, now)
        values: dict[str, Any] = {"updated_at": naive(at)}
        if now is not None:
            values["not_kept"] = now.not_kept
        if change.turn is Turn.CLOSED:
            values |= {"closed_at": naive(at), "closed_picture": now_sha}
        else:
            values["places"] = msgspec.json.encode(change.places).decode()
            if now_sha:
                values["after_picture"] = now_sha
        with self.writing() as connection:
            if change.turn is Turn.OPENED:
                values |= {"opened_at": naive(at), "before_picture": before_sha}
                connection.execute(
                    tables.finding.insert().values(
                        camera_id=camera_id, rule_id=change.rule_id, **values
                    )
                )
                return
            connection.execute(
                tables.finding.update()
                .where(finding.camera_id == camera_id, finding.rule_id == change.rule_id)
                .where(finding.closed_at.is_(None))
                .values(**values)
            )

    def put_picture(self, camera_id: str, rule_id: str, now: Kept) -> None:
        """Give an open finding the picture that could not be kept when it opened or changed."""
        finding = tables.finding.c
        sha256 = self._keep(camera_id, now)
        with self.writing() as connection:
            connection.execute(
                tables.finding.update()
                .where(finding.camera_id == camera_id, finding.rule_id == rule_id)
                .where(finding.closed_at.is_(None))
                .values(after_picture=sha256, not_kept=now.not_kept)
            )

    def picture_path(self, sha256: str) -> Path:
        """Return where a picture lies."""
        return self.pictures / sha256[:2] / f"{sha256}.jpg"

    def picture_crop(self, sha256: str) -> tuple[int, int, int, int] | None:
        """Return where a picture lies in the frame; None when it is deleted."""
        rows = self.rows(select(tables.picture.c.crop).where(tables.picture.c.sha256 == sha256))
        return tuple(json.loads(rows[0].crop)) if rows else None

    def _keep(self, camera_id: str, kept: Kept | None) -> str | None:
        if kept is None or kept.jpeg is None:
            return None
        sha256 = hashlib.sha256(kept.jpeg).hexdigest()
        with self.writing() as connection:
            insert = _INSERTS[connection.dialect.name](tables.picture)
            connection.execute(
                insert.values(
                    sha256=sha256,
                    camera_id=camera_id,
                    taken_at=naive(kept.taken_at),
                    crop=json.dumps(kept.crop_xyxy_px),
                ).on_conflict_do_nothing()
            )
            # In the transaction: no file without a row that lets it be found and deleted.
            self._write_picture(self.picture_path(sha256), kept.jpeg)
        return sha256

    def _write_picture(self, path: Path, jpeg: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(jpeg)
        except OSError as error:
            raise StoreError(
                f"No picture can be written to {self.pictures} ({error.strerror or error}). See "
                "that the folder can be written and has room; watching goes on."
            ) from error

    # Wishes from the page

    def wish(self, camera_id: str, kind: WishKind, *, by: str, at: datetime) -> None:
        """Ask a camera's worker for something."""
        with self.writing() as connection:
            connection.execute(
                tables.wish.insert().values(
                    camera_id=camera_id, kind=kind.value, by=by, at=naive(at)
                )
            )

    def take_wishes(self, camera_id: str, at: datetime) -> list[Row[Any]]:
        """Return what was asked for and not done yet, and mark it as done."""
        wish = tables.wish.c
        query = select(tables.wish).where(wish.camera_id == camera_id, wish.done_at.is_(None))
        rows = self.rows(query)
        if rows:
            with self.writing() as connection:
                connection.execute(
                    tables.wish.update()
                    .where(wish.wish_id.in_([row.wish_id for row in rows]))
                    .values(done_at=naive(at))
                )
        return rows

    # Presence

    def ask_presence(self, asked_at: datetime, answer_by: datetime) -> None:
        """Ask the person on watch to confirm presence."""
        with self.writing() as connection:
            connection.execute(
                tables.presence.insert().values(
                    asked_at=naive(asked_at), answer_by=naive(answer_by)
                )
            )

    def confirm_presence(self, by: str, at: datetime) -> None:
        """Log that somebody confirmed presence: answers what is asked, or stands by itself."""
        presence = tables.presence.c
        asked = [r for r in self.presence_log(5) if r.answered_at is None and r.answer_by]
        in_time = [r for r in asked if r.answer_by >= naive(at)]
        with self.writing() as connection:
            if in_time:
                connection.execute(
                    tables.presence.update()
                    .where(presence.presence_id == in_time[0].presence_id)
                    .values(answered_at=naive(at), by=by)
                )
            else:
                connection.execute(tables.presence.insert().values(answered_at=naive(at), by=by))

    def presence_log(self, most: int = 50) -> list[Row[Any]]:
        """Return what was asked and answered, the newest first."""
        query = select(tables.presence).order_by(tables.presence.c.presence_id.desc())
        return self.rows(query.limit(most))

    # Retention

    def shorter_days(self) -> dict[str, int]:
        """Return how many days each class is kept at most, by its field of `Retention`."""
        return {row.kept: row.days for row in self.rows(select(tables.retention))}

    def settings_days(self) -> dict[str, int]:
        """Return what the settings file said last, by field of `Retention`; empty before it did."""
        return {row.kept: row.days for row in self.rows(select(tables.settings_retention))}

    def note_settings_days(self, days: Mapping[str, int]) -> None:
        """Note what the settings file says, for whoever deletes without having it."""
        if days == self.settings_days():
            return
        table = tables.settings_retention
        with self.writing() as connection:
            connection.execute(table.delete())
            connection.execute(
                table.insert(), [{"kept": kept, "days": n} for kept, n in days.items()]
            )

    def keep_shorter(self, person: Person, kept: str, days: int | None) -> None:
        """Set that a class is kept for no more than some days; None leaves it to the settings.

        Raises:
            AccessError: The person is no administrator.
        """
        person.check_sets_up()
        table = tables.retention
        with self.writing() as connection:
            connection.execute(table.delete().where(table.c.kept == kept))
            if days is not None:
                connection.execute(table.insert().values(kept=kept, days=days))

    # Shared with `alerts` and `retention`

    def rows(self, query: Any) -> list[Row[Any]]:  # noqa: ANN401  any select of the tables
        """Return the rows of a query.

        Raises:
            StoreError: The database cannot be read.
        """
        try:
            with self._engine.connect() as connection:
                return list(connection.execute(query))
        except SQLAlchemyError as error:
            raise self._fault("read", error) from None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write in one transaction, as a whole or not at all.

        Raises:
            StoreError: The database cannot be written.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self._fault("written", error) from None

    def _fault(self, what: str, error: SQLAlchemyError) -> StoreError:
        cause = str(getattr(error, "orig", None) or type(error).__name__).strip()
        return StoreError(
            f"The database of live cameras, {self._engine.url.render_as_string()}, cannot be "
            f"{what} ({cause}). See that it can be reached and has room; watching goes on."
        )


def _add_new_columns(engine: Engine) -> None:
    """Bring tables of an older version up to date: columns that came since, with their defaults."""
    there = inspect(engine)
    for table in tables.METADATA.sorted_tables:
        known = {column["name"] for column in there.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                added = CreateColumn(column).compile(dialect=engine.dialect)
                with engine.begin() as connection:
                    connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {added}"))


def _as_text(patch: NDArray[np.float32] | None) -> str | None:
    """Return grey pixels as text; levels are rounded."""
    return (
        patch
        if patch is None
        else base64.b64encode(patch.round().astype(np.uint8).tobytes()).decode()
    )


def _as_patch(text: str | None) -> NDArray[np.float32] | None:
    if text is None:
        return None
    levels = np.frombuffer(base64.b64decode(text), np.uint8)
    return levels.reshape(PATCH_WH[::-1]).astype(np.float32)


def places_of(row: Row[Any]) -> tuple[Failure, ...]:
    """Return the places of a finding's row."""
    return msgspec.json.decode(row.places, type=tuple[Failure, ...])


def naive(at: datetime) -> datetime:
    """Return a time as the tables hold it."""
    return at.astimezone(UTC).replace(tzinfo=None)


def aware(at: datetime | None) -> datetime | None:
    """Return a time of the tables with its zone."""
    return None if at is None else at.replace(tzinfo=UTC)


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {k: naive(v) if isinstance(v, datetime) else v for k, v in values.items()}


def _set_up_sqlite(connection: Any, _: object) -> None:  # noqa: ANN401
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA busy_timeout = 30000")
    connection.execute("PRAGMA secure_delete = ON")  # what retention deletes is overwritten
