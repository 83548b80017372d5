"""How a store of an older version becomes one of today: Alembic's steps, carried in the package.

A released step is never changed. A new one is a file in `versions/`, written by hand, with a test
that takes an old store along (`tests/store/test_migrations.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select

from inspector.errors import StoreError

_STEPS = Path(__file__).parent
_FIRST = "0001"
_LOCK = 140_140
"""Any number that nobody else locks with."""


def upgrade(connection: Connection) -> None:
    """Make the tables in an empty store, or bring an older store up to today's version.

    Args:
        connection: In a transaction: all steps are taken, or none.

    Raises:
        StoreError: A newer inspector made the store.
    """
    if connection.dialect.name == "postgresql":  # two programs may start at once
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    steps = ScriptDirectory(str(_STEPS))
    found = MigrationContext.configure(connection).get_current_revision()
    if found == steps.get_current_head():
        return
    known = {step.revision for step in steps.walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"The store has version {found}; this inspector knows versions up to "
            f"{steps.get_current_head()}. Update the inspector, or use another store (--store)."
        )

    def steps_to_today(revision: Any, _: MigrationContext) -> Iterable[Any]:  # noqa: ANN401
        return steps._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), steps, fn=steps_to_today) as environment:
        environment.configure(connection=connection)
        if found is None and inspect(connection).has_table("inspection"):
            environment.get_context().stamp(steps, _FIRST)  # made before steps were counted
        environment.run_migrations()
