"""After a visit: what changed since the one before, and photos that show what was put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from inspector.domain.verdict import Outcome
from inspector.store.actions import Action
from inspector.store.audit_plans import Planned
from inspector.store.finding_rows import Filters, RuleRow
from inspector.store.people import Person
from inspector.store.visit import Visit, VisitPhoto
from inspector.visits.desk import Desk
from inspector.visits.judging import Judge

_OPEN = (Outcome.CANT_TELL, Outcome.UNTESTED)


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


@dataclass(frozen=True, slots=True)
class SinceAudit:
    """What happened in a shop since its last self-audit.

    Attributes:
        failed: Rules that failed in it; None while that is still being worked out.
        undecided: Rules that it left open.
        changed: What the shop's newest visit since says differently; None when there was none.
        n_done: Corrective actions that were closed since.
        n_open: Corrective actions that are open.
        n_late: Those of them whose day is over.
    """

    failed: tuple[str, ...] | None
    undecided: tuple[str, ...]
    changed: SinceLast | None
    n_done: int
    n_open: int
    n_late: int


def since_last(
    desk: Desk, person: Person, visit: Visit, now_said: Sequence[tuple[str, Outcome]]
) -> SinceLast | None:
    """Return what is different from the shop's visit before; None when this is the first.

    Args:
        desk: The store.
        person: Who asks.
        visit: The visit.
        now_said: What every rule says in it now, see `judging.standing_of_rules`.
    """
    history = desk.rows.history(person, Filters(shop_id=visit.shop.shop_id))
    earlier = [
        row
        for row in history
        if row.visit_id != visit.visit_id and row.inspected_on <= visit.inspected_on
    ]
    if not earlier:
        return None
    before = [row for row in earlier if row.visit_id == earlier[-1].visit_id]
    return _compared(before, now_said)


def since_audit(desk: Desk, person: Person, planned: Planned, today: date) -> SinceAudit | None:
    """Return what happened in a shop since its last self-audit; None when there was none.

    Args:
        desk: The store.
        person: Who asks.
        planned: The shop with its last self-audit.
        today: The day that decides what is late.
    """
    if planned.last_on is None:
        return None
    history = desk.rows.history(person, Filters(shop_id=planned.shop.shop_id))
    audit = [row for row in history if row.visit_id == planned.last_id]
    newer = history[history.index(audit[-1]) + 1 :] if audit else []
    last = [row for row in newer if row.visit_id == newer[-1].visit_id]
    actions = [a for a in desk.actions.list(person) if a.shop_id == planned.shop.shop_id]
    return SinceAudit(
        tuple(row.rule_id for row in audit if row.standing is Outcome.FAILED) if audit else None,
        tuple(row.rule_id for row in audit if row.standing in _OPEN),
        _compared(audit, [(row.rule_id, row.standing) for row in last]) if last else None,
        sum(a.done_on is not None and a.done_on >= planned.last_on for a in actions),
        sum(not a.is_done for a in actions),
        sum(not a.is_done and a.due_on < today for a in actions),
    )


def _compared(before: Sequence[RuleRow], now_said: Sequence[tuple[str, Outcome]]) -> SinceLast:
    """Return what rules say now that they did not say in a visit before."""
    failed = {row.rule_id for row in before if row.standing is Outcome.FAILED}
    return SinceLast(
        before[0].inspected_on,
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
    found, before = [], desk.visits.visit(person, action.visit_id)
    for line in desk.visits.lines(person, shop_id=action.shop_id):
        visit = desk.visits.visit(person, line.visit_id)
        if visit.opened_at < action.set_at or visit.visit_id == action.visit_id:
            continue
        for photo, report in zip(visit.done, judge.reports(visit), strict=True):
            is_new = before.photo(photo.capture_id) is None
            if is_new and report.summary[action.rule_id] is Outcome.PASSED:
                found.append((visit, photo))
    return found
