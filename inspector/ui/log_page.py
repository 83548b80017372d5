"""The page of the log: who looked at what and who changed what beside visits."""

from __future__ import annotations

import streamlit as st

from inspector.errors import AccessError
from inspector.ui import cached, sign_in, state
from inspector.ui.components import page_head, show_html, table
from inspector.ui.words import words

_MOST = 200


def show() -> None:
    """Show the page."""
    text = words().text
    page_head(text("log"))
    try:
        entries = cached.desk().visits.accesses(sign_in.person(), most=_MOST)
    except AccessError as error:
        st.error(error.message[state.lang()])
        return
    st.caption(text("log_intro", n=_MOST))
    heads = [text(key) for key in ("log_when", "log_who", "log_what")]
    rows = [
        (words().moment(entry.at), entry.by, " ".join(filter(None, (entry.what, entry.visit_id))))
        for entry in entries
    ]
    show_html(table(heads, rows))
