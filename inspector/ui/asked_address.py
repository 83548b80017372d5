"""The address that was asked for: kept over the sign-in, and told apart from one of no page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

_ADDRESS = st.components.v2.component(
    "asked_address",
    js=Path(__file__).with_name("asked_address.js").read_text(encoding="utf-8"),
)
_PAGE = "asked_page"


def keep_over_sign_in() -> None:
    """Keep the address in the browser's tab; call it where people are asked to sign in."""
    _ADDRESS(key="keep_address", data={"is_asking": True})


def go_on_after_sign_in() -> None:
    """Go where somebody wanted to before they were asked to sign in; once."""
    _ADDRESS(key="asked_address", data={"is_asking": False, "first_path": _first_path()})


def asked_page() -> str:
    """Return the page's name in the address that this session began with, "" for the first page.

    Streamlit takes names of pages that it knows out of the address from the second run on.
    """
    if _PAGE not in st.session_state:
        path = urlsplit(st.context.url or "").path.strip("/")
        base = _first_path().strip("/")
        st.session_state[_PAGE] = path.removeprefix(base).strip("/").rpartition("/")[2]
    return str(st.session_state[_PAGE])


def _first_path() -> str:
    """Return the path of the first page, without a slash at its end: "" unless one is set."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""
