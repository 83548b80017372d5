"""Numbers on packs: the Nordic article number (varenummer, Vnr) and the GTIN in a barcode.

Source: wiki.vnr.fi, "Vnr and NTIN" (ranges, prefix 704626). Every pack of the Takst of 9 March 2011
lies in the ranges of medicine, none in those of other goods.
"""

from __future__ import annotations

import re
from functools import lru_cache

_MEDICINE = (range(1, 200_000), range(370_000, 600_000))
_OTHER_GOODS = (range(200_000, 370_000), range(600_000, 1_000_000))

_NTIN_PREFIX = "704626"
"""A GTIN-13 that starts so carries the six digits of a Vnr before its check digit."""

_REMEMBERED = 100_000
"""Lines of which the number is remembered."""

_PRINTED_VNR = re.compile(r"\b(?:vnr|v\.?\s?nr|varenr|varenummer)\.?:?\s*(\d{2}\s?\d{2}\s?\d{2})\b")


def is_gtin(code: str) -> bool:
    """Say whether digits are a GTIN (EAN-8, UPC-A, EAN-13, GTIN-14) with the right check digit.

    Example:
        >>> is_gtin("7046264091937"), is_gtin("7046264091938")
        (True, False)
    """
    if not (len(code) in (8, 12, 13, 14) and code.isascii() and code.isdigit()):
        return False
    weighted = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(reversed(code)))
    return weighted % 10 == 0


def vnr_from_code(code: str) -> str | None:
    """Return the Vnr that a scanned code carries, or None.

    Args:
        code: Digits of an EAN-13, of the GTIN-14 in a DataMatrix, or a bare Vnr.

    Example:
        >>> vnr_from_code("7046264091937")
        '409193'
        >>> vnr_from_code("5701234567899") is None
        True
    """
    if len(code) == 6 and code.isascii() and code.isdigit():
        return code
    if not is_gtin(code):
        return None
    gtin = code.lstrip("0").zfill(13)
    return gtin[6:12] if gtin.startswith(_NTIN_PREFIX) else None


@lru_cache(_REMEMBERED)
def vnr_from_text(text: str) -> str | None:
    """Return the Vnr that is printed in a line of text, or None.

    Example:
        >>> vnr_from_text("Vnr 40 91 93")
        '409193'
    """
    found = _PRINTED_VNR.search(text.casefold())
    return re.sub(r"\s", "", found.group(1)) if found else None


def is_medicine_vnr(vnr: str) -> bool | None:
    """Say whether a Vnr lies in the ranges of medicine; None where no range is known.

    Natural remedies and strong vitamins are medicine in law and have such numbers, too.

    Example:
        >>> is_medicine_vnr("409193"), is_medicine_vnr("215000"), is_medicine_vnr("000000")
        (True, False, None)
    """
    number = int(vnr)
    if any(number in numbers for numbers in _MEDICINE):
        return True
    return False if any(number in numbers for numbers in _OTHER_GOODS) else None


def same_gtin(a: str, b: str) -> bool:
    """Say whether two codes are one GTIN, whatever zeros stand before it.

    Example:
        >>> same_gtin("07046264091937", "7046264091937")
        True
    """
    return bool(a) and a.lstrip("0") == b.lstrip("0")
