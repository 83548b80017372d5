"""When a shop looks at itself: every so many weeks, on one day of the week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from inspector.errors import VisitError
from inspector.store import schema
from inspector.store.database import Database
from inspector.store.people import Person
from inspector.store.visit import Shop, VisitKind
from inspector.store.visits import note, seen_by, shop_of

MOST_WEEKS = 52


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """A plan.

    Attributes:
        every_weeks: Weeks from one planned day to the next.
        first_on: The first planned day; the others fall on the same day of the week.
    """

    every_weeks: int
    first_on: date

    def next_on(self, last_on: date | None) -> date:
        """Return the first planned day that no self-audit has settled.

        One that was begun on a planned day or later settles that day and all before it.

        Args:
            last_on: Day of the last self-audit; None when there was none.
        """
        if last_on is None or last_on < self.first_on:
            return self.first_on
        return self.first_on + (self._turn(last_on) + 1) * timedelta(weeks=self.every_weeks)

    def n_missed(self, next_on: date, today: date) -> int:
        """Return how many planned days lie before today without a self-audit since."""
        return max(0, self._turn(today - timedelta(days=1)) - self._turn(next_on) + 1)

    def _turn(self, day: date) -> int:
        """Return the number of the last planned day up to a day, 0 for the first."""
        return (day - self.first_on).days // (7 * self.every_weeks)


@dataclass(frozen=True, slots=True)
class Planned:
    """A shop with its plan and its self-audits.

    Attributes:
        shop: The shop.
        plan: Its plan.
        last_id: Its last closed self-audit; None when there was none.
        last_on: Day of that.
        under_way_id: A self-audit that is open; None when there is none.
    """

    shop: Shop
    plan: AuditPlan
    last_id: str | None
    last_on: date | None
    under_way_id: str | None

    @property
    def next_on(self) -> date:
        """The first planned day that no self-audit has settled."""
        return self.plan.next_on(self.last_on)


class AuditPlans(Database):
    """The plans of all shops."""

    def list(self, person: Person) -> list[Planned]:
        """Return the plans of the shops that a person may see, the most urgent first."""
        plan, shop, visit = schema.audit_plan, schema.shop, schema.visit
        plans = seen_by(
            person,
            select(plan, shop.c.name, shop.c.address, shop.c.dealer_type).join(
                shop, shop.c.shop_id == plan.c.shop_id
            ),
            plan.c.shop_id,
        )
        audits = (
            select(visit.c.shop_id, visit.c.visit_id, visit.c.inspected_on, visit.c.is_open)
            .join(plan, plan.c.shop_id == visit.c.shop_id)
            .where(visit.c.kind == VisitKind.SELF_AUDIT.value)
            .order_by(visit.c.inspected_on, visit.c.changed_at)
        )
        with self._reading() as connection:
            rows = connection.execute(plans).all()
            made = connection.execute(seen_by(person, audits, visit.c.shop_id)).all()
        last: dict[str, Any] = {row.shop_id: row for row in made if not row.is_open}
        under_way = {row.shop_id: row.visit_id for row in made if row.is_open}
        found = [
            Planned(
                shop_of(row),
                AuditPlan(row.every_weeks, row.first_on),
                last[row.shop_id].visit_id if row.shop_id in last else None,
                last[row.shop_id].inspected_on if row.shop_id in last else None,
                under_way.get(row.shop_id),
            )
            for row in rows
        ]
        return sorted(found, key=lambda one: (one.next_on, one.shop.name))

    def set(
        self, person: Person, shop: Shop, every_weeks: int, weekday: int, *, now: datetime
    ) -> None:
        """Set a shop's plan from today on, in place of the one it had.

        Args:
            person: Who plans.
            shop: The shop.
            every_weeks: Weeks from one day to the next, 1 to 52.
            weekday: 0 for Monday to 6 for Sunday.
            now: When; the first day is the next one of that name, today included.

        Raises:
            AccessError: The person may not.
            VisitError: The number of weeks is out of bounds.
        """
        person.check_writes(shop.shop_id)
        if not 1 <= every_weeks <= MOST_WEEKS:
            raise VisitError(
                f"Skriv et antal uger fra 1 til {MOST_WEEKS}.",
                f"Write a number of weeks from 1 to {MOST_WEEKS}.",
            )
        first_on = now.date() + timedelta(days=(weekday - now.weekday()) % 7)
        table = schema.audit_plan
        with self._transaction() as connection:
            connection.execute(delete(table).where(table.c.shop_id == shop.shop_id))
            connection.execute(
                table.insert().values(
                    shop_id=shop.shop_id, every_weeks=every_weeks, first_on=first_on
                )
            )
            day = first_on.isoformat()
            note(connection, person, "plan_set", now, name=shop.name, n=every_weeks, day=day)

    def end(self, person: Person, shop: Shop, *, now: datetime) -> None:
        """End a shop's plan.

        Raises:
            AccessError: The person may not.
        """
        person.check_writes(shop.shop_id)
        table = schema.audit_plan
        with self._transaction() as connection:
            connection.execute(delete(table).where(table.c.shop_id == shop.shop_id))
            note(connection, person, "plan_ended", now, name=shop.name)
