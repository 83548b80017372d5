"""How much of a substance one pack may hold and still be HX or HX18: a check on the register.

Larger packs are for pharmacies only (HA, HA18) or need a prescription. Strength times pack size is
printed on every pack, so a register entry that contradicts the limit is worth a second look.

Source: Lægemiddelstyrelsen, "Fastsatte grænser" (salg uden for apotek), page of February 2014,
list of September 2013.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from inspector.catalogue.quantities import pack_sizes_from_text, strengths_in_order
from inspector.domain.goods import Group, Sku

LIMITS_LISTED_ON = date(2013, 9, 1)
"""Month of the agency's list that the limits were read from."""

GRAMS_PER_PACK: Mapping[str, float] = MappingProxyType(
    {
        "paracetamol": 5.0,
        "acetylsalicylsyre": 5.0,
        "phenazon": 5.0,
        "ibuprofen": 4.0,
        "promethazin": 0.25,
        "aciclovir": 0.25,
    }
)
"""Largest amount of a substance in one HX or HX18 pack, in grams."""

_LIMITED_GROUPS = (Group.HX, Group.HX18)


@dataclass(frozen=True, slots=True)
class LimitWarning:
    """A register entry whose group and amount of substance do not go together.

    Attributes:
        sku: The entry.
        grams: What the pack holds.
        limit_g: What an HX or HX18 pack may hold.
    """

    sku: Sku
    grams: float
    limit_g: float

    @property
    def message_da(self) -> str:
        """The warning in Danish."""
        grams, limit = (f"{x:g} g".replace(".", ",") for x in (self.grams, self.limit_g))
        return (
            f"{self.sku.sku_id}: Pakken står som {self.sku.group}, men indeholder {grams} "
            f"{self.sku.substance}. Grænsen for {self.sku.group} er {limit}. "
            "Slå udleveringsgruppen op."
        )

    @property
    def message_en(self) -> str:
        """The warning in English."""
        return (
            f"{self.sku.sku_id}: the pack is listed as {self.sku.group}, but holds "
            f"{self.grams:g} g of {self.sku.substance}. The limit for {self.sku.group} is "
            f"{self.limit_g:g} g. Look the dispensing group up."
        )


def grams_per_pack(sku: Sku) -> float | None:
    """Return the grams of the first active substance in a pack, from strength and pack size.

    Args:
        sku: A register entry. `500 mg` goes with `20 stk`, `24 mg/ml` with `60 ml`, `5 %` or
            `11,6 mg/g` with `50 g`. Of a combination ("500 mg + 50 mg") the first one counts.

    Returns:
        Grams, or None when strength or pack size is missing, is a range, or they do not fit.

    Example:
        >>> from inspector.domain.goods import Kind, Sku
        >>> grams_per_pack(Sku("x", "X", Kind.MEDICINE, strength="500 mg", pack_size="20 stk"))
        10.0
    """
    strengths = strengths_in_order(sku.strength)
    sizes = pack_sizes_from_text(sku.pack_size)
    if not strengths or len(sizes) != 1:
        return None
    strength, (size,) = strengths[0], sizes
    if size.low != size.high:
        return None
    match strength.per, size.unit:
        case ("", "stk") | ("ml", "ml") | ("g", "g"):
            return strength.amount * size.low / 1000
        case ("%", "g" | "ml"):
            return strength.amount * size.low / 100
        case _:
            return None


def limit_warning(sku: Sku) -> LimitWarning | None:
    """Return what is wrong with an entry's group in the light of the limits, or None."""
    first_substance = sku.substance.split("+")[0].strip().casefold()
    limit_g = GRAMS_PER_PACK.get(first_substance)
    grams = grams_per_pack(sku)
    if limit_g is None or grams is None or sku.group not in _LIMITED_GROUPS or grams <= limit_g:
        return None
    return LimitWarning(sku, grams, limit_g)
