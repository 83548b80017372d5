from dataclasses import replace

import pytest

from inspector.catalogue.consensus import read_packs
from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.goods import Goods, Group, Kind, Sku
from inspector.domain.scene import Barcode, Pack, TextLine

REGISTER = Register(
    (
        Sku("p10", "Panodil", Kind.MEDICINE, "500 mg", "tabletter", "10 stk", group=Group.HX18),
        Sku("p20", "Panodil", Kind.MEDICINE, "500 mg", "tabletter", "20 stk", group=Group.HA18),
        Sku("pamol", "Pamol", Kind.MEDICINE, "500 mg", "tabletter", "10 stk", group=Group.HX18),
        Sku("livol", "Livol Multi", Kind.VITAMIN),
    ),
    "test",
    "",
)


@pytest.fixture(scope="module")
def matcher():
    return Matcher(REGISTER)


def pack(pack_id, *texts, look=1, confidence=0.95):
    lines = tuple(
        TextLine(text, (0.0, 30.0 * row, 90.0, 30.0 * row + 20), 20.0, confidence)
        for row, text in enumerate(texts)
    )
    return Pack(pack_id, (0.0, 0.0, 100.0, 60.0), 0.9, texts=lines, look=look)


def test_an_unread_pack_takes_the_name_of_packs_it_looks_like(matcher):
    readings = read_packs([pack("p1", "Panodil"), pack("p2", "Panodil"), pack("p3")], matcher)
    taken = readings["p3"]
    assert taken.goods is Goods.OTC_MEDICINE
    assert taken.kind is Kind.MEDICINE
    assert taken.identity.name == "Panodil"
    assert taken.identity.evidence == ("lookalike",)
    assert taken.identity.confidence < readings["p1"].identity.confidence
    assert readings["p1"].identity.evidence == ("ocr",)


def test_the_pack_size_of_another_pack_is_not_taken(matcher):
    readings = read_packs([pack("p1", "Panodil", "500 mg", "10 stk"), pack("p2")], matcher)
    assert readings["p1"].identity.group is Group.HX18
    assert {sku.sku_id for sku in readings["p2"].identity.candidates} == {"p10", "p20"}
    assert readings["p2"].identity.group is None


def test_the_pack_size_that_two_packs_show_is_taken(matcher):
    shows = [pack(f"p{n}", "Panodil", "500 mg", "10 stk") for n in (1, 2)]
    assert read_packs([*shows, pack("p3")], matcher)["p3"].identity.group is Group.HX18
    other = pack("p4", "Panodil", "500 mg", "20 stk")
    assert read_packs([*shows, pack("p3"), other], matcher)["p3"].identity.group is None


def test_the_pack_size_of_its_own_counts_before_that_of_others(matcher):
    shows = [pack(f"p{n}", "Panodil", "500 mg", "10 stk") for n in (1, 2)]
    own = read_packs([*shows, pack("p3", "20 stk")], matcher)["p3"]
    assert own.identity.group is Group.HA18


def test_the_pack_size_that_the_pack_itself_shows_counts(matcher):
    readings = read_packs([pack("p1", "Panodil"), pack("p2", "20 stk")], matcher)
    assert readings["p2"].identity.group is Group.HA18


def test_a_class_that_two_packs_of_a_look_show_without_a_name_is_taken(matcher):
    shows = [pack(f"p{n}", "Kosttilskud") for n in (1, 2)]
    taken = read_packs([*shows, pack("p3")], matcher)["p3"]
    assert (taken.goods, taken.kind, taken.identity) == (Goods.OTHER_GOODS, Kind.VITAMIN, None)
    assert read_packs([shows[0], pack("p3")], matcher)["p3"].goods is Goods.UNKNOWN
    contradicted = read_packs([*shows, pack("p3"), pack("p4", "Panodil")], matcher)["p3"]
    assert contradicted.goods is Goods.UNKNOWN
    contested = read_packs([*shows, pack("p3", "Kosttilskud", "Panodil")], matcher)["p3"]
    assert contested.goods is not Goods.OTHER_GOODS, "its own text speaks against that"


def test_a_group_whose_members_disagree_is_left_as_it_was_read(matcher):
    packs = [pack("p1", "Panodil"), pack("p2", "Panodil"), pack("p3", "Pamol"), pack("p4")]
    readings = read_packs(packs, matcher)
    assert readings["p3"].identity.name == "Pamol"
    assert readings["p4"].goods is Goods.UNKNOWN


def test_one_unsure_reading_is_not_enough_and_two_are(matcher):
    unsure = pack("p1", "Panodil", confidence=0.7)
    assert read_packs([unsure, pack("p3")], matcher)["p3"].goods is Goods.UNKNOWN
    twice = [unsure, replace(unsure, pack_id="p2"), pack("p3")]
    assert read_packs(twice, matcher)["p3"].identity.name == "Panodil"


def test_text_of_its_own_that_speaks_against_the_name_keeps_a_pack_unknown(matcher):
    contradicted = pack("p3", "Pano", "Livol Mult1 Panodil Pamol", confidence=0.7)
    medicine = pack("p4", "Zapp")
    packs = [pack("p1", "Livol Multi"), pack("p2", "Livol Multi"), contradicted]
    assert read_packs(packs, matcher)["p3"].goods is not Goods.OTHER_GOODS
    packs = [pack("p1", "Panodil"), pack("p2", "Panodil"), medicine]
    assert read_packs(packs, matcher)["p4"].goods is Goods.UNKNOWN


def test_packs_that_look_like_no_other_stay_unread(matcher):
    packs = [pack("p1", "Panodil", look=None), pack("p2", look=None), pack("p3", look=2)]
    assert read_packs(packs, matcher)["p2"].goods is Goods.UNKNOWN


def test_product_cards_are_neither_read_nor_asked(matcher):
    card = replace(pack("p1", "Panodil"), is_card=True)
    readings = read_packs([card, pack("p2")], matcher)
    assert set(readings) == {"p2"}
    assert readings["p2"].goods is Goods.UNKNOWN


def test_a_pack_whose_text_says_nothing_takes_the_name_that_a_person_taught(matcher):
    shown = replace(pack("p1", "500 mg", look=None), taught="Panodil")
    identity = read_packs([shown], matcher)["p1"].identity
    assert (identity.name, identity.evidence) == ("Panodil", ("taught",))
    assert identity.group is None  # a lesson lends the name; which size it is, the pack must show


def test_the_size_that_a_taught_pack_shows_counts(matcher):
    shown = replace(pack("p1", "20 stk", look=None), taught="Panodil")
    assert read_packs([shown], matcher)["p1"].identity.group is Group.HA18


def test_what_a_pack_says_itself_counts_before_what_was_taught(matcher):
    shown = replace(pack("p1", "Pamol", look=None), taught="Panodil")
    assert read_packs([shown], matcher)["p1"].identity.name == "Pamol"


def test_a_lesson_on_goods_that_the_register_of_the_day_lacks_says_nothing(matcher):
    shown = replace(pack("p1", look=None), taught="Zinklet")
    assert read_packs([shown], matcher)["p1"].goods is Goods.UNKNOWN


def test_a_barcode_alone_tells_which_pack_it_is():
    matcher = Matcher(Register((Sku("p20", "Panodil", Kind.MEDICINE, vnr="409193"),), "test", ""))
    code = Barcode("7046264091937", (10.0, 10.0, 60.0, 40.0))
    scanned = Pack("p1", (0.0, 0.0, 100.0, 60.0), 0.9, barcodes=(code,))
    identity = read_packs([scanned], matcher)["p1"].identity
    assert (identity.name, identity.evidence) == ("Panodil", ("barcode",))


def with_small_print(one, *texts, confidence=0.95):
    lines = tuple(
        TextLine(text, (0.0, 9.0 * row, 30.0, 9.0 * row + 7), 7.0, confidence)
        for row, text in enumerate(texts)
    )
    return replace(one, small_print=lines)


def test_small_print_names_a_pack_of_which_nothing_else_was_read(matcher):
    alone = with_small_print(pack("p1", look=None), "Pamol", "500 mg")
    reading = read_packs([alone], matcher)["p1"]
    assert (reading.goods, reading.identity.name) == (Goods.OTC_MEDICINE, "Pamol")


def test_small_print_that_contradicts_the_text_makes_a_pack_unknown(matcher):
    both = with_small_print(pack("p1", "Panodil", look=None), "Livol Multi")
    assert read_packs([both], matcher)["p1"].goods is Goods.UNKNOWN


def test_small_print_that_names_another_medicine_leaves_the_class(matcher):
    both = with_small_print(pack("p1", "Panodil", look=None), "Pamol")
    reading = read_packs([both], matcher)["p1"]
    assert (reading.goods, reading.identity) == (Goods.OTC_MEDICINE, None)


def test_small_print_that_says_the_same_or_nothing_changes_nothing(matcher):
    plain = pack("p1", "Panodil", "500 mg", "10 stk", look=None)
    reading = read_packs([plain], matcher)["p1"]
    for texts in ((), ("Panodil",), ("anod",)):
        assert read_packs([with_small_print(plain, *texts)], matcher)["p1"] == reading


def test_doubtful_small_print_does_not_count(matcher):
    doubtful = with_small_print(pack("p1", look=None), "Pamol", confidence=0.84)
    assert read_packs([doubtful], matcher)["p1"].goods is Goods.UNKNOWN
