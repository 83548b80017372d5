"""`inspector watch`: settings checked, a camera set up, a channel tried."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from inspector import cli_watch
from inspector.cli import app
from inspector.domain.capture import Told
from inspector.domain.facts import Site
from inspector.domain.quantity import Measured
from inspector.domain.scene import SeenCapture
from inspector.errors import WatchError
from inspector.inspection import judge_captures
from inspector.live.ledger import Ledger
from inspector.live.looking import Looker, intrinsics_of, with_tags
from inspector.live.settings import Camera
from inspector.live.sources import Frame
from inspector.vision.tags import find_tags
from tests.live.fakes import START, FakePeople, matchers
from tests.live.shelves import Shelf, drawn, replace
from tests.truth import SAMPLES, scene_from_truth

PHOTO = SAMPLES / "retailer-too-low.jpg"
PERSON = (700.0, 300.0, 900.0, 900.0)


@pytest.fixture
def settings(tmp_path):
    camera = {"id": "left", "source": str(PHOTO), "repeat": True, "fps": 5}
    camera["shelf_area"] = [[150, 100], [1500, 1990]]
    path = tmp_path / "cameras.yaml"
    path.write_text(yaml.safe_dump({"cameras": [camera]}))
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["watch", *map(str, arguments)])


def test_settings_are_checked_without_watching(settings):
    result = run(settings, "--check")
    assert result.exit_code == 0
    said = " ".join(result.output.split())
    assert "Cameras: 1." in said
    assert "Kameraer: 1." in said


def test_a_wrong_file_ends_before_anything_is_watched(tmp_path):
    path = tmp_path / "cameras.yaml"
    path.write_text("cameras: 7\n")
    assert isinstance(run(path, "--check").exception, WatchError)


def test_a_camera_that_is_not_there_is_named(settings):
    error = run(settings, "--set-up", "right").exception
    assert isinstance(error, WatchError)
    assert "Expected one of left" in str(error)


def test_set_up_keeps_the_kits_heights_and_writes_a_picture_without_people(
    settings, tmp_path, monkeypatch
):
    monkeypatch.setattr(cli_watch, "_people", lambda: FakePeople(unsure=(PERSON,)))
    monkeypatch.setattr(cli_watch, "SET_UP_S", 1.0)
    out_file = tmp_path / "set-up.jpg"
    result = run(settings, "--set-up", "left", "--out", out_file)
    assert result.exit_code == 0, result.output
    assert [tag.tag_id for tag in Ledger.open().setup("left").tags] == list(range(1, 16))
    shown, photo = cv2.imread(str(out_file)), cv2.imread(str(PHOTO))
    assert shown.shape == photo.shape
    x1, y1, x2, y2 = (int(edge) + shift for edge, shift in zip(PERSON, (150, 100) * 2, strict=True))
    blurred, sharp = (cv2.Laplacian(im[y1:y2, x1:x2], cv2.CV_64F).var() for im in (shown, photo))
    assert blurred < 0.5 * sharp
    assert shown[120:180, 1510:].std() < 1, "what lies outside the shelf area is not shown"


@pytest.mark.parametrize("found", [(), ((10.0, 10.0, 40.0, 40.0),)], ids=["nobody", "elsewhere"])
def test_somebody_whom_the_detector_misses_is_in_no_picture(
    drawn_settings, tmp_path, monkeypatch, found
):
    monkeypatch.setattr(cli_watch, "_people", lambda: FakePeople(sure=found))
    show(monkeypatch, lambda second: Shelf(person_x=200 if second < 10 else None))
    out_file = tmp_path / "set-up.jpg"
    error = run(drawn_settings, "--set-up", "left", "--out", out_file).exception
    assert isinstance(error, WatchError)
    assert "moved before the shelf" in str(error)
    assert not out_file.exists()


def test_a_shelf_that_stands_still_for_half_a_minute_gives_a_picture(
    drawn_settings, tmp_path, monkeypatch
):
    monkeypatch.setattr(cli_watch, "_people", lambda: FakePeople())
    show(monkeypatch, lambda second: Shelf())
    out_file = tmp_path / "set-up.jpg"
    result = run(drawn_settings, "--set-up", "left", "--out", out_file)
    assert result.exit_code == 0, result.output
    assert "30 s" in result.output
    assert out_file.exists()


def test_a_stream_that_ends_too_soon_gives_no_picture(drawn_settings, tmp_path, monkeypatch):
    show(monkeypatch, lambda second: Shelf(), seconds=20)
    error = run(drawn_settings, "--set-up", "left", "--out", tmp_path / "x.jpg").exception
    assert "ended too soon" in str(error)


@pytest.fixture
def drawn_settings(tmp_path):
    path = tmp_path / "cameras.yaml"
    path.write_text(yaml.safe_dump({"cameras": [{"id": "left", "source": "/dev/video0"}]}))
    return path


def show(monkeypatch, shelf_at, seconds=60):
    """Let the camera show a drawn shelf, one frame a second."""

    def frames(camera, *, timeout_s):
        for second in range(seconds):
            yield Frame(drawn(replace(shelf_at(second), seed=second)), float(second), 0)

    monkeypatch.setattr(cli_watch, "open_frames", frames)


def test_the_kits_heights_hold_when_it_is_gone():
    photo = cv2.imread(str(PHOTO))
    truth = json.loads(Path(PHOTO).with_suffix(".json").read_text())
    truth |= {"references": [], "packs": truth["packs"][::5]}
    scene = scene_from_truth(truth)
    camera = Camera(id="left", source="/dev/video0")
    kept = find_tags(photo)
    intrinsics = intrinsics_of(camera, (photo.shape[1], photo.shape[0]))
    report = judge_captures(
        [with_tags(SeenCapture("0" * 64, "left", intrinsics, scene), kept)],
        model={},
        matchers=matchers(),
        site=Site(None, date(2026, 11, 22)),
        created_at=datetime.now(UTC),
    )
    packs = [pack for pack in truth["packs"] if pack["visible"] >= 0.5]
    within, widths_m = [], []
    for n, pack in enumerate(packs, start=1):
        height = report.captures[0].facts.pack(f"p{n}").bottom_height
        assert isinstance(height, Measured)
        widths_m.append(height.high_m - height.low_m)
        within.append(height.low_m <= pack["bottom_height_cm"] / 100 <= height.high_m)
    assert sum(within) >= 0.95 * len(within)
    assert median(widths_m) < 0.08


def test_a_secret_that_is_missing_is_named_before_the_cameras_are_watched(tmp_path, monkeypatch):
    monkeypatch.delenv("CAMERA_LEFT", raising=False)
    path = tmp_path / "cameras.yaml"
    camera = {"id": "left", "source": "rtsp://127.0.0.1:9/a", "user": "a"}
    path.write_text(yaml.safe_dump({"cameras": [{**camera, "password": "env:CAMERA_LEFT"}]}))
    result = run(path, "--check")
    assert result.exit_code == 0
    assert "environment variable CAMERA_LEFT" in " ".join(result.output.split())


def test_an_alert_that_no_channel_takes_ends_as_an_error(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("SHOP_MAIL", raising=False)
    nobody = run(settings, "--test-alert").exception
    assert "No channel is set" in str(nobody)
    path = tmp_path / "alerts.yaml"
    told = yaml.safe_load(settings.read_text()) | {"alerts": {"apprise": ["env:SHOP_MAIL"]}}
    path.write_text(yaml.safe_dump(told))
    result = run(path, "--test-alert")
    assert "Varsler sendt: 0 af 1." in " ".join(result.output.split())
    assert isinstance(result.exception, WatchError)


def test_looks_that_wait_are_refused_when_watching_ends():
    looker = Looker(lambda camera_id: None, FakePeople(), matchers)
    looker.end()
    frame = np.zeros((90, 160, 3), np.uint8)
    with pytest.raises(WatchError, match="has ended"):
        looker.look(Camera(id="a", source="/dev/video0"), frame, told=Told(), at=START)


def test_cameras_read_text_with_what_keeps_nothing_for_the_sizes_of_changed_parts(monkeypatch):
    asked = []
    monkeypatch.setattr("inspector.vision.text.TextReader", lambda **how: asked.append(how))
    cli_watch._models.__wrapped__()
    assert {"is_lean": True} in asked
