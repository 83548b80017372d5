"""Every page on a tablet, empty and with something in it: nothing is cut off or hard to hit."""

from datetime import UTC, datetime, timedelta

import cv2
import pytest

from inspector.live.findings import Change, Turn
from inspector.live.ledger import Kept, Ledger
from inspector.live.votes import Failure
from tests.truth import SAMPLES

from .conftest import assert_fits
from .test_a_visit import begin

pytestmark = pytest.mark.whole

PHOTO = SAMPLES / "retailer-too-low.jpg"
PAGES = {
    "cameras": "Kameraer",
    "findings": "Fund",
    "actions": "Afhjælpning",
    "trends": "Udvikling",
    "inspect": "Hurtigt tjek",
    "floor-plan": "Plantegning",
    "register": "Varer",
    "rules": "Regler",
    "users": "Brugere",
    "retention": "Opbevaring",
    "log": "Log",
    "": "Besøg",
}
"""Titles of pages by their addresses."""

PICTURES = ("cameras", "inspect", "floor-plan", "register", "rules", "log")
"""Pages that no other test takes a picture of."""

SIZES = {"upright": (768, 1024), "level": (1180, 820)}
"""A tablet's pages, width and height in pixels."""

LEAST_PX = 44
TOO_SMALL = """least => {
  // What opens a choice or a calendar is the whole field, as wide as it is.
  const whole =
    "label, [data-testid=stSelectbox], [data-testid=stDateInput] div:has(> [role=group])"
  const targets = [...document.querySelectorAll(
    ".stMainBlockContainer :is(button, a, input, textarea, summary), [data-testid=stHeader] a")]
  return targets
    .map(target => [target, (target.matches("button") ? target.closest("[data-testid=stSelectbox]")
      : target.closest(whole)) ?? target])
    .filter(([target]) => target.checkVisibility())
    .filter(([target]) => !target.matches("input[aria-hidden=true], [aria-hidden=true] input"))
    .map(([target, hit]) => [target, hit.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && Math.min(box.width, box.height) < least - 0.5)
    .map(([target, box]) => `${target.outerHTML.slice(0, 200)} ${box.width} x ${box.height}`)
}"""


@pytest.fixture
def watch(server, monkeypatch):
    """Return a function that lets a camera watch, with a finding and its pictures."""
    monkeypatch.setenv("INSPECTOR_DATA", str(server.folder))

    def watch():
        now = datetime.now(UTC)
        crop = (480, 860, 1120, 1240)
        part = cv2.imread(str(PHOTO))[crop[1] : crop[3], crop[0] : crop[2]]
        picture = Kept(cv2.imencode(".jpg", part)[1].tobytes(), "", now, crop)
        place = Failure(
            "reach-height",
            (600.0, 990.0, 834.0, 1086.0),
            {"da": "Hylde 3 fra oven: Nicorette 2 mg står for lavt: 109,6 cm.", "en": "Too low."},
            {"da": "Flyt lægemidlet op.", "en": "Move it up."},
        )
        row = {"name": "Venstre reol", "source": "rtsp://10.0.0.2/live", "status": "watching"}
        row |= {"reason": "", "problem": "", "not_kept": "", "updated_at": now, "frame_at": now}
        row |= {"look_at": now, "look_s": 1.25, "frames_read": 7, "frames_skipped": 2}
        ledger = Ledger.open()
        ledger.put_statuses({"left": row | {"reconnects": 1, "looks": 3}})
        change = Change(Turn.OPENED, "reach-height", (place,))
        ledger.put_change("left", change, now - timedelta(minutes=4), before=None, now=picture)
        ledger.close()

    return watch


def assert_handy(tab):
    """Nothing scrolls sideways, and a finger hits whatever can be pressed."""
    tab.locator("[data-test-script-state=running]").wait_for(state="detached")
    tab.wait_for_timeout(500)  # the dress comes with the page, and takes a moment on a busy machine
    assert_fits(tab)
    assert tab.evaluate(TOO_SMALL, LEAST_PX) == []


@pytest.mark.parametrize("size", SIZES)
def test_an_empty_page_fits_and_says_how_to_begin(open_tab, server, size):
    tab = open_tab(size=SIZES[size])
    for address, title in PAGES.items():
        tab.goto(f"{server.url}/{address}")
        tab.get_by_role("heading", name=title, exact=True).first.wait_for()
        tab.wait_for_timeout(500)
        assert_handy(tab)
        if address in ("findings", "actions", "trends"):
            tab.get_by_role("link", name="Gå til besøgene").wait_for()
    tab.goto(f"{server.url}/trends")
    tab.get_by_role("link", name="Gå til besøgene").click()
    tab.get_by_label("Butikkens navn").wait_for()


def test_a_page_with_something_in_it_fits(open_tab, server, watch, shoot):
    tabs = {size: open_tab(size=wh) for size, wh in SIZES.items()}
    tab = tabs["upright"]
    begin(tab)
    tab.locator("input[type=file]").set_input_files(PHOTO)
    tab.get_by_role("button", name="Se billedet og højderne").wait_for()
    watch()
    for address, title in PAGES.items():
        for size, tab in tabs.items():
            tab.goto(f"{server.url}/{address}")
            tab.get_by_role("heading", name=title, exact=True).first.wait_for()
            if address == "inspect":
                tab.locator("input[type=file]").set_input_files(PHOTO)
                tab.get_by_text("Over gribehøjde for små børn").first.wait_for()
            if address == "floor-plan":
                tab.get_by_role("img").last.wait_for()
            tab.wait_for_timeout(1000)
            assert_handy(tab)
            if size == "upright" and address in PICTURES:
                shoot(tab, address)
