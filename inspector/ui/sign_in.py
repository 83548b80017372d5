"""Who works at this screen: this machine's user, or somebody who signed in by OpenID Connect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from inspector.doors import is_local
from inspector.errors import AccessError, InspectorError
from inspector.store.people import Person, Role
from inspector.store.visit import Visit
from inspector.ui import asked_address, cached, state
from inspector.ui.words import words

P = ParamSpec("P")

ROLE_CLAIM, SHOPS_CLAIM = "selvvalg_role", "selvvalg_shops"
"""Claims of the identity provider: one of the roles, and a list of ids of shops."""


def come_in() -> Person:
    """Return who works here; the router asks before any page, so none is seen without a role."""
    try:
        here = person()
    except AccessError as error:
        st.title(words().text("sign_in_heading"), anchor=False)
        st.error(error.message[state.lang()])
        st.button(words().text("sign_out"), on_click=st.logout, icon=":material/logout:")
        st.stop()
    if is_configured():
        asked_address.go_on_after_sign_in()
    return here


def person() -> Person:
    """Return who works here; until somebody has signed in where that is asked for, stop.

    Raises:
        AccessError: The provider says no role that is known, or an administrator keeps them out.
    """
    if not is_configured():
        name = str(st.session_state.get(state.NAME) or "").strip()
        return Person(name or words().text("this_machine"), Role.ADMINISTRATOR)
    if not st.user.is_logged_in:
        st.title(words().text("sign_in_heading"), anchor=False)
        st.write(words().text("sign_in_intro"))
        st.button(words().text("sign_in"), on_click=st.login, type="primary")
        asked_address.keep_over_sign_in()
        st.stop()
    claims = st.user.to_dict()
    claimed = person_from_claims(claims)
    users, subject = cached.desk().users, f"{claims.get('iss', '')} {claims.get('sub', '')}"
    if state.is_new_here(claimed):
        users.came(subject, claimed, datetime.now(UTC))
    return users.person(subject, claimed)


def acting(change: Callable[Concatenate[Person, P], None]) -> Callable[P, None]:
    """Return a callback that changes something with the rights that somebody has by now.

    A tab may have been open since before they were changed. What went wrong is kept for the page.
    """

    def callback(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            change(person(), *args, **kwargs)
        except InspectorError as error:
            state.tell_fault(error)

    return callback


def take_up(person: Person, visit: Visit) -> Person:
    """Return who goes on with a visit after a reload: where nobody signs in, who began it."""
    if is_configured() or st.session_state.get(state.NAME) or not person.may_write:
        return person
    st.session_state[state.NAME] = visit.opened_by
    return replace(person, name=visit.opened_by)


def person_from_claims(claims: Mapping[str, Any]) -> Person:
    """Return a person from what their identity provider says of them.

    Args:
        claims: `name` or `email`, `selvvalg_role`, and `selvvalg_shops` for manager and viewer: a
            list of ids, or one id.

    Raises:
        AccessError: There is no known role among them.
    """
    name = str(claims.get("name") or claims.get("email") or claims.get("sub") or "")
    role = claims.get(ROLE_CLAIM)
    if not name or role not in set(Role):
        raise AccessError(
            f"Dit login giver ingen rolle her ({ROLE_CLAIM}: {role!r}). Bed administratoren om en "
            f"af rollerne {', '.join(Role)}.",
            f"Your sign-in carries no role here ({ROLE_CLAIM}: {role!r}). Ask the administrator "
            f"for one of the roles {', '.join(Role)}.",
        )
    shops = claims.get(SHOPS_CLAIM) or ()
    if isinstance(shops, str):  # some providers send a list of one as its only member
        shops = (shops,)
    return Person(name, Role(role), frozenset(map(str, shops)))


def is_configured() -> bool:
    """Return True when people have to sign in: `secrets.toml` has a section `auth`."""
    try:
        return bool(st.secrets.get("auth"))
    except StreamlitSecretNotFoundError:
        return False


def refuse_open_door() -> None:
    """Stop when others can reach this server and nobody has to sign in."""
    if not is_local(st.get_option("server.address")) and not is_configured():
        st.error(words().text("no_open_door"))
        st.stop()
