import pytest

from inspector.errors import WatchError
from inspector.live.secrets import opened_url, revealed
from inspector.live.settings import CEILING_VARIABLE, Camera, Kind
from inspector.live.settings_file import load_settings, settings_from_text, settings_table

ONE = "cameras:\n- id: a\n  source: rtsp://10.0.0.2/live\n"


def refused(text):
    with pytest.raises(WatchError) as refusal:
        settings_from_text(text, file="cameras.yaml")
    return str(refusal.value)


def test_the_smallest_file_is_one_camera():
    settings = settings_from_text(ONE, file="cameras.yaml")
    assert [camera.id for camera in settings.cameras] == ["a"]
    assert settings.retention.pictures_days == 30
    assert settings.watching.equal_results == 3


def test_hours_are_told_as_on_a_clock():
    text = ONE + "alerts:\n  quiet_from: '22:00'\n  quiet_to: '06:30'\n"
    assert settings_from_text(text, file="x").alerts.quiet_to == "06:30"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONE + "  fps: 50\n", "cameras.yaml, line 4: cameras[0].fps: Expected `float` <= 5.0"),
        (ONE + "  colour: red\n", "line 4: cameras[0].colour: Object contains unknown field"),
        ("cameras:\n- id: a\n", "line 2: cameras[0]: Object missing required field `source`"),
        ("cameras:\n- id: a\n  source: ftp://x/y\n", "line 3: cameras[0].source"),
        (ONE + "- id: a\n  source: /dev/video0\n", "Two cameras have the id a"),
        (ONE + "watching:\n  lost_after: 21\n", "line 5: watching.lost_after"),
        (ONE + "time_zone: Mars\n", "line 4: time_zone"),
        (ONE + "answers: {weather: 'yes'}\n", "line 4: answers.weather: Expected one of"),
        (ONE + "dealer: butcher\n", "line 4: dealer: Invalid enum value 'butcher', expected"),
        (ONE + "  zone: till\n", "'till', expected one of behind-counter, locked, public. See"),
        (ONE + "dealer: retailer\ndealer: pharmacy\n", "line 5: dealer stands there a second"),
        ("cameras: [\n", "not valid YAML"),
        ("just words", "line 1: expected settings by name"),
        (ONE + "alerts: {digest_at: '8 am'}\n", "line 4: alerts.digest_at"),
        (ONE + "alerts: {quiet_from: '22:00'}\n", "line 4: alerts.quiet_from"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_key(text, said):
    assert said in refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "cameras:\n- id: a\n  source: rtsp://me:Hemmelig1@10.0.0.2/live\n",
        ONE + "  password: Hemmelig1\n",
    ],
)
def test_a_password_in_the_file_is_refused_and_not_repeated(text):
    said = refused(text)
    assert "line" in said
    assert "Hemmelig1" not in said


def test_pictures_are_kept_30_days_at_most_unless_an_administrator_says_so(monkeypatch):
    text = ONE + "retention:\n  pictures_days: 60\n"
    assert "line 5: retention.pictures_days" in refused(text)
    monkeypatch.setenv(CEILING_VARIABLE, "90")
    assert settings_from_text(text, file="x").retention.pictures_days == 60


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WatchError, match=r"cameras\.yaml cannot be read"):
        load_settings(tmp_path / "cameras.yaml")


@pytest.mark.parametrize(
    ("source", "kind", "shown"),
    [
        ("rtsp://10.0.0.2:554/live?token=abc", Kind.RTSP, "rtsp://10.0.0.2:554/live"),
        ("https://cam/mjpeg?key=abc", Kind.MJPEG, "https://cam/mjpeg"),
        ("/dev/video0", Kind.DEVICE, "/dev/video0"),
        ("/home/me/shelf.mp4", Kind.FILE, "shelf.mp4"),
    ],
)
def test_a_source_is_shown_without_secrets_and_folders(source, kind, shown):
    camera = Camera(id="a", source=source)
    assert (camera.kind, camera.shown_source) == (kind, shown)


def test_passwords_come_from_the_environment_or_a_file(tmp_path, monkeypatch):
    monkeypatch.setenv("CAM_A", "p@ss word")
    camera = Camera(id="a", source="rtsp://10.0.0.2/live", user="shelf", password="env:CAM_A")
    assert opened_url(camera) == "rtsp://shelf:p%40ss%20word@10.0.0.2/live"
    (tmp_path / "secret").write_text("from-file\n")
    assert revealed(f"file:{tmp_path / 'secret'}") == "from-file"
    with pytest.raises(WatchError, match="env:NOT_SET is empty"):
        revealed("env:NOT_SET")


def test_every_setting_stands_in_the_table_with_its_title():
    table = settings_table()
    assert "| `fps` | frames used | 1/s | 0.2–5 | 1 |" in table
    assert "| `lost_after` | time without a frame" in table
