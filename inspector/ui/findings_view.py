"""The findings of one photo: what failed first, then what could not be told, then advice."""

from __future__ import annotations

from textwrap import shorten

import streamlit as st
from markupsafe import Markup

from inspector.domain.verdict import Outcome
from inspector.report.findings import Finding, View
from inspector.report.summary import overview_from_reports
from inspector.rules import RULES
from inspector.rules.rule import Automation
from inspector.ui import cached, state
from inspector.ui.components import finding_words, show_html
from inspector.ui.visit import Inspected
from inspector.ui.words import words

OF_PERSONS = {rule.id for rule in RULES if rule.automation is Automation.PERSON}
"""Rules about the shop, not about one photo; they stand with their questions."""

_CROP_WIDTH_PX = 900
_LONGEST_NUMBERS = 40


def show(item: Inspected) -> None:
    """Show the findings, each with the place in the photo where it can be seen."""
    text = words().text
    overview = overview_from_reports([item.report], lang=state.lang())
    groups = {
        heading: [finding for finding in findings if finding.rule_id not in OF_PERSONS]
        for heading, findings in (
            ("failed_heading", overview.failed),
            ("cant_tell_heading", overview.undecided),
            ("advice_heading", overview.advice),
        )
    }
    for heading, findings in groups.items():
        if findings:
            st.header(f"{text(heading)} ({len(findings)})", anchor=False)
        for place, finding in enumerate(findings):
            _show_finding(finding, item, key=f"{heading}_{place}")
    if not any(groups.values()):
        show_html(Markup('<p class="aside">{}</p>').format(text("nothing_on_photo")))
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
