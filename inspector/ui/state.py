"""What a session keeps. No other file knows the names of its keys."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, cast

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from inspector.domain import clock
from inspector.domain.capture import HeightMark, Told
from inspector.domain.facts import Answer, Site, Zone
from inspector.domain.goods import DealerType
from inspector.errors import InspectorError
from inspector.report.labels import Lang
from inspector.store.people import Person
from inspector.ui import kept_language

LANG, DEALER, ZONE, CHOSEN_PHOTO = "lang", "dealer", "zone", "chosen_photo"
NO_CLOSE_UPS = "no_close_ups"
"""Pairs of photos that a person said show two fixtures."""
NAME, VISIT_ZONE = "name", "visit_zone"
"""Keys of widgets that hold the value itself."""

UNKNOWN_DEALER = "unknown"
UNANSWERED = "unanswered"

_ANSWER = "answer_"
_CAMERA_HEIGHT, _WITHIN, _MARKS, _CLICKED = "camera_height_", "within_", "marks_", "clicked_"
_FIXTURE = "fixture_"
_KEPT = (_ANSWER, _CAMERA_HEIGHT, _WITHIN, _FIXTURE, NAME)
_OF_PHOTO = (_CAMERA_HEIGHT, _WITHIN, _MARKS, _CLICKED, _FIXTURE)
_TYPED = ("reason_", "account_", "owner_", "due_")
"""Fields of a finding; what somebody has typed waits in them until it is kept or given up."""
_SORTING = "sorting_order"
_UPLOADER = "emptied_"
_OF_VISIT = (
    _ANSWER,
    *_OF_PHOTO,
    *_TYPED,
    "stored_",
    CHOSEN_PHOTO,
    NO_CLOSE_UPS,
    _SORTING,
    _UPLOADER,
)
_VISIT = "visit_entered"
_WITHIN_CM = 1.0
_LOOKED = "looked"
_UPLOADS = "uploads"
_DEFAULTS = {LANG: "da", DEALER: UNKNOWN_DEALER, ZONE: Zone.PUBLIC.value}


class PhotoFile(Protocol):
    """A photo's file, in the session or in the store."""

    @property
    def capture_id(self) -> str:
        """sha256 of its bytes in hex."""

    @property
    def file(self) -> str:
        """Its name."""

    @property
    def data(self) -> bytes:
        """Its bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Upload:
    """A file as it was handed in.

    Attributes:
        capture_id: sha256 of its bytes in hex, the id that its capture will have.
        file: Its name.
        data: Its bytes.
    """

    capture_id: str
    file: str
    data: bytes


def keep() -> None:
    """Set defaults, and keep values whose widgets are on another page; call it first in a run."""
    if LANG not in st.session_state and (lang := kept_language.kept()):
        st.session_state[LANG] = lang
    for key, default in _DEFAULTS.items():
        st.session_state[key] = st.session_state.get(key) or default
    for key in map(str, st.session_state):
        if key.startswith((*_KEPT, *_TYPED)):
            st.session_state[key] = st.session_state[key]


def lang() -> Lang:
    """Return the language of the session."""
    return cast(Lang, st.session_state.get(LANG) or _DEFAULTS[LANG])


def is_new_here(person: Person) -> bool:
    """Return True the first time that a person with these rights works in this session."""
    is_new = st.session_state.get(_PERSON) != person
    st.session_state[_PERSON] = person
    return is_new


def looks_anew(subject: str) -> bool:
    """Return True the first time that this session looks at something: each is logged once."""
    seen: frozenset[str] = st.session_state.get(_LOOKED, frozenset())
    st.session_state[_LOOKED] = seen | {subject}
    return subject not in seen


def answer_key(question_id: str) -> str:
    """Return the key of the widget with the answer to a question."""
    return f"{_ANSWER}{question_id}"


def answered_ids() -> tuple[str, ...]:
    """Return the ids of all questions that this session has shown."""
    keys = map(str, st.session_state)
    return tuple(key.removeprefix(_ANSWER) for key in keys if key.startswith(_ANSWER))


def site() -> Site:
    """Return what the person says of the place, with today's rules."""
    dealer = st.session_state.get(DEALER, UNKNOWN_DEALER)
    given: Mapping[str, str] = {
        question_id: st.session_state[answer_key(question_id)] for question_id in answered_ids()
    }
    return Site(
        dealer_type=None if dealer == UNKNOWN_DEALER else DealerType(dealer),
        inspected_on=clock.today(),
        zone=Zone(st.session_state.get(ZONE, Zone.PUBLIC)),
        answers={key: Answer(value) for key, value in given.items() if value != UNANSWERED},
    )


def uploads() -> tuple[Upload, ...]:
    """Return the files of this visit in the order in which they came, each once."""
    return tuple(st.session_state.get(_UPLOADS, {}).values())


def uploader() -> tuple[str, int]:
    """Return a name for this session's work on a visit, and how often its uploader was emptied."""
    return cast(
        "tuple[str, int]", st.session_state.setdefault(_UPLOADER, (secrets.token_hex(8), 0))
    )


def uploader_key() -> str:
    """Return the uploader's key; a new one empties it."""
    session, n_emptied = uploader()
    return f"uploader_{session}_{n_emptied}"


def take_uploads() -> None:
    """Add the uploader's files to the visit and empty it; the same bytes are taken once."""
    kept = dict(st.session_state.get(_UPLOADS, {}))
    for name, data in uploaded():
        capture_id = hashlib.sha256(data).hexdigest()
        kept.setdefault(capture_id, Upload(capture_id, name, data))
    st.session_state[_UPLOADS] = kept
    empty_uploader()


def camera_height_key(capture_id: str) -> str:
    """Return the key of the widget with the camera's height of a photo, in centimetres."""
    return f"{_CAMERA_HEIGHT}{capture_id}"


def within_key(capture_id: str) -> str:
    """Return the key of the widget with how far that height may be off, in centimetres."""
    key = f"{_WITHIN}{capture_id}"
    st.session_state.setdefault(key, _WITHIN_CM)
    return key


def fixture_key(capture_id: str) -> str:
    """Return the key of the widget that tells which fixture a photo shows."""
    return f"{_FIXTURE}{capture_id}"


def told(capture_id: str) -> Told:
    """Return what the person says of a photo."""
    height_cm = st.session_state.get(camera_height_key(capture_id))
    within_cm = st.session_state.get(f"{_WITHIN}{capture_id}", _WITHIN_CM)
    return Told(
        camera_height_m=None if height_cm is None else height_cm / 100,
        camera_height_u_m=within_cm / 200,
        marks=st.session_state.get(f"{_MARKS}{capture_id}", ()),
        fixture=st.session_state.get(fixture_key(capture_id), ""),
    )


def add_mark(capture_id: str, mark: HeightMark) -> None:
    """Add a point or edge of known height; the mark without a height is that one."""
    st.session_state[f"{_MARKS}{capture_id}"] = (*told(capture_id).marks, mark)
    st.session_state[f"{_CLICKED}{capture_id}"] = None


def remove_mark(capture_id: str, n: int) -> None:
    """Remove one of a photo's marks."""
    marks = told(capture_id).marks
    st.session_state[f"{_MARKS}{capture_id}"] = marks[:n] + marks[n + 1 :]


def clicked(capture_id: str) -> tuple[tuple[float, float], ...] | None:
    """Return where the photo was marked last, when no height was given for it yet."""
    return cast(
        "tuple[tuple[float, float], ...] | None",
        st.session_state.get(f"{_CLICKED}{capture_id}"),
    )


def set_mark(capture_id: str, n: int, ends_px: tuple[tuple[float, float], ...]) -> None:
    """Move one of a photo's marks, or set the next one, whose height is not given yet."""
    marks = told(capture_id).marks
    if n < len(marks):
        moved = replace(marks[n], ends_px=ends_px)
        st.session_state[f"{_MARKS}{capture_id}"] = (*marks[:n], moved, *marks[n + 1 :])
    else:
        st.session_state[f"{_CLICKED}{capture_id}"] = ends_px


def remove_upload(capture_id: str) -> None:
    """Take a file out of the visit."""
    st.session_state[_UPLOADS] = {
        upload.capture_id: upload for upload in uploads() if upload.capture_id != capture_id
    }


def enter(visit_id: str) -> bool:
    """Begin to work on a visit, or on none (empty), and say whether that is new.

    Answers and heights of one visit must never reach another, nor the quick check.
    """
    if st.session_state.get(_VISIT, "") == visit_id:
        return False
    for key in map(str, list(st.session_state)):
        if key.startswith(_OF_VISIT):
            del st.session_state[key]
    st.session_state[_VISIT] = visit_id
    return True


def changed_answer(question_id: str, stored: Answer | None) -> Answer | str | None:
    """Return an answer that was given since the last run; else take over the stored one.

    Returns:
        The answer, `UNANSWERED` when it was taken back, or None when nothing was changed here.
    """
    key, kept = answer_key(question_id), stored.value if stored else UNANSWERED
    before = st.session_state.get(f"stored_{key}", UNANSWERED)
    given = st.session_state.get(key, before)
    st.session_state[f"stored_{key}"] = kept
    if given != before and given != kept:
        st.session_state[f"stored_{key}"] = given
        return UNANSWERED if given == UNANSWERED else Answer(given)
    st.session_state[key] = kept
    return None


def prefill(key: str, stored: str | date) -> None:
    """Let a field begin with what is stored; what somebody has typed in it since then stays."""
    known = f"stored_{key}"
    if st.session_state.get(key) in (None, st.session_state.get(known)):
        st.session_state[key] = stored
    st.session_state[known] = stored


def show_answer(question_id: str, stored: Answer | None) -> None:
    """Let the widget of a question show the stored answer."""
    st.session_state[answer_key(question_id)] = stored.value if stored else UNANSWERED


def changed_told(capture_id: str, stored: Told) -> Told | None:
    """Return what was told of a photo since the last run; else take over what is stored."""
    key = f"stored_told_{capture_id}"
    known = st.session_state.get(key)
    now = told(capture_id)
    if known is not None and now != known[1]:
        st.session_state[key] = (now, now)
        return now
    if known is None or known[0] != stored:
        height = stored.camera_height_m
        st.session_state[camera_height_key(capture_id)] = None if height is None else height * 100
        st.session_state[f"{_WITHIN}{capture_id}"] = round(stored.camera_height_u_m * 200, 3)
        st.session_state[f"{_MARKS}{capture_id}"] = stored.marks
        st.session_state[fixture_key(capture_id)] = stored.fixture
        st.session_state[key] = (stored, told(capture_id))
    return None


def in_first_order(keys: Sequence[str]) -> list[str]:
    """Return what is to be sorted in the order in which it was shown first; new things come last.

    What was sorted stays where it is, so that nothing moves under a finger.
    """
    before = [key for key in st.session_state.get(_SORTING, ()) if key in keys]
    order = [*before, *(key for key in keys if key not in before)]
    st.session_state[_SORTING] = order
    return order


def order_anew() -> None:
    """Forget in which order things were shown."""
    st.session_state.pop(_SORTING, None)


def uploaded() -> list[tuple[str, bytes]]:
    """Return name and bytes of the uploader's files."""
    return [(file.name, file.getvalue()) for file in st.session_state.get(uploader_key()) or ()]


def empty_uploader() -> None:
    """Empty the uploader, once its files are kept: until then it is where they are."""
    session, n_emptied = uploader()
    st.session_state[_UPLOADER] = session, n_emptied + 1


VISIT, STEP = "visit", "step"
"""Parameters in the page's address."""


def go_to_visit(visit_id: str | None) -> None:
    """Open a visit, or the list of all; for use as a callback."""
    st.query_params.clear()
    if visit_id is not None:
        st.query_params[VISIT] = visit_id


_FAULT = "fault"
_PERSON = "person_here"


def tell_fault(error: InspectorError) -> None:
    """Keep what went wrong in a callback, for the run that follows it."""
    st.session_state[_FAULT] = error.message[lang()]


def show_fault() -> None:
    """Show what went wrong in the last callback, also to those who have scrolled down."""
    if fault := st.session_state.pop(_FAULT, None):
        st.error(fault)
        st.toast(fault, icon=":material/error:", duration="long")


_PAGES: dict[str, StreamlitPage] = {}


def keep_pages(pages: Mapping[str, StreamlitPage]) -> None:
    """Keep the router's pages by name, so that one page can lead to another."""
    _PAGES.update(pages)


def page(name: str) -> StreamlitPage:
    """Return a page to lead to."""
    return _PAGES[name]
