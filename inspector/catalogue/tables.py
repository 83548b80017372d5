"""Tables as people and agencies save them: CSV and XLSX, with the place of every cell.

A file comes from outside, so nothing about it is taken for granted: its size, what it unpacks to,
its encoding, its separator, formulas in its cells. The first fault stops the reading with file,
line, column, what was expected, what was found and what to do.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from types import MappingProxyType
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from inspector.errors import CatalogueError

MAX_FILE_BYTES = 100_000_000
"""The largest list that we know of, a whole Takst, is a tenth of this."""

MAX_UNPACKED_BYTES = 300_000_000
MAX_UNPACKED_RATIO = 200
"""A list in a zip or XLSX unpacks to some twenty times its size; bombs to thousands."""

MAX_ROWS = 300_000
ROWS_ABOVE_HEADER = 20
"""Agencies write a title and a date above their tables."""

Progress = Callable[[int, int], None]
"""Told how much of a file is read: rows done, rows in all (0 when not known)."""

HEADERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sku_id": (),
        "name": ("navn", "lægemiddel", "lægemiddelnavn", "produktnavn", "medicinal product"),
        "kind": ("slags",),
        "strength": ("styrke", "styrketekst"),
        "form": ("lægemiddelform", "pharmaceutical form"),
        "pack_size": ("pakning", "pakningsstørrelse", "package", "pack size", "package size"),
        "substance": ("aktivt stof", "aktive substanser", "virksomt stof", "active substance"),
        "atc": ("atc-kode", "atc code"),
        "vnr": ("varenummer", "varenr"),
        "gtin": ("ean", "stregkode"),
        "group": ("udleveringsgruppe", "udleveringsbestemmelse", "dispensing group"),
        "self_selection_pharmacy": ("selvvalg apotek",),
        "self_selection_retail": ("selvvalg detail",),
        "storage": ("opbevaring", "opbevaringsbetingelser"),
        "valid_from": ("gyldig fra",),
        "valid_to": ("gyldig til",),
        "source": ("kilde",),
        "drugid": (),
    }
)
"""Words over the columns of a list, beside our own name of the column."""

_UNREADABLE_XLSX = (
    *(zipfile.BadZipFile, InvalidFileException, ParseError, zlib.error, OSError, EOFError),
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, NotImplementedError),
    RuntimeError,
)
"""What openpyxl lets through when a workbook is damaged, encrypted or hostile."""


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", "", header.casefold())


_COLUMN_BY_HEADER = {
    _plain(word): column for column, words in HEADERS.items() for word in (column, *words)
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, and where it stands.

    Attributes:
        file: Name of the file.
        number: Line in the file, counted from 1.
        values: Text by column; columns that the file lacks are missing.
        headers: The file's own word by column, for error texts.
    """

    file: str
    number: int
    values: Mapping[str, str]
    headers: Mapping[str, str]

    def text(self, column: str) -> str:
        """Return a value without superfluous blanks; empty where the file has no such column."""
        return " ".join(self.values.get(column, "").split())

    def required(self, column: str) -> str:
        """Return a value that must not be empty."""
        text = self.text(column)
        if not text:
            raise self.error(column, "a text", "nothing", "Fill it in.")
        return text

    def error(self, column: str, expected: str, got: str, remedy: str) -> CatalogueError:
        """Return the error for a value of this line."""
        header = self.headers.get(column, column)
        return CatalogueError(
            f"{self.file}, line {self.number}, column {header}: expected {expected}, got {got}. "
            f"{remedy}"
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header is known.

    Attributes:
        file: Name of the file.
        columns: Our names of its columns, in its order; None for those that we do not know.
        unknown: Its words over those.
        rows: The lines below the header, read while they are taken.
    """

    file: str
    columns: tuple[str | None, ...]
    unknown: tuple[str, ...]
    rows: Iterator[Row]


def bytes_of(path: Path) -> bytes:
    """Read a file of a sensible size.

    Raises:
        CatalogueError: It is missing, may not be read, or is far larger than any register.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_FILE_BYTES else b""
    except OSError as error:
        raise CatalogueError(
            f"{path.name}: the register of goods cannot be read ({error.strerror}). "
            "Expected a file with a list of goods. Check the path and that the file may be read."
        ) from error
    if size > MAX_FILE_BYTES:
        raise CatalogueError(
            f"{path.name}: the file has {size / 1e6:.0f} MB. Expected at most "
            f"{MAX_FILE_BYTES / 1e6:.0f} MB; no list of goods is that large. Check that it is the "
            "right file."
        )
    return content


def check_unpacked_size(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse an archive that would unpack to an absurd size.

    Raises:
        CatalogueError: It is a zip bomb, or not what it says.
    """
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > MAX_UNPACKED_BYTES or (
        unpacked > MAX_FILE_BYTES / 10 and unpacked / packed > MAX_UNPACKED_RATIO
    ):
        raise CatalogueError(
            f"{name}: the file would unpack to {unpacked / 1e6:.0f} MB, {unpacked / packed:.0f} "
            f"times its size. Expected at most {MAX_UNPACKED_BYTES / 1e6:.0f} MB and "
            f"{MAX_UNPACKED_RATIO} times. It is no list of goods; do not open it."
        )


def read_table(
    name: str,
    content: bytes,
    *,
    required: Sequence[str],
    encoding: str | None = None,
    progress: Progress | None = None,
) -> Table:
    """Find the header of a table and read what lies under it.

    Args:
        name: Name of the file; `.xlsx` is read as a workbook, anything else as CSV.
        content: Its bytes.
        required: Columns that it must have.
        encoding: Encoding of a CSV; None takes UTF-8, or UTF-16 with a byte order mark.
        progress: Told now and then how far the reading is.

    Raises:
        CatalogueError: The file cannot be read, or the header is not there; rows raise it while
            they are taken.
    """
    is_book = content[:4] == b"PK\x03\x04" or name.casefold().endswith(".xlsx")
    if is_book:
        total, lines = 0, _xlsx_lines(name, content)
    else:
        text = _decoded(name, content, encoding)
        total, lines = text.count("\n"), _csv_lines(name, text)
    head: list[tuple[int, list[str]]] = []
    for number, values in lines:
        head.append((number, values))
        found = {_COLUMN_BY_HEADER.get(_plain(value)) for value in values}
        if found >= set(required):
            _check_header(name, number, values, required)
            columns = tuple(_COLUMN_BY_HEADER.get(_plain(value)) for value in values)
            headers = {c: v for c, v in zip(columns, values, strict=True) if c is not None}
            return Table(
                name,
                columns,
                tuple(v for c, v in zip(columns, values, strict=True) if c is None and v.strip()),
                _rows(name, lines, columns, headers, total, progress, is_book=is_book),
            )
        if len(head) >= ROWS_ABOVE_HEADER:
            break
    if not head:
        raise CatalogueError(
            f"{name}: the file is empty. Expected a header line with {', '.join(required)}. "
            "Save the list again, or use the bundled register."
        )
    # The line that comes nearest to a header is the one to complain about.
    number, values = max(
        head, key=lambda line: sum(_plain(v) in _COLUMN_BY_HEADER for v in line[1])
    )
    _check_header(name, number, values, required)
    raise AssertionError  # a header without faults has been returned above


def _check_header(name: str, number: int, values: list[str], required: Sequence[str]) -> None:
    columns = [_COLUMN_BY_HEADER.get(_plain(value)) for value in values]
    counts = Counter(column for column in columns if column is not None)
    faults = {
        "missing": [column for column in required if column not in counts],
        "there twice": [column for column, n in counts.items() if n > 1],
    }
    found = "; ".join(
        f"{fault}: {', '.join(repr(column) for column in columns)}"
        for fault, columns in faults.items()
        if columns
    )
    if found:
        raise CatalogueError(
            f"{name}, line {number}: the columns are not those of a list of goods ({found}). "
            f"Expected each of {', '.join(required)} once, separated by commas or semicolons. "
            "Correct the header line."
        )


def _rows(
    name: str,
    lines: Iterator[tuple[int, list[str]]],
    columns: Sequence[str | None],
    headers: Mapping[str, str],
    total: int,
    progress: Progress | None,
    *,
    is_book: bool,
) -> Iterator[Row]:
    for count, (number, values) in enumerate(lines, start=1):
        if progress is not None and count % 100 == 0:
            progress(min(count, total or count), total)
        if count > MAX_ROWS:
            raise CatalogueError(
                f"{name}: more than {MAX_ROWS} lines. No list of goods is that long. "
                "Check that it is the right file."
            )
        if not any(value.strip() for value in values):
            continue
        if is_book:  # a sheet's rows end with their last cell
            values = [*values, *[""] * len(columns)][: max(len(columns), len(_cut(values)))]
        if len(values) != len(columns):
            raise CatalogueError(
                f"{name}, line {number}: expected {len(columns)} values, got {len(values)}. "
                "Put values that hold the separator in quotes."
            )
        cells = {c: v for c, v in zip(columns, values, strict=True) if c is not None}
        row = Row(name, number, cells, headers)
        for column, value in cells.items():
            if value.lstrip().startswith("="):
                raise row.error(
                    column,
                    "a value",
                    f"the formula {value.strip()[:40]!r}",
                    "Replace formulas by their values: copy, then paste as values.",
                )
        yield row
    if progress is not None:
        progress(total, total)


def _cut(values: list[str]) -> list[str]:
    """Return the values without empty ones at the end."""
    last = max((i for i, value in enumerate(values) if value), default=-1)
    return values[: last + 1]


def _decoded(name: str, content: bytes, encoding: str | None) -> str:
    if encoding is None:
        is_utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        encoding = "utf-16" if is_utf16 else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except LookupError as error:
        raise CatalogueError(
            f"{name}: there is no encoding {encoding!r}. Expected a name such as cp1252 or cp850."
        ) from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CatalogueError(
            f"{name}, line {line}: the file is not written in UTF-8 "
            f"(byte 0x{content[error.start]:02x}). Expected UTF-8, so that æ, ø and å come "
            'through. In Excel, save it as "CSV UTF-8 (semikolonsepareret)", or name its encoding.'
        ) from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise CatalogueError(
            f"{name}, line {line}: the file holds binary data. Expected a table of text. "
            "Check that it is the right file."
        )
    return text if text.strip() else ""


def _csv_lines(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    first_lines = text.split("\n", ROWS_ABOVE_HEADER)[:ROWS_ABOVE_HEADER]
    delimiter = max(",;\t", key=lambda mark: max(line.count(mark) for line in first_lines))
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for values in rows:
            yield rows.line_num, [value.strip() for value in values]
    except csv.Error as error:
        raise CatalogueError(
            f"{name}, line {rows.line_num}: the line is no valid CSV ({error}). "
            'Expected quotes (") in pairs. Close the quote, or save the sheet as CSV again.'
        ) from error


def _xlsx_lines(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_unpacked_size(name, archive)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a sheet says of its own size may be wrong, or absurd
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            yield number, [_cell_text(cell.value) for cell in cells]
    except _UNREADABLE_XLSX as error:
        raise CatalogueError(
            f"{name}: the workbook cannot be read ({type(error).__name__}). Expected an Excel file "
            "(.xlsx) without a password. Open it in Excel and save it again, or save it as CSV."
        ) from error


def _cell_text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nej"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value).strip()


_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Return a table as CSV that a spreadsheet may open: no cell of it is run as a formula.

    Example:
        >>> csv_text(("name",), [("=1+1",)])
        "name\n'=1+1\n"
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in row)
    return out.getvalue()


def unescaped(text: str) -> str:
    """Take back the quote that `csv_text` puts before a cell that looks like a formula."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA_STARTS) else text
