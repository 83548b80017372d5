"""Close-ups: a photo of one pack, too large to be found whole by what looks for shelves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inspector.catalogue.matching import Matcher
from inspector.catalogue.quantities import (
    forms_from_text,
    pack_sizes_from_text,
    strengths_in_order,
)
from inspector.domain.scene import Pack, Scene, Sign, TextLine
from inspector.domain.verdict import Box

MOST_PACKS = 2
"""More packs than this are a shelf. A close-up's own panels may be taken for a pack or two."""

FILLS_SHARE = 0.05
"""The print of a pack that the photo is of spreads over this share of it."""

CLOSE_UP_CONFIDENCE = 0.9
"""Confidence that such print is one pack: a name of the register stands on it, with its amount."""


def with_close_up(scene: Scene, image_wh: tuple[int, int], matcher: Matcher) -> Scene:
    """Return the scene with one pack where its print alone was found.

    Args:
        scene: What was seen. Only scenes with one pack, or up to `MOST_PACKS`, and no reference in
            view change.
        image_wh: Size of the photo in pixels.
        matcher: Knows the register of the day.

    Returns:
        The same scene, or one whose only pack holds all packs and signs: when their print fills the
        photo, names goods of the register, and says how strong or how many they are, as packs do.
    """
    packs = [pack for pack in scene.packs if not pack.is_card]
    # A poster carries the same print, but nothing on it is taken for a pack.
    if not 1 <= len(packs) <= MOST_PACKS or len(packs) < len(scene.packs) or scene.tags:
        return scene
    labels = [sign for sign in scene.signs if sign.is_price_label]
    lines = _lines(packs, scene.signs)
    if labels or not lines or not _says_how_much(lines):
        return scene
    box = _hull([line.box_xyxy_px for line in lines])
    fills = (box[2] - box[0]) * (box[3] - box[1]) / (image_wh[0] * image_wh[1])
    if fills < FILLS_SHARE or matcher.read(lines, codes=_gtins(scene)).identity is None:
        return scene
    whole = _hull([box, *(pack.box_xyxy_px for pack in packs)])
    close_up = Pack("p1", whole, CLOSE_UP_CONFIDENCE, texts=lines, barcodes=scene.barcodes)
    return replace(scene, packs=(close_up,), doubtful_packs=(), signs=())


def _gtins(scene: Scene) -> list[str]:
    return [code.gtin for code in scene.barcodes]


def _lines(packs: Sequence[Pack], signs: Sequence[Sign]) -> tuple[TextLine, ...]:
    on_packs = (line for pack in packs for line in pack.texts)
    on_signs = (line for sign in signs for line in sign.lines)
    return tuple(dict.fromkeys((*on_packs, *on_signs)))


def _says_how_much(lines: Sequence[TextLine]) -> bool:
    amounts = [
        line for line in lines if strengths_in_order(line.text) or pack_sizes_from_text(line.text)
    ]
    return bool(amounts) and any(forms_from_text(line.text) for line in lines)


def _hull(boxes: Sequence[Box]) -> Box:
    x1, y1 = min(box[0] for box in boxes), min(box[1] for box in boxes)
    x2, y2 = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return x1, y1, x2, y2
