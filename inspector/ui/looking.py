"""Looks at what names people or shows a shop go into the log, once for each session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from inspector.store.people import Person
from inspector.ui import cached, state


def note_look(person: Person, did: str, visit_id: str | None = None, /, **subject: str) -> None:
    """Note that somebody looks at something now; a page that runs again is no new look.

    Args:
        person: Who looks.
        did: How, in a word: `log_<did>` says it.
        visit_id: The visit that it is of, if it is of one.
        subject: What that sentence names.
    """
    if state.looks_anew(repr((did, visit_id, subject))):
        cached.desk().visits.looked(person, visit_id, datetime.now(UTC), did=did, **subject)


def noted(
    person: Person,
    content: Callable[[], bytes],
    did: str,
    visit_id: str | None = None,
    /,
    **subject: str,
) -> Callable[[], bytes]:
    """Return what gives a file to take along, and notes each time that somebody takes it."""

    def take() -> bytes:
        made = content()
        cached.desk().visits.looked(person, visit_id, datetime.now(UTC), did=did, **subject)
        return made

    return take
