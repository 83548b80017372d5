"""Pieces of HTML that pages share. All text is escaped: signs in a shop may say anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from inspector.report.findings import Citation, Finding, Statement
from inspector.report.summary import Overview
from inspector.rules.rule import Rule
from inspector.ui import kept_language, sign_in, state
from inspector.ui.words import words

ICON = str(Path(__file__).with_name("icon.svg"))
"""The page's icon; Streamlit would fetch a named one from the net."""

_MOST_STATEMENTS = 3
_MOST_STATEMENTS_OF_RULE = 2


def show_style() -> None:
    """Dress the page, and give Streamlit words in the language of the session."""
    text = words().text
    css = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    most_mb = st.get_option("server.maxUploadSize")
    said = "\n".join(
        f'{where} {{ --browse: "{text(f"browse_{what}")}"; '
        f'--drop: "{text(f"drop_{what}", mb=most_mb)}"; }}'
        for where, what in ((":root", "file"), ('[class*="st-key-uploader"]', "photos"))
    )
    lost = f':root {{ --cut-off: "{text("cut_off")}"; --what-now: "{text("cut_off_what_now")}"; }}'
    st.html(f"<style>{said}\n{lost}\n{css}</style>")


def page_head(title: str) -> None:
    """Show a page's title, with the choice of language beside it."""
    left, right = st.columns([2, 1], vertical_alignment="center")
    left.title(title, anchor=False)
    with right, st.container(horizontal_alignment="right"):
        st.radio(
            words().text("language"),
            ("da", "en"),
            format_func={"da": "Dansk", "en": "English"}.__getitem__,
            key=state.LANG,
            horizontal=True,
            label_visibility="collapsed",
        )
        if sign_in.is_configured() and st.user.is_logged_in:
            st.button(words().text("sign_out"), on_click=st.logout, icon=":material/logout:")
    kept_language.keep(state.lang())


def show_html(content: Markup) -> None:
    """Show HTML in the language of the session."""
    st.html(Markup('<div lang="{}">{}</div>').format(state.lang(), content))


def nothing_here(said: str) -> Markup:
    """Return what a page without content says, with the way to where content comes from."""
    return Markup(
        '<div class="nothing"><p>{}</p><p><a href="./" target="_self">{}</a></p></div>'
    ).format(said, words().text("to_visits"))


def banner(overview: Overview) -> Markup:
    """Return the overall result, and how many rules had which outcome."""
    outcomes = sorted({rule.outcome for rule in overview.rules}, reverse=True)
    firsts = [next(r for r in overview.rules if r.outcome is outcome) for outcome in outcomes]
    counts = Markup(" ").join(
        badge(first, text=f"{n} × {first.outcome_word}")
        for first in firsts
        if (n := sum(rule.outcome is first.outcome for rule in overview.rules))
    )
    return Markup(
        '<section class="result {}" role="status"><p class="headline">{}</p>'
        '<p class="badges">{}</p><p class="note">{}</p></section>'
    ).format(overview.outcome.key, overview.headline, counts, words().text("scope_note"))


def badge(finding: Finding, *, text: str = "") -> Markup:
    """Return an outcome as sign and word, never as colour alone."""
    return Markup('<span class="badge {}"><span aria-hidden="true">{}</span> {}</span>').format(
        finding.outcome.key, finding.symbol, text or finding.outcome_word
    )


def finding_words(finding: Finding) -> Markup:
    """Return what a finding says: outcome, title, statements, next step, the law's sentence."""
    return Markup('<p class="top">{} <span class="section">{}</span></p><h3>{}</h3>{}{}{}').format(
        badge(finding),
        finding.citation.text,
        finding.title,
        statements(finding.statements, _MOST_STATEMENTS),
        _steps(finding),
        law(finding.citation),
    )


def remarks(finding: Finding) -> Markup:
    """Return what people said of a finding."""
    return Markup("").join(
        Markup('<p class="remark"><b>{}:</b> {}</p>').format(label, said)
        for label, said in finding.remarks
    )


def outcome_and_steps(finding: Finding) -> Markup:
    """Return a finding's outcome and next step only."""
    return Markup('<p class="top">{}</p>{}').format(badge(finding), _steps(finding))


def statements(said: Sequence[Statement], most: int) -> Markup:
    """Return sentences as a list; those beyond `most` fold away.

    What all of them end with stands once below the list.
    """
    end = _common_end([statement.sentence for statement in said])
    items = [_statement(statement, end) for statement in said]
    listed = Markup('<ul class="statements">{}</ul>').format(Markup("").join(items[:most]))
    if items[most:]:
        more = words().count("and_more", len(items) - most)
        rest = Markup('<ul class="statements">{}</ul>').format(Markup("").join(items[most:]))
        listed += folded(f"… {more}", rest)
    return listed + (Markup("<p>{}</p>").format(end) if end else Markup(""))


def _common_end(sentences: Sequence[str]) -> str:
    """Return the whole sentences that several texts end with, when each has something before."""
    if len(sentences) < 2:
        return ""
    endings = [sentence.split(". ")[:0:-1] for sentence in sentences]
    common = takewhile(lambda said: len(set(said)) == 1, zip(*endings, strict=False))
    return ". ".join(reversed([said for said, *_ in common]))


def law(citation: Citation) -> Markup:
    """Return the law's own sentence, folded away behind its section."""
    return folded(f"{words().text('law_says')} ({citation.text})", quote(citation.wording_da))


def quote(wording_da: str) -> Markup:
    """Return a sentence of the law."""
    return Markup('<blockquote lang="da">»{}«</blockquote>').format(wording_da)


def source_of(rule: Rule) -> str:
    """Return document and section; an executive order is named in full already."""
    if not rule.section[0].isdigit():
        return rule.section
    return words().text("citation", section=rule.section.replace("-", "–"))


def folded(summary: str, content: Markup) -> Markup:
    """Return content that opens at a touch."""
    return Markup("<details><summary>{}</summary>{}</details>").format(summary, content)


def rules_table(rules: Iterable[Finding]) -> Markup:
    """Return all rules with their outcome and why."""
    text = words().text
    rows = Markup("").join(
        Markup("<tr><th scope='row'>{}<small>{}</small></th><td>{}</td><td>{}</td></tr>").format(
            rule.title,
            rule.citation.text,
            badge(rule),
            statements(rule.statements, _MOST_STATEMENTS_OF_RULE),
        )
        for rule in rules
    )
    heads = [text(key) for key in ("rule", "outcome", "explanation")]
    return Markup(
        "<table class='rules'><thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead>"
        "<tbody>{}</tbody></table>"
    ).format(*heads, rows)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """Return a table whose rows begin with what they are about."""
    head = Markup("").join(Markup("<th>{}</th>").format(said) for said in heads)
    body = Markup("").join(
        Markup("<tr><th scope='row'>{}</th>{}</tr>").format(
            first, Markup("").join(Markup("<td>{}</td>").format(said) for said in others)
        )
        for first, *others in rows
    )
    return Markup(
        "<table class='rules'><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
    ).format(head, body)


def _statement(statement: Statement, end: str) -> Markup:
    times = Markup(' <b class="count">× {}</b>').format(statement.count)
    return Markup("<li>{}{}</li>").format(
        statement.sentence.removesuffix(end).rstrip(), times if statement.count > 1 else Markup("")
    )


def _steps(finding: Finding) -> Markup:
    steps = (("remedy", finding.remedy), ("next_photo", finding.next_photo))
    return Markup("").join(
        Markup('<p class="step"><b>{}:</b> {}</p>').format(words().text(key), step)
        for key, step in steps
        if step
    )
