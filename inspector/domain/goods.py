"""Goods and dealers: what a pack is, and who may sell it where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.verdict import Reason


class DealerType(StrEnum):
    """The six kinds of dealer that the guidance addresses (section 2)."""

    PHARMACY = "pharmacy"
    PHARMACY_BRANCH = "pharmacy-branch"
    PHARMACY_OUTLET = "pharmacy-outlet"
    OTC_OUTLET = "otc-outlet"
    RETAILER = "retailer"
    VET_DEALER = "vet-dealer"

    @property
    def is_pharmacy(self) -> bool:
        """Apotek, apoteksfilial and apoteksudsalg share the larger assortment."""
        return self in (self.PHARMACY, self.PHARMACY_BRANCH, self.PHARMACY_OUTLET)


class Goods(StrEnum):
    """What stands on the shelf, as far as section 5 cares."""

    OTC_MEDICINE = "otc_medicine"
    OTHER_GOODS = "other_goods"
    PRODUCT_CARD = "product_card"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """The kind of goods. Only `MEDICINE` counts as OTC medicine.

    Natural remedies and strong vitamins are medicines in law, but "other goods" in section 5.
    """

    MEDICINE = "medicine"
    VITAMIN = "vitamin"
    NATURAL_REMEDY = "natural_remedy"
    MEDICAL_DEVICE = "medical_device"
    OTHER = "other"


class Group(StrEnum):
    """Dispensing groups (udleveringsgrupper) of executive order 196/2020, section 1.

    HXY and HX18Y are named in section 4 of the order, but defined nowhere in it.
    """

    GH = "GH"
    GHY = "GHY"
    HA = "HA"
    HAY = "HAY"
    HA18 = "HA18"
    HA18Y = "HA18Y"
    HF = "HF"
    HFY = "HFY"
    HP = "HP"
    HPY = "HPY"
    HPK = "HPK"
    HPKY = "HPKY"
    HV = "HV"
    HVY = "HVY"
    HX = "HX"
    HXY = "HXY"
    HX18 = "HX18"
    HX18Y = "HX18Y"


@dataclass(frozen=True, slots=True)
class Sku:
    """One entry of the dated register of goods.

    Attributes:
        sku_id: Stable id within the register.
        name: Brand name as printed.
        kind: Kind of goods.
        strength: As printed, for example `500 mg`; empty when the goods have none.
        form: Danish pharmaceutical form, for example `tabletter`.
        pack_size: As printed, for example `20 stk`; empty when the entry holds for every size.
        substance: Active substance, Danish name.
        atc: ATC code.
        vnr: Six-digit Nordic article number.
        group: Dispensing group; None for goods that have none or where it is not known.
        gtin: Trade item number in the barcode, 8 to 14 digits.
        self_selection_pharmacy: Whether a list of the agency says that this very medicine may
            stand in self-selection at pharmacies; None when only its group tells.
        self_selection_retail: The same outside pharmacies.
        storage: How to keep it, for example `2-8 C`.
        valid_from: First day on which the source says so.
        valid_to: Last day, or None while it still holds.
        source: Where the facts were read.
    """

    sku_id: str
    name: str
    kind: Kind
    strength: str = ""
    form: str = ""
    pack_size: str = ""
    substance: str = ""
    atc: str = ""
    vnr: str = ""
    group: Group | None = None
    gtin: str = ""
    self_selection_pharmacy: bool | None = None
    self_selection_retail: bool | None = None
    storage: str = ""
    valid_from: date = date.min
    valid_to: date | None = None
    source: str = ""


class FieldSource(StrEnum):
    """What a field of a pack rests on."""

    PRINT = "print"
    LOOKALIKE = "lookalike"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field of a pack: its name, strength, form, pack size or substance.

    Attributes:
        value: As printed or as in the register; None when unknown.
        confidence: In [0, 1]; 0 when unknown.
        source: What it rests on; None when unknown.
        unknown_because: Why it is unknown, with the photo that would tell; None when known.
    """

    value: str | None
    confidence: float
    source: FieldSource | None
    unknown_because: Reason | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What a pack was read to be.

    Attributes:
        candidates: Register entries that fit what was read, at least one. They share name and
            kind; several remain when, say, the pack size could not be read.
        confidence: Confidence of the match in [0, 1].
        evidence: What it rests on, for example `("ocr",)`.
        text: The text that was read.
        printed_name: The name as printed, where it says more than the register's: registers know
            many goods by their brand alone ("Nivea" for "Nivea Sun").
    """

    candidates: tuple[Sku, ...]
    confidence: float
    evidence: tuple[str, ...]
    text: str
    printed_name: str = ""

    def __post_init__(self) -> None:
        if not self.candidates:
            raise ValueError("an identity needs at least one register entry it could be")

    @property
    def name(self) -> str:
        """Name in the register."""
        return self.candidates[0].name

    @property
    def full_name(self) -> str:
        """Name for people: as printed, or else as in the register."""
        return self.printed_name or self.name

    @property
    def kind(self) -> Kind:
        """Kind of goods, the same for all candidates."""
        return self.candidates[0].kind

    def agreed(self, field: str) -> str | None:
        """Return what all candidates say of a text field; None when they differ or are silent."""
        values = {getattr(sku, field) for sku in self.candidates}
        return str(values.pop()) or None if len(values) == 1 else None

    @property
    def group(self) -> Group | None:
        """Dispensing group when all candidates agree on one."""
        groups = {sku.group for sku in self.candidates}
        return groups.pop() if len(groups) == 1 else None
