"""The legend strip below an annotated photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from inspector.report.drawing import (
    INK,
    PAPER,
    Captions,
    ImageRgb,
    Style,
    draw_band,
    draw_frame,
    font,
)


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One sample with its words.

    Attributes:
        style: How the thing is drawn; None for words alone.
        text: What it is.
        is_band: True for a line with its uncertainty, False for a frame.
    """

    style: Style | None
    text: str
    is_band: bool = False


def legend_strip(
    entries: Sequence[LegendEntry], *, width_px: int, text_px: int, line_px: int
) -> ImageRgb:
    """Return the legend, set in as many rows as it needs.

    Args:
        entries: What to explain.
        width_px: Width of the strip.
        text_px: Size of the lettering.
        line_px: Usual width of a frame.

    Returns:
        Shape (h, width_px, 3), uint8, RGB.
    """
    face = font(text_px)
    sample_w, sample_h, gap, row_h = 2 * text_px, round(1.25 * text_px), text_px, 2 * text_px
    places: list[tuple[int, int]] = []
    x, y = gap, gap // 2
    for entry in entries:
        entry_w = round(face.getlength(entry.text)) + (sample_w + gap // 2 if entry.style else 0)
        if x > gap and x + entry_w + gap > width_px:
            x, y = gap, y + row_h
        places.append((x, y))
        x += entry_w + round(1.6 * gap)
    strip: ImageRgb = np.full((y + row_h + gap // 2, width_px, 3), PAPER, np.uint8)
    middle = row_h // 2
    for entry, (x, y) in zip(entries, places, strict=True):
        if entry.style is None:
            continue
        top = y + middle - sample_h // 2
        if entry.is_band:
            low, high = top + sample_h * 0.15, top + sample_h * 0.85
            rows = np.array([[end, y + middle, high, low] for end in (x, x + sample_w)], float)
            draw_band(strip, rows, entry.style.colour, width_px=line_px)
        else:
            box = (x, top, x + sample_w, top + sample_h)
            draw_frame(strip, box, entry.style, width_px=line_px)
    picture = Image.fromarray(strip)
    draw = ImageDraw.Draw(picture)
    badges = Captions(picture)
    for entry, (x, y) in zip(entries, places, strict=True):
        text_x = x + (sample_w + gap // 2 if entry.style else 0)
        draw.text((text_x, y + middle), entry.text, font=face, fill=INK, anchor="lm")
        if entry.style is not None and entry.style.symbol:
            top = y + middle - sample_h // 2
            box = (x, top, x + sample_w, top + 2 * sample_h)  # badges fill small samples more
            size_px = text_px * 2 // 3
            badges.badge(box, entry.style.symbol, "", entry.style.colour, size_px=size_px)
    return np.asarray(picture)
