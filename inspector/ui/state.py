"""What a session keeps. No other file knows the names of its keys."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import streamlit as st

from inspector.domain.facts import Answer, Site, Zone
from inspector.domain.goods import DealerType
from inspector.report.labels import Lang

LANG, DEALER, ZONE, CHOSEN_PHOTO = "lang", "dealer", "zone", "chosen_photo"
"""Keys of widgets that hold the value itself."""

UNKNOWN_DEALER = "unknown"
UNANSWERED = "unanswered"

_ANSWER = "answer_"
_UPLOADS = "uploads"
_UPLOADER_ROUND = "uploader_round"
_DEFAULTS = {LANG: "da", DEALER: UNKNOWN_DEALER, ZONE: Zone.PUBLIC.value}


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
    for key, default in _DEFAULTS.items():
        st.session_state[key] = st.session_state.get(key) or default
    for key in map(str, st.session_state):
        if key.startswith(_ANSWER):
            st.session_state[key] = st.session_state[key]


def lang() -> Lang:
    """Return the language of the session."""
    return cast(Lang, st.session_state.get(LANG) or _DEFAULTS[LANG])


def answer_key(question_id: str) -> str:
    """Return the key of the widget with the answer to a question."""
    return f"{_ANSWER}{question_id}"


def site() -> Site:
    """Return what the person says of the place, with today's rules."""
    dealer = st.session_state.get(DEALER, UNKNOWN_DEALER)
    given: Mapping[str, str] = {
        str(key).removeprefix(_ANSWER): st.session_state[key]
        for key in st.session_state
        if str(key).startswith(_ANSWER)
    }
    return Site(
        dealer_type=None if dealer == UNKNOWN_DEALER else DealerType(dealer),
        inspected_on=datetime.now(UTC).date(),
        zone=Zone(st.session_state.get(ZONE, Zone.PUBLIC)),
        answers={key: Answer(value) for key, value in given.items() if value != UNANSWERED},
    )


def uploads() -> tuple[Upload, ...]:
    """Return the files of this visit in the order in which they came, each once."""
    return tuple(st.session_state.get(_UPLOADS, {}).values())


def uploader_key() -> str:
    """Return the uploader's key; a new one empties it."""
    return f"uploader_{st.session_state.get(_UPLOADER_ROUND, 0)}"


def take_uploads() -> None:
    """Add the uploader's files to the visit and empty it; the same bytes are taken once."""
    kept = dict(st.session_state.get(_UPLOADS, {}))
    for given in st.session_state[uploader_key()]:
        data = given.getvalue()
        capture_id = hashlib.sha256(data).hexdigest()
        kept.setdefault(capture_id, Upload(capture_id, given.name, data))
    st.session_state[_UPLOADS] = kept
    st.session_state[_UPLOADER_ROUND] = st.session_state.get(_UPLOADER_ROUND, 0) + 1


def remove_upload(capture_id: str) -> None:
    """Take a file out of the visit."""
    st.session_state[_UPLOADS] = {
        upload.capture_id: upload for upload in uploads() if upload.capture_id != capture_id
    }
