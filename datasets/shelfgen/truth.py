"""What is true of a rendered scene, measured from its geometry and its id buffer."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike

from datasets.shelfgen import verdicts
from datasets.shelfgen.render import NEAR_M, Quad
from datasets.shelfgen.stage import Stage, Thing

Box = tuple[float, float, float, float]
MASK_SIDE_PX = 160  # of the small picture on which a silhouette's area is counted


def _round(values: ArrayLike, digits: int = 2) -> list[Any]:
    return np.round(np.asarray(values, float), digits).tolist()


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


def described(
    stage: Stage, ids: np.ndarray, *, image: str, seed: int, scenario: list[str]
) -> dict[str, Any]:
    """Return the truth of a scene in the format of the shared sample scenes.

    Args:
        stage: The finished scene.
        ids: Its id buffer, shape (h, w).
        image: File name of the picture.
        seed: What it was made from.
        scenario: Words for what was built on purpose.
    """
    seen = Seen(stage, ids)
    camera = stage.camera
    w, h = camera.image_wh
    forward, right = camera.rotation[2], camera.rotation[0]

    def common(thing: Thing) -> dict[str, Any]:
        return {
            "bbox": _round(seen.boxes[thing.object_id], 1),
            "visible": seen.share[thing.object_id],
        }

    def visible(kind: str) -> list[Thing]:
        return [t for t in stage.of_kind(kind) if t.object_id in seen.boxes]

    packs = []
    for thing in visible("pack"):
        p = thing.facts["product"]
        packs.append(
            {
                "id": thing.object_id, "sku": p.sku, "name": p.name, "strength": p.strength,
                "form": p.form, "pack_size": p.pack_size, "role": p.role, "group": p.group,
                "bbox": _round(seen.boxes[thing.object_id], 1),
                "bbox_full": _round(seen.full[thing.object_id], 1),
                "visible": seen.share[thing.object_id],
                "bottom_height_cm": round(thing.facts["bottom_m"] * 100, 2),
                "fixture": thing.facts["bay"], "level": thing.facts["level"],
                "row": thing.facts["row"], "x_cm": round(thing.facts["x_m"] * 100, 2),
                "width_cm": round(thing.facts["width_m"] * 100, 2),
                "height_cm": round(thing.facts["height_m"] * 100, 2),
                "in_cabinet": thing.facts["in_cabinet"],
            }
        )  # fmt: skip
    signs = []
    for thing in visible("sign"):
        facts = {k: v for k, v in thing.facts.items() if k not in ("bay", "corners_m", "sign_kind")}
        signs.append(
            facts
            | common(thing)
            | {
                "kind": thing.facts["sign_kind"], "fixture": thing.facts["bay"],
                "corners_px": _round(camera.project(thing.facts["corners_m"])),
            }
        )  # fmt: skip
    aids = [
        {"kind": t.facts["aid_kind"], **common(t),
         "distance_cm": round(verdicts.aid_distance_m(stage, t) * 100, 1)}
        for t in visible("aid")
    ]  # fmt: skip
    references = []
    for ref in stage.references:
        if ref["kind"] != "tag":
            references.append(ref)
            continue
        corners = camera.project(ref["corners_m"])
        if (corners > 0).all() and (corners < (w, h)).all():
            references.append(
                {
                    "kind": "tag", "dictionary": "DICT_APRILTAG_36h11", "id": ref["id"],
                    "size_mm": round(ref["size_m"] * 1000),
                    "center_height_cm": round(ref["centre_m"] * 100, 1),
                    "plane_y_cm": ref["y_m"] * 100, "corners_px": _round(corners),
                }
            )  # fmt: skip
    shelves = [
        {
            "fixture": bay.index, "level": level, "top_height_cm": round(top * 100, 2),
            "edge_px": _round(camera.project(np.array([[bay.x0_m, 0, top], [bay.x1_m, 0, top]]))),
        }
        for bay in stage.bays
        for level, top in enumerate(bay.shelf_tops_m)
        if _in_front(stage, [[bay.x0_m, 0, top], [bay.x1_m, 0, top]])
    ]  # fmt: skip
    x0 = min(bay.x0_m for bay in stage.bays)
    x1 = max(bay.x1_m for bay in stage.bays)
    cabinet = next((bay for bay in stage.bays if bay.cabinet), None)
    law = verdicts.judged(stage, seen)
    return {
        "image": image, "width": w, "height": h, "seed": seed, "scenario": scenario,
        "store_type": stage.store_type, "reference_kind": stage.reference_kind,
        "camera": {
            "K": _round(camera.matrix, 4), "R": _round(camera.rotation, 8),
            "t": _round(camera.translation_m, 6), "k1": round(camera.k1, 5),
            "height_cm": round(float(camera.centre_m[2]) * 100, 1),
            "pitch_deg": round(float(np.degrees(np.arcsin(forward[2]))), 2),
            "roll_deg": round(float(np.degrees(np.arcsin(np.clip(-right[2], -1, 1)))), 2),
            "yaw_deg": round(float(np.degrees(np.arctan2(forward[0], forward[1]))), 3),
            "focal_35mm": round(camera.focal_35mm, 1),
            "distance_cm": round(float(-camera.centre_m[1]) * 100, 1),
        },
        "references": references,
        "floor_line_px": _line(stage, x0, x1, 0.0, with_visible=True),
        "line_140_px": _line(stage, x0, x1, 1.40),
        "shelves": shelves, "packs": packs, "signs": signs,
        "dividers": [
            {"fixture": t.facts["bay"], "level": t.facts["level"],
             "x_cm": round(t.facts["x_m"] * 100, 2), **common(t)}
            for t in visible("divider")
        ],
        "aids": aids,
        "persons": [common(t) for t in visible("person")],
        "doors": [common(t) for t in visible("door")],
        "clutter": [{"kind": t.facts["clutter"], **common(t)} for t in visible("clutter")],
        "cabinet": None if cabinet is None else {
            "locked": cabinet.lock_m is not None,
            "lock_height_cm": None if cabinet.lock_m is None else round(cabinet.lock_m * 100, 2),
        },
        **law,
    }  # fmt: skip


def _in_front(stage: Stage, points_m: list[list[float]]) -> bool:
    return bool((stage.camera.in_camera(np.array(points_m))[:, 2] > NEAR_M).all())


def _line(stage: Stage, x0: float, x1: float, z: float, *, with_visible: bool = False) -> object:
    """Return the pixels of a level line on the fixture's front, or None behind the camera."""
    ends = [[x0, 0.0, z], [x1, 0.0, z]]
    if not _in_front(stage, ends):
        return {"points": None, "visible": False} if with_visible else None
    pixels = stage.camera.project(np.array(ends))
    if not with_visible:
        return _round(pixels)
    inside = ((pixels >= 0) & (pixels <= stage.camera.image_wh)).all(1)
    return {"points": _round(pixels), "visible": bool(inside.any())}
