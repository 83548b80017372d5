"""The ways out for alerts: Apprise for mail, chat and the rest; webhooks that are signed.

Webhooks follow standardwebhooks.com: `webhook-signature` is `v1,` and the base64 of HMAC-SHA256
over `<webhook-id>.<webhook-timestamp>.<body>`, so that the receiver knows who sent it and when.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import apprise

from inspector.errors import WatchError
from inspector.live.secrets import revealed
from inspector.live.settings import Alerts, Webhook

TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Message:
    """An alert as it is sent.

    Attributes:
        message_id: The same on every try, so that a receiver takes it once.
        title: Its title.
        text: What was found and what to do.
        camera_id: The camera; empty for the shop as a whole.
        topic: The rule, or `status`, `presence`, `digest`.
        turn: `opened`, `updated`, `closed`, `lost`, …
        at: When it happened (aware).
    """

    message_id: str
    title: str
    text: str
    camera_id: str
    topic: str
    turn: str
    at: datetime


Channel = Callable[[Message, datetime], None]
"""Sends a message now, or raises WatchError with the reason."""


def channels_of(alerts: Alerts) -> Mapping[str, Channel]:
    """Return all channels by a name that holds no secret."""
    found: dict[str, Channel] = {name: _apprise(name) for name in alerts.apprise}
    for n, webhook in enumerate(alerts.webhooks, start=1):
        found[f"webhook {n} ({urlsplit(webhook.url).hostname})"] = _webhook(webhook)
    return found


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a webhook; secrets may be written as `whsec_<base64>`."""
    key = secret.encode()
    if secret.startswith("whsec_"):
        key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _apprise(name: str) -> Channel:
    def send(message: Message, now: datetime) -> None:
        del now
        sender = apprise.Apprise()
        if not sender.add(revealed(name)):
            raise WatchError(f"{name} holds no URL that Apprise knows.")
        if not sender.notify(title=message.title, body=message.text or message.title):
            raise WatchError(f"{name} did not take the alert.")

    return send


def _webhook(webhook: Webhook) -> Channel:
    def send(message: Message, now: datetime) -> None:
        body = json.dumps(
            {
                "type": f"{message.topic}.{message.turn}",
                "timestamp": message.at.isoformat(),
                "data": {
                    "camera": message.camera_id,
                    "topic": message.topic,
                    "turn": message.turn,
                    "title": message.title,
                    "text": message.text,
                },
            },
            ensure_ascii=False,
        ).encode()
        timestamp = int(now.timestamp())
        signed = signature(revealed(webhook.secret), message.message_id, timestamp, body)
        request = urllib.request.Request(
            webhook.url,
            data=body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "webhook-id": message.message_id,
                "webhook-timestamp": str(timestamp),
                "webhook-signature": signed,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S):
                return
        except (urllib.error.URLError, OSError, ValueError) as error:
            host = urlsplit(webhook.url).hostname
            cause = getattr(error, "code", None) or getattr(error, "reason", type(error).__name__)
            raise WatchError(f"The webhook at {host} did not take the alert ({cause}).") from None

    return send
