"""The head of a report: when, where, by which rules, on which photos and versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from inspector.domain.goods import Goods
from inspector.domain.quantity import ScaleMethod
from inspector.domain.report import InspectedCapture, InspectionReport, Versions
from inspector.report.labels import Labels, Lang


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo of the run.

    Attributes:
        capture_id: Id of the capture, which holds the sha256 of the file.
        file: Name of its file.
        image_wh: Width and height of the upright photo in pixels.
        scale: What its heights rest on, in words.
        scale_detail: What was used and how well it fits.
        has_scale: False when its heights are unknown.
    """

    capture_id: str
    file: str
    image_wh: tuple[int, int]
    scale: str
    scale_detail: str
    has_scale: bool


@dataclass(frozen=True, slots=True)
class Head:
    """What a reader has to know before the findings.

    Attributes:
        facts: Rows of label and text, in order.
        photos: All photos of the run.
        versions: Rows of label and text, each once.
    """

    facts: tuple[tuple[str, str], ...]
    photos: tuple[Photo, ...]
    versions: tuple[tuple[str, str], ...]


def head_from_reports(reports: Sequence[InspectionReport], *, lang: Lang) -> Head:
    """Gather the head of the reports of one run.

    Args:
        reports: Reports of the same place, at least one.
        lang: Language of the words.

    Raises:
        ValueError: When there is no report.
    """
    if not reports:
        raise ValueError("a head needs at least one report, got none")
    labels = Labels.load(lang)
    photos = tuple(_photo(inspected, labels) for r in reports for inspected in r.captures)
    rows = [row for report in reports for row in _facts(report, labels)]
    rows.append((labels.text("photos"), labels.count("photo_count", len(photos))))
    rows += [(labels.text("heights_rest_on"), photo.scale) for photo in photos]
    rows += [row for r in reports for inspected in r.captures for row in _sorted(inspected, labels)]
    rows += _close_ups(reports, labels)
    versions = [row for report in reports for row in _versions(report.versions, labels)]
    versions += [(labels.text("inspection_id"), report.inspection_id) for report in reports]
    return Head(_merged(rows), photos, tuple(dict.fromkeys(versions)))


def _facts(report: InspectionReport, labels: Labels) -> list[tuple[str, str]]:
    site, versions = report.facts.site, report.versions
    dealer = "unknown" if site.dealer_type is None else site.dealer_type.replace("-", "_")
    in_force = labels.day(date.fromisoformat(versions.guidance_version))
    return [
        (labels.text("inspected_on"), labels.day(site.inspected_on)),
        (labels.text("dealer"), labels.text(f"dealer_{dealer}")),
        (labels.text("zone"), labels.text(f"zone_{site.zone.replace('-', '_')}")),
        (labels.text("guidance"), labels.text("guidance_of", date=in_force)),
        (labels.text("report_made"), labels.moment(report.created_at)),
    ]


def _sorted(inspected: InspectedCapture, labels: Labels) -> Iterator[tuple[str, str]]:
    """Yield which packs of a photo a person sorted, and as what."""
    numbers: dict[Goods, list[str]] = {}
    for pack in inspected.facts.packs:
        if pack.is_told:
            numbers.setdefault(pack.goods, []).append(pack.pack_id.removeprefix("p"))
    said = [
        labels.count(f"told_{goods}", len(told), numbers=", ".join(told))
        for goods, told in numbers.items()
    ]
    if said:
        yield labels.text("sorted_by_person"), f"{inspected.file}: {', '.join(said)}"


def _close_ups(reports: Sequence[InspectionReport], labels: Labels) -> Iterator[tuple[str, str]]:
    """Yield which photos are judged in another one."""
    seen = [inspected for report in reports for inspected in report.captures]
    files = {inspected.capture_id: inspected.file for inspected in seen}
    for inspected in seen:
        if far := files.get(inspected.facts.shown_in):
            said = labels.text("close_up_judged_in", near=inspected.file, far=far)
            yield labels.text("close_ups"), said


def _merged(rows: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return each label once, with its different texts joined."""
    texts: dict[str, dict[str, None]] = {}
    for label, text in rows:
        texts.setdefault(label, {})[text] = None
    return tuple((label, "; ".join(distinct)) for label, distinct in texts.items())


def _photo(inspected: InspectedCapture, labels: Labels) -> Photo:
    scale = inspected.facts.scale
    return Photo(
        capture_id=inspected.capture_id,
        file=inspected.file,
        image_wh=inspected.image_wh,
        scale=labels.text(f"scale_{scale.method}"),
        scale_detail=scale.detail,
        has_scale=scale.method is not ScaleMethod.NONE,
    )


def _versions(versions: Versions, labels: Labels) -> list[tuple[str, str]]:
    guidance = f"{versions.guidance_id}, {versions.guidance_version}: {versions.rules_sha256}"
    return [
        (labels.text("version_software"), versions.software),
        (labels.text("version_guidance"), guidance),
        (labels.text("version_catalogue"), versions.catalogue),
        *(
            (labels.text("version_model"), f"{name}: {digest}")
            for name, digest in sorted(versions.model.items())
        ),
    ]
