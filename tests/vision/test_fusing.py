import numpy as np
import pytest

from inspector.vision.fusing import fused, panels_joined, without_joins


def look(*rows):
    array = np.array(rows, float).reshape(-1, 5)
    return array[:, :4], array[:, 4]


def test_what_two_looks_agree_on_is_one_thing_between_both():
    boxes, confidences = fused([look((0, 0, 10, 10, 0.9)), look((0, 0, 12, 10, 0.3))])
    assert boxes.tolist() == [pytest.approx([0, 0, 10.5, 10])]
    assert confidences.tolist() == [pytest.approx(0.6)]


def test_what_one_look_missed_counts_half():
    _, confidences = fused([look((0, 0, 10, 10, 0.9)), look((50, 0, 60, 10, 0.4))])
    assert confidences.tolist() == [pytest.approx(0.45), pytest.approx(0.2)]


def test_neighbours_stay_two():
    boxes, _ = fused([look((0, 0, 10, 10, 0.9), (10, 0, 20, 10, 0.8))])
    assert len(boxes) == 2


def test_a_look_that_finds_one_thing_twice_does_not_make_it_surer():
    _, confidences = fused([look((0, 0, 10, 10, 0.6), (0, 0, 10, 11, 0.4))])
    assert confidences.tolist() == [pytest.approx(0.5)]


def test_nothing_found_is_nothing():
    boxes, confidences = fused([look(), look()])
    assert boxes.shape == (0, 4)
    assert confidences.shape == (0,)


def joined(*finds):
    boxes, confidences = zip(*finds, strict=True)
    boxes, confidences = panels_joined(
        np.array(boxes, float), np.array(confidences, float), threshold=0.2
    )
    return list(zip(boxes.tolist(), confidences.tolist(), strict=True))


WHITE_FRONT, PANEL = ((0, 0, 90, 60), 0.9), ((2, 48, 91, 82), 0.7)


def test_a_pack_that_was_found_without_its_panel_is_whole_again():
    assert joined(PANEL, WHITE_FRONT) == [([0, 0, 91, 82], 0.9)]


def test_a_panel_may_be_found_less_surely_than_a_pack():
    assert joined(WHITE_FRONT, (PANEL[0], 0.16)) == [([0, 0, 91, 82], 0.9)]
    assert len(joined(WHITE_FRONT, (PANEL[0], 0.14))) == 2
    assert len(joined((WHITE_FRONT[0], 0.19), PANEL)) == 2


def test_a_third_find_of_the_same_pack_is_gone_as_well():
    assert joined(WHITE_FRONT, ((1, 14, 90, 82), 0.3), PANEL) == [([0, 0, 91, 82], 0.9)]


@pytest.mark.parametrize(
    "below",
    [
        pytest.param((0, 58, 90, 92), id="stands below"),
        pytest.param((0, 34, 90, 68), id="stands before"),
        pytest.param((0, 48, 90, 100), id="as high"),
        pytest.param((30, 48, 120, 82), id="beside"),
        pytest.param((20, 48, 70, 82), id="narrower"),
        pytest.param((0, 20, 90, 50), id="inside"),
    ],
)
def test_packs_of_their_own_stay(below):
    assert len(joined(WHITE_FRONT, (below, 0.7))) == 2


def test_where_nothing_was_found_nothing_is_joined():
    boxes, confidences = panels_joined(np.empty((0, 4)), np.empty(0), threshold=0.2)
    assert len(boxes) == len(confidences) == 0


def left_of(*finds):
    boxes, confidences = zip(*finds, strict=True)
    boxes, _ = without_joins(np.array(boxes, float), np.array(confidences, float))
    return [tuple(box) for box in boxes.tolist()]


LEFT, RIGHT, BOTH = (0, 0, 100, 80), (104, 0, 200, 80), (0, 0, 200, 84)


def test_two_packs_found_as_one_too_are_two():
    assert left_of((LEFT, 0.7), (RIGHT, 0.6), (BOTH, 0.5)) == [LEFT, RIGHT]


def test_packs_that_stand_on_each_other_are_two_as_well():
    upper, lower = (0, 0, 100, 40), (0, 42, 100, 82)
    assert left_of((upper, 0.5), (lower, 0.9), ((0, 0, 100, 82), 0.4)) == [upper, lower]


@pytest.mark.parametrize(
    "finds",
    [
        ((LEFT, 0.7), (RIGHT, 0.4), (BOTH, 0.5)),  # the halves may be parts of one
        ((LEFT, 0.7), (BOTH, 0.5)),
        ((LEFT, 0.7), ((170, 0, 200, 80), 0.6), (BOTH, 0.5)),  # something stands between them
        ((LEFT, 0.7), ((10, 0, 110, 80), 0.6), (BOTH, 0.5)),  # twice the same
    ],
)
def test_a_pack_with_something_printed_on_it_stays(finds):
    assert BOTH in left_of(*finds)


def test_without_finds_nothing_is_dropped():
    boxes, confidences = without_joins(np.empty((0, 4)), np.empty(0))
    assert (boxes.shape, confidences.shape) == ((0, 4), (0,))
