"""The page of the live cameras: how each is, what it has found, who is on watch.

It reads what `inspector watch` writes, and writes only what somebody wishes or confirms.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, cast

import cv2
import numpy as np
import streamlit as st
import yaml
from markupsafe import Markup
from numpy.typing import NDArray

from inspector.errors import InspectorError
from inspector.live.control_room import ControlRoom
from inspector.live.ledger import WishKind, aware, places_of
from inspector.live.signs import live_words
from inspector.store.people import Person
from inspector.ui import cached, sign_in, state
from inspector.ui.components import page_head, show_html
from inspector.ui.looking import note_look
from inspector.ui.words import messages, words

EVERY_S = 5
SILENT_S = 30
CLOSED_DAYS = 7
_BADGES = {"watching": "passed", "starting": "untested", "ended": "inapplicable"}
_SYMBOLS = {"passed": "✓", "untested": "○", "inapplicable": "–", "cant_tell": "?", "failed": "✕"}
_PLACE_BGR = (0, 50, 200)


def title() -> str:
    """Return the page's name."""
    return _text("title")


def show() -> None:
    """Show the page."""
    page_head(title())
    show_html(
        Markup('<p>{}</p><p class="facts">{}</p>').format(
            _text("intro"), live_words(state.lang())["supervision_note"]
        )
    )
    _show_now()


@st.fragment(run_every=EVERY_S)
def _show_now() -> None:
    try:
        room = ControlRoom(cached.ledger(), sign_in.person())
        cameras = room.cameras()
        _show_presence(room)
        if not cameras:
            st.info(_text("none"))
        newest = max((row.updated_at for row in cameras), default=None)
        if newest is not None and _now() - cast(datetime, aware(newest)) > timedelta(
            seconds=SILENT_S
        ):
            st.error(_text("not_running", date=_moment(newest)))
        for row in cameras:
            with st.container(border=True, key=f"camera_{row.camera_id}"):
                _show_camera(room, row)
    except InspectorError as error:
        st.error(error.message[state.lang()])


def _show_camera(room: ControlRoom, row: Any) -> None:  # noqa: ANN401  a row of live_camera
    spoken = live_words(state.lang())
    kind = _BADGES.get(row.status, "cant_tell" if row.status == "suspended" else "failed")
    facts = [
        _text("frame_age", age=_age(row.frame_at)) if row.frame_at else _text("frame_none"),
        _text("look_last", date=_moment(row.look_at), seconds=_seconds(row.look_s))
        if row.look_at
        else _text("look_none"),
        _text(
            "frames", read=row.frames_read, skipped=row.frames_skipped, reconnects=row.reconnects
        ),
        row.source,
    ]
    reasons = [
        spoken[f"reason_{row.reason}"] if row.reason else "",
        row.problem,
        spoken[f"not_kept_{row.not_kept}"] if row.not_kept else "",
    ]
    show_html(
        Markup(
            '<p class="top"><span class="badge {}"><span aria-hidden="true">{}</span> {}</span></p>'
            '<h3>{}</h3>{}<p class="facts">{}</p>'
        ).format(
            kind,
            _SYMBOLS[kind],
            spoken[f"status_{row.status}"],
            row.name,
            Markup("").join(Markup("<p>{}</p>").format(reason) for reason in reasons if reason),
            " · ".join(facts),
        )
    )
    is_suspended = row.status == "suspended" and row.reason != "dark"
    if is_suspended:
        _ask_view(room, row.camera_id)
    _show_findings(room, row.camera_id)
    setup = room.setup(row.camera_id)
    if not is_suspended and setup.reference is not None and not setup.confirmed_by:
        with st.expander(_text("unconfirmed")):
            _ask_view(room, row.camera_id)


def _ask_view(room: ControlRoom, camera_id: str) -> None:
    """Ask somebody to say what the camera sees: verdicts go on only then."""
    who = _ask_name(room.person, f"who_{camera_id}")
    left, right = st.columns(2)
    for column, kind in ((left, WishKind.SAME_VIEW), (right, WishKind.NEW_VIEW)):
        help_text = _text("new_view_help") if kind is WishKind.NEW_VIEW else None
        if column.button(_text(kind.value), key=f"{kind.value}_{camera_id}", help=help_text):
            if who:
                _as(room, who).wish(camera_id, kind, _now())
                st.success(_text("asked_for"))
            else:
                st.warning(_text("name_needed"))


def _show_findings(room: ControlRoom, camera_id: str) -> None:
    since = _now() - timedelta(days=CLOSED_DAYS)
    rows = room.findings(camera_id)
    still_open = [row for row in rows if row.closed_at is None]
    closed = [row for row in rows if row.closed_at and cast(datetime, aware(row.closed_at)) > since]
    show_html(Markup("<h3>{}</h3>").format(_text("findings_open")))
    if not still_open:
        st.caption(_text("findings_none"))
    for row in still_open:
        _show_finding(room, row)
    if closed:
        with st.expander(f"{_text('findings_closed')} ({len(closed)})"):
            for row in closed:
                _show_finding(room, row)


def _show_finding(room: ControlRoom, row: Any) -> None:  # noqa: ANN401  a row of live_finding
    lang, places = state.lang(), places_of(row)
    said = dict.fromkeys(place.sentence.get(lang, "") for place in places)
    steps = dict.fromkeys(place.remedy.get(lang, "") for place in places)
    when = _text("since", date=_moment(row.opened_at))
    if row.closed_at is not None:
        when = _text("closed", date=_moment(row.closed_at))
    show_html(
        Markup('<h4>{}</h4><ul class="statements">{}</ul>{}<p class="facts">{}</p>').format(
            messages().title(row.rule_id),
            Markup("").join(Markup("<li>{}</li>").format(text) for text in said if text),
            Markup("").join(
                Markup('<p class="step"><b>{}:</b> {}</p>').format(words().text("remedy"), step)
                for step in steps
                if step and row.closed_at is None
            ),
            when,
        )
    )
    pictures = [
        (name, row._mapping[f"{name}_picture"])
        for name in ("before", "after", "closed")
        if row._mapping[f"{name}_picture"]
    ]
    if not pictures:
        if row.not_kept:
            st.caption(live_words(lang)[f"not_kept_{row.not_kept}"])
        return
    for column, (name, sha256) in zip(st.columns(max(2, len(pictures))), pictures, strict=False):
        image = _picture(room, sha256, [place.box_xyxy_px for place in places])
        caption = _text("closed_picture" if name == "closed" else name)
        if image is None:
            column.caption(f"{caption}: {_text('picture_gone')}")
        else:
            note_look(room.person, "saw_camera_picture", camera=row.camera_id)
            column.image(image, caption=caption, channels="BGR", width="stretch")


def _picture(
    room: ControlRoom, sha256: str, places: list[tuple[float, float, float, float] | None]
) -> NDArray[np.uint8] | None:
    """Return a picture with its places framed, shape (h, w, 3), BGR; None when it is deleted."""
    crop, path = room.picture_crop(sha256), room.picture_path(sha256)
    image = cv2.imread(str(path)) if crop is not None and path.exists() else None
    if image is None or crop is None:
        return None
    thickness = max(2, image.shape[1] // 300)
    for box in filter(None, places):
        x1, y1, x2, y2 = (round(edge) for edge in box)
        start, end = (x1 - crop[0], y1 - crop[1]), (x2 - crop[0], y2 - crop[1])
        cv2.rectangle(image, start, end, _PLACE_BGR, thickness)
    return np.asarray(image, np.uint8)


def _show_presence(room: ControlRoom) -> None:
    """Ask the person on watch, and show who was."""
    log = room.presence_log()
    if not log:
        return
    with st.container(border=True, key="presence"):
        show_html(Markup("<h3>{}</h3>").format(_text("presence")))
        newest = log[0]
        answer_by = aware(newest.answer_by)
        if newest.answered_at is None and answer_by is not None and answer_by >= _now():
            st.warning(_text("presence_asked", date=_moment(newest.answer_by)))
            who = _ask_name(room.person, "who_presence")
            if st.button(_text("presence_confirm"), key="confirm_presence", type="primary"):
                if who:
                    _as(room, who).confirm_presence(_now())
                    st.rerun()
                st.warning(_text("name_needed"))
        answered = next((row for row in log if row.answered_at is not None), None)
        if answered is None:
            st.caption(_text("presence_never"))
        else:
            st.caption(_text("presence_last", date=_moment(answered.answered_at), who=answered.by))
        with st.expander(_text("presence_log")):
            for row in log:
                if row.answered_at is not None:
                    st.write(_text("presence_answered", date=_moment(row.answered_at), who=row.by))
                elif cast(datetime, aware(row.answer_by)) < _now():
                    st.write(_text("presence_unanswered", date=_moment(row.asked_at)))


def _ask_name(person: Person, key: str) -> str:
    """Return who speaks: who has signed in, or else the name that is written here."""
    if sign_in.is_configured():
        return person.name
    return st.text_input(_text("who"), key=key, max_chars=80).strip()


def _as(room: ControlRoom, name: str) -> ControlRoom:
    return replace(room, person=replace(room.person, name=name))


def _text(key: str, **values: object) -> str:
    return _load(state.lang())[key].format(**values)


@cache
def _load(lang: str) -> dict[str, str]:
    file = resources.files(__package__) / f"cameras_{lang}.yaml"
    return cast(dict[str, str], yaml.safe_load(file.read_text(encoding="utf-8")))


def _now() -> datetime:
    return datetime.now(UTC)


def _moment(at: datetime) -> str:
    """Return a time of the tables in words."""
    return words().moment(cast(datetime, aware(at)))


def _age(at: datetime) -> str:
    seconds = max(0, round((_now() - cast(datetime, aware(at))).total_seconds()))
    if seconds < 120:
        return _text("seconds", n=seconds)
    if seconds < 7200:
        return _text("minutes", n=seconds // 60)
    return _text("hours", n=seconds // 3600)


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}".replace(".", words().text("decimal_mark"))
