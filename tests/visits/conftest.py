from datetime import UTC, datetime

import pytest

from inspector.catalogue.matching import DatedMatcher
from inspector.domain.goods import DealerType
from inspector.inspection import register_in_use
from inspector.store.people import Person, Role
from inspector.store.visit import VisitKind
from inspector.visits.analysis import analyse_next
from inspector.visits.desk import Desk
from inspector.visits.judging import Judge
from tests.truth import SAMPLES, TruthReader

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA = Person("Anna", Role.INSPECTOR)


@pytest.fixture
def desk(tmp_path):
    return Desk.open(f"sqlite:///{tmp_path}/visits.sqlite", files=str(tmp_path / "files"))


@pytest.fixture
def reader():
    return TruthReader()


@pytest.fixture(scope="session")
def matchers():
    return DatedMatcher(register_in_use())


@pytest.fixture
def judge(desk, matchers):
    return Judge(desk, matchers)


@pytest.fixture
def visit_id(desk):
    shop = desk.visits.add_shop(
        ANNA, name="Torvet", address="Torvet 1", dealer_type=DealerType.PHARMACY, now=NOW
    )
    return desk.visits.open_visit(ANNA, shop, VisitKind.INSPECTION, NOW)


@pytest.fixture
def add(desk, visit_id):
    """Return a function that adds a sample photo, or any bytes, to the visit."""

    def add(content="retailer-too-low", file=None):
        if isinstance(content, str):
            file, content = f"{content}.jpg", (SAMPLES / f"{content}.jpg").read_bytes()
        capture_id = desk.files.put(content)
        desk.visits.add_photo(ANNA, visit_id, capture_id=capture_id, file=file, now=NOW)
        return capture_id

    return add


@pytest.fixture
def analyse(desk, reader):
    """Return a function that looks at all that waits."""

    def analyse():
        while analyse_next(desk, reader):
            pass

    return analyse
