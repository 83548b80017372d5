"""Does the camera still see what it saw when it was set up? Moved, covered, blinded, out of focus.

What is kept of the view are features and three numbers, never a picture: it may have shown people,
and it stays for as long as the camera hangs there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from inspector.errors import WatchError
from inspector.live.area import ImageBgr, ShelfArea, small_gray

WIDTH_PX = 640
FEATURES = 600
FEWEST_MATCHES = 25
MOVED_SHARE = 0.0025
"""A view that shifts, turns or scales by more than this share of its width has moved: half a
centimetre on two metres of shelf."""

BLURRED_RATIO = 0.3
"""Sharpness, against that at set-up, below which the picture is out of focus."""

DARK_LEVEL, BRIGHT_LEVEL, FLAT_LEVELS = 18.0, 235.0, 8.0
MIN_MATCHED_SHARE = 0.12

TIMES_SEEN = 3
"""A fault counts when it is seen so often in a row: people pass by."""


class ViewFault(StrEnum):
    """Why verdicts are suspended; each has words in `words_da.yaml` and `words_en.yaml`."""

    MOVED = "moved"
    COVERED = "covered"
    BLINDED = "blinded"
    OUT_OF_FOCUS = "out_of_focus"
    DARK = "dark"

    @property
    def needs_person(self) -> bool:
        """False for a shop whose lights are out: it comes back by itself."""
        return self is not ViewFault.DARK


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A view as it was when somebody set it up.

    Attributes:
        points_px: Features in the shelf at `WIDTH_PX`, shape (n, 2).
        descriptors: Their ORB descriptors, shape (n, 32).
        sharpness: Variance of the Laplacian.
        size_wh: Size of the small picture.
        image_wh: Size of the camera's frames: marks of heights are in their pixels.
        crop_xyxy_px: The shelf area in them.
    """

    points_px: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    sharpness: float
    size_wh: tuple[int, int]
    image_wh: tuple[int, int]
    crop_xyxy_px: tuple[int, int, int, int]

    @classmethod
    def of(cls, crop_bgr: ImageBgr, area: ShelfArea) -> Reference:
        """Describe a view.

        Raises:
            WatchError: There is too little to see to know it again.
        """
        gray = small_gray(crop_bgr, width_px=WIDTH_PX)
        points_px, descriptors = _features(gray)
        if len(points_px) < 2 * FEWEST_MATCHES:
            raise WatchError(
                f"The view shows too little to be known again ({len(points_px)} features, at least "
                f"{2 * FEWEST_MATCHES}). Expected a lit, sharp shelf with goods on it."
            )
        size_wh = gray.shape[1], gray.shape[0]
        return cls(
            points_px, descriptors, _sharpness(gray), size_wh, area.image_wh, area.box_xyxy_px
        )

    def to_bytes(self) -> bytes:
        """Return it as bytes to keep."""
        arrays = self.points_px.tobytes(), self.descriptors.tobytes()
        return msgspec.msgpack.encode(
            (*arrays, self.sharpness, self.size_wh, self.image_wh, self.crop_xyxy_px)
        )

    @classmethod
    def from_bytes(cls, kept: bytes) -> Reference:
        """Return it from its bytes."""
        points, descriptors, sharpness, *sizes = msgspec.msgpack.decode(kept)
        return cls(
            np.frombuffer(points, np.float32).reshape(-1, 2),
            np.frombuffer(descriptors, np.uint8).reshape(-1, 32),
            sharpness,
            *map(tuple, sizes),
        )


def fault_of_view(crop_bgr: ImageBgr, reference: Reference) -> ViewFault | None:
    """Return what is wrong with a view, None when it is the one that was set up."""
    gray = small_gray(crop_bgr, width_px=WIDTH_PX)
    level, spread = float(gray.mean()), float(gray.std())
    if level < DARK_LEVEL:
        return ViewFault.DARK
    if level > BRIGHT_LEVEL:
        return ViewFault.BLINDED
    if spread < FLAT_LEVELS:
        return ViewFault.COVERED
    shift_share = _shift_share(gray, reference)
    if shift_share is None:
        # Nothing of the reference is found: too blurred to find it, or something is before it.
        is_blurred = _sharpness(gray) < BLURRED_RATIO * reference.sharpness
        return ViewFault.OUT_OF_FOCUS if is_blurred else ViewFault.COVERED
    if shift_share > MOVED_SHARE:
        return ViewFault.MOVED
    if _sharpness(gray) < BLURRED_RATIO * reference.sharpness:
        return ViewFault.OUT_OF_FOCUS
    return None


class ViewGuard:
    """Remembers what was wrong, so that one bad picture suspends nothing.

    Args:
        reference: The view as it was set up.
        fault: What suspended verdicts when the program ended.
    """

    def __init__(self, reference: Reference, fault: ViewFault | None = None) -> None:
        self.reference = reference
        self._last: ViewFault | None = None
        self._times = 0
        self.fault = fault

    @property
    def held(self) -> str:
        """The fault that lasts until somebody confirms the view, as a word; empty for none."""
        return self.fault.value if self.fault is not None and self.fault.needs_person else ""

    def check(self, crop_bgr: ImageBgr) -> ViewFault | None:
        """Take note of a quiet picture; return the fault that suspends verdicts, if any."""
        found = fault_of_view(crop_bgr, self.reference)
        self._times = self._times + 1 if found is self._last else 1
        self._last = found
        if self._times >= TIMES_SEEN:
            if found is not None and (found.needs_person or not self.held):
                self.fault = found
            elif found is None and not self.held:
                self.fault = None
        return self.fault

    def knows(self, crop_bgr: ImageBgr) -> bool:
        """Say whether a picture is of the view; does not count."""
        return fault_of_view(crop_bgr, self.reference) is None

    @property
    def is_doubtful(self) -> bool:
        """True when the last picture had a fault that has not been confirmed yet."""
        return self._last is not None


def _features(gray: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    orb = cv2.ORB.create(FEATURES, fastThreshold=10)
    points, descriptors = orb.detectAndCompute(gray, None)
    if descriptors is None:
        return np.empty((0, 2), np.float32), np.empty((0, 32), np.uint8)
    return np.array([point.pt for point in points], np.float32), np.asarray(descriptors, np.uint8)


def _shift_share(gray: NDArray[np.uint8], reference: Reference) -> float | None:
    """Return how far the view's corners have moved, in shares of its width; None when unknown."""
    points_px, descriptors = _features(gray)
    if len(points_px) < FEWEST_MATCHES:
        return None
    matcher = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True)
    matches = matcher.match(reference.descriptors, descriptors)
    was = np.array([reference.points_px[match.queryIdx] for match in matches])
    now = np.array([points_px[match.trainIdx] for match in matches])
    if len(was) < FEWEST_MATCHES:
        return None
    moved, inliers = cv2.estimateAffinePartial2D(
        was, now, method=cv2.RANSAC, ransacReprojThreshold=2.0, maxIters=2000, confidence=0.999
    )
    # Shelves repeat themselves: a few matches always agree on something.
    needed = max(FEWEST_MATCHES, MIN_MATCHED_SHARE * len(reference.points_px))
    if moved is None or int(inliers.sum()) < needed:
        return None
    width, height = reference.size_wh
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    gone_px = corners @ moved[:, :2].T + moved[:, 2] - corners
    return float(np.linalg.norm(gone_px, axis=1).max() / width)


def _sharpness(gray: NDArray[np.uint8]) -> float:
    return float(cv2.Laplacian(gray, cv2.CV_64F).var())
