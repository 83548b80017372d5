"""The page of corrective actions: what is to be put right, by whom, until when."""

from __future__ import annotations

from datetime import UTC, date, datetime

import streamlit as st
from markupsafe import Markup

from inspector.domain import clock
from inspector.errors import InspectorError
from inspector.store.actions import Action
from inspector.store.people import Person
from inspector.ui import cached, sign_in, state
from inspector.ui.components import nothing_here, page_head, show_html
from inspector.ui.looking import note_look
from inspector.ui.words import messages, words
from inspector.visits.follow_up import photos_that_pass


def show() -> None:
    """Show the page."""
    page_head(words().text("actions"))
    state.show_fault()
    try:
        person = sign_in.person()
        actions = cached.desk().actions.list(person)
        note_look(person, "saw_actions")
    except InspectorError as error:
        st.error(error.message[state.lang()])
        return
    text = words().text
    still_open = [action for action in actions if not action.is_done]
    done = [action for action in actions if action.is_done]
    st.header(f"{text('actions_open')} ({len(still_open)})", anchor=False)
    if not still_open:
        show_html(nothing_here(text("no_actions")))
    for action in still_open:
        _show_action(person, action)
    if done:
        st.header(f"{text('actions_done')} ({len(done)})", anchor=False)
    for action in done:
        _show_action(person, action)


def _show_action(person: Person, action: Action) -> None:
    this = f"{action.visit_id}.{action.finding_key}"
    with st.container(border=True, key=f"action_{this}"):
        show_html(_words(action))
        if person.may_write and not action.is_done:
            with st.popover(words().text("finish_action"), icon=":material/task_alt:"):
                _ask_end(person, action, this)


def _words(action: Action) -> Markup:
    text = words().text
    if action.is_done:
        said = text(
            "action_done", name=action.done_by, date=words().day(action.done_on or date.min)
        )
        state_words = Markup('<span class="badge passed">✓ {}</span>').format(said)
        note = Markup('<p class="remark">{}</p>').format(action.done_because)
    else:
        is_late = action.due_on < clock.today()
        key, look = ("action_late", "failed") if is_late else ("action_due", "untested")
        state_words = Markup('<span class="badge {}">{} {}</span>').format(
            look, "▲" if is_late else "○", text(key, date=words().day(action.due_on))
        )
        note = Markup("")
    return Markup(
        '<p class="row-head">{}<b>{}</b></p><p class="row-said">{}</p>'
        '<p class="caption">{} · {}</p>{}'
    ).format(
        state_words,
        messages().title(action.rule_id),
        action.sentences[state.lang()],
        action.shop_name,
        text("action_owner", name=action.owner),
        note,
    )


def _ask_end(person: Person, action: Action, this: str) -> None:
    text = words().text
    photos = {
        photo.capture_id: f"{photo.file} · {words().day(visit.inspected_on)}"
        for visit, photo in photos_that_pass(cached.desk(), cached.judge(), person, action)
    }
    if photos:
        st.radio(
            text("photo_that_passes"),
            list(photos),
            format_func=photos.__getitem__,
            key=f"photo_{this}",
        )
        st.button(
            text("finish_with_photo"),
            key=f"with_photo_{this}",
            type="primary",
            on_click=_finish,
            args=(action, this, True),
        )
    else:
        st.caption(text("no_photo_passes"))
    st.text_area(text("finish_reason"), key=f"because_{this}")
    st.button(
        text("finish_with_reason"),
        key=f"with_reason_{this}",
        on_click=_finish,
        args=(action, this, False),
    )


@sign_in.acting
def _finish(person: Person, action: Action, this: str, with_photo: bool) -> None:
    capture_id = st.session_state.get(f"photo_{this}") if with_photo else None
    because = st.session_state.get(f"because_{this}", "")
    if capture_id is not None:
        because = words().text("shown_by_photo", photo=capture_id[:12])
    cached.desk().actions.finish(
        person, action, because=because, capture_id=capture_id, now=datetime.now(UTC)
    )
