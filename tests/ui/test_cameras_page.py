from datetime import UTC, datetime, timedelta
from importlib import resources

import cv2
import numpy as np
import pytest
import yaml

from inspector.errors import AccessError
from inspector.live.camera import Status
from inspector.live.control_room import ControlRoom
from inspector.live.findings import Change, Turn
from inspector.live.ledger import Kept, Ledger, Setup, naive
from inspector.live.people import NotKept
from inspector.live.view import ViewFault
from inspector.live.votes import Failure
from inspector.store.people import Person, Role
from inspector.ui import cached, cameras_page, sign_in

NOW = datetime.now(UTC)
PLACE = Failure(
    "signage",
    (40.0, 40.0, 80.0, 80.0),
    {"da": "Skiltet <b>Medicin</b> er væk.", "en": "The sign is gone."},
    {"da": "Hæng det op.", "en": "Put it up."},
)


def script():
    from inspector.ui import cameras_page, state

    state.keep()
    cameras_page.show()


@pytest.fixture
def ledger():
    cached.ledger.clear()
    opened = Ledger.open()
    yield opened
    opened.close()
    cached.ledger.clear()


def put(ledger, status="watching", reason="", at=NOW, **more):
    row = {"name": "Venstre reol", "source": "rtsp://10.0.0.2/live", "problem": "", "not_kept": ""}
    row |= {"status": status, "reason": reason, "updated_at": at, "frame_at": at, "look_at": at}
    row |= {"look_s": 1.25, "frames_read": 7, "frames_skipped": 2, "reconnects": 1, "looks": 3}
    ledger.put_statuses({"left": row | more})


def open_finding(ledger, now=None):
    ledger.put_change("left", Change(Turn.OPENED, "signage", (PLACE,)), NOW, before=None, now=now)


def test_without_cameras_the_page_says_how_to_begin(open_page, ledger):
    page = open_page(script)
    assert "inspector watch" in page.test.info[0].value
    assert "En optagelse er ikke opsyn" in page.html


def test_a_camera_stands_there_with_its_state_and_age(open_page, ledger):
    put(ledger)
    html = open_page(script).html
    assert "Venstre reol" in html
    assert "Ser efter" in html
    assert "sprunget over: 2" in html
    assert "(1,2 s)" in html
    assert "rtsp://10.0.0.2/live" in html


def test_a_program_that_stopped_is_told(open_page, ledger):
    put(ledger, at=NOW - timedelta(minutes=10))
    assert "Kameraerne bliver ikke set efter" in open_page(script).test.error[0].value


def test_findings_are_told_with_what_to_do_and_nothing_read_is_code(open_page, ledger):
    put(ledger)
    open_finding(ledger)
    html = open_page(script).html
    assert "Skiltet &lt;b&gt;Medicin&lt;/b&gt; er væk." in html
    assert "Hæng det op." in html


def test_evidence_is_shown_with_its_place_framed(open_page, ledger):
    put(ledger)
    jpeg = cv2.imencode(".jpg", np.full((100, 100, 3), 200, np.uint8))[1].tobytes()
    open_finding(ledger, Kept(jpeg, "", NOW, (20, 20, 120, 120)))
    page = open_page(script)
    assert len(page.test.get("image")) == 1
    sha256 = ledger.findings()[0].after_picture
    framed = cameras_page._picture(ledger, sha256, [PLACE.box_xyxy_px])
    assert framed[20, 40].tolist() != [200, 200, 200]


def test_why_no_picture_is_kept_is_told(open_page, ledger):
    put(ledger)
    open_finding(ledger, Kept(None, "unsure", NOW, (0, 0, 1, 1)))
    page = open_page(script)
    assert any("måske er en person" in caption.value for caption in page.test.caption)


def test_a_suspended_camera_waits_for_somebody_with_a_name(open_page, ledger):
    put(ledger, status="suspended", reason="moved")
    page = open_page(script)
    assert "Kameraet er flyttet" in page.html
    page.press("Kameraet ser det samme som før")
    assert page.test.warning[0].value == "Skriv dit navn først."
    assert ledger.take_wishes("left", NOW) == []
    page.test.text_input[0].set_value("Anne").run()
    page.press("Kameraet ser det samme som før")
    (wish,) = ledger.take_wishes("left", NOW)
    assert (wish.kind, wish.by) == ("same_view", "Anne")


def test_a_view_that_nobody_has_confirmed_asks_for_it(open_page, ledger):
    put(ledger)
    ledger.put_setup("left", Setup(reference=b"features"))
    assert open_page(script).test.text_input
    ledger.put_setup("left", Setup(reference=b"features", confirmed_by="Anne"))
    assert not open_page(script).test.text_input


def test_presence_is_confirmed_by_name_and_logged(open_page, ledger):
    ledger.ask_presence(NOW, NOW + timedelta(days=1))
    page = open_page(script)
    assert "Er du ved varerne" in page.test.warning[0].value
    page.test.text_input[0].set_value("Anne").run()
    page.press("Jeg holder opsyn")
    row = ledger.presence_log()[0]
    assert row.by == "Anne"
    assert row.answered_at >= naive(NOW)
    assert any("af Anne" in caption.value for caption in page.test.caption)


def test_who_has_signed_in_speaks_in_their_own_name(open_page, ledger, monkeypatch):
    monkeypatch.setattr(sign_in, "is_configured", lambda: True)
    monkeypatch.setattr(cameras_page, "page_head", lambda title: None)  # it asks the provider
    monkeypatch.setattr(sign_in, "person", lambda: Person("Anna", Role.INSPECTOR))
    put(ledger, status="suspended", reason="moved")
    ledger.ask_presence(NOW, NOW + timedelta(days=1))
    page = open_page(script)
    assert not page.test.text_input
    page.press("Kameraet ser det samme som før")
    page.press("Jeg holder opsyn")
    (wish,) = ledger.take_wishes("left", NOW)
    assert (wish.by, ledger.presence_log()[0].by) == ("Anna", "Anna")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
def test_who_may_see_some_shops_only_sees_no_camera(open_page, ledger, monkeypatch, role):
    carl = Person("Carl", role, frozenset({"s1"}))
    monkeypatch.setattr(sign_in, "person", lambda: carl)
    put(ledger)
    page = open_page(script)
    assert page.test.error[0].value.startswith("Kameraerne er for inspektører")
    assert "Venstre reol" not in page.words
    with pytest.raises(AccessError):
        ControlRoom(ledger, carl)


def test_the_page_is_told_in_english_too(open_page, ledger):
    put(ledger)
    page = open_page(script)
    page.choose("lang", "en")
    assert page.test.title[0].value == "Cameras"
    assert "A recording is not supervision" in page.html


def words_of(package, stem, lang):
    file = resources.files(package) / f"{stem}_{lang}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("package", "stem"), [("inspector.ui", "cameras"), ("inspector.live", "words")]
)
def test_both_languages_have_the_same_words(package, stem):
    danish, english = (words_of(package, stem, lang) for lang in ("da", "en"))
    assert danish.keys() == english.keys()


def test_every_state_and_reason_has_words():
    spoken = words_of("inspector.live", "words", "da")
    assert {f"status_{status}" for status in Status} <= spoken.keys()
    assert {f"reason_{fault}" for fault in ViewFault} <= spoken.keys()
    assert {f"not_kept_{reason}" for reason in NotKept} <= spoken.keys()
