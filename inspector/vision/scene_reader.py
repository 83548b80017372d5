"""Reads a capture into a scene: what is in the picture, in pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.catalogue.register import brand_words, words_on_packs
from inspector.catalogue.vocabulary import letters_of, words_of
from inspector.domain.capture import Capture
from inspector.domain.scene import (
    Aid,
    AidKind,
    Barcode,
    EdgeBand,
    OnFound,
    Pack,
    Scene,
    Sign,
    StraightEdge,
    Tag,
    TextLine,
)
from inspector.domain.verdict import Box
from inspector.vision.barcodes import find_barcodes
from inspector.vision.detector import SURROUNDINGS, Detection, ShelfDetector
from inspector.vision.edge_bands import find_edge_bands
from inspector.vision.edges import find_straight_edges, slopes_at
from inspector.vision.lessons import LessonBook
from inspector.vision.lookalikes import looks_from_packs
from inspector.vision.name_reader import shipped_name_reader
from inspector.vision.tags import find_tags
from inspector.vision.text import TextReader
from inspector.vision.unread_print import has_unread_print
from inspector.vision.weights import Weights, shipped_weights

SHARPNESS_PIXELS = 1_000_000
"""Sharpness is judged at this size, so that it means the same for every camera."""

SAME_THING_IOU = 0.6
"""Packs and product cards, or signs and labels, that overlap more than this are one thing. Each
class suppresses its own repeats already, but not those of the others."""

CLEARER = 2.0
"""What is seen both as a pack and as a product card is what the detector is so many times surer of;
else it may be either. On twelve traced scenes all 38 cards were seen as nothing else, or 2.7 times
as surely and more; 16 of 21 packs that were seen as cards, too, less than half as surely."""

SAME_SIGN_SHARE = 0.8
"""Of two signs of which one holds this share of the other, the surer one is the sign."""

FACINGS_READ = 2
"""So many packs of one look are read: one alone may be wrong, more cost time and add nothing."""

LARGE_PACK_PX = 70.0
"""Of packs at least so large (root of the area) only those are looked at for small print on which,
or on a twin of which, no brand was read surely."""

SURE_LINE = 0.9
"""Confidence of a line that was read surely."""

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


class Detects(Protocol):
    """Finds things with models; `ShelfDetector`, or one that remembers a fixed view."""

    @property
    def weights(self) -> tuple[Weights, ...]:
        """What it detects with."""

    @property
    def reliable(self) -> frozenset[str]:
        """Classes that are found well enough for their absence to mean something."""

    def detect(self, image_bgr: NDArray[np.uint8]) -> list[Detection]:
        """Find everything, see `ShelfDetector.detect`."""


@dataclass(frozen=True, slots=True)
class Finders:
    """What is found without models; each may remember what it found of a fixed view."""

    tags: Callable[[NDArray[np.uint8]], tuple[Tag, ...]] = find_tags
    barcodes: Callable[[NDArray[np.uint8]], tuple[Barcode, ...]] = find_barcodes
    straight_edges: Callable[[NDArray[np.uint8]], tuple[StraightEdge, ...]] = find_straight_edges
    looks: Callable[[NDArray[np.uint8], Sequence[Pack]], Mapping[str, int]] = looks_from_packs
    edge_bands: Callable[
        [NDArray[np.uint8], Sequence[Pack], Sequence[Sign]], tuple[EdgeBand, ...]
    ] = find_edge_bands


class ReadsText(Protocol):
    """Reads text lines; `TextReader`, or one that remembers what it read of a fixed view."""

    def read(
        self,
        image_bgr: NDArray[np.uint8],
        *,
        packs: Sequence[Box] = (),
        passed_over: Sequence[Box] = (),
        part_of_px: int | None = None,
    ) -> tuple[TextLine, ...]:
        """Return all lines of a photo, see `TextReader.read`."""


class ReadsNames(Protocol):
    """Reads print on small packs; `NameReader`, or one that remembers a fixed view."""

    @property
    def versions(self) -> Mapping[str, str]:
        """Names and hashes of what it reads with."""

    def read(
        self, image_bgr: NDArray[np.uint8], packs: Sequence[Box], slopes: Sequence[float]
    ) -> Sequence[tuple[TextLine, ...]]:
        """Return the lines on each pack, see `NameReader.read`."""


class SceneReader:
    """Reads scenes with the shipped models. Build it once: loading takes seconds."""

    def __init__(
        self,
        detector: Detects | None = None,
        *,
        lessons: Path | None = None,
        text_reader: ReadsText | None = None,
        name_reader: ReadsNames | None = None,
    ) -> None:
        self.detector: Detects = detector or ShelfDetector(*shipped_weights())
        self.text_reader: ReadsText = text_reader or TextReader()
        self.name_reader: ReadsNames = name_reader or shipped_name_reader(words_on_packs())
        self.finders = Finders()
        self._brands = brand_words()
        self._lessons = LessonBook(lessons) if lessons is not None else None

    @property
    def versions(self) -> Mapping[str, str]:
        """Model names and the sha256 of their weights, and of the lessons if there are any."""
        lessons = self._lessons.version if self._lessons is not None else ""
        weights = {weights.path.name: weights.sha256 for weights in self.detector.weights}
        return weights | dict(self.name_reader.versions) | ({"lessons": lessons} if lessons else {})

    def read(self, capture: Capture, *, on_found: OnFound | None = None) -> Scene:
        """Find everything in one capture.

        Args:
            capture: The photo.
            on_found: Called once with all that is found before any text is read, which takes most
                of the time: packs, signs, aids, people, tags, barcodes, straight edges.
        """
        image_bgr, find = capture.image_bgr, self.finders
        detections = self.detector.detect(image_bgr)
        unread = compose_scene(detections, ())
        # Models use all cores, what follows one each.
        with ThreadPoolExecutor(1) as beside:
            tags_found = beside.submit(find.tags, image_bgr)
            barcodes = find.barcodes(image_bgr)
            straight_edges = find.straight_edges(image_bgr)
            looks = find.looks(image_bgr, unread.packs)
        unread = replace(
            unread,
            tags=tags_found.result(),
            barcodes=barcodes,
            straight_edges=straight_edges,
            sharpness=sharpness(image_bgr),
        )
        if on_found is not None:
            on_found(unread)
        facings = facings_to_read(unread.packs, looks)
        lines = self.text_reader.read(
            image_bgr,
            packs=[pack.box_xyxy_px for pack in facings],
            passed_over=[pack.box_xyxy_px for pack in unread.packs if pack not in facings],
        )
        scene = compose_scene(detections, lines)
        passed_over = {pack.box_xyxy_px for pack in unread.packs if pack not in facings}
        boxes = [
            pack.box_xyxy_px
            for pack in facings_for_small_print(
                scene.packs, looks, passed_over=passed_over, brands=self._brands
            )
        ]
        slopes = slopes_at(straight_edges, boxes)
        small_print = dict(zip(boxes, self.name_reader.read(image_bgr, boxes, slopes), strict=True))
        gray = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY)
        packs = tuple(
            replace(
                pack,
                small_print=small_print.get(pack.box_xyxy_px, ()),
                look=looks.get(pack.pack_id),
                barcodes=tuple(
                    code for code in barcodes if _holds(pack.box_xyxy_px, code.box_xyxy_px)
                ),
            )
            for pack in scene.packs
        )
        taught = self._lessons.index().names_from_packs(image_bgr, packs) if self._lessons else {}
        return replace(
            scene,
            packs=tuple(replace(pack, taught=taught.get(pack.pack_id, "")) for pack in packs),
            signs=tuple(
                replace(sign, has_unread_print=has_unread_print(gray, sign.box_xyxy_px, sign.lines))
                for sign in scene.signs
                if not any(_holds(sign.box_xyxy_px, _box_of(tag)) for tag in unread.tags)
            ),
            tags=unread.tags,
            barcodes=unread.barcodes,
            straight_edges=unread.straight_edges,
            edge_bands=find.edge_bands(image_bgr, scene.packs, scene.signs),
            reliable=self.detector.reliable - _doubtful(detections, lines),
            sharpness=unread.sharpness,
        )


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
    ] + [_sign_of(group) for group in _joined(loose)]
    aids = _each_once([d for d in detections if d.label in set(AidKind)])
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


def facings_to_read(packs: Sequence[Pack], looks: Mapping[str, int]) -> list[Pack]:
    """Choose the packs whose print is read: of those that look alike, the largest few.

    Args:
        packs: Packs and product cards.
        looks: Numbers of their looks, by pack id.
    """
    read: list[Pack] = []
    times: Counter[int] = Counter()
    for pack in sorted(packs, key=lambda pack: -_area(pack.box_xyxy_px)):
        look = looks.get(pack.pack_id)
        if look is None or times[look] < FACINGS_READ:
            read.append(pack)
        if look is not None:
            times[look] += 1
    return read


def facings_for_small_print(
    packs: Sequence[Pack],
    looks: Mapping[str, int],
    *,
    passed_over: Collection[Box],
    brands: Collection[str],
) -> list[Pack]:
    """Choose the packs that are worth a look at their small print, which takes a while.

    Args:
        packs: Packs and product cards, with the text that was read on them.
        looks: Numbers of their looks, by pack id.
        passed_over: Boxes of packs on which nothing was read because a twin of theirs was.
        brands: First words of names of goods, in bare letters.

    Returns:
        The largest few of each look; of large packs only those on which no brand was read.
    """
    wanting = [
        pack
        for pack in packs
        if not pack.is_card
        and (
            _area(pack.box_xyxy_px) < LARGE_PACK_PX**2
            or not (pack.box_xyxy_px in passed_over or _shows_brand(pack, brands))
        )
    ]
    return facings_to_read(wanting, looks)


def _shows_brand(pack: Pack, brands: Collection[str]) -> bool:
    return any(
        letters_of(word) in brands
        for line in pack.texts
        if line.confidence >= SURE_LINE
        for word in words_of(line.text)
    )


def sharpness(image_bgr: NDArray[np.uint8]) -> float:
    """Return the variance of the Laplacian of the photo at one megapixel."""
    gray = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY)
    shrink = min(1.0, float(np.sqrt(SHARPNESS_PIXELS / gray.size)))
    small = cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(small, cv2.CV_64F).var())


def _doubtful(detections: Sequence[Detection], lines: Sequence[TextLine]) -> set[str]:
    """Return of what something is seen too faintly to count: that there is none is no answer.

    Signs are seen twice: what is read on a faint one speaks for itself.
    """
    faint = [d for d in detections if not d.counts]
    blank = [
        d
        for d in faint
        if d.label == "sign" and not any(_holds(d.box_xyxy_px, x.box_xyxy_px) for x in lines)
    ]
    return {d.label for d in faint if d.label in SURROUNDINGS} | {d.label for d in blank}


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

    Returns:
        Packs and cards, and those of the packs that may be cards.
    """
    are_one = _overlaps(packs, cards) if packs and cards else np.zeros((len(packs), len(cards)))
    as_card = np.max(are_one * [d.confidence for d in cards], axis=1, initial=0.0)
    as_pack = np.array([d.confidence for d in packs])
    is_pack = as_card < CLEARER * as_pack
    kept = [d for d, is_kept in zip(packs, is_pack, strict=True) if is_kept]
    doubtful = is_pack & (as_card * CLEARER > as_pack)
    alone = ~(are_one[is_pack] > 0).any(axis=0)
    kept_cards = [d for d, is_alone in zip(cards, alone, strict=True) if is_alone and d.counts]
    may_be_cards = [d for d, is_in_doubt in zip(packs, doubtful, strict=True) if is_in_doubt]
    return kept + kept_cards, may_be_cards


def _overlaps(some: Sequence[Detection], others: Sequence[Detection]) -> NDArray[np.bool_]:
    """Return which detections are one thing, shape (some, others)."""
    a = np.array([d.box_xyxy_px for d in some]).reshape(-1, 1, 4)
    b = np.array([d.box_xyxy_px for d in others]).reshape(1, -1, 4)
    shared = _shared_areas(a, b)
    is_sign, is_other_sign = (
        np.array([d.label == "sign" for d in ds], bool) for ds in (some, others)
    )
    are_signs = is_sign[:, None] & is_other_sign
    is_held = are_signs & (shared > SAME_SIGN_SHARE * np.minimum(_areas(a), _areas(b)))
    return np.asarray(is_held | (shared > SAME_THING_IOU * (_areas(a) + _areas(b) - shared)))


def _shared_areas(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    sides = np.minimum(some[..., 2:], others[..., 2:]) - np.maximum(some[..., :2], others[..., :2])
    return np.asarray(np.prod(np.clip(sides, 0, None), axis=-1))


def _areas(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.prod(np.clip(boxes[..., 2:] - boxes[..., :2], 0, None), axis=-1))


def _holders_of(lines: Sequence[TextLine], holders: Sequence[Detection]) -> list[list[int]]:
    """Return what each line is printed on: the smallest thing that holds it, or those it spans."""
    inner = np.array([line.box_xyxy_px for line in lines]).reshape(-1, 1, 4)
    outer = np.array([d.box_xyxy_px for d in holders]).reshape(1, -1, 4)
    shares = _shared_areas(inner, outer) / np.maximum(_areas(inner), 1e-9)
    more = NEAR_SHARE * np.tile(outer[..., 2:] - outer[..., :2], 2) * (-1, -1, 1, 1)
    near = _shared_areas(inner, outer + more) / np.maximum(_areas(inner), 1e-9)
    near[:, [d.label != "pack" for d in holders]] = 0.0
    smallest_first = np.argsort(_areas(outer)[0], kind="stable")
    held_by = []
    for k, row in enumerate(shares):
        inside = smallest_first[row[smallest_first] >= HELD_SHARE]
        # Print on facings side by side is read as one line: "Clearblue Clearblue".
        spanned = np.flatnonzero(row >= SPANNED_SHARE)
        spans = len(spanned) > 1 and row[spanned].sum() >= HELD_SHARE
        nearly = spanned[near[k, spanned] >= HELD_SHARE]
        held_by.append(inside[:1].tolist() or (spanned.tolist() if spans else nearly[:1].tolist()))
    return held_by


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


def _box_of(tag: Tag) -> Box:
    (x1, y1), (x2, y2) = tag.corners_px.min(axis=0).tolist(), tag.corners_px.max(axis=0).tolist()
    return x1, y1, x2, y2


def _holds(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])
