"""One camera's path of a frame. Told the time, it needs no clock, no thread and no stream.

frame ─► shelf area ─► gate ─► view guard ─► still ─► look ─► findings ─► ledger
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import cv2
import numpy as np

from inspector.domain.capture import Told
from inspector.domain.verdict import Box
from inspector.errors import StoreError, WatchError
from inspector.live.area import ImageBgr, ShelfArea, small_gray
from inspector.live.findings import Change, Findings, Turn
from inspector.live.gate import Gate
from inspector.live.ledger import Kept, Ledger, Setup, WishKind
from inspector.live.looking import Looked, Looker, told_of
from inspector.live.people import FACE_SIZE, Baseline, NotKept, without_people
from inspector.live.settings import Camera, Watching
from inspector.live.signs import SignWatch
from inspector.live.sources import Frame
from inspector.live.still import BUSY_FRAMES, Still, StillPicture
from inspector.live.view import Reference, ViewFault, ViewGuard
from inspector.live.votes import votes_from_report

VIEW_EVERY_S = 5.0
"""Time between looks at whether the camera still hangs where it did."""

PEOPLE_GONE_S = 30.0
"""Time after which a shelf with somebody before it is looked at again."""

WISHES_EVERY_S = 2.0
"""Time between looks at what somebody asked for on the page."""

_JPEG_QUALITY = 88


class Status(StrEnum):
    """How a camera is; each has words in `words_da.yaml` and `words_en.yaml`."""

    STARTING = "starting"
    WATCHING = "watching"
    SUSPENDED = "suspended"
    LOST = "lost"
    ALARM = "alarm"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A picture that was looked at, with what may be a person in it; in memory only."""

    jpeg: bytes
    possible: tuple[Box, ...]
    box_xyxy_px: tuple[int, int, int, int]
    at: datetime


class _Eyes:
    """What watches frames of one size."""

    def __init__(self, camera: Camera, watching: Watching, image_wh: tuple[int, int]) -> None:
        self.area = ShelfArea(camera.shelf_area, image_wh)
        self.gate = Gate(watching)
        self.still = Still(busy_every_s=60 * watching.at_least_every_min / BUSY_FRAMES)
        self.baseline = Baseline(60 * watching.stands_still_min)

    def see(self, crop_bgr: ImageBgr, at_s: float, *, is_wanted: bool) -> bool:
        """Take note of a frame; return whether anything moves in it."""
        small = small_gray(crop_bgr)
        is_moving = self.gate.see(small, at_s)
        self.baseline.see(small, self.gate.moved_s, at_s)
        is_wanted = is_wanted or self.gate.has_changed or self.gate.is_due(at_s)
        self.still.see(crop_bgr, at_s, is_moving=is_moving, is_wanted=is_wanted)
        return is_moving

    def picture(self, at_s: float) -> StillPicture | None:
        """Return the shelf without those who move before it, when there is enough to tell."""
        quiet = self.still.quiet_picture() if self.gate.is_quiet(at_s) else None
        return quiet or (self.still.busy_picture() if self.gate.is_overdue(at_s) else None)


class CameraLine:
    """What happens to the frames of one camera.

    Args:
        camera: Its settings.
        watching: When to look.
        looker: Inspects pictures.
        ledger: Where everything is written.
        on_change: Told of every finding that opens, changes or closes.
    """

    def __init__(
        self,
        camera: Camera,
        watching: Watching,
        *,
        looker: Looker,
        ledger: Ledger,
        on_change: Callable[[Camera, Change, datetime], None] = lambda camera, change, at: None,
    ) -> None:
        self._camera, self._watching = camera, watching
        self._looker, self._ledger, self._on_change = looker, ledger, on_change
        self._setup = ledger.setup(camera.id)
        self._findings = Findings(watching.equal_results, ledger.open_places(camera.id))
        self._signs = SignWatch(watching.equal_results, self._setup.signs)
        self._guard = _guard_of(self._setup)
        self._eyes: _Eyes | None = None
        self._calm: _Seen | None = None
        self._view_s, self._wishes_s = -np.inf, -np.inf
        self._unsettled = 0
        self.looks = 0
        self.look_at: datetime | None = None
        self.look_s: float | None = None
        self.not_kept = ""
        self._without_picture = {
            row.rule_id
            for row in ledger.findings(camera.id, open_only=True)
            if row.after_picture is None
        }
        self.status, self.reason = Status.STARTING, ""
        if self._setup.fault:
            self.status, self.reason = Status.SUSPENDED, self._setup.fault

    @property
    def told(self) -> Told:
        """Heights that are known in the view; none of those that held before it was moved."""
        told = told_of(self._camera)
        return Told() if _hash(told) == self._setup.void_told else told

    @property
    def open_rules(self) -> frozenset[str]:
        """Rules with an open finding."""
        return self._findings.open_rules

    def take(self, frame: Frame, at: datetime) -> None:
        """Take the newest frame.

        Args:
            frame: The frame.
            at: Its time, in the shop's time zone.

        Raises:
            WatchError: The shelf area lies outside the frame.
            StoreError: The ledger cannot be written.
        """
        height, width = frame.image_bgr.shape[:2]
        if self._eyes is None or self._eyes.area.image_wh != (width, height):
            self._eyes = self._open_eyes((width, height))
        eyes, at_s = self._eyes, frame.at_s
        crop_bgr = eyes.area.cropped(frame.image_bgr)
        is_moving = eyes.see(crop_bgr, at_s, is_wanted=self._unsettled > 0)
        self._grant_wishes(eyes, crop_bgr, at_s, at)
        if not self._is_view_fine(eyes, crop_bgr, at_s, is_moving=is_moving):
            return
        self.status = Status.WATCHING
        if eyes.gate.wants_look(at_s):
            still = eyes.picture(at_s)
            self.reason = "people" if still is None else ""
            # The guard looks only now and then; a look must not be of another view.
            if still is not None and (self._guard is None or self._guard.knows(still.crop_bgr)):
                self._look(eyes, still, at_s, at)

    def _open_eyes(self, image_wh: tuple[int, int]) -> _Eyes:
        """Begin to watch frames of a size."""
        eyes = _Eyes(self._camera, self._watching, image_wh)
        reference = self._guard.reference if self._guard is not None else None
        is_marked_anew = reference is not None and reference.crop_xyxy_px != eyes.area.box_xyxy_px
        if is_marked_anew and reference is not None and reference.image_wh == image_wh:
            self._guard = None  # the settings mark another shelf area; the next look describes it
        return eyes

    def _is_view_fine(
        self, eyes: _Eyes, crop_bgr: ImageBgr, at_s: float, *, is_moving: bool
    ) -> bool:
        """Say whether verdicts hold: the camera sees what it saw when it was set up."""
        if self._guard is None:
            return True
        if self._guard.reference.image_wh != eyes.area.image_wh:
            # Frames of another size: heights were marked in pixels of the old ones.
            self.status, self.reason = Status.SUSPENDED, ViewFault.MOVED.value
            return False
        if at_s - self._view_s >= VIEW_EVERY_S and not is_moving:
            self._view_s = at_s
            fault = self._guard.check(crop_bgr)
            if self._guard.held != self._setup.fault:
                self._keep_setup(fault=self._guard.held)
            if fault is not None:
                eyes.still.forget()
                self.status, self.reason = Status.SUSPENDED, fault.value
            elif self.status is Status.SUSPENDED:
                self.reason = ""
        return self._guard.fault is None and not self._guard.is_doubtful

    def _look(self, eyes: _Eyes, still: StillPicture, at_s: float, at: datetime) -> None:
        """Look at the shelf, vote, and write what that changes."""
        crop_wh = (still.crop_bgr.shape[1], still.crop_bgr.shape[0])
        possible = eyes.baseline.possible_people(crop_wh=crop_wh, unknown=still.unknown)
        frame_bgr = eyes.area.framed(still.crop_bgr)
        looked = self._looker.look(
            self._camera, frame_bgr, told=self.told, at=at, tags=self._setup.tags
        )
        hidden = self._hidden(eyes, looked, possible)
        before = copy(self._findings)
        changes = self._vote(looked, frame_bgr, hidden)
        if not self._looker.people.is_reliable:
            possible = eyes.baseline.possible_people(
                crop_wh=crop_wh, unknown=still.unknown, size=FACE_SIZE
            )
        seen = _Seen(_jpeg(still.crop_bgr), possible, eyes.area.box_xyxy_px, at)
        try:
            self._write(looked, changes, seen)
        except StoreError:
            self._findings = before  # what could not be written has not happened; look again
            raise
        eyes.gate.looked(at_s, again_s=at_s + self._pause_s(hidden))
        self.looks, self.look_at, self.look_s = self.looks + 1, at, looked.seconds
        if self._guard is None and not hidden:
            self._set_reference(eyes, still.crop_bgr, at, by="")

    def _hidden(self, eyes: _Eyes, looked: Looked, possible: tuple[Box, ...]) -> tuple[Box, ...]:
        """Return the places, in the frame, before which somebody stands or may stand."""
        people = looked.report.captures[0].scene.people_px
        if self._looker.people.is_reliable or not eyes.baseline.is_settled:
            return people
        left, top = eyes.area.box_xyxy_px[:2]
        moved = tuple((x1 + left, y1 + top, x2 + left, y2 + top) for x1, y1, x2, y2 in possible)
        return people + moved

    def _vote(
        self, looked: Looked, frame_bgr: ImageBgr, hidden: tuple[Box, ...]
    ) -> tuple[Change, ...]:
        votes = votes_from_report(looked.report, hidden=hidden)
        facts = looked.report.captures[0].facts
        if facts.is_readable:
            gray = np.asarray(cv2.cvtColor(frame_bgr, cv2.COLOR_BGR2GRAY), np.uint8)
            gone = self._signs.take(facts.signs, gray, hidden)
            votes = replace(votes, failures=votes.failures + gone)
        return self._findings.take(votes)

    def _pause_s(self, hidden: tuple[Box, ...]) -> float:
        """Return when to look again although nothing changes; ever later while nothing settles."""
        if self._findings.is_settled and self._signs.is_settled:
            self._unsettled = 0
            return PEOPLE_GONE_S if hidden else np.inf
        self._unsettled += 1
        times = 2.0 ** max(0, self._unsettled - 2 * self._watching.equal_results)
        return min(self._watching.between_looks * times, 60 * self._watching.at_least_every_min)

    def _write(self, looked: Looked, changes: tuple[Change, ...], seen: _Seen) -> None:
        """Write what a look gave; pictures only where a finding needs them, without people."""
        outcomes = {rule: outcome.key for rule, outcome in looked.report.summary.items()}
        self._ledger.add_look(self._camera.id, seen.at, looked.seconds, outcomes)
        is_late = bool(self._without_picture) and self._findings.is_settled
        now = self._kept(seen) if changes or is_late else None
        for change in changes:
            is_opened = change.turn is Turn.OPENED
            before = self._kept(self._calm) if is_opened and self._calm else None
            self._ledger.put_change(self._camera.id, change, seen.at, before=before, now=now)
            self._on_change(self._camera, change, seen.at)
        self._note_pictures(changes, now)
        if self._findings.is_settled:
            self._calm = seen
        if self._signs.known != self._setup.signs:
            self._keep_setup(signs=self._signs.known)

    def _note_pictures(self, changes: tuple[Change, ...], now: Kept | None) -> None:
        """Remember which open findings still lack a picture, and give them one that may be kept."""
        if now is None:
            return
        self.not_kept = now.not_kept
        if now.jpeg is None:
            self._without_picture |= {change.rule_id for change in changes}
        else:
            changed = {change.rule_id for change in changes}
            for rule_id in sorted((self._without_picture & self.open_rules) - changed):
                self._ledger.put_picture(self._camera.id, rule_id, now)
            self._without_picture = set()
        self._without_picture &= self.open_rules

    def _kept(self, seen: _Seen) -> Kept:
        """Return a picture as it may be kept: people are gone from it before it is written."""
        encoded = np.frombuffer(seen.jpeg, np.uint8)
        crop_bgr = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
        people = self._looker.people
        found = self._looker.find_people(crop_bgr)
        picture = without_people(
            crop_bgr, found, is_reliable=people.is_reliable, possible=seen.possible
        )
        if isinstance(picture, NotKept):
            return Kept(None, picture.value, seen.at, seen.box_xyxy_px)
        return Kept(_jpeg(picture), "", seen.at, seen.box_xyxy_px)

    def _grant_wishes(self, eyes: _Eyes, crop_bgr: ImageBgr, at_s: float, at: datetime) -> None:
        """Do what somebody asked for on the page."""
        if at_s - self._wishes_s < WISHES_EVERY_S:
            return
        self._wishes_s = at_s
        for wish in self._ledger.take_wishes(self._camera.id, at):
            if wish.kind == WishKind.NEW_VIEW:
                self._accept_view(eyes, crop_bgr, at, wish.by)
            elif self._guard is not None:
                # It has to be the same view: the guard looks again, and may suspend again.
                self._guard = ViewGuard(self._guard.reference)
                self._keep_setup(confirmed_by=wish.by, fault="")
            self._view_s = -np.inf
            self.status, self.reason = Status.WATCHING, ""

    def _accept_view(self, eyes: _Eyes, crop_bgr: ImageBgr, at: datetime, by: str) -> None:
        """Take the view as it is now. Heights, signs and findings of the old one end with it."""
        reference = self._guard.reference if self._guard is not None else None
        is_same_size = reference is None or reference.image_wh == eyes.area.image_wh
        if self._guard is not None and not (is_same_size and self._guard.knows(crop_bgr)):
            self._keep_setup(tags=(), void_told=_hash(told_of(self._camera)))
        self._set_reference(eyes, crop_bgr, at, by=by)
        self._signs = SignWatch(self._watching.equal_results)
        for change in self._findings.forget():
            self._ledger.put_change(self._camera.id, change, at, before=None, now=None)
            self._on_change(self._camera, change, at)
        self._looker.forget(self._camera.id)
        self._calm = None
        eyes.gate.forget_look()
        eyes.still.forget()

    def _set_reference(self, eyes: _Eyes, crop_bgr: ImageBgr, at: datetime, *, by: str) -> None:
        try:
            reference = Reference.of(crop_bgr, eyes.area)
        except WatchError:
            return  # an empty or dark shelf; the next look tries again
        self._guard = ViewGuard(reference)
        self._keep_setup(reference=reference.to_bytes(), reference_at=at, confirmed_by=by, fault="")

    def _keep_setup(self, **changed: Any) -> None:  # noqa: ANN401  fields of Setup
        setup = replace(self._setup, **changed)
        self._ledger.put_setup(self._camera.id, setup)
        self._setup = setup


def _guard_of(setup: Setup) -> ViewGuard | None:
    if setup.reference is None:
        return None
    fault = ViewFault(setup.fault) if setup.fault else None
    return ViewGuard(Reference.from_bytes(setup.reference), fault)


def _jpeg(image_bgr: ImageBgr) -> bytes:
    _, encoded = cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return encoded.tobytes()


def _hash(told: Told) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()
