import cv2
import numpy as np

from inspector.domain.scene import TextLine
from inspector.vision.unread_print import has_unread_print


def sign_with(*, small_print):
    gray = np.full((200, 400), 240, np.uint8)
    cv2.putText(gray, "Ved halsbrand", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 30, 3)
    if small_print:
        for row in range(100, 180, 9):
            cv2.putText(
                gray, "laes indlaegssedlen " * 3, (25, row), cv2.FONT_HERSHEY_PLAIN, 0.6, 60
            )
    return gray


HEADLINE = TextLine("Ved halsbrand", (18, 18, 370, 75), 45.0, 0.99)


def test_a_block_of_small_print_beside_the_headline_is_noticed():
    assert has_unread_print(sign_with(small_print=True), (0, 0, 400, 200), (HEADLINE,))


def test_a_sign_that_was_read_whole_has_none():
    assert not has_unread_print(sign_with(small_print=False), (0, 0, 400, 200), (HEADLINE,))


def test_a_headline_that_was_not_read_counts_as_unread():
    assert has_unread_print(sign_with(small_print=False), (0, 0, 400, 200), ())


def test_a_sign_without_pixels_counts_as_unread():
    assert has_unread_print(sign_with(small_print=False), (500, 0, 600, 100), ())
