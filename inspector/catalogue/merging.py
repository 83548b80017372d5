"""The register of one day: the bundled entries, and over them the lists that hold on that day.

The rules, in this order:

1. Lists are laid over each other by their day, the newest on top.
2. A pack that a newer list names (same Vnr, or same name, strength, form and size) is known from
   that list; what the newer one leaves empty is filled from the older one.
3. A list that is complete for some groups ends what older lists say of its brands in those groups:
   the Takst for all groups, the daily list for HF, HX, HX18 and HV.
4. An emergency group (Y) holds over everything, whatever other lists say (BEK 196, section 1(3)).
5. A name on the exclusion list may not stand in self-selection outside pharmacies. Where the whole
   list has been imported, every other HF medicine may.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from inspector.catalogue.agency_lists import OTC_LIST_GROUPS
from inspector.catalogue.editions import Edition, Source, newest
from inspector.catalogue.quantities import (
    forms_from_text,
    pack_sizes_from_text,
    strengths_in_order,
)
from inspector.catalogue.vocabulary import letters_of
from inspector.domain.goods import Group, Kind, Sku

_COMPLETE_GROUPS: Mapping[Source, frozenset[Group | None]] = {
    Source.TAKST: frozenset((*Group, None)),
    Source.OTC_LIST: OTC_LIST_GROUPS,
}

_FILLED = ("substance", "atc", "form", "vnr", "gtin", "storage")
"""What an older list may add to the entry of a newer one; never a group."""


def is_valid(sku: Sku, day: date) -> bool:
    """Say whether an entry holds on a day."""
    return sku.valid_from <= day and (sku.valid_to is None or day <= sku.valid_to)


def is_emergency(sku: Sku) -> bool:
    """Say whether an entry's group is a temporary one (beredskab)."""
    return sku.group is not None and sku.group.value.endswith("Y")


def entries_on(day: date, bundled: Iterable[Sku], editions: Iterable[Edition]) -> tuple[Sku, ...]:
    """Return the entries of the register that hold on a day.

    Args:
        day: The day.
        bundled: Entries of the file that comes with the package, all days.
        editions: Imported lists, all days.
    """
    entries = [sku for sku in bundled if is_valid(sku, day)]
    exclusions = [sku for sku in entries if sku.self_selection_retail is False]
    whole_list_of: date | None = None
    emergencies = [sku for sku in entries if is_emergency(sku)]
    for edition in newest(editions, day):
        listed = [sku for sku in edition.skus if is_valid(sku, day)]
        emergencies += filter(is_emergency, listed)
        plain = [sku for sku in listed if not is_emergency(sku)]
        match edition.source:
            case Source.EXCLUSIONS:
                exclusions, whole_list_of = listed, edition.day
            case Source.APPROVED:
                entries = _filled_by_name(entries, plain)
            case _:
                exclusions += [sku for sku in listed if sku.self_selection_retail is False]
                entries = _laid_over(entries, plain, _COMPLETE_GROUPS.get(edition.source))
    entries = _with_emergencies(entries, emergencies)
    if not exclusions:
        return tuple(entries)
    excluded = _Exclusions(exclusions)
    return tuple(_with_exclusion(sku, excluded, whole_list_of) for sku in entries)


def pack_key(sku: Sku) -> tuple[object, ...]:
    """Return what makes two entries one pack where no Vnr tells: name, strength, form, size."""
    return (*product_key(sku), pack_sizes_from_text(sku.pack_size) or letters_of(sku.pack_size))


def product_key(sku: Sku) -> tuple[object, ...]:
    """Return what makes two entries one medicine: name, strength and form."""
    return (
        letters_of(sku.name),
        strengths_in_order(sku.strength) or letters_of(sku.strength),
        forms_from_text(sku.form) or letters_of(sku.form),
    )


def _laid_over(
    older: Sequence[Sku], newer: Sequence[Sku], complete_groups: frozenset[Group | None] | None
) -> list[Sku]:
    older_of: dict[object, list[Sku]] = defaultdict(list)
    for sku in older:
        for key in (sku.vnr, pack_key(sku), _key_without_form(sku)):
            older_of[key].append(sku)
    laid, replaced = [], set()
    for sku in newer:
        same = [
            *(older_of.get(sku.vnr, []) if sku.vnr else []),
            *older_of.get(pack_key(sku), []),
            *_only(older_of.get(_key_without_form(sku), []) if not sku.form else []),
        ]
        replaced |= set(map(id, same))
        laid.append(_filled(sku, next(iter(same), None)))
    brands = {letters_of(sku.name) for sku in newer if sku.kind is Kind.MEDICINE}
    kept = [
        sku
        for sku in older
        if id(sku) not in replaced
        and not (
            complete_groups is not None
            and sku.kind is Kind.MEDICINE
            and sku.group in complete_groups
            and letters_of(sku.name) in brands
        )
    ]
    return kept + laid


def _key_without_form(sku: Sku) -> tuple[object, ...]:
    """Return the key of a pack for lists that name no form."""
    name, strength, _, size = pack_key(sku)
    return ("any form", name, strength, size)


def _only(skus: Sequence[Sku]) -> Sequence[Sku]:
    return skus if len(skus) == 1 else ()


def _filled(sku: Sku, older: Sku | None) -> Sku:
    if older is None or older.kind is not sku.kind:
        return sku
    return replace(
        sku, **{f: getattr(older, f) for f in _FILLED if getattr(older, f) and not getattr(sku, f)}
    )


def _filled_by_name(entries: Sequence[Sku], approved: Sequence[Sku]) -> list[Sku]:
    """Fill in what the list of authorised medicine knows; its other names stay out of the register.

    Most of them are prescription medicine, and it names no groups.
    """
    by_product: dict[object, list[Sku]] = defaultdict(list)
    for sku in approved:
        whole = product_key(sku)
        for key in (whole, whole[:2], whole[:1]):
            by_product[key].append(sku)

    def fill(sku: Sku) -> Sku:
        whole = product_key(sku)
        same = by_product.get(whole if sku.form else whole[: 2 if sku.strength else 1], [])
        if sku.kind is not Kind.MEDICINE or not same:
            return sku
        values = {f: {getattr(other, f) for other in same} for f in ("substance", "atc", "form")}
        agreed = {f: found.pop() for f, found in values.items() if len(found) == 1}
        return replace(sku, **{f: v for f, v in agreed.items() if not getattr(sku, f)})

    return [fill(sku) for sku in entries]


def _with_emergencies(entries: Sequence[Sku], emergencies: Sequence[Sku]) -> list[Sku]:
    changed = list(entries)
    for emergency in emergencies:
        hit = [i for i, sku in enumerate(changed) if _concerns(emergency, sku)]
        if not hit and emergency not in changed:
            changed.append(emergency)
        for i in hit:
            changed[i] = replace(
                changed[i],
                group=emergency.group,
                valid_from=emergency.valid_from,
                valid_to=emergency.valid_to,
                source=emergency.source,
            )
    return changed


def _concerns(decision: Sku, sku: Sku) -> bool:
    """Say whether a decision on a pack, a medicine or a brand concerns an entry."""
    if sku.kind is not Kind.MEDICINE:
        return False
    if decision.vnr:
        return decision.vnr == sku.vnr
    if not decision.pack_size and _base(decision) != _base(sku):
        return False
    of_decision, of_sku = pack_key(decision), pack_key(sku)
    return all(a in (b, "") for a, b in zip(of_decision, of_sku, strict=True))


def _base(sku: Sku) -> str:
    return sku.group.value.removesuffix("Y") if sku.group else ""


class _Exclusions:
    """The list of HF medicine that may not stand in self-selection outside pharmacies."""

    def __init__(self, rows: Iterable[Sku]) -> None:
        rows = tuple(rows)
        self._vnrs = {row.vnr for row in rows if row.vnr}
        self._codes = {row.atc for row in rows if row.atc and row.name == row.atc}
        self._names = {letters_of(row.name) for row in rows if not row.vnr}

    def __contains__(self, sku: Sku) -> bool:
        return bool(
            (sku.vnr and sku.vnr in self._vnrs)
            or (sku.atc and sku.atc in self._codes)
            or letters_of(sku.name) in self._names
        )


def _with_exclusion(sku: Sku, excluded: _Exclusions, whole_list_of: date | None) -> Sku:
    if sku.kind is not Kind.MEDICINE or sku.group not in (Group.HF, Group.HFY):
        return sku
    if sku in excluded:
        return replace(sku, self_selection_retail=False)
    if whole_list_of is None or sku.self_selection_retail is not None:
        return sku
    # An answer is as old as the oldest list that it rests on.
    return replace(sku, self_selection_retail=True, valid_from=min(sku.valid_from, whole_list_of))
