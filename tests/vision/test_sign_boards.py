"""How far a sign reaches around its words, on drawn photos."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inspector.domain.scene import Sign, TextLine
from inspector.vision.sign_boards import with_board

WHITE, UPRIGHT, DARK = (246, 247, 246), (214, 217, 215), (52, 48, 47)


def strip_photo(tilt_deg=0.0, upright=UPRIGHT):
    """Words on a white strip between two uprights, white packs on it; where words and strip are."""
    image = np.full((600, 1200, 3), DARK, np.uint8)
    for x in (230, 970):
        image[:, x - 30 : x + 30] = upright
    for n in range(6):
        image[200:280, 270 + 110 * n : 370 + 110 * n] = WHITE
        image[280:296, 270 + 110 * n : 370 + 110 * n] = (120, 20, 200)
    image[300:350, 260:940] = WHITE
    cv2.putText(image, "Medicin", (300, 336), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (70, 90, 20), 2)
    return turned(image, (300, 310, 425, 342), (260, 300, 940, 350), tilt_deg)


def header_photo(tilt_deg=0.0):
    """Large words on a green board that lamps light from the left."""
    image = np.full((500, 1200, 3), (150, 160, 165), np.uint8)
    image[100:200, 200:900] = np.linspace((90, 170, 60), (70, 135, 48), 700).astype(np.uint8)
    cv2.putText(image, "Medicin", (400, 175), cv2.FONT_HERSHEY_SIMPLEX, 2.4, WHITE, 6)
    return turned(image, (400, 120, 690, 180), (200, 100, 900, 200), tilt_deg)


def turned(image, words, board, tilt_deg):
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt_deg, 1)
    image = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    noise = np.random.default_rng(1).normal(0, 2, image.shape)
    image = np.clip(cv2.GaussianBlur(image, (3, 3), 0) + noise, 0, 255).astype(np.uint8)
    boxes = []
    for x1, y1, x2, y2 in (words, board):
        corners = cv2.transform(np.array([[[x1, y1], [x2, y1], [x2, y2], [x1, y2]]], float), turn)
        boxes.append((*corners[0].min(axis=0).tolist(), *corners[0].max(axis=0).tolist()))
    return image, *boxes


def sign(words, letters_px=30.0, **changes):
    line = TextLine("Medicin", words, letters_px, 0.9)
    told = {"is_price_label": False, "confidence": 0.9, "has_outline": False}
    return Sign("t1", words, (line,), **(told | changes))


@pytest.mark.parametrize("tilt_deg", [0, 2, -3])
@pytest.mark.parametrize(("photo", "letters_px"), [(strip_photo, 26.0), (header_photo, 60.0)])
def test_a_sign_reaches_as_far_as_its_board(photo, letters_px, tilt_deg):
    image, words, board = photo(tilt_deg)
    found = with_board(image, sign(words, letters_px))
    assert found.board_xyxy_px == pytest.approx(board, abs=8)
    assert found.box_xyxy_px == words  # what it speaks for is not told by its board
    assert not found.has_outline


def test_a_board_that_the_detector_saw_as_well_is_the_whole_sign():
    image, words, board = header_photo()
    seen = [(0.0, 0.0, 90.0, 90.0), (board[0] - 6, board[1] - 2, board[2] + 6, board[3] + 2)]
    assert with_board(image, sign(words, 60.0), seen).has_outline


@pytest.mark.parametrize(("text", "is_one"), [("Ved halsbrand", True), ("Panodil 59,95", False)])
def test_a_card_without_a_price_may_be_a_sign_where_the_detector_saw_its_outline(text, is_one):
    image, words, board = header_photo()
    line = TextLine(text, words, 60.0, 0.9)
    card = replace(sign(words), lines=(line,), is_price_label=True)
    assert with_board(image, card).board_xyxy_px is None
    assert with_board(image, card, [board]).has_outline is is_one


def test_a_board_much_higher_than_its_words_has_to_be_seen_by_the_detector_too():
    image = np.full((500, 800, 3), (150, 160, 165), np.uint8)
    board = (200.0, 100.0, 600.0, 400.0)
    image[100:400, 200:600] = (40, 30, 190)
    cv2.putText(image, "Lindrer", (300, 260), cv2.FONT_HERSHEY_SIMPLEX, 1.4, WHITE, 3)
    words = (300.0, 228.0, 470.0, 262.0)
    assert with_board(image, sign(words, 34.0)).board_xyxy_px is None
    found = with_board(image, sign(words, 34.0), [board])
    assert found.has_outline
    assert found.board_xyxy_px == pytest.approx(board, abs=4)


def test_what_the_detector_saw_around_a_board_may_be_more_of_the_sign():
    image, words, board = header_photo()
    seen = [(board[0], board[1], board[2], board[3] + 60)]
    found = with_board(image, sign(words, 60.0), seen)
    assert found.board_xyxy_px is not None
    assert not found.has_outline


def test_words_on_what_has_no_borders_have_no_board():
    image, words, _ = strip_photo(upright=WHITE)
    assert with_board(image, sign(words, 26.0)).board_xyxy_px is None


def test_a_board_that_leaves_the_photo_ends_with_it():
    image, words, board = header_photo()
    cut = np.ascontiguousarray(image[:, 300:])
    moved, whole = ((x1 - 300, y1, x2 - 300, y2) for x1, y1, x2, y2 in (words, board))
    found = with_board(cut, sign(moved, 60.0))
    assert found.board_xyxy_px == pytest.approx((0.0, *whole[1:]), abs=8)


@pytest.mark.parametrize("changes", [{"is_price_label": True}, {"has_outline": True}])
def test_labels_and_signs_that_were_found_whole_stay_as_they_are(changes):
    image, words, _ = header_photo()
    known = sign(words, **changes)
    assert with_board(image, known) is known
