"""A visit, as its records tell it.

    opened ─► photo_added ─► analysed | unreadable ─► told, sorted, answered, … ─► signed
                                       corrected ◄────────────────────── closed ◄──┘

What people signed is what they saw: any change after a signature makes it void. Corrective actions
(see `actions`), and that photos were deleted after their time (`photos_deleted`, see `retention`),
are recorded here too, also after the visit was closed; what is known of the shop (`shop_changed`)
only while it is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from inspector.domain.capture import NOTHING_TOLD, HeightMark, Told
from inspector.domain.facts import Answer, Site, Zone
from inspector.domain.goods import DealerType, Goods
from inspector.errors import StoreError
from inspector.store.chain import Record


class VisitKind(StrEnum):
    """Why somebody looks at a shop."""

    INSPECTION = "inspection"
    SELF_AUDIT = "self-audit"
    ARCHIVE = "archive"


class PhotoState(StrEnum):
    """How far a photo has come. From the first state on, it is safe on disk."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    UNREADABLE = "unreadable"


class Ruling(StrEnum):
    """What a person says of the machine's finding."""

    CONFIRMED = "confirmed"
    OVERRULED = "overruled"


class Party(StrEnum):
    """Who signs."""

    INSPECTOR = "inspector"
    SHOP = "shop"


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop.

    Attributes:
        shop_id: Its id.
        name: Its name.
        address: Street and town.
        dealer_type: Kind of dealer, which decides the rules; None when not told.
    """

    shop_id: str
    name: str
    address: str
    dealer_type: DealerType | None


@dataclass(frozen=True, slots=True)
class VisitPhoto:
    """A photo of a visit.

    Attributes:
        capture_id: sha256 of its bytes, under which its file is kept.
        file: Name that it was handed in with.
        state: How far it has come.
        seen_with: What its scene rests on; empty until it is done.
        fault: Why it cannot be read, by language.
        told: What a person said of it.
    """

    capture_id: str
    file: str
    state: PhotoState = PhotoState.WAITING
    seen_with: str = ""
    fault: Mapping[str, str] = field(default_factory=dict, hash=False)
    told: Told = NOTHING_TOLD


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of a finding; the machine's outcome stays beside it."""

    ruling: Ruling
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Explanation:
    """The shop's own account of a deviation (guidance, section 4)."""

    text: str
    by: str
    at: datetime


Strokes = tuple[tuple[tuple[float, float], ...], ...]
"""A drawn signature: lines of points, x in [0, 3] and y in [0, 1], y down."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature under all that was recorded so far.

    Attributes:
        name: Who signed.
        strokes: What was drawn; empty when they would not sign.
        refusal: Why they would not; empty when they signed.
        at: When.
        signed_hash: Hash of the last record before it: what was signed.
    """

    name: str
    strokes: Strokes
    refusal: str
    at: datetime
    signed_hash: str


@dataclass(frozen=True, slots=True)
class Closing:
    """One closed version of a visit.

    Attributes:
        version: 1, 2, …
        at: When it was closed.
        by: Who closed it.
        files: sha256 of the reports by their name, for example `report.da.pdf`.
    """

    version: int
    at: datetime
    by: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as it stands.

    Attributes:
        visit_id: Its id.
        shop: The shop, as it was known while the visit was last open.
        kind: Why somebody looks.
        opened_at: When it was opened.
        opened_by: Who opened it.
        zone: Where the shelves stand.
        is_open: False once it is closed.
        version: 1, and one more for each correction.
        photos: Photos in the order in which they came.
        answers: Answers to questions that only a person can decide.
        decisions: What people said of findings, by the finding's key.
        explanations: What the shop said of findings, by the finding's key.
        signatures: Signatures that hold, by party.
        closings: All closed versions.
        correction: Why the last version was opened again; empty for the first.
        day: Day of the photos of an archive; None for a visit that people make.
        has_deleted_photos: True when its photos were kept long enough and deleted.
        n_records: How many records there are.
        head: Hash of the last one.
    """

    visit_id: str
    shop: Shop
    kind: VisitKind
    opened_at: datetime
    opened_by: str
    zone: Zone = Zone.PUBLIC
    is_open: bool = True
    version: int = 1
    photos: tuple[VisitPhoto, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    explanations: Mapping[str, Explanation] = field(default_factory=dict)
    signatures: Mapping[Party, Signature] = field(default_factory=dict)
    closings: tuple[Closing, ...] = ()
    correction: str = ""
    has_deleted_photos: bool = False
    day: date | None = None
    n_records: int = 0
    head: str = ""

    @property
    def inspected_on(self) -> date:
        """The day whose rules apply: that of its photos when it was told, else of its opening."""
        return self.day or self.opened_at.date()

    @property
    def parties(self) -> tuple[Party, ...]:
        """Who signs it: nobody was there for an archive."""
        if self.kind is VisitKind.ARCHIVE:
            return ()
        return (Party.SHOP,) if self.kind is VisitKind.SELF_AUDIT else tuple(Party)

    @property
    def site(self) -> Site:
        """What people say of the place."""
        return Site(self.shop.dealer_type, self.inspected_on, self.zone, self.answers)

    @property
    def done(self) -> tuple[VisitPhoto, ...]:
        """Photos that have been looked at."""
        return tuple(photo for photo in self.photos if photo.state is PhotoState.DONE)

    @property
    def waiting(self) -> tuple[VisitPhoto, ...]:
        """Photos that are still to be looked at."""
        return tuple(photo for photo in self.photos if photo.state is PhotoState.WAITING)

    def photo(self, capture_id: str) -> VisitPhoto | None:
        """Return a photo; None when it is not in the visit."""
        return next((photo for photo in self.photos if photo.capture_id == capture_id), None)


def visit_from_records(visit_id: str, shop_id: str, records: Iterable[Record]) -> Visit:
    """Return the visit that its records tell.

    Raises:
        StoreError: There are no records.
    """
    visit: Visit | None = None
    for record in records:
        visit = _after(visit, record) if visit else _opened(visit_id, shop_id, record)
        visit = replace(visit, n_records=record.number, head=record.hash)
    if visit is None:
        raise StoreError(
            f"The visit {visit_id} has no records: the first one opens it, so somebody took them "
            "out. Bring the store back from a backup."
        )
    return visit


def told_as_details(told: Told) -> Mapping[str, Any]:
    """Return what was told of a photo as a record holds it; sorted packs have their own records."""
    return {
        "camera_height_m": told.camera_height_m,
        "camera_height_u_m": told.camera_height_u_m,
        "marks": [
            {"ends_px": mark.ends_px, "height_m": mark.height_m}
            | ({"is_lock": True} if mark.is_lock else {})
            for mark in told.marks
        ],
        "fixture": told.fixture,
    }


def _opened(visit_id: str, shop_id: str, record: Record) -> Visit:
    details = record.details
    day = details.get("day")
    return Visit(
        visit_id,
        _shop(shop_id, details),
        VisitKind(details["kind"]),
        datetime.fromisoformat(record.at),
        record.by,
        day=date.fromisoformat(day) if day else None,
    )


def _after(visit: Visit, record: Record) -> Visit:
    details, at = record.details, datetime.fromisoformat(record.at)
    if record.kind in ("action_set", "action_done"):
        return visit  # what is done about a finding later changes nothing of the visit
    if record.kind == "photos_deleted":
        return replace(visit, has_deleted_photos=True)  # what was signed stays signed
    if record.kind not in ("signed", "closed"):
        visit = replace(visit, signatures={})
    match record.kind:
        case "shop_changed":
            return replace(visit, shop=_shop(visit.shop.shop_id, details))
        case "photo_added":
            photo = VisitPhoto(details["capture_id"], details["file"])
            return replace(visit, photos=(*visit.photos, photo))
        case "photo_removed":
            left = tuple(p for p in visit.photos if p.capture_id != details["capture_id"])
            return replace(visit, photos=left)
        case "analysed":
            return _with_photo(visit, details, PhotoState.DONE, seen_with=details["seen_with"])
        case "unreadable":
            return _with_photo(visit, details, PhotoState.UNREADABLE, fault=details["fault"])
        case "told":
            before = _told_before(visit, details)
            told = replace(_told(details["told"]), sorted_packs=before.sorted_packs)
            return _with_photo(visit, details, None, told=told)
        case "sorted":
            before = _told_before(visit, details)
            told = replace(before, sorted_packs=_sorted(before.sorted_packs, details))
            return _with_photo(visit, details, None, told=told)
        case "zone":
            return replace(visit, zone=Zone(details["zone"]))
        case "answered":
            answers = {k: v for k, v in visit.answers.items() if k != details["question_id"]}
            if details["answer"] is not None:
                answers[details["question_id"]] = Answer(details["answer"])
            return replace(visit, answers=answers)
        case "decided":
            decisions = {k: v for k, v in visit.decisions.items() if k != details["finding"]}
            if details["ruling"] is not None:
                ruling = Ruling(details["ruling"])
                decision = Decision(ruling, details["reason"], record.by, at)
                decisions[details["finding"]] = decision
            return replace(visit, decisions=decisions)
        case "explained":
            said = {k: v for k, v in visit.explanations.items() if k != details["finding"]}
            if details["text"]:
                said[details["finding"]] = Explanation(details["text"], record.by, at)
            return replace(visit, explanations=said)
        case "signed":
            strokes = tuple(tuple((x, y) for x, y in line) for line in details["strokes"])
            signature = Signature(details["name"], strokes, details["refusal"], at, visit.head)
            party = Party(details["party"])
            return replace(visit, signatures={**visit.signatures, party: signature})
        case "closed":
            closing = Closing(visit.version, at, record.by, details["files"])
            return replace(visit, is_open=False, closings=(*visit.closings, closing))
        case "corrected":
            version = visit.version + 1
            return replace(visit, is_open=True, version=version, correction=details["reason"])
    raise ValueError(f"no record is of the kind {record.kind!r}")


def _shop(shop_id: str, details: Mapping[str, Any]) -> Shop:
    dealer = details["dealer_type"]
    return Shop(
        shop_id, details["name"], details["address"], DealerType(dealer) if dealer else None
    )


def _with_photo(
    visit: Visit,
    details: Mapping[str, Any],
    state: PhotoState | None,
    **changes: Any,  # noqa: ANN401
) -> Visit:
    if state is not None:
        changes["state"] = state
    photos = tuple(
        replace(photo, **changes) if photo.capture_id == details["capture_id"] else photo
        for photo in visit.photos
    )
    return replace(visit, photos=photos)


def _told_before(visit: Visit, details: Mapping[str, Any]) -> Told:
    photo = visit.photo(details["capture_id"])
    return NOTHING_TOLD if photo is None else photo.told


def _sorted(
    before: Iterable[tuple[str, Goods]], details: Mapping[str, Any]
) -> tuple[tuple[str, Goods], ...]:
    """Return what packs are after some of them were sorted, or taken back, in the order of ids."""
    goods = {key: value for key, value in before if key not in details["packs"]}
    if details["goods"] is not None:
        goods |= dict.fromkeys(details["packs"], Goods(details["goods"]))
    return tuple(sorted(goods.items()))


def _told(details: Mapping[str, Any]) -> Told:
    return Told(
        camera_height_m=details["camera_height_m"],
        camera_height_u_m=details["camera_height_u_m"],
        marks=tuple(
            HeightMark(
                tuple((x, y) for x, y in mark["ends_px"]),
                mark["height_m"],
                is_lock=mark.get("is_lock", False),
            )
            for mark in details["marks"]
        ),
        fixture=details.get("fixture", ""),
    )
