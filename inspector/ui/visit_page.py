"""The page of a visit: photos, findings, questions, signatures, in the order of the work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st
from markupsafe import Markup

from inspector.domain.verdict import Outcome
from inspector.errors import InspectorError
from inspector.store.people import Person
from inspector.store.visit import Visit
from inspector.ui import (
    cached,
    closed_visit_view,
    queue_view,
    sign_in,
    sorting_view,
    state,
    visit_changes,
    visit_findings_view,
    visit_photos_view,
    visit_questions_view,
    visit_sign_view,
    visits_view,
)
from inspector.ui.components import page_head, show_html
from inspector.ui.visit import VisitWork
from inspector.ui.words import words

_STEPS: dict[str, Callable[[VisitWork], None]] = {
    "photos": visit_photos_view.show,
    "findings": visit_findings_view.show,
    "questions": visit_questions_view.show,
    "finish": visit_sign_view.show,
}
_PARTS: dict[str, Callable[[VisitWork], None]] = {sorting_view.STEP: sorting_view.show}
"""What a step leads to; like the steps, each stands in the page's address."""


def show() -> None:
    """Show the page: the visit that the address names, or all of them."""
    try:
        person = sign_in.person()
        visit_id = st.query_params.get(state.VISIT)
        if visit_id is None:
            state.enter("")
            page_head(words().text("visits"))
            state.show_fault()
            visits_view.show(person)
        else:
            _show_visit(person, visit_id)
    except InspectorError as error:
        st.error(error.message[state.lang()])
        st.button(words().text("all_visits"), on_click=state.go_to_visit, args=(None,))


def _show_visit(person: Person, visit_id: str) -> None:
    visits = cached.desk().visits
    visit = visits.visit(person, visit_id)
    if state.enter(visit_id):
        person = sign_in.take_up(person, visit)
        visits.looked(person, visit_id, datetime.now(UTC))
    page_head(visit.shop.name)
    if not visit.is_open:
        _show_facts(visit)
        closed_visit_view.show(person, visit)
        return
    if person.may_work_in(visit.kind):
        visit = visit_changes.take(person, visit)
    work = VisitWork(person, visit, cached.judged(visit, lang=state.lang()))
    _show_facts(visit)
    state.show_fault()
    step = _choose_step(work)
    if step != "photos":  # there it stands under the field for more of them
        queue_view.show(work, is_followed=False)
    (_STEPS | _PARTS)[step](work)


def _show_facts(visit: Visit) -> None:
    text = words().text
    dealer = "unknown" if visit.shop.dealer_type is None else visit.shop.dealer_type
    facts = [
        visit.shop.address,
        text(f"dealer_{dealer.replace('-', '_')}"),
        text(f"kind_{visit.kind.replace('-', '_')}"),
        words().day(visit.inspected_on),
        visit.opened_by,
    ]
    if visit.version > 1:
        facts.append(f"{text('visit_version')} {visit.version}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            text("all_visits"),
            on_click=state.go_to_visit,
            args=(None,),
            icon=":material/arrow_back:",
            key="all_visits",
        )
        show_html(Markup('<p class="facts">{}</p>').format(" · ".join(filter(None, facts))))


def _choose_step(work: VisitWork) -> str:
    """Return the step that was chosen; each says how much of it is left."""
    n_failed = sum(
        one.finding.outcome is Outcome.FAILED and not work.is_overruled(one.key)
        for one in work.findings
    )
    n_open = sum(q.question_id not in work.visit.answers for q in work.questions)
    left = {
        "photos": str(len(work.visit.photos) or ""),
        "findings": f"✕ {n_failed}" if n_failed else "",
        "questions": f"? {n_open}" if n_open else ("✓" if work.questions else ""),
        "finish": f"{len(work.visit.signatures)}/2" if work.visit.signatures else "",
    }

    asked = st.query_params.get(state.STEP, "photos")
    chosen = asked if asked in _STEPS | _PARTS else "photos"
    with st.container(key="step"):
        columns = st.columns(len(_STEPS), gap="xsmall")
    for number, (step, column) in enumerate(zip(_STEPS, columns, strict=True), start=1):
        counted = f" ({left[step]})" if left[step] else ""
        column.button(
            f"{number} {words().text(f'step_{step}')}{counted}",
            key=f"step_{step}",
            on_click=_go_to_step,
            args=(step,),
            type="primary" if step == (chosen if chosen in _STEPS else "photos") else "secondary",
            width="stretch",
        )
    return chosen


def _go_to_step(step: str) -> None:
    st.query_params[state.STEP] = step
    st.session_state[state.CHOSEN_PHOTO] = ""
