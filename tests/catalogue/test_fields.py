from inspector.catalogue.fields import FIELDS, fields_of_packs
from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.goods import FieldSource, Kind, Sku
from inspector.domain.scene import Pack, TextLine
from inspector.domain.verdict import Reason

MATCHER = Matcher(
    Register(
        (
            Sku("p10", "Panodil", Kind.MEDICINE, "500 mg", "tabletter", "10 stk", "paracetamol"),
            Sku("p20", "Panodil", Kind.MEDICINE, "500 mg", "tabletter", "20 stk", "paracetamol"),
        ),
        "test",
        "",
    )
)
BOX = (0.0, 0.0, 300.0, 200.0)


def line(text, *, height=40.0, y=0.0, confidence=0.95):
    return TextLine(text, (10.0, y, 200.0, y + height), height, confidence)


def fields(*lines, box=BOX, small_print=()):
    pack = Pack("p1", box, 0.9, texts=lines, small_print=small_print)
    return fields_of_packs([pack], {"p1": MATCHER.read(lines)})["p1"]


def fields_of_facings(*facings, looks=(1, 1, 1), cards=(), small=False):
    """Return the fields of facings of Panodil, by the lines on each besides its name."""
    packs = [
        Pack(
            f"p{k}",
            BOX,
            0.9,
            texts=(line("Panodil"), *(() if small else lines)),
            small_print=tuple(lines) if small else (),
            look=look,
            is_card=k in cards,
        )
        for k, (lines, look) in enumerate(zip(facings, looks, strict=False))
    ]
    readings = {pack.pack_id: MATCHER.read(pack.texts) for pack in packs}
    return fields_of_packs(packs, readings)


def test_each_field_has_the_confidence_of_its_own_line():
    read = fields(
        line("Panodil", confidence=0.99),
        line("500 mg", y=60, confidence=0.9),
        line("20 filmovertrukne tabletter", y=90, confidence=0.85),
        line("Paracetamol", y=120, confidence=0.8),
    )
    assert list(read) == list(FIELDS)
    assert {name: (field.source, field.confidence) for name, field in read.items()} == {
        "name": (FieldSource.PRINT, 0.99),
        "strength": (FieldSource.PRINT, 0.9),
        "form": (FieldSource.PRINT, 0.85),
        "pack_size": (FieldSource.PRINT, 0.85),
        "substance": (FieldSource.PRINT, 0.8),
    }


def test_a_form_is_told_by_its_words_without_slips_and_without_what_is_none():
    assert fields(line("Panodil"), line("raesespray", y=60))["form"].value == "næsespray"
    assert fields(line("Panodil"), line("20 stk Tabletter", y=60))["form"].value == "tabletter"
    assert fields(line("Panodil"), line("20 tabirster", y=60))["form"].source is (
        FieldSource.REGISTER
    )


def test_what_the_register_knows_of_the_pack_is_said_to_be_from_there():
    read = fields(line("Panodil"))
    assert (read["strength"].value, read["strength"].source) == ("500 mg", FieldSource.REGISTER)
    assert read["pack_size"].value is None


def test_small_print_on_a_far_pack_is_too_small_and_missing_print_on_a_near_one_is_elsewhere():
    far = fields(line("Panodil", height=12.0))
    near = fields(line("Panodil", height=60.0))
    assert far["pack_size"].unknown_because is Reason.TOO_SMALL_TO_READ
    assert near["pack_size"].unknown_because is Reason.NOT_ON_THIS_SIDE


def test_a_pack_without_any_print_is_judged_by_its_size():
    assert fields(box=(0, 0, 40, 60))["name"].unknown_because is Reason.TOO_SMALL_TO_READ
    assert fields(box=(0, 0, 900, 600))["name"].unknown_because is Reason.NOT_ON_THIS_SIDE


def test_a_dose_is_no_pack_size():
    assert fields(line("Panodil"), line("1 tablet", y=60))["pack_size"].value is None
    assert fields(line("Panodil"), line("1 stk termometer", y=60))["pack_size"].value


def test_a_unit_of_which_the_end_is_out_of_view_is_read_by_its_beginning():
    assert fields(line("Panodil"), line("20 brusetabk", y=60))["pack_size"].value == (
        "20 brusetabletter"
    )
    assert fields(line("Panodil"), line("120 kaps", y=60))["pack_size"].value == "120 kaps"
    assert fields(line("Panodil"), line("20 brusebad", y=60))["pack_size"].value is None


def test_a_unit_is_read_through_a_slip():
    assert fields(line("Panodil"), line("20 tubletter", y=60))["pack_size"].value == "20 tabletter"


def test_small_print_counts_from_the_same_sureness():
    sure = line("20 stk", height=6.0, confidence=0.85)
    doubtful = line("10 stk", height=6.0, confidence=0.75)
    read = fields(line("Panodil"), small_print=(doubtful, sure))["pack_size"]
    assert (read.value, read.source, read.confidence) == ("20 stk", FieldSource.PRINT, 0.85)
    assert fields(line("Panodil"), small_print=(doubtful,))["pack_size"].value is None


def test_a_facing_that_shows_nothing_has_what_its_twin_shows_and_is_less_sure_of_it():
    shown, hidden = fields_of_facings([line("20 stk", y=60, confidence=0.9)], []).values()
    assert shown["pack_size"].source is FieldSource.PRINT
    assert (hidden["pack_size"].value, hidden["pack_size"].source) == (
        "20 stk",
        FieldSource.LOOKALIKE,
    )
    assert hidden["pack_size"].confidence < shown["pack_size"].confidence


def test_facings_that_show_different_sizes_lend_none():
    facings = [line("10 stk", y=60)], [line("20 stk", y=60)], []
    ten, twenty, hidden = fields_of_facings(*facings).values()
    assert (ten["pack_size"].value, twenty["pack_size"].value) == ("10 stk", "20 stk")
    assert hidden["pack_size"].value is None


def sizes_of_facings(*small_print):
    read = fields_of_facings(*small_print, small=True).values()
    return [one["pack_size"].value for one in read]


def test_what_one_facing_alone_shows_and_another_contradicts_has_to_be_surer():
    other = [line("28 stk", height=6.0, confidence=0.6)]

    def shown(confidence):
        return [line("20 stk", height=6.0, confidence=confidence)]

    assert sizes_of_facings(shown(0.9), other, []) == [None, None, None]
    assert sizes_of_facings(shown(0.96), other, [])[0] == "20 stk"
    assert sizes_of_facings(shown(0.9), shown(0.9), other) == ["20 stk"] * 3


def test_what_another_pack_of_the_name_shows_surely_bears_a_doubtful_reading_out():
    sure, doubtful = ([line("20 stk", height=6.0, confidence=c)] for c in (0.9, 0.6))
    other = [line("28 stk", height=6.0, confidence=0.6)]
    read = fields_of_facings(sure, doubtful, other, looks=(1, 2, 2), small=True)
    told = [one["pack_size"] for one in read.values()]
    assert [one.value for one in told] == ["20 stk", "20 stk", "20 stk"]
    assert told[1].confidence == 0.6
    assert told[2].source is FieldSource.LOOKALIKE
    alone = fields_of_facings(doubtful, doubtful, looks=(1, 2), small=True)
    assert [one["pack_size"].value for one in alone.values()] == [None, None]
    faint = [line("20 stk", height=6.0, confidence=0.4)]
    assert fields_of_facings(sure, faint, looks=(1, 2), small=True)["p1"]["pack_size"].value is None


def test_packs_of_several_looks_of_a_name_bear_each_other_out():
    nearly = [line("20 stk", height=6.0, confidence=0.75)]

    def sizes(*looks):
        read = fields_of_facings(nearly, nearly, looks=looks, small=True).values()
        return [one["pack_size"].value for one in read]

    assert sizes(1, 2) == sizes(None, None) == ["20 stk", "20 stk"]
    assert sizes(1, 1) == [None, None]  # facings of one look were told together before


def test_nothing_is_lent_across_looks_nor_by_product_cards():
    size = [line("20 stk", y=60)]
    assert fields_of_facings(size, [], looks=(1, 2))["p1"]["pack_size"].value is None
    assert fields_of_facings(size, [], looks=(None, None))["p1"]["pack_size"].value is None
    with_card = fields_of_facings(size, [], cards=(0,))
    assert list(with_card) == ["p1"]
    assert with_card["p1"]["pack_size"].value is None
