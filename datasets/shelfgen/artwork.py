"""What is printed on packs: drawn fronts, and cuts from photographs where a folder is given."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import ClassVar

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
from datasets.shelfgen.products import Product

WHITE: Colour = (250, 250, 250)
INK: Colour = (60, 45, 40)
_FONT_BY_CHANCE = DISPLAY_FONTS


class PhotoArtwork:
    """Photographs of packs, cut at random into fronts; only for pictures that train a detector."""

    # How much of a photo the pack usually fills: the cut is taken inside this share.
    FOLDERS: ClassVar = {"packs": 0.55, "goods": 0.5, "otc_packs": 0.4}

    def __init__(self, folder: Path) -> None:
        """List the photographs of the known subfolders of `folder`."""
        self.paths = [
            (path, share)
            for name, share in self.FOLDERS.items()
            for path in sorted((folder / name).glob("*.jpg"))
        ]

    def front(self, rng: np.random.Generator, wh_px: tuple[int, int]) -> np.ndarray:
        """Return a cut of a photograph, stretched to a front of this size, uint8 BGR."""
        path, share = self.paths[int(rng.integers(len(self.paths)))]
        photo = _photo(path)
        h, w = photo.shape[:2]
        cut_w, cut_h = w * share * rng.uniform(0.6, 1.1), h * share * rng.uniform(0.6, 1.1)
        x, y = rng.normal((w - cut_w) / 2, w * 0.03), rng.normal((h - cut_h) / 2, h * 0.03)
        x0, y0 = int(np.clip(x, 0, w - cut_w)), int(np.clip(y, 0, h - cut_h))
        cut = photo[y0 : y0 + int(cut_h), x0 : x0 + int(cut_w)]
        if rng.random() < 0.3:  # one photo serves several "brands"
            hsv = cv2.cvtColor(cut, cv2.COLOR_BGR2HSV)
            hsv[..., 0] = (hsv[..., 0].astype(int) + int(rng.integers(180))) % 180
            cut = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
        return cv2.resize(cut, wh_px, interpolation=cv2.INTER_AREA)


@lru_cache(maxsize=1300)
def _photo(path: Path) -> np.ndarray:
    photo = cv2.imread(str(path))
    shrink = 640 / max(photo.shape[:2])
    return cv2.resize(photo, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)


def front_size_px(size_m: tuple[float, float, float], texel_m: float) -> tuple[int, int]:
    """Return the texels of a front, at least 24 on each side."""
    return max(round(size_m[0] / texel_m), 24), max(round(size_m[1] / texel_m), 24)


def remedy_front(product: Product, wh_px: tuple[int, int]) -> np.ndarray:
    """Draw the sober front of a pharmacy pack: name, strength, form, count, a band and a sign.

    Args:
        product: The article; its sku seeds the layout.
        wh_px: Size of the front in texels.

    Returns:
        Shape (h, w, 3), uint8, BGR.
    """
    rng = np.random.default_rng(list(product.sku.encode()))
    w, h = wh_px
    hue = product.hue_deg
    strong = colour(hue, rng.uniform(0.65, 0.95), rng.uniform(0.45, 0.8))
    reverse = rng.random() < 0.35
    ground = strong if reverse else colour(hue, rng.uniform(0, 0.10), rng.uniform(0.93, 1))
    accent = colour(hue + rng.choice((0, 30, 180, 210)), 0.8, 0.75)
    picture = np.full((h, w, 3), ground, np.uint8)
    ink = INK if is_light(ground) else WHITE
    name_ink = strong if not reverse else WHITE if not is_light(ground) else INK
    band = WHITE if reverse else strong
    band_ink = INK if is_light(band) else WHITE

    tall = h > w
    band_h = int(h * rng.uniform(0.16, 0.26))
    name_top = 0.10 if not tall else 0.16
    match int(rng.integers(4)):
        case 0:
            cv2.rectangle(picture, (0, h - band_h), (w, h), band, -1)
        case 1:
            slope = int(w * rng.uniform(0.1, 0.3))
            area = np.array([[0, h - band_h // 2], [w, h - band_h - slope // 3], [w, h], [0, h]])
            cv2.fillPoly(picture, [area], band, cv2.LINE_AA)
        case 2:
            cv2.ellipse(
                picture,
                (w // 2, int(h * 1.45)),
                (int(w * 0.8), int(h * 0.65)),
                0,
                0,
                360,
                band,
                -1,
                cv2.LINE_AA,
            )
        case _:
            cv2.rectangle(picture, (0, 0), (w, int(h * 0.07)), accent, -1)
            cv2.rectangle(picture, (0, h - band_h), (w, h), band, -1)

    margin = w * (0.06 if product.shape in ("box", "pouch") else 0.15)  # round packs hide edges
    sign_px = int(min(h * 0.3, w * 0.2))
    centre = (int(w - margin - sign_px / 2), int(h * (0.42 if not tall else 0.62)))
    match int(rng.integers(4)):
        case 0:
            cv2.circle(picture, centre, sign_px // 2, accent, -1, cv2.LINE_AA)
        case 1:
            arm = max(sign_px // 6, 1)
            x, y = centre
            cv2.rectangle(
                picture, (x - sign_px // 2, y - arm), (x + sign_px // 2, y + arm), accent, -1
            )
            cv2.rectangle(
                picture, (x - arm, y - sign_px // 2), (x + arm, y + sign_px // 2), accent, -1
            )
        case 2:
            for step in range(3):
                cv2.ellipse(
                    picture,
                    (centre[0], centre[1] + step * sign_px // 3),
                    (sign_px // 2, sign_px // 7),
                    -25,
                    0,
                    360,
                    accent,
                    -1,
                    cv2.LINE_AA,
                )
        case _:
            cv2.circle(picture, centre, sign_px // 2, accent, max(sign_px // 8, 1), cv2.LINE_AA)

    font = str(rng.choice((BOLD, BOLD, DISPLAY_FONTS[3], DISPLAY_FONTS[4])))
    words = product.name.split(" ")
    lines = [product.name] if not tall or len(words) == 1 else words
    room = (0.34 if not tall else 0.30) / len(lines)
    for k, line in enumerate(lines):
        stamp_text(
            picture,
            line,
            (margin, h * (name_top + k * room), w - 2 * margin, h * room * 0.9),
            name_ink,
            font=font,
            squeeze=0.62,
        )
    below = h * (name_top + 0.40)
    stamp_text(picture, product.strength, (margin, below, w * 0.5, h * 0.12), ink, font=BOLD)
    stamp_text(
        picture, product.form, (margin, below + h * 0.14, w * 0.55, h * 0.10), ink, font=SANS
    )
    stamp_text(
        picture,
        product.pack_size,
        (w * 0.5, h * 0.84, w * 0.5 - margin, h * 0.12),
        band_ink,
        font=BOLD,
        align=1.0,
    )
    return picture


def _blob(picture: np.ndarray, rng: np.random.Generator, hue: float) -> None:
    """Paint something like a photograph of food or a splash, in place."""
    h, w = picture.shape[:2]
    x, y = int(rng.uniform(0.15, 0.85) * w), int(rng.uniform(0.3, 0.95) * h)
    reach = rng.uniform(0.1, 0.45) * min(w, h)
    for _ in range(int(rng.integers(3, 14))):
        at = (int(rng.normal(x, reach * 0.5)), int(rng.normal(y, reach * 0.35)))
        axes = (int(reach * rng.uniform(0.1, 0.6)) + 1, int(reach * rng.uniform(0.1, 0.5)) + 1)
        paint = colour(hue + rng.normal(0, 18), rng.uniform(0.3, 0.95), rng.uniform(0.3, 1))
        cv2.ellipse(picture, at, axes, rng.uniform(0, 180), 0, 360, paint, -1, cv2.LINE_AA)


def _strokes(
    picture: np.ndarray, box: tuple[int, int, int, int], ink: Colour, rng: np.random.Generator
) -> None:
    """Draw one square character of strokes, as foreign scripts look from afar, in place."""
    x, y, w, h = box
    thick = max(round(min(w, h) * rng.uniform(0.09, 0.17)), 1)
    for _ in range(int(rng.integers(3, 7))):
        a, b = rng.random(2), rng.random(2)
        if rng.random() < 0.75:
            b[int(rng.integers(2))] = a[int(rng.integers(2))]
        p, q = ((int(x + s * w), int(y + t * h)) for s, t in (a, b))
        cv2.line(picture, p, q, ink, thick, cv2.LINE_AA)


def goods_front(product: Product, wh_px: tuple[int, int]) -> np.ndarray:
    """Draw the loud front of shop goods: ground, pictures, a large name, bursts.

    Args:
        product: The article; its sku seeds everything.
        wh_px: Size of the front in texels.

    Returns:
        Shape (h, w, 3), uint8, BGR.
    """
    rng = np.random.default_rng(list(product.sku.encode()))
    w, h = wh_px
    hue = product.hue_deg
    pale = rng.random() < 0.3
    dark = not pale and rng.random() < 0.25
    saturation = rng.uniform(0, 0.25) if pale else rng.uniform(0.55, 1)
    value = (
        rng.uniform(0.85, 1) if pale else rng.uniform(0.1, 0.35) if dark else rng.uniform(0.5, 1)
    )
    ground = colour(hue, saturation, value)
    second = colour(
        hue + rng.choice((0, 20, -25, 120, 180)), rng.uniform(0.4, 1), rng.uniform(0.3, 1)
    )
    picture = np.full((h, w, 3), ground, np.uint8)
    match int(rng.integers(6)):
        case 0:
            ramp = np.linspace(0, 1, h)[:, None, None]
            picture[:] = (np.array(ground) * (1 - ramp) + np.array(second) * ramp).astype(np.uint8)
        case 1:
            cut = int(h * rng.uniform(0.2, 0.8))
            picture[cut:] = second
        case 2:
            area = np.array(
                [[0, int(h * rng.random())], [w, int(h * rng.random())], [w, h], [0, h]]
            )
            cv2.fillPoly(picture, [area], second, cv2.LINE_AA)
        case 3:
            for k in range(0, w, max(w // int(rng.integers(4, 12)), 2) * 2):
                cv2.rectangle(picture, (k, 0), (k + w // 24, h), second, -1)
        case 4:
            cv2.ellipse(
                picture,
                (w // 2, int(h * rng.uniform(0.2, 0.8))),
                (int(w * rng.uniform(0.3, 0.6)), int(h * rng.uniform(0.15, 0.45))),
                0,
                0,
                360,
                second,
                -1,
                cv2.LINE_AA,
            )
        case _:
            pass
    for _ in range(int(rng.integers(0, 4))):
        _blob(picture, rng, float(rng.choice((15, 30, 45, 90, 0, hue))))

    ink = INK if is_light(ground) else WHITE
    if rng.random() < 0.4:
        ink = colour(rng.choice((0, 45, 55, 220, 350)), 0.95, 0.9 if not is_light(ground) else 0.6)
    outline = WHITE if not is_light(ink) else colour(hue, 0.9, 0.25)
    top = h * rng.uniform(0.05, 0.45)
    foreign = rng.random() < 0.45
    if foreign:
        count = int(rng.integers(2, 6))
        upright = h > w and rng.random() < 0.4
        side = int(min((h if upright else w) * 0.85 / count, (w if upright else h) * 0.5))
        x0 = int((w - (side if upright else side * count)) * rng.uniform(0.2, 0.8))
        for k in range(count):
            dx, dy = (0, k * side) if upright else (k * side, 0)
            box = (x0 + dx, int(top * 0.6) + dy, int(side * 0.85), int(side * 0.85))
            if rng.random() < 0.7:
                _strokes(picture, box, ink, rng)
            else:
                stamp_text(picture, str(rng.choice(list("AEKMRSTO"))), box, ink)
    else:
        box = (w * 0.06, top, w * 0.88, h * rng.uniform(0.14, 0.3))
        font = str(rng.choice(DISPLAY_FONTS))
        if rng.random() < 0.5:
            plate = [int(v) for v in (box[0] * 0.6, top - h * 0.02, w * 0.94, top + box[3] * 1.1)]
            cv2.rectangle(picture, (plate[0], plate[1]), (plate[2], plate[3]), outline, -1)
        stamp_text(picture, product.name, box, ink, font=font, align=0.5, squeeze=0.5)
    for _ in range(int(rng.integers(0, 4))):
        x, y = rng.uniform(0, 0.7) * w, rng.uniform(0.5, 0.9) * h
        stamp_small_print(
            picture, (x, y, w * rng.uniform(0.15, 0.4), h * 0.08), ink, int(rng.integers(1, 4)), rng
        )
    if rng.random() < 0.3:
        centre = (int(rng.uniform(0.15, 0.85) * w), int(rng.uniform(0.15, 0.85) * h))
        radius = int(min(w, h) * rng.uniform(0.1, 0.2))
        cv2.circle(
            picture,
            centre,
            radius,
            colour(rng.choice((0, 50, 120, 220)), 0.9, 0.95),
            -1,
            cv2.LINE_AA,
        )
        stamp_text(
            picture,
            str(rng.choice(("NY", "3+1", "-20%", "ØKO", "MEGA"))),
            (centre[0] - radius * 0.7, centre[1] - radius * 0.4, radius * 1.4, radius * 0.8),
            WHITE,
            align=0.5,
        )
    return picture


def box_side(front: np.ndarray, wh_px: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return a side or top face that belongs to a front: its ground with a little print."""
    w, h = wh_px
    edge = front[:, : max(front.shape[1] // 12, 1)].reshape(-1, 3)
    ground = tuple(int(v) for v in np.median(edge, 0))
    picture = np.full((h, w, 3), ground, np.uint8)
    ink = INK if is_light(ground) else WHITE
    if w > 12 and h > 12 and rng.random() < 0.8:
        stamp_small_print(picture, (w * 0.1, h * 0.15, w * 0.8, h * 0.5), ink, 3, rng)
    return picture
