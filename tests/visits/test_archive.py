from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from inspector.batch.work import Terms
from inspector.capture.photo import photo_from_bytes
from inspector.domain.goods import DealerType
from inspector.inspection import see
from inspector.store.finding_rows import Filters
from inspector.store.people import Person, Role
from inspector.store.verify import Verifier
from inspector.store.visit import VisitKind
from inspector.visits.archive import keep_as_visits
from tests.truth import SAMPLES
from tests.visits.conftest import ANNA, NOW

DAY = date(2026, 10, 5)
NAMES = ("retailer-too-low.jpg", "retailer-mixed.jpg")


@pytest.fixture
def archive(desk, reader, matchers):
    """Two photos of one shop and day that were looked at, their scenes in the store of visits."""
    terms, made = Terms(reader.versions, matchers), []
    for file in NAMES:
        capture = photo_from_bytes((SAMPLES / file).read_bytes(), file=file)
        seen = see(capture, reader)
        desk.scenes.save(results=(), scenes=[(seen, None)], model=reader.versions, now=NOW)
        entry = SimpleNamespace(
            url=f"file:///{file}",
            file=file,
            store="Havnen",
            dealer_type=DealerType.RETAILER,
            taken_on=DAY,
        )
        made.append(terms.inspection(entry, capture.capture_id))
    return made


def fetch(url):
    return (SAMPLES / url.rpartition("/")[2]).read_bytes()


def test_findings_of_an_archive_stand_among_all_others(desk, judge, archive):
    kept = keep_as_visits(desk, judge, archive, fetch=fetch, now=NOW)
    assert (kept.n_visits, kept.changed) == (1, [])
    rows = desk.rows.page(ANNA, Filters(outcome="failed"), start=0, length=50)
    assert {row.rule_id for row in rows} >= {"reach-height", "separation"}
    assert {(row.shop_name, row.inspected_on) for row in rows} == {("Havnen", DAY)}
    assert {row.capture_id for row in rows if row.place} <= {one.capture_id for one in archive}
    assert desk.rows.history(ANNA, Filters())[0].inspected_on == DAY

    visit = desk.visits.visit(ANNA, rows[0].visit_id)
    assert (visit.kind, visit.is_open, visit.inspected_on) == (VisitKind.ARCHIVE, False, DAY)
    assert [photo.file for photo in visit.done] == list(NAMES)
    assert not desk.queue.places(), "nothing is looked at again"
    assert all(not checked.faults for checked in Verifier.beside(desk.visits).check(desk.files))


def test_the_same_again_changes_nothing_and_a_new_photo_is_a_new_version(desk, judge, archive):
    assert keep_as_visits(desk, judge, archive[:1], fetch=fetch, now=NOW).n_visits == 1
    assert keep_as_visits(desk, judge, archive[:1], fetch=fetch, now=NOW).n_visits == 0
    assert keep_as_visits(desk, judge, archive, fetch=fetch, now=NOW).n_visits == 1
    (shop,) = desk.visits.shops(ANNA)
    (line,) = desk.visits.lines(ANNA, shop_id=shop.shop_id)
    assert (line.version, line.n_photos, line.is_open) == (2, 2, False)
    assert desk.visits.lines(ANNA) == [], "the list of visits is of those that people make"


def test_a_photo_that_was_changed_since_is_left_out_and_told(desk, judge, archive):
    kept = keep_as_visits(
        desk, judge, archive, fetch=lambda url: fetch(url) + b"x" * ("mixed" in url), now=NOW
    )
    assert kept.changed == [archive[1].url]
    assert len(desk.files.get(archive[0].capture_id)) > 0


def test_a_shop_that_is_known_is_not_entered_again_and_a_manager_sees_only_the_own(
    desk, judge, archive
):
    shop = desk.visits.add_shop(
        ANNA, name="Havnen", address="", dealer_type=DealerType.RETAILER, now=datetime.now(UTC)
    )
    keep_as_visits(desk, judge, archive, fetch=fetch, now=NOW)
    assert [one.shop_id for one in desk.visits.shops(ANNA)] == [shop.shop_id]
    own = Person("Carl", Role.MANAGER, frozenset({shop.shop_id}))
    other = Person("Dorte", Role.MANAGER, frozenset({"s2"}))
    assert desk.rows.count(own, Filters()) > 0
    assert desk.rows.count(other, Filters()) == 0
