from datetime import date

import numpy as np
import pytest
import zxingcpp

from inspector.vision.barcodes import find_barcodes


def photo_with(text, kind, *, options="", scale=3):
    code = np.array(zxingcpp.create_barcode(text, kind, options=options).to_image(scale=scale))
    photo = np.full((600, 800, 3), 200, np.uint8)
    photo[200 : 200 + code.shape[0], 300 : 300 + code.shape[1]] = code[..., None]
    return photo


def test_an_ean_13_is_read_where_it_stands():
    (code,) = find_barcodes(photo_with("7046264091937", zxingcpp.BarcodeFormat.EAN13))
    assert code.gtin == "7046264091937"
    x1, y1, x2, y2 = code.box_xyxy_px
    assert 300 <= x1 < x2 <= 660
    assert 195 <= y1 < y2 <= 370
    assert code.expires_on is None


def test_an_ean_8_is_read():
    (code,) = find_barcodes(photo_with("96385074", zxingcpp.BarcodeFormat.EAN8))
    assert code.gtin == "96385074"


@pytest.mark.parametrize(
    ("printed", "expires_on"),
    [
        ("250831", date(2025, 8, 31)),
        ("250800", date(2025, 8, 31)),
        ("251300", None),
    ],
    ids=["a whole day", "a month alone lasts to its end", "a month that does not exist"],
)
def test_a_datamatrix_tells_number_expiry_and_batch(printed, expires_on):
    text = f"(01)07046264091937(17){printed}(10)AB12"
    codes = find_barcodes(
        photo_with(text, zxingcpp.BarcodeFormat.DataMatrix, options="gs1", scale=6)
    )
    assert [(c.gtin, c.expires_on, c.batch) for c in codes] == [
        ("07046264091937", expires_on, "AB12")
    ]


def test_a_datamatrix_without_an_article_number_is_left_out():
    photo = photo_with("hello", zxingcpp.BarcodeFormat.DataMatrix, scale=6)
    assert find_barcodes(photo) == ()
