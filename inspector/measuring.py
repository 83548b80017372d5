"""From what was seen to what is known: identities, heights, shelves, placements, signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from inspector.catalogue.consensus import read_packs
from inspector.catalogue.matching import Matcher, Reading
from inspector.domain.capture import CameraIntrinsics
from inspector.domain.facts import AidFacts, CaptureFacts, PackFacts, PlacementFacts, SignFacts
from inspector.domain.goods import Goods
from inspector.domain.quantity import Length, Measured, Unmeasured
from inspector.domain.scene import Aid, Pack, Scene, Sign, SignKind, SignPlacement
from inspector.domain.verdict import Box, Reason
from inspector.geometry.camera import CameraFit, fit_camera
from inspector.geometry.heights import (
    distance_on_floor,
    front_from_image,
    height_of_pack,
    is_floor_in_view,
    limit_line,
)
from inspector.geometry.layout import FrontBox, Layout, hull, lay_out, place_signs, sign_boxes
from inspector.rules.guidance import Guidance
from inspector.rules.words import Word, claims, offers, sign_kind, sign_word

MIN_SHARPNESS = 40.0
"""Below this (variance of the Laplacian at one megapixel) a photo is too blurred to say that
something is absent."""

BOX_U_SHARE = 0.0015
"""Standard uncertainty of the sides of a detected box, as a share of the photo's long side."""

FLOOR_BEFORE_M = 1.0
"""The floor counts as in view when the picture shows it this far in front of the fixture."""

SURROUND_TOP_M = 2.6
SURROUND_SIDE_M = 0.3
"""Signs hang at most so high above the floor and so far beside a placement; our numbers."""

LARGE_PRINT = 0.2
"""Letters of at least this share of a box's height are what it says from afar."""

SERVES_SHARE = 0.5
"""A sign over a fixture serves a placement when it spans this share of the narrower of the two."""

_CARD = Reading(Goods.PRODUCT_CARD, None, None)
_UNKNOWN = Reading(Goods.UNKNOWN, None, None)

OVERHEAD = (SignPlacement.HEADER, SignPlacement.CEILING, SignPlacement.UNKNOWN)


def measure(
    capture_id: str,
    scene: Scene,
    camera: CameraIntrinsics,
    *,
    matcher: Matcher,
    guidance: Guidance,
) -> CaptureFacts:
    """Work out all that a rule may ask about one capture.

    Args:
        capture_id: Id of the capture.
        scene: What was seen.
        camera: Intrinsics of the camera.
        matcher: Tells goods apart by the register of the day.
        guidance: Holds the height limit and the words of signs.

    Returns:
        The facts; what the picture does not tell carries its reason.
    """
    scene = _with_signs_taken_for_packs(scene, matcher, guidance)
    fit = fit_camera(scene.tags, scene.straight_edges, camera)
    u_px = max(1.0, BOX_U_SHARE * max(camera.image_wh))
    layout = lay_out(scene, fit, box_u_px=u_px)
    readings = read_packs(scene.packs, matcher)
    packs = tuple(
        _pack_facts(pack, _reading_of(pack, readings), scene, layout, fit, u_px)
        for pack in scene.packs
    )
    goods = {pack.pack_id: pack.goods for pack in packs}
    where = place_signs(scene, fit, layout)
    signs = tuple(
        _sign_facts(sign, where[sign.sign_id], matcher=matcher, guidance=guidance)
        for sign in scene.signs
    )
    on_front = sign_boxes(scene, fit)
    signs = tuple(
        replace(sign, under_ids=_under(on_front[sign.sign_id], layout))
        if sign.placement is SignPlacement.CEILING
        else sign
        for sign in signs
    )
    surround = _visible_front(fit, camera.image_wh)
    placements = tuple(_placements(layout, goods, packs, signs, on_front, surround))
    return CaptureFacts(
        capture_id=capture_id,
        scale=fit.scale,
        is_readable=scene.sharpness >= MIN_SHARPNESS,
        aids_looked_for=scene.aids_looked_for,
        floor_in_view=is_floor_in_view(fit, camera.image_wh, before_m=FLOOR_BEFORE_M),
        packs=packs,
        shelves=layout.shelves,
        neighbours=layout.neighbours,
        placements=placements,
        signs=signs,
        aids=tuple(_aid_facts(aid, placements, fit, u_px) for aid in scene.aids),
        limit_line_px=limit_line(fit, camera.image_wh, limit_m=guidance.reach_height_m),
    )


def _with_signs_taken_for_packs(scene: Scene, matcher: Matcher, guidance: Guidance) -> Scene:
    """Add a sign where a pack speaks like one.

    A board with `Medicin` on it may be taken for a pack, and an advert as well. The words decide:
    one of the four words in large letters makes it a sign and no pack; a claim makes it a sign,
    too, beside the pack that it may be. Names of goods never make a sign.
    """
    packs, signs = [], list(scene.signs)
    for pack in scene.packs:
        large = [line for line in pack.texts if line.height_px >= LARGE_PRINT * _height(pack)]
        text = " ".join(line.text for line in large)
        is_approved = sign_word(text, guidance) is Word.APPROVED
        is_named = matcher.read(pack.texts).goods is not Goods.UNKNOWN
        # Offers are never printed on packs; indications are, beside the name.
        is_claim = offers(text, guidance) or (claims(text, guidance) and not is_named)
        if pack.is_card or not (is_approved or is_claim):
            packs.append(pack)
            continue
        if not is_approved:
            packs.append(pack)
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
    return replace(scene, packs=tuple(packs), signs=tuple(signs))


def _height(pack: Pack) -> float:
    return pack.box_xyxy_px[3] - pack.box_xyxy_px[1]


def _reading_of(pack: Pack, readings: Mapping[str, Reading]) -> Reading:
    if pack.is_card:
        return _CARD
    # A card names medicine and breaks no rule; a pack that might be one decides nothing.
    return _UNKNOWN if pack.may_be_card else readings[pack.pack_id]


def _pack_facts(
    pack: Pack, reading: Reading, scene: Scene, layout: Layout, fit: CameraFit, u_px: float
) -> PackFacts:
    x1, y1, x2, y2 = pack.box_xyxy_px
    bottom = height_of_pack(fit, ((x1 + x2) / 2, y2), u_px=u_px)
    shelf = layout.shelf_of(pack.pack_id)
    if shelf is not None and pack.pack_id in shelf.stacked_ids:
        # It may stand on the pack below, or on the shelf behind it: what is visible cannot tell.
        bottom = _down_to(bottom, shelf.height)
    middle = ((x1 + x2) / 2, (y1 + y2) / 2)
    return PackFacts(
        pack_id=pack.pack_id,
        box_xyxy_px=pack.box_xyxy_px,
        confidence=pack.confidence,
        goods=reading.goods,
        kind=reading.kind,
        identity=reading.identity,
        bottom_height=bottom,
        behind_door=any(_contains(door, middle) for door in scene.doors),
    )


def _down_to(bottom: Length, shelf: Length) -> Length:
    if isinstance(bottom, Measured) and isinstance(shelf, Measured):
        return replace(bottom, low_m=min(bottom.low_m, shelf.low_m))
    return bottom


def _sign_facts(
    sign: Sign, placement: SignPlacement, *, matcher: Matcher, guidance: Guidance
) -> SignFacts:
    text = sign.text
    # A card in the rail that makes a claim and names no price is no price label.
    has_price = any(letter.isdigit() for letter in text)
    is_label = sign.is_price_label and (has_price or not claims(text, guidance))
    kind = SignKind.PRICE_LABEL if is_label else sign_kind(text, guidance)
    return SignFacts(
        sign_id=sign.sign_id,
        box_xyxy_px=sign.box_xyxy_px,
        text=text,
        kind=kind,
        placement=placement,
        names_medicine=matcher.names_medicine(text),
        small_print=sign.has_unread_print,
        has_outline=sign.has_outline,
    )


def _under(sign: FrontBox, layout: Layout) -> tuple[str, ...]:
    """Return the packs in the column under a ceiling sign, on every shelf."""
    return tuple(
        pack_id
        for pack_id, box in layout.front.items()
        if sign.left <= box.centre[0] <= sign.right and box.top <= sign.bottom
    )


def _placements(
    layout: Layout,
    goods: Mapping[str, Goods],
    packs: Sequence[PackFacts],
    signs: Sequence[SignFacts],
    on_front: Mapping[str, FrontBox],
    surround: FrontBox | None,
) -> Iterable[PlacementFacts]:
    """Yield the OTC medicine of each run of each shelf, with the signs that serve it."""
    boxes_px = {pack.pack_id: pack.box_xyxy_px for pack in packs}
    for number, shelf in enumerate(layout.shelves, start=1):
        runs = layout.runs[shelf.shelf_id]
        for part, run in enumerate(runs):
            span = hull(layout.front[key] for key in run)
            stacked = [
                key
                for key in shelf.stacked_ids
                if span.left <= layout.front[key].centre[0] <= span.right
            ]
            members = [*run, *stacked]
            medicine = [key for key in members if goods[key] is Goods.OTC_MEDICINE]
            if not medicine:
                continue
            place = hull(layout.front[key] for key in medicine)
            serving, unclear = _serving(place, span, signs, on_front, layout, shelf.shelf_id)
            yield PlacementFacts(
                placement_id=shelf.shelf_id + ("abcdefghijkl"[part % 12] if len(runs) > 1 else ""),
                shelf_number=number,
                pack_ids=tuple(medicine),
                unknown_ids=tuple(key for key in members if goods[key] is Goods.UNKNOWN),
                box_xyxy_px=_hull_px([boxes_px[key] for key in medicine]),
                sign_ids=tuple(sign.sign_id for sign in serving),
                ceiling_sign_ids=tuple(
                    sign.sign_id for sign in serving if sign.placement is SignPlacement.CEILING
                ),
                surround_in_view=not unclear and _is_surrounded(place, surround),
                stray_text_px=tuple(
                    sign.box_xyxy_px
                    for sign in signs
                    if sign.kind is SignKind.OTHER and _is_among(on_front[sign.sign_id], span)
                ),
            )


def _is_among(text: FrontBox, run: FrontBox) -> bool:
    """Say whether text stands where the packs of a run do, or right beside them."""
    x, z = text.centre
    beside = run.height
    return run.left - beside < x < run.right + beside and run.bottom < z < run.top


def _serving(
    place: FrontBox,
    run: FrontBox,
    signs: Sequence[SignFacts],
    on_front: Mapping[str, FrontBox],
    layout: Layout,
    shelf_id: str,
) -> tuple[list[SignFacts], bool]:
    """Return the signs that serve a placement, and whether it is unclear if another one does."""
    serving, unclear = [], False
    for sign in signs:
        box = on_front[sign.sign_id]
        if sign.kind is SignKind.PRICE_LABEL or not np.isfinite(box.width):
            continue
        if sign.placement in OVERHEAD and box.bottom >= place.top:
            share = box.overlap_x(place)
            if share >= SERVES_SHARE:
                serving.append(sign)
            elif share > 0 or abs(box.centre[0] - place.centre[0]) < box.width:
                unclear = True
        elif (
            sign.placement in (SignPlacement.SHELF_EDGE, SignPlacement.ON_SHELF)
            and _shelf_of_sign(sign, box, layout) == shelf_id
            and box.overlap_x(run) > 0
        ):
            serving.append(sign)
    return serving, unclear


def _shelf_of_sign(sign: SignFacts, box: FrontBox, layout: Layout) -> str | None:
    """Return the shelf that a sign hangs on or stands on."""
    edges = {
        shelf.shelf_id: float(np.median([layout.front[key].bottom for key in shelf.pack_ids]))
        for shelf in layout.shelves
    }
    if sign.placement is SignPlacement.SHELF_EDGE:
        return min(edges, key=lambda key: abs(edges[key] - box.top), default=None)
    below = {key: edge for key, edge in edges.items() if edge < box.centre[1]}
    return max(below, key=lambda key: below[key], default=None)


def _visible_front(fit: CameraFit, image_wh: tuple[int, int]) -> FrontBox | None:
    """Return the stretch of the fixture's front that is surely in the picture, in metres."""
    if fit.scale.reason is not None:
        return None
    width, height = image_wh
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=float)
    front = front_from_image(fit, corners)
    if not np.isfinite(front).all():
        return None
    return FrontBox(
        left=float(max(front[0, 0], front[3, 0])),
        right=float(min(front[1, 0], front[2, 0])),
        bottom=float(max(front[2, 1], front[3, 1])),
        top=float(min(front[0, 1], front[1, 1])),
    )


def _is_surrounded(place: FrontBox, surround: FrontBox | None) -> bool:
    """Say whether the picture shows every place where a sign for this placement may be."""
    if surround is None:
        return False
    return bool(
        surround.left <= place.left - SURROUND_SIDE_M
        and surround.right >= place.right + SURROUND_SIDE_M
        and surround.bottom <= place.bottom - SURROUND_SIDE_M
        and surround.top >= SURROUND_TOP_M
    )


def _aid_facts(
    aid: Aid, placements: Sequence[PlacementFacts], fit: CameraFit, u_px: float
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
    return AidFacts(aid.aid_id, aid.kind, aid.box_xyxy_px, nearest)


def _hull_px(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _contains(box: Box, point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]
