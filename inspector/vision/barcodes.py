"""Barcodes: EAN-13, EAN-8 and DataMatrix, read by zxing-cpp."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from inspector.domain.dates import last_day_of, whole_day
from inspector.domain.scene import Barcode

_FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.DataMatrix,
    ]
)
_GS1 = re.compile(r"\((\d{2,4})\)([^(]*)")
_GTIN, _EXPIRY, _BATCH = "01", "17", "10"


def find_barcodes(image_bgr: NDArray[np.uint8]) -> tuple[Barcode, ...]:
    """Read all barcodes of a photo that carry an article number.

    Args:
        image_bgr: Upright photo, shape (H, W, 3), uint8.

    Returns:
        Barcodes whose check digit is right. One whose bars are too small is not found: a module
        needs about two pixels.
    """
    found = zxingcpp.read_barcodes(image_bgr, formats=_FORMATS)
    codes = [_barcode(result) for result in found if result.valid]
    return tuple(code for code in codes if code is not None)


def _barcode(result: zxingcpp.Barcode) -> Barcode | None:
    place = result.position
    corners = [place.top_left, place.top_right, place.bottom_right, place.bottom_left]
    xs, ys = [float(corner.x) for corner in corners], [float(corner.y) for corner in corners]
    box = (min(xs), min(ys), max(xs), max(ys))
    text = result.text
    if text.isdigit():
        return Barcode(text, box)
    parts = dict(_GS1.findall(text))
    if _GTIN not in parts:
        return None
    return Barcode(parts[_GTIN], box, _expiry(parts.get(_EXPIRY, "")), parts.get(_BATCH, ""))


def _expiry(yymmdd: str) -> date | None:
    """GS1 General Specifications, 3.4.7: the day may be 00, the month then counts as a whole."""
    if len(yymmdd) != 6 or not yymmdd.isdigit():
        return None
    year, month, day = 2000 + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    return whole_day(year, month, day) if day else last_day_of(year, month)
