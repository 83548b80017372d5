import os

import pytest
from sqlalchemy import create_engine, make_url, text

SERVER = os.environ.get("INSPECTOR_TEST_POSTGRESQL")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """A place for a store: a file, and a server's database that is new."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite"
    if SERVER is None:
        pytest.skip("INSPECTOR_TEST_POSTGRESQL names no server (postgresql://…)")
    return _new_database(f"inspector_test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")


def _new_database(name):
    server = make_url(SERVER)
    engine = create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)
