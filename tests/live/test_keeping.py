"""Retention, presence, metrics, MQTT: what runs beside the cameras."""

import json
import os
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from inspector.errors import AccessError, StoreError
from inspector.live import tables
from inspector.live.findings import Change, Turn
from inspector.live.home import Home
from inspector.live.ledger import Kept, Ledger, Setup
from inspector.live.metrics import Meters, MetricsServer
from inspector.live.presence import PresenceWatch
from inspector.live.retention import Cleaner, delete_old, disk_bytes, in_force, last_told
from inspector.live.settings import Camera, Metrics, Mqtt, Presence, Retention
from inspector.live.signs import KnownSign
from inspector.live.votes import Failure
from inspector.store.people import Person, Role
from tests.live.test_alerts import NOON, ZONE
from tests.live.waiting import until

OPENED = Change(
    Turn.OPENED, "signage", (Failure("signage", (0, 0, 9, 9), {"da": "", "en": ""}, {}),)
)
BOX = (0, 0, 10, 10)


def kept(n, at=NOON):
    return Kept(f"jpeg {n}".encode(), "", at, BOX)


def test_pictures_are_deleted_for_good_when_their_time_is_over(ledger):
    ledger.put_change("a", OPENED, NOON, before=kept(1), now=kept(2, NOON + timedelta(days=2)))
    assert disk_bytes(ledger) == 12
    assert delete_old(ledger, Retention(), NOON + timedelta(days=31)) == 1
    row = ledger.findings("a")[0]
    assert row.before_picture is None
    assert [p.read_bytes() for p in ledger.pictures.rglob("*.jpg")] == [b"jpeg 2"]
    delete_old(ledger, Retention(), NOON + timedelta(days=33))
    assert disk_bytes(ledger) == 0
    assert ledger.findings("a", open_only=True)  # the finding itself is still open


def test_pictures_without_a_row_go_as_well(ledger):
    path = ledger.picture_path("ab" * 32)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"left by a crash")
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    assert delete_old(ledger, Retention(), NOON + timedelta(minutes=59)) == 0, "being written"
    assert delete_old(ledger, Retention(), NOON + timedelta(minutes=61)) == 1
    assert not path.exists()


def test_a_picture_that_cannot_be_written_is_told_and_leaves_no_row(ledger):
    ledger.pictures.write_text("no folder")
    with pytest.raises(StoreError, match="No picture can be written"):
        ledger.put_change("a", OPENED, NOON, before=None, now=kept(1))
    assert ledger.findings() == []
    assert ledger.rows(select(tables.picture)) == []


def test_a_picture_that_cannot_be_deleted_is_told_tried_again_and_stops_nothing_else(
    ledger, monkeypatch
):
    ledger.put_change("a", OPENED, NOON, before=kept(1), now=kept(2))
    ledger.add_look("a", NOON, 1.0, {})
    stuck = ledger.picture_path(ledger.findings()[0].before_picture)
    unlink = Path.unlink

    def refuse(path, missing_ok=False):
        if path == stuck:
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StoreError, match="1 pictures"):
        delete_old(ledger, Retention(), NOON + timedelta(days=99))
    assert list(ledger.pictures.rglob("*.jpg")) == [stuck]
    assert ledger.rows(select(tables.look)) == []
    assert ledger.picture_crop(stuck.stem) == BOX
    monkeypatch.setattr(Path, "unlink", unlink)
    assert delete_old(ledger, Retention(), NOON + timedelta(days=99)) == 1
    assert ledger.findings()[0].before_picture is None


def test_tables_of_an_older_version_get_the_columns_that_came_since(tmp_path):
    url = f"sqlite:///{tmp_path / 'live.sqlite'}"
    Ledger.open(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE live_setup DROP COLUMN fault"))
        connection.execute(
            text("INSERT INTO live_setup VALUES ('a', NULL, NULL, '', '[]', '', '[]')")
        )
    engine.dispose()
    ledger = Ledger.open(url)
    assert ledger.setup("a").fault == ""
    ledger.put_setup("a", Setup(fault="moved"))
    assert ledger.setup("a").fault == "moved"
    ledger.close()


def test_signs_that_were_kept_without_their_place_are_read_as_they_were(ledger):
    ledger.put_setup("a", Setup(signs=(KnownSign("Medicin", (0.0, 0.0, 9.0, 9.0), seen=3),)))
    (sign,) = ledger.setup("a").signs
    assert (sign.text, sign.seen, sign.patch) == ("Medicin", 3, None)


def test_closed_findings_looks_and_presence_have_times_of_their_own(ledger):
    ledger.put_change("a", OPENED, NOON, before=None, now=None)
    closed = Change(Turn.CLOSED, "signage", OPENED.places)
    ledger.put_change("a", closed, NOON, before=None, now=None)
    ledger.add_look("a", NOON, 1.0, {})
    ledger.confirm_presence("Anne", NOON)
    delete_old(ledger, Retention(), NOON + timedelta(days=91))
    assert ledger.rows(select(tables.look)) == []
    assert ledger.presence_log() == []
    assert len(ledger.findings()) == 1
    delete_old(ledger, Retention(), NOON + timedelta(days=366))
    assert ledger.findings() == []


def test_a_lowered_ceiling_holds_at_once(ledger, monkeypatch):
    ledger.put_change("a", OPENED, NOON, before=kept(1), now=None)
    settings = Retention()
    monkeypatch.setenv("INSPECTOR_PICTURE_CEILING_DAYS", "7")
    assert delete_old(ledger, settings, NOON + timedelta(days=8)) == 1


def test_pictures_end_in_time_when_cameras_are_watched_no_longer(tmp_path):
    def opened():
        return Ledger.open(f"sqlite:///{tmp_path / 'live.sqlite'}", pictures=tmp_path / "pictures")

    ledger, now = opened(), datetime.now(UTC)
    ledger.note_settings_days({"pictures_days": 7})
    ledger.put_change("a", OPENED, now, before=kept(1, now - timedelta(days=8)), now=kept(2, now))
    cleaner = Cleaner(opened)
    cleaner.start()
    until(lambda: ledger.findings()[0].before_picture is None)
    cleaner.stop()
    assert [path.read_bytes() for path in ledger.pictures.rglob("*.jpg")] == [b"jpeg 2"]
    ledger.close()


def test_where_no_settings_were_ever_read_only_the_ceiling_ends_pictures(ledger):
    ledger.put_change("a", OPENED, NOON, before=None, now=kept(1))
    ledger.add_look("a", NOON, 1.0, {})
    assert delete_old(ledger, last_told(ledger), NOON + timedelta(days=29)) == 0
    assert delete_old(ledger, last_told(ledger), NOON + timedelta(days=500)) == 1
    assert len(ledger.rows(select(tables.look))) == 1


def test_a_cleaner_goes_on_when_the_ledger_is_away(caplog):
    def away():
        raise StoreError("away")

    cleaner = Cleaner(away)
    cleaner.start()
    until(lambda: "away" in caplog.text)
    cleaner.stop()


def test_deleted_rows_are_overwritten(tmp_path):
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'live.sqlite'}", pictures=tmp_path)
    ledger.confirm_presence("Rosenkrantz", NOON)
    delete_old(ledger, Retention(), NOON + timedelta(days=91))
    ledger.close()
    assert b"Rosenkrantz" not in (tmp_path / "live.sqlite").read_bytes()


def test_presence_is_asked_logged_and_told_when_nobody_answers(ledger):
    told = []
    watch = PresenceWatch(
        Presence(every_min=60, answer_within_min=10, asked_from="08:00", asked_to="20:00"),
        ledger,
        ZONE,
        on_unanswered=lambda asked_at, now: told.append(asked_at),
    )
    watch.tick(NOON)
    watch.tick(NOON + timedelta(minutes=5))
    assert len(ledger.presence_log()) == 1
    ledger.confirm_presence("Anne", NOON + timedelta(minutes=6))
    assert ledger.presence_log()[0].by == "Anne"
    for minutes in (60, 65, 71, 72):
        watch.tick(NOON + timedelta(minutes=minutes))
    assert told == [NOON + timedelta(minutes=60)]
    watch.tick(NOON + timedelta(hours=12))  # midnight: nobody is asked
    assert len(ledger.presence_log()) == 2


def test_presence_may_be_confirmed_unasked(ledger):
    ledger.confirm_presence("Anne", NOON)
    assert ledger.presence_log()[0].asked_at is None


@pytest.fixture
def served():
    meters, wellness = Meters(), [True]
    server = MetricsServer(
        Metrics(port=0), meters, lambda: (wellness[0], {"cameras": {"a": "watching"}})
    )
    server.start()
    yield server, meters, wellness
    server.stop()


def fetch(server, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_metrics_are_told_to_prometheus(served):
    server, meters, _ = served
    meters.fps_read.labels("a").set(0.9)
    meters.open_findings.labels("a", "signage").set(1)
    _, text = fetch(server, "/metrics")
    assert 'shelf_fps_read{camera="a"} 0.9' in text
    assert 'shelf_open_findings{camera="a",rule="signage"} 1.0' in text
    meters.remove("a")
    assert 'camera="a"' not in fetch(server, "/metrics")[1]


def test_health_is_told_to_whoever_asks(served):
    server, _, wellness = served
    assert fetch(server, "/health") == (200, '{"cameras": {"a": "watching"}}')
    wellness[0] = False
    assert fetch(server, "/health")[0] == 503


class Broker:
    """What an MQTT client would have said."""

    def __init__(self):
        self.topics, self.will, self.on_connect, self.said = {}, None, None, 0
        self.is_there = True

    def is_connected(self):
        return self.is_there

    def publish(self, topic, payload, qos, retain):
        assert retain
        self.topics[topic] = payload
        self.said += 1

    def will_set(self, topic, payload, qos, retain):
        self.will = (topic, payload)

    def connect_async(self, host, port):
        self.place = (host, port)

    def loop_start(self):
        self.on_connect()

    def disconnect(self):
        pass

    loop_stop = disconnect


def test_states_are_topics_that_stay_and_announce_themselves():
    broker, camera = Broker(), Camera(id="left", source="/dev/video0", name="Venstre")
    home = Home(Mqtt(host="broker.local"), broker)
    home.start()
    assert broker.will == ("selvvalg/availability", "offline")
    assert broker.topics["selvvalg/availability"] == "online"
    home.tell(camera, {"status": "watching", "findings": ["signage"]}, is_problem=True)
    assert broker.topics["selvvalg/left/problem"] == "ON"
    config = "homeassistant/binary_sensor/selvvalg_left_problem/config"
    assert json.loads(broker.topics[config])["state_topic"] == "selvvalg/left/problem"
    said = broker.said
    home.tell(camera, {"status": "watching", "findings": ["signage"]}, is_problem=True)
    assert broker.said == said
    broker.is_there = False
    for findings in (["separation"], []):
        home.tell(camera, {"status": "watching", "findings": findings}, is_problem=bool(findings))
    assert broker.said == said  # nothing is queued while the broker is away …
    broker.is_there = True
    broker.on_connect()
    assert broker.topics["selvvalg/left/problem"] == "OFF"  # … and the last counts when it is back
    home.remove("left")
    assert broker.topics["selvvalg/left/problem"] == ""
    assert broker.topics[config] == ""
    home.stop()
    assert broker.topics["selvvalg/availability"] == "offline"


def test_the_dashboard_can_only_shorten_what_the_settings_say(ledger, monkeypatch):
    frida = Person("Frida", Role.ADMINISTRATOR)
    ledger.keep_shorter(frida, "pictures_days", 14)
    ledger.keep_shorter(frida, "looks_days", 3000)
    held = in_force(ledger, Retention(pictures_days=20, looks_days=60))
    assert (held.pictures_days, held.looks_days, held.presence_days) == (14, 60, 90)
    monkeypatch.setenv("INSPECTOR_PICTURE_CEILING_DAYS", "7")
    assert in_force(ledger, Retention(pictures_days=7)).pictures_days == 7
    ledger.keep_shorter(frida, "pictures_days", None)
    assert ledger.shorter_days() == {"looks_days": 3000}
    with pytest.raises(AccessError):
        ledger.keep_shorter(Person("Anna", Role.INSPECTOR), "looks_days", 1)
    ledger.put_change("a", OPENED, NOON, before=kept(1), now=None)
    ledger.keep_shorter(frida, "pictures_days", 2)
    assert delete_old(ledger, Retention(pictures_days=7), NOON + timedelta(days=3)) == 1
