"""Reads and writes a register file: a table of goods, completely or not at all.

It is the plain list that a store can keep by hand in a spreadsheet, the bundled register, and the
form in which every import is kept. The first fault raises a `CatalogueError` that names file, line
and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from inspector.catalogue.article_numbers import is_gtin
from inspector.catalogue.tables import Progress, Row, csv_text, read_table, unescaped
from inspector.catalogue.vocabulary import letters_of
from inspector.domain.goods import Group, Kind, Sku
from inspector.errors import CatalogueError

COLUMNS = (
    *("sku_id", "name", "kind", "strength", "form", "pack_size", "substance", "atc", "vnr"),
    *("gtin", "group", "self_selection_pharmacy", "self_selection_retail", "storage"),
    *("valid_from", "valid_to", "source"),
)
"""Columns of a register file; their order is free."""

REQUIRED = ("name", "kind")
"""What every list of goods has to say."""

_YES_NO = {"ja": True, "sand": True, "true": True, "nej": False, "falsk": False, "false": False}
_DANISH_KINDS = {
    "lægemiddel": Kind.MEDICINE,
    "naturlægemiddel": Kind.NATURAL_REMEDY,
    "medicinsk udstyr": Kind.MEDICAL_DEVICE,
    "andet": Kind.OTHER,
}
_AnyEnum = TypeVar("_AnyEnum", bound=StrEnum)


def skus_from_csv(
    name: str,
    content: bytes,
    *,
    valid_from: date = date.min,
    source: str = "",
    encoding: str | None = None,
    progress: Progress | None = None,
) -> tuple[Sku, ...]:
    """Read the entries of a register file.

    Args:
        name: Name of the file, for the errors.
        content: Its bytes: CSV in UTF-8, separated by commas or, as Danish Excel writes them, by
            semicolons; or XLSX. Of the columns `COLUMNS` only `REQUIRED` must be there.
        valid_from: First day of entries that name none.
        source: Source of entries that name none; without it each has to name its own.
        encoding: Encoding of a CSV that is not UTF-8.
        progress: Told how far the reading is.

    Raises:
        CatalogueError: The file is faulty; nothing of it is returned.
    """
    required = REQUIRED if source else (*REQUIRED, "sku_id", "source")
    table = read_table(name, content, required=required, encoding=encoding, progress=progress)
    unknown = [*table.unknown, *(c for c in table.columns if c is not None and c not in COLUMNS)]
    if unknown:
        raise CatalogueError(
            f"{name}, line 1: the columns are not those of a register "
            f"(unknown: {', '.join(map(repr, unknown))}). Expected some of {', '.join(COLUMNS)}. "
            "Correct the header line."
        )
    skus = tuple(_skus_from_rows(table.rows, valid_from, source))
    if not skus:
        raise CatalogueError(
            f"{name}: the register has a header, but no goods. Expected at least one line of "
            "goods after line 1. Add goods, or use the bundled register."
        )
    check_vnrs(name, skus)
    return skus


def csv_from_skus(skus: Iterable[Sku]) -> str:
    """Return entries as a register file; cells that a spreadsheet would run are escaped."""
    return csv_text(COLUMNS, ([_cell(getattr(sku, c)) for c in COLUMNS] for sku in skus))


def group_from(row: Row, column: str = "group") -> Group | None:
    """Return the dispensing group of a row, None when it says none.

    Raises:
        CatalogueError: It names a group that no order knows.
    """
    return _enum(row, column, Group)


def without_company(name: str) -> str:
    """Return a name without the company that registers add in quotes.

    Example:
        >>> without_company('Agnus castus "Nycomed"')
        'Agnus castus'
    """
    return " ".join(re.sub(r'"[^"]*"', " ", name).split()) or name


def vnr_from(row: Row) -> str:
    """Return the six digits of a row's article number, or nothing."""
    text = row.text("vnr")
    if text and not (len(text) == 6 and text.isascii() and text.isdigit()):
        raise row.error(
            "vnr",
            "six digits",
            repr(text),
            "Spreadsheets drop leading zeros: format the column as text and add them.",
        )
    return text


def sku_id_from(*parts: str) -> str:
    """Return a readable id from what names an entry.

    Example:
        >>> sku_id_from("Läkerol", "tabletter", "0,5 mg")
        'lakerol-tabletter-0-5-mg'
    """
    words = (letters_of(word) for part in parts for word in re.split(r"[\W_]+", part))
    return "-".join(filter(None, words))


def check_vnrs(name: str, skus: tuple[Sku, ...]) -> None:
    """Refuse two entries of one article number on one day.

    Raises:
        CatalogueError: Names both entries.
    """
    by_vnr: dict[str, list[Sku]] = {}
    for sku in skus:
        for other in by_vnr.setdefault(sku.vnr, []) if sku.vnr else ():
            if _overlap(sku, other):
                raise CatalogueError(
                    f"{name}, column vnr: the entries {other.sku_id!r} and {sku.sku_id!r} have the "
                    f"same vnr {sku.vnr} and are valid on the same day. Expected one entry per vnr "
                    "and day. Correct the number, or end the older entry with valid_to."
                )
        if sku.vnr:
            by_vnr[sku.vnr].append(sku)


def _skus_from_rows(rows: Iterator[Row], first_day: date, source: str) -> Iterator[Sku]:
    seen: dict[str, int] = {}
    for row in rows:
        sku = _sku(row, first_day, source)
        if sku.sku_id in seen:
            raise row.error(
                "sku_id",
                "an id of its own",
                f"one that is also used in line {seen[sku.sku_id]}",
                "Change one of the two ids, or delete the line that is there twice.",
            )
        seen[sku.sku_id] = row.number
        yield sku


def _sku(row: Row, first_day: date, source: str) -> Sku:
    valid_from, valid_to = _date(row, "valid_from"), _date(row, "valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        raise row.error(
            "valid_to",
            f"a day not before valid_from {valid_from}",
            str(valid_to),
            "Correct one of the two dates.",
        )
    kind = _DANISH_KINDS.get(row.text("kind").casefold()) or _enum(row, "kind", Kind)
    if kind is None:
        raise row.error("kind", _choices(Kind), "nothing", "Write what kind of goods it is.")
    group = group_from(row)
    if group is not None and kind is not Kind.MEDICINE:
        raise row.error(
            "group",
            f"nothing for {kind}",
            repr(group.value),
            "Only medicine has a dispensing group: correct the group or the kind.",
        )
    name = unescaped(row.required("name"))
    parts = (name, row.text("form"), row.text("strength"), row.text("pack_size"))
    period = row.text("valid_from") and f"from {row.text('valid_from')}"
    sku_id = row.text("sku_id") if "sku_id" in row.values else sku_id_from(*parts, period)
    if not sku_id:
        raise row.error("sku_id", "a text", "nothing", "Fill it in.")
    return Sku(
        sku_id=sku_id,
        name=name,
        kind=kind,
        **{
            column: unescaped(row.text(column))
            for column in ("strength", "form", "pack_size", "substance", "atc", "storage")
        },
        vnr=vnr_from(row),
        gtin=_gtin(row),
        group=group,
        self_selection_pharmacy=_yes_no(row, "self_selection_pharmacy"),
        self_selection_retail=_yes_no(row, "self_selection_retail"),
        valid_from=valid_from or first_day,
        valid_to=valid_to,
        source=unescaped(row.text("source") or source or row.required("source")),
    )


def _enum(row: Row, column: str, choices: type[_AnyEnum]) -> _AnyEnum | None:
    text = row.text(column)
    if not text:
        return None
    try:
        return choices(text)
    except ValueError:
        raise row.error(
            column, _choices(choices), repr(text), "Write one of these words."
        ) from None


def _yes_no(row: Row, column: str) -> bool | None:
    text = row.text(column).casefold()
    if not text:
        return None
    if text not in _YES_NO:
        raise row.error(column, "ja, nej or nothing", repr(text), "Write one of these words.")
    return _YES_NO[text]


def _gtin(row: Row) -> str:
    text = row.text("gtin")
    if text and not is_gtin(text):
        raise row.error(
            "gtin",
            "8, 12, 13 or 14 digits with their check digit",
            repr(text),
            "Copy the digits under the barcode; format the column as text.",
        )
    return text


def _date(row: Row, column: str) -> date | None:
    text = row.text(column)
    if not text:
        return None
    for pattern in ("%Y-%m-%d", "%d-%m-%Y"):  # the second is what Danish Excel saves
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise row.error(
        column, "a day such as 2018-01-31", repr(text), "Write the day as year-month-day."
    )


def _choices(choices: type[StrEnum]) -> str:
    return "one of " + ", ".join(choices)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nej"
        case date():
            return "" if value == date.min else value.isoformat()
        case _:
            return str(value)


def _overlap(a: Sku, b: Sku) -> bool:
    starts = max(a.valid_from, b.valid_from)
    return starts <= (a.valid_to or date.max) and starts <= (b.valid_to or date.max)
