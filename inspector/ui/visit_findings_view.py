"""Second step of a visit: every finding with its place, to confirm or overrule."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st
from markupsafe import Markup

from inspector.domain.verdict import Outcome
from inspector.report.findings import View
from inspector.report.summary import Overview
from inspector.store.actions import Action
from inspector.store.visit import Ruling
from inspector.ui import cached, state, visit_changes
from inspector.ui.cached import StoredPhoto
from inspector.ui.components import finding_words, remarks, show_html
from inspector.ui.visit import VisitWork
from inspector.ui.words import messages, words
from inspector.visits.follow_up import since_last
from inspector.visits.judging import VisitFinding, standing_of_rules

_CROP_PX = 900
_FILTERS = ("failed", "cant_tell")
_TIME_TO_ACT = timedelta(days=14)
"""Proposed until something else is agreed; no law says so."""


def show(work: VisitWork) -> None:
    """Show the step."""
    text = words().text
    if work.overview is None:
        st.info(text(work.nothing_yet))
        return
    _show_since_last(work, work.overview)
    by_outcome = {
        "failed": [one for one in work.findings if one.finding.outcome is Outcome.FAILED],
        "cant_tell": [one for one in work.findings if one.finding.outcome is not Outcome.FAILED],
    }
    chosen = st.segmented_control(
        text("outcome"),
        _FILTERS,
        format_func=lambda key: text(f"filter_{key}"),  # no counts: they would change its value
        default="failed" if by_outcome["failed"] else "cant_tell",
        required=True,
        key="shown_outcome",
        label_visibility="collapsed",
    )
    shown = by_outcome[str(chosen)]
    st.caption(words().count("n_findings", len(shown)))
    if not shown:
        show_html(Markup('<p class="aside">{}</p>').format(text("none_of_these")))
    agreed = {
        action.finding_key: action
        for action in cached.desk().actions.list(work.person, visit_id=work.visit.visit_id)
    }
    for one in shown:
        _show_finding(work, one, agreed.get(one.key))


def _show_since_last(work: VisitWork, overview: Overview) -> None:
    """Show what is different from the shop's visit before."""
    text = words().text
    said = standing_of_rules(work.visit, overview, work.findings)
    last = since_last(cached.desk(), work.person, work.visit, said)
    if last is None:
        return
    lines = [
        (text(key), ", ".join(messages().title(rule_id) for rule_id in rules))
        for key, rules in (("fixed", last.fixed), ("worse_now", last.worse), ("still", last.still))
        if rules
    ]
    items = Markup("").join(Markup("<li><b>{}:</b> {}</li>").format(*line) for line in lines)
    show_html(
        Markup('<div class="queue"><b>{}</b><ul>{}</ul></div>').format(
            text("since_last", date=words().day(last.day)),
            items or Markup("<li>{}</li>").format(text("nothing_new")),
        )
    )


def _show_finding(work: VisitWork, one: VisitFinding, agreed: Action | None) -> None:
    text, finding = words().text, one.finding
    with st.container(border=True, key=f"finding_{finding.outcome.key}_{one.key}"):
        view = next(iter(finding.views), None)
        left, right = st.columns([6, 5] if view else [1, 0.001], gap="medium")
        with left:
            show_html(finding_words(finding))
            if finding.remarks:
                show_html(remarks(finding))
        if view is not None:
            with right:
                _show_crop(work, view, one.key)
        if agreed is not None:
            show_html(
                Markup('<p class="remark"><b>{}:</b> {} · {}</p>').format(
                    text("action"),
                    text("action_owner", name=agreed.owner),
                    text("action_due", date=words().day(agreed.due_on)),
                )
            )
        if work.person.may_write:
            with st.container(horizontal=True):
                if work.is_editable:
                    _ask_ruling(work, one)
                _ask_action(work, one, agreed)


def _show_crop(work: VisitWork, view: View, key: str) -> None:
    report = work.report_of(view.capture_id)
    if report is not None:
        st.image(
            cached.picture(
                StoredPhoto(view.capture_id, view.file),
                report,
                lang=state.lang(),
                crop_xyxy_px=view.crop_xyxy_px,
                width_px=_CROP_PX,
            ),
            caption=view.file,
            alt=words().text("crop_alt", file=view.file),
            width="stretch",
        )
        st.button(
            words().text("see_whole_photo"),
            key=f"whole_{key}",
            icon=":material/zoom_in:",
            on_click=_see_photo,
            args=(view.capture_id,),
            width="stretch",
        )


def _see_photo(capture_id: str) -> None:
    st.query_params[state.STEP] = "photos"
    st.session_state[state.CHOSEN_PHOTO] = capture_id


def _ask_ruling(work: VisitWork, one: VisitFinding) -> None:
    text, visit = words().text, work.visit
    given = (visit.visit_id, one)
    if one.key in visit.decisions:
        st.button(
            text("undo_ruling"),
            key=f"undo_{one.key}",
            icon=":material/undo:",
            on_click=visit_changes.decide,
            args=(*given, None),
        )
    else:
        st.button(
            text("confirm"),
            key=f"confirm_{one.key}",
            icon=":material/check:",
            on_click=visit_changes.decide,
            args=(*given, Ruling.CONFIRMED),
        )
        with st.popover(text("overrule"), icon=":material/block:"):
            st.text_area(text("overrule_reason"), key=visit_changes.reason_key(one))
            st.button(
                text("overrule_now"),
                key=f"overrule_{one.key}",
                type="primary",
                on_click=visit_changes.decide,
                args=(*given, Ruling.OVERRULED),
            )
    with st.popover(text("shop_explains"), icon=":material/forum:"):
        account = visit.explanations.get(one.key)
        state.prefill(visit_changes.account_key(one), account.text if account else "")
        st.text_area(text("shop_explains_hint"), key=visit_changes.account_key(one))
        st.button(
            text("keep_bar"),
            key=f"explain_{one.key}",
            type="primary",
            on_click=visit_changes.explain,
            args=given,
        )


def _ask_action(work: VisitWork, one: VisitFinding, agreed: Action | None) -> None:
    """Ask who puts it right until when: a shop's manager may say so after an inspection too."""
    text, visit = words().text, work.visit
    with st.popover(text("action"), icon=":material/build:"):
        due_on = agreed.due_on if agreed else visit.inspected_on + _TIME_TO_ACT
        state.prefill(visit_changes.owner_key(one), agreed.owner if agreed else "")
        state.prefill(visit_changes.due_key(one), due_on)
        st.text_input(text("action_owner_field"), key=visit_changes.owner_key(one))
        st.date_input(
            text("action_due_field"),
            format=words().text("date_field"),
            key=visit_changes.due_key(one),
        )
        st.button(
            text("keep_bar"),
            key=f"agree_{one.key}",
            type="primary",
            on_click=visit_changes.agree_action,
            args=(visit, one),
        )
