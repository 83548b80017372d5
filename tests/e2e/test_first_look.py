"""What is shown of a photo before its text is read."""

import pytest

from .test_a_visit import PHOTOS, begin

pytestmark = pytest.mark.whole

NO_SCALE = PHOTOS[2:]


def test_who_forgot_the_strip_is_told_before_the_photo_is_read(server, open_tab, shoot):
    server.kill()
    server.start(reading_s=6)
    tab = open_tab()
    begin(tab)
    tab.locator("input[type=file]").set_input_files(NO_SCALE)
    look = tab.locator(".st-key-first_look")
    look.get_by_text("Højden af pakkerne kan ikke måles").wait_for()
    look.get_by_text("Stil målestrimlen mod reolens forkant").wait_for()
    look.get_by_text("intet er bedømt endnu").wait_for()
    assert look.get_by_role("img").count() == 1
    assert tab.locator(".badge.passed, .badge.failed, .badge.cant_tell").count() == 0
    shoot(tab, "visit-first-look")
    tab.get_by_role("button", name="Se billedet og højderne").wait_for()
    look.wait_for(state="detached")


def test_a_reader_without_a_first_look_shows_its_result(server, open_tab):
    server.kill()
    server.start(reading_s=3, tells_early=False)
    tab = open_tab()
    begin(tab)
    tab.locator("input[type=file]").set_input_files(NO_SCALE)
    tab.get_by_text("læses nu").wait_for()
    assert tab.locator(".st-key-first_look").count() == 0
    tab.get_by_role("button", name="Se billedet og højderne").wait_for()
