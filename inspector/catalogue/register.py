"""The dated register of goods: what a pack can be, and since when a source says so.

The bundled register is `goods.csv` beside this file; people edit it in a spreadsheet.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from pathlib import Path

from inspector.catalogue.goods_file import skus_from_csv
from inspector.catalogue.limits import LimitWarning, limit_warning
from inspector.domain.goods import Sku
from inspector.errors import CatalogueError

_BUNDLED = "goods.csv"


@dataclass(frozen=True, slots=True)
class Register:
    """Entries of one register file.

    Attributes:
        skus: Entries in the order of the file.
        name: Name of the file, without folders.
        sha256: Hash of the file's bytes in hex; says which register a report rests on.
    """

    skus: tuple[Sku, ...]
    name: str
    sha256: str

    @classmethod
    def load(cls, path: Path | None = None) -> Register:
        """Read a register file; without a path, the bundled one.

        Raises:
            CatalogueError: The file is missing or faulty; nothing of it is used.
        """
        if path is None:
            name, content = _BUNDLED, resources.files(__package__).joinpath(_BUNDLED).read_bytes()
        else:
            name, content = path.name, _bytes_of(path)
        return cls(skus_from_csv(name, content), name, hashlib.sha256(content).hexdigest())

    def on(self, day: date) -> Register:
        """Return the register with the entries that are valid on a day."""
        return replace(self, skus=tuple(sku for sku in self.skus if _is_valid(sku, day)))

    def warnings(self) -> tuple[LimitWarning, ...]:
        """Return the entries whose group contradicts the gram limits; they are no errors."""
        return tuple(filter(None, map(limit_warning, self.skus)))


def _is_valid(sku: Sku, day: date) -> bool:
    return sku.valid_from <= day and (sku.valid_to is None or day <= sku.valid_to)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CatalogueError(
            f"{path.name}: the register of goods cannot be read ({error.strerror}). "
            "Expected a CSV file. Check the path and that the file may be read."
        ) from error
