import cv2
import numpy as np
import pytest

from inspector.live.changes import Changes
from tests.live.shelves import PACK_WH, SIGN_BOX, WH, Shelf, drawn, replace

BOXES = {name: (x, y, x + PACK_WH[0], y + PACK_WH[1]) for name, (x, y) in Shelf().packs.items()}


def changes(now, before=None):
    return Changes.between(drawn(now), drawn(before or Shelf()))


def test_noise_is_no_change():
    found = changes(Shelf(seed=3))
    assert found.are_none
    assert found.parts() == []


def test_a_pack_that_was_moved_changes_both_places_and_no_others():
    moved = (300, 300, 300 + PACK_WH[0], 300 + PACK_WH[1])
    found = changes(replace(Shelf(), packs={**Shelf().packs, "p0": (300, 300)}, seed=2))
    assert found.touch(BOXES["p0"])
    assert found.touch(moved)
    # Those beside it may have been hidden by it.
    assert not any(found.touch(BOXES[f"p{n}"]) for n in range(2, 8))
    assert len(found.parts()) == 2


@pytest.mark.parametrize("letters_px", [7, 9, 12])
@pytest.mark.parametrize("at", [0, 3, 5])
def test_a_pack_of_the_same_colours_with_another_name_in_the_same_place_is_a_change(letters_px, at):
    def pack(name):
        image = drawn(Shelf())
        cv2.rectangle(image, (40, 120), (88, 184), (200, 200, 200), -1)
        cv2.putText(image, name, (42 + at, 140 + at), 0, letters_px / 21, (80, 80, 80), 1)
        return image

    found = Changes.between(pack("Panodil"), pack("Pamolex"))
    assert found.touch((40, 120, 88, 184))
    assert not found.are_all


@pytest.mark.parametrize("light", [0.85, 1.15])
def test_another_light_changes_everything(light):
    assert changes(replace(Shelf(), light=light)).are_all


@pytest.mark.parametrize("shift_px", [1, 2, 4])
def test_a_camera_that_was_moved_leaves_no_pack_and_no_sign_as_it_was(shift_px):
    found = changes(replace(Shelf(), shift_px=shift_px))
    assert all(found.touch(box) for box in (*BOXES.values(), SIGN_BOX))


def test_everything_is_new_without_a_picture_before_and_with_one_of_another_size():
    picture = drawn(Shelf())
    assert Changes.between(picture, None).are_all
    assert Changes.between(picture, picture[:-8]).are_all
    assert Changes.between(picture, None).parts() == [(0, 0, *WH)]


def test_parts_are_apart_and_hold_what_is_asked_for_as_a_whole():
    found = changes(replace(Shelf(), packs={**Shelf().packs, "p0": (300, 300)}))
    wide = (30.0, 290.0, 330.0, 310.0)
    parts = found.parts(also=[wide])
    assert any(p[0] <= wide[0] and p[1] <= wide[1] and p[2] >= wide[2] for p in parts)
    covered = np.zeros(WH[::-1], int)
    for x1, y1, x2, y2 in parts:
        covered[y1:y2, x1:x2] += 1
    assert covered.max() == 1


def test_what_changed_is_taken_over_and_the_rest_stays():
    before, now = drawn(Shelf()), drawn(replace(Shelf(), packs={}, seed=1))
    kept = Changes.between(now, before).taken_over(now, before)
    x1, y1, x2, y2 = BOXES["p3"]
    assert (kept[y1:y2, x1:x2] == now[y1:y2, x1:x2]).all()
    assert (kept[-20:] == before[-20:]).all()


def test_of_an_edge_the_share_that_changed_is_told():
    found = changes(replace(Shelf(), packs={k: v for k, v in Shelf().packs.items() if k != "p0"}))
    assert found.share_of(((0.0, 150.0), (640.0, 150.0))) == pytest.approx(0.1, abs=0.05)
    assert found.share_of(((60.0, 130.0), (60.0, 180.0))) == 1
