"""Faults of a register file, one by one: each is named with file, line, column and remedy."""

from datetime import date

import pytest

from inspector.catalogue.goods_file import COLUMNS, skus_from_csv
from inspector.domain.goods import Group, Kind
from inspector.errors import CatalogueError

PANODIL = {
    "sku_id": "panodil-10",
    "name": "Panodil",
    "kind": "medicine",
    "strength": "500 mg",
    "form": "tabletter",
    "pack_size": "10 stk",
    "group": "HX18",
    "valid_from": "2011-03-09",
    "source": "Takst 2011-03-09",
}


def row(**changes):
    values = PANODIL | changes
    return [values.get(column, "") for column in COLUMNS]


def table(*rows, header=COLUMNS, separator=","):
    return "\n".join(separator.join(line) for line in (header, *rows)).encode()


def fault(content):
    with pytest.raises(CatalogueError) as caught:
        skus_from_csv("varer.csv", content)
    return str(caught.value)


def test_a_line_becomes_an_entry():
    (sku,) = skus_from_csv("varer.csv", table(row(self_selection_retail="nej", vnr="003051")))
    assert (sku.name, sku.kind, sku.group) == ("Panodil", Kind.MEDICINE, Group.HX18)
    assert sku.self_selection_retail is False
    assert sku.self_selection_pharmacy is None
    assert sku.vnr == "003051"
    assert (sku.valid_from, sku.valid_to) == (date(2011, 3, 9), None)


def test_semicolons_byte_order_mark_and_danish_dates_from_excel_are_read():
    content = b"\xef\xbb\xbf" + table(
        row(valid_from="09-03-2011", self_selection_retail="SAND", source="Takst, marts"),
        separator=";",
    )
    (sku,) = skus_from_csv("varer.csv", content)
    assert sku.valid_from == date(2011, 3, 9)
    assert sku.self_selection_retail is True
    assert sku.source == "Takst, marts"


def test_the_order_of_the_columns_is_free_and_empty_lines_do_not_count():
    content = table(row()[::-1], [""] * len(COLUMNS), header=COLUMNS[::-1])
    assert len(skus_from_csv("varer.csv", content)) == 1


def test_an_entry_without_dates_always_holds():
    (sku,) = skus_from_csv("varer.csv", table(row(valid_from="")))
    assert (sku.valid_from, sku.valid_to) == (date.min, None)


def test_an_empty_file_is_named():
    text = fault(b" \n")
    assert "varer.csv" in text
    assert "empty" in text


def test_a_header_without_goods_is_named():
    assert "no goods" in fault(table())


def test_the_wrong_encoding_is_named_with_its_line():
    text = fault(table(row(), row(sku_id="x", name="Läkerol")).decode().encode("cp1252"))
    assert "line 3" in text
    assert "UTF-8" in text


def test_the_wrong_separator_is_named_as_missing_columns():
    text = fault(table(row(), separator="|"))
    assert "line 1" in text
    assert "commas or semicolons" in text


def test_a_missing_column_is_named():
    header = [column for column in COLUMNS if column != "source"]
    assert "missing: 'source'" in fault(table(row()[:-1], header=header))


def test_a_doubled_column_is_named():
    assert "there twice: 'name'" in fault(table([*row(), "x"], header=[*COLUMNS, "name"]))


def test_an_unknown_column_is_named():
    assert "unknown: 'valid_form'" in fault(table([*row(), ""], header=[*COLUMNS, "valid_form"]))


def test_a_line_with_too_many_values_is_named():
    text = fault(table([*row(), "one more"]))
    assert "line 2" in text
    assert "expected 17 values, got 18" in text


@pytest.mark.parametrize(
    ("changes", "column", "got"),
    [
        ({"kind": "medicin"}, "kind", "'medicin'"),
        ({"kind": ""}, "kind", "nothing"),
        ({"group": "HB"}, "group", "'HB'"),
        ({"valid_from": "9. marts 2011"}, "valid_from", "'9. marts 2011'"),
        ({"valid_to": "2011-02-30"}, "valid_to", "'2011-02-30'"),
        ({"valid_to": "2010-01-01"}, "valid_to", "2010-01-01"),
        ({"self_selection_retail": "måske"}, "self_selection_retail", "'måske'"),
        ({"vnr": "3051"}, "vnr", "'3051'"),
        ({"sku_id": ""}, "sku_id", "nothing"),
        ({"name": " "}, "name", "nothing"),
        ({"source": ""}, "source", "nothing"),
    ],
)
def test_a_faulty_value_is_named_with_file_line_column_and_what_was_got(changes, column, got):
    text = fault(table(row(sku_id="a"), row(**changes)))
    assert f"varer.csv, line 3, column {column}: expected " in text
    assert f"got {got}" in text


def test_an_id_that_is_there_twice_is_named_with_both_lines():
    text = fault(table(row(), row()))
    assert "line 3" in text
    assert "line 2" in text


def test_an_open_quote_is_named():
    assert "no valid CSV" in fault(table(row(source='"Takst')))


def test_one_vnr_for_two_entries_on_the_same_day_is_a_fault():
    text = fault(table(row(vnr="409193"), row(sku_id="b", vnr="409193", valid_from="2015-01-01")))
    assert "409193" in text
    assert "'panodil-10'" in text
    assert "'b'" in text


def test_one_vnr_for_two_entries_one_after_the_other_is_fine():
    earlier = row(vnr="409193", valid_to="2014-12-31")
    later = row(sku_id="b", vnr="409193", valid_from="2015-01-01", group="HA18")
    assert len(skus_from_csv("varer.csv", table(earlier, later))) == 2
