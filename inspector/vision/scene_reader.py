"""Reads a capture into a scene: what is in the picture, in pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.catalogue.quantities import pack_sizes_from_text
from inspector.catalogue.register import brand_words, words_on_packs
from inspector.catalogue.vocabulary import letters_of, words_of
from inspector.domain.capture import Capture
from inspector.domain.scene import (
    Barcode,
    EdgeBand,
    Lock,
    OnFound,
    Pack,
    Scene,
    Sign,
    StraightEdge,
    Tag,
    TextLine,
)
from inspector.domain.verdict import Box
from inspector.memory import return_freed
from inspector.vision.barcodes import find_barcodes
from inspector.vision.composing import compose_scene
from inspector.vision.detector import SURROUNDINGS, Detection, ShelfDetector
from inspector.vision.edge_bands import find_edge_bands
from inspector.vision.edges import find_straight_edges, slopes_at
from inspector.vision.lessons import LessonBook
from inspector.vision.locks import LockFinder
from inspector.vision.lookalikes import looks_from_packs
from inspector.vision.name_reader import shipped_name_reader
from inspector.vision.sign_boards import with_board
from inspector.vision.tags import find_tags
from inspector.vision.text import TextReader
from inspector.vision.unread_print import has_panel_beside, has_unread_print
from inspector.vision.weights import Weights, lock_weights, shipped_weights

SHARPNESS_PIXELS = 1_000_000
"""Sharpness is judged at this size, so that it means the same for every camera."""

FACINGS_READ = 2
"""So many packs of one look are read: one alone may be wrong, more cost time and add nothing."""

SMALL_PRINT_FACINGS = 3
"""So many for small print, which takes little time a pack: what one blurs another may show. A
fourth takes time and tells no more."""

LARGE_PACK_PX = 70.0
"""Of packs at least so large (root of the area) only few are looked at for small print: RapidOCR
reads most of theirs."""

SURE_LINE = 0.9
"""Confidence of a line that was read surely."""


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
        self,
        image_bgr: NDArray[np.uint8],
        packs: Sequence[Box],
        slopes: Sequence[float],
        looks: Sequence[int | None],
    ) -> Sequence[tuple[TextLine, ...]]:
        """Return the lines on each pack, see `NameReader.read`."""


class FindsLocks(Protocol):
    """Finds locks on doors; `LockFinder`."""

    @property
    def weights(self) -> Weights:
        """The network."""

    def find(self, image_bgr: NDArray[np.uint8], doors: Sequence[Box]) -> tuple[Lock, ...]:
        """Return the locks, see `LockFinder.find`."""


class SceneReader:
    """Reads scenes with the shipped models. Build it once: loading takes seconds.

    Args:
        detector: Finds things; the shipped detector when None, as are the readers.
        lessons: Folder of what people have taught; None for nothing.
        text_reader: Reads text.
        name_reader: Reads print on small packs.
        lock_finder: Finds locks on doors.
        is_lean: Take one step after the other and give memory back between them: for a worker that
            has one core.
    """

    def __init__(
        self,
        detector: Detects | None = None,
        *,
        lessons: Path | None = None,
        text_reader: ReadsText | None = None,
        name_reader: ReadsNames | None = None,
        lock_finder: FindsLocks | None = None,
        is_lean: bool = False,
    ) -> None:
        self.detector: Detects = detector or ShelfDetector(*shipped_weights())
        self.text_reader: ReadsText = text_reader or TextReader()
        self.name_reader: ReadsNames = name_reader or shipped_name_reader(words_on_packs())
        self.lock_finder: FindsLocks = lock_finder or LockFinder(lock_weights())
        self.finders = Finders()
        self._is_lean = is_lean
        self._brands = brand_words()
        self._lessons = LessonBook(lessons) if lessons is not None else None

    @property
    def versions(self) -> Mapping[str, str]:
        """Model names and the sha256 of their weights, and of the lessons if there are any."""
        lessons = self._lessons.version if self._lessons is not None else ""
        networks = (*self.detector.weights, self.lock_finder.weights)
        weights = {weights.path.name: weights.sha256 for weights in networks}
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
        self._give_back()
        # Models use all cores, what follows one each.
        with ThreadPoolExecutor(1) as beside:
            tags_found = beside.submit(find.tags, image_bgr)
            if self._is_lean:
                tags_found.result()
            barcodes = find.barcodes(image_bgr)
            straight_edges = find.straight_edges(image_bgr)
            looks = find.looks(image_bgr, unread.packs)
        unread = replace(
            unread,
            tags=tags_found.result(),
            barcodes=barcodes,
            straight_edges=straight_edges,
            locks=self.lock_finder.find(image_bgr, unread.doors),
            sharpness=sharpness(image_bgr),
        )
        self._give_back()
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
        wanting = facings_for_small_print(
            scene.packs, looks, passed_over=passed_over, brands=self._brands
        )
        boxes = [pack.box_xyxy_px for pack in wanting]
        told = self.name_reader.read(
            image_bgr,
            boxes,
            slopes_at(straight_edges, boxes),
            [looks.get(pack.pack_id) for pack in wanting],
        )
        small_print = dict(zip(boxes, told, strict=True))
        seen = [detection.box_xyxy_px for detection in detections]
        surely_packs = [pack for pack in scene.packs if not (pack.is_card or pack.may_be_card)]
        looks_of_packs = {looks[p.pack_id] for p in surely_packs if p.pack_id in looks}
        packs = tuple(
            replace(
                pack,
                small_print=small_print.get(pack.box_xyxy_px, ()),
                look=looks.get(pack.pack_id),
                # A product card names the same goods, but looks like no pack of them.
                may_be_card=pack.may_be_card and looks.get(pack.pack_id) not in looks_of_packs,
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
                _with_unread_print(image_bgr, with_board(image_bgr, sign, seen), lines)
                for sign in scene.signs
                if not any(_holds(sign.box_xyxy_px, _box_of(tag)) for tag in unread.tags)
            ),
            tags=unread.tags,
            barcodes=unread.barcodes,
            straight_edges=unread.straight_edges,
            edge_bands=find.edge_bands(image_bgr, scene.packs, scene.signs),
            locks=unread.locks,
            reliable=self.detector.reliable - _doubtful(detections, lines),
            sharpness=unread.sharpness,
        )

    def _give_back(self) -> None:
        if self._is_lean:
            return_freed()


def facings_to_read(
    packs: Sequence[Pack], looks: Mapping[str, int], *, most: int = FACINGS_READ
) -> list[Pack]:
    """Choose the packs whose print is read: of those that look alike, the largest few.

    Args:
        packs: Packs and product cards.
        looks: Numbers of their looks, by pack id.
        most: So many of each look.
    """
    read: list[Pack] = []
    times: Counter[int] = Counter()
    for pack in sorted(packs, key=lambda pack: -_area(pack.box_xyxy_px)):
        look = looks.get(pack.pack_id)
        if look is None or times[look] < most:
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
        The largest few of each look, of large packs only those on which no brand was read, and on
        no twin that was read for them; and two of each look whose brand was read, but no pack size;
        strengths are printed larger.
    """
    sure = {
        pack.pack_id: [line.text for line in pack.texts if line.confidence >= SURE_LINE]
        for pack in packs
    }
    named = {pack.pack_id for pack in packs if _shows_brand(sure[pack.pack_id], brands)}
    named_looks = {looks[pack_id] for pack_id in named if pack_id in looks}
    wanting, half_read = list[Pack](), list[Pack]()
    for pack in packs:
        if pack.is_card:
            continue
        if _area(pack.box_xyxy_px) < LARGE_PACK_PX**2:
            wanting.append(pack)
        elif pack.pack_id in named:
            if not _shows_size(sure[pack.pack_id]):
                half_read.append(pack)
        elif pack.box_xyxy_px not in passed_over or looks.get(pack.pack_id) not in named_looks:
            wanting.append(pack)
    small = facings_to_read(wanting, looks, most=SMALL_PRINT_FACINGS)
    return small + facings_to_read(half_read, looks)


def _shows_brand(lines: Sequence[str], brands: Collection[str]) -> bool:
    return any(letters_of(word) in brands for line in lines for word in words_of(line))


def _shows_size(lines: Sequence[str]) -> bool:
    return any(map(pack_sizes_from_text, lines))


def _with_unread_print(image_bgr: NDArray[np.uint8], sign: Sign, lines: Sequence[TextLine]) -> Sign:
    """Return a sign with whether there is more on it than what was read, also on pictures there."""
    board = sign.board_xyxy_px if sign.has_outline else None
    box = board or sign.box_xyxy_px
    on_it = [line for line in lines if _holds(box, line.box_xyxy_px)]
    is_unread = has_unread_print(image_bgr, box, on_it) or (
        sign.has_outline and has_panel_beside(image_bgr, box)
    )
    return replace(sign, has_unread_print=is_unread)


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


def _box_of(tag: Tag) -> Box:
    (x1, y1), (x2, y2) = tag.corners_px.min(axis=0).tolist(), tag.corners_px.max(axis=0).tolist()
    return x1, y1, x2, y2


def _holds(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])
