"""The tables, and how a store of an older version becomes one of today.

    photo ──► scene ──► inspection ──► rule_outcome
    where     what was  one photo of   what each rule
    it lies   seen      one place      said of it

Photos are known by the sha256 of their bytes: under whatever name they lie, they have one scene.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    inspect,
    select,
)

from inspector.errors import StoreError

METADATA = MetaData()

photo = Table(
    "photo",
    METADATA,
    Column("url", String, primary_key=True),
    Column("mark", String, nullable=False, comment="size and date or tag: changes with the bytes"),
    Column("capture_id", String, nullable=False, comment="sha256 of the bytes"),
)

scene = Table(
    "scene",
    METADATA,
    Column("capture_id", String, primary_key=True),
    Column("seen_with", String, primary_key=True, comment="models and code"),
    Column("model", String, nullable=False, comment="JSON: names and sha256 of the models"),
    Column("seen", LargeBinary, nullable=False, comment="see codec.py"),
    Column("survey", LargeBinary, nullable=True, comment="see surveys.py"),
    Column("surveyed_by", String, nullable=True, comment="code"),
)

inspection = Table(
    "inspection",
    METADATA,
    Column("inspection_key", String, primary_key=True, comment="hash of all columns it rests on"),
    Column("url", String, nullable=False),
    Column("file", String, nullable=False),
    Column("capture_id", String, nullable=False),
    Column("store", String, nullable=False, comment="the shop"),
    Column("dealer_type", String, nullable=True),
    Column("inspected_on", Date, nullable=False, comment="day of the photo"),
    Column("rules_of", Date, nullable=False, comment="day whose rules apply"),
    Column("seen_with", String, nullable=False),
    Column("judged_by", String, nullable=False, comment="guidance and code"),
    Column("register", String, nullable=False, comment="name and sha256"),
    Column("outcome", String, nullable=False, comment="the heaviest of all rules"),
    Column("report", LargeBinary, nullable=True, comment="compressed JSON; none when re-judged"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("inspection_by_place", "store", "inspected_on"),
    Index("inspection_by_photo", "capture_id"),
)

rule_outcome = Table(
    "rule_outcome",
    METADATA,
    Column(
        "inspection_key",
        ForeignKey("inspection.inspection_key", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("rule_id", String, primary_key=True),
    Column("outcome", String, nullable=False, comment="the heaviest of its verdicts"),
    Column("targets", String, nullable=False, comment="JSON: targets by outcome"),
)

_store_version = Table("store_version", METADATA, Column("version", Integer, primary_key=True))

MIGRATIONS: tuple[Callable[[Connection], None], ...] = ()
"""Steps from version 1 on: `MIGRATIONS[0]` makes version 2 of version 1. A released step is never
changed; a change of the tables comes with a step, and with a test that takes an old store along."""

_LOCK = 140_140
"""Any number that nobody else locks with."""

VERSION = 1 + len(MIGRATIONS)


def prepare(connection: Connection) -> None:
    """Make the tables in an empty store, or bring an older store up to today's version.

    Raises:
        StoreError: A newer inspector made the store.
    """
    if connection.dialect.name == "postgresql":  # two runs may start at once
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if not inspect(connection).has_table(_store_version.name):
        METADATA.create_all(connection)
        connection.execute(_store_version.insert().values(version=VERSION))
        return
    found = connection.execute(select(_store_version.c.version)).scalar_one()
    if found > VERSION:
        raise StoreError(
            f"The store has version {found}; this inspector knows versions up to {VERSION}. "
            "Update the inspector, or use another store (--store)."
        )
    for step in MIGRATIONS[found - 1 :]:
        step(connection)
    connection.execute(_store_version.update().values(version=VERSION))
