"""Reads a register file: a CSV table of goods, completely or not at all.

The first fault raises a `CatalogueError` that names file, line and column.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import StringIO
from typing import TypeVar

from inspector.domain.goods import Group, Kind, Sku
from inspector.errors import CatalogueError

COLUMNS = (
    *("sku_id", "name", "kind", "strength", "form", "pack_size", "substance", "atc", "vnr"),
    *("group", "retail_excluded", "valid_from", "valid_to", "source"),
)
"""Columns of a register file; their order is free."""

_YES_NO = {"ja": True, "sand": True, "true": True, "nej": False, "falsk": False, "false": False}
_AnyEnum = TypeVar("_AnyEnum", bound=StrEnum)


def skus_from_csv(name: str, content: bytes) -> tuple[Sku, ...]:
    """Read the entries of a register file.

    Args:
        name: Name of the file, for the errors.
        content: Its bytes: CSV in UTF-8 with the columns `COLUMNS`, separated by commas or, as
            Danish Excel writes them, by semicolons.

    Raises:
        CatalogueError: The file is faulty; nothing of it is returned.
    """
    skus = tuple(_read_skus(name, content))
    _check_vnrs(name, skus)
    return skus


def _read_skus(name: str, content: bytes) -> Iterator[Sku]:
    text = _decode(name, content)
    first_line = text.split("\n", 1)[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [column.strip() for column in next(rows)]
        _check_header(name, header)
        seen: dict[str, int] = {}
        for values in rows:
            if not any(value.strip() for value in values):
                continue
            line = _Line(name, rows.line_num, header, values)
            sku = line.sku()
            if sku.sku_id in seen:
                raise line.error(
                    "sku_id",
                    "an id of its own",
                    f"also used in line {seen[sku.sku_id]}",
                    "Change one of the two ids, or delete the line that is there twice.",
                )
            seen[sku.sku_id] = rows.line_num
            yield sku
    except csv.Error as error:
        raise CatalogueError(
            f"{name}, line {rows.line_num}: the line is no valid CSV ({error}). "
            'Expected quotes (") in pairs. Close the quote, or save the sheet as CSV again.'
        ) from error
    if not seen:
        raise CatalogueError(
            f"{name}: the register has a header, but no goods. Expected at least one line of "
            "goods after line 1. Add goods, or use the bundled register."
        )


def _decode(name: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CatalogueError(
            f"{name}, line {line}: the file is not written in UTF-8 "
            f"(byte 0x{content[error.start]:02x}). Expected UTF-8, so that æ, ø and å come "
            'through. In Excel, save it as "CSV UTF-8 (semikolonsepareret)".'
        ) from error
    if not text.strip():
        raise CatalogueError(
            f"{name}: the file is empty. Expected a header line with {', '.join(COLUMNS)}. "
            "Save the register again, or use the bundled one."
        )
    return text


def _check_header(name: str, header: list[str]) -> None:
    counts = Counter(header)
    faults = {
        "missing": [column for column in COLUMNS if column not in counts],
        "there twice": [column for column, n in counts.items() if n > 1],
        "unknown": [column for column in counts if column not in COLUMNS],
    }
    found = "; ".join(
        f"{fault}: {', '.join(repr(column) for column in columns)}"
        for fault, columns in faults.items()
        if columns
    )
    if found:
        raise CatalogueError(
            f"{name}, line 1: the columns are not those of a register ({found}). "
            f"Expected each of {', '.join(COLUMNS)} once, separated by commas or semicolons. "
            "Correct the header line."
        )


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a register file, and where it stands."""

    file: str
    number: int
    header: list[str]
    values: list[str]

    def sku(self) -> Sku:
        if len(self.values) != len(self.header):
            raise CatalogueError(
                f"{self.file}, line {self.number}: expected {len(self.header)} values, "
                f"got {len(self.values)}. Put values that hold the separator in quotes."
            )
        valid_from = self._date("valid_from")
        valid_to = self._date("valid_to")
        if valid_from and valid_to and valid_to < valid_from:
            raise self.error(
                "valid_to",
                f"a day not before valid_from {valid_from}",
                str(valid_to),
                "Correct one of the two dates.",
            )
        kind = self._enum("kind", Kind)
        if kind is None:
            raise self.error("kind", _choices(Kind), "nothing", "Write what kind of goods it is.")
        return Sku(
            sku_id=self._required("sku_id"),
            name=self._required("name"),
            kind=kind,
            strength=self._text("strength"),
            form=self._text("form"),
            pack_size=self._text("pack_size"),
            substance=self._text("substance"),
            atc=self._text("atc"),
            vnr=self._vnr(),
            group=self._enum("group", Group),
            retail_excluded=self._yes_no("retail_excluded"),
            valid_from=valid_from or date.min,
            valid_to=valid_to,
            source=self._required("source"),
        )

    def error(self, column: str, expected: str, got: str, remedy: str) -> CatalogueError:
        """Return the error for a value of this line."""
        return CatalogueError(
            f"{self.file}, line {self.number}, column {column}: expected {expected}, got {got}. "
            f"{remedy}"
        )

    def _text(self, column: str) -> str:
        return " ".join(self.values[self.header.index(column)].split())

    def _required(self, column: str) -> str:
        text = self._text(column)
        if not text:
            raise self.error(column, "a text", "nothing", "Fill it in.")
        return text

    def _enum(self, column: str, choices: type[_AnyEnum]) -> _AnyEnum | None:
        text = self._text(column)
        if not text:
            return None
        try:
            return choices(text)
        except ValueError:
            raise self.error(
                column, _choices(choices), repr(text), "Write one of these words."
            ) from None

    def _yes_no(self, column: str) -> bool:
        text = self._text(column).casefold() or "nej"
        if text not in _YES_NO:
            raise self.error(column, "ja, nej or nothing", repr(text), "Write one of these words.")
        return _YES_NO[text]

    def _vnr(self) -> str:
        text = self._text("vnr")
        if text and not (len(text) == 6 and text.isascii() and text.isdigit()):
            raise self.error(
                "vnr",
                "six digits",
                repr(text),
                "Spreadsheets drop leading zeros: format the column as text and add them.",
            )
        return text

    def _date(self, column: str) -> date | None:
        text = self._text(column)
        if not text:
            return None
        for pattern in ("%Y-%m-%d", "%d-%m-%Y"):  # the second is what Danish Excel saves
            try:
                return datetime.strptime(text, pattern).date()
            except ValueError:
                continue
        raise self.error(
            column, "a day such as 2018-01-31", repr(text), "Write the day as year-month-day."
        )


def _choices(choices: type[StrEnum]) -> str:
    return "one of " + ", ".join(choices)


def _check_vnrs(name: str, skus: tuple[Sku, ...]) -> None:
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


def _overlap(a: Sku, b: Sku) -> bool:
    starts = max(a.valid_from, b.valid_from)
    return starts <= (a.valid_to or date.max) and starts <= (b.valid_to or date.max)
