"""Scenes straight from the ground truth of rendered pictures: the line without any model."""

import json
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np

from inspector.catalogue.matching import Reading
from inspector.domain.goods import Goods, Identity, Kind, Sku
from inspector.domain.scene import Aid, AidKind, Pack, Scene, Sign, StraightEdge, Tag, TextLine

SAMPLES = Path(__file__).resolve().parents[1] / "datasets" / "samples"
SHARED = Path(__file__).resolve().parents[2] / "shared"

KINDS = {
    "medicine": Kind.MEDICINE,
    "vitamin": Kind.VITAMIN,
    "natural_remedy": Kind.NATURAL_REMEDY,
    "device": Kind.MEDICAL_DEVICE,
}
AIDS = {"podium": "steps", "step_ladder": "ladder"}


def line(text, box, *, share=0.3):
    """A line of text in the upper part of a box."""
    x1, y1, x2, y2 = box
    height = share * (y2 - y1)
    return TextLine(text, (x1, y1, x2, y1 + height), height, 0.99)


def scene_from_truth(truth: dict) -> Scene:
    """Return what a perfect reader would see."""
    packs = [p for p in truth["packs"] if p["visible"] >= 0.5]
    cards = [s for s in truth["signs"] if s["kind"] == "product_card"]
    signs = [s for s in truth["signs"] if s["kind"] != "product_card"]
    return Scene(
        packs=tuple(
            Pack(
                f"p{n}",
                tuple(p["bbox"]),
                0.9,
                texts=(
                    line(p["name"], p["bbox"]),
                    line(
                        " ".join((p["strength"], p["form"], p["pack_size"])), p["bbox"], share=0.1
                    ),
                ),
            )
            for n, p in enumerate(packs, start=1)
        )
        + tuple(
            Pack(f"p{n}", tuple(s["bbox"]), 0.9, True)
            for n, s in enumerate(cards, start=len(packs) + 1)
        ),
        signs=tuple(
            Sign(
                f"t{n}",
                tuple(s["bbox"]),
                (line(s["text"], s["bbox"], share=0.8),),
                s["kind"] == "price_label",
                0.9,
                has_unread_print=bool(s.get("mandatory_text")),
            )
            for n, s in enumerate(signs, start=1)
        ),
        aids=tuple(
            Aid(f"a{n}", AidKind(AIDS.get(a["kind"], a["kind"])), tuple(a["bbox"]), 0.9)
            for n, a in enumerate(truth["aids"], start=1)
        ),
        tags=tuple(
            Tag(r["id"], np.array(r["corners_px"]))
            for r in truth["references"]
            if "corners_px" in r
        ),
        straight_edges=tuple(
            StraightEdge(tuple(map(tuple, shelf["edge_px"])), False) for shelf in truth["shelves"]
        )
        + tuple(uprights(truth["shelves"])),
        dividers=tuple(tuple(d["bbox"]) for d in truth["dividers"]),
        doors=tuple(doors(truth)),
        reliable=frozenset({"sign", "divider", "door", *AidKind}),
        sharpness=500.0,
    )


def readings_from_truth(truth: dict) -> dict[str, Reading]:
    """Return what a perfect reader and a complete register would say of each pack."""
    packs = [p for p in truth["packs"] if p["visible"] >= 0.5]
    return {f"p{n}": _reading(pack) for n, pack in enumerate(packs, start=1)}


def _reading(pack: dict) -> Reading:
    kind = KINDS.get(pack["role"], Kind.OTHER)
    sku = Sku(pack["sku"], pack["name"], kind, strength=pack["strength"], valid_from=date.min)
    goods = Goods.OTC_MEDICINE if kind is Kind.MEDICINE else Goods.OTHER_GOODS
    return Reading(goods, kind, Identity((sku,), confidence=1.0, evidence=("truth",), text=""))


def doors(truth):
    """Yield the door leaves: generated scenes name each, others the cabinet as a whole."""
    for door in truth.get("doors", ()):
        yield tuple(door["bbox"])
    if (truth["cabinet"] or {}).get("bbox"):
        x1, y1, x2, y2 = truth["cabinet"]["bbox"]
        yield (x1, y1, (x1 + x2) / 2, y2)
        yield ((x1 + x2) / 2, y1, x2, y2)


def uprights(shelves):
    """Yield the uprights of each fixture: through the ends of its shelves, a tenth longer."""
    for fixture in {shelf["fixture"] for shelf in shelves}:
        edges = [shelf["edge_px"] for shelf in shelves if shelf["fixture"] == fixture]
        for side in (0, 1):
            ends = sorted((edge[side] for edge in edges), key=lambda end: end[1])
            top, bottom = np.array(ends[0]), np.array(ends[-1])
            along = 0.1 * (bottom - top)
            yield StraightEdge((tuple(top - 2 * along), tuple(bottom + along)), True)


CLOSER = 2
"""Close-ups are parts of a rendered picture, so many times larger."""


def close_up(picture_bgr, crop):
    """Return a part of a picture, closer; `crop` is x1, y1, x2, y2."""
    x1, y1, x2, y2 = crop
    return cv2.resize(picture_bgr[y1:y2, x1:x2], None, fx=CLOSER, fy=CLOSER)


def scene_closer(scene, crop):
    """Return what is seen in a part of a picture that is shown closer."""
    left, top, right, bottom = crop

    def moved(thing):
        x1, y1, x2, y2 = (
            CLOSER * (min(max(edge, low), high) - low)
            for edge, low, high in zip(
                thing.box_xyxy_px, (left, top) * 2, (right, bottom) * 2, strict=True
            )
        )
        return replace(thing, box_xyxy_px=(x1, y1, x2, y2)) if x2 - x1 > 9 < y2 - y1 else None

    def all_moved(things):
        return tuple(there for thing in things if (there := moved(thing)) is not None)

    return Scene(
        packs=tuple(replace(p, texts=all_moved(p.texts)) for p in all_moved(scene.packs)),
        signs=tuple(replace(s, lines=all_moved(s.lines)) for s in all_moved(scene.signs)),
        reliable=scene.reliable,
        sharpness=scene.sharpness,
    )


@dataclass
class TruthReader:
    """Reads the truth that lies beside a rendered picture, or a given scene.

    A file `NAME@X1,Y1,X2,Y2.png` is a close-up of NAME, see `close_up`.
    """

    scene: Scene | None = None
    read_files: list[str] = field(default_factory=list)
    versions: ClassVar = {"truth": "0" * 64}

    def read(self, capture, *, on_found=None):
        self.read_files.append(capture.file)
        if self.scene is not None:
            return self.scene
        name, _, crop = Path(capture.file).stem.partition("@")
        scene = scene_from_truth(json.loads((SAMPLES / f"{name}.json").read_text()))
        return scene_closer(scene, [int(x) for x in crop.split(",")]) if crop else scene
