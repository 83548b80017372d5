import base64
import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from zoneinfo import ZoneInfo

import pytest

from inspector.errors import WatchError
from inspector.live.alerts import Alarm
from inspector.live.channels import Message, channels_of
from inspector.live.findings import Change, Turn
from inspector.live.settings import Alerts, Camera, Webhook
from inspector.live.votes import Failure

ZONE = ZoneInfo("Europe/Copenhagen")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=ZONE)
CAMERA = Camera(id="left", source="/dev/video0", name="Venstre reol")


def failure(n=1):
    said = {"da": f"Panodil {n} står for lavt.", "en": f"Panodil {n} stands too low."}
    remedy = {"da": "Flyt den op.", "en": "Move it up."}
    return Failure("reach-height", (n, 0, n + 1, 1), said, remedy)


def opened(n=1):
    return Change(Turn.OPENED, "reach-height", (failure(n),))


class Outbox:
    """A channel that keeps what it is given, or refuses it."""

    def __init__(self):
        self.messages, self.is_down = [], False

    def __call__(self, message, now):
        if self.is_down:
            raise WatchError("down")
        self.messages.append(message)


@pytest.fixture
def outbox():
    return Outbox()


@pytest.fixture
def alarm(ledger, outbox):
    return lambda **settings: Alarm(Alerts(**settings), {"test": outbox}, ledger, ZONE)


def test_an_alert_says_what_was_found_and_what_to_do(alarm, outbox):
    told = alarm()
    told.finding(CAMERA, opened(), NOON)
    assert told.send_due(NOON) == 1
    message = outbox.messages[0]
    assert message.title.startswith("Venstre reol: ")
    assert message.text == "Panodil 1 står for lavt.\n→ Flyt den op."
    assert told.send_due(NOON) == 0


def test_a_whole_shelf_is_one_alert(alarm, outbox):
    told = alarm(language="en")
    places = tuple(failure(n) for n in range(9))
    told.finding(CAMERA, Change(Turn.OPENED, "reach-height", places), NOON)
    told.send_due(NOON)
    assert len(outbox.messages) == 1
    assert outbox.messages[0].text.count("stands too low") == 5


def test_the_same_finding_cools_down(alarm, outbox):
    told = alarm(cool_down_min=60)
    for minutes in (0, 30, 55, 61):
        told.finding(CAMERA, opened(), NOON + timedelta(minutes=minutes))
    told.send_due(NOON + timedelta(hours=2))
    assert len(outbox.messages) == 2


@pytest.mark.parametrize(
    ("at", "due"),
    [("23:30", "06:00"), ("03:00", "06:00"), ("12:00", "12:00"), ("06:00", "06:00")],
)
def test_alerts_of_quiet_hours_come_in_the_morning(alarm, outbox, at, due):
    told = alarm(quiet_from="22:00", quiet_to="06:00")
    happened = NOON.replace(hour=int(at[:2]), minute=int(at[3:]))
    told.finding(CAMERA, opened(), happened)
    end = NOON.replace(hour=int(due[:2]), minute=int(due[3:]))
    end += timedelta(days=end < happened)
    assert told.send_due(end - timedelta(minutes=1)) == 0
    assert told.send_due(end) == 1
    del outbox


def test_what_does_not_arrive_is_tried_again_ever_later_and_given_up(alarm, outbox):
    told = alarm(tries=3)
    outbox.is_down = True
    told.finding(CAMERA, opened(), NOON)
    assert told.send_due(NOON) == 0
    outbox.is_down = False
    assert told.send_due(NOON + timedelta(seconds=29)) == 0
    assert told.send_due(NOON + timedelta(seconds=31)) == 1
    outbox.is_down = True
    told.finding(CAMERA, Change(Turn.CLOSED, "reach-height", (failure(),)), NOON)
    for hours in (1, 2, 3):
        told.send_due(NOON + timedelta(hours=hours))
    outbox.is_down = False
    assert told.send_due(NOON + timedelta(hours=9)) == 0


def test_an_alert_that_waits_is_sent_after_a_restart(alarm, outbox):
    alarm().finding(CAMERA, opened(), NOON)
    assert alarm().send_due(NOON) == 1
    assert outbox.messages[0].message_id == "alert-1"


def test_the_digest_comes_once_a_day_with_what_was_silent_too(alarm, outbox):
    told = alarm(digest_at="08:00", cool_down_min=600)
    morning = NOON.replace(hour=8)
    assert told.digest(morning)
    told.finding(CAMERA, opened(), NOON)
    told.finding(CAMERA, opened(2), NOON + timedelta(hours=1))
    told.send_due(NOON + timedelta(hours=1))
    outbox.messages.clear()
    next_morning = morning + timedelta(days=1)
    assert not told.digest(next_morning - timedelta(minutes=1))
    assert told.digest(next_morning)
    assert not told.digest(next_morning + timedelta(minutes=5))
    told.send_due(next_morning)
    (message,) = outbox.messages
    assert message.title == "Overblik: 2 varsler siden sidst"
    assert message.text.count("Venstre reol") == 2


def test_a_camera_that_is_lost_is_told_by_name_without_its_address(alarm, outbox):
    told = alarm()
    told.status(CAMERA, "lost", NOON)
    told.status(CAMERA, "suspended", NOON, reason="moved")
    told.send_due(NOON)
    assert [m.title for m in outbox.messages] == [
        "Venstre reol: Ingen forbindelse til kameraet",
        "Venstre reol: Vurderingen er sat i bero",
    ]
    assert "flyttet" in outbox.messages[1].text


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.seen, server.status = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


MESSAGE = Message("alert-7", "Titel", "Tekst", "left", "reach-height", "opened", NOON)


def test_a_webhook_is_signed_over_id_time_and_body(receiver, monkeypatch):
    monkeypatch.setenv("HOOK", "Hemmelig1")
    url = f"http://127.0.0.1:{receiver.server_port}/alerts"
    channels = channels_of(Alerts(webhooks=(Webhook(url=url, secret="env:HOOK"),)))
    ((name, send),) = channels.items()
    assert name == "webhook 1 (127.0.0.1)"
    send(MESSAGE, datetime.fromtimestamp(1700000000, UTC))
    headers, body = receiver.seen[0]
    headers = {key.lower(): value for key, value in headers.items()}
    signed = b"alert-7.1700000000." + body
    expected = base64.b64encode(hmac.new(b"Hemmelig1", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert json.loads(body)["data"]["camera"] == "left"


def test_a_webhook_that_refuses_is_named_by_its_host(receiver, monkeypatch):
    monkeypatch.setenv("HOOK", "Hemmelig1")
    receiver.status = 500
    url = f"http://127.0.0.1:{receiver.server_port}/alerts?token=abc"
    (send,) = channels_of(Alerts(webhooks=(Webhook(url=url, secret="env:HOOK"),))).values()
    with pytest.raises(WatchError, match=r"127\.0\.0\.1 did not take the alert \(500\)") as error:
        send(MESSAGE, NOON)
    assert "abc" not in str(error.value)


def test_apprise_takes_its_urls_from_secrets(receiver, monkeypatch):
    monkeypatch.setenv("CHAT", f"json://127.0.0.1:{receiver.server_port}/chat")
    ((name, send),) = channels_of(Alerts(apprise=("env:CHAT",))).items()
    assert name == "env:CHAT"
    send(MESSAGE, NOON)
    assert json.loads(receiver.seen[0][1])["message"] == "Tekst"
    monkeypatch.setenv("CHAT", "nonsense")
    with pytest.raises(WatchError, match="no URL that Apprise knows"):
        send(MESSAGE, NOON)
