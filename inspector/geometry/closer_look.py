"""Two photos of one fixture: what the closer one shows, the one from afar knows.

The same print ties them together (`shared_print.py`). Packs and signs in the same place are the
same, and what the closer photo reads on them counts; what only that one shows is added. Where
nothing of it is left over, it need not be judged: the one from afar shows the whole fixture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from inspector.domain.scene import Barcode, Pack, Scene, Sign, TextLine
from inspector.domain.verdict import Box
from inspector.geometry.boxes import areas, shared_areas
from inspector.geometry.camera import Array
from inspector.geometry.shared_print import MIN_LETTERS, Frames, mapped

Mask = NDArray[np.bool_]

CLOSER = 1.3
"""A closer photo shows the same packs so much larger, along a side."""

SAME_PACK, SAME_SIGN = 0.5, 0.25
"""Things whose boxes overlap so much (intersection over union) are one; of signs often only a part
is found."""

MIN_IN_PLACE = 0.8
"""So large a share of the closer photo's packs has to stand where the other one shows a pack. Of
two traced shelves, in four parts each, 91–98 % did; of parts put a pack's width aside, 0–71 %."""

PART_INSIDE, PART_SHARE, PARTS_SHARE = 0.6, 0.25, 0.6
"""A pack of the closer photo that lies in one of the other by the first share, and makes up the
second of it, is a part of it: two may have been found as one. All parts together make up the third,
or something in it was not read."""

KNOWN_SHARE = 0.5
"""What lies on packs of the other photo by this share is not new: it was boxed otherwise there."""

CUT_SHARE = 0.25
"""Of a sign that the closer photo's border cuts, so much has to lie on something of the other."""

BORDER_SHARE = 0.004
"""What ends so near a photo's border, in shares of its width, goes on beyond it."""

BORDER_SIDES = 0.5
"""A pack that only the closer photo shows counts from so many of its own sides within the border:
nearer, tops of packs that the border cuts look like packs."""

BEYOND_SHARE = 0.01
"""A closer photo may reach so far beyond the other one and still lie in it: joins are not exact."""

MAX_FRAME_SHARE = 0.8
"""A close-up shows at most this share of the other photo; one that shows more is as good a photo of
the whole, and sharper."""


@dataclass(frozen=True, slots=True)
class CloserLook:
    """A photo from afar with what a closer one of the same fixture shows.

    Attributes:
        scene: What was seen from afar: packs and signs with the print that the closer photo shows,
            and those after them that only it shows.
        is_all: True when the closer photo shows nothing that is not in this scene.
    """

    scene: Scene
    is_all: bool


def closer_look(
    near: Scene, far: Scene, to_far: Array, *, frames_wh: Frames, name: str
) -> CloserLook | None:
    """Return what was seen from afar, as a closer photo of the same fixture shows it.

    Args:
        near: What was seen in the closer photo.
        far: What was seen in the one from afar, also what other closer photos showed.
        to_far: Homography from the closer photo into the other, see `joined_by_print`.
        frames_wh: Sizes of the closer photo and of the one from afar, in pixels.
        name: Ends the ids of what only the closer photo shows; one name for each photo.

    Returns:
        None where the packs do not stand in the same places, or the first photo is no closer.
    """
    packs = _Matched(_boxes(near.packs), _boxes(far.packs), to_far, frames_wh, SAME_PACK)
    if not packs.is_closer or packs.is_same.sum() < MIN_IN_PLACE * packs.is_whole.sum():
        return None
    signs = _Matched(_boxes(near.signs), _boxes(far.signs), to_far, frames_wh, SAME_SIGN)
    doors = _Matched(_array(near.doors), _array(far.doors), to_far, frames_wh, SAME_PACK)
    on_packs = shared_areas(signs.there[:, None], packs.theirs).sum(axis=1) / np.maximum(
        areas(signs.there), 1e-9
    )
    looks = _looks(near, far, packs)
    new_packs = np.flatnonzero(packs.is_new & packs.is_well_within).tolist()
    says_something = np.array([_says_something(sign) for sign in near.signs], dtype=bool)
    is_blank_label = np.array([s.is_price_label and not s.lines for s in near.signs], dtype=bool)
    new_signs = signs.is_new & (on_packs < KNOWN_SHARE) & ~is_blank_label
    scene = replace(
        far,
        packs=(
            *(
                _pack_seen_closer(pack, near.packs, packs, k, looks)
                for k, pack in enumerate(far.packs)
            ),
            *(_new_pack(near.packs[n], packs, n, name, looks) for n in new_packs),
        ),
        signs=(
            *(_sign_seen_closer(sign, near.signs, signs, k) for k, sign in enumerate(far.signs)),
            *(_new_sign(near.signs[n], signs, n, name) for n in np.flatnonzero(new_signs).tolist()),
        ),
    )
    signs_left = ~signs.is_whole & (np.maximum(signs.covered, on_packs) < CUT_SHARE)
    return CloserLook(
        scene,
        is_all=_lies_in(to_far, frames_wh)
        and not ((signs_left & says_something).any() or doors.is_new.any())
        and {aid.kind for aid in near.aids} <= {aid.kind for aid in far.aids},
    )


@dataclass(frozen=True, slots=True)
class _Looks:
    """Numbers of looks in the photo from afar, by those of each photo."""

    near: Mapping[int, int]
    far: Mapping[int, int]

    def of_near(self, look: int | None) -> int | None:
        return None if look is None else self.near[look]

    def of_far(self, look: int | None) -> int | None:
        return None if look is None else self.far.get(look, look)


def _looks(near: Scene, far: Scene, packs: _Matched) -> _Looks:
    """Number the looks anew: the closer photo tells them better apart.

    Packs that it does not show stay with those of their old look where these are all of one.
    """
    first = 1 + max((pack.look or 0 for pack in far.packs), default=0)
    of_near = {pack.look: first + pack.look for pack in near.packs if pack.look is not None}
    seen: dict[int, set[int]] = {}
    for n, k in np.argwhere(packs.is_same).tolist():
        old, new = far.packs[k].look, near.packs[n].look
        if old is not None:
            seen.setdefault(old, set()).add(old if new is None else of_near[new])
    of_far = {old: new.pop() for old, new in seen.items() if len(new) == 1}
    return _Looks(of_near, of_far)


class _Matched:
    """Boxes of a closer photo held against those of one from afar.

    Attributes:
        ours: Boxes of the closer photo, shape (n, 4).
        there: The same in the photo from afar.
        theirs: Boxes of the photo from afar, shape (m, 4).
        is_same: Which are one thing, shape (n, m): each is the other's best.
        is_whole: Of which the closer photo's border cuts nothing, shape (n,).
        covered: Share of each that lies on things of the photo from afar, shape (n,).
    """

    def __init__(
        self, ours: Array, theirs: Array, to_far: Array, frames_wh: Frames, least: float
    ) -> None:
        self.ours, self.theirs, self._to_far, self._near_wh = ours, theirs, to_far, frames_wh[0]
        self.there = _mapped_boxes(to_far, ours)
        self.is_whole = _is_inside(ours, frames_wh[0]) & _is_inside(self.there, frames_wh[1])
        self._shared = shared_areas(self.there[:, None], theirs)
        own, their = areas(self.there), areas(theirs)
        overlaps = self._shared / np.maximum(own[:, None] + their - self._shared, 1e-9)
        self.is_same = _are_best(overlaps) & (overlaps >= least) & self.is_whole[:, None]
        self.covered = self._shared.sum(axis=1) / np.maximum(own, 1e-9)

    @property
    def is_closer(self) -> bool:
        """Whether the photo shows what both show so much larger."""
        n, k = np.nonzero(self.is_same)
        if len(n) == 0:
            return False
        larger = np.sqrt(areas(self.ours)[n] / areas(self.theirs)[k])
        return bool(np.median(larger) >= CLOSER)

    @property
    def is_new(self) -> Mask:
        """Which whole things lie on nothing of the photo from afar."""
        is_known = self.is_same.any(axis=1) | (self.covered >= KNOWN_SHARE)
        return np.asarray(self.is_whole & ~is_known)

    @property
    def is_well_within(self) -> Mask:
        """Which are so far from the closer photo's border that it cuts nothing like them."""
        sides = np.tile(self.ours[:, 2:] - self.ours[:, :2], 2) * (-1, -1, 1, 1)
        return _is_inside(self.ours + BORDER_SIDES * sides, self._near_wh)

    def parts(self, k: int) -> list[int]:
        """Return what the thing from afar is: itself, or all that was found as one."""
        inside = self._shared[:, k] / areas(self.there)
        share = self._shared[:, k] / areas(self.theirs[k])
        is_part = self.is_whole & (inside >= PART_INSIDE) & (share >= PART_SHARE)
        found = np.flatnonzero(self.is_same[:, k] | is_part)
        return found.tolist() if share[found].sum() >= PARTS_SHARE else []

    def moved_codes(self, near: Sequence[Pack], found: Iterable[int]) -> Iterator[Barcode]:
        """Yield the codes on packs as they lie in the photo from afar."""
        for code in (code for n in found for code in near[n].barcodes):
            (box,) = _mapped_boxes(self._to_far, np.array([code.box_xyxy_px]))
            yield replace(code, box_xyxy_px=_box(box))

    def moved(self, lines: Iterable[TextLine], n: int) -> tuple[TextLine, ...]:
        """Return lines of print on a thing as they lie in the photo from afar."""
        lines = tuple(lines)
        if not lines:
            return ()
        shrink = float(np.sqrt(areas(self.there)[n] / areas(self.ours)[n]))
        boxes = _mapped_boxes(self._to_far, np.array([line.box_xyxy_px for line in lines]))
        return tuple(
            replace(line, box_xyxy_px=_box(box), height_px=shrink * line.height_px)
            for line, box in zip(lines, boxes, strict=True)
        )


def _pack_seen_closer(
    pack: Pack, near: Sequence[Pack], packs: _Matched, k: int, looks: _Looks
) -> Pack:
    found = packs.parts(k)
    parts = [near[n] for n in found]
    look = looks.of_far(pack.look)
    if len(parts) == 1 and parts[0].look is not None:
        look = looks.of_near(parts[0].look)
    elif len(parts) > 1:
        look = None  # it looks like several packs
    if not parts or (len(parts) > 1 and not all(p.texts or p.small_print for p in parts)):
        return replace(pack, look=look)
    # Cards break no rule, so where the two photos disagree, nothing is sure.
    is_card = pack.is_card and all(part.is_card for part in parts)
    return replace(
        pack,
        look=look,
        is_card=is_card,
        may_be_card=not is_card
        and (pack.is_card or any(part.is_card or part.may_be_card for part in parts)),
        # What was read from afar stays a witness.
        texts=(*(line for n in found for line in packs.moved(near[n].texts, n)), *pack.texts),
        small_print=(
            *(line for n in found for line in packs.moved(near[n].small_print, n)),
            *pack.small_print,
        ),
        taught=pack.taught or (parts[0].taught if len(parts) == 1 else ""),
        barcodes=pack.barcodes or tuple(packs.moved_codes(near, found)),
    )


def _new_pack(pack: Pack, packs: _Matched, n: int, name: str, looks: _Looks) -> Pack:
    return replace(
        pack,
        pack_id=f"{pack.pack_id}@{name}",
        box_xyxy_px=_box(packs.there[n]),
        texts=packs.moved(pack.texts, n),
        small_print=packs.moved(pack.small_print, n),
        barcodes=tuple(packs.moved_codes([pack], [0])),
        look=looks.of_near(pack.look),
        is_lent=True,
    )


def _sign_seen_closer(sign: Sign, near: Sequence[Sign], signs: _Matched, k: int) -> Sign:
    for n in np.flatnonzero(signs.is_same[:, k]).tolist():
        if near[n].lines:
            return replace(
                sign,
                lines=signs.moved(near[n].lines, n),
                # Loose words in the closer photo do not say what they are on.
                is_price_label=(sign if _is_loose(near[n]) else near[n]).is_price_label,
                has_unread_print=near[n].has_unread_print,
                has_outline=near[n].has_outline or sign.has_outline,
            )
    return sign


def _is_loose(sign: Sign) -> bool:
    return not sign.has_outline or sign.board_xyxy_px is not None


def _new_sign(sign: Sign, signs: _Matched, n: int, name: str) -> Sign:
    return replace(
        sign,
        sign_id=f"{sign.sign_id}@{name}",
        box_xyxy_px=_box(signs.there[n]),
        lines=signs.moved(sign.lines, n),
        board_xyxy_px=None,
    )


def _says_something(sign: Sign) -> bool:
    """Say whether a sign has a word; labels that the border cuts are judged where they are."""
    return not sign.is_price_label and sum(letter.isalpha() for letter in sign.text) >= MIN_LETTERS


def _lies_in(to_far: Array, frames_wh: Frames) -> bool:
    """Say whether the closer photo shows a part of the one from afar, and nothing beyond it."""
    (width, height), far_wh = frames_wh
    corners = mapped(to_far, np.array([[0, 0], [width, 0], [width, height], [0, height]], float))
    beyond_px = BEYOND_SHARE * max(far_wh)
    is_within = ((corners >= -beyond_px) & (corners <= np.array(far_wh) + beyond_px)).all()
    share = Polygon(corners).area / (far_wh[0] * far_wh[1])
    return bool(is_within and share <= MAX_FRAME_SHARE)


def _boxes(things: Sequence[Pack] | Sequence[Sign]) -> Array:
    return _array([thing.box_xyxy_px for thing in things])


def _array(boxes: Sequence[Box]) -> Array:
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def _box(edges: Array) -> Box:
    x1, y1, x2, y2 = edges.tolist()
    return x1, y1, x2, y2


def _mapped_boxes(to_far: Array, boxes: Array) -> Array:
    if len(boxes) == 0:
        return boxes
    corners = mapped(to_far, boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)).reshape(-1, 4, 2)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def _is_inside(boxes: Array, frame_wh: tuple[int, int]) -> Mask:
    border_px = BORDER_SHARE * frame_wh[0]
    return np.asarray(
        (boxes[:, :2] > border_px).all(axis=1)
        & (boxes[:, 2:] < np.array(frame_wh) - border_px).all(axis=1)
    )


def _are_best(overlaps: Array) -> Mask:
    if 0 in overlaps.shape:
        return np.zeros(overlaps.shape, dtype=bool)
    is_best = overlaps == overlaps.max(axis=1, keepdims=True)
    return np.asarray(is_best & (overlaps == overlaps.max(axis=0, keepdims=True)))
