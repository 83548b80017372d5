from dataclasses import replace

import numpy as np
import pytest

from inspector.catalogue.close_up import with_close_up
from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.goods import Kind, Sku
from inspector.domain.scene import Barcode, Pack, Scene, Sign, Tag, TextLine

WH = (1000, 800)
MATCHER = Matcher(Register((Sku("p", "Panodil", Kind.MEDICINE, "500 mg", "tabletter"),), "t", ""))


def sign(number, text, y):
    box = (200.0, y, 800.0, y + 60)
    return Sign(f"t{number}", box, (TextLine(text, box, 60.0, 0.95),), False, 0.8)


LABEL = replace(sign(4, "49,95", 600), is_price_label=True)
CLOSE_UP = Scene(
    packs=(Pack("p1", (210.0, 100.0, 500.0, 300.0), 0.3),),
    signs=(sign(1, "Panodil", 150.0), sign(2, "500 mg", 300.0), sign(3, "20 tabletter", 450.0)),
    barcodes=(Barcode("7046264091937", (300.0, 420.0, 400.0, 440.0)),),
)


def test_print_that_fills_the_photo_and_names_goods_is_one_pack():
    scene = with_close_up(CLOSE_UP, WH, MATCHER)
    (pack,) = scene.packs
    assert [line.text for line in pack.texts] == ["Panodil", "500 mg", "20 tabletter"]
    assert pack.box_xyxy_px == (200.0, 100.0, 800.0, 510.0)
    assert scene.signs == ()
    assert [code.gtin for code in pack.barcodes] == ["7046264091937"]


@pytest.mark.parametrize(
    "other",
    [
        replace(CLOSE_UP, packs=tuple(Pack(f"p{n}", (0, 0, 90, 90), 0.9) for n in range(3))),
        replace(CLOSE_UP, packs=(Pack("p1", (0, 0, 90, 90), 0.9, is_card=True),)),
        replace(CLOSE_UP, tags=(Tag(40, np.zeros((4, 2))),)),
        replace(CLOSE_UP, packs=()),
        replace(CLOSE_UP, signs=CLOSE_UP.signs[:1]),
        replace(CLOSE_UP, signs=(sign(1, "Pamodal", 150.0), *CLOSE_UP.signs[1:])),
        replace(CLOSE_UP, signs=(*CLOSE_UP.signs, LABEL)),
    ],
    ids=[
        "a shelf", "a product card", "a reference in view", "a poster", "a name alone", "no name",
        "a label",
    ],
)  # fmt: skip
def test_everything_else_stays_as_it_was_seen(other):
    assert with_close_up(other, WH, MATCHER) is other


def test_small_print_far_away_is_no_close_up():
    assert with_close_up(CLOSE_UP, (4000, 3000), MATCHER) is CLOSE_UP
