"""Packs that could not be read, for the person who stands before them to sort, tile by tile."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from inspector.domain.goods import Goods
from inspector.report.crops import crop_close
from inspector.rules import RULES
from inspector.ui import cached, state, visit_changes
from inspector.ui.components import show_html
from inspector.ui.paging import asked_page, first_page, show_pages
from inspector.ui.visit import VisitWork
from inspector.ui.words import words
from inspector.visits.sorting import LookToSort, looks_to_sort

STEP = "sort"
"""Its name in the page's address."""

_CHOICES = {
    Goods.OTC_MEDICINE: ":material/medication:",
    Goods.OTHER_GOODS: ":material/shopping_basket:",
    Goods.PRODUCT_CARD: ":material/block:",
}
_MOST_TILES = 24
_PICTURE_PX, _SMALL_PX = 640, 192
_MOST_ALIKE = 3
_LONGEST_READ = 60


def offer(work: VisitWork) -> None:
    """Lead there from the photos, for those who may say something of them."""
    looks = looks_to_sort(work.reports)
    if not looks or not work.is_editable:
        return
    text = words().text
    with st.container(border=True, key="sort_offer"):
        show_html(
            Markup("<h2>{}</h2><p>{}</p>{}").format(
                text("sort_heading"), text("sort_offer"), _progress(looks)
            )
        )
        st.button(
            text("sort_go"),
            key="sort_go",
            type="primary",
            icon=":material/category:",
            on_click=_go,
        )


def show(work: VisitWork) -> None:
    """Show a tile for each look, with what a person and the machine say of it."""
    text = words().text
    st.button(
        text("all_photos_of_visit"),
        key="leave_sorting",
        on_click=_leave,
        icon=":material/arrow_back:",
    )
    st.header(text("sort_heading"), anchor=False)
    looks = {look.key: look for look in looks_to_sort(work.reports)}
    if not looks:
        st.info(text("sort_nothing" if work.reports else work.nothing_yet))
        return
    st.caption(f"{text('sort_intro')} {text('sort_no_pack_is')}")
    with st.container(key="sort_progress"):  # it stays in sight while the tiles scroll by
        show_html(_progress([*looks.values()]))
    order = [looks[key] for key in state.in_first_order([*looks])]
    page = asked_page(len(order), length=_MOST_TILES)
    shown = order[page.start : page.start + page.length]
    pictures = _pictures(work, shown)
    with st.container(key="looks"):
        for look in shown:
            _show_tile(work, look, pictures[look.key])
    show_pages(page, before="page_before", after="page_after")


def _progress(looks: Sequence[LookToSort]) -> Markup:
    n, total = sum(look.is_sorted for look in looks), len(looks)
    return Markup(
        '<div class="how-far" role="status"><b>{}</b><div><i style="width:{}%"></i></div></div>'
    ).format(words().text("sort_progress", n=n, total=total), round(100 * n / total))


def _pictures(work: VisitWork, looks: Sequence[LookToSort]) -> dict[str, list[bytes]]:
    """Return what shows each look by its key, the largest pack first and framed."""
    found: dict[str, list[bytes]] = {}
    for look in sorted(looks, key=lambda one: one.capture_id):  # each photo is opened once
        report = work.report_of(look.capture_id)
        assert report is not None
        seen = report.captures[0]
        found[look.key] = [
            cached.part_of_photo(
                seen,
                crop_close(box, image_wh=seen.image_wh),
                framed=(box,) if is_first else (),
                width_px=_PICTURE_PX if is_first else _SMALL_PX,
            )
            for is_first, box in (
                (n == 0, box) for n, box in enumerate(look.boxes_xyxy_px[: 1 + _MOST_ALIKE])
            )
        ]
    return found


def _show_tile(work: VisitWork, look: LookToSort, pictures: Sequence[bytes]) -> None:
    text = words().text
    with st.container(border=True, key=f"look_{look.key}"):
        first, *alike = pictures
        st.image(first, alt=text("sort_alt", file=look.file), width="stretch")
        if alike:
            st.image(alike, width=_SMALL_PX // 2)
        show_html(_words_of(look))
        with st.container(horizontal=True, vertical_alignment="center", key=f"said_{look.key}"):
            show_html(_standing(look))
            if look.is_sorted and work.is_editable:
                _button(work, look, None, "sort_undo", ":material/undo:", "tertiary")
        if work.is_editable:
            with st.container(horizontal=True, key=f"choices_{look.key}"):
                for goods, icon in _CHOICES.items():
                    kind = "primary" if goods is look.goods else "secondary"
                    _button(work, look, goods, f"sort_{goods}", icon, kind)


def _words_of(look: LookToSort) -> Markup:
    """Return where a look is seen, and what the machine says of it, whatever people say."""
    text = words().text
    print_ = textwrap.shorten(" ".join(look.lines), _LONGEST_READ, placeholder=" …")
    n = len(look.pack_ids)
    where = [look.file, *([text("sort_alike", n=n)] if n > 1 else [])]
    said = text("sort_was_read", text=print_) if print_ else text("sort_nothing_read")
    return Markup('<p class="caption"><b>{}</b><br>{}</p>').format(" · ".join(where), said)


def _standing(look: LookToSort) -> Markup:
    """Return what a person said, or what waits for it."""
    text = words().text
    if look.goods is not None:
        said = text("sort_person_says", goods=text(f"sort_{look.goods}"))
        return Markup('<p class="said">✓ {}</p>').format(said)
    sections = sorted({rule.section for rule in RULES if rule.id in look.keeps_open})
    if not sections:
        return Markup("")
    said = text("sort_keeps_open", sections=", ".join(sections))
    return Markup('<p class="waits">? {}</p>').format(said)


def _button(
    work: VisitWork, look: LookToSort, goods: Goods | None, word: str, icon: str, kind: str
) -> None:
    st.button(
        words().text(word),
        key=f"{word}_{look.key}",
        icon=icon,
        type=kind,  # type: ignore[arg-type]
        width="content" if goods is None else "stretch",
        on_click=visit_changes.sort_look,
        args=(work.visit.visit_id, look, goods),
    )


def _go() -> None:
    state.order_anew()
    first_page()
    st.query_params[state.STEP] = STEP


def _leave() -> None:
    first_page()
    st.query_params[state.STEP] = "photos"
