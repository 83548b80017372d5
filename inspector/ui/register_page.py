"""The page of the register: which goods are known on which day, and new lists of them."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from inspector.catalogue.editions import Source
from inspector.catalogue.imports import ImportSummary
from inspector.domain import clock
from inspector.domain.goods import Sku
from inspector.errors import InspectorError
from inspector.store.people import Person
from inspector.ui import address, cached, sign_in, state
from inspector.ui.components import page_head, show_html
from inspector.ui.paging import asked_page, first_page, show_pages
from inspector.ui.words import words

_MOST_ROWS = 60
_LIST_SUFFIXES = ("csv", "xlsx", "json", "zip")
_ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp850")
"""Encodings of Danish text files: of today, of Excel, of old Windows, of the Takst."""


def show() -> None:
    """Show the page."""
    page_head(words().text("register"))
    try:
        person = sign_in.person()
        if person.sees_all:
            _ask_list(person)
        _show_goods()
    except InspectorError as error:
        st.error(error.message[state.lang()])


def _show_goods() -> None:
    text = words().text
    with st.container(border=True, key="filters"):
        left, right = st.columns([5, 3], vertical_alignment="bottom")
        asked = (
            left.text_input(text("search_goods"), key="search_goods", on_change=first_page)
            .strip()
            .casefold()
        )
        with right:
            day = address.day("on", text("register_on")) or clock.today()
    register = cached.register().on(day)
    found = [sku for sku in register.skus if asked in _all_words(sku)]
    st.caption(text("goods_found", n=len(found), total=len(register.skus), name=register.name))
    page = asked_page(len(found), length=_MOST_ROWS)
    show_html(_table(found[page.start : page.start + _MOST_ROWS]))
    show_pages(page, before="page_before", after="page_after")


def _all_words(sku: Sku) -> str:
    group = sku.group.value if sku.group else ""
    parts = (sku.name, sku.form, sku.strength, sku.pack_size, sku.substance, sku.vnr, group)
    return " ".join(parts).casefold()


def _table(skus: list[Sku]) -> Markup:
    text = words().text
    heads = [text(key) for key in ("catalogue_pack", "substance", "kind", "dispensing_group")]
    rows = Markup("").join(
        Markup(
            "<tr><th scope='row'>{}<small>{}</small></th><td>{}</td><td>{}</td><td>{}"
            "<p class='caption'>{}</p></td></tr>"
        ).format(
            " ".join(filter(None, (sku.name, sku.strength, sku.pack_size))),
            " · ".join(filter(None, (sku.form, sku.vnr and f"Vnr {sku.vnr}"))),
            sku.substance,
            text(f"goods_{sku.kind}"),
            sku.group.value if sku.group else "–",
            sku.source,
        )
        for sku in skus
    )
    return Markup(
        "<table class='rules'><thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr></thead>"
        "<tbody>{}</tbody></table>"
    ).format(*heads, rows)


def _ask_list(person: Person) -> None:
    text = words().text
    with st.expander(text("import_list"), icon=":material/upload:"):
        st.caption(text("import_list_intro"))
        given = st.file_uploader(
            text("import_list"), type=_LIST_SUFFIXES, label_visibility="collapsed"
        )
        left, middle, right = st.columns(3, vertical_alignment="bottom")
        holds_from = left.date_input(
            text("holds_from"), value=None, format=words().text("date_field"), key="list_holds_from"
        )
        kind = middle.selectbox(
            text("list_kind"),
            (None, *Source),
            format_func=lambda kind: text(f"list_{(kind or 'untold').replace('-', '_')}"),
            key="list_kind",
        )
        encoding = right.selectbox(
            text("list_encoding"),
            (None, *_ENCODINGS),
            format_func=lambda encoding: encoding or text("list_encoding_usual"),
            key="list_encoding",
        )
        if given is not None and st.button(text("import_now"), type="primary"):
            _import(person, given.name, given.getvalue(), holds_from, kind=kind, encoding=encoding)


def _import(
    person: Person,
    name: str,
    content: bytes,
    holds_from: date | None,
    *,
    kind: Source | None,
    encoding: str | None,
) -> None:
    """Import a list as a whole, or tell why not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(content)
        summary = cached.desk().import_goods(
            person,
            path,
            day=holds_from,
            now=datetime.now(UTC),
            source=kind,
            encoding=encoding,
        )
    _show_summary(summary)


def _show_summary(summary: ImportSummary) -> None:
    text, changes = words().text, summary.changes
    kept = "catalogue_imported" if summary.edition else "catalogue_known"
    lines = [
        text(kept, source=summary.source, day=words().day(summary.day)),
        text("catalogue_entries", n=summary.entries),
        text(
            "catalogue_changes",
            added=len(changes.added),
            removed=len(changes.removed),
            regrouped=len(changes.regrouped),
        ),
    ]
    if summary.left_out:
        listed = ", ".join(f"{group} {n}" for group, n in summary.left_out.items())
        lines.append(text("catalogue_left_out", listed=listed))
    if summary.unknown_columns:
        lines.append(text("catalogue_columns", listed=", ".join(summary.unknown_columns)))
    da = state.lang() == "da"
    lines += [warning.message_da if da else warning.message_en for warning in summary.warnings]
    st.success("\n\n".join(lines))
