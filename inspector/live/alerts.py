"""Who is told what, and when: cool-down, quiet hours, digest, and tries until it has arrived.

An alert is written first and sent later: what cannot be sent now is sent when it can be, also after
a restart.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from inspector.errors import InspectorError
from inspector.live import tables
from inspector.live.channels import Channel, Message
from inspector.live.findings import Change, Turn
from inspector.live.ledger import Ledger, aware, naive
from inspector.live.settings import Alerts, Camera
from inspector.live.signs import live_words
from inspector.live.votes import LANGS
from inspector.report.labels import Lang
from inspector.report.messages import Messages

LOG = logging.getLogger(__name__)

RETRY_S, RETRY_AT_MOST_S = 30.0, 3600.0
MOST_PLACES = 5
"""Sentences of one alert; a whole shelf that stands too low is one alert."""

DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Words:
    """Title and text of an alert in one language."""

    title: str
    text: str


class Alarm:
    """Writes alerts and sends them.

    Args:
        alerts: The settings.
        channels: Where alerts go, by a name that holds no secret.
        ledger: Where they are written.
        zone: Time zone of quiet hours and digest.
    """

    def __init__(
        self, alerts: Alerts, channels: Mapping[str, Channel], ledger: Ledger, zone: ZoneInfo
    ) -> None:
        self._alerts, self._channels = alerts, channels
        self._ledger, self._zone = ledger, zone

    def finding(self, camera: Camera, change: Change, at: datetime) -> None:
        """Tell of a finding that opened, changed or closed."""
        words = {lang: _finding_words(lang, camera, change) for lang in LANGS}
        self.tell(camera.id, change.rule_id, change.turn.value, words, at)

    def status(self, camera: Camera, turn: str, at: datetime, *, reason: str = "") -> None:
        """Tell of a camera that is lost, suspended or back; `turn` as in `alert_<turn>`."""
        words = {}
        for lang in LANGS:
            text = live_words(lang)
            told = text[f"reason_{reason}"] if reason else text[f"alert_{turn}_text"]
            words[lang] = Words(text[f"alert_{turn}"].format(camera=camera.title), told)
        self.tell(camera.id, "status", turn, words, at)

    def presence(self, asked_at: datetime, at: datetime) -> None:
        """Tell that nobody has confirmed presence."""
        hour = f"{asked_at.astimezone(self._zone):%H:%M}"
        words = {
            lang: Words(
                live_words(lang)["alert_presence"],
                live_words(lang)["alert_presence_text"].format(time=hour),
            )
            for lang in LANGS
        }
        self.tell("", "presence", "unanswered", words, at)

    def tell(
        self, camera_id: str, topic: str, turn: str, words: Mapping[Lang, Words], at: datetime
    ) -> None:
        """Write an alert, and when it is due on every channel."""
        alert = tables.alert.c
        # Only what was really sent cools down, or one that flaps would be silent for good.
        query = (
            select(alert.alert_id)
            .join(tables.delivery, tables.delivery.c.alert_id == alert.alert_id)
            .where(alert.camera_id == camera_id, alert.topic == topic, alert.turn == turn)
            .where(alert.at > naive(at - timedelta(minutes=self._alerts.cool_down_min)))
        )
        is_cooling = bool(self._ledger.rows(query)) and topic != DIGEST
        texts = {lang: [said.title, said.text] for lang, said in words.items()}
        with self._ledger.writing() as connection:
            alert_id = connection.execute(
                tables.alert.insert()
                .values(
                    camera_id=camera_id,
                    topic=topic,
                    turn=turn,
                    at=naive(at),
                    texts=json.dumps(texts, ensure_ascii=False),
                    is_digested=topic == DIGEST,
                )
                .returning(alert.alert_id)
            ).scalar_one()
            if is_cooling:
                return
            due_at = naive(self._after_quiet(at))
            for name in self._channels:
                connection.execute(
                    tables.delivery.insert().values(alert_id=alert_id, channel=name, due_at=due_at)
                )

    def send_due(self, now: datetime) -> int:
        """Send what is due; return how many arrived. What fails is due again, ever later."""
        delivery, alert = tables.delivery.c, tables.alert.c
        query = (
            select(tables.delivery, alert.texts, alert.camera_id, alert.topic, alert.turn, alert.at)
            .join(tables.alert, alert.alert_id == delivery.alert_id)
            .where(delivery.sent_at.is_(None), delivery.gave_up_at.is_(None))
            .where(delivery.due_at <= naive(now))
            .order_by(delivery.delivery_id)
        )
        return sum(self._send(row, now) for row in self._ledger.rows(query))

    def digest(self, now: datetime) -> bool:
        """Write the daily digest when its hour has come; return whether it did."""
        if self._alerts.digest_at is None:
            return False
        local = now.astimezone(self._zone)
        due = datetime.combine(local.date(), time.fromisoformat(self._alerts.digest_at), self._zone)
        alert = tables.alert.c
        last = self._ledger.rows(
            select(alert.at).where(alert.topic == DIGEST).order_by(alert.at.desc()).limit(1)
        )
        if local < due or (last and (aware(last[0].at) or now) >= due):
            return False
        rows = self._ledger.rows(
            select(tables.alert).where(alert.is_digested.is_(False)).order_by(alert.alert_id)
        )
        words = {
            lang: _digest_words(lang, [json.loads(r.texts)[lang] for r in rows]) for lang in LANGS
        }
        with self._ledger.writing() as connection:
            connection.execute(tables.alert.update().values(is_digested=True))
        self.tell("", DIGEST, "daily", words, now)
        return True

    def _send(self, row: Row[Any], now: datetime) -> bool:
        title, text = json.loads(row.texts)[self._alerts.language]
        message = Message(
            f"alert-{row.alert_id}",
            title,
            text,
            row.camera_id,
            row.topic,
            row.turn,
            aware(row.at) or now,
        )
        channel = self._channels.get(row.channel)
        problem = ""
        try:
            if channel is None:
                problem = "the channel is no longer in the settings"
            else:
                channel(message, now)
        except InspectorError as error:
            problem = str(error)
        tries = row.tries + 1
        pause_s = min(RETRY_S * 2.0 ** (tries - 1), RETRY_AT_MOST_S)
        is_over = bool(problem) and (tries >= self._alerts.tries or channel is None)
        values: dict[str, Any] = {"tries": tries, "problem": problem}
        if not problem:
            values["sent_at"] = naive(now)
        elif is_over:
            values["gave_up_at"] = naive(now)
        else:
            values["due_at"] = naive(now + timedelta(seconds=pause_s))
        if problem:
            LOG.warning("Alert %s by %s, try %s: %s", row.alert_id, row.channel, tries, problem)
        with self._ledger.writing() as connection:
            connection.execute(
                tables.delivery.update()
                .where(tables.delivery.c.delivery_id == row.delivery_id)
                .values(**values)
            )
        return not problem

    def _after_quiet(self, at: datetime) -> datetime:
        """Return a time, or the end of the quiet hours that it lies in."""
        if self._alerts.quiet_from is None or self._alerts.quiet_to is None:
            return at
        begin, end = map(time.fromisoformat, (self._alerts.quiet_from, self._alerts.quiet_to))
        local = at.astimezone(self._zone)
        hour = local.time()
        is_quiet = begin <= hour < end if begin <= end else (hour >= begin or hour < end)
        if not is_quiet:
            return at
        day = local.date() + timedelta(days=1 if begin > end and hour >= begin else 0)
        return datetime.combine(day, end, self._zone)


def _finding_words(lang: Lang, camera: Camera, change: Change) -> Words:
    title = Messages.load(lang).title(change.rule_id)
    head = live_words(lang)[f"alert_{change.turn}"].format(camera=camera.title, title=title)
    if change.turn is Turn.CLOSED:
        return Words(head, "")
    said = dict.fromkeys(place.sentence[lang] for place in change.places)
    steps = dict.fromkeys(place.remedy[lang] for place in change.places if place.remedy[lang])
    lines = [*list(said)[:MOST_PLACES], *(["…"] if len(said) > MOST_PLACES else [])]
    return Words(head, "\n".join([*lines, *(f"→ {step}" for step in steps)]))


def _digest_words(lang: str, alerts: Sequence[Sequence[str]]) -> Words:
    text = live_words(lang)
    titles = "\n".join(f"• {title}" for title, _ in alerts) or text["digest_none"]
    return Words(text["digest"].format(n=len(alerts)), titles)
