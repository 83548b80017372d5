"""One photo: the annotated picture beside its findings."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from inspector.domain.verdict import worst
from inspector.report.findings import SYMBOLS
from inspector.report.head import head_from_reports
from inspector.store.people import Person
from inspector.ui import cached, downloads, findings_view, heights_view, state
from inspector.ui.components import show_html
from inspector.ui.visit import Inspected
from inspector.ui.words import words

_PICTURE_WIDTH_PX = 1600


def show(person: Person, inspected: Sequence[Inspected]) -> None:
    """Show one photo of the visit, the one that is chosen where there are several."""
    chosen = _choose(inspected)
    left, right = st.columns([5, 6], gap="medium")
    with left, st.container(key="picture"):
        _show_picture(chosen)
    with right:
        findings_view.show(chosen)
    heights_view.show(person, chosen)


def _choose(inspected: Sequence[Inspected]) -> Inspected:
    if len(inspected) == 1:
        return inspected[0]
    by_id = {item.upload.capture_id: item for item in inspected}
    if st.session_state.get(state.CHOSEN_PHOTO) not in by_id:
        st.session_state[state.CHOSEN_PHOTO] = next(iter(by_id))
    chosen_id = st.radio(
        words().text("choose_photo"),
        list(by_id),
        format_func=lambda capture_id: _tab(by_id[capture_id]),
        key=state.CHOSEN_PHOTO,
        horizontal=True,
        label_visibility="collapsed",
    )
    return by_id[chosen_id]


def _tab(item: Inspected) -> str:
    """Return name and sign of a photo; answers about the shop count for none."""
    outcomes = (
        o for rule_id, o in item.report.summary.items() if rule_id not in findings_view.OF_PERSONS
    )
    return f"{SYMBOLS[worst(outcomes)]}  {item.upload.file}"


def _show_picture(item: Inspected) -> None:
    text, lang = words().text, state.lang()
    photo = head_from_reports([item.report], lang=lang).photos[0]
    st.image(
        cached.picture(item.upload, item.report, lang=lang, width_px=_PICTURE_WIDTH_PX),
        alt=text("photo_alt", file=photo.file),
        width="stretch",
    )
    show_html(
        Markup('<p class="caption"><b>{}</b><br>{}: {}</p>').format(
            photo.file, text("heights_rest_on"), photo.scale
        )
    )
    with st.container(horizontal=True):
        downloads.show_of_photo(item)
        st.button(
            text("remove_photo"),
            key=f"remove_{item.upload.capture_id}",
            icon=":material/delete:",
            on_click=state.remove_upload,
            args=(item.upload.capture_id,),
        )
