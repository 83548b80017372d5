"""The agency's lists of medicine, as it publishes them for people: CSV and Excel.

* The daily list of OTC medicine that is not reserved for pharmacies (groups HF, HX, HX18, HV).
* `ListeOverGodkendteLaegemidler.xlsx`: every authorised medicine, without pack or group.
* The list of HF medicine that may not stand in self-selection outside pharmacies.

The header of the first was not seen; so columns are found by their words, in Danish and English.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from inspector.catalogue.goods_file import group_from, sku_id_from, vnr_from, without_company
from inspector.catalogue.tables import Row, Table
from inspector.domain.goods import Group, Kind, Sku
from inspector.errors import CatalogueError

OTC_LIST_GROUPS = frozenset({Group.HF, Group.HX, Group.HX18, Group.HV})
"""Groups that the daily list holds completely."""


def otc_list(table: Table, day: date, source: str) -> Iterator[Sku]:
    """Read the daily list of OTC medicine that is not reserved for pharmacies.

    Args:
        table: The file, with at least name and group.
        day: Day from which it holds.
        source: What to name as the source of its entries.

    Raises:
        CatalogueError: A line does not fit; names line and column.
    """
    for row in table.rows:
        group = group_from(row)
        if group is None or group.value.removesuffix("Y") not in OTC_LIST_GROUPS:
            raise row.error(
                "group",
                f"one of {', '.join(sorted(OTC_LIST_GROUPS))}",
                repr(row.text("group")) if group else "nothing",
                "Check that it is the list of medicine that is not reserved for pharmacies.",
            )
        yield _medicine(row, group, day, source)


def approved_list(table: Table, day: date, source: str) -> Iterator[Sku]:
    """Read the list of authorised medicine: names, forms, strengths and substances."""
    for row in table.rows:
        yield _medicine(row, None, day, source)


def exclusions(table: Table, day: date, source: str) -> Iterator[Sku]:
    """Read the list of HF medicine that may not stand in self-selection outside pharmacies.

    A line names a medicine, or an ATC code alone for all medicine of that code.
    """
    for row in table.rows:
        name, atc = row.text("name"), row.text("atc")
        if not name and not atc:
            raise row.error("name", "a name or an ATC code", "nothing", "Fill one of them in.")
        yield Sku(
            sku_id=sku_id_from("undtaget", name, row.text("strength"), atc, str(row.number)),
            name=without_company(name) or atc,
            kind=Kind.MEDICINE,
            strength=row.text("strength"),
            form=row.text("form"),
            atc=atc,
            vnr=vnr_from(row),
            group=Group.HF,
            self_selection_retail=False,
            valid_from=day,
            source=source,
        )


def _medicine(row: Row, group: Group | None, day: date, source: str) -> Sku:
    name, form = row.required("name"), row.text("form")
    strength, pack_size = row.text("strength"), row.text("pack_size")
    number = row.text("drugid") or row.text("vnr") or str(row.number)
    return Sku(
        sku_id=sku_id_from(name, form, strength, pack_size, number),
        name=without_company(name),
        kind=Kind.MEDICINE,
        strength=strength,
        form=form,
        pack_size=pack_size,
        substance=row.text("substance"),
        atc=row.text("atc"),
        vnr=_padded_vnr(row),
        group=group,
        storage=row.text("storage"),
        valid_from=day,
        source=source,
    )


def _padded_vnr(row: Row) -> str:
    """Return the Vnr with the zeros that Excel drops from the agency's numbers."""
    text = row.text("vnr")
    if text and not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise row.error("vnr", "at most six digits", repr(text), "Correct the article number.")
    return text.zfill(6) if text else ""


def check_not_empty(name: str, skus: tuple[Sku, ...]) -> None:
    """Refuse a list without a single entry: it would take every medicine away."""
    if not skus:
        raise CatalogueError(
            f"{name}: the list has a header, but no lines. Expected at least one medicine. "
            "Nothing was changed; fetch the list again."
        )
