"""Planned self-audits: what is due or overdue, and what happened in the shop since the last one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import streamlit as st
from markupsafe import Markup

from inspector.domain import clock
from inspector.store.audit_plans import MOST_WEEKS, Planned
from inspector.store.people import Person
from inspector.store.visit import Shop, VisitKind
from inspector.ui import cached, sign_in, state
from inspector.ui.components import show_html
from inspector.ui.words import messages, words
from inspector.visits.follow_up import since_audit

_WEEKDAYS = range(7)
_MOST_SHOWN = 5


def show(person: Person) -> None:
    """Show the plans of the shops that this person may see, the most urgent first."""
    text, today = words().text, clock.today()
    plans = cached.desk().plans.list(person)
    if not plans:
        return
    n_due = sum(planned.next_on <= today for planned in plans)
    n_shown = min(max(n_due, 1), _MOST_SHOWN)
    st.header(text("audits") + (f" ({n_due})" if n_due else ""), anchor=False)
    for planned in plans[:n_shown]:
        _show_planned(person, planned, today, _since_words(person, planned, today))
    if plans[n_shown:]:
        with st.expander(f"{text('audits_others')} ({len(plans) - n_shown})"):
            for planned in plans[n_shown:]:
                _show_planned(person, planned, today, Markup(""))


def offer_plan(person: Person) -> None:
    """Let somebody who may write in a shop plan its self-audits."""
    shops = cached.desk().visits.shops(person)
    if shops:
        with st.popover(words().text("plan_audits"), icon=":material/event_repeat:"):
            _ask_plan(person, shops, cached.desk().plans.list(person))


def _show_planned(person: Person, planned: Planned, today: date, since: Markup) -> None:
    text, shop = words().text, planned.shop
    with st.container(border=True, key=f"audit_{shop.shop_id}"):
        show_html(_words(planned, today, since))
        if planned.under_way_id is not None:
            st.button(
                text("go_on"),
                key=f"audit_on_{shop.shop_id}",
                on_click=state.go_to_visit,
                args=(planned.under_way_id,),
                type="primary",
                width="stretch",
            )
        elif person.may_write:
            st.button(
                text("begin_audit"),
                key=f"audit_begin_{shop.shop_id}",
                on_click=_begin,
                args=(shop,),
                type="primary" if planned.next_on <= today else "secondary",
                width="stretch",
            )


def _words(planned: Planned, today: date, since: Markup) -> Markup:
    text, next_on = words().text, planned.next_on
    day = words().day(next_on)
    if planned.under_way_id is not None:
        look, symbol, said = "inapplicable", "…", text("audit_under_way")
    elif next_on < today:
        look, symbol, said = "failed", "▲", text("audit_overdue", day=day)
    elif next_on == today:
        look, symbol, said = "cant_tell", "●", text("audit_today")
    else:
        look, symbol, said = "untested", "○", text("audit_next", day=day)
    n_missed = planned.plan.n_missed(next_on, today)
    missed = Markup("<p>{}</p>").format(text("audits_missed", n=n_missed))
    return Markup(
        '<p class="top"><span class="badge {}"><span aria-hidden="true">{}</span> {}</span></p>'
        '<h3>{}</h3><p class="caption">{}</p>{}{}'
    ).format(
        look,
        symbol,
        said,
        planned.shop.name,
        _plan_words(planned),
        missed if n_missed > 1 else "",
        since,
    )


def _since_words(person: Person, planned: Planned, today: date) -> Markup:
    """Return what the last self-audit found, and what happened since."""
    text = words().text
    since = since_audit(cached.desk(), person, planned, today)
    if since is None or planned.last_on is None:
        return Markup("<p>{}</p>").format(text("audit_none_yet"))
    named = [(text("audit_failed"), since.failed or ())]
    if since.changed is not None:
        named += [(text("fixed"), since.changed.fixed), (text("worse_now"), since.changed.worse)]
    lines = [
        f"{label}: {', '.join(messages().title(rule) for rule in rules)}"
        for label, rules in named
        if rules
    ]
    if since.failed == ():
        lines.append(text("audit_nothing_failed"))
    if since.undecided:
        lines.append(text("audit_undecided", n=len(since.undecided)))
    actions = text("audit_actions", done=since.n_done, open=since.n_open)
    late = text("audit_actions_late", n=since.n_late) if since.n_late else ""
    items = Markup("").join(
        Markup("<li>{}</li>").format(line) for line in (*lines, f"{actions} {late}")
    )
    return Markup('<p><b>{}</b></p><ul class="statements">{}</ul>').format(
        text("since_audit", date=words().day(planned.last_on)), items
    )


def _ask_plan(person: Person, shops: list[Shop], plans: list[Planned]) -> None:
    text = words().text
    planned = {one.shop.shop_id: one for one in plans}
    shop = st.selectbox(text("shop"), shops, format_func=lambda shop: shop.name, key="plan_shop")
    now = planned.get(shop.shop_id)
    if now is not None:
        st.caption(_plan_words(now))
    st.number_input(
        text("plan_weeks"),
        min_value=1,
        max_value=MOST_WEEKS,
        value=now.plan.every_weeks if now else 1,
        step=1,
        key=_key("weeks", shop),
    )
    st.selectbox(
        text("plan_weekday"),
        _WEEKDAYS,
        index=now.plan.first_on.weekday() if now else 0,
        format_func=_weekday,
        key=_key("weekday", shop),
    )
    st.button(text("keep_bar"), key="plan_keep", type="primary", on_click=_plan, args=(shop,))
    if now is not None:
        st.button(text("plan_end"), key="plan_end", on_click=_end, args=(shop,))


def _key(field: str, shop: Shop) -> str:
    """Return the key of a field of the plan; each shop has its own, so that none gets another's."""
    return f"plan_{field}_{shop.shop_id}"


def _plan_words(planned: Planned) -> str:
    weekday = _weekday(planned.plan.first_on.weekday())
    n = planned.plan.every_weeks
    return words().text("plan_every_week" if n == 1 else "plan_every", weekday=weekday, n=n)


def _weekday(weekday: int) -> str:
    return words().text(f"weekday_{weekday}")


@sign_in.acting
def _begin(person: Person, shop: Shop) -> None:
    visits, now = cached.desk().visits, datetime.now(UTC)
    state.go_to_visit(visits.open_visit(person, shop, VisitKind.SELF_AUDIT, now))


@sign_in.acting
def _plan(person: Person, shop: Shop) -> None:
    cached.desk().plans.set(
        person,
        shop,
        st.session_state[_key("weeks", shop)],
        st.session_state[_key("weekday", shop)],
        now=datetime.now(UTC),
    )


@sign_in.acting
def _end(person: Person, shop: Shop) -> None:
    cached.desk().plans.end(person, shop, now=datetime.now(UTC))
