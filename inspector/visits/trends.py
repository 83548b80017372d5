"""What many visits say together: by rule, by shop, over time, and again and again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from inspector.domain.verdict import Outcome
from inspector.store.finding_rows import RuleRow

OPEN = frozenset({Outcome.CANT_TELL, Outcome.UNTESTED})
"""Outcomes that leave a rule undecided."""


@dataclass(frozen=True, slots=True)
class ShopTrend:
    """A shop's visits.

    Attributes:
        shop_id: The shop.
        name: Its name.
        days: Days of its visits, the earliest first.
        failed: Number of rules that failed in each.
        undecided: Number of rules that stayed undecided in each.
    """

    shop_id: str
    name: str
    days: tuple[date, ...]
    failed: tuple[int, ...]
    undecided: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A rule that failed in a shop's latest visit and in those right before.

    Attributes:
        shop_id: The shop.
        shop_name: Its name.
        rule_id: The rule.
        times: Number of visits in a row, two or more.
        since: Day of the first of them.
    """

    shop_id: str
    shop_name: str
    rule_id: str
    times: int
    since: date


@dataclass(frozen=True, slots=True)
class Trends:
    """What many visits say together.

    Attributes:
        n_visits: Number of visits.
        rules: Number of visits by outcome, by rule; a failure that people overruled is none.
        overruled: Number of visits in which the machine said that a rule failed and people
            overruled it, by rule.
        shops: By shop, those with most rules failed in the latest visit first.
        repeats: What fails again and again, the longest first.
        undecided_share: Share of rules over all visits that nobody could decide, in [0, 1].
    """

    n_visits: int
    rules: Mapping[str, Mapping[Outcome, int]]
    overruled: Mapping[str, int]
    shops: tuple[ShopTrend, ...]
    repeats: tuple[Repeat, ...]
    undecided_share: float


def trends_from_rows(rows: Sequence[RuleRow]) -> Trends:
    """Sum up what rules said, given from the earliest visit to the latest."""
    rules: dict[str, Counter[Outcome]] = defaultdict(Counter)
    visits: dict[str, dict[str, list[RuleRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        rules[row.rule_id][row.standing] += 1
        visits[row.shop_id][row.visit_id].append(row)
    shops = [_shop(list(of_shop.values())) for of_shop in visits.values()]
    repeats = [one for of_shop in visits.values() for one in _repeats(list(of_shop.values()))]
    return Trends(
        n_visits=sum(map(len, visits.values())),
        rules=rules,
        overruled=Counter(row.rule_id for row in rows if row.overruled_to is not None),
        shops=tuple(sorted(shops, key=lambda shop: (-shop.failed[-1], shop.name))),
        repeats=tuple(sorted(repeats, key=lambda one: (-one.times, one.shop_name))),
        undecided_share=sum(row.standing in OPEN for row in rows) / len(rows) if rows else 0.0,
    )


def _shop(visits: Sequence[Sequence[RuleRow]]) -> ShopTrend:
    first = visits[0][0]
    return ShopTrend(
        first.shop_id,
        first.shop_name,
        tuple(visit[0].inspected_on for visit in visits),
        tuple(sum(row.standing is Outcome.FAILED for row in visit) for visit in visits),
        tuple(sum(row.standing in OPEN for row in visit) for visit in visits),
    )


def _repeats(visits: Sequence[Sequence[RuleRow]]) -> list[Repeat]:
    failed = [{row.rule_id for row in v if row.standing is Outcome.FAILED} for v in visits]
    found = []
    for rule_id in sorted(failed[-1]):
        times = 0
        while times < len(visits) and rule_id in failed[-1 - times]:
            times += 1
        if times > 1:
            first = visits[-times][0]
            found.append(Repeat(first.shop_id, first.shop_name, rule_id, times, first.inspected_on))
    return found
