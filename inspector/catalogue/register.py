"""The dated register of goods: what a pack can be, and since when a source says so.

The bundled register is `goods.csv` beside this file; people edit it in a spreadsheet. Lists that a
user imports are laid over it (`merging.py`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import resources
from pathlib import Path

import msgspec

from inspector.catalogue.article_numbers import same_gtin, vnr_from_code
from inspector.catalogue.editions import Edition, load_editions, newest
from inspector.catalogue.goods_file import skus_from_csv
from inspector.catalogue.limits import LimitWarning, limit_warning
from inspector.catalogue.merging import entries_on
from inspector.catalogue.quantities import forms_from_text, strengths_in_order
from inspector.catalogue.tables import bytes_of
from inspector.catalogue.vocabulary import (
    KIND_BY_HEADLINE,
    KIND_BY_LEGAL_WORD,
    letters_of,
    words_of,
)
from inspector.domain.goods import Sku

_BUNDLED = "goods.csv"


@dataclass(frozen=True)
class Register:
    """Entries of the register, of all days or of one.

    Without slots, because the index of numbers is kept once made.

    Attributes:
        skus: Entries of the bundled register or of one file, in its order; after `on`, those of
            the day.
        name: Name of the file, without folders, and of the lists that hold on the day.
        sha256: Hash over the files in hex; says which register a report rests on.
        editions: Imported lists, all days; empty after `on`.
    """

    skus: tuple[Sku, ...]
    name: str
    sha256: str
    editions: tuple[Edition, ...] = ()

    @classmethod
    def load(cls, path: Path | None = None, *, editions: Path | None = None) -> Register:
        """Read a register file and the lists that were imported over it.

        Args:
            path: A register file; without one, the bundled register.
            editions: Folder of imported lists; None takes none.

        Raises:
            CatalogueError: A file is missing or faulty; nothing of it is used.
        """
        if path is None:
            name, content = _BUNDLED, resources.files(__package__).joinpath(_BUNDLED).read_bytes()
        else:
            name, content = path.name, bytes_of(path)
        return cls(
            skus_from_csv(name, content),
            name,
            hashlib.sha256(content).hexdigest(),
            load_editions(editions) if editions is not None else (),
        )

    def on(self, day: date) -> Register:
        """Return the register as it holds on a day."""
        holding = newest(self.editions, day)
        hashes = [self.sha256, *(edition.sha256 for edition in holding)]
        return Register(
            entries_on(day, self.skus, holding),
            " + ".join([self.name, *(edition.label for edition in holding)]),
            hashlib.sha256("\n".join(hashes).encode()).hexdigest() if holding else self.sha256,
        )

    def warnings(self) -> tuple[LimitWarning, ...]:
        """Return the entries whose group contradicts the gram limits; they are no errors."""
        return tuple(filter(None, map(limit_warning, self.skus)))

    def by_code(self, code: str) -> tuple[Sku, ...]:
        """Return the entries of a scanned code: a GTIN, or the Vnr that it carries."""
        vnr = vnr_from_code(code)
        return self._by_number.get(vnr or "", ()) or tuple(
            sku for sku in self.skus if same_gtin(sku.gtin, code)
        )

    def identical_to(self, sku: Sku) -> tuple[Sku, ...]:
        """Return the entries of identical medicine: same substance, strength and form.

        Pack size and name are no part of it; that is how the agency defines `identisk medicin`.
        """
        key = identical_key(sku)
        return tuple(
            other for other in self.skus if key is not None and key == identical_key(other)
        )

    @cached_property
    def entries_sha256(self) -> str:
        """Hash of the entries in their order, whatever files they come from."""
        return hashlib.sha256(msgspec.msgpack.encode(self.skus)).hexdigest()

    @cached_property
    def _by_number(self) -> dict[str, tuple[Sku, ...]]:
        numbers: dict[str, tuple[Sku, ...]] = {}
        for sku in self.skus:
            if sku.vnr:
                numbers[sku.vnr] = (*numbers.get(sku.vnr, ()), sku)
        return numbers


def identical_key(sku: Sku) -> tuple[object, ...] | None:
    """Return what makes medicines identical, or None when one of the three is not known."""
    strengths, forms = strengths_in_order(sku.strength), forms_from_text(sku.form)
    if not (sku.substance and strengths and forms):
        return None
    return (sku.substance.casefold(), strengths, forms)


def brand_words() -> frozenset[str]:
    """Return the first words of the names of the bundled register, in bare letters."""
    first = (words_of(sku.name)[:1] for sku in Register.load().skus)
    return frozenset(letters_of(word) for words in first for word in words)


def words_on_packs() -> tuple[str, ...]:
    """Return names, substances and forms of the bundled register, and words that sort goods.

    Whoever looks for names in print that is hard to read has to know what else stands there: of
    all that may be meant by `kaps…r`, `kapsler` is likelier than `Capstar`.
    """
    fields = {
        field for sku in Register.load().skus for field in (sku.name, sku.substance, sku.form)
    }
    return tuple(sorted(filter(None, fields | {*KIND_BY_LEGAL_WORD, *KIND_BY_HEADLINE})))
