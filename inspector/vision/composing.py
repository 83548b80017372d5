"""Puts a scene together from what was found and what was read: what is printed on what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import Aid, AidKind, Pack, Scene, Sign, TextLine
from inspector.domain.verdict import Box
from inspector.geometry.boxes import areas, shared_areas
from inspector.vision.detector import Detection

SAME_THING_IOU = 0.6
"""Packs and product cards, or signs and labels, that overlap more than this are one thing. Each
class suppresses its own repeats already, but not those of the others."""

CLEARER = 2.0
"""What is seen both as a pack and as a product card is what the detector is so many times surer of;
else it may be either. On twelve traced scenes all 38 cards were seen as nothing else, or 2.7 times
as surely and more; 16 of 21 packs that were seen as cards, too, less than half as surely."""

SAME_SIGN_SHARE = 0.8
"""Of two signs of which one holds this share of the other, the surer one is the sign."""

HELD_SHARE = 0.75
"""A line is printed on what holds this share of it; a word that sticks out is on something else."""

SPANNED_SHARE = 0.25
"""A line that nothing holds is printed on the neighbours that each hold this share of it."""

NEAR_SHARE = 0.12
"""A line that lies across the border of one pack is printed on it where the pack, so much larger on
each side, would hold it: boxes are drawn a little too small or beside the pack."""

SURE_OUTLINE = 0.5
"""Confidence from which a sign's box is taken for the whole sign."""

Thing = TypeVar("Thing", Pack, Sign)


def compose_scene(detections: Sequence[Detection], lines: Sequence[TextLine]) -> Scene:
    """Put detections and text together: each line belongs to the smallest thing that holds it.

    Lines that lie on nothing that was found make a sign of their own, so that a sign which the
    detector missed is still read.

    Args:
        detections: Everything that was found. A product card that does not count may still make
            a pack in the same place doubtful.
        lines: Everything that was read.
    """
    found, may_be_cards = _packs_and_cards(
        _each_once([d for d in detections if d.label == "pack"]),
        _each_once([d for d in detections if d.label == "product_card"]),
    )
    aids = _each_once([d for d in detections if d.counts and d.label in set(AidKind)])
    found = _without_aids(found, aids)
    packs = [d for d in found if d.counts]
    doubtful_packs = [Pack("", d.box_xyxy_px, d.confidence) for d in found if not d.counts]
    detections = [d for d in detections if d.counts]
    signs = _each_once([d for d in detections if d.label in ("sign", "price_label")])
    holders = packs + signs
    held: dict[int, list[TextLine]] = {k: [] for k in range(len(holders))}
    loose = []
    for line, of in zip(lines, _holders_of(lines, holders), strict=True):
        for k in of:
            held[k].append(line)
        if not of:
            loose.append(line)
    # What is seen as a sign, and less surely as a pack, says what it says as either.
    boards = [k for k, d in enumerate(signs) if d.label == "sign"]
    for n, k in np.argwhere(_overlaps(packs, [signs[k] for k in boards])).tolist():
        if signs[boards[k]].confidence > packs[n].confidence:
            of_sign = held[len(packs) + boards[k]]
            of_sign += [line for line in held[n] if line not in of_sign]
    scene_packs = [
        Pack(
            "",
            d.box_xyxy_px,
            d.confidence,
            is_card=d.label == "product_card",
            may_be_card=d in may_be_cards,
            texts=tuple(held[k]),
        )
        for k, d in enumerate(packs)
    ]
    scene_signs = [
        Sign(
            "",
            d.box_xyxy_px,
            tuple(held[len(packs) + k]),
            is_price_label=d.label == "price_label",
            confidence=d.confidence,
            has_outline=d.confidence >= SURE_OUTLINE,
        )
        for k, d in enumerate(signs)
        if held[len(packs) + k] or not _is_piece_of(loose, d)
    ] + [_sign_of(group) for group in _joined(loose)]
    return Scene(
        packs=tuple(
            replace(pack, pack_id=f"p{n}")
            for n, pack in enumerate(_in_reading_order(scene_packs), start=1)
        ),
        signs=tuple(
            replace(sign, sign_id=f"t{n}")
            for n, sign in enumerate(_in_reading_order(scene_signs), start=1)
        ),
        aids=tuple(
            Aid(f"a{n}", AidKind(d.label), d.box_xyxy_px, d.confidence)
            for n, d in enumerate(aids, start=1)
        ),
        dividers=_boxes(detections, "divider"),
        doors=_boxes(detections, "door"),
        people_px=_boxes(detections, "person"),
        doubtful_packs=tuple(
            replace(pack, pack_id=f"d{n}")
            for n, pack in enumerate(_in_reading_order(doubtful_packs), start=1)
        ),
    )


def _boxes(detections: Sequence[Detection], label: str) -> tuple[Box, ...]:
    return tuple(d.box_xyxy_px for d in detections if d.label == label)


def _each_once(detections: Sequence[Detection]) -> list[Detection]:
    """Drop detections that repeat a surer one."""
    if not detections:
        return []
    surest_first = sorted(detections, key=lambda detection: -detection.confidence)
    repeats = _overlaps(surest_first, surest_first)
    kept: list[int] = []
    for k in range(len(surest_first)):
        if not repeats[k, kept].any():
            kept.append(k)
    return [surest_first[k] for k in kept]


def _packs_and_cards(
    packs: Sequence[Detection], cards: Sequence[Detection]
) -> tuple[list[Detection], list[Detection]]:
    """Tell packs and product cards apart where one thing was taken for both.

    A pack that does not count takes nothing from a card that does, nor does a card from it that
    does not count either.

    Returns:
        Packs and cards, and those of the packs that may be cards.
    """
    if not packs or not cards:
        return [*packs, *(d for d in cards if d.counts)], []
    counts, card_counts = (np.array([d.counts for d in ds]) for ds in (packs, cards))
    are_one = _overlaps(packs, cards) & (counts[:, None] | card_counts)
    as_card = (are_one * [d.confidence for d in cards]).max(axis=1)
    as_pack = np.array([d.confidence for d in packs])
    is_pack = np.where(counts, as_card < CLEARER * as_pack, as_card < as_pack)
    kept = [d for d, is_kept in zip(packs, is_pack, strict=True) if is_kept]
    doubtful = counts & is_pack & (as_card * CLEARER > as_pack)
    alone = ~are_one[is_pack].any(axis=0)
    kept_cards = [d for d, is_alone in zip(cards, alone, strict=True) if is_alone and d.counts]
    may_be_cards = [d for d, is_in_doubt in zip(packs, doubtful, strict=True) if is_in_doubt]
    return kept + kept_cards, may_be_cards


def _without_aids(packs: Sequence[Detection], aids: Sequence[Detection]) -> list[Detection]:
    """Drop what looks more like a thing to climb on, such as a crate or a pallet."""
    as_aid, as_pack = (np.array([d.confidence for d in ds]) for ds in (aids, packs))
    is_aid = _overlaps(packs, aids) & (as_aid > as_pack[:, None])
    return [d for d, is_one in zip(packs, is_aid, strict=True) if not is_one.any()]


def _overlaps(some: Sequence[Detection], others: Sequence[Detection]) -> NDArray[np.bool_]:
    """Return which detections are one thing, shape (some, others)."""
    a = np.array([d.box_xyxy_px for d in some]).reshape(-1, 1, 4)
    b = np.array([d.box_xyxy_px for d in others]).reshape(1, -1, 4)
    shared = shared_areas(a, b)
    is_sign, is_other_sign = (
        np.array([d.label == "sign" for d in ds], bool) for ds in (some, others)
    )
    are_signs = is_sign[:, None] & is_other_sign
    is_held = are_signs & (shared > SAME_SIGN_SHARE * np.minimum(areas(a), areas(b)))
    return np.asarray(is_held | (shared > SAME_THING_IOU * (areas(a) + areas(b) - shared)))


def _holders_of(lines: Sequence[TextLine], holders: Sequence[Detection]) -> list[list[int]]:
    """Return what each line is printed on: the smallest thing that holds it, or those it spans."""
    inner = np.array([line.box_xyxy_px for line in lines]).reshape(-1, 1, 4)
    outer = np.array([d.box_xyxy_px for d in holders]).reshape(1, -1, 4)
    shares = shared_areas(inner, outer) / np.maximum(areas(inner), 1e-9)
    more = NEAR_SHARE * np.tile(outer[..., 2:] - outer[..., :2], 2) * (-1, -1, 1, 1)
    near = shared_areas(inner, outer + more) / np.maximum(areas(inner), 1e-9)
    near[:, [d.label != "pack" for d in holders]] = 0.0
    smallest_first = np.argsort(areas(outer)[0], kind="stable")
    held_by = []
    for k, row in enumerate(shares):
        inside = smallest_first[row[smallest_first] >= HELD_SHARE]
        # Print on facings side by side is read as one line: "Clearblue Clearblue".
        spanned = np.flatnonzero(row >= SPANNED_SHARE)
        spans = len(spanned) > 1 and row[spanned].sum() >= HELD_SHARE
        nearly = spanned[near[k, spanned] >= HELD_SHARE]
        held_by.append(inside[:1].tolist() or (spanned.tolist() if spans else nearly[:1].tolist()))
    return held_by


def _is_piece_of(lines: Sequence[TextLine], label: Detection) -> bool:
    """Say whether a label is but a piece of words: a few letters on a strip look like one."""
    inner = np.array([label.box_xyxy_px])
    outer = np.array([line.box_xyxy_px for line in lines]).reshape(-1, 4)
    return label.label == "price_label" and bool(
        (shared_areas(inner, outer) >= HELD_SHARE * areas(inner)).any()
    )


def _sign_of(lines: Sequence[TextLine]) -> Sign:
    boxes = np.array([line.box_xyxy_px for line in lines])
    x1, y1 = boxes[:, :2].min(axis=0).tolist()
    x2, y2 = boxes[:, 2:].max(axis=0).tolist()
    confidence = min(line.confidence for line in lines)
    return Sign("", (x1, y1, x2, y2), tuple(lines), False, confidence, has_outline=False)


def _joined(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Group loose lines of one sign: under each other, about as high, less than a line apart."""
    groups: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box_xyxy_px[1]):
        x1, y1, x2, _ = line.box_xyxy_px
        for group in groups:
            above = group[-1]
            gap_px = y1 - above.box_xyxy_px[3]
            overlap_px = min(x2, above.box_xyxy_px[2]) - max(x1, above.box_xyxy_px[0])
            alike = 0.5 < line.height_px / above.height_px < 2
            if alike and gap_px < 0.8 * above.height_px and overlap_px > 0.3 * (x2 - x1):
                group.append(line)
                break
        else:
            groups.append([line])
    return groups


def _in_reading_order(things: Sequence[Thing]) -> list[Thing]:
    """Sort from top to bottom in bands of one median height, then from left to right."""
    if not things:
        return []
    boxes = [thing.box_xyxy_px for thing in things]
    band_px = max(1.0, float(np.median([y2 - y1 for _, y1, _, y2 in boxes])))
    return sorted(
        things, key=lambda thing: (int(thing.box_xyxy_px[3] // band_px), thing.box_xyxy_px[0])
    )
