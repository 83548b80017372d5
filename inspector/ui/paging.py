"""Long lists, a page at a time; which one stands in the page's address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from inspector.ui.components import show_html
from inspector.ui.words import words

_PAGE = "page"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    Attributes:
        number: 0, 1, …
        last: Number of the last one.
        length: Most rows on each.
    """

    number: int
    last: int
    length: int

    @property
    def start(self) -> int:
        """Place of its first row in the list."""
        return self.number * self.length


def asked_page(total: int, *, length: int) -> Page:
    """Return the page that the address names; the nearest one where there is none such.

    Args:
        total: Number of rows in the list.
        length: Most rows on a page.
    """
    last = max(0, (total - 1) // length)
    asked = st.query_params.get(_PAGE, "1")
    return Page(min(max(int(asked) - 1 if asked.isdigit() else 0, 0), last), last, length)


def first_page() -> None:
    """Begin with the first page again; for a filter's `on_change`."""
    st.query_params.pop(_PAGE, None)


def show_pages(page: Page, *, before: str = "newer", after: str = "older") -> None:
    """Offer the pages on either side, where there are several.

    Args:
        page: The page that is shown.
        before: Key of the words for the page before.
        after: Key of the words for the page after.
    """
    if not page.last:
        return
    text = words().text
    with st.container(horizontal=True, horizontal_alignment="center", key="pages"):
        st.button(
            text(before),
            on_click=_turn_to,
            args=(page.number - 1,),
            disabled=page.number == 0,
            icon=":material/chevron_left:",
        )
        show_html(
            Markup('<p class="facts">{}</p>').format(
                text("page_of", page=page.number + 1, pages=page.last + 1)
            )
        )
        st.button(
            text(after),
            on_click=_turn_to,
            args=(page.number + 1,),
            disabled=page.number == page.last,
            icon=":material/chevron_right:",
            icon_position="right",
        )


def _turn_to(number: int) -> None:
    st.query_params[_PAGE] = str(number + 1)
