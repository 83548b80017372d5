import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.catalogue.quantities import (
    PackSize,
    Strength,
    forms_from_text,
    pack_sizes_from_text,
    strengths_in_order,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500 mg", (Strength(500),)),
        ("500mg tabletter", (Strength(500),)),
        ("5OO mg", (Strength(500),)),
        ("1 g", (Strength(1000),)),
        ("35 µg", (Strength(0.035),)),
        ("0,5 mg/ml", (Strength(0.5, "ml"),)),
        ("0.5 mg / ml", (Strength(0.5, "ml"),)),
        ("120 mg/5 ml", (Strength(24, "ml"),)),
        ("15 mg/16 timer", (Strength(15, "16 timer"),)),
        ("1 mg/dosis", (Strength(1, "dosis"),)),
        ("5 %", (Strength(5, "%"),)),
        ("500 mg + 9,6 mg", (Strength(500), Strength(9.6))),
        ("500 mg/50 mg", (Strength(500), Strength(50))),
        ("500", ()),
        ("mg", ()),
    ],
)
def test_strengths_are_read_as_printed(text, expected):
    assert strengths_in_order(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20 stk", {PackSize(20, 20, "stk")}),
        ("20 tabletter", {PackSize(20, 20, "stk")}),
        ("20brusetabletter", {PackSize(20, 20, "stk")}),
        ("60 tabietter", {PackSize(60, 60, "stk")}),
        ("20 filmovertrukne tabletter", {PackSize(20, 20, "stk")}),
        ("7 depotplastre", {PackSize(7, 7, "stk")}),
        ("20 breve", {PackSize(20, 20, "stk")}),
        ("100 ml", {PackSize(100, 100, "ml")}),
        ("2 g", {PackSize(2, 2, "g")}),
        ("20-300 stk", {PackSize(20, 300, "stk")}),
        ("24 mg/ml", set()),
        ("120 mg/5 ml", set()),
        ("1-2 tabletter 3 gange dagligt", set()),
        ("20", set()),
    ],
)
def test_pack_sizes_are_read_as_printed(text, expected):
    assert pack_sizes_from_text(text) == expected


def test_a_range_covers_the_sizes_inside_it_and_no_other_unit():
    tablets = PackSize(20, 300, "stk")
    assert tablets.covers(PackSize(20, 20, "stk"))
    assert tablets.covers(PackSize(300, 300, "stk"))
    assert not tablets.covers(PackSize(10, 10, "stk"))
    assert not tablets.covers(PackSize(100, 100, "ml"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Filmovertrukne tabletter", {"tablet"}),
        ("brusetabletter", {"brusetablet"}),
        ("Depotplastre", {"plaster"}),
        ("Emulgel", {"gel"}),
        ("oral opløsning", {"mikstur"}),
        ("Panodil", set()),
    ],
)
def test_forms_are_read_as_printed(text, expected):
    assert forms_from_text(text) == expected


@given(st.text())
def test_no_text_is_too_odd(text):
    strengths_in_order(text)
    pack_sizes_from_text(text)
    forms_from_text(text)


def test_a_digit_read_as_any_case_of_a_letter_never_stops_an_inspection():
    assert {size.low for size in pack_sizes_from_text("1i stk 2L stk")} == {11.0, 21.0}
    assert [strength.amount for strength in strengths_in_order("5i mg")] == [51.0]
