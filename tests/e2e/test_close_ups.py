"""A close-up is offered as one, and answers the photo of the whole fixture, in a real browser."""

import cv2
import pytest

from tests.truth import SAMPLES, close_up

from .test_a_visit import begin, press

pytestmark = pytest.mark.whole

WHOLE = SAMPLES / "retailer-mixed.jpg"
PART = (560, 500, 1260, 1400)


def test_a_close_up_is_joined_with_one_press(open_tab, visit_of, shoot, tmp_path):
    part = tmp_path / f"{WHOLE.stem}@{','.join(map(str, PART))}.png"
    cv2.imwrite(str(part), close_up(cv2.imread(str(WHOLE)), PART))
    tab = open_tab()
    begin(tab)
    tab.locator("input[type=file]").set_input_files([str(WHOLE), str(part)])
    tab.get_by_text("Nærbilleder af samme reol?").wait_for()
    tab.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 250)")
    shoot(tab, "visit-close-ups")
    press(tab, "Samme reol")
    tab.get_by_text("Nærbillede: bedømmes i retailer-mixed.jpg").wait_for()
    tab.get_by_text(f"Læst tættere på i {part.name}").wait_for()
    assert tab.get_by_text("Nærbilleder af samme reol?").count() == 0
    whole, closer = visit_of(tab).photos
    assert closer.told.fixture == whole.capture_id
