"""The page that inspects: photos in, findings out."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from inspector.errors import InspectorError
from inspector.report.summary import overview_from_reports
from inspector.ui import cached, downloads, photo_view, place_view, questions_view, sign_in, state
from inspector.ui.components import banner, page_head, rules_table, show_html
from inspector.ui.state import Upload
from inspector.ui.visit import Inspected
from inspector.ui.words import words
from inspector.visits.judging import judged_again


def show() -> None:
    """Show the page."""
    state.enter("")
    page_head(words().text("quick_check"))
    state.show_fault()
    place_view.ask()
    uploads = state.uploads()
    if not uploads:
        place_view.show_how_to()
        return
    inspected, unread = _inspect(uploads)
    _show_unread(unread)
    if not inspected:
        return
    reasons = {upload.file: reason for upload, reason in unread}
    reports = [item.report for item in inspected]
    overview = overview_from_reports(reports, lang=state.lang(), unread=reasons)
    show_html(banner(overview))
    photo_view.show(sign_in.person(), inspected)
    questions_view.show(reports, overview)
    st.header(words().text("all_rules"), anchor=False)
    show_html(rules_table(overview.rules))
    downloads.show(inspected, unread=reasons)


def _inspect(uploads: Sequence[Upload]) -> tuple[list[Inspected], list[tuple[Upload, str]]]:
    """Read what has not been read, judge all; return also the files that cannot be read, and why.

    The spinner shows itself only for photos that take time.
    """
    site, lang = state.site(), state.lang()
    inspected, unread = [], []
    for n, upload in enumerate(uploads, start=1):
        note = words().text("reading", n=n, total=len(uploads), file=upload.file)
        try:
            with st.spinner(note):
                report = cached.read_upload(
                    upload, on=site.inspected_on, told=state.told(upload.capture_id)
                )
        except InspectorError as error:
            unread.append((upload, error.message[lang]))
        else:
            inspected.append(Inspected(upload, judged_again(report, site)))
    return inspected, unread


def _show_unread(unread: Sequence[tuple[Upload, str]]) -> None:
    text = words().text
    for upload, reason in unread:
        left, right = st.columns([6, 1], vertical_alignment="center")
        with left:
            show_html(
                Markup('<div class="unread" role="alert">⚠ <b>{}</b><br>{}</div>').format(
                    text("unread_file", file=upload.file), reason
                )
            )
        right.button(
            text("remove"),
            key=f"remove_{upload.capture_id}",
            on_click=state.remove_upload,
            args=(upload.capture_id,),
        )
