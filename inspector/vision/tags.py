"""Tags of the reference kit: AprilTag 36h11, found down to about 20 px a side."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import Tag

KIT_IDS = frozenset(range(16)) | {40}
"""Ids of the kit: floor card 0, strip 1–15, 140 mark 40 (contract, section 3)."""

MODULES_PER_SIDE = 8
"""An AprilTag 36h11 is six data modules and a black border of one on each side."""

MAX_OFF_PX, MAX_OFF_SHARE = 2.0, 0.025
"""Corners farther from where the pattern tells, in pixels and in sides of the tag, are hidden; of
tags in plain view in ten rendered photos none was farther than 1.5 px, looked at enlarged."""

MAX_SIDE_PX = 4000
"""The enlarged look is skipped when it would be larger than this."""

_DICTIONARY = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
_MODULE_PX = 10
"""Size at which a tag's pattern is laid over what is seen."""

_INSIDE = slice(3 * _MODULE_PX // 2, -3 * _MODULE_PX // 2)
"""Its six data modules and half of the border, with a module of white round the whole."""


def find_tags(image_bgr: NDArray[np.uint8]) -> tuple[Tag, ...]:
    """Find the kit's tags.

    Small tags are lost when the threshold window is wider than a module, so the picture is looked
    at enlarged where that is affordable.

    Args:
        image_bgr: Upright photo, shape (H, W, 3), uint8.

    Returns:
        Tags in order of their ids; corners in pixels of the given photo. A tag that is seen twice
        is left out: no kit holds two of one id, so nobody can say which is right. So is one of
        which something hides a corner: it may read well, but its corner is not where it seems.
        Where only mirrored tags are found, their corners run anticlockwise.
    """
    gray = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY)
    enlargement = 2.0 if max(gray.shape) * 2 <= MAX_SIDE_PX else 1.0
    gray = _enlarged(gray, enlargement)
    quads = _detect(gray)
    if not quads:
        # A selfie camera's photo is mirrored, and so are its tags. The fit says so to people.
        width = gray.shape[1]
        mirrored = _detect(np.ascontiguousarray(gray[:, ::-1]))
        quads = [(tag_id, _mirrored_back(quad, width)) for tag_id, quad in mirrored]
    found: dict[int, list[NDArray[np.float64]]] = {}
    for tag_id, corners in quads:
        if tag_id in KIT_IDS:
            found.setdefault(tag_id, []).append(_refined(gray, corners))
    return tuple(
        Tag(tag_id, corners[0] / enlargement)
        for tag_id, corners in sorted(found.items())
        if len(corners) == 1 and _shows_its_corners(gray, tag_id, corners[0])
    )


def _enlarged(gray: NDArray[np.uint8], enlargement: float) -> NDArray[np.uint8]:
    if enlargement == 1.0:
        return gray
    enlarged = cv2.resize(gray, None, fx=enlargement, fy=enlargement, interpolation=cv2.INTER_CUBIC)
    return np.asarray(enlarged, dtype=np.uint8)


def _detect(gray: NDArray[np.uint8]) -> list[tuple[int, NDArray[np.float32]]]:
    parameters = cv2.aruco.DetectorParameters()
    # Windows from 5 px: OpenCV's default of 3–23 loses tags whose modules are 3 px wide.
    parameters.adaptiveThreshWinSizeMin = 5
    parameters.adaptiveThreshWinSizeMax = 45
    parameters.adaptiveThreshWinSizeStep = 10
    # A side of less than a pixel a module cannot be read; small pictures are full of such squares.
    parameters.minMarkerPerimeterRate = max(0.01, 4 * MODULES_PER_SIDE / max(gray.shape))
    corners, ids, _ = cv2.aruco.ArucoDetector(_DICTIONARY, parameters).detectMarkers(gray)
    if ids is None:
        return []
    return [
        (int(tag_id), quad.reshape(4, 2).astype(np.float32))
        for tag_id, quad in zip(ids.ravel(), corners, strict=True)
    ]


def _mirrored_back(quad: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """Return corners of a tag found in the mirrored picture; they run the wrong way round."""
    return np.asarray((width - 1 - quad[:, 0], quad[:, 1]), dtype=np.float32).T.copy()


def _refined(gray: NDArray[np.uint8], corners: NDArray[np.float32]) -> NDArray[np.float64]:
    side_px = float(np.linalg.norm(corners[0] - corners[1]))
    window_px = int(np.clip(round(0.65 * side_px / MODULES_PER_SIDE), 3, 12))
    reach_px = 3 * window_px  # as far as a corner may wander, and what it looks at there
    first = np.maximum(np.floor(corners.min(axis=0)).astype(int) - reach_px, 0)
    last = np.ceil(corners.max(axis=0)).astype(int) + reach_px
    light = _linear_light(gray[first[1] : last[1], first[0] : last[0]])
    refined = cv2.cornerSubPix(
        light,
        (corners - first.astype(np.float32)).reshape(-1, 1, 2),
        (window_px, window_px),
        (-1, -1),
        (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 50, 0.01),
    )
    # OpenCV counts from the middle of the first pixel, we from the picture's corner.
    return np.asarray(refined.reshape(4, 2) + first + 0.5, dtype=np.float64)


def _linear_light(gray: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return linear light, in [0, 1].

    Lenses blur light, not its gamma-coded values: in coded values a black square on white comes out
    almost a pixel too small.
    """
    return np.power(gray.astype(np.float32) / 255, 2.2)


def _shows_its_corners(gray: NDArray[np.uint8], tag_id: int, corners: NDArray[np.float64]) -> bool:
    """Say whether a tag's corners are where its pattern tells; they are not where one is hidden.

    The pattern inside the black border is laid over what is seen (Evangelidis & Psarakis,
    Parametric Image Alignment Using Enhanced Correlation Coefficient Maximization, PAMI 2008).
    """
    pattern = cv2.aruco.generateImageMarker(_DICTIONARY, tag_id, MODULES_PER_SIDE * _MODULE_PX)
    pattern = np.pad(pattern, _MODULE_PX, constant_values=255)
    inside = np.zeros_like(pattern)
    inside[_INSIDE, _INSIDE] = 255
    low, high = _MODULE_PX, _MODULE_PX * (MODULES_PER_SIDE + 1)
    own = np.array([[low, low], [high, low], [high, high], [low, high]], np.float32)
    # OpenCV counts from the middle of the first pixel, we from the picture's corner.
    to_photo = cv2.getPerspectiveTransform(own - 0.5, corners.astype(np.float32) - 0.5)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = _linear_light(cv2.warpPerspective(gray, to_photo, pattern.shape, flags=flags))
    try:
        _, shifted = cv2.findTransformECC(
            pattern.astype(np.float32) / 255,
            seen,
            np.eye(3, dtype=np.float32),
            cv2.MOTION_HOMOGRAPHY,
            (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 50, 1e-4),
            inside,
            5,
        )
    except cv2.error:
        return False  # nothing of the pattern is where it should be
    told = cv2.perspectiveTransform((own - 0.5)[None], to_photo @ shifted)[0] + 0.5
    off_px = np.linalg.norm(told - corners, axis=1).max()
    side_px = float(np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1).mean())
    return float(off_px) < max(MAX_OFF_PX, MAX_OFF_SHARE * side_px)
