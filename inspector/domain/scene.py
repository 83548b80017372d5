"""A scene: what is in the picture, in pixels, before anything is known of metres or law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from inspector.domain.capture import NOTHING_TOLD, CameraIntrinsics, Told
from inspector.domain.verdict import Box

Point = tuple[float, float]
"""Image point `(x, y)` in pixels; pixel centres at .5, origin at the top left corner."""


class AidKind(StrEnum):
    """Things a child could climb (names fixed by the report format)."""

    STOOL = "stool"
    KICK_STOOL = "kick_stool"
    LADDER = "ladder"
    STEPS = "steps"
    PALLET = "pallet"
    CRATE = "crate"

    @property
    def is_advice_only(self) -> bool:
        """Pallets and crates: the guidance says `bør` (section 4), so they are never a failure."""
        return self in (self.PALLET, self.CRATE)


class SignKind(StrEnum):
    """What a sign is for."""

    CATEGORY = "category"
    ADVERT = "advert"
    PRICE_LABEL = "price_label"
    OTHER = "other"


class SignPlacement(StrEnum):
    """Where a sign is, relative to the fixture (section 6)."""

    HEADER = "header"
    SHELF_EDGE = "shelf_edge"
    CEILING = "ceiling"
    ON_SHELF = "on_shelf"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text that was read.

    Attributes:
        text: The line as read.
        box_xyxy_px: Bounding box.
        height_px: Height of the line across its reading direction.
        confidence: Confidence of the reading in [0, 1].
    """

    text: str
    box_xyxy_px: Box
    height_px: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Barcode:
    """A code that was scanned.

    Attributes:
        gtin: Its article number: 8, 13 or 14 digits, check digit included.
        box_xyxy_px: Bounding box.
        expires_on: Last day of use, where a DataMatrix says it.
        batch: Batch, where a DataMatrix says it; else empty.
    """

    gtin: str
    box_xyxy_px: Box
    expires_on: date | None = None
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack, or the printed picture of one.

    Attributes:
        pack_id: `p1`, `p2`, … in reading order.
        box_xyxy_px: Bounding box of what is visible.
        confidence: Confidence of the detection in [0, 1].
        is_card: True for a product card (section 8), which is no pack.
        may_be_card: True when it looks somewhat like a product card as well.
        texts: Lines of text that lie on it.
        look: Packs with the same number look alike; None when it looks like no other.
        taught: Name of the goods that a person has shown and that it looks like; empty when none.
        barcodes: Codes that lie on it.
        small_print: What is made of its small print, as a second witness.
        is_lent: Only a closer photo of the fixture shows it. Its box is where that photo would have
            it on the fixture's front; it may well stand behind that.
    """

    pack_id: str
    box_xyxy_px: Box
    confidence: float
    is_card: bool = False
    may_be_card: bool = False
    texts: tuple[TextLine, ...] = ()
    look: int | None = None
    taught: str = ""
    barcodes: tuple[Barcode, ...] = ()
    small_print: tuple[TextLine, ...] = ()
    is_lent: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign, label or advert: text that is not on a pack.

    Attributes:
        sign_id: `t1`, `t2`, … in reading order.
        box_xyxy_px: Bounding box.
        lines: Lines of text on it, in reading order; empty when nothing could be read.
        is_price_label: True for a label in the shelf's price rail.
        confidence: Confidence of the detection in [0, 1].
        has_unread_print: True when there is more on it than the lines that were read.
        has_outline: True when the whole sign was found; False when its box is that of its text, and
            nothing was seen that has the outline of its board.
        board_xyxy_px: The stretch of one colour around its text, where the detector did not surely
            find the sign and such a stretch was found. People take it for the sign; it may be more,
            such as a rail past several bays, so what a sign speaks for follows from its box.
    """

    sign_id: str
    box_xyxy_px: Box
    lines: tuple[TextLine, ...]
    is_price_label: bool
    confidence: float
    has_unread_print: bool = False
    has_outline: bool = True
    board_xyxy_px: Box | None = None

    @property
    def text(self) -> str:
        """All lines, joined by blanks."""
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Aid:
    """Something to climb on."""

    aid_id: str
    kind: AidKind
    box_xyxy_px: Box
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Tag:
    """A tag of the reference kit (contract, section 3).

    Attributes:
        tag_id: AprilTag 36h11 id.
        corners_px: Shape (4, 2), pixels: top left, top right, bottom right, bottom left of the
            black square as printed.
    """

    tag_id: int
    corners_px: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StraightEdge:
    """A straight edge in the picture that looks level or upright in the world.

    Attributes:
        ends_px: Its two ends.
        is_upright: True for an upright, False for a level edge along the fixture.
    """

    ends_px: tuple[Point, Point]
    is_upright: bool


@dataclass(frozen=True, slots=True)
class EdgeBand:
    """A stretch of one colour along a shelf's front edge; labels on it do not break it.

    Attributes:
        ends_px: Its left and right end.
        meets_other: Whether, at its left and right end, the edge goes on at once in another colour.
    """

    ends_px: tuple[Point, Point]
    meets_other: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock of a cabinet.

    Attributes:
        at_px: Its middle.
        leaves_px: Boxes of the two door leaves that it holds.
    """

    at_px: Point
    leaves_px: tuple[Box, Box]


@dataclass(frozen=True, slots=True)
class Scene:
    """What was seen in one capture. Pixels only.

    Attributes:
        packs: Packs and product cards in reading order.
        signs: Signs, adverts and price labels in reading order.
        aids: Things to climb on.
        dividers: Boxes of dividers between goods.
        doors: Boxes of cabinet doors.
        locks: Locks that are surely seen on them.
        tags: Tags of the reference kit, in order of their ids.
        barcodes: All codes that were scanned, also those on no pack.
        straight_edges: Long straight edges; some are neither level nor upright in the world.
        edge_bands: Stretches of one colour along the front edges of shelves.
        people_px: Boxes of people; they are blurred in every picture that is kept.
        reliable: Classes that the detector finds reliably (`sign`, `divider`, `stool`, …), so that
            seeing none means something.
        sharpness: Variance of the Laplacian at 1 megapixel; low when the photo is blurred.
        doubtful_packs: Finds that are more often something else than a pack, `d1`, `d2`, … in
            reading order. Nothing is read on them and nothing is judged by them.
    """

    packs: tuple[Pack, ...] = ()
    signs: tuple[Sign, ...] = ()
    aids: tuple[Aid, ...] = ()
    dividers: tuple[Box, ...] = ()
    doors: tuple[Box, ...] = ()
    locks: tuple[Lock, ...] = ()
    tags: tuple[Tag, ...] = ()
    barcodes: tuple[Barcode, ...] = ()
    straight_edges: tuple[StraightEdge, ...] = ()
    edge_bands: tuple[EdgeBand, ...] = ()
    people_px: tuple[Box, ...] = ()
    reliable: frozenset[str] = frozenset()
    sharpness: float = 0.0
    doubtful_packs: tuple[Pack, ...] = ()


OnFound = Callable[[Scene], None]
"""Is told what was found in a photo before any text is read on it."""


@dataclass(frozen=True, slots=True)
class SeenCapture:
    """A capture that was looked at: all that measuring and judging need, without its pixels.

    Attributes:
        capture_id: Id of the capture.
        file: Name of its file, without folders.
        camera: Intrinsics of the camera; they hold the size of the photo.
        scene: What was seen.
        told: What people and the device say of the photo.
        closer: Ids of closer photos of the fixture whose print is in the scene.
        shown_in: Id of the photo from afar that holds all that this one shows, and in which it is
            judged; empty when there is none.
    """

    capture_id: str
    file: str
    camera: CameraIntrinsics
    scene: Scene
    told: Told = NOTHING_TOLD
    closer: tuple[str, ...] = ()
    shown_in: str = ""
