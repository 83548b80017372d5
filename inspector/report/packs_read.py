"""What was read of packs, field by field: of medicine, and of whatever a close-up shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from inspector.domain.facts import CaptureFacts, PackFacts
from inspector.domain.goods import FieldReading, Goods
from inspector.domain.report import InspectionReport
from inspector.report.labels import Labels, Lang
from inspector.report.messages import Messages


@dataclass(frozen=True, slots=True)
class FieldRead:
    """One field of a pack.

    Attributes:
        title: What it is, for example `Styrke`.
        value: What was read, or why nothing was.
        note: What it rests on and how sure that is; empty where nothing was read.
    """

    title: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class PackRead:
    """Packs of one photo of which the same was read.

    Attributes:
        label: Name and strength, or the number of a pack that was not recognised.
        file: Name of the photo's file.
        pack_numbers: Numbers of the packs, as drawn in the picture.
        fields: What was read of each field, the expiry date last.
        next_photos: Photos that would tell what is missing, each once.
    """

    label: str
    file: str
    pack_numbers: tuple[str, ...]
    fields: tuple[FieldRead, ...]
    next_photos: tuple[str, ...]


def packs_read(reports: Sequence[InspectionReport], *, lang: Lang) -> tuple[PackRead, ...]:
    """Return what was read of medicine, and of whatever a close-up shows.

    Args:
        reports: Reports of one run.
        lang: Language of the words; what stands on packs stays as it was read.

    Returns:
        Photo by photo, packs of which the same was read together. A field is as sure as in the
        pack where it is least sure.
    """
    return tuple(
        row
        for report in reports
        for inspected in report.captures
        for row in _rows(inspected.file, inspected.facts, Labels.load(lang), Messages.load(lang))
    )


def _rows(file: str, facts: CaptureFacts, labels: Labels, messages: Messages) -> Iterator[PackRead]:
    groups: dict[tuple[object, ...], list[PackFacts]] = {}
    for pack in _worth_telling(facts):
        said = tuple(
            (name, field.value, field.unknown_because) for name, field in pack.fields.items()
        )
        label = "" if pack.identity is None else pack.label
        groups.setdefault((label, pack.expires_on, said), []).append(pack)
    for packs in groups.values():
        first, numbers = packs[0], tuple(pack.pack_id.removeprefix("p") for pack in packs)
        unnamed = labels.count("packs", len(numbers), numbers=", ".join(numbers))
        reasons = [field.unknown_because for field in first.fields.values()]
        yield PackRead(
            label=first.label if first.identity is not None else unnamed,
            file=file,
            pack_numbers=numbers,
            fields=(*_fields(packs, labels, messages), _expiry(first.expires_on, labels)),
            next_photos=tuple(
                messages.next_photo_for(reason) for reason in dict.fromkeys(filter(None, reasons))
            ),
        )


def _worth_telling(facts: CaptureFacts) -> Iterable[PackFacts]:
    packs = [pack for pack in facts.packs if pack.goods is not Goods.PRODUCT_CARD and pack.fields]
    is_close_up = len(facts.packs) == 1
    return packs if is_close_up else [p for p in packs if p.goods is Goods.OTC_MEDICINE]


def _fields(packs: Sequence[PackFacts], labels: Labels, messages: Messages) -> Iterator[FieldRead]:
    for name in packs[0].fields:
        readings = [pack.fields[name] for pack in packs]
        least = min(readings, key=lambda reading: reading.confidence)
        yield FieldRead(labels.text(f"field_{name}"), *_said(least, labels, messages))


def _said(reading: FieldReading, labels: Labels, messages: Messages) -> tuple[str, str]:
    if reading.value is None or reading.source is None:
        reason = reading.unknown_because
        return ("–" if reason is None else messages.why(reason)), ""
    share = f"{100 * reading.confidence:.0f}"
    return reading.value, labels.text(f"field_from_{reading.source}", share=share)


def _expiry(expires_on: date | None, labels: Labels) -> FieldRead:
    said = labels.text("expiry_not_seen") if expires_on is None else labels.day(expires_on)
    return FieldRead(labels.text("field_expires_on"), said, "")
