"""The server is killed in the middle of its work and started again; nothing is lost."""

import time
from pathlib import Path

import pytest

from inspector.domain.facts import Answer
from inspector.store.verify import Verifier
from inspector.store.visit import PhotoState

from .conftest import SOMEBODY
from .test_a_visit import PHOTOS, begin, go_to

pytestmark = pytest.mark.whole


def wait_until(holds, *, within_s=60):
    give_up_at = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < give_up_at, "it did not come to that"
        time.sleep(0.05)


def faults(desk):
    return [
        fault
        for checked in Verifier.beside(desk.visits).check(desk.files)
        for fault in checked.faults
    ]


def test_killed_while_photos_come_in(server, open_tab, desk, visit_of):
    server.kill()
    server.start(keeping_s=3)
    tab = open_tab()
    begin(tab)
    tab.locator("input[type=file]").set_input_files(PHOTOS)
    half_written = server.folder / "files"
    wait_until(lambda: visit_of(tab).photos and list(half_written.glob("*/*.part")))
    server.kill()
    assert len(visit_of(tab).photos) == 1, "the second one was being written"
    tab.get_by_text("Forbindelsen er afbrudt. pharmacy-good.jpg, no-scale.jpg sendes").wait_for()

    server.start()  # the tab that stayed open sends what has not arrived
    tab.get_by_role("button", name="Se billedet og højderne").nth(2).wait_for()
    photos = visit_of(tab).photos
    assert [f"{photo.file}" for photo in photos] == [Path(photo).name for photo in PHOTOS]
    assert {photo.state for photo in photos} == {PhotoState.DONE}
    assert not faults(desk), "no half file stands under the name of a whole one"


def test_a_tab_that_is_closed_while_photos_come_in_names_the_missing_ones(
    server, open_tab, desk, visit_of
):
    server.kill()
    server.start(keeping_s=3)
    tab = open_tab()
    begin(tab)
    tab.locator("input[type=file]").set_input_files(PHOTOS)
    wait_until(lambda: visit_of(tab).photos)
    server.kill()
    server.start()
    tab.goto(tab.url)
    missing = tab.get_by_text("Nåede ikke frem, før siden blev lukket: ")
    missing.wait_for()
    assert "pharmacy-good.jpg, no-scale.jpg. Vælg dem igen." in missing.inner_text()

    tab.locator("input[type=file]").set_input_files(PHOTOS)
    tab.get_by_role("button", name="Se billedet og højderne").nth(2).wait_for()
    assert len(visit_of(tab).photos) == len(PHOTOS), "the photo that had arrived counts once"
    assert not missing.count()
    assert not faults(desk)


def test_killed_while_a_photo_is_looked_at(server, open_tab, desk, visit_of):
    server.kill()
    server.start(reading_s=8)
    tab = open_tab()
    begin(tab)
    tab.locator("input[type=file]").set_input_files(PHOTOS)
    tab.get_by_role("button", name="Se billedet og højderne").first.wait_for()
    go_to(tab, "questions")
    tab.locator(".st-key-answer_supervision").get_by_text("Nej", exact=True).click()
    wait_until(lambda: visit_of(tab).answers)
    tab.get_by_text("Ikke overholdt").first.wait_for()
    tab.wait_for_timeout(1500)  # the page stands still: only what looks again finds the server
    wait_until(lambda: 0 in desk.queue.places().values())
    server.kill()
    before = desk.visits.records(SOMEBODY, visit_of(tab).visit_id)
    assert visit_of(tab).waiting, "a photo was being looked at, or waited"

    server.start()
    wait_until(lambda: not visit_of(tab).waiting)  # the tab that stayed open comes back
    tab.get_by_role("button", name="Vis nye resultater").click()
    tab.get_by_role("button", name="Vis nye resultater").wait_for(state="hidden")
    visit = visit_of(tab)
    assert visit.answers == {"supervision": Answer.NO}
    after = desk.visits.records(SOMEBODY, visit.visit_id)
    assert after[: len(before)] == before
    looked_at = [r.details["capture_id"] for r in after if r.kind == "analysed"]
    assert sorted(looked_at) == sorted(photo.capture_id for photo in visit.photos), "each once"
    assert not faults(desk)
    go_to(tab, "photos")
    tab.get_by_role("button", name="Se billedet og højderne").nth(2).wait_for()
