"""The language that was chosen in this browser: kept in a cookie, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_COOKIE = "inspector_language"
_KEEP = st.components.v2.component(
    "kept_language",
    js=Path(__file__).with_name("kept_language.js").read_text(encoding="utf-8"),
)


def keep(lang: str) -> None:
    """Let the browser keep the language; call it once on every page."""
    _KEEP(key="kept_language", data={"name": _COOKIE, "lang": lang})


def kept() -> str | None:
    """Return the language that was chosen before; None when none was."""
    lang = st.context.cookies.get(_COOKIE)
    return lang if lang in ("da", "en") else None
