from datetime import UTC, date, datetime, timedelta

import pytest

from inspector.domain.goods import DealerType
from inspector.errors import AccessError, VisitError
from inspector.store.audit_plans import AuditPlan, AuditPlans
from inspector.store.people import Person, Role
from inspector.store.photo_queue import PhotoQueue
from inspector.store.visit import Party, VisitKind
from inspector.store.visits import Visits

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)  # a Wednesday
ANNA = Person("Anna", Role.INSPECTOR)
MONDAY = 0
PLAN = AuditPlan(2, date(2026, 11, 9))


@pytest.fixture
def plans(url):
    with AuditPlans.open(url) as opened:
        yield opened


@pytest.fixture
def shop(plans):
    return Visits.beside(plans).add_shop(
        ANNA, name="Torvet", address="", dealer_type=DealerType.PHARMACY, now=NOW
    )


@pytest.mark.parametrize(
    ("last_on", "next_on"),
    [
        (None, date(2026, 11, 9)),
        (date(2026, 11, 8), date(2026, 11, 9)),
        (date(2026, 11, 9), date(2026, 11, 23)),
        (date(2026, 11, 22), date(2026, 11, 23)),
        (date(2026, 11, 23), date(2026, 12, 7)),
        (date(2027, 1, 5), date(2027, 1, 18)),
    ],
)
def test_an_audit_settles_the_planned_days_up_to_its_own(last_on, next_on):
    assert PLAN.next_on(last_on) == next_on


@pytest.mark.parametrize(
    ("today", "n_missed"),
    [
        (date(2026, 11, 4), 0),
        (date(2026, 11, 9), 0),
        (date(2026, 11, 10), 1),
        (date(2026, 11, 23), 1),
        (date(2026, 11, 24), 2),
    ],
)
def test_a_planned_day_is_missed_once_it_is_over(today, n_missed):
    assert PLAN.n_missed(PLAN.first_on, today) == n_missed


def test_nothing_is_missed_before_the_next_planned_day():
    assert PLAN.n_missed(PLAN.next_on(date(2026, 11, 9)), date(2026, 11, 9)) == 0


def audit(plans, shop, day):
    """A self-audit that was closed on a day; nobody looked at its photo."""
    visits = Visits.beside(plans)
    visit_id = visits.open_visit(ANNA, shop, VisitKind.SELF_AUDIT, day)
    visits.add_photo(ANNA, visit_id, capture_id=f"photo {day}", file="a.jpg", now=day)
    queue = PhotoQueue.beside(plans)
    queue.done(queue.take(day), "models", day)
    visits.sign(ANNA, visit_id, Party.SHOP, name="Bo", refusal="no", now=day)
    head = visits.visit(ANNA, visit_id).head
    visits.close(ANNA, visit_id, files={}, head=head, now=day)
    return visit_id


def test_a_plan_begins_on_the_next_such_day_and_follows_the_audits(plans, shop):
    plans.set(ANNA, shop, 2, MONDAY, now=NOW)
    (planned,) = plans.list(ANNA)
    assert (planned.shop, planned.plan) == (shop, PLAN)
    assert (planned.last_on, planned.under_way_id) == (None, None)
    done = audit(plans, shop, NOW + timedelta(days=6))
    under_way = Visits.beside(plans).open_visit(
        ANNA, shop, VisitKind.SELF_AUDIT, NOW + timedelta(days=19)
    )
    Visits.beside(plans).open_visit(ANNA, shop, VisitKind.INSPECTION, NOW + timedelta(days=60))
    (planned,) = plans.list(ANNA)
    assert (planned.last_id, planned.last_on) == (done, date(2026, 11, 10))
    assert planned.under_way_id == under_way
    assert planned.next_on == date(2026, 11, 23), "one under way settles nothing yet"


def test_the_most_urgent_comes_first(plans, shop):
    other = Visits.beside(plans).add_shop(
        ANNA, name="Havnen", address="", dealer_type=DealerType.RETAILER, now=NOW
    )
    plans.set(ANNA, other, 1, 4, now=NOW)
    plans.set(ANNA, shop, 1, 3, now=NOW)
    assert [planned.shop.name for planned in plans.list(ANNA)] == ["Torvet", "Havnen"]


def test_a_plan_is_changed_and_ended_and_both_are_noted(plans, shop):
    plans.set(ANNA, shop, 2, MONDAY, now=NOW)
    plans.set(ANNA, shop, 1, 2, now=NOW)
    (planned,) = plans.list(ANNA)
    assert planned.plan == AuditPlan(1, NOW.date()), "today counts"
    plans.end(ANNA, shop, now=NOW)
    assert plans.list(ANNA) == []
    log = Visits.beside(plans).accesses(Person("F", Role.ADMINISTRATOR), most=3)
    assert [(entry.did, *entry.details.values()) for entry in log] == [
        ("plan_ended", "Torvet"),
        ("plan_set", "Torvet", 1, "2026-11-04"),
        ("plan_set", "Torvet", 2, "2026-11-09"),
    ]


def test_who_may_not_write_in_a_shop_plans_nothing_and_sees_only_the_own(plans, shop):
    plans.set(ANNA, shop, 2, MONDAY, now=NOW)
    other = Person("Carl", Role.MANAGER, frozenset({"elsewhere"}))
    viewer = Person("Dorte", Role.VIEWER, frozenset({shop.shop_id}))
    assert plans.list(other) == []
    assert len(plans.list(viewer)) == 1
    for person in (other, viewer):
        with pytest.raises(AccessError):
            plans.set(person, shop, 1, MONDAY, now=NOW)
        with pytest.raises(AccessError):
            plans.end(person, shop, now=NOW)
    with pytest.raises(VisitError, match="1 to 52"):
        plans.set(ANNA, shop, 0, MONDAY, now=NOW)
