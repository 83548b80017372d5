"""Filters that stand in the page's address, so that a view can be kept and passed on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from inspector.ui.words import words


def choice(
    name: str, label: str, options: tuple[str, ...], show_option: Callable[[str], str]
) -> None:
    """Ask for one of several; the empty option filters nothing."""
    key, asked = f"filter_{name}", st.query_params.get(name, "")
    st.session_state[key] = asked if asked in options else ""
    st.selectbox(label, options, format_func=show_option, key=key, on_change=_put, args=(name,))


def day(name: str, label: str) -> date | None:
    """Ask for a day; what is no day in the address filters nothing."""
    key = f"filter_{name}"
    try:
        asked = date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        asked = None
    st.session_state[key] = asked
    st.date_input(label, key=key, format=words().text("date_field"), on_change=_put, args=(name,))
    return asked


def _put(name: str) -> None:
    chosen = st.session_state[f"filter_{name}"]
    st.query_params.pop("page", None)
    if chosen:
        st.query_params[name] = str(chosen)
    else:
        st.query_params.pop(name, None)
