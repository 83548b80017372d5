"""Locks: looked for where leaves meet, told where one place alone is likely."""

from pathlib import Path

import numpy as np
import pytest

from datasets.doors import STRIP_HEIGHT_PX, DoorMaker
from inspector.vision.locks import CELL_PX, LEAF_PX, STRIP_PX, LockFinder
from inspector.vision.weights import load_weights

SAMPLES = Path(__file__).parents[2] / "datasets" / "samples"

LEFT, RIGHT = (100.0, 100.0, 260.0, 740.0), (260.0, 100.0, 420.0, 740.0)


class Seeing:
    """A network that says what it is told to, and keeps what it was shown."""

    def __init__(self, *spots):
        self.spots, self.shown = spots, []

    def told_of(self, pictures):
        for picture in pictures:
            self.shown.append(picture)
            chances = np.zeros((1, picture.shape[0] // CELL_PX, STRIP_PX // CELL_PX), np.float32)
            for x, y, chance in self.spots:
                chances[0, y // CELL_PX, x // CELL_PX] = chance
            yield [chances]


@pytest.fixture(scope="module")
def finder():
    return LockFinder(load_weights("lock-finder"), threads=1)


def found(spots, doors, monkeypatch, finder):
    network = Seeing(*spots)
    monkeypatch.setattr(finder, "_network", network)
    photo = np.full((800, 600, 3), 128, np.uint8)
    return finder.find(photo, doors), network.shown


def test_two_leaves_are_looked_at_where_they_meet(finder, monkeypatch):
    locks, shown = found([(50, 400, 0.9)], [RIGHT, LEFT], monkeypatch, finder)
    assert len(shown) == 1
    (lock,) = locks
    assert lock.leaves_px == (LEFT, RIGHT)
    x, y = lock.at_px
    assert x == pytest.approx(260 + 50 - STRIP_PX / 2, abs=CELL_PX)
    assert y == pytest.approx(4 + 400, abs=CELL_PX)


@pytest.mark.parametrize(
    "doors",
    [
        [],
        [LEFT],
        [LEFT, (600.0 - LEAF_PX, 100.0, 600.0, 740.0)],  # apart
        [LEFT, (260.0, 700.0, 420.0, 780.0)],  # of another cabinet
    ],
)
def test_nothing_is_looked_for_where_no_leaves_meet(doors, finder, monkeypatch):
    assert found([(48, 400, 0.9)], doors, monkeypatch, finder) == ((), [])


@pytest.mark.parametrize(
    "spots",
    [
        [(48, 400, 0.55)],  # not sure
        [(48, 400, 0.7), (48, 200, 0.5)],  # another place may be one, too
        [(4, 400, 0.9)],  # on what stands behind the glass
    ],
)
def test_what_is_not_sure_is_not_told(spots, finder, monkeypatch):
    assert found(spots, [LEFT, RIGHT], monkeypatch, finder)[0] == ()


def test_locks_are_found_on_drawn_doors(finder):
    maker = DoorMaker(list(SAMPLES.glob("*.jpg")), seed=2**31)
    right = wrong = asked = 0
    for _ in range(60):
        strip = maker.seen()
        middle = STRIP_PX / 2
        doors = [
            (middle - LEAF_PX, 0.0, middle, float(STRIP_HEIGHT_PX)),
            (middle, 0.0, middle + LEAF_PX, float(STRIP_HEIGHT_PX)),
        ]
        told = finder.find(strip.picture_bgr, doors)
        asked += strip.is_sure and len(strip.locks_px) > 0
        for lock in told:
            is_right = any(np.hypot(*(lock.at_px - at)) < 8 for at in strip.locks_px)
            right, wrong = right + is_right, wrong + (not is_right)
    assert right > 0.5 * asked
    assert wrong <= 2
