"""First step of a visit: photos in, each result as it comes, and what to photograph next."""

from __future__ import annotations

from collections import Counter

import streamlit as st
from markupsafe import Markup

from inspector.domain.facts import Zone
from inspector.domain.quantity import ScaleMethod
from inspector.domain.verdict import Outcome, Reason
from inspector.store.visit import PhotoState, Visit, VisitPhoto
from inspector.ui import (
    cached,
    hand_in,
    heights_view,
    place_view,
    queue_view,
    sorting_view,
    state,
    visit_changes,
)
from inspector.ui.cached import StoredPhoto
from inspector.ui.components import folded, show_html
from inspector.ui.visit import Inspected, VisitWork
from inspector.ui.words import messages, words
from inspector.visits.unread_shelves import unread_shelves

_THUMBNAIL_PX = 520
_PICTURE_PX = 1600
_MOST_REQUESTS = 4
_MOST_SHELVES = 5
_NOT_IN_SHOP = (
    Reason.REGISTER_OUTDATED,
    Reason.LIST_INCOMPLETE,
    Reason.GROUP_UNDEFINED,
    Reason.GROUP_NOT_ADDRESSED,
)
"""What no photo settles: somebody has to look it up, or to bring the register up to date."""


def show(work: VisitWork) -> None:
    """Show the step."""
    visit = work.visit
    if work.is_editable:
        _ask(work)
    queue_view.show(work, is_followed=True)
    chosen = visit.photo(str(st.session_state.get(state.CHOSEN_PHOTO) or ""))
    report = work.report_of(chosen.capture_id) if chosen else None
    if chosen is not None and report is not None:
        _show_photo(work, chosen, Inspected(StoredPhoto(chosen.capture_id, chosen.file), report))
        return
    if not visit.photos:
        place_view.show_how_to()
        return
    for photo in visit.photos:
        if photo.state is PhotoState.UNREADABLE:
            _show_refused(work, photo)
    _offer_joining(work)
    sorting_view.offer(work)
    _show_requests(work)
    looked_at = [photo for photo in visit.photos if photo.state is PhotoState.DONE]
    if looked_at:
        st.header(f"{words().text('photos')} ({len(looked_at)})", anchor=False)
    with st.container(key="photos"):
        for photo in looked_at:
            _show_card(work, photo)


def _ask(work: VisitWork) -> None:
    text, visit = words().text, work.visit
    st.session_state[state.VISIT_ZONE] = visit.zone.value
    with st.container(border=True, key="place"):
        st.file_uploader(
            text("add_photos"),
            accept_multiple_files=True,
            key=state.uploader_key(),
            on_change=visit_changes.keep_uploads,
            args=(visit.visit_id,),
            label_visibility="collapsed",
        )
        hand_in.one_by_one(visit.visit_id)
        if state.uploaded():  # they could not be kept, and wait here
            st.button(
                text("upload_again"),
                key="upload_again",
                icon=":material/refresh:",
                on_click=visit_changes.keep_uploads,
                args=(visit.visit_id,),
            )
        st.radio(
            text("zone"),
            [zone.value for zone in Zone],
            format_func=lambda zone: text(f"zone_{zone.replace('-', '_')}"),
            key=state.VISIT_ZONE,
            on_change=visit_changes.keep_zone,
            args=(visit.visit_id,),
            horizontal=True,
        )


def _offer_joining(work: VisitWork) -> None:
    """Ask of photos that look like close-ups whether they are: a person knows the fixture."""
    text, names = words().text, {photo.capture_id: photo.file for photo in work.visit.photos}
    denied = st.session_state.setdefault(state.NO_CLOSE_UPS, set())
    offered = [pair for pair in work.judged.close_ups if pair not in denied]
    if not offered or not work.is_editable:
        return
    with st.container(border=True, key="close_ups"):
        show_html(
            Markup("<h2>{}</h2><p>{}</p>").format(text("close_ups_heading"), text("close_ups_help"))
        )
        for near, far in offered:
            asked = text("close_up_of", near=names[near], far=names[far])
            show_html(Markup("<p>{}</p>").format(asked))
            with st.container(horizontal=True):
                st.button(
                    text("same_fixture"),
                    key=f"join_{near}",
                    type="primary",
                    on_click=visit_changes.join_fixture,
                    args=(work.visit.visit_id, near, far),
                )
                st.button(
                    text("other_fixture"),
                    key=f"join_not_{near}",
                    on_click=denied.add,
                    args=((near, far),),
                )


def _show_requests(work: VisitWork) -> None:
    """Show which photos would settle most, while one is still in the shop; other steps folded."""
    photos, others = Counter[str](), Counter[str]()
    for one in work.findings:
        if one.finding.outcome is Outcome.CANT_TELL and one.finding.next_photo:
            needs_office = any(f".{reason}" in one.finding.cause for reason in _NOT_IN_SHOP)
            asked = others if needs_office else photos
            asked[one.finding.next_photo] += one.finding.count
    later = folded(words().text("settled_elsewhere"), _steps(others)) if others else Markup("")
    if photos:
        show_html(
            Markup('<section class="how-to requests"><h2>{}</h2>{}{}{}</section>').format(
                words().text("next_photos_heading"), _steps(photos), _where(work), later
            )
        )
    elif others:
        show_html(Markup('<section class="how-to requests">{}</section>').format(later))


def _where(work: VisitWork) -> Markup:
    """Return where most packs stand that nobody knows: which shelves to go closer to."""
    shelves = unread_shelves(work.reports)
    if not shelves:
        return Markup("")
    photos = dict.fromkeys(shelf.file for shelf in shelves)
    said = []
    for shelf in shelves[:_MOST_SHELVES]:
        bay = "" if shelf.bay_number is None else str(shelf.bay_number)
        place = messages().place(bay, str(shelf.shelf_number))
        where = f"{shelf.file}: {place}" if len(photos) > 1 else place
        said.append(Markup('{} <b class="count">{}</b>').format(where, shelf.packs))
    return Markup("<p>{}: {}</p>").format(words().text("unread_most"), Markup(" · ").join(said))


def _steps(asked: Counter[str]) -> Markup:
    return Markup("<ol>{}</ol>").format(
        Markup("").join(
            Markup('<li><span>{} <b class="count">{}</b></span></li>').format(
                request, words().count("settles", n)
            )
            for request, n in asked.most_common(_MOST_REQUESTS)
        )
    )


def _show_refused(work: VisitWork, photo: VisitPhoto) -> None:
    """Show why a file is no photo, above the photos: who stands in the shop takes another now."""
    with st.container(key=f"refused_{photo.capture_id}"):
        left, right = st.columns([5, 2], vertical_alignment="center")
        with left:
            said = Markup('<p class="unread" role="alert">⚠ {}</p>')
            show_html(said.format(photo.fault[state.lang()]))
        with right:
            _offer_removal(work, photo)


def _show_card(work: VisitWork, photo: VisitPhoto) -> None:
    text = words().text
    report = work.report_of(photo.capture_id)
    with st.container(border=True, key=f"photo_{photo.capture_id}"):
        if report is not None:
            stored = StoredPhoto(photo.capture_id, photo.file)
            st.image(
                cached.picture(stored, report, lang=state.lang(), width_px=_THUMBNAIL_PX),
                alt=text("photo_alt", file=photo.file),
                width="stretch",
            )
        show_html(_card_words(work, photo))
        if report is not None:
            st.button(
                text("see_photo"),
                key=f"see_{photo.capture_id}",
                on_click=_choose,
                args=(photo.capture_id,),
            )


def _card_words(work: VisitWork, photo: VisitPhoto) -> Markup:
    text = words().text
    name = Markup('<p class="caption"><b>{}</b></p>').format(photo.file)
    if report := work.report_of(photo.capture_id):
        names = {other.capture_id: other.file for other in work.visit.photos}
        seen = report.captures[0]
        if seen.facts.shown_in:
            judged_in = text("judged_in", file=names[seen.facts.shown_in])
            return name + Markup('<p class="top"><span class="badge">{}</span></p>').format(
                judged_in
            )
        if seen.closer:
            read_in = text("read_closer_in", files=", ".join(names[key] for key in seen.closer))
            name += Markup('<p class="caption">{}</p>').format(read_in)
    mine = [one.finding for one in work.findings if one.capture_id == photo.capture_id]
    badges = Markup(" ").join(
        Markup('<span class="badge {}"><span aria-hidden="true">{}</span> {}</span>').format(
            outcome.key, symbol, n
        )
        for outcome, symbol in ((Outcome.FAILED, "✕"), (Outcome.CANT_TELL, "?"))
        if (n := sum(finding.outcome is outcome for finding in mine))
    )
    nothing = Markup('<span class="badge passed"><span aria-hidden="true">✓</span> {}</span>')
    return name + Markup('<p class="top">{}</p>').format(
        badges or nothing.format(text("nothing_open_short"))
    )


def _show_photo(work: VisitWork, photo: VisitPhoto, item: Inspected) -> None:
    text = words().text
    with st.container(horizontal=True):
        st.button(
            text("all_photos_of_visit"),
            on_click=_choose,
            args=("",),
            icon=":material/arrow_back:",
        )
        _offer_removal(work, photo)
    st.image(
        cached.picture(item.upload, item.report, lang=state.lang(), width_px=_PICTURE_PX),
        alt=text("photo_alt", file=photo.file),
        width="stretch",
    )
    show_html(_card_words(work, photo))
    if not work.is_editable:
        return
    if len(work.visit.photos) > 1:
        _ask_fixture(work.visit, photo, item)
    heights_view.show(work.person, item)


def _ask_fixture(visit: Visit, photo: VisitPhoto, item: Inspected) -> None:
    """Ask which other photo shows the same fixture: one with a scale lends it to the others."""
    text = words().text
    others: dict[str, list[str]] = {photo.told.fixture: []} if photo.told.fixture else {}
    for other in visit.photos:
        if other is not photo:
            others.setdefault(other.told.fixture or other.capture_id, []).append(other.file)
    st.selectbox(
        text("same_fixture_as"),
        ["", *others],
        format_func=lambda name: (
            ", ".join(others[name]) or text("photo_removed") if name else text("fixture_untold")
        ),
        key=state.fixture_key(photo.capture_id),
        help=text("same_fixture_help"),
    )
    scale = item.report.captures[0].facts.scale
    if photo.told.fixture and scale.method is ScaleMethod.NONE:
        st.caption(text("not_joined"))


def _offer_removal(work: VisitWork, photo: VisitPhoto) -> None:
    if not work.is_editable:
        return
    st.button(
        words().text("remove_photo"),
        key=f"remove_{photo.capture_id}",
        icon=":material/delete:",
        on_click=visit_changes.remove_photo,
        args=(work.visit.visit_id, photo.capture_id),
    )


def _choose(capture_id: str) -> None:
    st.session_state[state.CHOSEN_PHOTO] = capture_id
