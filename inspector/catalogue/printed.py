"""The name as printed: what stands beside the brand in print as large as the brand's."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.fuzz import ratio

from inspector.catalogue.names import Hit, Page, in_reading_order
from inspector.catalogue.quantities import pack_sizes_from_text, strengths_in_order
from inspector.domain.scene import TextLine

_MIN_CONFIDENCE = 0.75
"""Words below this are not shown to people as part of a name."""

_AS_LARGE = 0.8
"""Words belong to the name when their print is this much of the brand's, or the reverse."""

_NEXT_LINE = 0.8
"""The lines of a name are less than this share of their height apart."""

_FEWEST_LETTERS = 3
_SAME_WORD = 65.0
_MOST_WORDS = 3


def printed_name(name: str, hit: Hit, page: Page, texts: Sequence[TextLine]) -> str:
    """Return the name of goods as printed.

    Args:
        name: Name in the register.
        hit: Where it was read.
        page: Words of the pack.
        texts: The same as lines, boxes in pixels.

    Returns:
        The register's name with the words that stand before and after it in the same print; empty
        when there are none, or when they are too many to be a name.
    """
    lines = in_reading_order(texts)
    own = [lines[number] for number in sorted({page.words[i].line for i in hit.word_ids})]
    known = [*hit.name.parts, *(page.words[i].letters for i in hit.word_ids)]
    known += hit.name.substances
    before: list[str] = []
    after: list[str] = []
    for i, word in enumerate(page.words):
        line = lines[word.line]
        if i in hit.word_ids or any(_is_same_word(word.letters, other) for other in known):
            continue
        if not any(_is_of_one_name(line, other) for other in own) or not _is_word(word.text, line):
            continue
        known.append(word.letters)
        is_before = i < min(hit.word_ids) if line in own else _is_before(line, own[0])
        (before if is_before else after).append(word.text)
    if not 0 < len(before) + len(after) <= _MOST_WORDS:
        return ""
    return " ".join((*before, name, *after))


def _is_before(line: TextLine, own: TextLine) -> bool:
    """Say whether a line is read before that of the brand: above it, or left of it in its row."""
    ax1, ay1, ax2, _ = line.box_xyxy_px
    bx1, by1, bx2, _ = own.box_xyxy_px
    is_beside = max(ax1, bx1) > min(ax2, bx2) - 0.3 * own.height_px
    return ax1 < bx1 if is_beside else ay1 < by1


def _is_same_word(a: str, b: str) -> bool:
    """Say whether two words are one, read twice with slips."""
    return b in a or ratio(a, b) >= _SAME_WORD


def _is_word(text: str, line: TextLine) -> bool:
    if line.confidence < _MIN_CONFIDENCE or len(text) < _FEWEST_LETTERS:
        return False
    is_quantity = strengths_in_order(line.text) or pack_sizes_from_text(line.text)
    return not is_quantity and any(c.isalpha() for c in text)


def _is_of_one_name(line: TextLine, own: TextLine) -> bool:
    if line is own:
        return True
    if not _AS_LARGE <= line.height_px / own.height_px <= 1 / _AS_LARGE:
        return False
    ax1, ay1, ax2, ay2 = own.box_xyxy_px
    bx1, by1, bx2, by2 = line.box_xyxy_px
    beside_px = max(ax1, bx1) - min(ax2, bx2)
    apart_px = max(ay1, by1) - min(ay2, by2)
    reach_px = _NEXT_LINE * own.height_px
    is_in_row = apart_px < -0.5 * own.height_px and beside_px < 2 * reach_px
    is_next_line = apart_px < reach_px and beside_px < 0
    return is_in_row or is_next_line
