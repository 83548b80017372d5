from inspector.catalogue.fields import FIELDS, fields_of_pack
from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.goods import FieldSource, Kind, Sku
from inspector.domain.scene import TextLine
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


def fields(*lines, box=BOX):
    return fields_of_pack(lines, MATCHER.read(lines).identity, box)


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
