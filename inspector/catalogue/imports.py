"""Imports a list into the register: which kind of list it is, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from inspector.catalogue.agency_lists import (
    approved_list,
    check_not_empty,
    exclusions,
    otc_list,
)
from inspector.catalogue.editions import Edition, Source, keep_edition, newest
from inspector.catalogue.goods_file import check_vnrs, skus_from_csv
from inspector.catalogue.limits import LimitWarning
from inspector.catalogue.medicinpriser import read_records
from inspector.catalogue.merging import pack_key
from inspector.catalogue.register import Register
from inspector.catalogue.tables import Progress, Table, bytes_of, read_table
from inspector.catalogue.takst import is_takst, read_takst
from inspector.domain.goods import Sku
from inspector.errors import CatalogueError


@dataclass(frozen=True, slots=True)
class Changes:
    """How the register of one day differs from that of another.

    Attributes:
        added: Entries that only the later one has.
        removed: Entries that only the earlier one has.
        regrouped: Packs of both whose group differs, before and after.
    """

    added: tuple[Sku, ...]
    removed: tuple[Sku, ...]
    regrouped: tuple[tuple[Sku, Sku], ...]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did.

    Attributes:
        edition: The list as it is kept; None when it is the same as the one that held before.
        source: Kind of list.
        day: Day from which it holds.
        entries: How many entries it has.
        changes: What it changes in the register of that day.
        left_out: How many lines were left out, by their group or why.
        unknown_columns: Columns of the file that were not read.
        warnings: Entries of the list whose group contradicts the gram limits.
    """

    edition: Edition | None
    source: Source
    day: date
    entries: int
    changes: Changes
    left_out: Mapping[str, int]
    unknown_columns: tuple[str, ...]
    warnings: tuple[LimitWarning, ...]


@dataclass(frozen=True, slots=True)
class _List:
    source: Source
    day: date
    skus: tuple[Sku, ...]
    left_out: Mapping[str, int]
    unknown_columns: tuple[str, ...] = ()


def import_list(
    path: Path,
    *,
    folder: Path,
    today: date,
    day: date | None = None,
    source: Source | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
) -> ImportSummary:
    """Read a list as a whole and keep it as a new edition of the register.

    Args:
        path: The list: CSV, XLSX, JSON, or a zip or folder of LMS files.
        folder: Folder of editions.
        today: The day that counts when nothing else says from when the list holds.
        day: Day from which the list holds; None takes what the list says, or today.
        source: Kind of list; None finds out from its columns.
        encoding: Encoding of a text file; None takes what its kind usually has.
        progress: Told how far the reading is.

    Returns:
        What was changed. A list that is the same as the one before is not kept again.

    Raises:
        CatalogueError: The list does not fit; nothing is changed.
        OutputError: It could not be kept; nothing is changed.
    """
    listed = _read(path, today, day, source, encoding, progress)
    check_not_empty(path.name, listed.skus)
    check_vnrs(path.name, listed.skus)
    before = Register.load(editions=folder)
    skus = listed.skus
    held = next((e for e in newest(before.editions, listed.day) if e.source == listed.source), None)
    if held is not None and listed.source is Source.MEDICINPRISER:
        # Records are fetched one by one: a new one joins those that are there.
        fetched = {sku.vnr for sku in skus}
        skus = (*(sku for sku in held.skus if sku.vnr not in fetched), *skus)
    is_known = held is not None and held.skus == skus and held.day == listed.day
    edition = None if is_known else keep_edition(folder, listed.source, listed.day, skus)
    register = Register.load(editions=folder).on(listed.day)
    packs = set(map(pack_key, listed.skus))
    return ImportSummary(
        edition,
        listed.source,
        listed.day,
        len(listed.skus),
        changes_between(before.on(listed.day), register),
        listed.left_out,
        listed.unknown_columns,
        tuple(w for w in register.warnings() if pack_key(w.sku) in packs),
    )


def changes_between(earlier: Register, later: Register) -> Changes:
    """Compare two registers of a day, pack by pack: by Vnr, or by name, strength, form and size."""
    before = {sku.vnr or pack_key(sku): sku for sku in earlier.skus}
    after = {sku.vnr or pack_key(sku): sku for sku in later.skus}
    without_vnr = {pack_key(sku): key for key, sku in before.items()}
    pairs, added = [], []
    for key, sku in after.items():
        old_key = key if key in before else without_vnr.get(pack_key(sku))
        old = before.pop(old_key, None) if old_key is not None else None
        if old is None:
            added.append(sku)
        elif old.group is not sku.group:
            pairs.append((old, sku))
    return Changes(tuple(added), tuple(before.values()), tuple(pairs))


def _read(
    path: Path,
    today: date,
    day: date | None,
    source: Source | None,
    encoding: str | None,
    progress: Progress | None,
) -> _List:
    if source is Source.TAKST or (source is None and is_takst(path)):
        takst = read_takst(path, day=day, encoding=encoding, progress=progress)
        if takst.day is None:
            raise CatalogueError(
                f"{path.name}: the Takst does not say from which day it holds. Expected a "
                "system.txt in it. Name the day with --on."
            )
        return _List(Source.TAKST, takst.day, takst.skus, takst.left_out)
    content = bytes_of(path)
    holds_from = day or today
    if source is Source.MEDICINPRISER or path.suffix.casefold() == ".json":
        skus, left_out = read_records(path.name, content, day=holds_from)
        return _List(Source.MEDICINPRISER, holds_from, skus, left_out)
    name = f"{path.name}, {holds_from}"

    def table(*required: str) -> Table:
        return read_table(
            path.name, content, required=required, encoding=encoding, progress=progress
        )

    source = source or _source_of(table("name"), path.name)
    match source:
        case Source.OTC_LIST:
            found = table("name", "group")
            skus = tuple(otc_list(found, holds_from, name))
        case Source.APPROVED:
            found = table("name", "form", "strength")
            skus = tuple(approved_list(found, holds_from, name))
        case Source.EXCLUSIONS:
            found = table("name")
            skus = tuple(exclusions(found, holds_from, name))
        case _:
            skus = skus_from_csv(
                path.name,
                content,
                valid_from=holds_from,
                source=name,
                encoding=encoding,
                progress=progress,
            )
            return _List(Source.GOODS, holds_from, skus, {})
    return _List(source, holds_from, skus, {}, found.unknown)


def _source_of(table: Table, name: str) -> Source:
    """Tell lists apart by their columns."""
    columns = set(table.columns)
    if "kind" in columns:
        return Source.GOODS
    if "drugid" in columns and "group" not in columns:
        return Source.APPROVED
    if "group" in columns:
        return Source.OTC_LIST
    raise CatalogueError(
        f"{name}: it cannot be told which list this is. Expected a column 'kind' (a store's own "
        "goods), 'udleveringsgruppe' (the daily list of OTC medicine) or 'Drugid' (authorised "
        f"medicine). Correct the header, or name the kind of list: {', '.join(Source)}."
    )
