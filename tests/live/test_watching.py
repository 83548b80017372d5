"""Several cameras under supervision, with fake streams and a fake reader."""

import threading

import pytest
import yaml

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

    def write(*ids, **more):
        cameras = [{"id": name, "source": f"rtsp://10.0.0.2/{name}"} for name in ids]
        text = yaml.safe_dump({"cameras": cameras, "metrics": {"port": 0}, **more})
        partial = path.with_suffix(".part")
        partial.write_text(text)
        partial.replace(path)

    write("a", "b")
    looker = Looker(lambda camera_id: ShelfReader(), FakePeople(), matchers())
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


def test_wishes_reach_the_worker(shop, ledger):
    watch, _, _ = shop
    until(is_so(watch, ledger, {"a": "watching", "b": "watching"}))
    until(lambda: ledger.setup("a").reference is not None)
    ledger.wish("a", WishKind.SAME_VIEW, by="Anne", at=START)
    until(lambda: ledger.setup("a").confirmed_by == "Anne")
    assert CAMERA.id not in watch.workers
