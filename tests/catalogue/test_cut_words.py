"""Names of which a neighbour hides a part tell the class where that is sure."""

import pytest

from inspector.catalogue.changes import Changes
from inspector.catalogue.consensus import read_packs
from inspector.catalogue.cut_words import CutWord
from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.goods import Goods, Kind, Sku
from inspector.domain.scene import Pack, TextLine

BOX = (100.0, 100.0, 160.0, 200.0)


def sku(name, kind):
    return Sku(sku_id=name, name=name, kind=kind)


SKUS = (
    sku("Mucolysin", Kind.MEDICINE),
    sku("Nicorette", Kind.MEDICINE),
    sku("Nicorette Invisi", Kind.MEDICINE),
    sku("Bepanthen", Kind.MEDICINE),
    sku("Bepanthen Eye", Kind.MEDICAL_DEVICE),
    sku("Salvequick", Kind.MEDICAL_DEVICE),
    sku("Orette", Kind.OTHER),
    sku("Pinex Comp", Kind.MEDICINE),
    sku("Panodil Brus Citron", Kind.MEDICINE),
    sku("Matas Omega", Kind.VITAMIN),
)


def matcher(*skus):
    return Matcher(Register(skus or SKUS, "drawn", ""))


def goods_of(text, *, at="left", confidence=0.98, more=()):
    """Return what a pack is that shows a word at one of its edges."""
    left, right = {"left": (100, 150), "right": (110, 160), "middle": (115, 145)}[at]
    line = TextLine(text, (float(left), 120.0, float(right), 130.0), 10.0, confidence)
    others = [TextLine(word, (115.0, 150.0, 145.0, 160.0), 10.0, 0.98) for word in more]
    pack = Pack("p1", BOX, 0.9, texts=(line, *others))
    return read_packs([pack], matcher())["p1"].goods


@pytest.mark.parametrize(
    ("text", "at", "goods"),
    [
        ("colysin", "left", Goods.OTC_MEDICINE),
        ("Nicoret", "right", Goods.OTC_MEDICINE),
        ("vequick", "left", Goods.OTHER_GOODS),
        ("colysin", "middle", Goods.UNKNOWN),  # nothing hides its beginning
        ("Mucoly", "left", Goods.UNKNOWN),  # cut at the wrong end
        ("lysin", "left", Goods.UNKNOWN),  # too little of it
        ("panthen", "left", Goods.UNKNOWN),  # medicine, or a device of the same house
        ("orette", "left", Goods.OTHER_GOODS),  # a name itself
        ("Dobendan", "left", Goods.UNKNOWN),
        ("ex Comp", "left", Goods.OTC_MEDICINE),  # most of two words
        ("dil Brus", "left", Goods.OTC_MEDICINE),  # of three words the first two
        ("as Omega", "left", Goods.OTHER_GOODS),
        ("Brus Cit", "right", Goods.UNKNOWN),  # whole words would stand before it
        ("x Comp", "left", Goods.UNKNOWN),  # half of it
        ("ay Comp", "left", Goods.UNKNOWN),
    ],
)
def test_most_of_a_name_at_the_edge_of_a_pack_tells_its_class(text, at, goods):
    assert goods_of(text, at=at) is goods


def test_small_print_at_the_edge_counts_too():
    small_print = TextLine("colysin", (100.0, 120.0, 150.0, 130.0), 10.0, 0.98)
    pack = Pack("p1", BOX, 0.9, small_print=(small_print,))
    assert read_packs([pack], matcher())["p1"].goods is Goods.OTC_MEDICINE


def test_doubtful_parts_and_parts_beside_other_names_or_claims_tell_nothing():
    assert goods_of("colysin", confidence=0.8) is Goods.UNKNOWN
    assert goods_of("colysin", more=["Kosttilskud"]) is not Goods.OTC_MEDICINE
    assert goods_of("colysin", more=["Salvequick"]) is not Goods.OTC_MEDICINE


def test_the_whole_name_read_unsurely_beside_a_part_of_it_speaks_for_it():
    part = TextLine("colysin", (100.0, 120.0, 150.0, 130.0), 10.0, 0.98)
    whole = TextLine("Mucolysin", (100.0, 120.0, 150.0, 130.0), 10.0, 0.74)
    pack = Pack("p1", BOX, 0.9, texts=(part,), small_print=(whole,))
    assert read_packs([pack], matcher())["p1"].goods is Goods.OTC_MEDICINE


def test_a_part_is_asked_anew_when_a_name_comes_that_it_may_belong_to():
    notes: list[str] = []
    word = CutWord("colysin", is_start=False)
    before = SKUS[:4]
    assert matcher(*before).noting(notes).read_cut(word, ()).goods is Goods.OTC_MEDICINE
    now = (*before, sku("Fluicolysin", Kind.VITAMIN))
    assert Changes(before, now).of_packs.reached(notes)
    assert matcher(*now).read_cut(word, ()).goods is Goods.UNKNOWN
    assert not Changes(before, (*before, sku("Treo", Kind.MEDICINE))).of_packs.reached(notes)


def test_a_part_of_several_words_is_asked_anew_when_such_a_name_comes():
    notes: list[str] = []
    matcher(*SKUS).noting(notes).read_cut(CutWord("excomp", is_start=False), ())
    now = (*SKUS, sku("Finex Comp", Kind.VITAMIN))
    assert Changes(SKUS, now).of_packs.reached(notes)


def test_a_part_is_asked_anew_when_a_name_comes_that_stands_beside_it():
    notes: list[str] = []
    beside = (TextLine("Zovirax", BOX, 10.0, 0.95),)
    word = CutWord("colysin", is_start=False)
    assert matcher(*SKUS).noting(notes).read_cut(word, beside).goods is Goods.OTC_MEDICINE
    now = (*SKUS, sku("Zovirax", Kind.MEDICINE))
    assert Changes(SKUS, now).of_packs.reached(notes)
    assert matcher(*now).read_cut(word, beside).goods is Goods.UNKNOWN
