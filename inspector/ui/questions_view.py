"""Questions that only a person can answer; an answer changes the verdicts at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from inspector.domain.facts import Answer
from inspector.domain.report import InspectionReport
from inspector.report.findings import Finding, Question
from inspector.report.summary import Overview
from inspector.ui import state
from inspector.ui.components import law, outcome_and_steps, show_html
from inspector.ui.visit import questions_of
from inspector.ui.words import words

_CHOICES = (*(answer.value for answer in Answer), state.UNANSWERED)


def show(reports: Sequence[InspectionReport], overview: Overview) -> None:
    """Show the open questions of the visit, and those that were answered.

    Args:
        reports: Reports of the visit, at least one, all with the same answers.
        overview: Their overview; what an answer makes fail is told with its question.
    """
    show_questions(
        questions_of(reports, lang=state.lang()), reports[0].facts.site.answers, overview
    )


def show_questions(
    questions: Sequence[Question],
    answers: Mapping[str, Answer],
    overview: Overview,
    *,
    is_editable: bool = True,
) -> None:
    """Show questions with the answers given so far; what an answer makes fail stands with it."""
    if not questions:
        return
    text = words().text
    n_answered = sum(question.question_id in answers for question in questions)
    st.header(text("questions_heading"), anchor=False)
    st.caption(f"{text('answers_intro')} {text('answered', n=n_answered, total=len(questions))}.")
    failed = {finding.rule_id: finding for finding in overview.failed}
    with st.container(key="questions"):
        for question in questions:
            if not is_editable:  # nobody else takes over what is stored
                state.show_answer(question.question_id, answers.get(question.question_id))
            _show_question(question, failed.get(question.question_id), is_editable=is_editable)


def _show_question(question: Question, failed: Finding | None, *, is_editable: bool) -> None:
    text = words().text
    key = state.answer_key(question.question_id)
    st.session_state.setdefault(key, state.UNANSWERED)
    with st.container(border=True, key=f"question_{question.question_id}"):
        st.radio(
            question.text,
            _CHOICES,
            format_func=lambda choice: text(f"answer_{choice.replace('-', '_')}"),
            key=key,
            horizontal=True,
            disabled=not is_editable,
        )
        if failed is not None:
            show_html(outcome_and_steps(failed))
        show_html(law(question.citation))
