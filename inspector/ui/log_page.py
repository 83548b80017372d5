"""The page of the log: who looked at what and who changed what beside visits."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from inspector.errors import AccessError
from inspector.ui import cached, sign_in, state
from inspector.ui.components import page_head, show_html
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
    rows = Markup("").join(
        Markup("<tr><th scope='row'>{}</th><td>{}</td><td>{}</td></tr>").format(
            words().moment(entry.at), entry.by, " ".join(filter(None, (entry.what, entry.visit_id)))
        )
        for entry in entries
    )
    heads = [text(key) for key in ("log_when", "log_who", "log_what")]
    show_html(
        Markup(
            "<table class='rules'><thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead>"
            "<tbody>{}</tbody></table>"
        ).format(*heads, rows)
    )
