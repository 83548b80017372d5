import numpy as np
import pytest

from inspector.vision.fusing import fused


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
