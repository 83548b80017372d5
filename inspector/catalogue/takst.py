"""The Takst (medicinpriser): the LMS files, fixed width, code page 850, from a zip or a folder.

Source of the positions: "Databeskrivelse for LMS-filer". Those of LMS01, LMS12, LMS20, LMS22 and
the system file were compared with files of 2008 to 2011.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

from inspector.catalogue.goods_file import sku_id_from, without_company
from inspector.catalogue.tables import Progress, bytes_of, check_unpacked_size
from inspector.domain.goods import Group, Kind, Sku
from inspector.errors import CatalogueError

MEDICINES = "LMS01.TXT"
PACKS = "LMS02.TXT"
_ATC = "LMS12.TXT"
_STORAGE = "LMS20.TXT"
_FORMS = "LMS22.TXT"
_SYSTEM = "SYSTEM.TXT"
_NEEDED = (MEDICINES, PACKS)

_KINDS = MappingProxyType({"LM": Kind.MEDICINE, "NA": Kind.NATURAL_REMEDY, "VM": Kind.VITAMIN})
_NOT_GOODS = ("RF",)  # radioactive medicine
_NO_STORAGE_TEXT = ("", "Ingen")

_WRONG_CODE_PAGE = re.compile("[Õ├┼]|(?<=[a-zæøå])[°µ](?=[a-zæøå])")
"""What Danish letters of cp1252 and UTF-8 become in cp850; no Danish word has them."""


@dataclass(frozen=True, slots=True)
class Takst:
    """What a Takst says of OTC goods.

    Attributes:
        skus: OTC packs of medicine; natural remedies and strong vitamins, which it lists without
            packs.
        day: Day from which it holds, when it says so.
        left_out: How many packs of which other group were left out (prescription medicine).
    """

    skus: tuple[Sku, ...]
    day: date | None
    left_out: Mapping[str, int]


def is_takst(path: Path) -> bool:
    """Say whether a path is a folder or zip of LMS files, or one of them."""
    if path.is_dir():
        return any(entry.name.upper() == PACKS for entry in path.iterdir())
    if path.name.upper().startswith("LMS") and path.suffix.casefold() == ".txt":
        return True
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(Path(name).name.upper().startswith("LMS") for name in archive.namelist())


def read_takst(
    path: Path, *, day: date | None, encoding: str | None, progress: Progress | None = None
) -> Takst:
    """Read the OTC goods of a Takst.

    Args:
        path: Folder or zip with `LMS01.txt` and `LMS02.txt`, or one of these files.
        day: Day from which it holds; None takes the day that its system file names.
        encoding: Code page; None takes cp850.
        progress: Told how far the reading is.

    Raises:
        CatalogueError: A file is missing or faulty; names file, line and columns.
    """
    files = _Files.open(path, encoding or "cp850")
    own_day = day or _day_of(files)
    first_day = own_day or date.min
    source = f"Takst {own_day or 'uden dato'}"
    atc_texts = {line.field(0, 8): line.field(8, 152) for line in files.lines(_ATC, 8)}
    forms = {line.field(0, 7): line.field(7, 107) for line in files.lines(_FORMS, 7)}
    storage = {line.field(0, 1): line.field(11, 61) for line in files.lines(_STORAGE, 11)}
    medicines: dict[str, Sku] = {}
    for line in files.lines(MEDICINES, 146):
        sku = _medicine(line, forms, atc_texts, first_day, source)
        if sku is not None:
            medicines[line.digits(0, 11)] = sku
    skus = [sku for sku in medicines.values() if sku.kind is not Kind.MEDICINE]
    left_out: Counter[str] = Counter()
    lines_of: dict[str, _Line] = {}
    total = files.count(PACKS)
    for count, line in enumerate(files.lines(PACKS, 103), start=1):
        if progress is not None and count % 100 == 0:
            progress(count, total)
        vnr, code = line.digits(11, 17), line.field(73, 78)
        if vnr in lines_of:
            raise line.error(
                11, 17, "a Vnr of its own", f"{vnr}, also in line {lines_of[vnr].number}"
            )
        lines_of[vnr] = line
        medicine = medicines.get(line.digits(0, 11))
        if code not in set(Group):
            left_out[code or "uden gruppe"] += 1
            continue
        if medicine is None:
            raise line.error(0, 11, f"a drug id of {MEDICINES}", line.field(0, 11))
        skus.append(_pack(line, vnr, Group(code), medicine, storage))
    if not lines_of:
        raise CatalogueError(
            f"{files.name}: {PACKS} holds no packs. Expected the packs of a whole Takst. "
            "Nothing was changed; fetch it again."
        )
    if progress is not None:
        progress(total, total)
    return Takst(tuple(skus), own_day, dict(left_out.most_common()))


@dataclass(frozen=True, slots=True)
class _Line:
    file: str
    number: int
    text: str

    def field(self, start: int, end: int) -> str:
        return " ".join(self.text[start:end].split())

    def digits(self, start: int, end: int) -> str:
        value = self.text[start:end]
        if not (value.isascii() and value.isdigit()):
            raise self.error(start, end, "digits", repr(value))
        return value

    def error(self, start: int, end: int, expected: str, got: str) -> CatalogueError:
        return CatalogueError(
            f"{self.file}, line {self.number}, columns {start + 1}-{end}: expected {expected}, "
            f"got {got}. Nothing was changed; fetch the Takst again."
        )


@dataclass(frozen=True, slots=True)
class _Files:
    """The LMS files that were found, by their names in capitals."""

    name: str
    encoding: str
    contents: Mapping[str, bytes]

    @classmethod
    def open(cls, path: Path, encoding: str) -> _Files:
        folder = path.parent if path.suffix.casefold() == ".txt" else path
        wanted = (*_NEEDED, _ATC, _STORAGE, _FORMS, _SYSTEM)
        if folder.is_dir():
            found = {entry.name.upper(): entry for entry in folder.iterdir()}
            contents = {key: bytes_of(found[key]) for key in wanted if key in found}
        else:
            contents = _unzipped(path, wanted)
        for key in _NEEDED:
            if key not in contents:
                raise CatalogueError(
                    f"{path.name}: {key} is missing. Expected the LMS files of a whole Takst, at "
                    f"least {' and '.join(_NEEDED)}, in one zip or folder. Fetch the Takst again."
                )
        return cls(path.name, encoding, contents)

    def count(self, key: str) -> int:
        return self.contents[key].count(b"\n")

    def lines(self, key: str, least: int) -> Iterator[_Line]:
        try:
            text = self.contents.get(key, b"").decode(self.encoding)
        except (LookupError, UnicodeDecodeError) as error:
            raise CatalogueError(
                f"{key}: the file cannot be read as {self.encoding} ({error}). "
                "Name its encoding, for example cp850 or cp1252."
            ) from error
        for number, written in enumerate(text.split("\n"), start=1):
            line = _Line(key, number, written.rstrip("\r\x1a"))
            if not line.text.strip():
                continue
            if odd := _WRONG_CODE_PAGE.search(line.text):
                near = line.text[max(0, odd.start() - 12) : odd.end() + 8].strip()
                raise CatalogueError(
                    f"{key}, line {number}, column {odd.start() + 1}: expected Danish letters, got "
                    f"{odd.group()!r} in {near!r}. The file is not written in {self.encoding}: "
                    "name its encoding, for example cp1252."
                )
            if len(line.text) < least:
                raise line.error(0, least, f"at least {least} characters", f"{len(line.text)}")
            yield line


def _unzipped(path: Path, wanted: tuple[str, ...]) -> dict[str, bytes]:
    bytes_of(path)  # refuses what is missing or far too large
    try:
        with zipfile.ZipFile(path) as archive:
            check_unpacked_size(path.name, archive)
            return {
                Path(name).name.upper(): archive.read(name)
                for name in archive.namelist()
                if Path(name).name.upper() in wanted
            }
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise CatalogueError(
            f"{path.name}: the zip cannot be read ({error}). Expected the LMS files of a Takst. "
            "Fetch it again."
        ) from error


def _day_of(files: _Files) -> date | None:
    """Return the day that the system file names: `… LMS-TAKST  20110309 …`."""
    line = next(files.lines(_SYSTEM, 55), None)
    if line is None:
        return None
    try:
        return datetime.strptime(line.digits(47, 55), "%Y%m%d").date()
    except ValueError:
        raise line.error(47, 55, "a day such as 20110309", line.field(47, 55)) from None


def _medicine(
    line: _Line,
    forms: Mapping[str, str],
    atc_texts: Mapping[str, str],
    first_day: date,
    source: str,
) -> Sku | None:
    kind = line.field(13, 15)
    if kind in _NOT_GOODS:
        return None
    if kind not in _KINDS:
        raise line.error(13, 15, f"one of {', '.join((*_KINDS, *_NOT_GOODS))}", repr(kind))
    name = line.field(29, 59)
    if not name:
        raise line.error(29, 59, "a name", "nothing")
    atc = line.field(138, 146)
    return Sku(
        sku_id=sku_id_from("takst", line.digits(0, 11)),
        name=without_company(name),
        kind=_KINDS[kind],
        strength=line.field(93, 113),
        form=forms.get(line.field(79, 86)) or line.field(59, 79),
        substance=atc_texts.get(atc, "").casefold() if len(atc) >= 7 else "",
        atc=atc,
        valid_from=first_day,
        source=source,
    )


def _pack(line: _Line, vnr: str, group: Group, medicine: Sku, storage: Mapping[str, str]) -> Sku:
    kept = storage.get(line.field(102, 103), "")
    return Sku(
        sku_id=f"takst-{vnr}",
        name=medicine.name,
        kind=medicine.kind,
        strength=medicine.strength,
        form=medicine.form,
        pack_size=line.field(29, 59),
        substance=medicine.substance,
        atc=medicine.atc,
        vnr=vnr,
        group=group,
        storage="" if kept in _NO_STORAGE_TEXT else kept,
        valid_from=medicine.valid_from,
        source=medicine.source,
    )
