"""Detail records of medicinpriser.dk: JSON, one record or a list of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from inspector.catalogue.goods_file import without_company
from inspector.domain.goods import Group, Kind, Sku
from inspector.errors import CatalogueError

_TEXTS = ("Navn", "Varenummer", "Styrke", "Pakning", "VirksomtStof", "AtcKode", "Udleveringsgruppe")


def read_records(name: str, content: bytes, *, day: date) -> tuple[tuple[Sku, ...], dict[str, int]]:
    """Read the OTC packs of detail records.

    Args:
        name: Name of the file, for the errors.
        content: Its bytes: JSON in UTF-8.
        day: Day from which the records hold.

    Returns:
        The packs, and how many records of which other group were left out. Packs that have gone
        out of sale (`Udgaaet`) are left out, too.

    Raises:
        CatalogueError: The file is no JSON, or a record does not fit; names line and column, or
            the number of the record and its field.
    """
    records = _records(name, content)
    skus: dict[str, Sku] = {}
    left_out: Counter[str] = Counter()
    for number, record in enumerate(records, start=1):
        texts = _texts(name, number, record)
        vnr, group = texts["Varenummer"], texts["Udleveringsgruppe"]
        if not (len(vnr) == 6 and vnr.isascii() and vnr.isdigit()):
            raise _fault(name, number, "Varenummer", "six digits", repr(vnr))
        if record.get("Udgaaet") is True:
            left_out["udgået"] += 1
            continue
        if group not in set(Group):
            left_out[group or "uden gruppe"] += 1
            continue
        if vnr in skus:
            raise _fault(name, number, "Varenummer", "a Vnr of its own", f"{vnr} a second time")
        if not texts["Navn"]:
            raise _fault(name, number, "Navn", "a name", "nothing")
        storage = record.get("Opbevaringsbetingelser")
        skus[vnr] = Sku(
            sku_id=f"medicinpriser-{vnr}",
            name=without_company(texts["Navn"]),
            kind=Kind.MEDICINE,
            strength=texts["Styrke"],
            pack_size=texts["Pakning"].removesuffix("."),
            substance=texts["VirksomtStof"].casefold(),
            atc=texts["AtcKode"],
            vnr=vnr,
            group=Group(group),
            storage=storage if isinstance(storage, str) else "",
            valid_from=day,
            source=f"medicinpriser.dk {day}",
        )
    return tuple(skus.values()), dict(left_out)


def _records(name: str, content: bytes) -> list[Mapping[str, Any]]:
    try:
        parsed = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CatalogueError(
            f"{name}, line {line}: the file is not written in UTF-8. Expected JSON in UTF-8. "
            "Save it again as UTF-8."
        ) from error
    except (json.JSONDecodeError, RecursionError) as error:
        where = (
            f", line {error.lineno}, column {error.colno}"
            if isinstance(error, json.JSONDecodeError)
            else ""
        )
        raise CatalogueError(
            f"{name}{where}: the file is no valid JSON. Expected detail records of "
            "medicinpriser.dk. Fetch them again."
        ) from error
    records = parsed if isinstance(parsed, list) else [parsed]
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict) or "Varenummer" not in record:
            raise _fault(name, number, "Varenummer", "a detail record", "something else")
    if not records:
        raise CatalogueError(f"{name}: no records. Expected at least one. Fetch them again.")
    return records


def _texts(name: str, number: int, record: Mapping[str, Any]) -> dict[str, str]:
    texts = {}
    for field in _TEXTS:
        value = record.get(field)
        if not isinstance(value, str | type(None)):
            raise _fault(name, number, field, "a text", repr(value)[:40])
        texts[field] = " ".join((value or "").split())
    return texts


def _fault(name: str, number: int, field: str, expected: str, got: str) -> CatalogueError:
    return CatalogueError(
        f"{name}, record {number}, field {field}: expected {expected}, got {got}. "
        "Nothing was changed; fetch the record again."
    )
