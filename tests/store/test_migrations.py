from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, inspect, text

from inspector.errors import StoreError
from inspector.store import Store, schema
from inspector.store.people import Person, Role
from inspector.store.retention import RetentionTimes
from inspector.store.visits import Visits
from tests.store.test_codec import seen
from tests.store.test_store import made, result, save, seen_with

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
FRIDA = Person("Frida", Role.ADMINISTRATOR)

FIRST_STORE = """
CREATE TABLE store_version (version INTEGER PRIMARY KEY);
INSERT INTO store_version VALUES (1);
CREATE TABLE photo (url VARCHAR PRIMARY KEY, mark VARCHAR, capture_id VARCHAR);
INSERT INTO photo VALUES ('file:///a.jpg', '12 tag', 'abc');
CREATE TABLE scene (capture_id VARCHAR, seen_with VARCHAR, PRIMARY KEY (capture_id, seen_with));
CREATE TABLE inspection (inspection_key VARCHAR PRIMARY KEY);
CREATE TABLE rule_outcome (inspection_key VARCHAR PRIMARY KEY);
"""
"""The first store of all, before its steps were counted by Alembic."""

AS_IN_0006 = {
    "sqlite": """
DROP TRIGGER access_never_changes;
DROP TRIGGER access_ends_by_retention;
ALTER TABLE retention DROP COLUMN ended_at;
UPDATE alembic_version SET version_num = '0006';
""",
    "postgresql": """
DROP FUNCTION access_is_only_added_to CASCADE;
ALTER TABLE retention DROP COLUMN ended_at;
UPDATE alembic_version SET version_num = '0006';
""",
}

AS_IN_0005 = """
ALTER TABLE inspection DROP COLUMN grounds;
ALTER TABLE inspection DROP COLUMN entries;
DROP TABLE register_entries;
UPDATE alembic_version SET version_num = '0005';
"""


def engine_of(url):
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def take_back(store, *steps):
    """Make of a store one of an older version, the latest step first."""
    with store._engine.begin() as connection:
        for step in steps:
            for statement in filter(str.strip, step.split(";")):
                connection.execute(text(statement))


def test_the_steps_make_the_tables_that_the_program_knows(url):
    Store.open(url).__exit__()
    engine = engine_of(url)
    for table in schema.METADATA.sorted_tables:
        made = {column["name"] for column in inspect(engine).get_columns(table.name)}
        assert made == set(table.columns.keys()), table.name
        indexes = {index["name"] for index in inspect(engine).get_indexes(table.name)}
        assert indexes == {index.name for index in table.indexes}, table.name
    engine.dispose()


def test_a_store_from_before_the_steps_is_taken_along(url):
    engine = engine_of(url)
    with engine.begin() as connection:
        for statement in filter(str.strip, FIRST_STORE.split(";")):
            connection.execute(text(statement))
    with Store.open(url) as store:
        assert store.photos(["file:///a.jpg"]) == {"file:///a.jpg": ("12 tag", "abc")}
    assert inspect(engine).has_table("visit")
    engine.dispose()


def test_inspections_from_before_their_grounds_were_kept_are_taken_along(url):
    one = result(made(seen_with=seen_with()))
    with Store.open(url) as store:
        save(store, one, scenes=[seen()])
        take_back(store, AS_IN_0006[store._engine.dialect.name], AS_IN_0005)
    with Store.open(url) as store:
        ((judged,),) = store.latest()
        assert judged.inspection == one.inspection
        assert judged.last is None


def test_a_log_from_before_the_database_guarded_it_is_taken_along(url):
    with Visits.open(url) as visits:
        take_back(visits, AS_IN_0006[visits._engine.dialect.name])
        with visits._engine.begin() as connection:
            connection.execute(
                schema.access.insert().values(at=NOW, by="Anna", what='{"did": "looked"}')
            )
            connection.execute(text("INSERT INTO retention (kept, days) VALUES ('log', 180)"))
    with Visits.open(url) as visits:
        assert [entry.by for entry in visits.accesses(FRIDA, most=9)] == ["Anna"]
        with pytest.raises(StoreError, match="only added to"), visits._transaction() as connection:
            connection.execute(text("DELETE FROM access"))
        assert RetentionTimes.beside(visits).delete_old_log(NOW + timedelta(days=200)) == 1


def test_a_store_of_a_newer_version_is_refused(url):
    with Store.open(url) as store, store._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999"):
        Store.open(url)


def test_opening_twice_changes_nothing(url):
    Store.open(url).__exit__()
    with Store.open(url) as store:
        assert store.photos([]) == {}
