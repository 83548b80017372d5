"""The page of an address that has none, or none for this person."""

from __future__ import annotations

import streamlit as st

from inspector.ui import state
from inspector.ui.components import page_head
from inspector.ui.words import words


def show() -> None:
    """Say so, and lead on."""
    page_head(words().text("no_such_page"))
    st.write(words().text("no_such_page_why"))
    st.page_link(
        state.page("visit"), label=words().text("all_visits"), icon=":material/storefront:"
    )
