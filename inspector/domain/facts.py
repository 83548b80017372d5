"""Facts: all that a rule may ask. Each is a value, or a reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from inspector.domain.capture import HeightMark
from inspector.domain.goods import DealerType, FieldReading, Goods, Identity, Kind
from inspector.domain.quantity import Length, Measured, Scale
from inspector.domain.scene import AidKind, Point, SignKind, SignPlacement
from inspector.domain.verdict import Box


class Answer(StrEnum):
    """A person's answer to a question that no photo can decide."""

    YES = "yes"
    NO = "no"
    NOT_RELEVANT = "not-relevant"


class Zone(StrEnum):
    """Where the shelf stands. Only the public area is self-selection (guidance, section 1)."""

    PUBLIC = "public"
    BEHIND_COUNTER = "behind-counter"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class SeenLock:
    """The lock of a cabinet, as the photo shows it.

    Attributes:
        height: Its height above the floor.
        box_xyxy_px: Where to look.
    """

    height: Measured
    box_xyxy_px: Box


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What is known of one pack.

    Attributes:
        pack_id: Id of the pack in the scene.
        box_xyxy_px: Where it is.
        confidence: Confidence of the detection in [0, 1].
        goods: What it is in the sense of section 5.
        kind: Kind of goods; None when unknown.
        identity: What it was read to be; None when unknown.
        bottom_height: Height of its lowest point above the floor.
        behind_door: True when it lies inside the box of a closed cabinet door.
        lock_height: Height of that door's lock, as a person measured it; None when nobody did.
        seen_lock: The lock that is seen on that door, the highest one; None when none is surely
            seen.
        unless_card: Of an unknown pack that may be a product card: what it is if it is none.
        is_told: True when a person said what it is: the machine could not read it.
        expires_on: Last day on which it may be sold, where the photo shows it.
        fields: Name, strength, form, pack size and substance, each with its own confidence.
    """

    pack_id: str
    box_xyxy_px: Box
    confidence: float
    goods: Goods
    kind: Kind | None
    identity: Identity | None
    bottom_height: Length
    behind_door: bool = False
    lock_height: Length | None = None
    seen_lock: SeenLock | None = None
    unless_card: Goods = Goods.UNKNOWN
    is_told: bool = False
    expires_on: date | None = None
    fields: Mapping[str, FieldReading] = field(default_factory=dict)

    @property
    def may_be_medicine(self) -> bool:
        """Whether it is OTC medicine, or may be."""
        return Goods.OTC_MEDICINE in self._may_be

    @property
    def may_be_other_goods(self) -> bool:
        """Whether it is goods other than medicine, or may be."""
        return Goods.OTHER_GOODS in self._may_be

    @property
    def _may_be(self) -> tuple[Goods, ...]:
        if self.goods is not Goods.UNKNOWN:
            return (self.goods,)
        if self.unless_card is not Goods.UNKNOWN:
            return (self.unless_card, Goods.PRODUCT_CARD)
        return (Goods.OTC_MEDICINE, Goods.OTHER_GOODS, Goods.PRODUCT_CARD)

    @property
    def label(self) -> str:
        """Name and strength for people, or the pack's id."""
        if self.identity is None:
            return self.pack_id
        return " ".join(filter(None, (self.identity.full_name, self.identity.agreed("strength"))))


@dataclass(frozen=True, slots=True)
class ShelfFacts:
    """One shelf: the front edge that a row of packs stands on.

    Attributes:
        shelf_id: `s1`, `s2`, … from top to bottom.
        line_px: Left and right end of the edge where the packs stand.
        height: Height of the middle of that edge above the floor.
        pack_ids: Packs of the front row that stand on it, from left to right.
        stacked_ids: Packs that stand on, or look over, packs of its front row.
    """

    shelf_id: str
    line_px: tuple[Point, Point]
    height: Length
    pack_ids: tuple[str, ...] = ()
    stacked_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two packs that stand side by side on one shelf, the left one first.

    Attributes:
        left_id: Pack on the left; the lower one where one stands on the other.
        right_id: Pack on the right; the upper one where one stands on the other.
        gap: Free width between them.
        gap_widths: The same in widths of the narrower pack, for photos without a scale.
        divider: True when a divider stands between them.
        is_hidden: True when something stands before the place between them, such as the frame of a
            door: there may be more goods behind it.
        is_stacked: True when one stands on the other, or right behind it.
    """

    left_id: str
    right_id: str
    gap: Length
    gap_widths: float
    divider: bool = False
    is_hidden: bool = False
    is_stacked: bool = False


class EdgeStrip(StrEnum):
    """What runs along the shelf's edge under the medicine of one placement (section 5).

    A strip marks the medicine when it differs from the edge beside it.
    """

    NONE = "none"
    BROKEN = "broken"
    UNBROKEN = "unbroken"


@dataclass(frozen=True, slots=True)
class PlacementFacts:
    """One placement: the OTC medicine on one shelf. Section 5 asks all rules of each placement.

    Attributes:
        placement_id: Id, for example `s2`.
        shelf_number: Number of the shelf within its bay, 1 at the top.
        pack_ids: Packs identified as OTC medicine, from left to right. Empty when there are only
            unknown packs, which may be medicine.
        unknown_ids: Packs on the same shelf that are not known.
        box_xyxy_px: Box round the medicine, or round the unknown packs where there is none.
        bay_number: Number of the bay from the left; None where no uprights are seen.
        row_ids: All packs of the front row, from left to right.
        sign_ids: Signs that serve this placement by where they are.
        ceiling_sign_ids: Those of `sign_ids` that hang from the ceiling.
        surround_in_view: True when the picture shows all places where a sign may be.
        signs_legible: True when the letters of any sign there are large enough to be read.
        stray_text_px: Text among the packs of this shelf that lies on no pack that was found: there
            may be packs that were overlooked.
        edge_strip: What marks the medicine along the shelf's edge.
    """

    placement_id: str
    shelf_number: int
    pack_ids: tuple[str, ...]
    unknown_ids: tuple[str, ...]
    box_xyxy_px: Box
    sign_ids: tuple[str, ...] = ()
    ceiling_sign_ids: tuple[str, ...] = ()
    surround_in_view: bool = False
    signs_legible: bool = False
    stray_text_px: tuple[Box, ...] = ()
    bay_number: int | None = None
    row_ids: tuple[str, ...] = ()
    edge_strip: EdgeStrip = EdgeStrip.NONE


@dataclass(frozen=True, slots=True)
class SignFacts:
    """What is known of one sign. What its words mean in law is for the rules to say.

    Attributes:
        sign_id: Id of the sign in the scene.
        box_xyxy_px: Where it is.
        text: What was read on it, lines joined by blanks; empty when nothing could be read.
        kind: What it is for.
        placement: Where it hangs.
        small_print: True when there is print on it that is too small to read.
        has_outline: True when the whole sign was found; else there may be more on it.
        medicine_names: Names of medicines of the register that stand on it.
        beside_ids: Packs that it stands with: on its shelf within its width, or nearest above or
            below it.
        under_ids: For a ceiling sign: packs in the column under it, on every shelf.
        column_px: For a ceiling sign: the column under it as a polygon; empty when unknown.
    """

    sign_id: str
    box_xyxy_px: Box
    text: str
    kind: SignKind
    placement: SignPlacement
    medicine_names: tuple[str, ...] = ()
    small_print: bool = False
    has_outline: bool = True
    beside_ids: tuple[str, ...] = ()
    under_ids: tuple[str, ...] = ()
    column_px: tuple[Point, ...] = ()

    @property
    def names_medicine(self) -> bool:
        """Whether it names a medicine of the register."""
        return bool(self.medicine_names)


@dataclass(frozen=True, slots=True)
class AidFacts:
    """Something to climb on, and its distance from the nearest placement over the floor.

    Attributes:
        aid_id: Its id in the scene.
        kind: What it is.
        box_xyxy_px: Where it is seen.
        distance: How far it stands from the nearest placement.
        is_sure: Whether the detector is as good as sure; if not, a person has a look.
        over_ids: Packs that stand over it: above its foot and within its width in the picture.
    """

    aid_id: str
    kind: AidKind
    box_xyxy_px: Box
    distance: Length
    is_sure: bool = True
    over_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkFacts:
    """A height that a person measured, beside what the photo says of it without that.

    Attributes:
        mark: Where and how high, by tape.
        photo_height: Height of the same point, or of the edge's middle, from all other cues.
    """

    mark: HeightMark
    photo_height: Length


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """What is known of one capture.

    Attributes:
        capture_id: Id of the capture.
        scale: What the heights rest on.
        is_readable: False when the photo is too blurred or dark to say that something is absent.
        floor_in_view: True when the floor before the fixture is in the picture.
        aids_looked_for: True when seeing nothing to climb on means that there is nothing.
        signs_looked_for: The same for signs, those that are large enough to be read.
        dividers_looked_for: The same for dividers between goods.
        packs: Packs, in reading order.
        shelves: Shelf edges from top to bottom.
        neighbours: Pairs of packs side by side.
        placements: Placements of OTC medicine.
        possible_placements: Runs of shelves without known medicine, but with unknown packs.
        signs: Signs, adverts, price labels.
        aids: Things to climb on.
        marks: Heights that a person measured.
        limit_line_px: Where the height limit lies in the picture: rows of
            `(x, y, y_low, y_high)` in pixels along the fixture's front; empty when unknown.
        shown_in: Id of the photo from afar that holds all that this one shows, and in which it is
            judged; empty when there is none.
    """

    capture_id: str
    scale: Scale
    is_readable: bool = True
    floor_in_view: bool = False
    aids_looked_for: bool = False
    signs_looked_for: bool = False
    dividers_looked_for: bool = False
    packs: tuple[PackFacts, ...] = ()
    shelves: tuple[ShelfFacts, ...] = ()
    neighbours: tuple[Neighbours, ...] = ()
    placements: tuple[PlacementFacts, ...] = ()
    possible_placements: tuple[PlacementFacts, ...] = ()
    signs: tuple[SignFacts, ...] = ()
    aids: tuple[AidFacts, ...] = ()
    marks: tuple[MarkFacts, ...] = ()
    limit_line_px: tuple[tuple[float, float, float, float], ...] = ()
    shown_in: str = ""

    def pack(self, pack_id: str) -> PackFacts:
        """Return the pack with this id; KeyError when there is none."""
        for pack in self.packs:
            if pack.pack_id == pack_id:
                return pack
        raise KeyError(pack_id)


@dataclass(frozen=True, slots=True)
class Site:
    """What a person says of the place, never guessed from a photo.

    Attributes:
        dealer_type: Kind of dealer; None when not told.
        inspected_on: Day whose rules and register apply.
        zone: Where the shelf stands.
        answers: Answers to the questions that only a person can decide, by question id.
    """

    dealer_type: DealerType | None
    inspected_on: date
    zone: Zone = Zone.PUBLIC
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one inspection."""

    site: Site
    captures: tuple[CaptureFacts, ...]
