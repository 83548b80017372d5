"""How much of each thing a rendered picture shows, counted in its id buffer."""

from __future__ import annotations

from collections import defaultdict

import cv2
import numpy as np

from datasets.shelfgen.render import NEAR_M, Quad
from datasets.shelfgen.stage import Stage

Box = tuple[float, float, float, float]
MASK_SIDE_PX = 160  # of the small picture on which a silhouette's area is counted


def silhouette(quads: list[Quad], stage: Stage) -> tuple[Box, float] | None:
    """Return the box of a whole thing, also outside the picture, and its area in pixels."""
    corners = np.concatenate([q.corners_m for q in quads])
    if (stage.camera.in_camera(corners)[:, 2] < NEAR_M).any():
        return None
    pixels = stage.camera.project(corners)
    low, high = pixels.min(0), pixels.max(0)
    scale = MASK_SIDE_PX / max(float((high - low).max()), 1e-6)
    covered = np.zeros((MASK_SIDE_PX + 2, MASK_SIDE_PX + 2), np.uint8)
    for k, quad in enumerate(quads):
        outline = ((pixels[4 * k : 4 * k + 4] - low) * scale).astype(np.float32)
        image = quad.texture.levels[0]
        if image.shape[2] == 4:
            alpha = quad.texture.at_size(64, 64)[..., 3]
            th, tw = alpha.shape
            unit = np.array([[0, 0], [tw, 0], [tw, th], [0, th]], np.float32)
            warp = cv2.getPerspectiveTransform(unit, outline)
            covered |= (cv2.warpPerspective(alpha, warp, covered.shape[::-1]) > 127).astype(
                np.uint8
            )
        else:
            cv2.fillConvexPoly(covered, np.round(outline).astype(np.int32), 1)
    ys, xs = np.nonzero(covered)
    if len(xs) == 0:
        return None
    box = (
        float(low[0] + xs.min() / scale),
        float(low[1] + ys.min() / scale),
        float(low[0] + (xs.max() + 1) / scale),
        float(low[1] + (ys.max() + 1) / scale),
    )
    return box, float(len(xs)) / scale**2


class Seen:
    """How much of each thing the picture shows."""

    def __init__(self, stage: Stage, ids: np.ndarray) -> None:
        """Measure every thing of a stage in its id buffer, shape (h, w)."""
        faces: dict[int, list[Quad]] = defaultdict(list)
        for quad in stage.quads:
            if quad.object_id:
                faces[quad.object_id].append(quad)
        h, w = ids.shape
        self.boxes: dict[int, Box] = {}
        self.full: dict[int, Box] = {}
        self.share: dict[int, float] = {}
        for thing in stage.things:
            whole = silhouette(faces[thing.object_id], stage) if faces[thing.object_id] else None
            if whole is None:
                continue
            full, area = whole
            x0, y0 = max(int(full[0]) - 2, 0), max(int(full[1]) - 2, 0)
            x1, y1 = min(int(full[2]) + 3, w), min(int(full[3]) + 3, h)
            if x1 <= x0 or y1 <= y0:
                continue
            ys, xs = np.nonzero(ids[y0:y1, x0:x1] == thing.object_id)
            if len(xs) == 0:
                continue
            self.full[thing.object_id] = full
            self.boxes[thing.object_id] = (
                float(x0 + xs.min()),
                float(y0 + ys.min()),
                float(x0 + xs.max() + 1),
                float(y0 + ys.max() + 1),
            )
            self.share[thing.object_id] = min(round(len(xs) / max(area, 1.0), 3), 1.0)
