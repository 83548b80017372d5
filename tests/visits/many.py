"""Many visits in a store, quickly: for tests and benchmarks of pages over many visits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inspector.domain.goods import DealerType
from inspector.domain.verdict import Outcome
from inspector.rules import RULES
from inspector.store.finding_rows import FindingRow, Place
from inspector.store.people import Person, Role
from inspector.store.visit import Ruling, VisitKind

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA = Person("Anna", Role.INSPECTOR)
TOWNS = ("Torvet", "Havnen", "Station", "Bakken", "Søndergade")


def fill(desk, *, shops=5, visits_each=10, findings_each=200):
    """Put visits with findings into a store; their photos do not exist."""
    for n in range(shops):
        shop = desk.visits.add_shop(
            ANNA,
            name=f"{TOWNS[n % len(TOWNS)]} {n + 1}",
            address="Torvet 1",
            dealer_type=DealerType.RETAILER,
            now=NOW,
        )
        for k in range(visits_each):
            day = NOW - timedelta(days=7 * k)
            visit_id = desk.visits.open_visit(ANNA, shop, VisitKind.INSPECTION, day)
            rows = [_row(visit_id, shop, day, i) for i in range(findings_each)]
            desk.rows.keep(visit_id, rows, _rules(n + k), made_of="1")


def _row(visit_id, shop, day, i):
    rule = RULES[i % len(RULES)]
    row = FindingRow(
        visit_id,
        f"k{i}",
        shop.shop_id,
        shop.name,
        day.date(),
        "a" * 64,
        rule.id,
        Outcome.FAILED if i % 5 == 0 else Outcome.CANT_TELL,
        (None, Ruling.CONFIRMED, Ruling.OVERRULED)[i % 3],
        1 + i % 4,
        {"da": f"Panodil står for lavt: {i} cm", "en": f"Panodil stands too low: {i} cm"},
        Place((0.0, 0.0, 90.0, 90.0), ((1.0, 1.0, 20.0, 20.0),)),
    )
    return replace(row, capture_id=None, place=None) if i % 7 == 0 else row


def _rules(seed):
    outcomes = (Outcome.PASSED, Outcome.FAILED, Outcome.CANT_TELL, Outcome.UNTESTED)
    return {rule.id: outcomes[(seed + i) % 4] for i, rule in enumerate(RULES)}
