"""The page of the rules: what the law says, who decides, and by which numbers."""

from __future__ import annotations

from datetime import date

import streamlit as st
from markupsafe import Markup

from inspector.rules import RULES
from inspector.rules.guidance import Guidance, load_guidance
from inspector.rules.parameters import Parameter
from inspector.rules.rule import Rule
from inspector.ui import state
from inspector.ui.components import folded, page_head, quote, show_html, source_of
from inspector.ui.thresholds import PARAMETERS_OF_RULE, parameter_title, parameter_value
from inspector.ui.words import messages, words


def show() -> None:
    """Show the page."""
    page_head(words().text("rules"))
    guidance = load_guidance(state.site().inspected_on)
    in_force = words().day(date.fromisoformat(guidance.version))
    show_html(
        Markup('<p>{}</p><p class="facts">{}</p>').format(
            words().text("rules_intro"), words().text("guidance_of", date=in_force)
        )
    )
    for rule in RULES:
        with st.container(border=True, key=f"rule_{rule.id}"):
            show_html(_rule(rule, guidance))


def _rule(rule: Rule, guidance: Guidance) -> Markup:
    text = words().text
    by_key = {parameter.key: parameter for parameter in guidance.parameters}
    numbers = [by_key[key] for key in PARAMETERS_OF_RULE.get(rule.id, ())]
    listed = Markup('<ul class="numbers">{}</ul>').format(
        Markup("").join(_parameter(parameter) for parameter in numbers)
    )
    needs = ", ".join(messages().need(need) for need in sorted(rule.needs))
    return Markup("<h3>{}</h3><p class='facts'>{} · {}<br>{}: {}</p>{}{}").format(
        messages().title(rule.id),
        source_of(rule),
        messages().automation(rule.automation),
        text("needs"),
        needs,
        quote(rule.wording_da),
        folded(f"{text('thresholds')} ({len(numbers)})", listed) if numbers else Markup(""),
    )


def _parameter(parameter: Parameter) -> Markup:
    text = words().text
    origin, key = ("ours", "from_us") if parameter.is_ours else ("law", "from_law")
    notes = [
        text("valid_from", date=words().day(parameter.valid_from)),
        text("checked_on", date=words().day(parameter.last_checked_on)),
    ]
    if parameter.reference:
        notes.insert(0, f"{text('source')}: {parameter.reference}")
    return Markup(
        '<li><span class="badge {}">{}</span> {}<span class="value">{}</span>{}'
        "<small>{}</small></li>"
    ).format(
        origin,
        text(key),
        parameter_title(parameter, words()),
        parameter_value(parameter, words()),
        quote(parameter.wording_da) if parameter.wording_da else Markup(""),
        " · ".join(notes),
    )
