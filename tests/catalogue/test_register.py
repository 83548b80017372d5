import hashlib
from datetime import date

import pytest

from inspector.catalogue.matching import DatedMatcher
from inspector.catalogue.register import Register
from inspector.domain.goods import Group, Kind
from inspector.errors import CatalogueError


@pytest.fixture(scope="module")
def register():
    return Register.load()


def test_the_bundled_register_says_for_every_entry_where_it_was_read(register):
    assert register.name == "goods.csv"
    assert len(register.sha256) == 64
    assert all(sku.source for sku in register.skus)


def test_only_medicine_has_a_dispensing_group(register):
    assert all(sku.group is None for sku in register.skus if sku.kind is not Kind.MEDICINE)


def test_no_group_comes_from_general_knowledge(register):
    assert not [sku.sku_id for sku in register.skus if sku.group and sku.source.startswith("almen")]


def test_loperamid_is_excluded_from_self_selection_in_shops(register):
    loperamid = [sku for sku in register.skus if sku.atc.startswith("A07DA")]
    assert len(loperamid) >= 6
    assert all(sku.self_selection_retail is False and sku.group is Group.HF for sku in loperamid)


def test_no_two_kinds_of_goods_carry_one_name_in_the_bundled_register(register):
    medicines = {sku.name.casefold() for sku in register.skus if sku.kind is Kind.MEDICINE}
    others = {sku.name.casefold() for sku in register.skus if sku.kind is not Kind.MEDICINE}
    assert not medicines & others


def test_the_register_of_a_day_holds_what_is_valid_then(register):
    def groups(day):
        return {s.group for s in register.on(day).skus if s.name == "Panodil Junior"}

    assert groups(date(2020, 2, 29)) == {Group.HX, Group.HX18}
    assert groups(date(2020, 3, 1)) == {None}
    assert groups(date(2011, 3, 8)) == set()


def test_a_register_of_a_day_keeps_name_and_hash(register):
    day = register.on(date(2026, 1, 1))
    assert (day.name, day.sha256) == (register.name, register.sha256)
    assert day.on(date(2026, 1, 1)) == day


def test_a_file_is_read_and_hashed(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("sku_id,name,kind,source\na,Zendium,other,hylden\n", encoding="utf-8")
    register = Register.load(path)
    assert [sku.name for sku in register.skus] == ["Zendium"]
    assert register.name == "mine.csv"
    assert register.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_missing_file_is_named_without_its_folder(tmp_path):
    with pytest.raises(CatalogueError) as caught:
        Register.load(tmp_path / "nowhere.csv")
    assert str(caught.value).startswith("nowhere.csv: the register of goods cannot be read")


def test_a_folder_is_no_register(tmp_path):
    with pytest.raises(CatalogueError):
        Register.load(tmp_path)


def test_the_one_entry_over_its_gram_limit_is_a_warning(register):
    (warning,) = register.warnings()
    assert (warning.sku.name, warning.grams, warning.limit_g) == ("Burana", 6.0, 4.0)


def test_identical_medicine_shares_substance_strength_and_form_whatever_name_and_size(register):
    (panodil,) = register.by_code("409193")
    names = {sku.name for sku in register.identical_to(panodil)}
    assert {"Panodil", "Pamol", "Pinex"} <= names
    assert "Ipren" not in names
    assert not {"Panodil Brus", "Panodil Junior"} & names


def test_goods_without_a_substance_are_identical_to_nothing(register):
    zendium = next(sku for sku in register.skus if sku.name == "Zendium")
    assert register.identical_to(zendium) == ()


def test_a_code_finds_its_entry_by_vnr_and_unknown_codes_find_none(register):
    assert register.by_code("7046264091937") == register.by_code("409193")
    assert register.by_code("7046264091930") == ()


def test_days_on_which_a_register_holds_alike_share_it(register):
    matchers = DatedMatcher(register)
    first, next_day = date(2026, 11, 2), date(2026, 11, 3)
    assert matchers.register_on(first) is matchers.register_on(next_day)
    assert matchers.on(first) is matchers.on(next_day)
