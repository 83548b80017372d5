"""Several cameras under supervision, with fake streams and a fake reader."""

import json
import threading
from dataclasses import replace

import pytest
import yaml
from prometheus_client import generate_latest
from sqlalchemy import select

from inspector.errors import StoreError
from inspector.live import tables
from inspector.live.camera import Status
from inspector.live.ledger import WishKind
from inspector.live.looking import Looker
from inspector.live.sources import Frame
from inspector.live.watching import Watch
from tests.live.fakes import CAMERA, START, FakePeople, ShelfReader, matchers
from tests.live.shelves import Shelf, drawn
from tests.live.waiting import until


class Streams:
    """Streams that show a shelf at ten frames a second, until they are told to break."""

    def __init__(self):
        self.opened, self.broken, self.ended = [], set(), threading.Event()

    def __call__(self, camera, *, timeout_s, clock):
        self.opened.append(camera.id)
        n = 0
        while not self.ended.wait(0.02):
            if camera.id in self.broken:
                raise RuntimeError("a decoder fails in its own way")
            n += 1
            yield Frame(drawn(Shelf(seed=n)), clock(), 0)


@pytest.fixture
def shop(tmp_path, ledger):
    path, streams = tmp_path / "cameras.yaml", Streams()

    def write(*ids, changed=None, **more):
        cameras = [
            {"id": name, "source": f"rtsp://10.0.0.2/{name}"} | (changed or {}).get(name, {})
            for name in ids
        ]
        text = yaml.safe_dump({"cameras": cameras, "metrics": {"port": 0}, **more})
        partial = path.with_suffix(".part")
        partial.write_text(text)
        partial.replace(path)

    write("a", "b")
    looker = Looker(lambda camera_id: ShelfReader(), FakePeople(), matchers)
    watch = Watch(path, ledger, lambda settings: looker, frames=streams)
    watch.start()
    yield watch, write, streams
    streams.ended.set()
    watch.close()


def status(ledger):
    return {row.camera_id: row.status for row in ledger.cameras()}


def is_so(watch, ledger, expected):
    def ask():
        watch.tick()
        return status(ledger) == expected

    return ask


def test_all_cameras_are_watched_and_told(shop, ledger):
    watch, _, _ = shop
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    is_well, told = watch.health()
    assert is_well
    assert told["cameras"]["a"]["status"] == "watching"
    assert ledger.cameras()[0].source == "rtsp://10.0.0.2/a"


def test_cameras_come_and_go_while_it_runs(shop, ledger):
    watch, write, streams = shop
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    write("b", "c")
    until(is_so(watch, ledger, {"b": "watching", "c": "watching"}))
    assert streams.opened.count("b") == 1  # left alone
    assert set(watch.workers) == {"b", "c"}


def test_a_camera_that_is_changed_while_it_runs_begins_anew_and_the_others_go_on(shop, ledger):
    watch, write, streams = shop
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    before = dict(watch.workers)
    write("a", "b", changed={"a": {"name": "Venstre", "source": "rtsp://10.0.0.9/a"}})
    watch.tick()
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    assert watch.workers["a"] is not before["a"]
    assert watch.workers["b"] is before["b"]
    assert streams.opened.count("a") == 2
    assert [(row.name, row.source) for row in ledger.cameras()] == [
        ("Venstre", "rtsp://10.0.0.9/a"),
        ("b", "rtsp://10.0.0.2/b"),
    ]


def test_of_a_camera_that_is_gone_no_meter_is_left(shop, ledger):
    watch, write, _ = shop
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    watch.meters.look_s.labels("a").observe(1.0)
    watch.meters.restarts.labels("a").inc()
    assert 'camera="a"' in generate_latest(watch.meters.registry).decode()
    write("b")
    watch.tick()
    assert 'camera="a"' not in generate_latest(watch.meters.registry).decode()


def test_a_file_that_becomes_wrong_changes_nothing(shop, ledger, caplog):
    watch, write, _ = shop
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    write("a", "a")
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    assert "two cameras have the id a" in caplog.text.lower()


def test_a_stream_that_breaks_is_told_and_alerted(shop, ledger):
    watch, _, streams = shop
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    streams.broken.add("a")
    until(is_so(watch, ledger, {"a": "lost", "b": "watching"}))
    is_well, told = watch.health()
    assert not is_well
    assert told["cameras"]["a"]["problem"] == "a: RuntimeError"


def test_a_worker_that_dies_is_replaced(shop, ledger, monkeypatch):
    watch, _, _ = shop
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    first = watch.workers["a"]

    def fail(frame, at):
        raise MemoryError

    monkeypatch.setattr(first.line, "take", fail)
    until(lambda: first.has_failed)
    watch.tick()
    assert status(ledger)["a"] == "failed"
    watch._resume_s["a"] = 0.0  # the pause is over
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    assert watch.workers["a"] is not first


def test_a_worker_that_failed_is_told_in_both_languages_and_again_when_it_is_back(
    shop, ledger, monkeypatch
):
    watch, _, _ = shop
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))

    def fail(frame, at):
        raise MemoryError

    monkeypatch.setattr(watch.workers["a"].line, "take", fail)
    until(lambda: watch.workers["a"].has_failed)
    watch.tick()
    assert told(ledger)[-1] == ("failed", "a: Kameraet kan ikke bruges")
    watch._resume_s["a"] = 0.0  # the pause is over
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    assert told(ledger)[-1] == ("back", "a: Kameraet er tilbage")


def told(ledger):
    rows = ledger.rows(select(tables.alert).order_by(tables.alert.c.alert_id))
    assert all(json.loads(row.texts)["en"][0] for row in rows)
    return [(row.turn, json.loads(row.texts)["da"][0]) for row in rows]


@pytest.mark.parametrize("error", [StoreError("away"), PermissionError("no right"), KeyError()])
def test_a_step_that_fails_stops_neither_the_others_nor_the_cameras(
    shop, ledger, monkeypatch, caplog, error
):
    watch, write, _ = shop

    def fail(*_):
        raise error

    for step in ("load_settings", "delete_old"):
        monkeypatch.setattr(f"inspector.live.watching.{step}", fail)
    write("a", "c")
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    assert "ERROR" in caplog.text
    assert all(not worker.has_failed for worker in watch.workers.values())


def test_what_the_settings_say_of_retention_is_noted_and_holds_when_it_changes(shop, ledger):
    watch, write, _ = shop
    watch.tick()
    assert ledger.settings_days()["pictures_days"] == 30
    write("a", "b", retention={"pictures_days": 7})
    watch.tick()
    assert ledger.settings_days()["pictures_days"] == 7


def test_a_camera_that_cannot_begin_for_now_begins_later(shop, ledger, monkeypatch):
    watch, write, _ = shop
    setup, faults = ledger.setup, [StoreError("away"), StoreError("away")]

    def away_at_first(camera_id):
        if faults:
            raise faults.pop()
        return setup(camera_id)

    monkeypatch.setattr(ledger, "setup", away_at_first)
    write("a", "b", "c")
    until(is_so(watch, ledger, {"a": "watching", "b": "watching", "c": "watching"}))


def test_a_shop_at_night_is_told_to_nobody_neither_is_its_morning(shop, ledger, monkeypatch):
    watch, _, _ = shop
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    worker = watch.workers["a"]
    seen = worker.state()
    for night_or_day in (replace(seen, status=Status.SUSPENDED, reason="dark"), seen):
        monkeypatch.setattr(worker, "state", lambda state=night_or_day: state)
        watch.tick()
        assert status(ledger)["a"] == night_or_day.status
    assert told(ledger) == []


def test_wishes_reach_the_worker(shop, ledger):
    watch, _, _ = shop
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    until(lambda: ledger.setup("a").reference is not None)
    ledger.wish("a", WishKind.SAME_VIEW, by="Anne", at=START)
    until(lambda: ledger.setup("a").confirmed_by == "Anne")
    assert CAMERA.id not in watch.workers
