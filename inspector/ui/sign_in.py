"""Who works at this screen: this machine's user, or somebody who signed in by OpenID Connect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from inspector.doors import is_local
from inspector.errors import AccessError
from inspector.store.people import Person, Role
from inspector.store.visit import Visit
from inspector.ui import cached, state
from inspector.ui.words import words

ROLE_CLAIM, SHOPS_CLAIM = "selvvalg_role", "selvvalg_shops"
"""Claims of the identity provider: one of the roles, and a list of ids of shops."""


def come_in() -> Person:
    """Return who works here; the router asks before any page, so none is seen without a role."""
    try:
        return person()
    except AccessError as error:
        st.title(words().text("sign_in_heading"), anchor=False)
        st.error(error.message[state.lang()])
        st.button(words().text("sign_out"), on_click=st.logout, icon=":material/logout:")
        st.stop()


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
        st.stop()
    claims = st.user.to_dict()
    person = person_from_claims(claims)
    users, subject = cached.desk().users, f"{claims.get('iss', '')} {claims.get('sub', '')}"
    if state.is_new_here(person):
        users.came(subject, person, datetime.now(UTC))
    if users.is_barred(subject):
        raise AccessError(
            "Administratoren har spærret din adgang. Bed om at få den åbnet.",
            "The administrator has barred you. Ask to be let in again.",
        )
    return person


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
