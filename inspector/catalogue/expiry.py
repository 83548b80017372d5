"""The expiry date on a pack, as it is printed beside EXP, Anv. før or Udløb.

A pack with a month and a year may be sold to the end of that month. Dates without such a word are
not read: they may be of the making, or of a price.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from inspector.domain.dates import last_day_of, whole_day
from inspector.domain.scene import TextLine

_MIN_CONFIDENCE = 0.85
"""One misread digit is another year, and an expired pack is a failure: only sure lines count."""

_SAME_BLOCK = 2.0
"""The date stands on the line of its word, or at most so many line heights from it."""

_WORD = re.compile(
    r"\b(?:exp(?:iry|\.?\s*dat[eo])?|anv(?:endes)?\.?\s*(?:inden|f(?:ø|o|0)r)|udl(?:ø|o|0)b\w*"
    r"|holdbar\s*til|utg\.?\s*dat\w*|best\s*before|use\s*by|verw\.?\s*bis)(?![a-zæøå])",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_SPELLED = {**{name: n for n, name in enumerate(_MONTHS, start=1)}, "may": 5, "oct": 10}
_NEXT = r"\s*[./\- ]\s*"
_DATE = re.compile(
    r"(?<!\d)(?:"
    rf"(?P<ymd>20\d\d){_NEXT}(?P<m1>\d\d)(?:{_NEXT}(?P<d1>\d\d))?"
    rf"|(?P<d2>\d\d){_NEXT}(?P<m2>\d\d){_NEXT}(?P<y2>20\d\d)"
    rf"|(?P<m3>\d\d){_NEXT}(?P<y3>20\d\d|\d\d)"
    rf"|(?P<word>[a-z]{{3}})[a-z]*\.?{_NEXT}?(?P<y4>20\d\d)"
    r")(?!\d)",
    re.IGNORECASE,
)


def expiry_from_texts(texts: Sequence[TextLine]) -> date | None:
    """Return the last day on which a pack may be sold.

    Args:
        texts: Lines on one pack, boxes and heights in pixels.

    Returns:
        The day; None when there is no date beside a word for it, or when two such dates differ.
    """
    sure = [line for line in texts if line.confidence >= _MIN_CONFIDENCE]
    found: set[date] = set()
    for line in sure:
        word = _WORD.search(line.text)
        if word is None:
            continue
        rest = line.text[word.end() :]
        beside = [rest] if _DATE.search(rest) else [o.text for o in sure if _is_beside(line, o)]
        days = [day_from_text(text) for text in beside]
        found |= {day for day in days if day is not None}
    return found.pop() if len(found) == 1 else None


def day_from_text(text: str) -> date | None:
    """Return the last day that a printed date means.

    Example:
        >>> day_from_text("08/2025")
        datetime.date(2025, 8, 31)
        >>> day_from_text("2025-02"), day_from_text("31.08.2025")
        (datetime.date(2025, 2, 28), datetime.date(2025, 8, 31))
        >>> day_from_text("AUG 2025"), day_from_text("08 25")
        (datetime.date(2025, 8, 31), datetime.date(2025, 8, 31))
        >>> day_from_text("13/2025") is None
        True
    """
    match = _DATE.search(text)
    if match is None:
        return None
    part = match.groupdict()
    if part["d2"]:
        return whole_day(int(part["y2"]), int(part["m2"]), int(part["d2"]))
    if part["d1"]:
        return whole_day(int(part["ymd"]), int(part["m1"]), int(part["d1"]))
    if part["word"]:
        month = _SPELLED.get(part["word"].casefold(), 0)
        return last_day_of(int(part["y4"]), month)
    if part["ymd"]:
        return last_day_of(int(part["ymd"]), int(part["m1"]))
    year = int(part["y3"])
    return last_day_of(year if year >= 100 else 2000 + year, int(part["m3"]))


def _is_beside(word: TextLine, other: TextLine) -> bool:
    """Say whether a line stands right of, or under, the line of a word."""
    if other is word:
        return False
    ax1, ay1, ax2, ay2 = word.box_xyxy_px
    bx1, by1, bx2, by2 = other.box_xyxy_px
    reach = _SAME_BLOCK * word.height_px
    same_row = min(ay2, by2) - max(ay1, by1) > 0 and -word.height_px < bx1 - ax2 < 2 * reach
    below = min(ax2, bx2) - max(ax1, bx1) > 0 and 0 <= by1 - ay1 < reach + word.height_px
    return same_row or below
