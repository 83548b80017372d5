"""A visit that was closed: its reports as they were, and the way to a correction."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

import streamlit as st
from markupsafe import Markup

from inspector.domain.verdict import Box
from inspector.store.finding_rows import Filters
from inspector.store.people import Person
from inspector.store.visit import Closing, Party, Ruling, Visit, VisitKind
from inspector.ui import cached, sign_in, state
from inspector.ui.components import show_html
from inspector.ui.looking import noted
from inspector.ui.visit_sign_view import show_signature
from inspector.ui.words import words
from inspector.visits.closing import LANGS

_PICTURE_PX = 1000


def show(person: Person, visit: Visit) -> None:
    """Show what was closed."""
    text = words().text
    state.show_fault()
    latest = visit.closings[-1]
    show_html(
        Markup(
            '<section class="result closed"><p class="headline">{}</p><p>{}</p></section>'
        ).format(
            text("archive_heading" if visit.kind is VisitKind.ARCHIVE else "closed_heading"),
            text("closed_intro", name=latest.by, moment=words().moment(latest.at)),
        )
    )
    for closing in reversed(visit.closings):
        st.header(f"{text('visit_version')} {closing.version}", anchor=False)
        with st.container(horizontal=True):
            for lang in LANGS:
                if f"report.{lang}.pdf" in closing.files:
                    _offer_report(
                        person, visit, closing, f"report.{lang}.pdf", text(f"report_pdf_{lang}")
                    )
    st.page_link(
        state.page("findings"),
        label=text("findings_of_visit"),
        icon=":material/fact_check:",
        query_params={"of_visit": visit.visit_id},
    )
    if not visit.has_deleted_photos:
        _show_photos(person, visit)
    if visit.signatures:
        st.header(text("signatures_heading"), anchor=False)
    with st.container(key="signatures"):
        for party in Party:
            if party in visit.signatures:
                with st.container(border=True, key=f"sign_{party}"):
                    show_html(Markup("<h3>{}</h3>").format(text(f"party_{party}")))
                    show_signature(visit.signatures[party])
    show_html(
        Markup('<p class="caption">{} {} · {}</p>').format(
            text("record_hash"), visit.n_records, visit.head
        )
    )
    if visit.has_deleted_photos:
        show_html(Markup('<p class="aside">{}</p>').format(text("photos_deleted")))
    elif person.may_work_in(visit.kind):
        with st.popover(text("correct_visit"), icon=":material/edit:"):
            st.caption(text("correct_intro"))
            st.text_area(text("correct_reason"), key="correct_reason")
            st.button(text("correct_now"), type="primary", on_click=_correct, args=(visit,))


def _show_photos(person: Person, visit: Visit) -> None:
    """Show the photos with what failed marked in them, as it was when the visit was closed."""
    text = words().text
    failed = cached.desk().rows.all(person, Filters(visit_id=visit.visit_id, outcome="failed"))
    boxes: dict[str | None, list[Box]] = defaultdict(list)
    for row in failed:
        if row.place is not None and row.ruling is not Ruling.OVERRULED:
            boxes[row.capture_id] += row.place.boxes_xyxy_px
    st.header(f"{text('photos')} ({len(visit.photos)})", anchor=False)
    with st.container(key="photos"):
        for photo in visit.photos:
            with st.container(border=True, key=f"photo_{photo.capture_id}"):
                marked = tuple(boxes[photo.capture_id])
                jpeg = cached.marked_photo(visit, photo, marked, width_px=_PICTURE_PX)
                if jpeg is not None:
                    st.image(jpeg, alt=text("photo_alt", file=photo.file), width="stretch")
                said = photo.fault.get(state.lang(), "")
                show_html(Markup('<p class="caption"><b>{}</b> {}</p>').format(photo.file, said))


def _offer_report(person: Person, visit: Visit, closing: Closing, name: str, label: str) -> None:
    st.download_button(
        label,
        noted(
            person,
            lambda: cached.desk().files.get(closing.files[name]),
            "took_report",
            visit.visit_id,
            file=f"{closing.version}.{name}",
        ),
        f"{visit.visit_id}.{closing.version}.{name}",
        "application/pdf",
        on_click="ignore",
        key=f"report_{closing.version}_{name}",
        icon=":material/picture_as_pdf:",
    )


@sign_in.acting
def _correct(person: Person, visit: Visit) -> None:
    reason = st.session_state.get("correct_reason", "")
    cached.desk().visits.correct(person, visit.visit_id, reason=reason, now=datetime.now(UTC))
