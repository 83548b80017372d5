import pytest

from inspector.domain.facts import EdgeStrip
from inspector.domain.scene import EdgeBand
from inspector.geometry.strips import edge_strip

BOXES = {f"p{n}": (100.0 * n, 100.0, 100.0 * n + 90, 180.0) for n in range(1, 6)}
ROW = tuple(BOXES)
MEDICINE = ("p1", "p2", "p3")


def band(left_px, right_px, *, y_px=195.0, meets=(False, True)):
    return EdgeBand(((left_px, y_px), (right_px, y_px)), meets)


def found(*bands, medicine=MEDICINE):
    return edge_strip(ROW, medicine, bands, BOXES)


def test_a_strip_under_all_the_medicine_that_ends_before_the_other_goods_is_unbroken():
    assert found(band(95, 395)) is EdgeStrip.UNBROKEN


def test_a_strip_that_ends_under_the_medicine_does_not_run_along_all_of_it():
    assert found(band(95, 300)) is not EdgeStrip.UNBROKEN


def test_two_strips_with_a_gap_are_a_broken_one():
    pieces = band(95, 230, meets=(True, True)), band(250, 395, meets=(True, True))
    assert found(*pieces) is EdgeStrip.BROKEN


def test_a_rail_of_one_colour_marks_nothing():
    assert found(band(0, 700)) is EdgeStrip.NONE


def test_a_colour_that_fades_out_is_a_reflection_and_no_strip():
    assert found(band(95, 395, meets=(False, False))) is EdgeStrip.NONE


def test_a_strip_between_other_goods_ends_on_both_sides():
    middle = ("p2", "p3")
    assert found(band(195, 395, meets=(True, True)), medicine=middle) is EdgeStrip.UNBROKEN
    assert found(band(195, 395, meets=(False, True)), medicine=middle) is EdgeStrip.NONE


@pytest.mark.parametrize("medicine", [("p1", "p3"), ROW, ()])
def test_goods_among_the_medicine_or_none_beside_it_leave_nothing_to_mark(medicine):
    assert found(band(95, 395), medicine=medicine) is EdgeStrip.NONE


def test_a_strip_on_another_shelf_is_not_this_ones():
    assert found(band(95, 395, y_px=400)) is EdgeStrip.NONE
