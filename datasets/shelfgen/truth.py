"""What is true of a rendered scene, measured from its geometry and its id buffer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from datasets.shelfgen import verdicts
from datasets.shelfgen.render import NEAR_M
from datasets.shelfgen.seen import Seen
from datasets.shelfgen.stage import Stage, Thing


def _round(values: ArrayLike, digits: int = 2) -> list[Any]:
    return np.round(np.asarray(values, float), digits).tolist()


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
