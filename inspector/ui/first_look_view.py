"""The first look at a photo while its text is being read: no verdict, but what to do right now."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from inspector.rules.reach_height import RULE
from inspector.rules.rule import STORE
from inspector.ui.components import show_html
from inspector.ui.words import messages, words
from inspector.visits.first_look import FirstLook


def show(file: str, look: FirstLook) -> None:
    """Show a first look.

    Args:
        file: Name of the photo's file.
        look: What is known of it.
    """
    text = words().text
    with st.container(border=True, key="first_look"):
        show_html(
            Markup('<div role="status"><p><b>{}</b> {} {}</p>{}</div>').format(
                file,
                text("first_look_packs", packs=words().count("pack_count", look.n_packs)),
                text("first_look_reading"),
                _heights(look),
            )
        )
        st.image(look.picture_jpeg, alt=text("first_look_alt", file=file), width="stretch")


def _heights(look: FirstLook) -> Markup:
    """Return whether heights can be measured; if not, in the words that the rule will use."""
    if look.no_heights is None:
        key = "first_look_heights" if look.shows_limit else "first_look_heights_elsewhere"
        return Markup("<p>{}</p>").format(words().text(key))
    why = RULE.cant_tell(
        STORE, look.no_heights, values={"name": words().text("the_packs"), "bay": "", "shelf": ""}
    )
    return Markup('<p class="remark">{} <b>{}</b></p>').format(
        messages().sentence(why), messages().next_photo(why)
    )
