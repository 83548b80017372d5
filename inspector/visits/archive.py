"""Results of an archive as visits, so that pages over many visits show them too.

Each shop's day becomes one closed visit that nobody signs. Its photos are kept like those of every
visit: a finding has its evidence even when the archive is gone. Whoever wants to work on one
corrects it, as any closed visit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from inspector.store.people import Person, Role
from inspector.store.photo_queue import Job
from inspector.store.records import Inspection
from inspector.store.visit import Shop, Visit, VisitKind
from inspector.visits.closing import keep_rows
from inspector.visits.desk import Desk
from inspector.visits.judging import Judge

_BATCH = Person("inspector batch", Role.ADMINISTRATOR)
_AGAIN = "inspector batch"
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """What became visits.

    Attributes:
        n_visits: Visits that were made or brought up to date.
        changed: URLs of photos that are not those any more that were looked at; left out.
    """

    n_visits: int = 0
    changed: list[str] = field(default_factory=list)


def keep_as_visits(
    desk: Desk,
    judge: Judge,
    inspections: Iterable[Inspection],
    *,
    fetch: Callable[[str], bytes],
    now: datetime,
) -> Kept:
    """Keep the inspections of an archive as visits; those that are there stay as they are.

    Args:
        desk: The store of visits, with the scenes of the archive in it.
        judge: Judges visits.
        inspections: What was inspected. `store` is the id or the name of a shop; a new name is a
            new shop. A shop that is known keeps its kind of dealer.
        fetch: Returns the bytes of a photo by its URL.
        now: When.

    Raises:
        VisitError: Somebody changes one of these visits at the same moment; run it again.
    """
    by_day: dict[tuple[str, date], list[Inspection]] = defaultdict(list)
    for one in inspections:
        by_day[one.store, one.inspected_on].append(one)
    n_visits, changed = 0, []
    for (name, day), made in by_day.items():
        shop = _shop(desk, name, made[0], now)
        visit = _visit(desk, shop, day)
        new = [one for one in made if visit is None or not _holds(visit, one)]
        if visit is not None and not new and not visit.is_open:
            continue
        if visit is None:
            visit_id = desk.visits.open_visit(_BATCH, shop, VisitKind.ARCHIVE, now, day=day)
        else:
            visit_id = visit.visit_id
            if not visit.is_open:
                desk.visits.correct(_BATCH, visit_id, reason=_AGAIN, now=now)
        for one in new:
            if desk.files.put(fetch(one.url)) != one.capture_id:
                changed.append(one.url)
                continue
            desk.visits.add_photo(
                _BATCH, visit_id, capture_id=one.capture_id, file=one.file, now=now
            )
            desk.queue.done(Job(visit_id, one.capture_id, one.file), one.seen_with, now)
        filled = desk.visits.visit(_BATCH, visit_id)
        keep_rows(desk, filled, judge.reports(filled))
        desk.visits.close(_BATCH, visit_id, files={}, head=filled.head, now=now)
        n_visits += 1
    return Kept(n_visits, changed)


def _shop(desk: Desk, name: str, one: Inspection, now: datetime) -> Shop:
    known = desk.visits.shops(_BATCH)
    found = next((shop for shop in known if name in (shop.shop_id, shop.name)), None)
    return found or desk.visits.add_shop(
        _BATCH, name=name or "–", address="", dealer_type=one.dealer_type, now=now
    )


def _visit(desk: Desk, shop: Shop, day: date) -> Visit | None:
    lines = desk.visits.lines(_BATCH, shop_id=shop.shop_id, most=_ALL)
    mine = (line for line in lines if line.kind is VisitKind.ARCHIVE and line.inspected_on == day)
    found = next(mine, None)
    return None if found is None else desk.visits.visit(_BATCH, found.visit_id)


def _holds(visit: Visit, one: Inspection) -> bool:
    photo = visit.photo(one.capture_id)
    return photo is not None and photo.seen_with == one.seen_with
