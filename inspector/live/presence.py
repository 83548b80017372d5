"""Asks the person on watch to confirm presence, and logs the answer.

A recording that somebody may look at later is no supervision (guidance, section 3); this log says
who said to be there, and when nobody did.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from inspector.live.ledger import Ledger, aware
from inspector.live.settings import Presence


class PresenceWatch:
    """Asks in time, and tells of questions that nobody answered.

    Args:
        presence: The settings.
        ledger: Where it is logged.
        zone: The shop's time zone.
        on_unanswered: Told when a question was asked that nobody answered, and the time now.
    """

    def __init__(
        self,
        presence: Presence,
        ledger: Ledger,
        zone: ZoneInfo,
        *,
        on_unanswered: Callable[[datetime, datetime], None],
    ) -> None:
        self._presence, self._ledger, self._zone = presence, ledger, zone
        self._on_unanswered = on_unanswered
        self._told: set[int] = set()

    def tick(self, now: datetime) -> None:
        """Ask when it is time to, and tell of what was not answered."""
        if not self._presence.every_min:
            return
        asked = [row for row in self._ledger.presence_log(5) if row.asked_at is not None]
        newest = asked[0] if asked else None
        if newest is not None and newest.answered_at is None:
            answer_by, asked_at = aware(newest.answer_by), aware(newest.asked_at)
            if answer_by and asked_at and now > answer_by and newest.presence_id not in self._told:
                self._told.add(newest.presence_id)
                if now - answer_by < timedelta(hours=1):  # told before a restart otherwise
                    self._on_unanswered(asked_at, now)
        hour = now.astimezone(self._zone).time()
        begin, end = (
            time.fromisoformat(self._presence.asked_from),
            time.fromisoformat(self._presence.asked_to),
        )
        last = aware(newest.asked_at) if newest is not None else None
        is_due = last is None or now - last >= timedelta(minutes=self._presence.every_min)
        if is_due and begin <= hour <= end:
            self._ledger.ask_presence(
                now, now + timedelta(minutes=self._presence.answer_within_min)
            )
