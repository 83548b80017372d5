import pytest

from inspector.catalogue.limits import grams_per_pack, limit_warning
from inspector.domain.goods import Group, Kind, Sku


def sku(strength="500 mg", pack_size="10 stk", substance="paracetamol", group=Group.HX18):
    return Sku(
        "x",
        "X",
        Kind.MEDICINE,
        strength=strength,
        pack_size=pack_size,
        substance=substance,
        group=group,
    )


@pytest.mark.parametrize(
    ("strength", "pack_size", "grams"),
    [
        ("500 mg", "10 stk", 5.0),
        ("1 g", "10 stk", 10.0),
        ("24 mg/ml", "200 ml", 4.8),
        ("5 %", "50 g", 2.5),
        ("11,6 mg/g", "100 g", 1.16),
        ("500 mg + 50 mg", "20 stk", 10.0),
        ("13,8 g", "20 breve", 276.0),
    ],
)
def test_grams_are_strength_times_count(strength, pack_size, grams):
    assert grams_per_pack(sku(strength, pack_size)) == pytest.approx(grams)


@pytest.mark.parametrize(
    ("strength", "pack_size"),
    [("", "10 stk"), ("500 mg", ""), ("500 mg", "20-300 stk"), ("500 mg", "100 ml")],
)
def test_what_does_not_say_how_much_has_no_grams(strength, pack_size):
    assert grams_per_pack(sku(strength, pack_size)) is None


def test_exactly_the_limit_is_no_warning():
    assert limit_warning(sku(pack_size="10 stk")) is None


def test_one_tablet_over_the_limit_is_a_warning():
    warning = limit_warning(sku(pack_size="11 stk"))
    assert warning is not None
    assert "5,5 g paracetamol" in warning.message_da
    assert "5.5 g of paracetamol" in warning.message_en


def test_the_first_substance_of_a_combination_counts():
    assert limit_warning(sku("500 mg + 50 mg", "20 stk", "acetylsalicylsyre + koffein"))


@pytest.mark.parametrize("group", [Group.HA18, Group.HF, None])
def test_other_groups_have_no_limit(group):
    assert limit_warning(sku(pack_size="100 stk", group=group)) is None


def test_a_substance_without_a_limit_gives_no_warning():
    assert limit_warning(sku(pack_size="500 stk", substance="loratadin")) is None
