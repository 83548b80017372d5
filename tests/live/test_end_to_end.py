"""A generated shop over a real RTSP server: from the first frame to what is put right again."""

import json
import os
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from inspector.live.ledger import WishKind, aware
from inspector.live.looking import Looker
from inspector.live.watching import Watch
from tests.live.fakes import START, FakePeople, matchers
from tests.live.generated import WH, state
from tests.live.waiting import until

SYSTEM_PYTHON = "/usr/bin/python3"
SERVER = Path(__file__).with_name("rtsp_server.py")
PATIENCE_S = 60.0
"""Far more than anything takes on a machine with nothing else to do."""

AREA = ((160.0, 120.0), (490.0, 720.0))
LEFT, TOP, RIGHT, BOTTOM = 160, 120, 490, 720

pytestmark = [pytest.mark.stream, pytest.mark.whole]


@pytest.fixture(scope="module", autouse=True)
def gstreamer():
    needed = (
        "import gi; gi.require_version('GstRtspServer', '1.0'); "
        "from gi.repository import Gst, GstRtspServer; Gst.init(None); "
        "assert Gst.ElementFactory.find('x264enc')"
    )
    asked = Path(SYSTEM_PYTHON).exists() and subprocess.run(
        [SYSTEM_PYTHON, "-c", needed], capture_output=True, check=False
    )
    if not asked or asked.returncode:
        pytest.skip(
            "GStreamer's RTSP server is not installed: apt install gir1.2-gst-rtsp-server-1.0 "
            "python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good "
            "gstreamer1.0-plugins-ugly"
        )


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.types.append(body["type"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Story:
    """The shop's state, its stream and its alerts."""

    def __init__(self, folder):
        self.folder, self.now = folder, None
        self.frame = folder / "frame.bgr"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.server = None
        self.looks = 0
        self.versions = {"generated": "0" * 64}
        self.receiver = HTTPServer(("127.0.0.1", 0), Receiver)
        self.receiver.types = []
        threading.Thread(target=self.receiver.serve_forever, daemon=True).start()

    def read(self, capture, *, on_found=None):
        self.looks += 1
        return self.now.scene

    def show(self, shown, *, shift_px=0, seconds=0.0):
        self.now = shown
        partial = self.frame.with_suffix(".part")
        partial.write_bytes(np.roll(shown.image_bgr, shift_px, axis=1).tobytes())
        partial.replace(self.frame)
        time.sleep(seconds)

    def serve(self):
        self.server = subprocess.Popen(
            [SYSTEM_PYTHON, str(SERVER), str(self.port), str(self.frame), *map(str, WH)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "GST_DEBUG": "0"},
        )
        assert self.server.stdout.readline().strip() == "serving"

    def cut(self):
        self.server.kill()
        self.server.communicate()

    def end(self):
        self.cut()
        self.receiver.shutdown()
        self.receiver.server_close()

    def settings(self):
        return {
            "cameras": [
                {
                    "id": "shelf",
                    "name": "Reol 1",
                    "source": f"rtsp://127.0.0.1:{self.port}/shelf",
                    "fps": 5,
                    "shelf_area": [list(corner) for corner in AREA],
                }
            ],
            "dealer": "retailer",
            "metrics": {"port": 0},
            "watching": {
                "quiet": 1,
                "between_looks": 1,
                "stands_still_min": 0.1,
                "lost_after": 4,
                "retry_after": 1,
            },
            "alerts": {
                "cool_down_min": 0,
                "webhooks": [
                    {
                        "url": f"http://127.0.0.1:{self.receiver.server_port}/alerts",
                        "secret": "env:HOOK",
                    }
                ],
            },
        }


@pytest.fixture
def story(tmp_path):
    told = Story(tmp_path)
    yield told
    told.end()


def holds_person(kept_bgr, with_person, without):
    """Say whether a kept picture shows a person where the generator put one."""
    where = with_person.person[TOP:BOTTOM, LEFT:RIGHT]
    person = with_person.image_bgr[TOP:BOTTOM, LEFT:RIGHT][where].astype(float)
    shelf = without.image_bgr[TOP:BOTTOM, LEFT:RIGHT][where].astype(float)
    seen = kept_bgr[where].astype(float)
    is_like_person = np.abs(seen - person).max(axis=-1) < 30
    is_told_apart = np.abs(person - shelf).max(axis=-1) > 60
    return float((is_like_person & is_told_apart).sum() / is_told_apart.sum()) > 0.05


def test_a_shop_is_watched_from_the_first_frame_to_the_finding_that_is_put_right(
    story, ledger, monkeypatch
):
    monkeypatch.setenv("HOOK", "Hemmelig1")
    good, low = state(), state(is_low=True)
    passing = [state(person_x_m=x) for x in (-0.35, 0.0, 0.35)]
    passing_low = [state(is_low=True, person_x_m=x) for x in (0.3, 0.0)]
    path = story.folder / "cameras.yaml"
    path.write_text(yaml.safe_dump(story.settings()))
    story.show(good)
    story.serve()
    # The person finder claims to be reliable and finds nobody: the other safeguards must hold.
    looker = Looker(lambda camera_id: story, FakePeople(is_reliable=True), matchers, dealer=None)
    watch = Watch(path, ledger, lambda settings: looker)
    thread = threading.Thread(target=watch.run, daemon=True)
    thread.start()

    def status():
        return next(((row.status, row.reason) for row in ledger.cameras()), None)

    def alerted(*types):
        return lambda: set(types) <= set(story.receiver.types)

    try:
        until(lambda: ledger.setup("shelf").reference is not None, within_s=PATIENCE_S)
        time.sleep(12)  # until what stands still is known
        for shown in passing:
            story.show(shown, seconds=0.7)
        story.show(good, seconds=3)

        for shown in passing_low:
            story.show(shown, seconds=1.6)
        story.show(low)
        until(alerted("reach-height.opened"), within_s=PATIENCE_S)

        cut_s = time.monotonic()
        story.cut()
        until(lambda: status()[0] == "lost", within_s=PATIENCE_S)
        assert time.monotonic() - cut_s < 20
        story.serve()
        until(lambda: status()[0] == "watching", within_s=PATIENCE_S)
        until(alerted("status.lost", "status.back"), within_s=PATIENCE_S)

        story.show(good, shift_px=6)
        until(lambda: status() == ("suspended", "moved"), within_s=PATIENCE_S)
        looks = story.looks
        time.sleep(6)
        assert story.looks == looks
        assert "reach-height.closed" not in story.receiver.types
        story.show(low)
        ledger.wish("shelf", WishKind.SAME_VIEW, by="Anne", at=START)
        until(lambda: status()[0] == "watching", within_s=PATIENCE_S)

        for shown in passing:
            story.show(shown, seconds=0.7)
        story.show(good)
        until(alerted("reach-height.closed"), within_s=PATIENCE_S)
    finally:
        watch.stop()
        thread.join(10)

    found = next(row for row in ledger.findings("shelf") if row.rule_id == "reach-height")
    assert found.closed_at is not None
    assert aware(found.closed_at) > aware(found.opened_at)
    kept = sorted(ledger.pictures.rglob("*.jpg"))
    assert kept, f"nothing was kept: {found.not_kept}"
    for path in kept:
        picture = cv2.imread(str(path))
        assert picture.shape == (BOTTOM - TOP, RIGHT - LEFT, 3)
        for shown in passing:
            assert not holds_person(picture, shown, good), path
        for shown in passing_low:
            assert not holds_person(picture, shown, low), path


def test_the_check_for_people_finds_one():
    good, person = state(), state(person_x_m=0.0)
    crop = person.image_bgr[TOP:BOTTOM, LEFT:RIGHT]
    assert holds_person(crop, person, good)
    assert not holds_person(good.image_bgr[TOP:BOTTOM, LEFT:RIGHT], person, good)
