"""A look: the line of `inspection.py` on one picture of the shelf, in memory."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.capture.exif import PhotoExif, intrinsics_from_exif
from inspector.catalogue.matching import DatedMatcher
from inspector.domain.capture import CameraIntrinsics, Capture, HeightMark, Told
from inspector.domain.facts import Answer, Site
from inspector.domain.goods import DealerType
from inspector.domain.report import InspectionReport
from inspector.domain.scene import SeenCapture, Tag
from inspector.errors import WatchError
from inspector.inspection import Reader, judge_captures, see
from inspector.live.area import ImageBgr
from inspector.live.people import People, PeopleFinder
from inspector.live.settings import Camera
from inspector.workplace import Workplace

UNKNOWN_LENS_U_REL, UNKNOWN_LENS_K1_U, UNKNOWN_LENS_CENTRE_U = 0.4, 0.15, 0.02
"""Surveillance cameras have wide, bent lenses; until one is calibrated so little is known of it."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look gave: the report, and how long it took without waiting for its turn."""

    report: InspectionReport
    seconds: float


class Looker:
    """Looks at pictures of all cameras, one at a time: they share the models and the cores.

    Args:
        reader_of: Gives a camera its reader, by the camera's id. Readers may remember what they
            read, so each camera has its own.
        people: Finds people.
        matchers: Gives what tells goods apart, by the register as it is at each look.
        dealer: Kind of dealer.
        answers: What only a person can decide.
    """

    def __init__(
        self,
        reader_of: Callable[[str], Reader],
        people: PeopleFinder,
        matchers: Callable[[], DatedMatcher],
        *,
        dealer: DealerType | None = None,
        answers: Mapping[str, Answer] | None = None,
    ) -> None:
        self._reader_of = reader_of
        self.people = people
        self._matchers = matchers
        self._dealer, self._answers = dealer, dict(answers or {})
        self._turn = threading.Lock()
        self._has_ended = False
        self._waiting = 0
        self._readers: dict[str, Reader] = {}

    @property
    def waiting(self) -> int:
        """Looks that wait for their turn or are at it."""
        return self._waiting

    def end(self) -> None:
        """Refuse looks that still wait for their turn; the one under way is finished."""
        self._has_ended = True

    def find_people(self, image_bgr: ImageBgr) -> People:
        """Return who is in a picture, in pixels of it."""
        with self._turn:
            return self.people.find(image_bgr)

    def look(
        self,
        camera: Camera,
        frame_bgr: ImageBgr,
        *,
        told: Told,
        at: datetime,
        tags: Sequence[Tag] = (),
    ) -> Looked:
        """Inspect a picture of the shelf.

        Args:
            camera: The camera.
            frame_bgr: The frame, grey outside the shelf.
            told: Heights that are known in it.
            at: When it was taken, in the shop's time zone: its day's rules apply.
            tags: Tags of the kit as they stood in this view once.

        Raises:
            WatchError: Watching has ended.
        """
        self._waiting += 1
        try:
            with self._turn:
                if self._has_ended:
                    raise WatchError(f"{camera.id}: watching has ended.")
                start_s = time.perf_counter()
                reader = self._readers.setdefault(camera.id, self._reader_of(camera.id))
                seen = see(_capture(camera, frame_bgr, told, at), reader)
                report = judge_captures(
                    [with_tags(seen, tags)],
                    model=reader.versions,
                    matchers=self._matchers(),
                    site=Site(self._dealer, at.date(), camera.zone, self._answers),
                    created_at=at,
                )
                return Looked(report, time.perf_counter() - start_s)
        finally:
            self._waiting -= 1

    def forget(self, camera_id: str) -> None:
        """Let go of what a camera's reader remembers."""
        self._readers.pop(camera_id, None)


def told_of(camera: Camera) -> Told:
    """Return the heights that the settings tell of a camera's view."""
    height_cm = camera.camera_height_cm
    told = tuple(
        HeightMark(mark.at, mark.height_cm / 100, mark.within_cm / 200) for mark in camera.marks
    )
    return Told(
        camera_height_m=None if height_cm is None else height_cm / 100,
        camera_height_u_m=camera.camera_height_within_cm / 200,
        marks=told,
    )


def with_tags(seen: SeenCapture, tags: Sequence[Tag]) -> SeenCapture:
    """Return what was seen with the tags that stood there once; one that is in view counts."""
    in_view = {tag.tag_id for tag in seen.scene.tags}
    absent = tuple(tag for tag in tags if tag.tag_id not in in_view)
    return replace(seen, scene=replace(seen.scene, tags=seen.scene.tags + absent))


def intrinsics_of(camera: Camera, image_wh: tuple[int, int]) -> CameraIntrinsics:
    """Return what is known of a camera's lens before its profile."""
    assumed = intrinsics_from_exif(PhotoExif(), image_wh)
    return replace(
        assumed,
        focal_u_rel=UNKNOWN_LENS_U_REL,
        k1_u=UNKNOWN_LENS_K1_U,
        centre_u_share=UNKNOWN_LENS_CENTRE_U,
    )


def _capture(camera: Camera, frame_bgr: ImageBgr, told: Told, at: datetime) -> Capture:
    height, width = frame_bgr.shape[:2]
    capture = Capture(
        capture_id=hashlib.sha256(frame_bgr.tobytes()).hexdigest(),
        file=f"{camera.id}@{at:%Y-%m-%dT%H.%M.%S}",
        image_bgr=frame_bgr,
        camera=intrinsics_of(camera, (width, height)),
        taken_at=at,
        device=camera.device or None,
    )
    return Workplace.load().equip(capture, told)
