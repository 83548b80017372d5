import numpy as np
import pytest

from inspector.live.area import ShelfArea, small_gray
from inspector.live.gate import Gate
from inspector.live.settings import Watching
from inspector.live.still import BUSY_FRAMES, Still
from tests.live.shelves import WH, Shelf, drawn, replace, shows_person


def watch(shelves, *, watching=None, start_s=0.0):
    """Show one shelf a second to a gate that looks whenever it wants; return when it looked."""
    gate, looked_s = Gate(watching or Watching()), []
    for n, shelf in enumerate(shelves):
        at_s = start_s + n
        gate.see(small_gray(drawn(replace(shelf, seed=n))), at_s)
        if gate.wants_look(at_s):
            gate.looked(at_s)
            looked_s.append(n)
    return looked_s


def test_a_quiet_shelf_is_looked_at_once():
    assert watch([Shelf()] * 20) == [3]


def test_a_pack_that_moved_is_looked_at_after_three_quiet_seconds():
    after = replace(Shelf(), packs={**Shelf().packs, "p0": (500, 300)})
    assert watch([Shelf()] * 10 + [after] * 10) == [3, 14]


def test_nobody_looks_while_people_pass_by():
    passing = [replace(Shelf(), person_x=x) for x in range(0, 480, 60)]
    assert watch([Shelf()] * 10 + passing + [Shelf()] * 10) == [3]


def test_light_that_changes_everywhere_is_no_change():
    assert watch([Shelf()] * 8 + [replace(Shelf(), light=0.85)] * 8) == [3]


def test_a_shelf_is_looked_at_at_least_every_so_often():
    looked = watch([Shelf()] * 130, watching=Watching(at_least_every_min=1))
    assert looked == [3, 63, 123]


def test_what_lies_outside_the_shelf_is_grey():
    area = ShelfArea([(100, 100), (400, 120), (380, 300), (90, 310)], WH)
    crop = area.cropped(drawn(Shelf()))
    assert crop.shape == (210, 310, 3)
    framed = area.framed(crop)
    assert framed.shape == (480, 640, 3)
    assert (framed[:100] == 127).all()
    assert (framed[105, 395] == 127).all()
    assert (framed[200, 250] == drawn(Shelf())[200, 250]).all()


def test_a_shelf_that_fills_the_view_is_not_copied_and_one_beside_other_things_lets_them_go():
    frame = drawn(Shelf())
    assert np.shares_memory(ShelfArea((), WH).cropped(frame), frame)
    assert not np.shares_memory(ShelfArea([(100, 100), (400, 300)], WH).cropped(frame), frame)


def test_the_median_shows_the_shelf_without_those_who_pass_by():
    still = Still(busy_every_s=1)
    for n in range(BUSY_FRAMES):
        person = 60 * n if n % 2 else None
        image = drawn(replace(Shelf(), person_x=person, seed=n))
        still.see(image, float(n), is_moving=True, is_wanted=True)
    assert still.quiet_picture() is None
    picture = still.busy_picture()
    assert not shows_person(picture.crop_bgr)
    assert picture.unknown.mean() < 0.01


def test_where_somebody_stood_most_of_the_time_is_unknown():
    still = Still(busy_every_s=1)
    for n in range(BUSY_FRAMES):
        image = drawn(replace(Shelf(), person_x=200 if n % 2 else None, seed=n))
        still.see(image, float(n), is_moving=True, is_wanted=True)
    assert still.busy_picture().unknown[200:400, 220:330].mean() > 0.9


@pytest.mark.parametrize("is_moving", [True, False])
def test_a_quiet_picture_is_of_quiet_frames_only(is_moving):
    still = Still(busy_every_s=1000)
    for n in range(3):
        still.see(drawn(Shelf()), float(n), is_moving=is_moving and n == 1, is_wanted=True)
    assert (still.quiet_picture() is None) == is_moving


def test_moved_pixels_carry_the_time():
    gate = Gate(Watching())
    gate.see(small_gray(drawn(Shelf())), 0.0)
    gate.see(small_gray(drawn(replace(Shelf(), person_x=300))), 5.0)
    assert gate.moved_s[150, 180] == 5.0
    assert np.median(gate.moved_s) == 0.0
