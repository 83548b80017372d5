import numpy as np
import pytest

from inspector.live.people import FACE_SIZE, Baseline, NotKept, People, without_people

CROP = np.random.default_rng(3).integers(0, 255, (400, 600, 3)).astype(np.uint8)
PERSON = (200.0, 100.0, 300.0, 400.0)


def judged(people=None, *, is_reliable=True, possible=()):
    return without_people(CROP, people or People(), is_reliable=is_reliable, possible=possible)


def test_a_shelf_without_people_is_kept_as_it_is():
    assert (judged() == CROP).all()


def test_an_unreliable_detector_that_sees_nobody_on_a_still_shelf_keeps_nothing_from_being_kept():
    assert (judged(is_reliable=False) == CROP).all()


def test_a_person_is_made_unrecognisable_with_a_margin():
    kept = judged(People(sure=(PERSON,)), possible=(PERSON,))
    assert len(np.unique(kept[100:400, 200:300].reshape(-1, 3), axis=0)) < 200
    assert (kept[100:400, 190] != CROP[100:400, 190]).any()
    assert (kept[:, :180] == CROP[:, :180]).all()


@pytest.mark.parametrize(
    ("people", "is_reliable", "possible", "why"),
    [
        (People(sure=(PERSON,)), False, (), NotKept.UNSURE),
        (People(unsure=(PERSON,)), False, (), NotKept.UNSURE),
        (People(), False, (PERSON,), NotKept.MOVED_LATELY),
        (People(unsure=(PERSON,)), True, (), NotKept.UNSURE),
        (People(), True, (PERSON,), NotKept.MOVED_LATELY),
        (People(sure=((200, 100, 300, 200),)), True, (PERSON,), NotKept.MOVED_LATELY),
    ],
)
def test_in_doubt_nothing_is_kept(people, is_reliable, possible, why):
    assert judged(people, is_reliable=is_reliable, possible=possible) is why


def test_a_doubt_about_somebody_who_was_found_is_none():
    kept = judged(People(sure=(PERSON,), unsure=((210, 120, 290, 380),)))
    assert isinstance(kept, np.ndarray)


def see(baseline, small, at_s, moved_s):
    baseline.see(small, np.full(small.shape, float(moved_s)), float(at_s))


def test_before_anything_is_known_everything_may_be_a_person():
    baseline, shelf = Baseline(10), np.full((90, 160), 90, np.uint8)
    see(baseline, shelf, 0, 0)
    assert baseline.possible_people(crop_wh=(320, 180)) == ((0.0, 0.0, 320.0, 180.0),)
    see(baseline, shelf, 11, 0)
    assert baseline.possible_people(crop_wh=(320, 180)) == ()


def test_what_came_lately_and_is_large_may_be_a_person_until_it_has_stood_still():
    baseline, shelf = Baseline(10), np.full((90, 160), 90, np.uint8)
    see(baseline, shelf, 0, 0)
    see(baseline, shelf, 11, 0)
    taken = shelf.copy()
    taken[30:90, 50:80] = 200
    moved_s = np.zeros(shelf.shape)
    moved_s[30:90, 50:80] = 20
    baseline.see(taken, moved_s, 20)
    ((x1, y1, x2, y2),) = baseline.possible_people(crop_wh=(320, 180))
    assert abs(x1 - 100) < 8
    assert abs(y2 - 180) < 8
    assert x2 > x1
    assert y1 < y2
    baseline.see(taken, moved_s, 31)
    assert baseline.possible_people(crop_wh=(320, 180)) == ()


def test_a_pack_that_was_moved_is_no_person():
    baseline, shelf = Baseline(10), np.full((90, 160), 90, np.uint8)
    see(baseline, shelf, 0, 0)
    see(baseline, shelf, 11, 0)
    shelf = shelf.copy()
    shelf[40:54, 50:60] = 200
    see(baseline, shelf, 12, 12)
    assert baseline.possible_people(crop_wh=(320, 180)) == ()


def test_a_face_is_smaller_than_a_person_and_larger_than_a_pack():
    baseline, shelf = Baseline(10), np.full((90, 160), 90, np.uint8)
    see(baseline, shelf, 0, 0)
    see(baseline, shelf, 11, 0)
    face = shelf.copy()
    face[20:32, 40:50] = 200
    see(baseline, face, 12, 12)
    assert baseline.possible_people(crop_wh=(320, 180)) == ()
    assert len(baseline.possible_people(crop_wh=(320, 180), size=FACE_SIZE)) == 1
    pack = shelf.copy()
    pack[20:25, 40:44] = 200
    see(baseline, pack, 13, 13)
    assert baseline.possible_people(crop_wh=(320, 180), size=FACE_SIZE) == ()
