"""Packs that look alike: facings of one article, told by their pixels alone.

Every front is drawn at one small size. A pack is laid over the group's first pack, or over most of
the others, as well as a stretched, slanted copy can be; then all of it must agree: colour and
contrast as a whole, and the print place by place. Articles of one house often share everything but
the name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import Pack
from inspector.domain.verdict import Box

Front = NDArray[np.float32]
"""A pack's front in Lab, shape (FRONT_PX, FRONT_PX, 3), whatever its own size."""

FRONT_PX = 48

MIN_SIDE_PX = 16
"""Smaller packs show too little to be compared."""

MAX_SIZE_RATIO = 1.5
"""Facings of one article differ less in width and height, also along a slanted shelf. Packs that
are half hidden differ more, and are left alone."""

MIN_ROUGH_AGREEMENT = 0.6
"""Agreement, before one is laid over the other, below which packs are not looked at closely."""

MIN_AGREEMENT = 0.9
"""Agreement as a whole that facings of one article reach; 1 is the same picture."""

MIN_PRINT_AGREEMENT = 0.8
"""Correlation that print and edges reach almost everywhere on facings of one article."""

PLACES_THAT_MAY_DIFFER = 15
"""Percent of the front that may differ: glare, a neighbour's corner, a number in small print."""

MOST_OF_A_GROUP = 0.5
"""A pack that does not look like the first of a group belongs to it when it looks like so much of
the group."""

MAX_STRETCH = 0.2
MAX_SHIFT_PX = 8
"""How far a front may be stretched, slanted and moved to fit; more turns it into another one."""

_CHROMA_WEIGHT = 1.5  # lightness also comes from lamps and shadows
_MARGIN_PX = 4  # of a front: neighbours and the box's own error
_PLACE_PX = 9  # about a letter or two of a name
_PLAIN = 3.0  # standard deviation of lightness below which a place is plain
_ECC_STEPS = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 12, 1e-3)


def looks_from_packs(
    image_bgr: NDArray[np.uint8],
    packs: Sequence[Pack],
    *,
    remembered: dict[tuple[Box, Box], bool] | None = None,
) -> Mapping[str, int]:
    """Number the looks of the packs in a photo.

    Args:
        image_bgr: Upright photo, shape (H, W, 3), uint8.
        packs: Packs in it; product cards are left out, they are no packs.
        remembered: Whether two boxes of this picture look alike, where that is known; what is found
            is added.

    Returns:
        Look by pack id, counted from 1. All packs of a number look like its largest one, or like
        most of the others; packs that look like no other are missing.
    """
    compared = [pack for pack in packs if not pack.is_card and _is_large(pack.box_xyxy_px)]
    if len(compared) < 2:
        return {}
    fronts = [_front(image_bgr, pack.box_xyxy_px) for pack in compared]
    may_be_alike = _may_be_alike([pack.box_xyxy_px for pack in compared], fronts)
    left = sorted(range(len(compared)), key=lambda k: -_area(compared[k].box_xyxy_px))
    looks: dict[str, int] = {}
    known = {} if remembered is None else remembered

    def are_alike(one: int, other: int) -> bool:
        pair = compared[one].box_xyxy_px, compared[other].box_xyxy_px
        if pair not in known:
            known[pair] = _is_alike(fronts[one], fronts[other])
        return known[pair]

    number = 0
    while left:
        # Every pack is held against the first of its group, or, as glare may lie on that, against
        # most of the group: chains of small differences end here.
        first, *rest = left
        group = [first, *(k for k in rest if may_be_alike[first, k] and are_alike(first, k))]
        if len(group) > 1:
            number += 1
            for k in [k for k in rest if k not in group and may_be_alike[first, k]]:
                likes = sum(may_be_alike[one, k] and are_alike(one, k) for one in group)
                if likes >= MOST_OF_A_GROUP * len(group):
                    group.append(k)
            looks |= {compared[k].pack_id: number for k in group}
        left = [k for k in rest if k not in group]
    return looks


def _is_large(box: Box) -> bool:
    return min(box[2] - box[0], box[3] - box[1]) >= MIN_SIDE_PX


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _front(image_bgr: NDArray[np.uint8], box: Box) -> Front:
    x1, y1, x2, y2 = box
    step_x, step_y = (x2 - x1) / FRONT_PX, (y2 - y1) / FRONT_PX
    fine = max(1, int(np.ceil(max(step_x, step_y))))  # samples per pixel of the front
    step_x, step_y = step_x / fine, step_y / fine
    samples = cv2.warpAffine(
        image_bgr,
        np.array([[step_x, 0, x1 + step_x / 2 - 0.5], [0, step_y, y1 + step_y / 2 - 0.5]]),
        (FRONT_PX * fine, FRONT_PX * fine),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    front = cv2.resize(samples, (FRONT_PX, FRONT_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(front.astype(np.float32) / 255, cv2.COLOR_BGR2Lab))


def _may_be_alike(boxes: Sequence[Box], fronts: Sequence[Front]) -> NDArray[np.bool_]:
    """Return which packs are worth a close look, shape (n, n)."""
    rough = np.stack([cv2.resize(f, (12, 12), interpolation=cv2.INTER_AREA) for f in fronts])
    flat = _weighted(rough).reshape(len(fronts), -1)
    energy = (flat**2).sum(axis=1)
    agreement = 2 * (flat @ flat.T) / np.maximum(energy[:, None] + energy, 1e-6)
    sizes = np.log([(x2 - x1, y2 - y1) for x1, y1, x2, y2 in boxes])
    ratios = np.abs(sizes[:, None] - sizes).max(axis=2)
    return np.asarray((agreement >= MIN_ROUGH_AGREEMENT) & (ratios <= np.log(MAX_SIZE_RATIO)))


def _weighted(fronts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return fronts (…, h, w, 3) without their mean lightness, colours given their weight."""
    weighted = fronts.copy()
    weighted[..., 0] -= fronts[..., 0].mean(axis=(-2, -1), keepdims=True)
    weighted[..., 1:] *= _CHROMA_WEIGHT
    return weighted


def _is_alike(front: Front, other: Front) -> bool:
    inner = front[_MARGIN_PX:-_MARGIN_PX, _MARGIN_PX:-_MARGIN_PX]
    moved = _laid_over(inner, other)
    if moved is None:
        return False
    a, b = _weighted(inner), _weighted(moved)
    agreement = 2 * (a * b).sum() / max(float((a**2).sum() + (b**2).sum()), 1e-6)
    if agreement < MIN_AGREEMENT:
        return False
    print_agreement = _agreement_by_place(inner[..., 0], moved[..., 0])
    return bool(np.percentile(print_agreement, PLACES_THAT_MAY_DIFFER) >= MIN_PRINT_AGREEMENT)


def _laid_over(inner: Front, other: Front) -> Front | None:
    """Return the other front, moved and stretched so that it fits on a front without margins."""
    start = np.array([[1, 0, _MARGIN_PX], [0, 1, _MARGIN_PX]], dtype=np.float32)
    lightness, other_lightness = inner[..., 0].copy(), other[..., 0].copy()
    try:
        _, to_other = cv2.findTransformECC(
            lightness, other_lightness, start.copy(), cv2.MOTION_AFFINE, _ECC_STEPS, None, 3
        )
    except cv2.error:  # that is how OpenCV says that the two have nothing in common
        return None
    change = np.abs(to_other - start)
    if change[:, :2].max() > MAX_STRETCH or change[:, 2].max() > MAX_SHIFT_PX:
        return None
    height, width = lightness.shape
    moved = cv2.warpAffine(
        other,
        to_other,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(moved)


def _agreement_by_place(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the correlation of two pictures round each pixel, 1 where both are plain."""
    window = (_PLACE_PX, _PLACE_PX)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        half = _PLACE_PX // 2
        return np.asarray(cv2.blur(values, window)[half:-half, half:-half])

    variance_a = np.maximum(mean(a * a) - mean(a) ** 2, 0)
    variance_b = np.maximum(mean(b * b) - mean(b) ** 2, 0)
    covariance = mean(a * b) - mean(a) * mean(b)
    correlation = covariance / np.maximum(np.sqrt(variance_a * variance_b), _PLAIN**2)
    return np.where(np.maximum(variance_a, variance_b) < _PLAIN**2, 1, correlation)
