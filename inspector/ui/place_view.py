"""What the person gives: dealer, zone, photos; and how to take them."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from inspector.domain.facts import Zone
from inspector.domain.goods import DealerType
from inspector.rules import RULES
from inspector.ui import state
from inspector.ui.components import show_html
from inspector.ui.words import words


def ask() -> None:
    """Ask what no photo shows, and for the photos.

    The field takes every file: what is no photo is refused by name, where the browser would drop it
    without a word as soon as good ones come with it.
    """
    text = words().text
    dealers = (state.UNKNOWN_DEALER, *(dealer.value for dealer in DealerType))
    with st.container(border=True, key="place"):
        left, right = st.columns(2)
        left.selectbox(
            text("dealer"),
            dealers,
            format_func=lambda dealer: text(f"dealer_{dealer.replace('-', '_')}"),
            key=state.DEALER,
        )
        right.selectbox(
            text("zone"),
            [zone.value for zone in Zone],
            format_func=lambda zone: text(f"zone_{zone.replace('-', '_')}"),
            key=state.ZONE,
        )
        st.file_uploader(
            text("add_photos"),
            accept_multiple_files=True,
            key=state.uploader_key(),
            on_change=state.take_uploads,
            label_visibility="collapsed",
        )


def show_how_to() -> None:
    """Tell how to take a photo from which much can be told."""
    text = words().text
    steps = Markup("").join(
        Markup("<li>{}</li>").format(text(key))
        for key in ("how_to_strip", "how_to_view", "how_to_sharp")
    )
    show_html(
        Markup('<section class="how-to"><h2>{}</h2><ol>{}</ol><p>{}</p></section>').format(
            text("how_to_heading"), steps, text("how_to_after", n=len(RULES))
        )
    )
