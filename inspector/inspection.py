"""The line. Read this file first.

    Capture ─► Scene ─► Facts ─► Verdicts ─► InspectionReport ─► files, dashboard
    capture/   vision/  measuring.py  rules/  domain/report.py    report/, ui/

A capture is read into a scene, the scene is measured, the facts are judged rule by rule, and every
verdict goes into the report, also the passes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from inspector.capture.photo import read_photo
from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.data_folder import data_folder
from inspector.domain.capture import NOTHING_TOLD, Capture, Told
from inspector.domain.facts import Answer, CaptureFacts, Facts, Site, Zone
from inspector.domain.goods import DealerType
from inspector.domain.report import InspectedCapture, InspectionReport, Versions
from inspector.domain.scene import Scene
from inspector.measuring import measure
from inspector.rules import RULES, judge
from inspector.rules.guidance import Guidance, load_guidance
from inspector.workplace import Workplace

EDITIONS = "register"
"""Folder of imported lists in the user's data folder."""

LESSONS = "lessons"
"""Folder of taught packs in the user's data folder."""


class Reader(Protocol):
    """What reads a capture into a scene. `vision.SceneReader`, or a recorded scene in tests."""

    @property
    def versions(self) -> Mapping[str, str]:
        """Names and hashes of what it reads with."""

    def read(self, capture: Capture) -> Scene:
        """Return what is in the picture."""


def inspect_captures(
    captures: Sequence[Capture],
    *,
    reader: Reader,
    register: Register,
    site: Site,
    created_at: datetime,
) -> InspectionReport:
    """Inspect one photo, or several of one visit. Same input, same report.

    Args:
        captures: Photos, at least one.
        reader: Reads scenes.
        register: Register of goods, all dates; entries of the inspection's day are used.
        site: What a person says of the place.
        created_at: Time stamp of the report (aware).

    Returns:
        The report with every rule's verdicts.
    """
    guidance = load_guidance(site.inspected_on)
    register = register.on(site.inspected_on)
    matcher = Matcher(register)
    inspected = [_see(capture, reader, matcher, guidance) for capture in captures]
    facts = Facts(site, tuple(capture.facts for capture in inspected))
    return InspectionReport(
        inspection_id=_inspection_id([capture.capture_id for capture in captures]),
        created_at=created_at,
        facts=facts,
        captures=tuple(inspected),
        verdicts=judge(guidance, facts),
        rule_ids=tuple(rule.id for rule in RULES),
        versions=Versions(
            guidance_id=guidance.id,
            guidance_version=guidance.version,
            model=reader.versions,
            catalogue=f"{register.name}@{register.sha256}",
            software=version("shelf-inspector"),
        ),
    )


def inspect_photo(
    path: Path | str,
    *,
    dealer: DealerType | str | None = None,
    answers: Mapping[str, Answer | str] | None = None,
    zone: Zone | str = Zone.PUBLIC,
    catalogue: Path | str | None = None,
    told: Told = NOTHING_TOLD,
) -> InspectionReport:
    """Inspect one photo with the shipped models and register, under today's rules.

    Args:
        path: JPEG, PNG, WebP, HEIC/HEIF or TIFF.
        dealer: Kind of dealer; rules that need it cannot be told without.
        answers: Answers to questions that only a person can decide, by question id.
        zone: Where the shelf stands.
        catalogue: Register to use instead of the bundled one and the imported lists.
        told: Height of the camera, heights marked on the photo.

    Raises:
        CaptureError: The photo cannot be read.
        WorkplaceError: What is kept of this machine's printer and cameras is damaged.
        CatalogueError: The register does not fit its format.
        ModelError: The weights are missing or changed.

    Example:
        report = inspect_photo("shelf.jpg", dealer="retailer")
        report.summary["reach-height"]
    """
    now = datetime.now(UTC)
    site = Site(
        dealer_type=DealerType(dealer) if dealer is not None else None,
        inspected_on=now.date(),
        zone=Zone(zone),
        answers={key: Answer(answer) for key, answer in (answers or {}).items()},
    )
    return inspect_captures(
        [Workplace.load().equip(read_photo(Path(path)), told)],
        reader=default_reader(),
        register=register_in_use(Path(catalogue) if catalogue is not None else None),
        site=site,
        created_at=now,
    )


@cache
def default_reader() -> Reader:
    """Return the reader with the shipped models; loading takes seconds and happens once."""
    from inspector.vision.scene_reader import SceneReader  # PyTorch's import alone takes seconds

    return SceneReader(lessons=data_folder() / LESSONS)


def register_in_use(catalogue: Path | None = None) -> Register:
    """Return the bundled register with the lists that the user has imported, of all days.

    Args:
        catalogue: A register file to use instead of both.

    Raises:
        CatalogueError: A file does not fit its format.
    """
    return Register.load(catalogue, editions=None if catalogue else data_folder() / EDITIONS)


def _see(
    capture: Capture, reader: Reader, matcher: Matcher, guidance: Guidance
) -> InspectedCapture:
    scene = reader.read(capture)
    facts: CaptureFacts = measure(
        capture.capture_id,
        scene,
        capture.camera,
        matcher=matcher,
        guidance=guidance,
        told=capture.told,
    )
    return InspectedCapture(capture.capture_id, capture.file, capture.image_wh, scene, facts)


def _inspection_id(capture_ids: Sequence[str]) -> str:
    """Return an id that the same photos always get: the first 16 hex digits of their joint hash."""
    return hashlib.sha256("\n".join(capture_ids).encode()).hexdigest()[:16]
