"""Marks of known height on a photo, set and moved with a finger in a real browser."""

import json
from pathlib import Path

import pytest

from .test_a_visit import PHOTOS, begin, press

pytestmark = pytest.mark.whole

NO_SCALE = PHOTOS[2:]
TRUTH = json.loads(Path(NO_SCALE[0]).with_suffix(".json").read_text())
LOW, HIGH = TRUTH["shelves"][1], TRUTH["shelves"][4]
TARGET_PX = 44
AMISS_PX = 60, -40
"""How far off the first tap is, in pixels of the screen."""


class Finger:
    """Touches that move, which Playwright's touchscreen has not."""

    def __init__(self, tab):
        self.session = tab.context.new_cdp_session(tab)

    def stroke(self, start, end, *, steps=8):
        for step in range(steps + 1):
            x, y = (a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
            self._send("touchStart" if step == 0 else "touchMove", [{"x": x, "y": y}])
        self._send("touchEnd", [])

    def _send(self, kind, points):
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def middle(target):
    box = target.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def add(tab, label, height_cm, n):
    tab.get_by_label(label).fill(f"{height_cm:g}")
    press(tab, "Tilføj")  # at once, as people do
    tab.get_by_text("Målebånd:").nth(n - 1).wait_for()


def test_a_finger_sets_marks_and_moves_them(open_tab, visit_of, shoot):
    def marks_of(tab):
        (photo,) = visit_of(tab).photos
        return photo.told.marks

    tab = open_tab()
    begin(tab)
    tab.locator("input[type=file]").set_input_files(NO_SCALE)
    press(tab, "Se billedet og højderne")
    tab.get_by_text("Oplys højder i hånden").click()
    width_px = TRUTH["width"]
    photo = tab.locator(".photo img")
    photo.wait_for()
    tab.wait_for_timeout(1000)
    photo.scroll_into_view_if_needed()
    box = photo.bounding_box()
    finger = Finger(tab)

    def at(x_px, y_px):
        scale = box["width"] / width_px
        return box["x"] + x_px * scale, box["y"] + y_px * scale

    x, y = at(*HIGH["edge_px"][0])
    tab.touchscreen.tap(x - AMISS_PX[0], y - AMISS_PX[1])
    add(tab, "Punktets højde over gulvet (cm)", HIGH["top_height_cm"], 1)
    box = photo.bounding_box()
    finger.stroke(*(at(*end) for end in LOW["edge_px"]))
    add(tab, "Kantens højde over gulvet (cm)", LOW["top_height_cm"], 2)
    point, edge = marks_of(tab)
    assert (len(point.ends_px), len(edge.ends_px)) == (1, 2)
    assert (point.height_m, edge.height_m) == (1.45, 0.5)

    handles = tab.locator(".photo button")
    assert handles.count() == 3, "one of the point, two of the edge"
    for target in (*handles.all(), *tab.locator(".keys button").all()):
        size = target.bounding_box()
        assert min(size["width"], size["height"]) >= TARGET_PX

    photo.scroll_into_view_if_needed()
    start = middle(handles.first)
    finger.stroke(start, (start[0] + AMISS_PX[0], start[1] + AMISS_PX[1]))
    tab.wait_for_timeout(2500)
    scale = width_px / photo.bounding_box()["width"]
    moved, kept = marks_of(tab)
    assert kept == edge
    assert moved.height_m == 1.45, "the mark is the same, elsewhere"
    (x, y), (was_x, was_y) = moved.ends_px[0], point.ends_px[0]
    way = [scale * px for px in AMISS_PX]
    assert (x - was_x, y - was_y) == pytest.approx(way, abs=3 * scale)

    tab.get_by_role("button", name="Lidt ned").tap()
    tab.get_by_role("button", name="Lidt ned").tap()
    tab.wait_for_timeout(2500)
    (nudged, _) = marks_of(tab)
    assert nudged.ends_px[0] == pytest.approx((x, y + 2 * width_px / 1000), abs=0.01)
    tab.locator(".loupe").scroll_into_view_if_needed()
    shoot(tab, "photo-marks")

    main = tab.locator("[data-testid=stMain]")
    before = main.evaluate("main => main.scrollTop")
    x = at(0.6 * width_px, 0)[0]
    finger.stroke((x, 300), (x, 600))
    tab.wait_for_timeout(1500)
    assert main.evaluate("main => main.scrollTop") < before
    assert handles.count() == 3, "an upright stroke turns the page and marks nothing"
    press(tab, "Fjern")
    tab.locator(".photo button").nth(2).wait_for(state="detached")
    assert marks_of(tab) == (edge,)
