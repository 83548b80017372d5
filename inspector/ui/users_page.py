"""The page of users: who has signed in, what each may see, and which shops there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st
from markupsafe import Markup

from inspector.errors import InspectorError
from inspector.store.people import Person, Role
from inspector.store.users import User
from inspector.store.visit import Shop
from inspector.ui import cached, sign_in, state
from inspector.ui.components import nothing_here, page_head, show_html, table
from inspector.ui.looking import note_look
from inspector.ui.words import words


def show() -> None:
    """Show the page."""
    text = words().text
    page_head(text("users"))
    state.show_fault()
    try:
        person = sign_in.person()
        users = cached.desk().users.list(person)
        note_look(person, "saw_users")
        shops = {shop.shop_id: shop for shop in cached.desk().visits.shops(person)}
    except InspectorError as error:
        st.error(error.message[state.lang()])
        return
    known = "users_from_provider" if sign_in.is_configured() else "users_nobody_signs_in"
    show_html(Markup('<p class="aside">{}</p>').format(text(known)))
    if users:
        st.header(f"{text('users_seen')} ({len(users)})", anchor=False)
    for user in users:
        _show_user(person, user, shops)
    st.header(text("roles_heading"), anchor=False)
    heads = (text("role"), text("role_sees"), text("role_does"))
    rows = [(_role(role), text(f"role_{role}_sees"), text(f"role_{role}_does")) for role in Role]
    show_html(table(heads, rows))
    st.header(text("shop_ids_heading"), anchor=False)
    st.caption(text("shop_ids_intro", claim=sign_in.SHOPS_CLAIM))
    if not shops:
        show_html(nothing_here(text("no_shops_yet")))
        return
    show_html(
        table(
            (text("shop"), text("address"), text("shop_id")),
            [(shop.name, shop.address, shop.shop_id) for shop in shops.values()],
        )
    )


def _show_user(person: Person, user: User, shops: dict[str, Shop]) -> None:
    text, of = words().text, user.person
    with st.container(border=True, key=f"user_{user.subject}"):
        left, right = st.columns([4, 2], vertical_alignment="center")
        barred = Markup('<span class="badge failed"><span aria-hidden="true">✕</span> {}</span>')
        seen = text(
            "user_seen", first=words().day(user.first_at.date()), last=words().moment(user.last_at)
        )
        with left:
            show_html(
                Markup('<h3>{}</h3><p><b>{}</b> · {}</p><p class="caption">{}</p>{}').format(
                    of.name,
                    _role(of.role) + (f" ({text('given_here')})" if user.is_given else ""),
                    _shops_words(of, shops),
                    seen,
                    barred.format(text("user_barred")) if user.is_barred else "",
                )
            )
        if of == person:
            return
        with right:
            _ask_role(user, shops)
            st.button(
                text("user_let_in" if user.is_barred else "user_bar"),
                key=f"bar_{user.subject}",
                icon=":material/lock_open:" if user.is_barred else ":material/lock:",
                on_click=_bar,
                args=(user,),
                width="stretch",
            )


def _ask_role(user: User, shops: dict[str, Shop]) -> None:
    """Ask for the role and shops that hold here, whatever the provider said."""
    text, of = words().text, user.person
    with st.popover(text("give_role"), icon=":material/badge:", width="stretch"):
        st.caption(text("give_role_intro"))
        chosen = st.selectbox(
            text("role"),
            list(Role),
            index=list(Role).index(of.role),
            format_func=_role,
            key=f"role_{user.subject}",
        )
        if not replace(of, role=chosen or of.role).sees_all:
            st.multiselect(
                text("own_shops"),
                list(shops),
                default=[shop_id for shop_id in sorted(of.shop_ids) if shop_id in shops],
                format_func=lambda shop_id: shops[shop_id].name,
                key=f"shops_{user.subject}",
                placeholder=text("choose_shops"),
            )
        st.button(
            text("keep_bar"),
            key=f"give_{user.subject}",
            type="primary",
            on_click=_give,
            args=(user,),
        )
        if user.is_given:
            st.button(
                text("as_provider_says"),
                key=f"take_back_{user.subject}",
                on_click=_take_back,
                args=(user,),
            )


def _shops_words(of: Person, shops: dict[str, Shop]) -> str:
    """Return the shops that somebody may see; ids that no shop has are told as such."""
    if of.sees_all:
        return words().text("all_shops")
    named = [
        shops[shop_id].name if shop_id in shops else words().text("unknown_shop", id=shop_id)
        for shop_id in sorted(of.shop_ids)
    ]
    return ", ".join(named) or words().text("no_shops")


def _role(role: Role) -> str:
    return words().text(f"role_{role}")


@sign_in.acting
def _bar(person: Person, user: User) -> None:
    cached.desk().users.bar(person, user, not user.is_barred, now=datetime.now(UTC))


@sign_in.acting
def _give(person: Person, user: User) -> None:
    role = st.session_state[f"role_{user.subject}"]
    shops = frozenset(st.session_state.get(f"shops_{user.subject}", ()))
    rights = Person(user.person.name, role, shops)
    cached.desk().users.give(person, user, rights, now=datetime.now(UTC))


@sign_in.acting
def _take_back(person: Person, user: User) -> None:
    cached.desk().users.give(person, user, None, now=datetime.now(UTC))
