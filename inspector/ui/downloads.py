"""Reports to take along. They are made when they are asked for."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from inspector.report.document import document_from_report
from inspector.report.html import html_from_reports
from inspector.report.labels import Lang
from inspector.report.pdf import pdf_from_reports
from inspector.ui import cached, state
from inspector.ui.visit import Inspected
from inspector.ui.words import words

_HTML_PICTURE_WIDTH_PX = 1200
"""The page holds a picture once for each crop of it, so it must stay small."""


def show(inspected: Sequence[Inspected], *, unread: Mapping[str, str]) -> None:
    """Offer the report of the whole visit as PDF and as HTML."""
    text, lang = words().text, state.lang()
    st.header(text("download_heading"), anchor=False)
    st.caption(text("download_intro"))
    with st.container(horizontal=True):
        st.download_button(
            text("download_pdf"),
            lambda: pdf_of_visit(inspected, lang=lang, unread=unread),
            "report.pdf",
            "application/pdf",
            on_click="ignore",
            type="primary",
            icon=":material/picture_as_pdf:",
        )
        st.download_button(
            text("download_html"),
            lambda: html_of_visit(inspected, lang=lang, unread=unread),
            "report.html",
            "text/html",
            on_click="ignore",
            icon=":material/web:",
        )


def show_of_photo(item: Inspected) -> None:
    """Offer one photo's annotated picture and its report as JSON."""
    text, lang, stem = words().text, state.lang(), Path(item.upload.file).stem
    st.download_button(
        text("download_picture"),
        lambda: cached.picture(item.upload, item.report, lang=lang),
        f"{stem}.annotated.jpg",
        "image/jpeg",
        on_click="ignore",
        icon=":material/image:",
    )
    st.download_button(
        text("download_json"),
        lambda: json_of_photo(item),
        f"{stem}.report.json",
        "application/json",
        on_click="ignore",
        icon=":material/data_object:",
    )


def json_of_photo(item: Inspected) -> bytes:
    """Return the report of one photo in the format of the contract."""
    document = document_from_report(item.report)
    return f"{json.dumps(document, ensure_ascii=False, indent=2)}\n".encode()


def pdf_of_visit(inspected: Sequence[Inspected], *, lang: Lang, unread: Mapping[str, str]) -> bytes:
    """Return the PDF of the visit."""
    images = {
        item.upload.capture_id: cached.annotated(item.upload, item.report, lang=lang)
        for item in inspected
    }
    return pdf_from_reports([i.report for i in inspected], lang=lang, images=images, unread=unread)


def html_of_visit(
    inspected: Sequence[Inspected], *, lang: Lang, unread: Mapping[str, str]
) -> bytes:
    """Return the page of the visit with its pictures inside, so that it travels as one file."""
    names = {item.upload.capture_id: f"{item.upload.capture_id}.jpg" for item in inspected}
    reports = [item.report for item in inspected]
    page = html_from_reports(reports, lang=lang, images=names, unread=unread)
    for item in inspected:
        jpeg = cached.picture(item.upload, item.report, lang=lang, width_px=_HTML_PICTURE_WIDTH_PX)
        uri = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
        page = page.replace(f'<a href="{names[item.upload.capture_id]}">', "<a>")
        page = page.replace(f'"{names[item.upload.capture_id]}"', f'"{uri}"')
    return page.encode()
