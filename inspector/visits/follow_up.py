"""After a visit: what changed since the one before, and photos that show what was put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from inspector.domain.verdict import Outcome
from inspector.store.actions import Action
from inspector.store.finding_rows import Filters, RuleRow
from inspector.store.people import Person
from inspector.store.visit import Visit, VisitPhoto
from inspector.visits.desk import Desk
from inspector.visits.judging import Judge


@dataclass(frozen=True, slots=True)
class SinceLast:
    """What is different from the shop's visit before.

    Attributes:
        day: Day of that visit.
        fixed: Rules that failed then and pass now.
        worse: Rules that fail now and did not then.
        still: Rules that failed then and fail now.
    """

    day: date
    fixed: tuple[str, ...]
    worse: tuple[str, ...]
    still: tuple[str, ...]


def since_last(
    desk: Desk, person: Person, visit: Visit, now_said: Sequence[tuple[str, Outcome]]
) -> SinceLast | None:
    """Return what is different from the shop's visit before; None when this is the first.

    Args:
        desk: The store.
        person: Who asks.
        visit: The visit.
        now_said: What every rule says in it now.
    """
    history = desk.rows.history(person, Filters(shop_id=visit.shop.shop_id))
    earlier = [
        row
        for row in history
        if row.visit_id != visit.visit_id and row.inspected_on <= visit.inspected_on
    ]
    if not earlier:
        return None
    before: dict[str, RuleRow] = {
        row.rule_id: row for row in earlier if row.visit_id == earlier[-1].visit_id
    }
    failed = {rule_id for rule_id, row in before.items() if row.outcome is Outcome.FAILED}
    return SinceLast(
        earlier[-1].inspected_on,
        tuple(r for r, said in now_said if r in failed and said is Outcome.PASSED),
        tuple(r for r, said in now_said if r not in failed and said is Outcome.FAILED),
        tuple(r for r, said in now_said if r in failed and said is Outcome.FAILED),
    )


def photos_that_pass(
    desk: Desk, judge: Judge, person: Person, action: Action
) -> list[tuple[Visit, VisitPhoto]]:
    """Return newer photos of the shop on which the action's rule passes.

    Whether a photo shows the same place is for the person to say who chooses it.
    """
    found = []
    for line in desk.visits.lines(person, shop_id=action.shop_id):
        visit = desk.visits.visit(person, line.visit_id)
        if visit.opened_at < action.set_at or visit.visit_id == action.visit_id:
            continue
        for photo, report in zip(visit.done, judge.reports(visit), strict=True):
            if report.summary[action.rule_id] is Outcome.PASSED:
                found.append((visit, photo))
    return found
