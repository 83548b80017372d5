import cv2
import numpy as np
import pytest

from inspector.domain.scene import TextLine
from inspector.vision.unread_print import has_panel_beside, has_unread_print

RED, WHITE, GREY = (30, 25, 200), (245, 245, 245), (120, 125, 122)


def sign_with(*, small_print):
    photo = np.full((200, 400, 3), 240, np.uint8)
    cv2.putText(photo, "Ved halsbrand", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (30,) * 3, 3)
    if small_print:
        print_small(photo, (25, 92, 395, 180))
    return photo


def print_small(photo, box, ink=(60, 60, 60)):
    part = photo[box[1] : box[3], box[0] : box[2]]
    for row in range(9, part.shape[0], 9):
        words = "laes indlaegssedlen omhyggeligt " * 3
        cv2.putText(part, words, (2, row), cv2.FONT_HERSHEY_PLAIN, 0.6, ink)


HEADLINE = TextLine("Ved halsbrand", (18, 18, 370, 75), 45.0, 0.99)


def test_a_block_of_small_print_beside_the_headline_is_noticed():
    assert has_unread_print(sign_with(small_print=True), (0, 0, 400, 200), (HEADLINE,))


def test_a_sign_that_was_read_whole_has_none():
    assert not has_unread_print(sign_with(small_print=False), (0, 0, 400, 200), (HEADLINE,))


def test_a_headline_that_was_not_read_counts_as_unread():
    assert has_unread_print(sign_with(small_print=False), (0, 0, 400, 200), ())


def test_a_sign_without_pixels_counts_as_unread():
    assert has_unread_print(sign_with(small_print=False), (500, 0, 600, 100), ())


BOARD = (200, 200, 400, 300)


def board_photo():
    photo = np.full((500, 600, 3), GREY, np.uint8)
    cv2.rectangle(photo, (200, 200), (399, 299), RED, -1)
    return photo


@pytest.mark.parametrize(
    "panel",
    [
        pytest.param((200, 300, 400, 360), id="below"),
        pytest.param((200, 310, 400, 360), id="below, behind a rim"),
        pytest.param((400, 200, 470, 300), id="right"),
        pytest.param((130, 200, 200, 300), id="left"),
        pytest.param((200, 140, 400, 200), id="above"),
    ],
)
def test_a_panel_that_joins_the_board_is_part_of_the_sign(panel):
    photo = board_photo()
    assert not has_panel_beside(photo, BOARD)
    photo[panel[1] : panel[3], panel[0] : panel[2]] = WHITE
    print_small(photo, panel)
    assert has_panel_beside(photo, BOARD)


def test_goods_below_a_sign_are_no_panel():
    photo = board_photo()
    for n, paint in enumerate([(200, 60, 20), (40, 160, 40), (20, 120, 230), WHITE]):
        pack = (200 + 50 * n, 300, 248 + 50 * n, 360)
        photo[pack[1] : pack[3], pack[0] : pack[2]] = paint
        print_small(photo, pack, ink=(250, 250, 250) if paint != WHITE else (20, 20, 160))
    assert not has_panel_beside(photo, BOARD)


def test_a_plain_white_wall_beside_a_sign_is_no_panel():
    photo = board_photo()
    photo[:, 400:] = WHITE
    assert not has_panel_beside(photo, BOARD)
