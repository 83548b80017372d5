"""Which photos lie in an archive, and what is told of each: shop, kind of dealer, day.

An archive is a folder or any place that fsspec reaches (`s3://…`, `gs://…`, `az://…`). Its manifest
is a CSV or Parquet table with the columns `COLUMNS`; a row that cannot be used is named by its line
and stops nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import PurePosixPath
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.core import url_to_fs

from inspector.capture.formats import PHOTO_SUFFIXES
from inspector.capture.sources import OWN_OUTPUT_SUFFIX
from inspector.domain.goods import DealerType
from inspector.errors import ManifestError

COLUMNS = ("file", "store", "dealer_type", "date")
"""`file` is relative to the archive; `dealer_type` may be empty; `date` is the day of the photo."""

NAMES = ("manifest.csv", "manifest.parquet")
"""Where the manifest is looked for in the archive when none is named."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo of the archive.

    Attributes:
        url: Where it lies, in full.
        mark: Size and date or tag as the place tells them; empty when the photo is not there.
        store: The shop.
        dealer_type: Kind of dealer; None when not told.
        taken_on: Day whose rules and register apply.
    """

    url: str
    mark: str
    store: str
    dealer_type: DealerType | None
    taken_on: date

    @property
    def file(self) -> str:
        """Name of the photo's file, without folders."""
        return PurePosixPath(self.url).name


@dataclass(frozen=True, slots=True)
class Fault:
    """A row or photo that was left out, and why.

    Attributes:
        where: The manifest's line, or the photo.
        reason: What is wrong and what to do.
    """

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The photos of an archive in the order of its manifest, and what was left out of it."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]


def read_manifest(
    source: str, *, manifest: str | None, dealer_type: DealerType | None, today: date
) -> Manifest:
    """Find the photos of an archive.

    Args:
        source: Folder or fsspec URL.
        manifest: Path or URL of the manifest; None looks for `NAMES` in the archive, and where
            neither lies there takes every photo, of no named shop.
        dealer_type: Kind of dealer of photos for which the manifest names none.
        today: Day of photos without a manifest.

    Raises:
        ManifestError: The archive or its manifest cannot be read, or lacks a column.
    """
    archive = _Archive.at(source)
    if manifest is None:
        manifest = next((name for name in map(archive.url, NAMES) if archive.mark(name)), None)
    if manifest is None:
        photos = sorted(u for u in archive.marks if _is_photo(u))
        if not photos:
            raise ManifestError(
                f"{source} holds neither photos nor a manifest. Expected photos, and beside them "
                f"{' or '.join(NAMES)} with the columns {', '.join(COLUMNS)}. Check the path."
            )
        return Manifest(
            tuple(Entry(u, archive.marks[u], "", dealer_type, today) for u in photos), ()
        )
    entries: list[Entry] = []
    faults: list[Fault] = []
    lines: dict[tuple[str, str, date], int] = {}
    name = PurePosixPath(manifest).name
    for line, row in _rows(manifest, name):
        where = f"{name}, line {line}"
        try:
            entry = _entry(row, archive, dealer_type)
        except ValueError as error:
            faults.append(Fault(where, str(error)))
            continue
        first = lines.setdefault((entry.url, entry.store, entry.taken_on), line)
        if first != line:
            faults.append(Fault(where, f"the same photo of the same day as line {first}; left out"))
        else:
            entries.append(entry)
    return Manifest(tuple(entries), tuple(faults))


@dataclass(frozen=True, slots=True)
class _Archive:
    """The files of an archive with their marks, listed once."""

    source: str
    root: str
    scheme: Any
    marks: Mapping[str, str]

    @classmethod
    def at(cls, source: str) -> _Archive:
        try:
            files, root = url_to_fs(source)
            listing = files.find(root, detail=True)
        except (OSError, ValueError, ImportError) as error:
            raise ManifestError(
                f"The archive {source} cannot be read ({error}). Expected a folder, or a URL that "
                "fsspec knows, with its package installed and its credentials in place."
            ) from error
        if not listing:
            raise ManifestError(f"There is nothing at {source}. Check the path.")
        marks = {files.unstrip_protocol(path): _mark(info) for path, info in listing.items()}
        return cls(source, root, files, marks)

    def url(self, file: str) -> str:
        """Return the URL of a file that is named in the manifest."""
        if "://" in file:
            return file
        path = file if file.startswith("/") else f"{self.root.rstrip('/')}/{file}"
        return str(self.scheme.unstrip_protocol(path))

    def mark(self, url: str) -> str:
        """Return the mark of a file, empty when it is not there."""
        if url in self.marks or url.startswith(self.scheme.unstrip_protocol(self.root)):
            return self.marks.get(url, "")
        try:
            files, path = url_to_fs(url)
            return _mark(files.info(path))
        except (OSError, ValueError, ImportError):
            return ""


def _mark(info: Mapping[str, Any]) -> str:
    """Return what changes when the bytes of a file do: size with tag, or with date."""
    tag = next(
        (info[k] for k in ("ETag", "etag", "md5Hash", "mtime", "LastModified") if k in info), ""
    )
    return f"{info.get('size', '')} {tag}".strip()


def _rows(manifest: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with fsspec.open(manifest, "rb") as file:
            content = file.read()
    except (OSError, ValueError, ImportError) as error:
        raise ManifestError(
            f"The manifest {manifest} cannot be read ({error}). Check the path and its rights."
        ) from error
    rows = _parquet_rows if _suffix(manifest) == ".parquet" else _csv_rows
    yield from rows(content, name)


def _csv_rows(content: bytes, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ManifestError(
            f"{name}, line {line}: the file is not written in UTF-8. Save it as CSV UTF-8."
        ) from error
    first_line = text.split("\n", 1)[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    rows = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter)
    _check_columns(name, [column.strip() for column in rows.fieldnames or []])
    try:
        for row in rows:
            yield rows.line_num, {str(key).strip(): value for key, value in row.items()}
    except csv.Error as error:
        raise ManifestError(
            f"{name}, line {rows.line_num}: the line is no valid CSV ({error}). Save the sheet "
            "as CSV again."
        ) from error


def _parquet_rows(content: bytes, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        table = pq.read_table(BytesIO(content))
    except pa.ArrowInvalid as error:
        raise ManifestError(f"{name} is no Parquet file ({error}). Write it again.") from error
    _check_columns(name, table.column_names)
    yield from enumerate(table.to_pylist(), start=1)


def _check_columns(name: str, columns: list[str]) -> None:
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        raise ManifestError(
            f"{name}, line 1: the manifest lacks {', '.join(missing)}. Expected the columns "
            f"{', '.join(COLUMNS)}, separated by commas or semicolons. Correct the header line."
        )


def _entry(row: Mapping[str, Any], archive: _Archive, dealer_type: DealerType | None) -> Entry:
    """Return a row's photo; ValueError says what is wrong with the row."""
    file, store, dealer, day = (_text(row[column]) for column in COLUMNS)
    if not file:
        raise ValueError("column file: expected the path of a photo, got nothing. Fill it in.")
    if dealer and dealer not in set(DealerType):
        raise ValueError(
            f"column dealer_type: expected one of {', '.join(DealerType)} or nothing, got "
            f"'{dealer}'. Write one of these words."
        )
    url = archive.url(file)
    return Entry(
        url=url,
        mark=archive.mark(url),
        store=store,
        dealer_type=DealerType(dealer) if dealer else dealer_type,
        taken_on=_day(day),
    )


def _text(value: object) -> str:
    if isinstance(value, datetime):
        value = value.date()
    return "" if value is None else str(value).strip()


def _day(text: str) -> date:
    for pattern in ("%Y-%m-%d", "%d-%m-%Y"):  # the second is what Danish Excel saves
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise ValueError(
        f"column date: expected a day such as 2026-01-31, got {text or 'nothing'!r}. "
        "Write the day as year-month-day."
    )


def _is_photo(url: str) -> bool:
    """Say whether a file is a photo by its name, and none that the inspector has drawn on."""
    return _suffix(url) in PHOTO_SUFFIXES and not url.endswith(OWN_OUTPUT_SUFFIX)


def _suffix(url: str) -> str:
    return PurePosixPath(url).suffix.lower()
