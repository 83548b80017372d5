"""Strengths, pack sizes and forms as they are printed on packs, made comparable.

The same reading serves the register's own columns and the text of a photo, so both sides of a
comparison are normalised alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_REMEMBERED = 100_000
"""Lines of which the reading is remembered."""

_DIGITS = str.maketrans("OoLlIi,", "001111.")
_MG_PER_UNIT = {"g": 1000.0, "mg": 1.0, "µg": 0.001, "μg": 0.001, "mcg": 0.001, "ug": 0.001}

# A digit that was read as a letter is put right only where a unit follows.
_NUMBER = r"(?<![\w.,])(?=[oOlI]{0,2}\d)([\dOolI]+(?:[.,][\dOolI]+)?)"
_STRENGTH = re.compile(
    _NUMBER
    + r"\s*(mg|g|µg|μg|mcg|ug|%)(?:\s*/\s*(\d*)\s*(ml|g|dosis|dose|timer|t)\b|(?![^\W\d_]))",
    re.IGNORECASE,
)
_PACK_SIZE = re.compile(
    r"(?<!/)(?<!/ )" + _NUMBER + r"(?:\s*[-–]\s*(\d+))?\s*"
    r"(?:(ml|g)(?![\w/])(?!\s*/)"
    r"|(?:(?:filmovertrukne|overtrukne|oplukkede)\s+)?"
    r"(?:stk|\w*tab\w*|kaps(?:[l1i]\w*)?|\w*plast\w*|breve?|dosisbreve?|suppositori\w*"
    r"|stikpiller|pastiller|tyggegummi\w*)(?!\w))",
    re.IGNORECASE,
)
_DAILY_DOSE = re.compile(r"\b(dagligt?|gang|gange|time|hver|dosis|dosering|børn|voksne)\b")

_FORMS = {
    "brusetablet": r"bruse?tab\w*",
    "tyggetablet": r"tygge?tab\w*",
    "sugetablet": r"suge?tab\w*|pastil\w*",
    "smeltetablet": r"smelte?tab\w*|(?:resori|lyo)(?:blet|tab|philis)\w*",
    "tablet": r"(?:film|depot|entero)?tab[l1i]\w*",
    "kapsel": r"\w*kaps(?:el|l)\w*",
    "suppositorium": r"suppositori\w*|stikpille\w*",
    "tyggegummi": r"\w*tyggegummi\w*",
    "plaster": r"depotplast\w*|nikotinplast\w*|plast(?:er|re)",
    "mundhulespray": r"mund(?:hule)?spray",
    "næsespray": r"n(?:æ|ae|e)sespray",
    "gel": r"\w*gel",
    "creme": r"\w*creme",
    "pulver": r"\w*pulver",
    "mikstur": r"mikstur\w*|suspension\w*|opl(?:ø|o)sning\w*|saft",
    "øjendråber": r"(?:ø|o)jendr(?:å|a)ber",
}


@dataclass(frozen=True, slots=True)
class Strength:
    """An amount of active substance.

    Attributes:
        amount: In milligrams, or per cent when `per` is `%`.
        per: What the amount is in: empty for one unit, `ml`, `g`, `dosis`, `16 timer`, `%`.
    """

    amount: float
    per: str = ""


@dataclass(frozen=True, slots=True)
class PackSize:
    """How much a pack holds: one number, or a range of a register entry (`20-300 stk`).

    Attributes:
        low: Smallest number.
        high: Largest number, `low <= high`.
        unit: `stk`, `ml` or `g`.
    """

    low: float
    high: float
    unit: str

    def covers(self, other: PackSize) -> bool:
        """Say whether `other` lies inside this size; never across units."""
        return self.unit == other.unit and self.low <= other.low and other.high <= self.high


@lru_cache(_REMEMBERED)
def strengths_in_order(text: str) -> tuple[Strength, ...]:
    """Return every strength in a text as it stands there, from left to right.

    A decimal comma and a decimal point mean the same.

    Example:
        >>> [s.amount for s in strengths_in_order("Treo 500 mg + 50 mg")]
        [500.0, 50.0]
        >>> strengths_in_order("0,5 mg/ml")
        (Strength(amount=0.5, per='ml'),)
    """
    return tuple(_strength(*groups) for groups in _STRENGTH.findall(text))


@lru_cache(_REMEMBERED)
def pack_sizes_from_text(text: str) -> frozenset[PackSize]:
    """Return every pack size in a text; lines about doses ("2 tabletter dagligt") do not count.

    Example:
        >>> pack_sizes_from_text("20 filmovertrukne tabletter")
        frozenset({PackSize(low=20.0, high=20.0, unit='stk')})
        >>> pack_sizes_from_text("20-300 stk")
        frozenset({PackSize(low=20.0, high=300.0, unit='stk')})
        >>> pack_sizes_from_text("1 tablet 3 gange dagligt")
        frozenset()
    """
    if _DAILY_DOSE.search(text.casefold()):
        return frozenset()
    found = set()
    for low, high, unit in _PACK_SIZE.findall(text):
        first = _number(low)
        last = float(high) if high else first
        found.add(PackSize(min(first, last), max(first, last), unit.lower() or "stk"))
    return frozenset(found)


def amount_in(text: str) -> tuple[int, int] | None:
    """Return where a strength or a pack size stands in a text: its first letter, and behind it.

    Example:
        >>> amount_in("kun 20 stk plastre")
        (4, 10)
    """
    found = _STRENGTH.search(text) or _PACK_SIZE.search(text)
    return None if found is None else found.span()


@lru_cache(_REMEMBERED)
def forms_from_text(text: str) -> frozenset[str]:
    """Return the pharmaceutical forms that a text names, each by one Danish word.

    Example:
        >>> forms_from_text("20 Filmovertrukne tabletter")
        frozenset({'tablet'})
    """
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return frozenset(
        form for form, pattern in _FORMS.items() if any(re.fullmatch(pattern, w) for w in words)
    )


def _strength(number: str, unit: str, count: str, per: str) -> Strength:
    unit, per = unit.lower(), per.lower()
    if unit == "%":
        return Strength(_number(number), "%")
    amount = round(_number(number) * _MG_PER_UNIT[unit], 6)
    match per:
        case "timer" | "t":
            return Strength(amount, f"{count} timer")
        case "dosis" | "dose":
            return Strength(amount, "dosis")
        case "ml" | "g":
            return Strength(round(amount / (float(count or 1) or 1), 6), per)
        case _:
            return Strength(amount)


def _number(text: str) -> float:
    return float(text.translate(_DIGITS))
