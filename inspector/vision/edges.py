"""Straight edges of the fixture: level ones along it and upright ones."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import StraightEdge
from inspector.domain.verdict import Box

LOOK_SIDE_PX = 1600
"""Edges are looked for at this size; finer detail only adds print on packs."""

MIN_LENGTH_SHARE = 0.045
"""Shorter segments are packs and print rather than shelves and uprights."""

MAX_TILT_DEG = {"upright": 14.0, "level": 24.0}
"""How far an edge may lean in the picture and still be taken for upright or level."""

MOST = 40
"""Edges kept of each kind, the longest first."""

FEWEST_LEVEL = 4
"""So many level edges tell how slopes change over the picture."""

SLOPE_NOISE, ROUNDS = 0.01, 8
"""Edges off by more than this count less, found out in a few rounds: some are print or packs."""

MAX_SLOPE = float(np.tan(np.radians(MAX_TILT_DEG["level"])))


def find_straight_edges(image_bgr: NDArray[np.uint8]) -> tuple[StraightEdge, ...]:
    """Find long straight edges that look level or upright.

    Args:
        image_bgr: Upright photo, shape (H, W, 3), uint8.

    Returns:
        Edges with their ends in pixels of the photo. Some are neither level nor upright in the
        world; the camera fit weighs outliers down.
    """
    gray = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY)
    shrink = max(1.0, max(gray.shape) / LOOK_SIDE_PX)
    small = cv2.resize(gray, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    segments, *_ = cv2.createLineSegmentDetector().detect(small)
    if segments is None:
        return ()
    ends_px = (segments.reshape(-1, 2, 2).astype(np.float64) + 0.5) * shrink
    along_px = ends_px[:, 1] - ends_px[:, 0]
    length_px = np.linalg.norm(along_px, axis=1)
    long_first = np.argsort(-length_px)
    long_first = long_first[length_px[long_first] >= MIN_LENGTH_SHARE * max(gray.shape)]
    tilt_deg = np.degrees(np.arctan2(np.abs(along_px[:, 1]), np.abs(along_px[:, 0])))
    upright = [k for k in long_first if tilt_deg[k] > 90 - MAX_TILT_DEG["upright"]][:MOST]
    level = [k for k in long_first if tilt_deg[k] < MAX_TILT_DEG["level"]][:MOST]
    return tuple(_edge(ends_px[k], is_upright=True) for k in upright) + tuple(
        _edge(ends_px[k], is_upright=False) for k in level
    )


def slopes_at(edges: Sequence[StraightEdge], boxes: Sequence[Box]) -> list[float]:
    """Return how steeply what is level in the world runs in the picture, at some places.

    Args:
        edges: Straight edges of the photo; those that are not level are passed over.
        boxes: Places in pixels of the photo.

    Returns:
        Rise of y per pixel of x in the middle of each box, positive where the right is lower; 0
        where there are too few edges to tell.
    """
    level = [edge.ends_px for edge in edges if not edge.is_upright]
    if len(level) < FEWEST_LEVEL or not boxes:
        return [0.0] * len(boxes)
    ends = np.array(level)
    along, middles = ends[:, 1] - ends[:, 0], ends.mean(axis=1)
    slopes, lengths = along[:, 1] / along[:, 0], np.linalg.norm(along, axis=1)
    centre, size = middles.mean(axis=0), np.ptp(middles, axis=0) + 1.0
    # A picture of a plane: slopes change steadily across it and down it.
    known = np.column_stack([np.ones(len(level)), (middles - centre) / size])
    weights = lengths.copy()
    for _ in range(ROUNDS):
        root = np.sqrt(weights)[:, None]
        fit, *_ = np.linalg.lstsq(known * root, slopes * root[:, 0], rcond=None)
        weights = lengths / np.maximum(np.abs(slopes - known @ fit), SLOPE_NOISE)
    corners = np.array(boxes, dtype=np.float64)
    places = ((corners[:, :2] + corners[:, 2:]) / 2 - centre) / size
    # Beyond the edges nothing is known of how the slopes go on.
    places = np.clip(places, known[:, 1:].min(axis=0), known[:, 1:].max(axis=0))
    told = np.column_stack([np.ones(len(places)), places]) @ fit
    return [float(slope) for slope in np.clip(told, -MAX_SLOPE, MAX_SLOPE)]


def _edge(ends_px: NDArray[np.float64], *, is_upright: bool) -> StraightEdge:
    (x1, y1), (x2, y2) = ends_px.tolist()
    return StraightEdge(((x1, y1), (x2, y2)), is_upright)
