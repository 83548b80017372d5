"""Colours and letters for everything printed."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]  # BGR

SANS, BOLD, OBLIQUE, SERIF, ROMAN = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSans-BoldOblique.ttf",
    "DejaVuSerif-Bold.ttf",
    "STIXGeneralBol.ttf",
)
DISPLAY_FONTS = (BOLD, BOLD, SANS, OBLIQUE, SERIF, ROMAN)
_GLYPH_HEIGHT_PX = 72


def colour(hue_deg: float, saturation: float, value: float) -> Colour:
    """Return the BGR colour of a hue in degrees with saturation and value from 0 to 1."""
    hsv = np.array([[[hue_deg % 360, np.clip(saturation, 0, 1), np.clip(value, 0, 1)]]], np.float32)
    b, g, r = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0, 0] * 255
    return int(b), int(g), int(r)


def is_light(bgr: Colour) -> bool:
    """Tell whether dark letters read better than white ones on this colour."""
    return 0.114 * bgr[0] + 0.587 * bgr[1] + 0.299 * bgr[2] > 140


@cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(str(folder / name), _GLYPH_HEIGHT_PX)


@lru_cache(maxsize=4000)
def text_mask(text: str, font: str) -> np.ndarray:
    """Return the coverage of a line of text, (h, w) uint8, cut to its ink."""
    face = _font(font)
    left, top, right, bottom = (int(v) for v in face.getbbox(text))
    image = Image.new("L", (max(right - left, 1) + 2, max(bottom - top, 1) + 2))
    ImageDraw.Draw(image).text((1 - left, 1 - top), text, 255, font=face)
    return np.asarray(image)


def stamp_text(
    picture: np.ndarray,
    text: str,
    box_xywh_px: tuple[float, float, float, float],
    ink: Colour,
    *,
    font: str = BOLD,
    align: float = 0.0,
    squeeze: float = 0.8,
) -> tuple[int, int, int, int] | None:
    """Print a line as large as fits into a box of the picture, (h, w, 3) uint8, in place.

    Args:
        picture: What is printed on.
        text: One line.
        box_xywh_px: Left, top, width and height of the room for it.
        ink: BGR colour.
        font: File name of the typeface.
        align: 0 left, 0.5 centred, 1 right.
        squeeze: How narrow letters may become before they get smaller, 1 for not at all.

    Returns:
        Left, top, width and height of the ink, or None where there is no room.
    """
    if not text:
        return None
    x, y, w, h = box_xywh_px
    mask = text_mask(text, font)
    scale_y = h / mask.shape[0]
    scale_x = min(scale_y, w / mask.shape[1])
    scale_y = min(scale_y, scale_x / squeeze)
    tw, th = int(mask.shape[1] * scale_x), int(mask.shape[0] * scale_y)
    if tw < 2 or th < 2:
        return None
    left, top = int(x + (w - tw) * align), int(y + (h - th) / 2)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + tw, picture.shape[1]), min(top + th, picture.shape[0])
    if x1 <= x0 or y1 <= y0:
        return None
    small = cv2.resize(
        mask, (tw, th), interpolation=cv2.INTER_AREA if scale_x < 1 else cv2.INTER_LINEAR
    )
    cover = small[y0 - top : y1 - top, x0 - left : x1 - left, None].astype(np.float32) / 255
    part = picture[y0:y1, x0:x1]
    part[:] = (part + (np.array(ink, np.float32) - part) * cover).astype(np.uint8)
    return left, top, tw, th


def stamp_small_print(
    picture: np.ndarray,
    box_xywh_px: tuple[float, float, float, float],
    ink: Colour,
    lines: int,
    rng: np.random.Generator,
) -> None:
    """Fill a box with rows of strokes that look like text too small to read, in place."""
    x, y, w, h = box_xywh_px
    pitch = h / max(lines, 1)
    for row in range(lines):
        at = x
        end = x + w * (1 if row < lines - 1 else rng.uniform(0.3, 0.9))
        while at < end:
            word = w * rng.uniform(0.04, 0.16)
            top = y + row * pitch
            cv2.rectangle(
                picture,
                (int(at), int(top)),
                (int(min(at + word, end)), int(top + pitch * 0.45)),
                ink,
                -1,
            )
            at += word + w * 0.025
