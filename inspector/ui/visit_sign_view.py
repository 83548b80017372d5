"""Last step of a visit: what is still open, the report to read, both signatures, the end."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st
from markupsafe import Markup

from inspector.report.labels import Lang
from inspector.store.people import Person
from inspector.store.visit import Party, Signature, Strokes
from inspector.ui import cached, sign_in
from inspector.ui.components import banner, show_html
from inspector.ui.looking import noted
from inspector.ui.signature_pad import signature_pad
from inspector.ui.visit import VisitWork
from inspector.ui.words import words
from inspector.visits.closing import LANGS, close_visit, report_of_visit


def show(work: VisitWork) -> None:
    """Show the step."""
    text = words().text
    if work.overview is None:
        st.info(text(work.nothing_yet))
        return
    show_html(banner(work.overview))
    _show_open_ends(work)
    st.header(text("report_draft_heading"), anchor=False)
    st.caption(text("report_draft_intro"))
    with st.container(horizontal=True):
        for lang in LANGS:
            _offer_draft(work, lang)
    st.header(text("signatures_heading"), anchor=False)
    st.caption(text("signatures_intro"))
    parties = work.visit.parties
    with st.container(key="signatures"):
        for party in parties:
            _ask_signature(work, party)
    if not work.is_editable:
        return
    is_signed = all(party in work.visit.signatures for party in parties)
    if not is_signed:
        st.caption(text("close_needs_signatures" if len(parties) > 1 else "close_needs_shop"))
    st.button(
        text("close_visit"),
        type="primary",
        icon=":material/lock:",
        disabled=not is_signed,
        on_click=_close,
        args=(work,),
        width="stretch",
    )


def _show_open_ends(work: VisitWork) -> None:
    text = words().text
    n_questions = sum(q.question_id not in work.visit.answers for q in work.questions)
    ends = [
        words().count(key, n)
        for key, n in (
            ("photos_waiting", len(work.visit.waiting)),
            ("questions_open", n_questions),
            ("findings_undecided_by_person", len(work.findings) - len(_decided(work))),
        )
        if n
    ]
    if ends:
        items = Markup("").join(Markup("<li>{}</li>").format(end) for end in ends)
        show_html(
            Markup('<div class="open-ends"><b>{}</b><ul class="statements">{}</ul></div>').format(
                text("open_ends"), items
            )
        )


def _decided(work: VisitWork) -> list[str]:
    return [one.key for one in work.findings if one.key in work.visit.decisions]


def _offer_draft(work: VisitWork, lang: Lang) -> None:
    st.download_button(
        words().text(f"report_pdf_{lang}"),
        noted(
            work.person,
            lambda: report_of_visit(work.visit, work.reports, lang, cached.draw),
            "took_report",
            work.visit.visit_id,
            file=f"{lang}.pdf",
        ),
        f"{work.visit.visit_id}.{lang}.pdf",
        "application/pdf",
        on_click="ignore",
        key=f"draft_{lang}",
        icon=":material/picture_as_pdf:",
    )


def _ask_signature(work: VisitWork, party: Party) -> None:
    text, signed = words().text, work.visit.signatures.get(party)
    with st.container(border=True, key=f"sign_{party}"):
        show_html(Markup("<h3>{}</h3>").format(text(f"party_{party}")))
        if signed is not None:
            show_signature(signed)
            return
        if not work.is_editable:
            return
        name_key = f"signer_{party}"
        default = work.person.name if party is Party.INSPECTOR else ""
        st.session_state.setdefault(name_key, default)
        st.text_input(text("signer_name"), key=name_key)
        # A change makes signatures void; a new field then starts empty.
        pad_key = f"pad_{party}_{work.visit.visit_id}_{len(work.visit.closings)}"
        strokes = signature_pad(key=pad_key, label=text("sign_here"), clear=text("clear"))
        with st.container(horizontal=True):
            st.button(
                text("sign_now"),
                key=f"sign_now_{party}",
                type="primary",
                icon=":material/draw:",
                on_click=_sign,
                args=(work, party, strokes),
            )
            with st.popover(text("refuses")):
                st.text_area(text("refusal_reason"), key=f"refusal_{party}")
                st.button(
                    text("keep_refusal"),
                    key=f"refuse_{party}",
                    on_click=_sign,
                    args=(work, party, ()),
                )


def show_signature(signed: Signature) -> None:
    """Show a signature as it was drawn, with name and time."""
    text = words().text
    if signed.refusal:
        show_html(Markup("<p>{}</p>").format(text("signed_not", reason=signed.refusal)))
    else:
        st.image(svg_from(signed.strokes), alt=text("signature_alt", name=signed.name))
    said = f"✓ {signed.name} · {words().moment(signed.at)}"
    show_html(Markup('<p class="caption">{}</p>').format(said))


def svg_from(strokes: Strokes) -> str:
    """Return what was drawn as a picture of 300 × 100 units."""
    lines = "".join(
        f'<polyline points="{" ".join(f"{100 * x:.1f},{100 * y:.1f}" for x, y in line)}"/>'
        for line in strokes
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100" width="360" height="120">'
        '<g fill="none" stroke="#16202b" stroke-width="1.8" stroke-linecap="round">'
        f"{lines}</g></svg>"
    )


@sign_in.acting
def _sign(person: Person, work: VisitWork, party: Party, strokes: Strokes) -> None:
    cached.desk().visits.sign(
        person,
        work.visit.visit_id,
        party,
        name=st.session_state[f"signer_{party}"],
        strokes=strokes,
        refusal="" if strokes else st.session_state.get(f"refusal_{party}", ""),
        now=datetime.now(UTC),
    )


@sign_in.acting
def _close(person: Person, work: VisitWork) -> None:
    close_visit(
        cached.desk(), person, work.visit, work.reports, draw=cached.draw, now=datetime.now(UTC)
    )
