import os

import pytest
from sqlalchemy import create_engine, text

POSTGRESQL = os.environ.get("INSPECTOR_TEST_POSTGRESQL")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """A place for a store: a file, and a server's database that is emptied."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite"
    if POSTGRESQL is None:
        pytest.skip("INSPECTOR_TEST_POSTGRESQL names no empty database (postgresql://…)")
    engine = create_engine(POSTGRESQL.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    engine.dispose()
    return POSTGRESQL
