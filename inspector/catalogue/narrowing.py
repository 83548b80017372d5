"""Narrows the register entries of a brand by the strength, pack size and form on the pack.

Two packs of one brand can look alike and belong to different dispensing groups: Panodil 500 mg is
HX18 with 10 tablets and HA18 with 20. So an entry stays as long as nothing legible contradicts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from inspector.catalogue.limits import limit_warning
from inspector.catalogue.quantities import (
    PackSize,
    Strength,
    forms_from_text,
    pack_sizes_from_text,
    strengths_in_order,
)
from inspector.domain.goods import Sku

_EVER = date.min

_NOT_IN_REGISTER = "ikke i registret"


def candidates_that_fit(
    skus: Sequence[Sku], lines: Sequence[str], *, variant: str = ""
) -> tuple[Sku, ...]:
    """Return the entries of one brand that fit what is printed on the pack.

    Args:
        skus: Entries of one brand, at least one.
        lines: What stands on the pack, as far as it was read surely.
        variant: A word such as `Plus` that is on the pack, but not in the brand's name.

    Returns:
        The entries that fit. When strength, size, form or the variant contradict every entry, one
        entry that holds what is left: the brand and what was read, without a dispensing group,
        with the source "ikke i registret".
    """
    strengths = frozenset(s for line in lines for s in strengths_in_order(line))
    sizes = frozenset(s for line in lines for s in pack_sizes_from_text(line))
    forms = frozenset(f for line in lines for f in forms_from_text(line))
    left = _prefer_fitting(skus, [_forms_agree(sku, forms) for sku in skus])
    left = _prefer_fitting(left, [_strengths_agree(sku, strengths) for sku in left])
    # An entry without a pack size holds for every size, so it stays beside one that fits.
    left = _without_older_for_every_size(
        [(sku, answer) for sku in left if (answer := _sizes_agree(sku, sizes)) is not False]
    )
    left = tuple(sku for sku in left if not _is_over_its_limit(sku, sizes))
    if left and not variant:
        return left
    return (_not_in_register(skus, variant),)


def _prefer_fitting(skus: Sequence[Sku], agree: Sequence[bool | None]) -> tuple[Sku, ...]:
    """Return the entries that fit (True), or else those that say nothing (None)."""
    answers = list(zip(skus, agree, strict=True))
    fitting = tuple(sku for sku, answer in answers if answer)
    return fitting or tuple(sku for sku, answer in answers if answer is None)


def _without_older_for_every_size(answers: Sequence[tuple[Sku, bool | None]]) -> tuple[Sku, ...]:
    """Drop entries for every size that are older than all that name the size on the pack."""
    named_since = [sku.valid_from for sku, answer in answers if answer]
    return tuple(
        sku
        for sku, answer in answers
        if answer or sku.valid_from >= min(named_since, default=_EVER)
    )


def _is_over_its_limit(sku: Sku, sizes: frozenset[PackSize]) -> bool:
    """Say whether a pack of the size that was read would hold more than its entry's group allows.

    Then it is another pack than the entry, or its group has changed since.
    """
    if len(sizes) != 1:
        return False
    (size,) = sizes
    read = replace(sku, pack_size=f"{size.low:g} {size.unit}")
    return limit_warning(read) is not None


def _forms_agree(sku: Sku, read: frozenset[str]) -> bool | None:
    known = forms_from_text(sku.form)
    return bool(known & read) if known and read else None


def _strengths_agree(sku: Sku, read: frozenset[Strength]) -> bool | None:
    known = strengths_in_order(sku.strength)
    # A bare weight above 1 g may be the content of a tube, so it contradicts no strength.
    clear = {s for s in read if s.per or s.amount <= 1000}
    if not known or not read:
        return None
    if not any(_same(a, b) for a in known for b in read):
        return False if clear else None
    # With an amount that is not the entry's, another entry may fit better.
    return all(any(_same(a, b) for a in known) for b in clear) or None


def _same(a: Strength, b: Strength) -> bool:
    """Compare amounts; what they are in ("/ml") only where both say so."""
    return a.amount == b.amount and (a.per == b.per or not a.per or not b.per)


def _sizes_agree(sku: Sku, read: frozenset[PackSize]) -> bool | None:
    known = pack_sizes_from_text(sku.pack_size)
    comparable = [size for size in read if any(size.unit == k.unit for k in known)]
    return any(k.covers(size) for k in known for size in comparable) if comparable else None


def _not_in_register(skus: Sequence[Sku], variant: str) -> Sku:
    first = skus[0]
    return Sku(
        sku_id=f"{first.sku_id}*",
        name=f"{first.name} {variant}".strip(),
        kind=first.kind,
        substance=_agreed({sku.substance for sku in skus}),
        atc=_agreed({sku.atc for sku in skus}),
        self_selection_retail=_agreed_listing(sku.self_selection_retail for sku in skus),
        source=_NOT_IN_REGISTER,
    )


def _agreed_listing(values: Iterable[bool | None]) -> bool | None:
    """Return that a whole brand is excluded; that it may stand there is never taken over."""
    return False if all(value is False for value in values) else None


def _agreed(values: set[str]) -> str:
    return values.pop() if len(values) == 1 else ""
