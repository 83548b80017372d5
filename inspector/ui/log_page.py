"""The page of the log: who looked at what and who changed what beside visits."""

from __future__ import annotations

from datetime import date

import streamlit as st

from inspector.errors import InspectorError
from inspector.store.visits import Access
from inspector.ui import cached, sign_in, state
from inspector.ui.components import page_head, show_html, table
from inspector.ui.words import messages, words

_MOST = 200


def show() -> None:
    """Show the page."""
    text = words().text
    page_head(text("log"))
    try:
        entries = cached.desk().visits.accesses(sign_in.person(), most=_MOST)
    except InspectorError as error:
        st.error(error.message[state.lang()])
        return
    st.caption(text("log_intro", n=_MOST))
    heads = [text(key) for key in ("log_when", "log_who", "log_what")]
    rows = [
        (
            words().moment(entry.at),
            entry.by,
            " · ".join(filter(None, (_said(entry), entry.shop_name, entry.visit_id))),
        )
        for entry in entries
    ]
    with st.container(key="log"):
        show_html(table(heads, rows))


def _said(entry: Access) -> str:
    if not entry.did:
        return str(entry.details["said"])
    named = {key: _word(key, value) for key, value in entry.details.items()}
    return words().text(f"log_{entry.did}", **named)


def _word(key: str, value: str | int | None) -> str:
    """Return a detail as people say it."""
    if key in ("days", "days_before"):
        return words().count("day_count", int(value)) if value else words().text("without_limit")
    if key in ("role", "kept"):
        return words().text(f"{key}_{value}")
    if key == "rule":
        return messages().title(str(value))
    if key.startswith("dealer_type"):
        return words().text(f"dealer_{str(value or 'unknown').replace('-', '_')}")
    if key == "day":
        return words().day(date.fromisoformat(str(value)))
    return str(value or "–")
