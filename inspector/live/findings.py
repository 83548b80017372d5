"""State, not noise: what is found three times in a row opens, what is gone three times closes.

A finding is one rule of one camera with all the places at which it fails. A look that could not
tell, at a place or at all, counts for neither side there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from inspector.live.votes import Failure, Votes, covers, is_same_place, touches


class Turn(StrEnum):
    """What became of a finding in a look."""

    OPENED = "opened"
    UPDATED = "updated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Place:
    """A place at which a rule fails, or may.

    Attributes:
        failure: What was found there last.
        seen: Looks in a row that found it, of those that could tell.
        missed: Looks in a row that did not.
        is_established: True from the look on that confirmed it until the one that cleared it.
    """

    failure: Failure
    seen: int = 1
    missed: int = 0
    is_established: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that opened, changed or closed; `places` are those where the rule fails now."""

    turn: Turn
    rule_id: str
    places: tuple[Failure, ...]


class Findings:
    """The findings of one camera.

    Args:
        equal_results: So many equal results in a row change something.
        open_places: Places of findings that were open when the program stopped.
    """

    def __init__(self, equal_results: int, open_places: Iterable[Failure] = ()) -> None:
        self._needed = equal_results
        self._places = [
            Place(failure, seen=equal_results, is_established=True) for failure in open_places
        ]

    @property
    def is_settled(self) -> bool:
        """False while a place is on its way to open or close: look again soon."""
        return not any(
            place.missed if place.is_established else place.seen for place in self._places
        )

    @property
    def open_rules(self) -> frozenset[str]:
        """Rules with an open finding."""
        return frozenset(p.failure.rule_id for p in self._places if p.is_established)

    def take(self, votes: Votes) -> tuple[Change, ...]:
        """Take note of a look; return what it changed."""
        before = {rule: self._failing(rule) for rule in self.open_rules}
        shifted: set[str] = set()
        waiting = list(votes.failures)
        kept: list[Place] = []
        for place in self._places:
            found = next((f for f in waiting if _is_same(f, place.failure)), None)
            if found is not None:
                waiting.remove(found)
            after = self._voted(place, found, votes)
            if after is None or after.is_established != place.is_established:
                shifted.add(place.failure.rule_id)
            if after is not None:
                kept.append(after)
        self._places = kept + [Place(failure) for failure in waiting]
        changes = []
        for rule_id in sorted(shifted):
            now = self._failing(rule_id)
            if now and rule_id not in before:
                changes.append(Change(Turn.OPENED, rule_id, now))
            elif now:
                changes.append(Change(Turn.UPDATED, rule_id, now))
            elif rule_id in before:
                changes.append(Change(Turn.CLOSED, rule_id, before[rule_id]))
        return tuple(changes)

    def forget(self) -> tuple[Change, ...]:
        """Drop everything: the camera looks elsewhere. Return what closes by that."""
        changes = [Change(Turn.CLOSED, r, self._failing(r)) for r in sorted(self.open_rules)]
        self._places = []
        return tuple(changes)

    def _failing(self, rule_id: str) -> tuple[Failure, ...]:
        return tuple(
            place.failure
            for place in self._places
            if place.is_established and place.failure.rule_id == rule_id
        )

    def _voted(self, place: Place, found: Failure | None, votes: Votes) -> Place | None:
        """Return a place after a look; None when it is gone."""
        if found is not None:
            seen = place.seen + 1
            is_established = place.is_established or seen >= self._needed
            return replace(place, failure=found, seen=seen, missed=0, is_established=is_established)
        box = place.failure.box_xyxy_px
        untold = votes.untold.get(place.failure.rule_id, ())
        is_hidden = any(touches(box, there) for there in votes.hidden)
        if is_hidden or any(covers(there, box) for there in untold):
            return place
        missed = place.missed + 1
        if not place.is_established or missed >= self._needed:
            return None  # three equal results in a row: one other begins anew
        return replace(place, missed=missed)


def _is_same(failure: Failure, other: Failure) -> bool:
    return failure.rule_id == other.rule_id and is_same_place(
        failure.box_xyxy_px, other.box_xyxy_px
    )
