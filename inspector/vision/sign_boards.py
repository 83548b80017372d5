"""The board that a sign's words stand on: the stretch of one colour around them.

The detector finds words on a shelf's edge rarely, and headers sometimes too small: then a sign's
box is that of its text, and its board is what people take for the sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import Sign
from inspector.domain.verdict import Box
from inspector.geometry.boxes import ious

MIN_LETTERS = 3
"""Fewer letters are no word: a price, or what is left of one."""

LETTERS_PX = 16.0
"""Boards are looked at so that their letters are at most so high."""

REACH = (40.0, 10.0)
"""A board ends within so many heights of its letters beside them, and above and below."""

TOLERANCES = (16.0, 12.0, 9.0, 7.0, 5.0, 4.0)
"""How much a board's colour may vary, widest first: lamps light a long board unevenly, but uprights
and shelves are often nearly white like the strip between them."""

CLOSED = (0.2, 0.9)
"""Gaps that are closed, in heights of the letters: where few are, pictures and small print divide a
board; where more are, it runs on into packs close above it."""

MIN_FILL = 0.85
"""A board fills this share of the smallest rectangle around it; what has run into its surroundings
does not."""

MAX_HEIGHT = 3.0
"""A board of which the detector saw nothing is at most so many times as high as its words: a
label's words stand on a higher rail."""

MAX_LOST = 0.05
"""A board reaches as far to each side as what was found of the sign, but for this share of that."""

MIN_COVER = 0.55
"""A board holds this share of the text's box: that of a slanted line sticks out."""

SAME_OUTLINE_IOU = 0.85
"""What the detector saw, however unsurely, has the outline of a board from this overlap."""

_WEIGHTS = np.array([0.6, 1.5, 1.5], np.float32)  # of L, a, b: light varies, colour does not
_COLOUR_STEP = 8.0
_LINE_CORE = 0.25  # of a line's height, above and below, that is left out of what is surely board
_OPENED = 0.4  # heights of letters; narrower bridges lead to something else


@dataclass(frozen=True, slots=True)
class _View:
    """A window of the photo around some words, shrunk.

    Attributes:
        lab: Its colours, shape (h, w, 3).
        origin_px: Its left upper corner in the photo.
        scale: Its pixels per pixel of the photo.
        is_cut: Whether the photo goes on at its left, upper, right and lower end.
        words: Rows and columns of the words in it.
        letters_px: Height of their letters in it.
    """

    lab: NDArray[np.float32]
    origin_px: tuple[int, int]
    scale: float
    is_cut: tuple[bool, bool, bool, bool]
    words: tuple[slice, slice]
    letters_px: float


def with_board(image_bgr: NDArray[np.uint8], sign: Sign, seen: Sequence[Box] = ()) -> Sign:
    """Return a sign whose outline was not found with the board around its words.

    Args:
        image_bgr: Upright photo, shape (H, W, 3), uint8.
        sign: A sign; unchanged when it is a label with a price, says no word or its outline was
            found.
        seen: Boxes of all that the detector saw, however unsurely, and whatever it took it for.

    Returns:
        The sign; unchanged where no board with clear borders is seen. An advert's small print may
        stand on a panel beside its board: its outline is known only where the detector saw a thing
        of just that outline. What stands for a label in the rail has no other board.
    """
    is_word = sum(letter.isalpha() for letter in sign.text) >= MIN_LETTERS
    is_priced = sign.is_price_label and any(letter.isdigit() for letter in sign.text)
    if is_priced or sign.has_outline or not is_word:
        return sign
    lefts, tops, rights, bottoms = zip(*(line.box_xyxy_px for line in sign.lines), strict=True)
    text_px = min(lefts), min(tops), max(rights), max(bottoms)
    view = _view(image_bgr, text_px, min(line.height_px for line in sign.lines))
    away = np.linalg.norm((view.lab - _ground(view)) * _WEIGHTS, axis=2)
    for closed in CLOSED:
        for tolerance in TOLERANCES:
            board = _board(view, away < tolerance, closed)
            if board is None:
                continue
            is_low = board[3] - board[1] <= MAX_HEIGHT * (text_px[3] - text_px[1])
            is_strip = is_low and not sign.is_price_label and _spans(board, sign.box_xyxy_px)
            is_seen = _is_seen(board, seen)
            if is_seen or is_strip:
                return replace(sign, board_xyxy_px=board, has_outline=is_seen)
    return sign


def _spans(board: Box, found: Box) -> bool:
    lost_px = MAX_LOST * (found[2] - found[0])
    return board[0] <= found[0] + lost_px and board[2] >= found[2] - lost_px


def _is_seen(board: Box, seen: Sequence[Box]) -> bool:
    return bool((ious(np.array(board), np.array(seen).reshape(-1, 4)) >= SAME_OUTLINE_IOU).any())


def _view(image_bgr: NDArray[np.uint8], text_px: Box, letters_px: float) -> _View:
    height, width = image_bgr.shape[:2]
    beside, above = (reach * letters_px for reach in REACH)
    x1, y1, x2, y2 = text_px
    left, top = max(0, int(x1 - beside)), max(0, int(y1 - above))
    right, bottom = min(width, int(x2 + beside) + 1), min(height, int(y2 + above) + 1)
    scale = min(1.0, LETTERS_PX / letters_px)
    window = cv2.resize(
        image_bgr[top:bottom, left:right], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
    )
    lab = cv2.cvtColor(window.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    return _View(
        np.asarray(lab),
        (left, top),
        scale,
        (left > 0, top > 0, right < width, bottom < height),
        (
            slice(int((y1 - top) * scale), int((y2 - top) * scale) + 1),
            slice(int((x1 - left) * scale), int((x2 - left) * scale) + 1),
        ),
        letters_px * scale,
    )


def _ground(view: _View) -> NDArray[np.float32]:
    """Return the commonest colour where the words are: letters cover less than what is between."""
    colours = view.lab[view.words].reshape(-1, 3)
    _, kinds, counts = np.unique(
        np.round(colours / _COLOUR_STEP), axis=0, return_inverse=True, return_counts=True
    )
    return np.asarray(np.median(colours[kinds.ravel() == counts.argmax()], axis=0), np.float32)


def _board(view: _View, is_ground: NDArray[np.bool_], closed: float) -> Box | None:
    """Return the box of the board in the photo, or None where it has no clear borders."""
    mask = is_ground.astype(np.uint8)
    core = round(_LINE_CORE * view.letters_px)
    mask[view.words][core : -core or None] = 1  # the words do not break it
    for operation, size in ((cv2.MORPH_CLOSE, closed), (cv2.MORPH_OPEN, _OPENED)):
        side = round(size * view.letters_px) | 1
        mask = np.asarray(cv2.morphologyEx(mask, operation, np.ones((side, side), np.uint8)))
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    middle_y, middle_x = ((part.start + part.stop) // 2 for part in view.words)
    for outline in outlines:
        x, y, width, height = cv2.boundingRect(outline)
        if not (x <= middle_x < x + width and y <= middle_y < y + height):
            continue
        whole = np.zeros_like(mask)
        cv2.drawContours(whole, [outline], -1, 1, cv2.FILLED)
        if whole[view.words].mean() < MIN_COVER:
            continue
        _, (side, other_side), _ = cv2.minAreaRect(outline)
        ends = (x == 0, y == 0, x + width == mask.shape[1], y + height == mask.shape[0])
        is_open = any(at_end and cut for at_end, cut in zip(ends, view.is_cut, strict=True))
        if is_open or whole.sum() < MIN_FILL * side * other_side:
            return None
        left, top = view.origin_px
        return (
            left + x / view.scale,
            top + y / view.scale,
            left + (x + width) / view.scale,
            top + (y + height) / view.scale,
        )
    return None
