import cv2
import numpy as np
import pytest

from inspector.errors import WatchError
from inspector.live.area import ShelfArea
from inspector.live.view import Reference, ViewFault, ViewGuard, fault_of_view
from tests.live.shelves import WH, Shelf, drawn, replace

AREA = ShelfArea((), WH)
REFERENCE = Reference.of(drawn(Shelf()), AREA)


@pytest.mark.parametrize(
    "shelf",
    [
        Shelf(seed=3),
        Shelf(light=0.75),
        Shelf(person_x=220),
        Shelf(packs={}),
        Shelf(has_sign=False, packs={"p9": (300, 300)}),
    ],
)
def test_a_shelf_that_changes_is_the_same_view(shelf):
    assert fault_of_view(drawn(shelf), REFERENCE) is None


@pytest.mark.parametrize("shift_px", [-40, 3, 12])
def test_a_camera_that_was_pushed_is_noticed(shift_px):
    assert fault_of_view(drawn(Shelf(shift_px=shift_px)), REFERENCE) is ViewFault.MOVED


def test_a_camera_that_was_turned_is_noticed():
    turn = cv2.getRotationMatrix2D((320, 240), 1.0, 1.0)
    turned = cv2.warpAffine(drawn(Shelf()), turn, (640, 480), borderMode=cv2.BORDER_REFLECT)
    assert fault_of_view(turned, REFERENCE) is ViewFault.MOVED


@pytest.mark.parametrize(
    ("image", "fault"),
    [
        (np.full((480, 640, 3), 8, np.uint8), ViewFault.DARK),
        (np.full((480, 640, 3), 250, np.uint8), ViewFault.BLINDED),
        (np.full((480, 640, 3), 120, np.uint8), ViewFault.COVERED),
        (
            np.random.default_rng(3).integers(0, 255, (480, 640, 3)).astype(np.uint8),
            ViewFault.COVERED,
        ),
        (cv2.GaussianBlur(drawn(Shelf()), (0, 0), 5), ViewFault.OUT_OF_FOCUS),
        (cv2.GaussianBlur(drawn(Shelf()), (0, 0), 2), ViewFault.OUT_OF_FOCUS),
    ],
)
def test_a_view_that_shows_no_shelf_is_named(image, fault):
    assert fault_of_view(image, REFERENCE) is fault


def test_one_bad_picture_suspends_nothing_and_three_do_until_somebody_confirms():
    guard = ViewGuard(REFERENCE)
    pushed = drawn(Shelf(shift_px=12))
    assert [guard.check(pushed) for _ in range(3)] == [None, None, ViewFault.MOVED]
    assert [guard.check(drawn(Shelf())) for _ in range(4)][-1] is ViewFault.MOVED


def test_light_that_comes_back_needs_nobody():
    guard = ViewGuard(REFERENCE)
    assert [guard.check(drawn(replace(Shelf(), light=0.02))) for _ in range(3)][-1]
    assert [guard.check(drawn(Shelf())) for _ in range(3)][-1] is None


def test_a_reference_is_kept_and_read_again():
    kept = Reference.from_bytes(REFERENCE.to_bytes())
    assert fault_of_view(drawn(Shelf(seed=1)), kept) is None
    assert (kept.image_wh, kept.crop_xyxy_px) == (WH, (0, 0, *WH))
    assert len(REFERENCE.to_bytes()) < 40_000


def test_an_empty_view_is_no_reference():
    with pytest.raises(WatchError, match="too little to be known again"):
        Reference.of(np.full((480, 640, 3), 90, np.uint8), AREA)
