"""From what was seen to what is known: identities, heights, shelves, placements, signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from inspector.catalogue.close_up import with_close_up
from inspector.catalogue.consensus import read_packs
from inspector.catalogue.expiry import expiry_from_texts
from inspector.catalogue.fields import Fields, fields_of_packs
from inspector.catalogue.matching import Matcher, Reading
from inspector.catalogue.printed import with_printed_names
from inspector.domain.capture import NOTHING_TOLD, CameraIntrinsics, Told
from inspector.domain.facts import (
    AidFacts,
    CaptureFacts,
    MarkFacts,
    PackFacts,
    PlacementFacts,
    SeenLock,
    ShelfFacts,
    SignFacts,
)
from inspector.domain.goods import Goods
from inspector.domain.quantity import Length, Measured, Scale, ScaleMethod, Unmeasured
from inspector.domain.scene import Aid, AidKind, Lock, Pack, Scene, Sign, SignKind
from inspector.domain.verdict import Box, Reason
from inspector.geometry.boxes import areas, shared_areas
from inspector.geometry.camera import CameraFit
from inspector.geometry.feet import heights_of_feet, heights_on_edge, is_behind
from inspector.geometry.fitting import fit_camera
from inspector.geometry.floor import find_floor_line
from inspector.geometry.front import FrontBox, front_boxes
from inspector.geometry.heights import (
    distance_on_floor,
    height_of_edge,
    heights_of_locks,
    is_floor_in_view,
    limit_line,
)
from inspector.geometry.layout import Layout, lay_out, neighbours_without
from inspector.geometry.placements import Surround, find_placements, visible_front
from inspector.geometry.planes import stand_off_front
from inspector.geometry.signs import SignSpot, find_spots
from inspector.rules.guidance import Guidance
from inspector.rules.words import (
    Word,
    claims,
    offers,
    sign_kind,
    sign_word,
    speaks_of_medicine,
)

MIN_SHARPNESS = 40.0
"""Below this (variance of the Laplacian at one megapixel) a photo is too blurred to say that
something is absent."""

BOX_U_SHARE = 0.0015
"""Standard uncertainty of the sides of a detected box, as a share of the photo's long side."""

PACK_U_SHARE = 0.045
"""The same of packs, as a share of their median side: close packs are looked at in fewer pixels."""

FAILING_AIDS = {kind.value for kind in AidKind if not kind.is_advice_only}
"""Classes that a detector has to find reliably before seeing none means that there is none."""

SURE_AID = 0.5
"""Confidence from which nobody has to look whether a thing is one to climb on: pots of plants and
the kit's own card have looked like kick stools below it."""

FLOOR_BEFORE_M = 0.5
AID_HEIGHT_M = 0.2
"""The floor counts as in view when the picture shows what stands so far in front of the fixture, an
arm's length, from so high up: stools are 40 cm high, a step is 20 cm."""

LOWEST_CAMERA_M = 1.0
"""Without a scale, a camera that sees where the fixture meets the floor is taken to be held so high
when it is asked how much of the floor it sees: held higher, as cameras are, it sees more."""

LARGE_PRINT = 0.2
"""Letters of at least this share of a box's height are what it says from afar."""

HEADLINE = 0.85
"""A claim as high as the largest other print, or nearly so, is the headline of an advert (ours)."""

PICTURE_SHARE = 0.75
"""A pack that lies on an advert by so much of its box may be a picture on it, or the advert itself,
boxed a little beside it: of a pack behind it nobody would read anything."""

LOCK_BESIDE = 0.25
"""A lock may sit so far beside a door's leaf, in its widths: on the frame, or on the other leaf."""

LOCK_U, LOCK_SHOWN = 0.03, 0.15
"""Standard uncertainty of where a lock is seen, and what is shown of the door on each side of it,
in widths of its leaf."""

EDGE_ALONE = Scale(
    ScaleMethod.MARKED_POINTS,
    "one height along a shelf's edge, for the packs on it alone",
    Reason.NO_SCALE,
)
"""One height is no scale, yet what stands on that shelf stands as high."""

Locks = tuple[tuple[Lock, SeenLock], ...]
"""Locks of cabinets, each with how high it is."""

_CARD = Reading(Goods.PRODUCT_CARD, None, None)
_UNKNOWN = Reading(Goods.UNKNOWN, None, None)


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """Where everything stands: from pixels alone, so it holds under every register and every law.

    It takes most of the time of measuring; `measure` takes one that fits instead of making it anew.

    Attributes:
        of: Ids of the packs and signs that it was made of, and which of them are cards.
        told: What people and the device said of the photo, but what packs are.
        limit_m: Height of the limit line.
        fit: The camera.
        layout: Shelves and what stands on them.
        bottoms: Height of the lowest point of each pack, by pack id.
        locks: The locks of cabinets that are seen, with their heights.
        spots: Where each sign is, by sign id.
        front_in_view: Stretch of the fixture's front that is surely in the picture.
        front_hidden: What stands before the front, where it hides it.
        floor_in_view: True when the floor before the fixture is in the picture.
        limit_line_px: Where the limit lies in the picture, see `CaptureFacts`.
    """

    of: tuple[str, ...]
    told: Told
    limit_m: float
    fit: CameraFit
    layout: Layout
    bottoms: Mapping[str, Length]
    locks: Locks
    spots: Mapping[str, SignSpot]
    front_in_view: FrontBox | None
    front_hidden: tuple[FrontBox, ...]
    floor_in_view: bool
    limit_line_px: tuple[tuple[float, float, float, float], ...]

    def fits(self, scene: Scene, told: Told, limit_m: float) -> bool:
        """Say whether it would be made the same again."""
        return (self.of, self.told, self.limit_m) == (_ids(scene), told, limit_m)


def measure(
    capture_id: str,
    scene: Scene,
    camera: CameraIntrinsics,
    *,
    matcher: Matcher,
    guidance: Guidance,
    told: Told = NOTHING_TOLD,
    surveys: MutableMapping[str, Survey] | None = None,
) -> CaptureFacts:
    """Work out all that a rule may ask about one capture.

    Args:
        capture_id: Id of the capture.
        scene: What was seen.
        camera: Intrinsics of the camera.
        matcher: Tells goods apart by the register of the day.
        guidance: Holds the height limit and the words of signs.
        told: What people and the device say of the photo.
        surveys: Surveys by capture id. One of this capture is used where it fits; one that had to
            be made is put there. The facts are the same.

    Returns:
        The facts; what the picture does not tell carries its reason.
    """
    scene = told_apart(scene, camera, matcher=matcher, guidance=guidance)
    surveys = {} if surveys is None else surveys
    survey = surveys.get(capture_id)
    of_place = replace(told, sorted_packs=())  # what packs are moves nothing
    if survey is None or not survey.fits(scene, of_place, guidance.reach_height_m):
        survey = survey_scene(scene, camera, of_place, guidance.reach_height_m)
        surveys[capture_id] = survey
    fit, layout, spots = survey.fit, survey.layout, survey.spots
    readings = read_goods(scene.packs, matcher, told)
    fields = fields_of_packs(scene.packs, readings)
    are_none = {
        pack_id
        for pack_id, reading in readings.items()
        if reading.is_told and reading.goods is Goods.PRODUCT_CARD
    }
    packs = tuple(
        _pack_facts(
            pack,
            readings[pack.pack_id],
            scene,
            told,
            survey.locks,
            survey.bottoms[pack.pack_id],
            fields.get(pack.pack_id, {}),
        )
        for pack in scene.packs
    )
    signs = tuple(
        _sign_facts(sign, spots[sign.sign_id], matcher=matcher, guidance=guidance)
        for sign in scene.signs
    )
    surround = Surround(
        survey.front_in_view,
        top_m=guidance.signs_up_to_m,
        beside_m=guidance.signs_beside_m,
        letters_m=guidance.sign_letters_m,
        hidden=survey.front_hidden,
    )
    placements = find_placements(
        layout, packs, signs, spots, bands=scene.edge_bands, surround=surround
    )
    sure = tuple(placement for placement in placements if placement.pack_ids)
    return CaptureFacts(
        capture_id=capture_id,
        scale=fit.scale,
        is_readable=scene.sharpness >= MIN_SHARPNESS,
        aids_looked_for=scene.reliable >= FAILING_AIDS,
        signs_looked_for="sign" in scene.reliable,
        dividers_looked_for="divider" in scene.reliable,
        floor_in_view=survey.floor_in_view,
        packs=packs,
        shelves=layout.shelves,
        neighbours=neighbours_without(
            are_none, layout, scene, fit, box_u_px=_pack_u_px(scene, camera)
        ),
        placements=sure,
        possible_placements=tuple(p for p in placements if not p.pack_ids),
        signs=signs,
        aids=tuple(_aid_facts(aid, packs, sure, fit, _box_u_px(camera)) for aid in scene.aids),
        marks=tuple(_marks(scene, camera, told, _box_u_px(camera))),
        limit_line_px=survey.limit_line_px,
    )


def told_apart(
    scene: Scene, camera: CameraIntrinsics, *, matcher: Matcher, guidance: Guidance
) -> Scene:
    """Return the scene with close-ups, packs and signs told from each other by their words."""
    scene = with_close_up(scene, camera.image_wh, matcher)
    return _with_signs_taken_for_packs(scene, matcher, guidance)


def read_goods(
    packs: Sequence[Pack], matcher: Matcher, told: Told = NOTHING_TOLD
) -> Mapping[str, Reading]:
    """Return what each pack and card is, by pack id; only packs of one look bear on each other.

    What a person told stands in for a reading where there is none; it changes none.
    """
    readings = with_printed_names(packs, read_packs(packs, matcher))
    found = {pack.pack_id: _reading_of(pack, readings) for pack in packs}
    for pack_id, goods in told.sorted_packs:
        if pack_id in found and found[pack_id].goods is Goods.UNKNOWN:
            found[pack_id] = Reading(goods, None, None, is_told=True)
    return found


def survey_scene(scene: Scene, camera: CameraIntrinsics, told: Told, limit_m: float) -> Survey:
    """Work out where everything in a scene stands.

    Args:
        scene: What was seen, signs told from packs.
        camera: Intrinsics of the camera.
        told: What people and the device say of the photo.
        limit_m: Height of the line to draw.
    """
    u_px = _pack_u_px(scene, camera)
    fit = fit_scene(scene, camera, told)
    layout = lay_out(scene, fit, box_u_px=u_px)
    bottoms = heights_of_feet(scene.packs, layout, fit, u_px=u_px, doors_px=scene.doors)
    off_front = _packs_off_front(scene, fit)
    bottoms |= {key: _off_front(bottoms[key]) for key in off_front}
    if fit.scale.reason is Reason.NO_SCALE:
        for edge in told.marks:
            on_it = heights_on_edge(scene.packs, edge, camera, u_px=u_px, doors_px=scene.doors)
            bottoms |= on_it
            fit = replace(fit, scale=EDGE_ALONE) if on_it else fit
    bottoms |= {
        pack.pack_id: Unmeasured(Reason.ONLY_SEEN_CLOSER) for pack in scene.packs if pack.is_lent
    }
    return Survey(
        of=_ids(scene),
        told=told,
        limit_m=limit_m,
        fit=fit,
        layout=replace(layout, shelves=_measurable(layout.shelves, off_front)),
        bottoms=bottoms,
        locks=_seen_locks(scene, fit),
        spots=find_spots(scene, fit, layout),
        front_in_view=visible_front(fit, camera.image_wh),
        front_hidden=tuple(front_boxes(fit, _before_px(scene))),
        floor_in_view=_is_floor_in_view(scene, camera, told, fit),
        limit_line_px=limit_line(fit, camera.image_wh, limit_m=limit_m),
    )


def _ids(scene: Scene) -> tuple[str, ...]:
    packs = (f"{pack.pack_id} (card)" if pack.is_card else pack.pack_id for pack in scene.packs)
    return (*packs, *(sign.sign_id for sign in scene.signs))


def _box_u_px(camera: CameraIntrinsics) -> float:
    return max(1.0, BOX_U_SHARE * max(camera.image_wh))


def _pack_u_px(scene: Scene, camera: CameraIntrinsics) -> float:
    boxes = np.array([pack.box_xyxy_px for pack in scene.packs]).reshape(-1, 4)
    sides_px = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))
    median_px = float(np.median(sides_px)) if len(sides_px) else 0.0
    return max(_box_u_px(camera), PACK_U_SHARE * median_px)


def fit_scene(scene: Scene, camera: CameraIntrinsics, told: Told) -> CameraFit:
    """Fit the camera of a photo to all that was seen in it and told of it."""
    return fit_camera(
        scene.tags,
        scene.straight_edges,
        camera,
        told=told,
        packs_px=[pack.box_xyxy_px for pack in scene.packs],
        before_px=_before_px(scene),
    )


def _is_floor_in_view(scene: Scene, camera: CameraIntrinsics, told: Told, fit: CameraFit) -> bool:
    packs_px = [pack.box_xyxy_px for pack in scene.packs]
    if fit.scale.reason is Reason.NO_SCALE and find_floor_line(
        fit, scene.straight_edges, packs_px, before_px=_before_px(scene)
    ):
        fit = fit_scene(scene, camera, replace(told, camera_height_m=LOWEST_CAMERA_M))
    return is_floor_in_view(
        fit,
        camera.image_wh,
        span_px=[((x1 + x2) / 2, y2) for x1, _, x2, y2 in packs_px],
        before_m=FLOOR_BEFORE_M,
        up_m=AID_HEIGHT_M,
    )


def _before_px(scene: Scene) -> list[Box]:
    """Return boxes of what stands before the fixture."""
    return [*(aid.box_xyxy_px for aid in scene.aids), *scene.people_px]


def _packs_off_front(scene: Scene, fit: CameraFit) -> frozenset[str]:
    """Return the packs that stand on another plane than the one that heights are measured on."""
    are_off = stand_off_front(
        fit,
        scene.straight_edges,
        [pack.box_xyxy_px for pack in scene.packs],
        before_px=_before_px(scene),
    )
    return frozenset(
        pack.pack_id for pack, is_off in zip(scene.packs, are_off, strict=True) if is_off
    )


def _measurable(shelves: Sequence[ShelfFacts], off_front: frozenset[str]) -> tuple[ShelfFacts, ...]:
    """Return shelves; those that carry packs of another plane lose their height."""
    return tuple(
        replace(shelf, height=_off_front(shelf.height))
        if off_front.intersection(shelf.pack_ids)
        else shelf
        for shelf in shelves
    )


def _off_front(height: Length) -> Length:
    return Unmeasured(Reason.PACK_OFF_FRONT) if isinstance(height, Measured) else height


def _marks(scene: Scene, camera: CameraIntrinsics, told: Told, u_px: float) -> Iterable[MarkFacts]:
    """Yield what a person measured beside what the photo says of it without that."""
    for mark in told.marks:
        others = tuple(other for other in told.marks if other is not mark)
        fit = fit_scene(scene, camera, replace(told, marks=others))
        x, y = np.mean(mark.ends_px, axis=0).tolist()
        yield MarkFacts(mark, height_of_edge(fit, (x, y), u_px=u_px))


def _with_signs_taken_for_packs(scene: Scene, matcher: Matcher, guidance: Guidance) -> Scene:
    """Add a sign where a pack speaks like one.

    A board with `Medicin` on it may be taken for a pack, and an advert as well. The words decide:
    one of the four words in large letters makes it a sign and no pack; a claim makes it a sign,
    too, beside the pack that it may be. Names of goods never make a sign. Of a pack that may be an
    advert, or a picture on one, nothing is sure: a picture stands nowhere too low or unsigned.
    """
    packs, signs = [], list(scene.signs)
    for pack in scene.packs:
        large = [line for line in pack.texts if line.height_px >= LARGE_PRINT * _height(pack)]
        text = " ".join(line.text for line in large)
        is_approved = not pack.is_card and sign_word(text, guidance) is Word.APPROVED
        if pack.is_card or not (is_approved or _claims(text, pack, matcher, guidance)):
            packs.append(pack)
            continue
        if not is_approved:
            packs.append(replace(pack, may_be_card=True))
        if any(set(large) <= set(sign.lines) for sign in scene.signs):
            continue  # it was found as a sign as well
        signs.append(
            Sign(
                f"t{len(signs) + 1}",
                pack.box_xyxy_px,
                tuple(large),
                is_price_label=False,
                confidence=pack.confidence,
                has_unread_print=not is_approved,
                has_outline=False,
            )
        )
    adverts = [
        sign.board_xyxy_px or sign.box_xyxy_px
        for sign in signs
        if not sign.is_price_label and claims(sign.text, guidance)
    ]
    packs = [
        replace(pack, may_be_card=True) if not pack.is_card and _lies_on(pack, adverts) else pack
        for pack in packs
    ]
    return replace(scene, packs=tuple(packs), signs=tuple(signs))


def _lies_on(pack: Pack, boards: Sequence[Box]) -> bool:
    box = np.array(pack.box_xyxy_px)
    shares = shared_areas(box, np.array(boards).reshape(-1, 4)) / np.maximum(areas(box), 1e-9)
    return bool((shares >= PICTURE_SHARE).any())


def _claims(text: str, pack: Pack, matcher: Matcher, guidance: Guidance) -> bool:
    """Say whether a pack says in large letters what only adverts do.

    Offers are never printed on packs; indications are, in smaller print than the name.
    """
    if not claims(text, guidance):
        return False
    claim_px = [line.height_px for line in pack.texts if claims(line.text, guidance)]
    other_px = [line.height_px for line in pack.texts if not claims(line.text, guidance)]
    is_headline = max(claim_px, default=0.0) >= HEADLINE * max(other_px, default=0.0)
    return (
        is_headline
        or bool(offers(text, guidance))
        or matcher.read(pack.texts).goods is Goods.UNKNOWN
    )


def _height(pack: Pack) -> float:
    return pack.box_xyxy_px[3] - pack.box_xyxy_px[1]


def _reading_of(pack: Pack, readings: Mapping[str, Reading]) -> Reading:
    if pack.is_card:
        return _CARD
    reading = readings[pack.pack_id]
    # A card names medicine and breaks no rule, so nothing is sure of a pack that may be one.
    return replace(_UNKNOWN, unless_card=reading.goods) if pack.may_be_card else reading


def _pack_facts(
    pack: Pack,
    reading: Reading,
    scene: Scene,
    told: Told,
    locks: Locks,
    bottom: Length,
    fields: Fields,
) -> PackFacts:
    doors_px = [door_px for door_px in scene.doors if is_behind(pack, door_px)]
    return PackFacts(
        pack_id=pack.pack_id,
        box_xyxy_px=pack.box_xyxy_px,
        confidence=pack.confidence,
        goods=reading.goods,
        kind=reading.kind,
        identity=reading.identity,
        bottom_height=bottom,
        behind_door=bool(doors_px),
        lock_height=_lock_height(doors_px, told),
        seen_lock=_lock_before(doors_px, locks, bottom),
        unless_card=reading.unless_card,
        is_told=reading.is_told,
        expires_on=_expiry(pack),
        fields=fields,
    )


def _lock_height(doors_px: Sequence[Box], told: Told) -> Length | None:
    """Return the lowest height that a person measured of a lock on one of these doors."""
    heights = [
        Measured(mark.height_m, mark.height_m - 2 * mark.u_m, mark.height_m + 2 * mark.u_m)
        for mark in told.marks
        if mark.is_lock and any(_is_at(mark.ends_px[0], door_px) for door_px in doors_px)
    ]
    return min(heights, key=lambda height: height.value_m, default=None)


def _seen_locks(scene: Scene, fit: CameraFit) -> Locks:
    """Return the locks that are seen with their heights; none without a scale."""
    seen = []
    for lock in scene.locks:
        (x, y), (left, right) = lock.at_px, lock.leaves_px
        leaf_px = (right[2] - left[0]) / 2
        (height,) = heights_of_locks(fit, [lock.at_px], u_px=LOCK_U * leaf_px)
        if isinstance(height, Measured):
            around = LOCK_SHOWN * leaf_px
            box = (x - around, y - around, x + around, y + around)
            seen.append((lock, SeenLock(height, box)))
    return tuple(seen)


def _lock_before(doors_px: Sequence[Box], locks: Locks, bottom: Length) -> SeenLock | None:
    """Return the highest lock that is seen on one of these doors.

    Where what stands behind them was not measured, such as off the front, no lock was either.
    """
    if not isinstance(bottom, Measured):
        return None
    before = [seen for lock, seen in locks if set(doors_px) & set(lock.leaves_px)]
    return max(before, key=lambda seen: seen.height.value_m, default=None)


def _is_at(point_px: tuple[float, float], door_px: Box) -> bool:
    """Say whether a point lies on a door, or beside it, where the other leaf carries the lock."""
    x1, y1, x2, y2 = door_px
    beside_px = LOCK_BESIDE * (x2 - x1)
    return x1 - beside_px <= point_px[0] <= x2 + beside_px and y1 <= point_px[1] <= y2


def _expiry(pack: Pack) -> date | None:
    """Return the expiry date: that of a DataMatrix before print; None where codes differ."""
    scanned = {code.expires_on for code in pack.barcodes if code.expires_on is not None}
    if scanned:
        return scanned.pop() if len(scanned) == 1 else None
    return expiry_from_texts(pack.texts)


def _sign_facts(sign: Sign, spot: SignSpot, *, matcher: Matcher, guidance: Guidance) -> SignFacts:
    text = sign.text
    # A card in the rail that names no price is a sign where it speaks like one.
    has_price = any(letter.isdigit() for letter in text)
    speaks = bool(claims(text, guidance)) or speaks_of_medicine(text, guidance)
    is_label = sign.is_price_label and (has_price or not speaks)
    kind = SignKind.PRICE_LABEL if is_label else sign_kind(text, guidance)
    return SignFacts(
        sign_id=sign.sign_id,
        box_xyxy_px=sign.board_xyxy_px or sign.box_xyxy_px,
        text=text,
        kind=kind,
        placement=spot.placement,
        medicine_names=matcher.medicine_names(text),
        small_print=sign.has_unread_print,
        has_outline=sign.has_outline,
        beside_ids=spot.beside_ids,
        under_ids=spot.under_ids,
        column_px=spot.column_px,
    )


def _aid_facts(
    aid: Aid,
    packs: Sequence[PackFacts],
    placements: Sequence[PlacementFacts],
    fit: CameraFit,
    u_px: float,
) -> AidFacts:
    x1, _, x2, y2 = aid.box_xyxy_px
    distances = [
        distance_on_floor(
            fit,
            ((x1, y2), (x2, y2)),
            span_x_px=((p.box_xyxy_px[0], p.box_xyxy_px[3]), (p.box_xyxy_px[2], p.box_xyxy_px[3])),
            u_px=4 * u_px,
        )
        for p in placements
    ]
    measured = [distance for distance in distances if isinstance(distance, Measured)]
    nearest: Length = (
        min(measured, key=lambda distance: distance.value_m)
        if measured
        else Unmeasured(Reason.AID_DISTANCE_UNKNOWN)
    )
    is_sure = aid.confidence >= SURE_AID
    over_ids = tuple(
        pack.pack_id
        for pack in packs
        if pack.box_xyxy_px[0] < x2 and pack.box_xyxy_px[2] > x1 and pack.box_xyxy_px[3] < y2
    )
    return AidFacts(aid.aid_id, aid.kind, aid.box_xyxy_px, nearest, is_sure, over_ids)
