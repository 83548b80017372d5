"""The page of retention: how long each class of data is kept, and who may not say more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st
from markupsafe import Markup

from inspector.errors import InspectorError
from inspector.live.settings import Retention, picture_ceiling_days
from inspector.store.people import Person
from inspector.store.retention import BOUNDS_DAYS, Kept
from inspector.ui import cached, sign_in, state
from inspector.ui.components import page_head, show_html
from inspector.ui.words import words

_LONGEST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class _Class:
    """A class of data on the page: its words' key, what is set, its bounds, and how to set it."""

    name: str
    days: int | None
    bounds_days: tuple[int, int]
    set: Callable[[Person, int | None], None]


def show() -> None:
    """Show the page."""
    text = words().text
    page_head(text("retention"))
    state.show_fault()
    try:
        person = sign_in.person()
        person.check_sets_up()
        of_visits, of_cameras = _of_visits(), _of_cameras()
        past = cached.desk().retention.old_photos(datetime.now(UTC))
        n_photos = sum(len(names) for names in past.values())
    except InspectorError as error:
        st.error(error.message[state.lang()])
        return
    st.caption(text("retention_intro"))
    st.header(text("visits"), anchor=False)
    for kept in of_visits:
        _ask(kept)
    if n_photos:
        st.warning(text("retention_next", n=n_photos))
    show_html(Markup('<p class="aside">{}</p>').format(text("retention_case")))
    st.header(text("retention_cameras"), anchor=False)
    st.caption(text("retention_cameras_intro", n=picture_ceiling_days()))
    for kept in of_cameras:
        _ask(kept)


def _of_visits() -> list[_Class]:
    times = cached.desk().retention
    days = times.days()

    def setter(kept: Kept) -> Callable[[Person, int | None], None]:
        return lambda person, given: times.set(person, kept, given, now=datetime.now(UTC))

    return [_Class(kept.value, days.get(kept), BOUNDS_DAYS[kept], setter(kept)) for kept in Kept]


def _of_cameras() -> list[_Class]:
    ledger, unless_told = cached.ledger(), Retention()
    days = ledger.shorter_days()

    def setter(name: str) -> Callable[[Person, int | None], None]:
        def keep(person: Person, given: int | None) -> None:
            if given != ledger.shorter_days().get(name):
                ledger.keep_shorter(person, name, given)
                cached.desk().visits.changed(
                    person, "retention_of_cameras_set", datetime.now(UTC), kept=name, days=given
                )

        return keep

    ceilings = {"pictures_days": picture_ceiling_days()}
    return [
        _Class(name, days.get(name), (1, ceilings.get(name, _LONGEST_DAYS)), setter(name))
        for name in unless_told.__struct_fields__
    ]


def _ask(kept: _Class) -> None:
    text, (low, high) = words().text, kept.bounds_days
    key = f"days_{kept.name}"
    with st.container(border=True, key=f"kept_{kept.name}"):
        left, middle, right = st.columns([5, 2, 2], vertical_alignment="bottom")
        with left:
            show_html(
                Markup('<h3>{}</h3><p>{}</p><p class="caption">{}</p>').format(
                    text(f"kept_{kept.name}"),
                    text(f"kept_{kept.name}_what"),
                    text("kept_set", n=kept.days) if kept.days else text("kept_not_set"),
                )
            )
        middle.number_input(
            text("kept_days", low=low, high=high),
            min_value=low,
            max_value=high,
            value=kept.days,
            step=1,
            key=key,
        )
        right.button(
            text("keep_bar"),
            key=f"set_{kept.name}",
            on_click=_set,
            args=(kept, key),
            width="stretch",
        )


@sign_in.acting
def _set(person: Person, kept: _Class, key: str) -> None:
    kept.set(person, st.session_state.get(key))
