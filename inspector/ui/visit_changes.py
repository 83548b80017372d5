"""What was changed on the screen since the last run becomes records of the visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from inspector.domain.facts import Answer, Zone
from inspector.domain.goods import Goods
from inspector.store.people import Person
from inspector.store.visit import Ruling, Visit
from inspector.ui import cached, sign_in, state
from inspector.visits.judging import VisitFinding
from inspector.visits.sorting import LookToSort


def take(person: Person, visit: Visit) -> Visit:
    """Record answers, zone and heights that were changed here, and take over what others changed.

    Returns:
        The visit as it stands after that.
    """
    visits, now = cached.desk().visits, datetime.now(UTC)
    is_changed = False
    for question_id in dict.fromkeys((*visit.answers, *state.answered_ids())):
        stored = visit.answers.get(question_id)
        given = state.changed_answer(question_id, stored)
        if given is not None:
            answer = None if given == state.UNANSWERED else Answer(given)
            visits.answer(person, visit.visit_id, question_id, answer, now=now)
            is_changed = True
    for photo in visit.photos:
        told = state.changed_told(photo.capture_id, photo.told)
        if told is not None:
            visits.tell(person, visit.visit_id, photo.capture_id, told, now=now)
            is_changed = True
    return visits.visit(person, visit.visit_id) if is_changed else visit


@sign_in.acting
def keep_uploads(person: Person, visit_id: str) -> None:
    """Keep uploaded photos on disk, add them to the visit, and let them be looked at."""
    desk, uploaded = cached.desk(), state.uploaded()
    if not uploaded:  # Streamlit may tell twice of the same files; the next ones are on their way
        return
    st.session_state[state.CHOSEN_PHOTO] = ""  # what becomes of the new ones stands in the list
    for file, content in uploaded:
        desk.take_photo(person, visit_id, content, file=file, now=datetime.now(UTC))
        cached.analyst().wake()
    state.empty_uploader()


@sign_in.acting
def keep_zone(person: Person, visit_id: str) -> None:
    """Record where the shelves stand."""
    zone = Zone(st.session_state[state.VISIT_ZONE])
    cached.desk().visits.set_zone(person, visit_id, zone, now=datetime.now(UTC))


@sign_in.acting
def sort_look(person: Person, visit_id: str, look: LookToSort, goods: Goods | None) -> None:
    """Record what packs that look alike are, or take it back with None."""
    cached.desk().visits.sort_packs(
        person, visit_id, look.capture_id, look.pack_ids, goods, now=datetime.now(UTC)
    )


@sign_in.acting
def join_fixture(person: Person, visit_id: str, capture_id: str, other_id: str) -> None:
    """Record that a photo shows the same fixture as another one."""
    visits = cached.desk().visits
    visit = visits.visit(person, visit_id)
    photo, other = visit.photo(capture_id), visit.photo(other_id)
    if photo is None or other is None:  # somebody has just removed it
        return
    told = replace(photo.told, fixture=other.told.fixture or other_id)
    visits.tell(person, visit_id, capture_id, told, now=datetime.now(UTC))


@sign_in.acting
def remove_photo(person: Person, visit_id: str, capture_id: str) -> None:
    """Take a photo out of the visit."""
    visits = cached.desk().visits
    visits.remove_photo(person, visit_id, capture_id, now=datetime.now(UTC))


@sign_in.acting
def decide(person: Person, visit_id: str, one: VisitFinding, ruling: Ruling | None) -> None:
    """Record what a person says of a finding; the reason stands in its field."""
    finding = one.finding
    machine = {
        "rule_id": finding.rule_id,
        "outcome": finding.outcome.key,
        "sentence": finding.statements[0].sentence,
    }
    reason = st.session_state.get(reason_key(one), "") if ruling is Ruling.OVERRULED else ""
    cached.desk().visits.decide(
        person,
        visit_id,
        one.key,
        ruling,
        reason=reason,
        machine=machine,
        now=datetime.now(UTC),
    )


@sign_in.acting
def explain(person: Person, visit_id: str, one: VisitFinding) -> None:
    """Record the shop's account of a finding, which stands in its field."""
    said = st.session_state.get(account_key(one), "")
    cached.desk().visits.explain(person, visit_id, one.key, said, now=datetime.now(UTC))


def reason_key(one: VisitFinding) -> str:
    """Return the key of the field with the reason of an overruling."""
    return f"reason_{one.key}"


def account_key(one: VisitFinding) -> str:
    """Return the key of the field with the shop's account."""
    return f"account_{one.key}"


def owner_key(one: VisitFinding) -> str:
    """Return the key of the field with who puts a finding right."""
    return f"owner_{one.key}"


def due_key(one: VisitFinding) -> str:
    """Return the key of the field with the day until which it is put right."""
    return f"due_{one.key}"


@sign_in.acting
def agree_action(person: Person, visit: Visit, one: VisitFinding) -> None:
    """Record who puts a finding right until when, as their fields say."""
    cached.desk().actions.agree(
        person,
        visit.visit_id,
        one.key,
        rule_id=one.finding.rule_id,
        sentences=cached.sentences(visit, one.key),
        owner=st.session_state.get(owner_key(one), ""),
        due_on=st.session_state[due_key(one)],
        now=datetime.now(UTC),
    )
