"""Editions: what was imported, kept as one file each, so that every past day stays as it was.

    <data folder>/register/0007 2026-11-22 takst.csv

An edition is a register file (`goods_file.py`): number of the import, day from which it holds,
source. It is written beside its place and moved there in one step; an import that fails half way
leaves nothing. Nothing is ever overwritten. An edition that should not have been imported is taken
back by deleting its file.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from inspector.catalogue.goods_file import csv_from_skus, skus_from_csv
from inspector.catalogue.tables import bytes_of
from inspector.domain.goods import Sku
from inspector.errors import CatalogueError, OutputError

_FILE = re.compile(r"(\d{4}) (\d{4}-\d\d-\d\d) ([a-z-]+)\.csv")


class Source(StrEnum):
    """Kinds of lists that can be imported. Of each, the newest one up to a day holds."""

    TAKST = "takst"
    OTC_LIST = "otc-list"
    APPROVED = "approved-list"
    MEDICINPRISER = "medicinpriser"
    EXCLUSIONS = "exclusions"
    GOODS = "goods"


@dataclass(frozen=True, slots=True)
class Edition:
    """One imported list.

    Attributes:
        number: Number of the import; a later one of the same day counts.
        day: Day from which it holds.
        source: Kind of list.
        skus: Its entries.
        sha256: Hash of its file in hex.
    """

    number: int
    day: date
    source: Source
    skus: tuple[Sku, ...]
    sha256: str

    @property
    def label(self) -> str:
        """Source and day, for people."""
        return f"{self.source} {self.day}"


def load_editions(folder: Path) -> tuple[Edition, ...]:
    """Read every edition in a folder, in the order of their import.

    Raises:
        CatalogueError: A file is damaged; names it.
    """
    if not folder.is_dir():
        return ()
    return tuple(
        _edition(path, found)
        for path in sorted(folder.iterdir())
        if (found := _FILE.fullmatch(path.name))
    )


def version_of(folder: Path) -> tuple[tuple[str, int], ...]:
    """Return what changes with every import into a folder, and with every edition taken back."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return tuple((path.name, path.stat().st_mtime_ns) for path in files)


def keep_edition(folder: Path, source: Source, day: date, skus: Iterable[Sku]) -> Edition:
    """Write an edition as a whole, or not at all.

    Raises:
        OutputError: The folder cannot be written.
    """
    content = csv_from_skus(skus).encode()
    skus_from_csv(f"{source} {day}", content)  # what is kept can be read again
    try:
        folder.mkdir(parents=True, exist_ok=True)
        numbers = [int(path.name[:4]) for path in folder.iterdir() if _FILE.fullmatch(path.name)]
        number = max(numbers, default=0) + 1
        path = folder / f"{number:04d} {day} {source}.csv"
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError as error:
        raise OutputError(
            f"{folder}: the list could not be kept ({error.strerror}). Expected a folder that may "
            "be written, with room. The register is unchanged; free the folder and import again."
        ) from error
    return _edition(path, _FILE.fullmatch(path.name))


def newest(editions: Iterable[Edition], day: date) -> tuple[Edition, ...]:
    """Return the edition of each source that holds on a day, the oldest first."""
    by_source: dict[Source, Edition] = {}
    for edition in sorted(editions, key=lambda e: (e.day, e.number)):
        if edition.day <= day:
            by_source[edition.source] = edition
    return tuple(sorted(by_source.values(), key=lambda e: (e.day, e.number)))


def _edition(path: Path, found: re.Match[str] | None) -> Edition:
    content = bytes_of(path)
    try:
        if found is None:
            raise ValueError
        number, day, source = int(found[1]), date.fromisoformat(found[2]), Source(found[3])
    except ValueError:
        raise CatalogueError(
            f"{path.name}: no edition of the register. Expected a name such as "
            "'0007 2026-11-22 takst.csv'. Move the file out of the register's folder."
        ) from None
    skus = skus_from_csv(path.name, content)
    return Edition(number, day, source, skus, hashlib.sha256(content).hexdigest())
