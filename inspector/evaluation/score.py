"""Counts what reports got right: packs, cards, goods, names, heights, signs, aids, verdicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from inspector.domain.verdict import Box
from inspector.evaluation.truth import TruePack, Truth

Array = NDArray[np.float64]

PACK_IOU, SIGN_IOU, CARD_IOU, AID_IOU = 0.5, 0.3, 0.4, 0.3
"""Overlap from which a box is the thing."""

LEAST_NAME_SIMILARITY = 0.8
NEAR_LIMIT_CM = 15.0
"""Packs so near to 140 cm show how narrow heights are where it matters."""

RELIABILITY_STEPS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Confidences at which finds are parted to see whether a confidence means what it says."""

DEFINITE = {"passed": "compliant", "failed": "violation", "inapplicable": "not_applicable"}
"""What a definite outcome says in the words of the truth."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How right the reports of a set of pictures are; None where nothing was there to count.

    Shares are 0 to 1, lengths centimetres. `average_precision` and `reliability` are over all that
    the reports list, doubtful finds too, everything else over their packs. `reliability` has, for
    each step between two of `RELIABILITY_STEPS`, how many finds there were and how many were right.
    """

    pictures: int
    packs: int
    average_precision: float
    precision: float | None
    recall: float | None
    reliability: tuple[tuple[int, int], ...]
    cards: int
    cards_called_packs: int
    aids: int
    aids_found: int
    medicine_precision: float | None
    medicine_recall: float | None
    decided: float | None
    named: float | None
    names_right: float | None
    height_error_cm: float | None
    height_covered: float | None
    half_width_near_limit_cm: float | None
    signs: int
    signs_read: int
    verdicts_definite: int
    verdicts_undecided: int
    verdicts_wrong: int
    wrong: tuple[str, ...]


@dataclass
class Tally:
    """Counts over pictures; `figures` sums them up."""

    pictures: int = 0
    packs: int = 0
    finds: list[tuple[float, bool]] = field(default_factory=list)
    doubtful_finds: list[tuple[float, bool]] = field(default_factory=list)
    cards: int = 0
    cards_called_packs: int = 0
    aids: int = 0
    aids_found: int = 0
    medicine: Counter[tuple[bool, bool | None]] = field(default_factory=Counter)
    named: int = 0
    names_right: int = 0
    height_errors_cm: list[float] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    half_widths_cm: list[float] = field(default_factory=list)
    signs: int = 0
    signs_read: int = 0
    definite: int = 0
    undecided: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, truth: Truth, report: dict[str, Any]) -> None:
        """Count one picture.

        Args:
            truth: What is true of it.
            report: Its report in the stable format, with one capture.
        """
        capture = report["captures"][0]
        self.pictures += 1
        self._add_packs(truth, capture)
        self._add_aids(truth, capture)
        self._add_signs(truth, capture)
        self._add_verdicts(truth, report["summary"])

    def _add_packs(self, truth: Truth, capture: dict[str, Any]) -> None:
        found = [p for p in capture["packs"] if p["goods"] != "product_card"]
        is_doubtful = np.array([p.get("doubtful", False) for p in found], bool)
        boxes = np.array([p["box_xyxy_px"] for p in found], float).reshape(-1, 4)
        matches = matched(
            boxes,
            np.array([p["confidence"] for p in found], float),
            [pack.box_xyxy_px for pack in truth.packs],
            truth.soft_boxes,
        )
        self.packs += len(truth.packs)
        self.cards += len(truth.cards)
        self.cards_called_packs += int(
            (overlaps(as_array(truth.cards), boxes[~is_doubtful])[0] >= CARD_IOU).any(1).sum()
        )
        for index, number in matches:
            finds = self.doubtful_finds if is_doubtful[index] else self.finds
            finds.append((found[index]["confidence"], number is not None))
            if is_doubtful[index]:
                continue
            if number is not None:
                self._add_pack(truth.packs[number], found[index])

    def _add_pack(self, pack: TruePack, found: dict[str, Any]) -> None:
        if pack.is_medicine is not None:
            said = {"otc_medicine": True, "other_goods": False}.get(found["goods"])
            self.medicine[pack.is_medicine, said] += 1
        identity = found["identity"]
        if pack.names and identity is not None:
            name = " ".join(filter(None, (identity["name"], identity["strength"])))
            self.named += 1
            self.names_right += _is_name(name, pack.names)
        height, true_cm = found["bottom_height_cm"], pack.bottom_height_cm
        if height is not None and true_cm is not None:
            self.height_errors_cm.append(abs(height["value"] - true_cm))
            self.covered.append(height["low"] <= true_cm <= height["high"])
            if abs(true_cm - 140) <= NEAR_LIMIT_CM:
                self.half_widths_cm.append((height["high"] - height["low"]) / 2)

    def _add_aids(self, truth: Truth, capture: dict[str, Any]) -> None:
        found = as_array([a["box_xyxy_px"] for a in capture["aids"]])
        self.aids += len(truth.aids)
        boxes = as_array([box for _, box in truth.aids])
        self.aids_found += int((overlaps(boxes, found)[0] >= AID_IOU).any(1).sum())

    def _add_signs(self, truth: Truth, capture: dict[str, Any]) -> None:
        found = capture["signs"]
        overlap = overlaps(
            as_array([box for _, box in truth.signs]), as_array([s["box_xyxy_px"] for s in found])
        )[0]
        self.signs += len(truth.signs)
        for row, (word, _) in enumerate(truth.signs):
            self.signs_read += any(
                overlap[row, k] >= SIGN_IOU and _letters(sign["text"]) == _letters(word)
                for k, sign in enumerate(found)
            )

    def _add_verdicts(self, truth: Truth, summary: dict[str, str]) -> None:
        for rule_id, true_outcome in truth.outcomes.items():
            said = DEFINITE.get(summary[rule_id])
            if said is None:
                self.undecided += 1
                continue
            self.definite += 1
            if (said == "violation") != (true_outcome == "violation"):
                self.wrong.append(f"{truth.picture.name} {rule_id}: {said}, true {true_outcome}")

    def figures(self) -> Figures:
        """Return the figures of everything counted so far."""
        hits = sum(hit for _, hit in self.finds)
        right = self.medicine[True, True]
        medicine = sum(n for (true, _), n in self.medicine.items() if true)
        matched_packs = self.medicine.total()
        decided = sum(n for (_, said), n in self.medicine.items() if said is not None)
        return Figures(
            pictures=self.pictures,
            packs=self.packs,
            average_precision=average_precision(self.finds + self.doubtful_finds, self.packs),
            precision=_share(hits, len(self.finds)),
            recall=_share(hits, self.packs),
            reliability=reliability(self.finds + self.doubtful_finds),
            cards=self.cards,
            cards_called_packs=self.cards_called_packs,
            aids=self.aids,
            aids_found=self.aids_found,
            medicine_precision=_share(right, right + self.medicine[False, True]),
            medicine_recall=_share(right, medicine),
            decided=_share(decided, matched_packs),
            named=_share(self.named, matched_packs),
            names_right=_share(self.names_right, self.named),
            height_error_cm=_median(self.height_errors_cm),
            height_covered=_share(sum(self.covered), len(self.covered)),
            half_width_near_limit_cm=_median(self.half_widths_cm),
            signs=self.signs,
            signs_read=self.signs_read,
            verdicts_definite=self.definite,
            verdicts_undecided=self.undecided,
            verdicts_wrong=len(self.wrong),
            wrong=tuple(self.wrong),
        )


def as_array(boxes: Sequence[Box]) -> Array:
    """Return boxes as an array, shape (N, 4), also when there are none."""
    return np.array(boxes, float).reshape(-1, 4)


def overlaps(a: Array, b: Array) -> tuple[Array, Array]:
    """Return IoU and the share of each `a` inside each `b`, both (N, M), of xyxy boxes."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(-1)
    area_a, area_b = ((q[:, 2:] - q[:, :2]).prod(-1) for q in (a, b))
    union = area_a[:, None] + area_b[None] - common
    return common / np.maximum(union, 1e-9), common / np.maximum(area_a[:, None], 1e-9)


def matched(
    found: Array, confidence: Array, true_boxes: Sequence[Box], soft_boxes: Sequence[Box]
) -> list[tuple[int, int | None]]:
    """Match finds to true boxes, the surest find first, each true box once.

    A find that fits no true box but lies half or more in a soft one counts neither way and is left
    out.

    Returns:
        Number of the find, and of its true box or None when it is a false one.
    """
    iou = overlaps(found, as_array(true_boxes))[0]
    in_soft = overlaps(found, as_array(soft_boxes))[1].max(1, initial=0.0)
    free = np.ones(len(true_boxes), bool)
    rows: list[tuple[int, int | None]] = []
    for k in np.argsort(-confidence, kind="stable"):
        fitting = np.where(free, iou[k], 0.0)
        if fitting.max(initial=0.0) >= PACK_IOU:
            free[fitting.argmax()] = False
            rows.append((int(k), int(fitting.argmax())))
        elif in_soft[k] < PACK_IOU:
            rows.append((int(k), None))
    return rows


def average_precision(finds: Sequence[tuple[float, bool]], true_count: int) -> float:
    """Return the area under the interpolated precision-recall curve of (confidence, hit) rows."""
    hit = np.array([h for _, h in sorted(finds, key=lambda row: -row[0])], float)
    recall = hit.cumsum() / max(true_count, 1)
    precision = hit.cumsum() / np.arange(1, len(hit) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(np.r_[0.0, recall]) * envelope))


def reliability(finds: Sequence[tuple[float, bool]]) -> tuple[tuple[int, int], ...]:
    """Return how many (confidence, hit) rows lie in each step, and how many of them hit."""
    steps = pairwise(RELIABILITY_STEPS)
    inside = [[hit for c, hit in finds if low <= c < high or c == high == 1] for low, high in steps]
    return tuple((len(hits), sum(hits)) for hits in inside)


def _is_name(said: str, names: Sequence[str]) -> bool:
    return (
        max(fuzz.ratio(_signs_of(said), _signs_of(n)) for n in names) >= 100 * LEAST_NAME_SIMILARITY
    )


def _signs_of(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text.lower())


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if values else None
