"""A database with the store's tables: opened, brought up to date, in whole transactions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from inspector.errors import StoreError
from inspector.store import migrations

_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Database:
    """What every part of the store stands on; open a part with `open` in a `with` block.

    Every call is one transaction: it is in the store as a whole, or not at all.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert = _INSERTS[engine.dialect.name]

    @classmethod
    def open(cls, url: str) -> Self:
        """Open a store, make its tables, or bring an older one up to date.

        Args:
            url: `sqlite:///FILE` or `postgresql+psycopg://USER@HOST/NAME`.

        Raises:
            StoreError: There is no such place, it cannot be written, or it is too new.
        """
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        try:
            engine = create_engine(make_url(url))
        except (ArgumentError, ImportError, SQLAlchemyError) as error:
            raise _no_store(url, error) from error
        if engine.dialect.name not in _INSERTS:
            raise _no_store(url, f"{engine.dialect.name} is not supported")
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        store = cls(engine)
        with store._transaction() as connection:
            migrations.upgrade(connection)
        return store

    @classmethod
    def beside(cls, other: Database) -> Self:
        """Return another part of a store that is open."""
        return cls(other._engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.execution_options(is_writing=True).begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self._fault("written", error) from error

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self._fault("read", error) from error

    def _fault(self, what: str, error: SQLAlchemyError) -> StoreError:
        cause = getattr(error, "orig", None) or error
        return StoreError(
            f"The store {self._engine.url.render_as_string()} cannot be {what} "
            f"({str(cause).strip()}). All that was kept before is still there. Free space, or see "
            "that it can be reached and its rights allow it; then start the same command again, "
            "and it goes on where it stopped."
        )


def _no_store(url: str, cause: object) -> StoreError:
    return StoreError(
        f"There is no store at {url.split('@')[-1]} ({cause}). Expected sqlite:///FILE or "
        "postgresql://USER@HOST/NAME (pip install 'shelf-inspector[postgresql]'). Correct --store."
    )


def _set_up_sqlite(connection: Any, _: object) -> None:  # noqa: ANN401
    # A writer and readers side by side, and a killed run leaves a whole store.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # nor does a power cut take back a record
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA busy_timeout = 30000")
    connection.execute("PRAGMA secure_delete = ON")  # what retention deletes is overwritten
    connection.isolation_level = None  # `_begin_sqlite` says where a transaction begins


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction that tables are made in as well; a writer waits for others first."""
    is_writing = connection.get_execution_options().get("is_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
