"""Photos handed in one at a time: each is kept and looked at while the next is on its way."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from inspector.ui import state
from inspector.ui.words import words

_HAND_IN = st.components.v2.component(
    "hand_in",
    html="<div></div>",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # it looks like the rest of the page
)
_SAID = ("sending", "cut_off", "missing", "too_large", "out_of_reach", "hide")


def one_by_one(visit_id: str) -> None:
    """Let the uploader of a visit take one photo at a time; call it below the uploader.

    What was under way when the server or the connection went away is sent again by a page that
    stayed open. A page that is loaded anew says by name what has not arrived, and so it does of
    files that are too large.
    """
    session, n_emptied = state.uploader()
    most_mb = st.get_option("server.maxUploadSize")
    _HAND_IN(
        key="hand_in",
        data={
            "visit": visit_id,
            "key": state.uploader_key(),
            "session": session,
            "round": n_emptied,
            "is_held": bool(state.uploaded()),
            "most_mb": most_mb,
            "words": {
                word: words().text(f"hand_in_{word}", mb=most_mb, files="{files}") for word in _SAID
            },
        },
    )
