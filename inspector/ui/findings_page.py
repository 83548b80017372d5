"""The page of findings over shops and time; what is asked for stands in the page's address."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from inspector.errors import InspectorError
from inspector.report.findings import SYMBOLS
from inspector.rules import RULES
from inspector.store.finding_rows import Filters, FindingRow
from inspector.store.people import Person
from inspector.store.visit import Ruling
from inspector.ui import address, cached, filters, sign_in, state
from inspector.ui.components import nothing_here, page_head, quote, show_html, source_of
from inspector.ui.looking import note_look, noted
from inspector.ui.paging import asked_page, show_pages
from inspector.ui.words import messages, words
from inspector.visits.exports import csv_from_rows, xlsx_from_rows

_LENGTH = 20
_EVIDENCE_PX = 1000
_OUTCOMES = ("", "failed", "cant_tell")
_RULINGS = ("", "none", *(ruling.value for ruling in Ruling))


def show() -> None:
    """Show the page."""
    page_head(words().text("findings"))
    try:
        person = sign_in.person()
        _show_findings(person, _ask(person))
    except InspectorError as error:
        st.error(error.message[state.lang()])


def _ask(person: Person) -> Filters:
    """Ask for filters, and return those of the page's address."""
    text = words().text
    with st.container(border=True, key="filters"):
        of_shop, of_rule, of_outcome, of_ruling = st.columns([3, 4, 3, 3])
        with of_shop:
            filters.ask_shop(person)
        with of_rule:
            filters.ask_rule()
        with of_outcome:
            address.choice("outcome", text("outcome"), _OUTCOMES, _outcome_words)
        with of_ruling:
            address.choice("ruling", text("ruling"), _RULINGS, _ruling_words)
        left, middle, right = st.columns([4, 4, 5], vertical_alignment="bottom")
        with left:
            since = address.day("since", text("since"))
        with middle:
            until = address.day("until", text("until"))
        with right:
            st.button(text("clear_filters"), on_click=st.query_params.clear)
    asked = st.query_params
    return Filters(
        shop_id=asked.get("shop"),
        visit_id=asked.get("of_visit"),
        rule_id=asked.get("rule"),
        outcome=asked.get("outcome"),
        ruling=asked.get("ruling"),
        since=since,
        until=until,
    )


def _show_findings(person: Person, asked_for: Filters) -> None:
    rows = cached.desk().rows
    total = rows.count(person, asked_for)
    page = asked_page(total, length=_LENGTH)
    with st.container(horizontal=True, vertical_alignment="center", key="findings_head"):
        st.header(words().count("n_findings", total), anchor=False)
        if total:
            _offer_tables(person, asked_for)
    if not total:
        show_html(nothing_here(words().text("no_findings")))
    for row in rows.page(person, asked_for, start=page.start, length=_LENGTH):
        _show_row(person, row)
    show_pages(page)


def _offer_tables(person: Person, asked_for: Filters) -> None:
    rows, lang = cached.desk().rows, state.lang()
    st.download_button(
        "CSV",
        noted(
            person,
            lambda: csv_from_rows(rows.all(person, asked_for), lang=lang),
            "took_findings",
            asked_for.visit_id,
            format="CSV",
        ),
        "findings.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
    st.download_button(
        "XLSX",
        noted(
            person,
            lambda: xlsx_from_rows(rows.all(person, asked_for), lang=lang),
            "took_findings",
            asked_for.visit_id,
            format="XLSX",
        ),
        "findings.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        on_click="ignore",
        icon=":material/table:",
    )


def _show_row(person: Person, row: FindingRow) -> None:
    text, rule = words().text, next(rule for rule in RULES if rule.id == row.rule_id)
    this = f"{row.visit_id}.{row.finding_key}"
    is_chosen = st.query_params.get("finding") == this
    ruling = Markup('<span class="badge ruling">{}</span>')
    with st.container(border=True, key=f"row_{this}"):
        left, right = st.columns([7, 1.6], vertical_alignment="center")
        with left:
            show_html(
                Markup(
                    '<p class="row-head"><span class="badge {}"><span aria-hidden="true">{}</span> '
                    '{}</span>{}<b>{}</b></p><p class="row-said">{}{}</p>'
                    '<p class="caption">{}</p>'
                ).format(
                    row.outcome.key,
                    SYMBOLS[row.outcome],
                    messages().outcome(row.outcome),
                    ruling.format(text(f"ruling_{row.ruling}")) if row.ruling else "",
                    messages().title(row.rule_id),
                    row.sentences[state.lang()],
                    Markup(' <b class="count">× {}</b>').format(row.n_targets)
                    if row.n_targets > 1
                    else "",
                    f"{row.shop_name} · {words().day(row.inspected_on)}",
                )
            )
        right.button(
            text("hide") if is_chosen else text("show_evidence"),
            key=f"show_{this}",
            on_click=_choose,
            args=("" if is_chosen else this,),
            width="stretch",
        )
        if is_chosen:
            _show_evidence(person, row)
            show_html(
                Markup('<p class="caption">{}</p>{}').format(
                    source_of(rule), quote(rule.wording_da)
                )
            )


def _show_evidence(person: Person, row: FindingRow) -> None:
    text = words().text
    jpeg = cached.evidence(person, row, width_px=_EVIDENCE_PX)
    if jpeg is None:
        why = "photo_deleted" if row.capture_id else "about_the_shop"
        show_html(Markup('<p class="step">{}</p>').format(text(why)))
    else:
        note_look(person, "saw_evidence", row.visit_id, rule=row.rule_id)
        st.image(jpeg, alt=text("crop_alt", file=row.shop_name), width="stretch")
    st.page_link(
        state.page("visit"),
        label=text("go_to_visit"),
        icon=":material/storefront:",
        query_params={state.VISIT: row.visit_id},
    )


def _choose(finding: str) -> None:
    if finding:
        st.query_params["finding"] = finding
    else:
        st.query_params.pop("finding", None)


def _outcome_words(key: str) -> str:
    return words().text(f"filter_{key}" if key else "all_of_them")


def _ruling_words(key: str) -> str:
    if not key:
        return words().text("all_of_them")
    return words().text("ruling_none" if key == "none" else f"ruling_{key}")
