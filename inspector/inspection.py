"""The line. Read this file first.

    Capture ─► Scene ─► Facts ─► Verdicts ─► InspectionReport ─► files, dashboard
    capture/   vision/  measuring.py  rules/  domain/report.py    report/, ui/

A capture is read into a scene, the scene is measured, the facts are judged rule by rule, and every
verdict goes into the report, also the passes.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from inspector.capture.photo import read_photo
from inspector.catalogue.editions import version_of
from inspector.catalogue.matching import DatedMatcher, Matcher
from inspector.catalogue.register import Register
from inspector.data_folder import data_folder
from inspector.domain.capture import NOTHING_TOLD, Capture, Told
from inspector.domain.facts import Answer, Facts, Site, Zone
from inspector.domain.goods import DealerType
from inspector.domain.report import InspectedCapture, InspectionReport, Versions
from inspector.domain.scene import OnFound, Scene, SeenCapture
from inspector.errors import CatalogueError
from inspector.joining import joined
from inspector.measuring import Survey, measure
from inspector.rules import RULES, judge
from inspector.rules.fingerprint import rules_sha256
from inspector.rules.guidance import Guidance, load_guidance
from inspector.workplace import Workplace

_LOG = logging.getLogger(__name__)

EDITIONS = "register"
"""Folder of imported lists in the user's data folder."""

LESSONS = "lessons"
"""Folder of taught packs in the user's data folder."""


class Reader(Protocol):
    """What reads a capture into a scene. `vision.SceneReader`, or a recorded scene in tests."""

    @property
    def versions(self) -> Mapping[str, str]:
        """Names and hashes of what it reads with."""

    def read(self, capture: Capture, *, on_found: OnFound | None = None) -> Scene:
        """Return what is in the picture; `on_found` may be called with all but the text before."""


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
    return judge_captures(
        [see(capture, reader) for capture in captures],
        model=reader.versions,
        matchers=DatedMatcher(register),
        site=site,
        created_at=created_at,
    )


def see(capture: Capture, reader: Reader, *, on_found: OnFound | None = None) -> SeenCapture:
    """Look at a capture: the step that needs its pixels.

    Args:
        capture: The photo.
        reader: Reads scenes.
        on_found: Called with what was found before text is read, by readers that can tell.
    """
    scene = reader.read(capture, on_found=on_found)
    return SeenCapture(capture.capture_id, capture.file, capture.camera, scene, capture.told)


def judge_captures(
    seen: Sequence[SeenCapture],
    *,
    model: Mapping[str, str],
    matchers: DatedMatcher,
    site: Site,
    created_at: datetime,
    surveys: MutableMapping[str, Survey] | None = None,
) -> InspectionReport:
    """Measure and judge captures that were looked at, just now or years ago.

    Args:
        seen: What was seen, at least one capture.
        model: Names and hashes of what it was read with.
        matchers: Tell goods apart by a register; the inspection's day is used.
        site: What a person says of the place.
        created_at: Time stamp of the report (aware).
        surveys: Surveys by capture id, see `measure`; they save most of the time.

    Returns:
        The report with every rule's verdicts.
    """
    guidance = load_guidance(site.inspected_on)
    register, matcher = matchers.register_on(site.inspected_on), matchers.on(site.inspected_on)
    inspected = [_measured(capture, matcher, guidance, surveys) for capture in joined(seen)]
    facts = Facts(site, tuple(capture.facts for capture in inspected))
    return InspectionReport(
        inspection_id=_inspection_id([capture.capture_id for capture in seen]),
        created_at=created_at,
        facts=facts,
        captures=tuple(inspected),
        verdicts=judge(guidance, facts),
        rule_ids=tuple(rule.id for rule in RULES),
        versions=Versions(
            guidance_id=guidance.id,
            guidance_version=guidance.version,
            model=model,
            catalogue=f"{register.name}@{register.sha256}",
            software=_software(),
            rules_sha256=rules_sha256(),
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
def default_reader(*, is_lean: bool = False) -> Reader:
    """Return the reader with the shipped models; loading takes seconds and happens once.

    Args:
        is_lean: For programs that run for weeks: no more memory with every photo, but text takes a
            fourth longer, see `TextReader`.
    """
    # PyTorch's import alone takes seconds.
    from inspector.vision.scene_reader import SceneReader
    from inspector.vision.text import TextReader

    return SceneReader(lessons=data_folder() / LESSONS, text_reader=TextReader(is_lean=is_lean))


def register_in_use(catalogue: Path | None = None) -> Register:
    """Return the bundled register with the lists that the user has imported, of all days.

    Args:
        catalogue: A register file to use instead of both.

    Raises:
        CatalogueError: A file does not fit its format.
    """
    return Register.load(catalogue, editions=None if catalogue else data_folder() / EDITIONS)


def register_version() -> tuple[tuple[str, int], ...]:
    """Return what changes with every list that the user imports."""
    return version_of(data_folder() / EDITIONS)


class MatchersInUse:
    """Matchers by the register as it is now, for programs that run while lists are imported.

    Raises:
        CatalogueError: A file does not fit its format.
    """

    def __init__(self) -> None:
        self._version = register_version()
        self._matchers = DatedMatcher(register_in_use())

    def __call__(self) -> DatedMatcher:
        """Return the matchers; a list that cannot be read is logged, and changes nothing."""
        version = register_version()
        if version != self._version:
            self._version = version
            try:
                self._matchers = DatedMatcher(register_in_use())
            except CatalogueError as error:
                _LOG.error("%s The register stays as it was.", error)
        return self._matchers


def _measured(
    seen: SeenCapture,
    matcher: Matcher,
    guidance: Guidance,
    surveys: MutableMapping[str, Survey] | None,
) -> InspectedCapture:
    facts = measure(
        seen.capture_id,
        seen.scene,
        seen.camera,
        matcher=matcher,
        guidance=guidance,
        told=seen.told,
        surveys=surveys,
    )
    return InspectedCapture(
        seen.capture_id,
        seen.file,
        seen.camera.image_wh,
        seen.scene,
        replace(facts, shown_in=seen.shown_in),
        seen.closer,
    )


@cache
def _software() -> str:
    return version("shelf-inspector")


def _inspection_id(capture_ids: Sequence[str]) -> str:
    """Return an id that the same photos always get: the first 16 hex digits of their joint hash."""
    return hashlib.sha256("\n".join(capture_ids).encode()).hexdigest()[:16]
