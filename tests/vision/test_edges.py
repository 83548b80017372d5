"""How steeply level things run in a picture."""

import numpy as np
import pytest

from inspector.domain.scene import StraightEdge
from inspector.vision.edges import slopes_at


def edge(x, y, slope, *, length=200.0, is_upright=False):
    dx = length / 2
    return StraightEdge(((x - dx, y - slope * dx), (x + dx, y + slope * dx)), is_upright)


def fan(of):
    return [edge(x, y, of(x, y)) for x in (200, 600, 1000) for y in (100, 500, 900)]


def box(x, y):
    return (x - 20.0, y - 20.0, x + 20.0, y + 20.0)


def test_slopes_change_steadily_over_a_picture():
    def slope(x, y):
        return 0.05 - 1e-4 * (x - 600) + 2e-4 * (y - 500)

    places = [(300, 200), (600, 500), (900, 800)]
    told = slopes_at(fan(slope), [box(*place) for place in places])
    assert told == pytest.approx([slope(*place) for place in places], abs=1e-3)


def test_edges_that_run_otherwise_and_uprights_count_little():
    edges = [*fan(lambda x, y: 0.02), edge(500, 500, 0.3, length=80)]
    edges.append(edge(700, 300, 0.0, is_upright=True))
    assert slopes_at(edges, [box(600, 500)]) == pytest.approx([0.02], abs=2e-3)


def test_beyond_the_edges_slopes_stay_what_they_are_at_the_last_one():
    told = slopes_at(fan(lambda x, y: 1e-4 * (y - 500)), [box(600, 900), box(600, 5000)])
    assert told[0] == pytest.approx(told[1])


def test_too_few_edges_tell_nothing():
    assert slopes_at([edge(100, 100, 0.2)] * 3, [box(100, 100)]) == [0.0]
    assert slopes_at(fan(lambda x, y: 0.1), []) == []


def test_a_slope_is_never_steeper_than_a_level_edge_may_be():
    assert np.abs(slopes_at(fan(lambda x, y: 2.0), [box(600, 500)])[0]) < 0.5
