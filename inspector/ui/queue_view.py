"""What is being read of a visit, and each photo's place in the queue; shown on every step.

It looks again by itself, so a tab that stayed open comes back when the server was away.
"""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from inspector.store.visit import Visit, VisitPhoto
from inspector.ui import cached, first_look_view, sign_in
from inspector.ui.components import show_html
from inspector.ui.visit import VisitWork
from inspector.ui.words import words

_EVERY_S = 0.5


def show(work: VisitWork, *, is_followed: bool) -> None:
    """Show what is being read, while any photo waits.

    Args:
        work: The visit.
        is_followed: Go on with the page when one more photo is done. Elsewhere somebody may be
            writing, or about to press something: they are offered what is new.
    """
    visit_id, n_shown = work.visit.visit_id, len(work.visit.waiting)
    if not n_shown:
        return

    @st.fragment(run_every=_EVERY_S)
    def progress() -> None:
        now = cached.desk().visits.visit(sign_in.person(), visit_id)
        is_news = len(now.waiting) != n_shown
        if is_news and is_followed:
            st.rerun(scope="app")
        n_read = len(now.photos) - len(now.waiting)
        st.progress(
            n_read / max(len(now.photos), 1),
            text=words().text("progress", n=n_read, total=len(now.photos)),
        )
        if is_followed:
            _show_places(now)
        elif is_news and st.button(
            words().text("show_new_results"), key="show_new_results", icon=":material/refresh:"
        ):
            st.rerun(scope="app")

    progress()


def _show_places(visit: Visit) -> None:
    places = cached.desk().queue.places()
    for photo in visit.waiting:
        if look := cached.analyst().first_look(visit.visit_id, photo.capture_id):
            first_look_view.show(photo.file, look)
    items = Markup("").join(
        Markup("<li>{}</li>").format(_place_words(visit, photo, places)) for photo in visit.waiting
    )
    show_html(
        Markup(
            '<div class="queue" role="status"><ul>{}</ul><p class="caption">{}</p></div>'
        ).format(items, words().text("safe_on_disk"))
    )


def _place_words(visit: Visit, photo: VisitPhoto, places: dict[tuple[str, str], int]) -> str:
    place = places.get((visit.visit_id, photo.capture_id), 0)
    key = "being_read" if place == 0 else "place_in_queue"
    return words().text(key, file=photo.file, place=place)
