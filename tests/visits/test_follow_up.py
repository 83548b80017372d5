from datetime import date, timedelta

import pytest

from inspector.domain.verdict import Outcome
from inspector.errors import AccessError, VisitError
from inspector.store.people import Person, Role
from inspector.store.verify import Verifier
from inspector.store.visit import Party, VisitKind
from inspector.visits.analysis import analyse_next
from inspector.visits.closing import keep_rows
from inspector.visits.follow_up import photos_that_pass, since_audit, since_last
from tests.truth import SAMPLES
from tests.visits.conftest import ANNA, NOW

LATER = NOW + timedelta(days=7)
KIND_DAY = (VisitKind.SELF_AUDIT, LATER)


@pytest.fixture
def agreed(desk, add, analyse, visit_id, judge):
    """An action about packs that stand too low."""
    add("retailer-too-low")
    analyse()
    visit = desk.visits.visit(ANNA, visit_id)
    keep_rows(desk, visit, judge.reports(visit))
    desk.actions.agree(
        ANNA,
        visit_id,
        "k1",
        rule_id="reach-height",
        sentences={"da": "For lavt", "en": "Too low"},
        owner="Bo",
        due_on=date(2026, 11, 16),
        now=NOW,
    )
    (action,) = desk.actions.list(ANNA)
    return action


def visit_again(desk, reader, name):
    shop = desk.visits.shops(ANNA)[0]
    visit_id = desk.visits.open_visit(ANNA, shop, VisitKind.SELF_AUDIT, LATER)
    capture_id = desk.files.put((SAMPLES / f"{name}.jpg").read_bytes() + b"\0")
    desk.visits.add_photo(ANNA, visit_id, capture_id=capture_id, file=f"{name}.jpg", now=LATER)
    while analyse_next(desk, reader):
        pass
    return desk.visits.visit(ANNA, visit_id)


def test_an_action_needs_somebody_and_can_be_agreed_anew(desk, agreed):
    about = {"rule_id": "reach-height", "sentences": agreed.sentences, "now": NOW}
    with pytest.raises(VisitError, match="who"):
        desk.actions.agree(ANNA, agreed.visit_id, "k1", owner=" ", due_on=agreed.due_on, **about)
    desk.actions.agree(ANNA, agreed.visit_id, "k1", owner="Carl", due_on=date(2026, 12, 1), **about)
    (action,) = desk.actions.list(ANNA)
    assert (action.owner, action.due_on, action.is_done) == ("Carl", date(2026, 12, 1), False)


def test_only_a_newer_photo_on_which_the_rule_passes_shows_it(desk, agreed, reader, judge):
    assert photos_that_pass(desk, judge, ANNA, agreed) == []
    low = visit_again(desk, reader, "retailer-too-low")
    assert photos_that_pass(desk, judge, ANNA, agreed) == []
    good = visit_again(desk, reader, "pharmacy-good")
    passing = photos_that_pass(desk, judge, ANNA, agreed)
    outcomes = {report.summary["reach-height"] for report in judge.reports(good)}
    assert bool(passing) == (outcomes == {Outcome.PASSED})
    assert low.visit_id not in {visit.visit_id for visit, _ in passing}


def test_an_action_is_closed_with_a_reason_and_recorded(desk, agreed):
    with pytest.raises(VisitError, match="reason"):
        desk.actions.finish(ANNA, agreed, because="", now=LATER)
    desk.actions.finish(ANNA, agreed, because="Flyttet op", now=LATER)
    (action,) = desk.actions.list(ANNA)
    assert (action.done_because, action.done_by, action.done_on) == (
        "Flyttet op",
        "Anna",
        LATER.date(),
    )
    kinds = [record.kind for record in desk.visits.records(ANNA, agreed.visit_id)]
    assert kinds[-2:] == ["action_set", "action_done"]
    (checked,) = Verifier.beside(desk.visits).check(desk.files)
    assert checked.faults == ()


def test_an_action_is_closed_by_a_newer_photo_of_its_shop(desk, agreed, reader):
    (photo,) = visit_again(desk, reader, "pharmacy-good").photos
    shown = {"because": "Vist på billedet", "capture_id": photo.capture_id, "now": LATER}
    desk.actions.finish(ANNA, agreed, **shown)
    (action,) = desk.actions.list(ANNA)
    assert (action.is_done, action.done_capture_id) == (True, photo.capture_id)
    record = desk.visits.records(ANNA, agreed.visit_id)[-1]
    assert (record.kind, record.details["capture_id"]) == ("action_done", photo.capture_id)


def test_a_photo_that_is_older_or_of_another_shop_closes_no_action(desk, agreed):
    (old,) = desk.visits.visit(ANNA, agreed.visit_id).photos
    shop = desk.visits.add_shop(ANNA, name="Andet", address="", dealer_type=None, now=NOW)
    elsewhere = desk.visits.open_visit(ANNA, shop, VisitKind.INSPECTION, LATER)
    again = desk.visits.open_visit(ANNA, desk.visits.visit(ANNA, agreed.visit_id).shop, *KIND_DAY)
    for visit_id, name in ((elsewhere, "elsewhere"), (again, old.capture_id)):
        desk.visits.add_photo(ANNA, visit_id, capture_id=name, file="a.jpg", now=LATER)
    for name in (old.capture_id, "elsewhere", "none"):
        with pytest.raises(VisitError, match="newer"):
            desk.actions.finish(ANNA, agreed, because="Se her", capture_id=name, now=LATER)
    (action,) = desk.actions.list(ANNA)
    assert not action.is_done


def test_what_changed_since_the_visit_before(desk, agreed, reader):
    again = visit_again(desk, reader, "pharmacy-good")
    said = [("reach-height", Outcome.PASSED), ("signage", Outcome.FAILED)]
    last = since_last(desk, ANNA, again, said)
    assert last.day == NOW.date()
    assert last.fixed == ("reach-height",)
    assert last.worse == ("signage",)
    assert since_last(desk, ANNA, again, [("reach-height", Outcome.FAILED)]).still == (
        "reach-height",
    )


def test_a_manager_acts_on_an_inspection_and_does_not_change_it(desk, agreed, visit_id):
    manager = Person("Bo", Role.MANAGER, frozenset({agreed.shop_id}))
    desk.actions.finish(manager, agreed, because="Flyttet op", now=LATER)
    with pytest.raises(AccessError, match="authority"):
        desk.visits.remove_photo(manager, visit_id, "x", now=LATER)
    shop = desk.visits.shops(manager)[0]
    with pytest.raises(AccessError, match="authority"):
        desk.visits.open_visit(manager, shop, VisitKind.INSPECTION, LATER)
    assert desk.visits.open_visit(manager, shop, VisitKind.SELF_AUDIT, LATER)


def test_another_shops_actions_cannot_be_seen_or_closed(desk, agreed):
    other = Person("Eva", Role.MANAGER, frozenset({"elsewhere"}))
    assert desk.actions.list(other) == []
    with pytest.raises(AccessError):
        desk.actions.finish(other, agreed, because="x", now=LATER)


def self_audit(desk, reader, said):
    """A closed self-audit in which rules say what they are told to."""
    visit_id = visit_again(desk, reader, "retailer-too-low").visit_id
    desk.rows.keep(visit_id, [], said, made_of="1")
    desk.visits.sign(ANNA, visit_id, Party.SHOP, name="Bo", refusal="no", now=LATER)
    head = desk.visits.visit(ANNA, visit_id).head
    desk.visits.close(ANNA, visit_id, files={}, head=head, now=LATER)


def test_what_happened_since_the_last_self_audit(desk, agreed, reader, judge):
    shop = desk.visits.shops(ANNA)[0]
    desk.plans.set(ANNA, shop, 1, 0, now=NOW)
    (planned,) = desk.plans.list(ANNA)
    assert since_audit(desk, ANNA, planned, LATER.date()) is None, "there was none"

    self_audit(desk, reader, {})
    (planned,) = desk.plans.list(ANNA)
    since = since_audit(desk, ANNA, planned, LATER.date())
    assert since.failed is None, "never said to be without failures when nothing is known of it"

    self_audit(desk, reader, {"reach-height": Outcome.FAILED, "signage": Outcome.CANT_TELL})
    (planned,) = desk.plans.list(ANNA)
    since = since_audit(desk, ANNA, planned, date(2026, 11, 17))
    assert (since.failed, since.undecided) == (("reach-height",), ("signage",))
    assert (since.n_done, since.n_open, since.n_late) == (0, 1, 1)
    assert since.changed is None

    newer = desk.visits.open_visit(ANNA, shop, VisitKind.INSPECTION, LATER + timedelta(days=2))
    said = {"reach-height": Outcome.PASSED, "signage": Outcome.FAILED}
    desk.rows.keep(newer, [], said, made_of="1")
    desk.actions.finish(ANNA, agreed, because="Flyttet op", now=LATER + timedelta(days=2))
    since = since_audit(desk, ANNA, planned, date(2026, 11, 17))
    assert (since.changed.fixed, since.changed.worse) == (("reach-height",), ("signage",))
    assert (since.n_done, since.n_open, since.n_late) == (1, 0, 0)
