"""One photo: the annotated picture beside its findings."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten

import streamlit as st
from markupsafe import Markup

from inspector.domain.verdict import Outcome, worst
from inspector.report.findings import SYMBOLS, Finding, View
from inspector.report.head import head_from_reports
from inspector.report.summary import overview_from_reports
from inspector.rules import RULES
from inspector.ui import cached, downloads, state
from inspector.ui.components import finding_words, show_html
from inspector.ui.visit import Inspected
from inspector.ui.words import words

_CROP_WIDTH_PX = 900
_PICTURE_WIDTH_PX = 1600
_LONGEST_NUMBERS = 40


def show(inspected: Sequence[Inspected]) -> None:
    """Show one photo of the visit, the one that is chosen where there are several."""
    chosen = _choose(inspected)
    left, right = st.columns([5, 6], gap="medium")
    with left, st.container(key="picture"):
        _show_picture(chosen)
    with right:
        _show_findings(chosen)


def _choose(inspected: Sequence[Inspected]) -> Inspected:
    if len(inspected) == 1:
        return inspected[0]
    by_id = {item.upload.capture_id: item for item in inspected}
    if st.session_state.get(state.CHOSEN_PHOTO) not in by_id:
        st.session_state[state.CHOSEN_PHOTO] = next(iter(by_id))
    chosen_id = st.pills(
        words().text("choose_photo"),
        list(by_id),
        format_func=lambda capture_id: _tab(by_id[capture_id]),
        key=state.CHOSEN_PHOTO,
        label_visibility="collapsed",
    )
    return by_id.get(chosen_id or "", inspected[0])


def _tab(item: Inspected) -> str:
    """Return sign and name of a photo; questions about the shop count for none."""
    outcomes = item.report.summary.values()
    return f"{SYMBOLS[worst(outcomes)]}  {item.upload.file}"


def _show_picture(item: Inspected) -> None:
    text, lang = words().text, state.lang()
    photo = head_from_reports([item.report], lang=lang).photos[0]
    st.image(
        cached.picture(item.upload, item.report, lang=lang, width_px=_PICTURE_WIDTH_PX),
        alt=text("photo_alt", file=photo.file),
        width="stretch",
    )
    show_html(
        Markup('<p class="caption"><b>{}</b><br>{}: {}</p>').format(
            photo.file, text("heights_rest_on"), photo.scale
        )
    )
    with st.container(horizontal=True):
        downloads.show_of_photo(item)
        st.button(
            text("remove_photo"),
            key=f"remove_{item.upload.capture_id}",
            icon=":material/delete:",
            on_click=state.remove_upload,
            args=(item.upload.capture_id,),
        )


def _show_findings(item: Inspected) -> None:
    text = words().text
    overview = overview_from_reports([item.report], lang=state.lang())
    groups = (
        ("failed_heading", overview.failed),
        ("cant_tell_heading", overview.undecided),
        ("advice_heading", overview.advice),
    )
    for heading, findings in groups:
        if findings:
            st.header(f"{text(heading)} ({len(findings)})", anchor=False)
        for place, finding in enumerate(findings):
            _show_finding(finding, item, key=f"{heading}_{place}")
    if not any(findings for _, findings in groups):
        st.success(text("nothing_on_photo"), icon="✓")
    st.caption(text("all_in_rules", n=len(RULES)))


def _show_finding(finding: Finding, item: Inspected, *, key: str) -> None:
    with st.container(border=True, key=f"finding_{finding.outcome.key}_{key}"):
        show_html(finding_words(finding))
        if finding.views:
            is_failed = finding.outcome is Outcome.FAILED
            with st.expander(words().text("show_place"), expanded=is_failed):
                for view in finding.views:
                    _show_crop(view, item)


def _show_crop(view: View, item: Inspected) -> None:
    numbers = shorten(" ".join(view.pack_numbers), _LONGEST_NUMBERS, placeholder=" …")
    n_packs = len(view.pack_numbers)
    st.image(
        cached.picture(
            item.upload,
            item.report,
            lang=state.lang(),
            crop_xyxy_px=view.crop_xyxy_px,
            width_px=_CROP_WIDTH_PX,
        ),
        caption=words().count("packs", n_packs, numbers=numbers) if n_packs else None,
        alt=words().text("crop_alt", file=view.file),
        width="stretch",
    )
