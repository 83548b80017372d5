"""Third step of a visit: what only a person can decide, and no more than these photos raise."""

from __future__ import annotations

import streamlit as st

from inspector.ui import questions_view
from inspector.ui.visit import VisitWork
from inspector.ui.words import words


def show(work: VisitWork) -> None:
    """Show the step; answers are recorded by the run that follows them."""
    if work.overview is None:
        st.info(words().text(work.nothing_yet))
        return
    questions_view.show_questions(
        work.questions, work.visit.answers, work.overview, is_editable=work.is_editable
    )
