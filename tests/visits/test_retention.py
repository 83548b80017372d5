from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.errors import AccessError, StoreError, VisitError
from inspector.store.people import Person, Role
from inspector.store.retention import Kept
from inspector.store.verify import Verifier
from inspector.store.visit import Party, VisitKind
from inspector.visits.retention import delete_old
from tests.visits.conftest import ANNA, NOW

FRIDA = Person("Frida", Role.ADMINISTRATOR)
LATER = NOW + timedelta(days=91)


@pytest.fixture
def close(desk, analyse):
    """Return a function that signs and closes a visit."""

    def close(visit_id, now=NOW):
        analyse()
        for party in Party:
            desk.visits.sign(ANNA, visit_id, party, name=party, refusal="no", now=now)
        head = desk.visits.visit(ANNA, visit_id).head
        report = desk.files.put(b"a report")
        desk.visits.close(ANNA, visit_id, files={"report.da.pdf": report}, head=head, now=now)

    return close


def faults(desk):
    checks = Verifier.beside(desk.visits).check(desk.files)
    return [fault for checked in checks for fault in checked.faults]


def test_nothing_is_deleted_until_somebody_says_how_long(desk, add, visit_id, close):
    capture_id = add()
    close(visit_id)
    assert delete_old(desk, NOW + timedelta(days=9999)) == 0
    assert desk.files.get(capture_id)


def test_photos_of_a_closed_visit_go_after_their_time(desk, add, visit_id, close, judge):
    capture_id = add()
    close(visit_id)
    desk.retention.set(FRIDA, Kept.PHOTOS, 90, now=NOW)
    assert delete_old(desk, NOW + timedelta(days=89)) == 0
    assert delete_old(desk, LATER) == 1
    with pytest.raises(StoreError):
        desk.files.get(capture_id)
    visit = desk.visits.visit(ANNA, visit_id)
    assert visit.has_deleted_photos
    assert not visit.is_open
    assert set(visit.signatures) == set(Party), "what was signed stays signed"
    assert desk.files.get(visit.closings[0].files["report.da.pdf"]) == b"a report"
    assert judge.reports(visit), "what was seen stays"
    assert faults(desk) == [], "the record says that they were deleted"
    assert delete_old(desk, LATER + timedelta(days=99)) == 0, "once"
    with pytest.raises(VisitError, match="deleted"):
        desk.visits.correct(ANNA, visit_id, reason="x", now=LATER)


def test_a_program_that_ends_between_file_and_record_goes_on(desk, add, visit_id, close):
    desk.files.delete(add())
    add("no-scale")
    close(visit_id)
    desk.retention.set(FRIDA, Kept.PHOTOS, 90, now=NOW)
    assert delete_old(desk, LATER) == 2
    assert faults(desk) == []


def test_a_photo_that_an_open_visit_holds_too_stays(desk, add, visit_id, close):
    capture_id, alone = add(), add("no-scale")
    close(visit_id)
    shop = desk.visits.shops(ANNA)[0]
    other = desk.visits.open_visit(ANNA, shop, VisitKind.INSPECTION, LATER)
    desk.visits.add_photo(ANNA, other, capture_id=capture_id, file="a.jpg", now=LATER)
    desk.retention.set(FRIDA, Kept.PHOTOS, 90, now=NOW)
    assert delete_old(desk, LATER) == 1
    assert desk.files.get(capture_id)
    with pytest.raises(StoreError):
        desk.files.get(alone)
    close(other, LATER)
    assert delete_old(desk, LATER + timedelta(days=91)) == 1
    assert faults(desk) == []


def test_a_photo_that_was_taken_out_of_its_visit_goes_with_it(desk, add, visit_id, close):
    removed = add("no-scale")
    desk.visits.remove_photo(ANNA, visit_id, removed, now=NOW)
    add()
    close(visit_id)
    desk.retention.set(FRIDA, Kept.PHOTOS, 90, now=NOW)
    assert delete_old(desk, LATER) == 2
    with pytest.raises(StoreError):
        desk.files.get(removed)


def test_the_log_ends_after_its_time(desk, visit_id):
    desk.visits.looked(ANNA, visit_id, NOW)
    desk.retention.set(FRIDA, Kept.LOG, 180, now=NOW + timedelta(days=181))
    delete_old(desk, NOW + timedelta(days=181))
    (left,) = desk.visits.accesses(FRIDA, most=9)
    assert (left.did, *left.details.values()) == ("retention_set", "log", None, 180)


def test_only_an_administrator_sets_it_within_bounds_and_it_is_noted(desk):
    for role in (Role.INSPECTOR, Role.MANAGER, Role.VIEWER):
        with pytest.raises(AccessError):
            desk.retention.set(replace(FRIDA, role=role), Kept.PHOTOS, 90, now=NOW)
    with pytest.raises(VisitError, match="30 to 3650"):
        desk.retention.set(FRIDA, Kept.PHOTOS, 29, now=NOW)
    desk.retention.set(FRIDA, Kept.PHOTOS, 30, now=NOW)
    desk.retention.set(FRIDA, Kept.PHOTOS, 30, now=NOW)
    desk.retention.set(FRIDA, Kept.PHOTOS, None, now=NOW)
    assert desk.retention.days() == {}
    assert [(*e.details.values(),) for e in desk.visits.accesses(FRIDA, most=9)] == [
        ("photos", 30, None),
        ("photos", None, 30),
    ]
