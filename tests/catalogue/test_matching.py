import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.goods import Goods, Group, Kind, Sku
from inspector.domain.scene import TextLine

REGISTER = Register.load().on(date(2026, 1, 1))
MATCHER = Matcher(REGISTER)


def lines(*texts, confidence=0.98):
    """Lines below each other, the first one the largest; `(text, height)` sets the height."""
    page, y = [], 0.0
    for i, text in enumerate(texts):
        text, height = text if isinstance(text, tuple) else (text, 40.0 if i == 0 else 20.0)
        page.append(TextLine(text, (0.0, y, 10.0 * len(text), y + height), height, confidence))
        y += height + 5
    return page


def read(*texts, confidence=0.98):
    return MATCHER.read(lines(*texts, confidence=confidence))


def name_of(reading):
    return reading.identity and reading.identity.name


# --- What decides the dispensing group


@pytest.mark.parametrize(("count", "group"), [("10", Group.HX18), ("20", Group.HA18)])
def test_only_the_pack_size_tells_panodil_hx18_from_ha18(count, group):
    identity = read("Panodil", "500 mg", f"{count} filmovertrukne tabletter").identity
    assert identity.group is group
    assert identity.agreed("pack_size") == f"{count} stk"


def test_panodil_with_an_unread_pack_size_has_no_group():
    identity = read("Panodil", "500 mg").identity
    assert identity.name == "Panodil"
    assert identity.agreed("strength") == "500 mg"
    assert identity.group is None


def test_a_pack_size_that_was_read_badly_does_not_narrow():
    page = lines("Panodil", "500 mg") + lines("10 tabletter", confidence=0.7)
    assert MATCHER.read(page).identity.group is None


def test_a_pack_size_that_the_register_does_not_know_has_no_group():
    identity = read("Strepsils", "16 sugetabletter").identity
    assert (identity.name, identity.kind, identity.group) == ("Strepsils", Kind.MEDICINE, None)
    assert identity.candidates[0].source == "ikke i registret"


def test_a_dose_is_no_pack_size():
    identity = read("Strepsils", "1 sugetablet 3 gange dagligt").identity
    assert identity.group is Group.HF


def test_form_tells_ibumetin_gel_from_tablets():
    assert read("Ibumetin", "5 % gel").identity.group is Group.HF
    assert read("Ibumetin", "200 mg", "20 tabletter").identity.group is Group.HX18
    assert read("Ibumetin").identity.group is None


def test_strength_tells_pinex_suppositories_hx_from_ha():
    assert read("Pinex", "500 mg suppositorier").identity.group is Group.HX
    assert read("Pinex", "1000 mg suppositorier").identity.group is Group.HA


def test_loperamid_stays_excluded_also_in_an_unknown_pack():
    identity = read("Imodium", "2 mg", "8 kapsler").identity
    assert identity.group is None
    assert identity.candidates[0].self_selection_retail is False


def test_all_entries_that_fit_are_candidates_of_one_name_and_kind():
    candidates = read("Nicorette", "2 mg", "tyggegummi").identity.candidates
    assert {sku.pack_size for sku in candidates} == {"30 stk", "105 stk", "210 stk"}
    assert {(sku.name, sku.kind) for sku in candidates} == {("Nicorette", Kind.MEDICINE)}


# --- What is no OTC medicine in the sense of section 5


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (("Ukendt", "Naturlægemiddel"), Kind.NATURAL_REMEDY),
        (("Ukendt", "Naturlaegemiddel"), Kind.NATURAL_REMEDY),
        (("Ukendt", "Stærkt vitaminpræparat"), Kind.VITAMIN),
        (("Ukendt", "Homøopatisk lægemiddel"), Kind.NATURAL_REMEDY),
        (("Ukendt", "Kosttilskud"), Kind.VITAMIN),
        (("Ukendt", "SPF 30"), Kind.OTHER),
        (("Ukendt", "Kosttllskud"), Kind.VITAMIN),
        (("C-vitamin",), Kind.VITAMIN),
        (("Graviditetstest",), Kind.MEDICAL_DEVICE),
        (("Kondomer",), Kind.MEDICAL_DEVICE),
        (("Remifemin", "60 tabletter"), Kind.NATURAL_REMEDY),
        (("Apovit C-vitamin", "500 mg"), Kind.VITAMIN),
        (("Clearblue Clearblue", "digital test"), Kind.MEDICAL_DEVICE),
        (("Zendium Classic", "75 ml"), Kind.OTHER),
    ],
)
def test_natural_remedies_vitamins_and_devices_are_other_goods(texts, kind):
    reading = read(*texts)
    assert (reading.goods, reading.kind) == (Goods.OTHER_GOODS, kind)


def test_words_alone_give_no_identity():
    assert read("Ukendt", "Kosttilskud").identity is None


def test_vitamin_alone_may_be_medicine():
    assert read("Vitamin B1 + B6 + B12").goods is Goods.UNKNOWN


def test_d_vitamin_beside_calcium_may_be_medicine():
    assert read("Calcium", ("D-vitamin", 40.0)).goods is Goods.UNKNOWN


def test_a_medicine_that_says_it_is_a_food_supplement_is_unknown():
    assert read("Panodil", "Kosttilskud").goods is Goods.UNKNOWN


def test_other_goods_that_name_a_medicine_in_small_print_are_unknown():
    assert read("Nivea", ("Panodil", 10.0)).goods is Goods.UNKNOWN


def test_words_of_other_goods_beside_a_medicine_in_small_print_are_unknown():
    assert read("Ukendt", "Kosttilskud", ("paracetamol", 8.0)).goods is Goods.UNKNOWN


def test_two_brands_of_different_kind_are_unknown():
    assert read("Panodil", ("Zendium", 40.0)).goods is Goods.UNKNOWN


def test_two_medicines_are_medicine_without_a_name():
    reading = read("Panodil", ("Zymelin", 40.0))
    assert (reading.goods, reading.identity) == (Goods.OTC_MEDICINE, None)


def test_the_largest_print_names_the_pack():
    assert name_of(read("Zymelin", ("Nicorette", 12.0))) == "Zymelin"


# --- Slips of a text reader


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("lpren", "Ipren"),
        ("PANODIL", "Panodil"),
        ("Panod1l", "Panodil"),
        ("Mognyl", "Magnyl"),
        ("Lakerol", "Läkerol"),
        ("Remifemln", "Remifemin"),
        ("Imodiu", "Imodium"),
        ("Nico rette", "Nicorette"),
        ("CompeedCompeed", "Compeed"),
        ("Panodil500 mg", "Panodil"),
        ("Bio-Bi1oba", "Bio-Biloba"),
        ("Multitabs", "Multi-tabs"),
    ],
)
def test_slips_of_the_reader_are_understood(text, name):
    assert name_of(read(text)) == name


def test_a_name_on_two_lines_is_one_name():
    assert name_of(read("Nicorette", ("Invisi", 40.0))) == "Nicorette Invisi"
    assert name_of(read("Head &", ("Shoulders", 40.0))) == "Head & Shoulders"
    assert name_of(read("Sanex", ("Zero", 40.0))) == "Sanex"


def test_facings_read_together_are_one_name():
    assert name_of(read("Nicorette Nicorette", ("Invisi Invisi", 38.0))) == "Nicorette Invisi"


@pytest.mark.parametrize("text", ["Teo", "Tree", "Zyk", "Noso", "Tre0"])
def test_short_names_need_an_exact_match(text):
    assert read(text).goods is Goods.UNKNOWN


@pytest.mark.parametrize("text", ["Treo", "Zyx", "Nosa"])
def test_short_names_need_a_sure_reader(text):
    assert name_of(read(text)) == text
    assert read(text, confidence=0.75).goods is Goods.UNKNOWN


@pytest.mark.parametrize(
    "text",
    ["Linex", "Partner", "Importør", "Naturlig", "Belfast", "Nicotine", "Region", "Himmel"],
)
def test_a_word_that_is_merely_near_a_name_is_unknown(text):
    assert read(text).goods is Goods.UNKNOWN


def test_nothing_read_is_unknown():
    assert MATCHER.read([]).goods is Goods.UNKNOWN
    assert read("20", "++").goods is Goods.UNKNOWN


def test_confidence_is_likeness_times_the_readers_confidence():
    assert read("Panodil", confidence=0.9).identity.confidence == pytest.approx(0.9)
    assert read("Imodiu", confidence=0.9).identity.confidence == pytest.approx(0.9 * 6 / 7)


# --- Names that contain other names


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (("Pinex Comp", "500 mg", "10 tabletter"), "Pinex Comp"),
        (("Pinex", ("Comp", 16.0)), "Pinex Comp"),
        (("Imodium Plus",), "Imodium Plus"),
        (("Panodil", "Junior"), "Panodil Junior"),
        (("PanodilBrus",), "Panodil Brus"),
        (("Treo Citrus",), "Treo Citrus"),
        (("Kodimagnyl",), "Kodimagnyl"),
        (("Hjertemagnyl",), "Hjertemagnyl"),
        (("Magnyl",), "Magnyl"),
        (("Zymelin",), "Zymelin"),
        (("Zendium",), "Zendium"),
        (("Livol",), "Livol"),
        (("Livostin",), "Livostin"),
        (("Panodil", "Paracetamol"), "Panodil"),
        (("Paracetamol", "500 mg"), "Paracetamol"),
    ],
)
def test_the_distinguishing_word_is_not_lost(texts, name):
    assert name_of(read(*texts)) == name


def test_a_variant_that_the_register_does_not_know_has_no_group():
    identity = read("Ipren Forte", "200 mg", "20 tabletter").identity
    assert (identity.name, identity.kind, identity.group) == ("Ipren Forte", Kind.MEDICINE, None)


def test_a_c_vitamin_is_no_slip_of_a_d_vitamin():
    assert read("Apovit E-vitamin").identity.name == "Apovit"
    assert read("Apovit D-vitamin").identity.name == "Apovit D-vitamin"


def test_a_substance_under_an_unread_brand_is_no_name():
    reading = read("xqzw", ("Paracetamol", 24.0))
    assert (reading.goods, reading.identity) == (Goods.OTC_MEDICINE, None)


def test_a_brand_of_two_kinds_is_told_apart_by_its_form_or_unknown():
    medicine = Sku("a", "Dobbel", Kind.MEDICINE, form="tabletter", source="prøve")
    device = Sku("b", "Dobbel", Kind.MEDICAL_DEVICE, form="plaster", source="prøve")
    matcher = Matcher(replace(REGISTER, skus=(medicine, device)))
    assert matcher.read(lines("Dobbel")).goods is Goods.UNKNOWN
    assert matcher.read(lines("Dobbel", "20 tabletter")).goods is Goods.OTC_MEDICINE
    assert matcher.read(lines("Dobbel", "10 plastre")).goods is Goods.OTHER_GOODS


# --- Goods that the register does not know


def class_of(sku):
    return Goods.OTC_MEDICINE if sku.kind is Kind.MEDICINE else Goods.OTHER_GOODS


def printed(sku):
    return lines(sku.name, *filter(None, (sku.strength, f"{sku.pack_size} {sku.form}".strip())))


def test_every_entry_is_read_back_by_its_own_print():
    for sku in REGISTER.skus:
        reading = MATCHER.read(printed(sku))
        assert reading.goods is class_of(sku), sku.sku_id
        assert name_of(reading) == sku.name, sku.sku_id


@pytest.mark.parametrize("seed", range(5))
def test_goods_that_were_removed_never_become_another_class(seed):
    removed = random.Random(seed).sample(REGISTER.skus, 10)
    matcher = Matcher(
        replace(REGISTER, skus=tuple(sku for sku in REGISTER.skus if sku not in removed))
    )
    for sku in removed:
        assert matcher.read(printed(sku)).goods in (Goods.UNKNOWN, class_of(sku)), sku.sku_id


def test_no_name_is_taken_for_a_name_of_another_class():
    matcher_without = {
        kind: Matcher(replace(REGISTER, skus=tuple(s for s in REGISTER.skus if s.kind is not kind)))
        for kind in Kind
    }
    for sku in REGISTER.skus:
        reading = matcher_without[sku.kind].read(lines(sku.name))
        assert reading.goods in (Goods.UNKNOWN, class_of(sku)), sku.sku_id


# --- Signs and price labels


@pytest.mark.parametrize(
    "text", ["Panodil 500 mg 20 stk 39,95", "TILBUD PANODIL", "ipren", "Paracetamol", "Head Treo"]
)
def test_a_text_that_names_a_medicine(text):
    assert MATCHER.medicine_names(text)


@pytest.mark.parametrize(
    "text", ["", "Håndkøbsmedicin", "Smertestillende", "Zendium 75 ml", "Vitaminer", "Hudpleje"]
)
def test_a_text_that_names_no_medicine(text):
    assert not MATCHER.medicine_names(text)


def test_known_words_are_brands_and_substances_of_medicine_in_lower_case():
    names = MATCHER.names()
    assert {"panodil", "zapp", "paracetamol", "koffein"} <= names
    assert not {"zendium", "+", ""} & names


# --- Any text at all


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=30), st.floats(0, 1), st.floats(0, 1e6)), max_size=6),
)
def test_reading_never_raises(page):
    reading = MATCHER.read(
        [TextLine(text, (0.0, 0.0, 1.0, 1.0), height, conf) for text, conf, height in page]
    )
    if reading.goods is Goods.UNKNOWN:
        assert (reading.kind, reading.identity) == (None, None)
    if reading.identity:
        assert 0 <= reading.identity.confidence <= 1
        assert reading.identity.kind is reading.kind


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_naming_never_raises(text):
    MATCHER.medicine_names(text)


# --- Numbers on packs


def register_of(*skus):
    return Register(tuple(skus), "test", "0" * 64)


PANODIL_20 = "7046264091937"
"""Prefix 704626, Vnr 409193, check digit: Panodil 500 mg 20 stk in the bundled register."""

TABLETS = {"strength": "500 mg", "form": "tabletter", "substance": "paracetamol"}
NUMBERED = Matcher(
    register_of(
        Sku(
            "a",
            "Panodil",
            Kind.MEDICINE,
            **TABLETS,
            pack_size="20 stk",
            vnr="409193",
            group=Group.HA18,
            atc="N02BE01",
        ),
        Sku(
            "b",
            "Panodil",
            Kind.MEDICINE,
            **TABLETS,
            pack_size="10 stk",
            vnr="003051",
            group=Group.HX18,
            atc="N02BE01",
        ),
        Sku("c", "Zinklet", Kind.VITAMIN, gtin="5701234567899"),
    )
)


def test_a_barcode_names_the_pack_without_a_letter_being_read():
    identity = NUMBERED.read([], codes=[PANODIL_20]).identity
    assert (identity.name, identity.group, identity.evidence) == (
        "Panodil",
        Group.HA18,
        ("barcode",),
    )
    assert NUMBERED.read([], codes=["5701234567899"]).kind is Kind.VITAMIN


def test_a_barcode_and_the_text_that_agree_are_both_evidence():
    identity = NUMBERED.read(lines("Panodil"), codes=[PANODIL_20]).identity
    assert identity.evidence == ("barcode", "ocr")
    assert identity.group is Group.HA18


def test_a_barcode_that_contradicts_the_text_decides_nothing():
    assert NUMBERED.read(lines("Zinklet"), codes=[PANODIL_20]).goods is Goods.UNKNOWN


def test_a_vnr_of_other_goods_says_so_and_one_of_medicine_may_be_a_natural_remedy():
    other, medicine = "7046262150001", "7046260030527"
    assert NUMBERED.read_code("215000").goods is Goods.OTHER_GOODS
    assert NUMBERED.read_code(other).goods is Goods.OTHER_GOODS
    assert NUMBERED.read_code(medicine).goods is Goods.UNKNOWN
    assert NUMBERED.read(lines("Panodil"), codes=["215000"]).goods is Goods.UNKNOWN


def test_a_barcode_with_a_wrong_digit_or_of_another_maker_says_nothing():
    for code in ("7046264091938", "5712345678906", "", "abc"):
        assert NUMBERED.read_code(code).goods is Goods.UNKNOWN


def test_a_printed_vnr_tells_the_sizes_of_a_brand_apart():
    identity = NUMBERED.read(lines("Panodil", "Vnr 00 30 51")).identity
    assert (identity.group, identity.evidence) == (Group.HX18, ("ocr", "vnr"))


def test_a_printed_vnr_that_was_read_badly_or_of_another_brand_counts_nothing():
    page = lines("Panodil") + lines("Vnr 003051", confidence=0.6)
    assert NUMBERED.read(page).identity.group is None
    assert NUMBERED.read(lines("Zinklet", "Vnr 003051")).identity.name == "Zinklet"


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Medicinsk udstyr", Kind.MEDICAL_DEVICE),
        ("Blodtryksmåler", Kind.MEDICAL_DEVICE),
        ("Shower gel", Kind.OTHER),
    ],
)
def test_words_of_the_trade_sort_goods_that_nobody_knows(word, kind):
    assert NUMBERED.read(lines("Qvorst", (word, 30.0))).kind is kind


# --- Identical medicine, limits, older and newer entries


def test_a_generic_of_a_known_medicine_is_medicine_under_a_name_nobody_knows():
    reading = NUMBERED.read(lines("Dolorex", "paracetamol 500 mg", "20 tabletter"))
    assert (reading.goods, reading.kind, reading.identity) == (
        Goods.OTC_MEDICINE,
        Kind.MEDICINE,
        None,
    )


@pytest.mark.parametrize(
    "texts",
    [
        ("Dolorex", "500 mg", "tabletter"),
        ("Dolorex", "paracetamol", "tabletter"),
        ("Dolorex", "paracetamol 500 mg"),
        ("Dolorex", "paracetamol 250 mg", "tabletter"),
        ("Dolorex", "paracetamol 500 mg", "brusetabletter"),
    ],
)
def test_without_substance_strength_and_form_it_is_unknown(texts):
    assert NUMBERED.read(lines(*texts)).goods is Goods.UNKNOWN


def test_what_the_law_prints_on_other_goods_counts_before_a_substance():
    reading = NUMBERED.read(lines("Dolorex", "paracetamol 500 mg", "tabletter", "Kosttilskud"))
    assert reading.goods is not Goods.OTC_MEDICINE


def test_substances_that_food_supplements_have_too_make_no_medicine():
    iron = Sku(
        "i",
        "Ferro",
        Kind.MEDICINE,
        strength="100 mg",
        form="tabletter",
        substance="ferrofumarat",
        atc="B03AA02",
        group=Group.HA,
    )
    matcher = Matcher(register_of(iron))
    page = lines("Jerntabs", "ferrofumarat 100 mg", "tabletter")
    assert matcher.read(page).goods is Goods.UNKNOWN


def test_a_pack_over_the_gram_limit_has_not_the_group_of_an_entry_for_every_size():
    entry = Sku("p", "Dolorex", Kind.MEDICINE, **TABLETS, group=Group.HX18)
    matcher = Matcher(register_of(entry))
    assert matcher.read(lines("Dolorex", "500 mg", "10 tabletter")).identity.group is Group.HX18
    assert matcher.read(lines("Dolorex", "500 mg", "20 tabletter")).identity.group is None


def test_a_newer_entry_for_the_size_ends_an_older_one_for_every_size():
    old = Sku("o", "Zyrtec", Kind.MEDICINE, group=Group.HX, valid_from=date(2011, 3, 9))
    new = Sku(
        "n", "Zyrtec", Kind.MEDICINE, pack_size="7 stk", group=Group.HF, valid_from=date(2026, 1, 1)
    )
    matcher = Matcher(register_of(old, new))
    assert matcher.read(lines("Zyrtec", "7 tabletter")).identity.group is Group.HF
    assert matcher.read(lines("Zyrtec")).identity.group is None
    assert matcher.read(lines("Zyrtec", "30 tabletter")).identity.group is Group.HX


@pytest.mark.parametrize("printed", ["San Jang", "Kam Jang", "Kan Jang"])
def test_one_letter_of_a_short_word_may_be_misread_beside_a_word_that_no_other_goods_bear(printed):
    assert name_of(read(printed, "60 tabletter")) == "Kan Jang"


@pytest.mark.parametrize(
    "printed",
    [
        "San Jong",  # both words
        "Jan Kang",
        "Kan Plus",
        "BiOrta Total",  # many goods bear the word that is right
        "Panodil Hos Citron",
    ],
)
def test_nothing_else_is_taken_for_a_slip_of_a_short_word(printed):
    assert name_of(read(printed, "60 tabletter")) not in {"Kan Jang", "BiOrto Total B"}
