"""Signs, price labels, product cards and the printed reference kit."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from datasets.shelfgen.lettering import (
    BOLD,
    DISPLAY_FONTS,
    SANS,
    Colour,
    colour,
    is_light,
    stamp_small_print,
    stamp_text,
)

APPROVED_WORDS = ("Håndkøbsmedicin", "Håndkøbslægemidler", "Medicin", "Lægemidler")
OTHER_HEADINGS = (
    "Sundhed",
    "Velvære",
    "Vitaminer",
    "Kosttilskud",
    "Hudpleje",
    "Mundpleje",
    "Tilbud",
    "Baby",
    "Hårpleje",
    "Førstehjælp",
    "Helse",
    "Naturmedicin",
    "Slik",
    "Drikkevarer",
)
MANDATORY_TEXT = (
    "Læs indlægssedlen grundigt. Virksomt stof, dosering, bivirkninger",
    "og advarsler: se pakningen og produktresumeet. Rådfør dig med",
    "læge eller apotek ved tvivl. Opbevares utilgængeligt for børn.",
)
INK: Colour = (40, 35, 30)
WHITE: Colour = (250, 250, 250)

STRIP_TOP_M, STRIP_WIDTH_M, STRIP_SIDE_M = 1.55, 0.070, 0.050
MARK_CENTRE_M, MARK_SIDE_M, MARK_PAPER_M = 1.400, 0.060, 0.080
CARD_WH_M, CARD_SIDE_M, CARD_FOOT_M = (0.210, 0.297), 0.150, 0.060
_TEXEL_M = 0.000625  # divides 10 cm and half of every tag's side


def sign(
    text: str, wh_px: tuple[int, int], rng: np.random.Generator, *, ground: Colour | None = None
) -> np.ndarray:
    """Draw a category sign: words on a plain ground, sometimes with a cross or a frame."""
    w, h = wh_px
    if ground is None:
        ground = (
            WHITE
            if rng.random() < 0.4
            else colour(rng.choice((0, 130, 150, 170, 205, 220, 45)), 0.8, rng.uniform(0.4, 0.85))
        )
    ink = (
        (INK if rng.random() < 0.6 else colour(rng.choice((140, 210, 0)), 0.9, 0.45))
        if is_light(ground)
        else WHITE
    )
    picture = np.full((h, w, 3), ground, np.uint8)
    left = w * 0.07
    if rng.random() < 0.35 and w > 2.5 * h:
        arm, x, y = h // 10, int(left + h * 0.2), h // 2
        cv2.rectangle(picture, (x - 3 * arm, y - arm), (x + 3 * arm, y + arm), ink, -1)
        cv2.rectangle(picture, (x - arm, y - 3 * arm), (x + arm, y + 3 * arm), ink, -1)
        left += h * 0.6
    font = str(rng.choice((BOLD, BOLD, SANS, DISPLAY_FONTS[4])))
    stamp_text(picture, text, (left, h * 0.2, w * 0.93 - left, h * 0.6), ink, font=font, align=0.5)
    if rng.random() < 0.3:
        cv2.rectangle(picture, (2, 2), (w - 3, h - 3), ink, max(h // 40, 1))
    return picture


def advert(
    lines: tuple[str, ...],
    wh_px: tuple[int, int],
    rng: np.random.Generator,
    *,
    mandatory_text: bool,
) -> np.ndarray:
    """Draw an advert: loud words, and below them the mandatory information where asked for."""
    w, h = wh_px
    ground = colour(rng.choice((52, 52, 0, 205, 340)), 0.9, 0.95 if rng.random() < 0.6 else 0.8)
    ink = colour(0, 0.95, 0.75) if is_light(ground) else WHITE
    picture = np.full((h, w, 3), ground, np.uint8)
    share = 0.58 if mandatory_text else 0.84
    for k, line in enumerate(lines):
        room = h * share / len(lines)
        stamp_text(
            picture,
            line,
            (w * 0.06, h * 0.07 + k * room, w * 0.88, room * 0.8),
            ink,
            align=0.5,
            squeeze=0.6,
        )
    if mandatory_text:
        cv2.rectangle(
            picture, (int(w * 0.05), int(h * 0.68)), (int(w * 0.95), int(h * 0.95)), WHITE, -1
        )
        for k, line in enumerate(MANDATORY_TEXT):
            stamp_text(
                picture,
                line,
                (w * 0.08, h * (0.70 + 0.08 * k), w * 0.84, h * 0.065),
                INK,
                font=SANS,
            )
    return picture


def price_label(
    text: str, price: str, wh_px: tuple[int, int], rng: np.random.Generator
) -> np.ndarray:
    """Draw the label in the rail: name and pack in small letters, the price in large ones."""
    w, h = wh_px
    kind = rng.random()
    if kind < 0.18:
        return _electronic_label(text, price, wh_px, rng)
    ground = WHITE if kind < 0.74 else colour(52, 0.75, 1) if kind < 0.9 else colour(0, 0.85, 0.85)
    ink = INK if is_light(ground) else WHITE
    picture = np.full((h, w, 3), ground, np.uint8)
    if rng.random() < 0.2:
        cv2.rectangle(picture, (0, 0), (w - 1, h - 1), INK, max(h // 30, 1))
    if rng.random() < 0.1:  # an offer's red head
        cv2.rectangle(picture, (0, 0), (w, int(h * rng.uniform(0.3, 0.6))), (40, 30, 200), -1)
    stamp_text(picture, text, (w * 0.05, h * 0.08, w * 0.9, h * 0.26), ink, font=SANS, squeeze=0.6)
    share = rng.uniform(0.45, 0.85)
    stamp_text(
        picture,
        price,
        (w * (0.95 - share), h * 0.4, w * share, h * 0.52),
        ink,
        align=float(rng.choice((0.5, 1.0))),
    )
    if share < 0.6:
        for x in np.arange(w * 0.06, w * (0.9 - share), max(w * 0.015, 1)):
            if rng.random() < 0.6:
                cv2.line(picture, (int(x), int(h * 0.5)), (int(x), int(h * 0.85)), ink, 1)
    return picture


def _electronic_label(
    text: str, price: str, wh_px: tuple[int, int], rng: np.random.Generator
) -> np.ndarray:
    """Draw a price on grey electronic paper in a pale or dark frame."""
    w, h = wh_px
    frame = int(rng.choice((225, 240, 120, 50)))
    picture = np.full((h, w, 3), frame, np.uint8)
    edge = max(int(h * rng.uniform(0.05, 0.14)), 1)
    paper = colour(rng.uniform(60, 220), rng.uniform(0, 0.08), rng.uniform(0.55, 0.8))
    cv2.rectangle(picture, (edge, edge), (w - edge, h - edge), paper, -1)
    left, room = w * 0.08, w * 0.84
    stamp_text(picture, text, (left, h * 0.16, room, h * 0.2), INK, font=SANS, squeeze=0.6)
    stamp_text(picture, price, (left, h * 0.42, room * 0.8, h * 0.36), INK, align=0.7)
    stamp_small_print(picture, (left, h * 0.82, room * 0.6, h * 0.07), INK, 1, rng)
    if rng.random() < 0.5:
        cv2.rectangle(picture, (int(w * 0.8), int(h * 0.4)), (int(w * 0.9), int(h * 0.75)), INK, 1)
    return picture


def product_card(front: np.ndarray, text: str, wh_px: tuple[int, int]) -> np.ndarray:
    """Draw the flat card that stands for a pack: its picture on white, its name below."""
    w, h = wh_px
    picture = np.full((h, w, 3), WHITE, np.uint8)
    fh, fw = front.shape[:2]
    scale = min(w * 0.84 / fw, h * 0.66 / fh)
    small = cv2.resize(
        front, (max(int(fw * scale), 1), max(int(fh * scale), 1)), interpolation=cv2.INTER_AREA
    )
    y, x = int(h * 0.40 - small.shape[0] / 2), (w - small.shape[1]) // 2
    picture[y : y + small.shape[0], x : x + small.shape[1]] = small
    stamp_text(picture, text, (w * 0.08, h * 0.78, w * 0.84, h * 0.09), INK, font=SANS, align=0.5)
    stamp_text(
        picture,
        "Spørg personalet",
        (w * 0.08, h * 0.89, w * 0.84, h * 0.07),
        INK,
        font=SANS,
        align=0.5,
    )
    cv2.rectangle(picture, (0, 0), (w - 1, h - 1), (200, 200, 200), 1)
    return picture


@cache
def _dictionary() -> cv2.aruco.Dictionary:
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)


def _print_tag(
    paper: np.ndarray, tag_id: int, side_m: float, centre_m: tuple[float, float]
) -> None:
    """Print a tag on paper, its centre given from the paper's top-left corner, in place."""
    side = round(side_m / _TEXEL_M)
    bits = cv2.aruco.generateImageMarker(_dictionary(), tag_id, 8)
    tag = cv2.resize(bits, (side, side), interpolation=cv2.INTER_NEAREST)
    x, y = (round(c / _TEXEL_M) - side // 2 for c in centre_m)
    paper[y : y + side, x : x + side] = tag[..., None]


def _paper(w_m: float, h_m: float) -> np.ndarray:
    return np.full((round(h_m / _TEXEL_M), round(w_m / _TEXEL_M), 3), 252, np.uint8)


def strip() -> np.ndarray:
    """Draw the strip: tags 1 to 15, the centre of tag k lies 10 k cm above its lower end."""
    paper = _paper(STRIP_WIDTH_M, STRIP_TOP_M)
    for k in range(1, 16):
        _print_tag(paper, k, STRIP_SIDE_M, (STRIP_WIDTH_M / 2, STRIP_TOP_M - 0.1 * k))
    return paper


def mark_140() -> np.ndarray:
    """Draw the 140 mark: tag 40 in the middle of its paper."""
    paper = _paper(MARK_PAPER_M, MARK_PAPER_M)
    _print_tag(paper, 40, MARK_SIDE_M, (MARK_PAPER_M / 2, MARK_PAPER_M / 2))
    return paper


def floor_card() -> np.ndarray:
    """Draw the floor card: A4 in portrait, the black square's lower edge 60 mm above the foot."""
    w, h = CARD_WH_M
    paper = _paper(w, h)
    _print_tag(paper, 0, CARD_SIDE_M, (w / 2, h - CARD_FOOT_M - CARD_SIDE_M / 2))
    rng = np.random.default_rng(0)
    stamp_small_print(paper, (40, 30, 250, 60), INK, 3, rng)
    return paper
