"""Heights by hand: the camera's height, points and edges of known height, the kit's printed bar.

A tap on the photo sets a point, a stroke along a shelf sets an edge, and a mark can be moved; the
140 cm line and its band move with each height that is told.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from inspector.domain.capture import HeightMark
from inspector.domain.facts import MarkFacts
from inspector.domain.quantity import Measured
from inspector.report.labels import Labels
from inspector.store.people import Person
from inspector.ui import cached, sign_in, state
from inspector.ui.photo_marks import photo_marks
from inspector.ui.visit import Inspected
from inspector.ui.words import words
from inspector.workplace import Workplace

_BAR = "bar_mm"
_MARK_CM, _MARK_LOCK = "mark_cm_", "mark_lock_"
_WIDTH_PX = 1600


def show(person: Person, item: Inspected) -> None:
    """Show the photo to click on, beside what was told; to those who may say something of it."""
    text = words().text
    with st.expander(text("heights_by_hand")), st.container(key="heights"):
        st.caption(text("heights_by_hand_intro"))
        left, right = st.columns([8, 4], gap="medium")
        with right:
            _ask_camera_height(item)
            _ask_mark(item)
            _show_marks(item)
            _ask_bar(person)
        with left:
            _show_picture(item)


def _show_picture(item: Inspected) -> None:
    """Show the annotated photo with the marks on it, to set and to move them."""
    capture_id, image_wh = item.upload.capture_id, item.report.captures[0].image_wh
    told = [mark.ends_px for mark in state.told(capture_id).marks]
    clicked = state.clicked(capture_id)
    photo_marks(
        cached.picture(
            item.upload,
            item.report,
            lang=state.lang(),
            crop_xyxy_px=(0, 0, *image_wh),  # without the legend below it
            width_px=_WIDTH_PX,
        ),
        key=f"marks_on_{capture_id}",
        image_wh=image_wh,
        marks=[*told, *([clicked] if clicked else [])],
        n_told=len(told),
        on_set=partial(state.set_mark, capture_id),
    )


def _ask_camera_height(item: Inspected) -> None:
    text = words().text
    left, right = st.columns([3, 2])
    left.number_input(
        text("camera_height_cm"),
        min_value=30.0,
        max_value=300.0,
        step=0.5,
        value=None,
        key=state.camera_height_key(item.upload.capture_id),
    )
    right.number_input(
        text("within_cm"),
        min_value=0.2,
        max_value=50.0,
        step=0.5,
        key=state.within_key(item.upload.capture_id),
    )


def _ask_mark(item: Inspected) -> None:
    text, capture_id = words().text, item.upload.capture_id
    ends_px = state.clicked(capture_id)
    if ends_px is None:
        st.caption(text("click_first"))
        return
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    left.number_input(
        text("marked_edge_cm" if len(ends_px) == 2 else "marked_point_cm"),
        min_value=0.0,
        max_value=300.0,
        value=140.0,
        step=0.5,
        key=f"{_MARK_CM}{capture_id}",
    )
    if len(ends_px) == 1:
        left.checkbox(text("marked_lock"), key=f"{_MARK_LOCK}{capture_id}")
    right.button(
        text("add_mark"),
        key=f"add_mark_{capture_id}",
        on_click=_add_mark,
        args=(capture_id,),
    )


def _add_mark(capture_id: str) -> None:
    """Add the mark with the height as its field says now, not as it was when the button came."""
    ends_px, height_cm = state.clicked(capture_id), st.session_state.get(f"{_MARK_CM}{capture_id}")
    if ends_px is None or height_cm is None:
        return
    is_lock = len(ends_px) == 1 and st.session_state.get(f"{_MARK_LOCK}{capture_id}", False)
    state.add_mark(capture_id, HeightMark(ends_px, height_cm / 100, is_lock=is_lock))


def _show_marks(item: Inspected) -> None:
    """List what was measured, with what the photo says of it beside the tape."""
    text, capture_id = words().text, item.upload.capture_id
    for n, facts in enumerate(item.report.captures[0].facts.marks):
        left, right = st.columns([5, 2], vertical_alignment="center")
        with left:
            st.markdown(f"**{n + 1}** · {_mark_words(facts)}")
        right.button(
            text("remove"),
            key=f"remove_mark_{capture_id}_{n}",
            on_click=state.remove_mark,
            args=(capture_id, n),
        )


def _mark_words(facts: MarkFacts) -> str:
    text, decimal = words().text, Labels.load(state.lang()).text("decimal_mark")
    tape = f"{100 * facts.mark.height_m:.1f}"
    photo = facts.photo_height
    if not isinstance(photo, Measured):
        return text("tape_only", tape=tape.replace(".", decimal))
    value, low, high = (f"{100 * m:.1f}" for m in (photo.value_m, photo.low_m, photo.high_m))
    said = text("tape_and_photo", tape=tape, value=value, low=low, high=high)
    return said.replace(".", decimal) if decimal != "." else said


def _ask_bar(person: Person) -> None:
    """Ask once how long the kit's bar came out of the printer; it holds for everybody."""
    text = words().text
    if not person.is_administrator or Workplace.load().print_scale is not None:
        return
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    left.number_input(
        text("bar_mm"), min_value=50.0, max_value=150.0, value=100.0, step=0.1, key=_BAR
    )
    right.button(text("keep_bar"), key="keep_bar", on_click=_keep_bar)


@sign_in.acting
def _keep_bar(person: Person) -> None:
    cached.desk().keep_print_scale(person, st.session_state[_BAR], now=datetime.now(UTC))
