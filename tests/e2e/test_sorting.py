"""A person sorts what could not be read, in a real browser."""

import pytest

from tests.e2e.test_a_visit import begin, press
from tests.truth import SAMPLES

pytestmark = pytest.mark.whole


def tile(tab, place):
    return tab.locator('[class*="st-key-look_"]').nth(place)


def test_packs_are_sorted_with_one_press_each(open_tab, shoot):
    tab = open_tab()
    begin(tab)
    tab.locator("input[type=file]").set_input_files([str(SAMPLES / "retailer-mixed.jpg")])
    press(tab, "Sortér pakningerne")
    tab.get_by_text("0 af", exact=False).first.wait_for()
    for place in range(3):
        button = tile(tab, place).get_by_role("button", name="Anden vare")
        assert button.bounding_box()["height"] >= 44
        button.click()
        tab.get_by_text(f"{place + 1} af", exact=False).first.wait_for()
        tile(tab, place).get_by_text("En person: Anden vare").wait_for()
    tab.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 330)")
    shoot(tab, "visit-sort")
    tile(tab, 2).get_by_role("button", name="Fortryd").click()
    tab.get_by_text("2 af", exact=False).first.wait_for()
    tab.reload()
    tab.get_by_text("2 af", exact=False).first.wait_for()
    assert "step=sort" in tab.url
