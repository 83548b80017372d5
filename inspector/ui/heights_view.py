"""Heights by hand: the camera's height, points and edges of known height, the kit's printed bar.

A click on the photo sets a point, a drag along a shelf sets an edge; the 140 cm line and its band
move with each height that is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import cv2
import numpy as np
import streamlit as st
from PIL import Image
from streamlit_image_coordinates import streamlit_image_coordinates

from inspector.domain.capture import HeightMark
from inspector.domain.facts import MarkFacts
from inspector.domain.quantity import Measured
from inspector.report.labels import Labels
from inspector.store.people import Person
from inspector.ui import cached, sign_in, state
from inspector.ui.visit import Inspected
from inspector.ui.words import words
from inspector.workplace import Workplace

Ends = tuple[tuple[float, float], ...]

_BAR = "bar_mm"
_WIDTH_PX = 1100
_MARK_RGB = (214, 40, 120)
_EDGE_SHARE = 0.03
"""A drag longer than this share of the picture's width is an edge; a shorter one a click."""


def show(person: Person, item: Inspected) -> None:
    """Show the photo to click on, beside what was told; to those who may say something of it."""
    text = words().text
    with st.expander(text("heights_by_hand")):
        st.caption(text("heights_by_hand_intro"))
        left, right = st.columns([8, 4], gap="medium")
        with right:
            _ask_camera_height(item)
            _ask_mark(item)
            _show_marks(item)
            _ask_bar(person)
        with left:
            _show_picture(item)


def ends_from_click(click: Mapping[str, float], image_wh: tuple[int, int]) -> Ends:
    """Return a point, or the left and right end of an edge, in pixels of the photo.

    Args:
        click: Where the mouse went down (x1, y1) and up (x2, y2), in pixels of a picture that was
            shown `width` pixels wide.
        image_wh: Width and height of the photo in pixels.
    """
    scale = image_wh[0] / click["width"]
    ends = sorted(
        (
            min(max(click[f"x{n}"] * scale, 0.0), float(image_wh[0])),
            min(max(click[f"y{n}"] * scale, 0.0), float(image_wh[1])),
        )
        for n in (1, 2)
    )
    length_px = float(np.hypot(*np.subtract(ends[1], ends[0])))
    return tuple(ends) if length_px > _EDGE_SHARE * image_wh[0] else (ends[0],)


def _show_picture(item: Inspected) -> None:
    """Show the annotated photo with the marks on it, and take note of a new click."""
    upload, report = item.upload, item.report
    image_wh = report.captures[0].image_wh
    image_bgr = cached.annotated(upload, report, lang=state.lang())
    scale = _WIDTH_PX / image_bgr.shape[1]
    # The legend below the photo is no place to click.
    height_px = round(image_wh[1] * image_bgr.shape[1] / image_wh[0])
    shown = cv2.resize(
        image_bgr[:height_px, :, ::-1], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
    )
    marked = [mark.ends_px for mark in state.told(upload.capture_id).marks]
    for ends_px in filter(None, [*marked, state.clicked(upload.capture_id)]):
        points = np.round(np.array(ends_px) * _WIDTH_PX / image_wh[0]).astype(int)
        for point in points:
            cv2.drawMarker(shown, point.tolist(), _MARK_RGB, cv2.MARKER_CROSS, 22, 2, cv2.LINE_AA)
        cv2.polylines(shown, [points], False, _MARK_RGB, 2, cv2.LINE_AA)
    click = streamlit_image_coordinates(
        Image.fromarray(shown),
        key=f"click_{upload.capture_id}",
        width="stretch",
        click_and_drag=True,
        image_format="JPEG",
        jpeg_quality=85,
        cursor="crosshair",
    )
    if click and state.take_click(upload.capture_id, click, ends_from_click(click, image_wh)):
        st.rerun()


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
    height_cm = left.number_input(
        text("marked_edge_cm" if len(ends_px) == 2 else "marked_point_cm"),
        min_value=0.0,
        max_value=300.0,
        value=140.0,
        step=0.5,
        key=f"mark_cm_{capture_id}",
    )
    is_lock = len(ends_px) == 1 and left.checkbox(
        text("marked_lock"), key=f"mark_lock_{capture_id}"
    )
    right.button(
        text("add_mark"),
        key=f"add_mark_{capture_id}",
        on_click=state.add_mark,
        args=(capture_id, HeightMark(ends_px, height_cm / 100, is_lock=is_lock)),
    )


def _show_marks(item: Inspected) -> None:
    """List what was measured, with what the photo says of it beside the tape."""
    text, capture_id = words().text, item.upload.capture_id
    for n, facts in enumerate(item.report.captures[0].facts.marks):
        left, right = st.columns([5, 2], vertical_alignment="center")
        with left:
            st.markdown(_mark_words(facts))
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
