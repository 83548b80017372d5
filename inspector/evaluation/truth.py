"""What is true of a picture: a rendered scene, or a photo whose packs were drawn by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspector.domain.capture import NOTHING_TOLD, Told
from inspector.domain.verdict import Box
from inspector.errors import EvaluationError

LEAST_VISIBLE = 0.5
"""Share of a thing that must be in view before it has to be found."""

LEAST_SIDE_PX = 8.0
"""A pack with a shorter side need not be found."""

RULE_IDS = {
    "height": "reach-height",
    "separation": "separation",
    "signage": "signage",
    "ceiling_sign": "ceiling-sign",
    "advertising": "sign-advertising",
    "climbing_aids": "climbing-aids",
}
"""Names of the rules in a scene's truth, and their ids."""

REFERENCES = {
    "S": "strip",
    "T": "140 mark",
    "F": "floor card",
    "H": "camera height",
    "N": "none",
    "": "not said",
}


@dataclass(frozen=True, slots=True)
class TruePack:
    """A pack that must be found.

    Attributes:
        box_xyxy_px: The part in view.
        is_medicine: Whether it is OTC medicine; None where the truth does not say.
        names: Every way to write what it is: name alone, with strength, form, size.
        bottom_height_cm: Height of its lowest point above the floor, None where not known.
    """

    box_xyxy_px: Box
    is_medicine: bool | None = None
    names: tuple[str, ...] = ()
    bottom_height_cm: float | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one picture.

    Attributes:
        picture: The picture's file.
        packs: Packs that must be found.
        soft_boxes: What may be found or not: packs mostly hidden, cartons, parts not looked at.
        cards: Boxes of product cards, which are no packs.
        aids: Kind and box of each climbing aid.
        signs: Word and box of each sign with one of the guidance's words.
        outcomes: Rule id to `compliant`, `violation` or `not_applicable`, where the deciding thing
            is in the picture.
        reference: What the picture's scale rests on, a value of `REFERENCES`.
        told: What a person says of the picture, the camera's height where that is its reference.
    """

    picture: Path
    packs: tuple[TruePack, ...]
    soft_boxes: tuple[Box, ...] = ()
    cards: tuple[Box, ...] = ()
    aids: tuple[tuple[str, Box], ...] = ()
    signs: tuple[tuple[str, Box], ...] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)
    reference: str = REFERENCES[""]
    told: Told = NOTHING_TOLD


def load_truths(folder: Path) -> list[Truth]:
    """Read every `<stem>.json` with truth beside its picture, in the order of their names.

    Two forms are known: a rendered scene (`packs` with `bbox`, `signs`, `expected`, …) and boxes
    drawn by hand (`boxes` with `class` pack, carton or ignore and `xyxy`). Other JSON is left out.

    Raises:
        EvaluationError: The folder holds no truth, or a file of it is malformed or lacks its
            picture.
    """
    truths = []
    for path in sorted(folder.glob("*.json")):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(content, dict) or not {"packs", "boxes"} & content.keys():
                continue
            picture = path.parent / content["image"]
            read = _scene if "packs" in content else _hand_drawn
            truths.append(read(picture, content))
        except (ValueError, KeyError, TypeError) as error:
            raise EvaluationError(
                f"{path} cannot be used as truth: {error!r}. Expected a rendered scene's JSON or "
                f"boxes drawn by hand. Repair or remove the file."
            ) from error
        if not picture.is_file():
            raise EvaluationError(
                f"{path} tells the truth of {picture.name}, which is not there. Put the picture "
                f"beside it or remove the file."
            )
    if not truths:
        raise EvaluationError(
            f"No truth in {folder}: expected pictures with a JSON of the same name beside them "
            f"(rendered scenes, or boxes drawn by hand). Name such a folder."
        )
    return truths


def _scene(picture: Path, content: Mapping[str, Any]) -> Truth:
    must = [p for p in content["packs"] if p["visible"] >= LEAST_VISIBLE and _is_large(p["bbox"])]
    may = [
        p for p in content["packs"] if not (p["visible"] >= LEAST_VISIBLE and _is_large(p["bbox"]))
    ]
    signs = content["signs"]
    evidence = content.get("evidence", {})
    return Truth(
        picture,
        tuple(
            TruePack(tuple(p["bbox"]), p["role"] == "medicine", _names(p), p["bottom_height_cm"])
            for p in must
        ),
        soft_boxes=tuple(tuple(p["bbox"]) for p in may),
        cards=tuple(tuple(s["bbox"]) for s in signs if s["kind"] == "product_card"),
        aids=tuple((a["kind"], tuple(a["bbox"])) for a in content["aids"]),
        signs=tuple(
            (s["text"], tuple(s["bbox"]))
            for s in signs
            if s["kind"] == "category" and s["approved"] and s["visible"] >= LEAST_VISIBLE
        ),
        outcomes={
            RULE_IDS[rule]: outcome
            for rule, outcome in content["expected"].items()
            if rule in RULE_IDS and evidence.get(rule, True)
        },
        reference=REFERENCES[content["reference_kind"]],
        told=_told(content.get("references", ())),
    )


def _told(references: Iterable[Mapping[str, Any]]) -> Told:
    heights_cm = [r["cm"] for r in references if r["kind"] == "camera_height"]
    return Told(camera_height_m=heights_cm[0] / 100) if heights_cm else NOTHING_TOLD


def _hand_drawn(picture: Path, content: Mapping[str, Any]) -> Truth:
    boxes = content["boxes"]
    return Truth(
        picture,
        tuple(TruePack(tuple(b["xyxy"])) for b in boxes if b["class"] == "pack"),
        soft_boxes=tuple(tuple(b["xyxy"]) for b in boxes if b["class"] != "pack"),
    )


def _is_large(box: Box) -> bool:
    return min(box[2] - box[0], box[3] - box[1]) >= LEAST_SIDE_PX


def _names(pack: Mapping[str, Any]) -> tuple[str, ...]:
    name, strength, form, size = (
        pack.get(key) or "" for key in ("name", "strength", "form", "pack_size")
    )
    written = (
        (name,), (name, strength), (name, form), (name, strength, form), (name, strength, size),
        (name, strength, form, size),
    )  # fmt: skip
    return tuple(dict.fromkeys(" ".join(filter(None, parts)) for parts in written))
