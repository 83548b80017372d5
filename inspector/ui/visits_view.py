"""Where a visit begins: the visits that are under way, and a new one."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st
from markupsafe import Markup

from inspector.domain.goods import DealerType
from inspector.store.people import Person
from inspector.store.visit import Shop, VisitKind
from inspector.store.visits import VisitLine
from inspector.ui import audits_view, cached, filters, sign_in, state
from inspector.ui.components import show_html
from inspector.ui.paging import asked_page, show_pages
from inspector.ui.words import words

_NEW_SHOP = "new"
_LENGTH = 50
_MANY_SHOPS = 6
"""From so many on, people look for one shop rather than through the list."""


def show(person: Person) -> None:
    """Show the visits that this person may see, the open ones first."""
    text, visits = words().text, cached.desk().visits
    shops = visits.shops(person)
    shop_id = st.query_params.get("shop")
    n_open = visits.count_lines(person, shop_id=shop_id, is_open=True)
    page = asked_page(visits.count_lines(person, shop_id=shop_id), length=_LENGTH)
    lines = visits.lines(person, shop_id=shop_id, start=page.start, most=_LENGTH)
    if person.may_write and not shops:
        with st.container(key="first_visit"):
            _ask_new(person)
        return
    left, right = st.columns([6, 5], gap="medium")
    with left:
        if len(shops) >= _MANY_SHOPS:
            filters.ask_shop(person)
        if shop_id is None:
            audits_view.show(person)
        open_lines = [line for line in lines if line.is_open]
        if open_lines or not n_open:
            st.header(f"{text('open_visits')} ({n_open})", anchor=False)
        if not n_open:
            show_html(Markup('<p class="aside">{}</p>').format(text("no_open_visits")))
        for line in open_lines:
            _show_line(line)
        closed_lines = [line for line in lines if not line.is_open]
        if closed_lines:
            st.header(text("closed_visits"), anchor=False)
        for line in closed_lines:
            _show_line(line)
        show_pages(page)
    with right:
        if person.may_write:
            _ask_new(person)
            audits_view.offer_plan(person)


def _show_line(line: VisitLine) -> None:
    text = words().text
    with st.container(border=True, key=f"visit_{line.visit_id}"):
        left, right = st.columns([4, 2], vertical_alignment="center")
        facts = [
            text(f"kind_{line.kind.replace('-', '_')}"),
            words().day(line.inspected_on),
            words().count("photo_count", line.n_photos),
        ]
        if line.version > 1:
            facts.append(f"{text('visit_version')} {line.version}")
        failed = Markup('<span class="badge failed"><span aria-hidden="true">✕</span> {}</span>')
        with left:
            show_html(
                Markup('<h3>{}</h3><p class="caption">{}<br>{}</p>{}').format(
                    line.shop.name,
                    line.shop.address,
                    " · ".join(facts),
                    failed.format(words().count("n_failed", line.n_failed))
                    if line.n_failed
                    else "",
                )
            )
        right.button(
            text("go_on") if line.is_open else text("see_visit"),
            key=f"open_{line.visit_id}",
            on_click=state.go_to_visit,
            args=(line.visit_id,),
            type="primary" if line.is_open else "secondary",
            width="stretch",
        )


def _ask_new(person: Person) -> None:
    text = words().text
    shops = {shop.shop_id: shop for shop in cached.desk().visits.shops(person)}
    choices = [*shops, *([_NEW_SHOP] if person.sees_all else [])]
    with st.container(border=True, key="new_visit"):
        st.header(text("new_visit"), anchor=False)
        chosen = st.selectbox(
            text("shop"),
            choices,
            index=0 if shops else len(choices) - 1,
            format_func=lambda key: _shop_words(shops.get(key)),
            key="new_visit_shop",
        )
        if chosen == _NEW_SHOP:
            st.text_input(text("shop_name"), key="shop_name")
            st.text_input(text("address"), key="shop_address")
            st.selectbox(
                text("dealer"),
                [dealer.value for dealer in DealerType],
                index=None,
                placeholder=text("dealer_placeholder"),
                format_func=lambda dealer: text(f"dealer_{dealer.replace('-', '_')}"),
                key="shop_dealer",
            )
        elif person.sees_all:
            _offer_change(shops[chosen])
        kinds = [VisitKind.INSPECTION, VisitKind.SELF_AUDIT]
        if not person.sees_all:
            kinds = [VisitKind.SELF_AUDIT]
        st.radio(
            text("visit_kind"),
            [kind.value for kind in kinds],
            format_func=lambda kind: text(f"kind_{kind.replace('-', '_')}"),
            key="new_visit_kind",
            horizontal=True,
        )
        if not sign_in.is_configured():
            st.text_input(text("your_name"), key=state.NAME)
        st.button(
            text("begin_visit"),
            on_click=_begin,
            args=(shops.get(chosen),),
            type="primary",
            width="stretch",
            icon=":material/add_a_photo:",
        )
        if st.session_state.get("new_visit_fault"):
            st.error(text(st.session_state.pop("new_visit_fault")))


def _offer_change(shop: Shop) -> None:
    """Let what is known of a shop be put right: the kind of dealer decides which rules apply."""
    text = words().text
    dealers = [dealer.value for dealer in DealerType]
    with st.popover(text("change_shop"), icon=":material/edit:"):
        st.caption(text("change_shop_intro"))
        st.text_input(text("shop_name"), value=shop.name, key=_key("name", shop))
        st.text_input(text("address"), value=shop.address, key=_key("address", shop))
        st.selectbox(
            text("dealer"),
            dealers,
            index=dealers.index(shop.dealer_type.value) if shop.dealer_type else None,
            placeholder=text("dealer_placeholder"),
            format_func=lambda dealer: text(f"dealer_{dealer.replace('-', '_')}"),
            key=_key("dealer", shop),
        )
        st.button(
            text("keep_bar"),
            key="change_shop",
            type="primary",
            on_click=_change,
            args=(shop,),
        )


def _key(field: str, shop: Shop) -> str:
    """Return the key of a field about a shop; each has its own, so that none gets another's."""
    return f"change_{field}_{shop.shop_id}"


@sign_in.acting
def _change(person: Person, shop: Shop) -> None:
    dealer = st.session_state[_key("dealer", shop)]
    changed = Shop(
        shop.shop_id,
        st.session_state[_key("name", shop)].strip(),
        st.session_state[_key("address", shop)].strip(),
        DealerType(dealer) if dealer else None,
    )
    cached.desk().visits.change_shop(person, changed, now=datetime.now(UTC))


@sign_in.acting
def _begin(person: Person, shop: Shop | None) -> None:
    """Open the visit, to a new shop where none was chosen."""
    visits, now = cached.desk().visits, datetime.now(UTC)
    if shop is None:
        name, dealer = st.session_state["shop_name"].strip(), st.session_state["shop_dealer"]
        if not name or dealer is None:
            st.session_state["new_visit_fault"] = "shop_fault"
            return
        shop = visits.add_shop(
            person,
            name=name,
            address=st.session_state["shop_address"].strip(),
            dealer_type=DealerType(dealer),
            now=now,
        )
    kind = VisitKind(st.session_state["new_visit_kind"])
    state.go_to_visit(visits.open_visit(person, shop, kind, now))


def _shop_words(shop: Shop | None) -> str:
    if shop is None:
        return words().text("new_shop")
    return " · ".join(filter(None, (shop.name, shop.address)))
