"""The page of trends: what fails where, whether it gets better, and what comes back."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from inspector.domain.verdict import Outcome
from inspector.errors import InspectorError
from inspector.report.findings import SYMBOLS
from inspector.rules import RULES
from inspector.store.finding_rows import Filters
from inspector.store.people import Person
from inspector.ui import address, cached, filters, sign_in, state
from inspector.ui.components import folded, nothing_here, page_head, show_html
from inspector.ui.words import messages, words
from inspector.visits.trends import Repeat, ShopTrend, Trends, trends_from_rows

_SHOWN = (Outcome.FAILED, Outcome.CANT_TELL, Outcome.UNTESTED, Outcome.PASSED)
_MOST_BARS = 12
_MOST_REPEATS = 8


def show() -> None:
    """Show the page."""
    page_head(words().text("trends"))
    try:
        person = sign_in.person()
        asked_for = _ask(person)
        trends = trends_from_rows(cached.desk().rows.history(person, asked_for))
    except InspectorError as error:
        st.error(error.message[state.lang()])
    else:
        _show_trends(trends, asked_for.rule_id)


def _ask(person: Person) -> Filters:
    with st.container(border=True, key="filters"):
        of_shop, of_rule = st.columns(2)
        with of_shop:
            filters.ask_shop(person)
        with of_rule:
            filters.ask_rule()
        left, middle, right = st.columns([4, 4, 3], vertical_alignment="bottom")
        with left:
            since = address.day("since", words().text("since"))
        with middle:
            until = address.day("until", words().text("until"))
        with right:
            st.button(words().text("clear_filters"), on_click=st.query_params.clear)
    return Filters(
        shop_id=st.query_params.get("shop"),
        rule_id=st.query_params.get("rule"),
        since=since,
        until=until,
    )


def _show_trends(trends: Trends, rule_id: str | None) -> None:
    text = words().text
    if not trends.n_visits:
        show_html(nothing_here(text("no_visits_yet")))
        return
    tiles = (
        (str(trends.n_visits), text("tile_visits")),
        (str(len(trends.shops)), text("tile_shops")),
        (str(len(trends.repeats)), text("tile_repeats")),
        (f"{100 * trends.undecided_share:.0f} %", text("tile_undecided")),
    )
    shown = Markup("").join(
        Markup('<div class="tile"><b>{}</b><span>{}</span></div>').format(*tile) for tile in tiles
    )
    show_html(Markup('<div class="tiles">{}</div>').format(shown))
    if trends.repeats:
        st.header(text("repeats_heading"), anchor=False)
        show_html(_repeats(trends.repeats))
    st.header(text("by_rule_heading"), anchor=False)
    show_html(_legend() + _rules(trends, rule_id))
    st.header(text("by_shop_heading"), anchor=False)
    st.caption(text("by_shop_intro"))
    show_html(Markup("").join(_shop(shop) for shop in trends.shops))


def _repeats(repeats: tuple[Repeat, ...]) -> Markup:
    """Return what comes back as links to its findings, the longest first; the rest folds away."""
    rows = [
        Markup(
            '<li><a href="{}" target="_self"><b>{}</b> · {}</a> <span class="count">{}</span></li>'
        ).format(
            f"findings?{urlencode({'shop': one.shop_id, 'rule': one.rule_id})}",
            one.shop_name,
            messages().title(one.rule_id),
            words().text("times_in_a_row", n=one.times, date=words().day(one.since)),
        )
        for one in repeats
    ]
    listed = Markup('<ul class="repeats">{}</ul>')
    shown = listed.format(Markup("").join(rows[:_MOST_REPEATS]))
    if not rows[_MOST_REPEATS:]:
        return shown
    more = words().count("and_more", len(rows) - _MOST_REPEATS)
    return shown + folded(f"… {more}", listed.format(Markup("").join(rows[_MOST_REPEATS:])))


def _legend() -> Markup:
    keys = Markup("").join(
        Markup('<span class="key"><i class="bar {}">{}</i> {}</span>').format(
            outcome.key, SYMBOLS[outcome], messages().outcome(outcome)
        )
        for outcome in _SHOWN
    )
    return Markup('<p class="legend">{}</p>').format(keys)


def _rules(trends: Trends, rule_id: str | None) -> Markup:
    """Return one bar for each rule, as long as the visits that it applied to; numbers in it.

    Where one rule is asked for, only its bar.
    """
    rows = []
    for rule in (rule for rule in RULES if rule_id in (None, rule.id)):
        counts = [(outcome, trends.rules.get(rule.id, {}).get(outcome, 0)) for outcome in _SHOWN]
        parts = Markup("").join(
            Markup('<i class="bar {}" style="flex-grow:{}" title="{}">{} {}</i>').format(
                outcome.key, n, messages().outcome(outcome), SYMBOLS[outcome], n
            )
            for outcome, n in counts
            if n
        )
        rows.append(
            Markup('<div class="bars"><span>{}{}</span><div>{}</div></div>').format(
                messages().title(rule.id), _overruled(trends.overruled.get(rule.id, 0)), parts
            )
        )
    return Markup("").join(rows)


def _overruled(n: int) -> Markup:
    """Return how often the machine said that a rule failed and people overruled it."""
    if not n:
        return Markup("")
    return Markup(' <small class="caption">{}</small>').format(words().text("rule_overruled", n=n))


def _shop(shop: ShopTrend) -> Markup:
    """Return a shop with a column for each visit: failed rules, and undecided ones over them."""
    most = max(*(f + u for f, u in zip(shop.failed, shop.undecided, strict=True)), 1)
    columns = Markup("").join(
        Markup(
            '<i title="{}: ✕ {}, ? {}"><u style="height:{:.0f}%"></u><b style="height:{:.0f}%"></b>'
            "</i>"
        ).format(words().day(day), f, u, 100 * u / most, 100 * f / most)
        for day, f, u in list(zip(shop.days, shop.failed, shop.undecided, strict=True))[
            -_MOST_BARS:
        ]
    )
    return Markup(
        '<div class="shop-trend"><div><b>{}</b><p class="caption">{}</p></div>'
        '<div class="columns" aria-hidden="true">{}</div><p class="latest">'
        '<span class="badge failed">✕ {}</span> <span class="badge cant_tell">? {}</span> {}</p>'
        "</div>"
    ).format(
        shop.name,
        words().text("last_visited", date=words().day(shop.days[-1])),
        columns,
        shop.failed[-1],
        shop.undecided[-1],
        _change(shop),
    )


def _change(shop: ShopTrend) -> str:
    if len(shop.failed) < 2:
        return words().text("first_visit")
    change = shop.failed[-1] - shop.failed[-2]
    key = "worse" if change > 0 else "better" if change < 0 else "unchanged"
    return words().text(key, n=abs(change))
