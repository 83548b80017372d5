"""What is slow, done once: models, register, reading a photo, drawing it."""

from __future__ import annotations

import atexit
import gc
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from inspector.capture.photo import photo_from_bytes
from inspector.catalogue.matching import DatedMatcher
from inspector.catalogue.register import Register
from inspector.domain.capture import NOTHING_TOLD, Capture, Told
from inspector.domain.facts import Site
from inspector.domain.report import InspectedCapture, InspectionReport
from inspector.domain.scene import OnFound, Scene
from inspector.domain.verdict import Box
from inspector.inspection import (
    Reader,
    default_reader,
    inspect_captures,
    register_in_use,
    register_version,
)
from inspector.live.ledger import Ledger
from inspector.live.retention import Cleaner
from inspector.report.crops import picture_jpeg
from inspector.report.evidence import evidence_jpeg
from inspector.report.labels import Lang
from inspector.report.overlay import MAX_SIDE_PX, annotate
from inspector.store.finding_rows import FindingRow
from inspector.store.people import Person
from inspector.store.visit import Visit, VisitPhoto
from inspector.ui.state import PhotoFile, Upload
from inspector.ui.visit import JudgedVisit, judge_visit
from inspector.visits.analysis import Analyst
from inspector.visits.closing import keep_rows
from inspector.visits.desk import Desk
from inspector.visits.judging import Judge
from inspector.workplace import Workplace

_READING = Lock()
"""Two tabs share one set of models, which reads one photo at a time."""


@st.cache_resource(show_spinner=False)
def reader() -> Reader:
    """Return the reader with the shipped models."""
    loaded = default_reader(is_lean=True)
    # Streamlit collects garbage after each run of a page, and all threads wait for it. Modules and
    # models are most of what it would look through again and again, and never garbage.
    gc.freeze()
    atexit.register(gc.unfreeze)  # zxing-cpp complains of what is left when the program ends
    return loaded


def register() -> Register:
    """Return the register of goods: the bundled one and the lists imported since."""
    return _register(register_version())


@st.cache_resource(max_entries=1, show_spinner=False)
def _register(version: tuple[tuple[str, int], ...]) -> Register:
    return register_in_use()


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """Return the store of visits."""
    return Desk.open()


@st.cache_resource(show_spinner=False)
def ledger() -> Ledger:
    """Return what live cameras write."""
    return Ledger.open()


@st.cache_resource(show_spinner=False)
def cleaner() -> Cleaner:
    """Return the thread that deletes what live cameras kept long enough, at work."""
    started = Cleaner()
    started.start()
    return started


def judge() -> Judge:
    """Return what judges visits, by the register as it is now."""
    return _judge(register_version())


@st.cache_resource(max_entries=1, show_spinner=False)
def _judge(version: tuple[tuple[str, int], ...]) -> Judge:
    return Judge(desk(), DatedMatcher(register()))


@st.cache_resource(show_spinner=False)
def analyst() -> Analyst:
    """Return the thread that looks at photos of visits, at work."""
    started = Analyst(desk(), _one_at_a_time, after=keep_findings, opened=_stored)
    started.start()
    return started


def _stored(capture_id: str, file: str) -> Capture:
    return opened(StoredPhoto(capture_id, file))


def _one_at_a_time() -> Reader:
    return _Shared()


class _Shared:
    """The shared reader, which two tabs and the analyst take turns with."""

    def __init__(self) -> None:
        self.versions = reader().versions

    def read(self, capture: Capture, *, on_found: OnFound | None = None) -> Scene:
        with _READING:
            return reader().read(capture, on_found=on_found)


def judged(visit: Visit, *, lang: Lang) -> JudgedVisit:
    """Return what a visit's records amount to, once for each record that is added."""
    return _judged(visit.visit_id, visit.head, lang, register_version(), visit)


@st.cache_resource(max_entries=20, show_spinner=False)
def _judged(
    visit_id: str, head: str, lang: Lang, version: tuple[tuple[str, int], ...], _visit: Visit
) -> JudgedVisit:
    analyst().changed(visit_id)
    return judge_visit(_visit, judge(), lang=lang)


def sentences(visit: Visit, key: str) -> dict[str, str]:
    """Return what a finding of a visit says first, by language."""
    langs: tuple[Lang, ...] = ("da", "en")
    return {
        lang: one.finding.statements[0].sentence
        for lang in langs
        for one in judged(visit, lang=lang).findings
        if one.key == key
    }


def keep_findings(visit: Visit) -> None:
    """Bring the rows of a visit's findings up to its last record, once for each."""
    _keep_findings(visit.visit_id, visit.head, visit)


@st.cache_resource(max_entries=20, show_spinner=False)
def _keep_findings(visit_id: str, head: str, _visit: Visit) -> None:
    keep_rows(desk(), _visit, judge().reports(_visit))


def draw(report: InspectionReport, lang: Lang) -> NDArray[np.uint8]:
    """Return the annotated photo of a report of a visit, shape (H, W, 3), uint8, BGR."""
    seen = report.captures[0]
    return annotated(StoredPhoto(seen.capture_id, seen.file), report, lang=lang)


def evidence(person: Person, row: FindingRow, *, width_px: int) -> bytes | None:
    """Return the part of a photo that a finding is about as JPEG; None when there is no photo.

    Raises:
        AccessError: The person may not see its visit.
    """
    visit = desk().visits.visit(person, row.visit_id)
    photo = visit.photo(row.capture_id or "")
    if photo is None or row.place is None:
        return None
    place = row.place
    return marked_photo(visit, photo, place.boxes_xyxy_px, place.crop_xyxy_px, width_px=width_px)


def marked_photo(
    visit: Visit,
    photo: VisitPhoto,
    boxes_xyxy_px: tuple[Box, ...],
    crop_xyxy_px: Box | None = None,
    *,
    width_px: int,
) -> bytes | None:
    """Return a photo of a visit, or a part of it, as JPEG with boxes drawn in; people are blurred.

    Returns:
        None when it was never looked at or is deleted: who can be seen in it is not known then.
    """
    found = desk().scenes.seen(photo.capture_id, photo.seen_with)
    if not found or visit.has_deleted_photos:
        return None
    people_px = found[0].scene.people_px
    return _evidence(photo.capture_id, photo.file, crop_xyxy_px, boxes_xyxy_px, people_px, width_px)


def part_of_photo(
    seen: InspectedCapture, crop_xyxy_px: Box, *, framed: tuple[Box, ...] = (), width_px: int
) -> bytes:
    """Return a part of a visit's photo as JPEG, with boxes drawn in; people are blurred.

    Args:
        seen: The photo, as it was looked at.
        crop_xyxy_px: The part, in pixels.
        framed: The boxes, in pixels.
        width_px: Greatest width of the result.
    """
    return _evidence(
        seen.capture_id, seen.file, crop_xyxy_px, framed, seen.scene.people_px, width_px
    )


@st.cache_data(max_entries=400, show_spinner=False)
def _evidence(
    capture_id: str,
    file: str,
    crop_xyxy_px: Box | None,
    boxes_xyxy_px: tuple[Box, ...],
    people_px: tuple[Box, ...],
    width_px: int,
) -> bytes:
    return evidence_jpeg(
        opened(StoredPhoto(capture_id, file)).image_bgr,
        crop_xyxy_px=crop_xyxy_px,
        boxes_xyxy_px=boxes_xyxy_px,
        people_px=people_px,
        width_px=width_px,
    )


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """A photo of a visit; its bytes are read when they are asked for."""

    capture_id: str
    file: str

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return desk().files.get(self.capture_id)


def opened(photo: PhotoFile) -> Capture:
    """Return a photo, decoded; the latest are kept: what was just read is drawn next.

    Raises:
        UnusableFileError: It is no photo that can be read.
    """
    return _opened(photo.capture_id, photo.file, photo)


@st.cache_resource(max_entries=2, show_spinner=False)
def _opened(capture_id: str, file: str, _photo: PhotoFile) -> Capture:
    return photo_from_bytes(_photo.data, file=file)


def read_upload(upload: Upload, *, on: date, told: Told = NOTHING_TOLD) -> InspectionReport:
    """Return the report of a photo before anybody has said anything about the place.

    The photo is read once; what is told of it only measures it again.

    Args:
        upload: The photo.
        on: Day whose guidance and register apply.
        told: What the person says of the photo.

    Raises:
        CaptureError: The file is no photo that can be read.
        ModelError: The weights are missing or changed.
    """
    versions = (*sorted(reader().versions.items()), ("register", str(register_version())))
    workplace = Workplace.load()
    return _report(
        upload.capture_id,
        upload.file,
        versions,
        on,
        repr((told, workplace)),
        upload,
        told,
        workplace,
    )


@st.cache_resource(max_entries=200, show_spinner=False)
def _report(
    capture_id: str,
    file: str,
    versions: tuple[tuple[str, str], ...],
    on: date,
    equipment: str,
    _upload: Upload,
    _told: Told,
    _workplace: Workplace,
) -> InspectionReport:
    capture = _workplace.equip(opened(_upload), _told)
    return inspect_captures(
        [capture],
        reader=_ReadsOnce(),
        register=register(),
        site=Site(None, on),
        created_at=datetime.now(UTC),
    )


class _ReadsOnce:
    """The shared reader, which looks at each photo once."""

    def __init__(self) -> None:
        self.versions = reader().versions

    def read(
        self,
        capture: Capture,
        *,
        on_found: OnFound | None = None,
    ) -> Scene:
        """Return what was seen, now or before."""
        return _scene(capture.capture_id, tuple(sorted(self.versions.items())), capture)


@st.cache_resource(max_entries=200, show_spinner=False)
def _scene(capture_id: str, versions: tuple[tuple[str, str], ...], _capture: Capture) -> Scene:
    with _READING:
        return reader().read(_capture)


def annotated(upload: PhotoFile, report: InspectionReport, *, lang: Lang) -> NDArray[np.uint8]:
    """Return the annotated photo, shape (H, W, 3), uint8, BGR; not to be written to."""
    return _annotated(upload.capture_id, lang, _drawn(report), upload, report)


def picture(
    upload: PhotoFile,
    report: InspectionReport,
    *,
    lang: Lang,
    crop_xyxy_px: Box | None = None,
    width_px: int = MAX_SIDE_PX,
) -> bytes:
    """Return the annotated photo, or a part of it, as JPEG at most `width_px` wide."""
    return _picture(upload.capture_id, lang, _drawn(report), crop_xyxy_px, width_px, upload, report)


def _drawn(report: InspectionReport) -> tuple[str, ...]:
    """Return all that changes a drawing: answers about the shop do not."""
    lines = tuple(str(capture.facts.limit_line_px) for capture in report.captures)
    found = (f"{v.rule_id} {v.target.id} {v.outcome}" for v in report.verdicts if v.evidence)
    told = (
        f"{pack.pack_id} {pack.goods}"
        for capture in report.captures
        for pack in capture.facts.packs
        if pack.is_told
    )
    return (*lines, *found, *told)


@st.cache_resource(max_entries=16, show_spinner=False)
def _annotated(
    capture_id: str,
    lang: Lang,
    drawn: tuple[str, ...],
    _upload: PhotoFile,
    _report: InspectionReport,
) -> NDArray[np.uint8]:
    return annotate(opened(_upload).image_bgr, _report.captures[0], _report.verdicts, lang=lang)


@st.cache_data(max_entries=400, show_spinner=False)
def _picture(
    capture_id: str,
    lang: Lang,
    drawn: tuple[str, ...],
    crop_xyxy_px: Box | None,
    width_px: int,
    _upload: PhotoFile,
    _report: InspectionReport,
) -> bytes:
    return picture_jpeg(
        annotated(_upload, _report, lang=lang),
        crop_xyxy_px,
        photo_width_px=_report.captures[0].image_wh[0],
        width_px=width_px,
    )
