"""Placements: the medicine of each run of a shelf, with the signs that serve it (section 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inspector.domain.facts import PackFacts, PlacementFacts, SignFacts
from inspector.domain.goods import Goods
from inspector.domain.scene import EdgeBand, SignKind, SignPlacement
from inspector.domain.verdict import Box
from inspector.geometry.camera import CameraFit
from inspector.geometry.front import FrontBox, hull
from inspector.geometry.heights import front_from_image
from inspector.geometry.layout import Layout, Run
from inspector.geometry.signs import SignSpot
from inspector.geometry.strips import edge_strip

LEGIBLE_LETTERS_PX = 10.0
"""Of 187 words with capitals so high, set on shelf edges of ten path-traced photos in many fonts
and colours, 98 % were noticed; of those with 8 px, 84 %."""

BAY_MARGIN_M = 0.05
"""A sign of a bay reaches at most so far beyond the bay's packs."""


@dataclass(frozen=True, slots=True)
class Surround:
    """Where signs may be, and what of it a photo shows. Metres on the fixture's front.

    Attributes:
        in_view: The stretch of the front that is surely in the picture; None without a scale.
        top_m: Signs that hang from the ceiling begin at most so high above the floor.
        beside_m: Signs begin at most so far beside and below the goods that they serve.
        letters_m: Their capitals are at least so high.
        hidden: What people and things before the fixture hide of it.
    """

    in_view: FrontBox | None
    top_m: float
    beside_m: float
    letters_m: float = 0.0
    hidden: tuple[FrontBox, ...] = ()

    def is_shown(self, place: FrontBox, bay: FrontBox | None) -> bool:
        """Say whether the picture shows every place where a sign for some goods may be."""
        view = self.in_view
        if view is None:
            return False
        if bay is None:
            left, right = place.left - self.beside_m, place.right + self.beside_m
        else:
            left, right = bay.left - BAY_MARGIN_M, bay.right + BAY_MARGIN_M
        bottom = place.bottom - self.beside_m
        is_hidden = any(
            box.left < right and box.right > left and box.bottom < self.top_m and box.top > bottom
            for box in self.hidden
        )
        return bool(
            not is_hidden
            and view.left <= left
            and view.right >= right
            and view.bottom <= bottom
            and view.top >= self.top_m
        )

    def is_legible(self, place: FrontBox, place_px: Box) -> bool:
        """Say whether signs at some goods, given where those are, could be read."""
        px_per_m = (place_px[3] - place_px[1]) / max(place.height, 1e-6)
        return bool(self.letters_m * px_per_m >= LEGIBLE_LETTERS_PX)


def visible_front(fit: CameraFit, image_wh: tuple[int, int]) -> FrontBox | None:
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


def find_placements(
    layout: Layout,
    packs: Sequence[PackFacts],
    signs: Sequence[SignFacts],
    spots: Mapping[str, SignSpot],
    *,
    bands: Sequence[EdgeBand],
    surround: Surround,
) -> list[PlacementFacts]:
    """Return a placement for every run that holds medicine, or packs that may be medicine.

    Args:
        layout: Shelves and runs.
        packs: What is known of every pack.
        signs: What is known of every sign.
        spots: Where each sign is, by its id.
        bands: Stretches of one colour along the edges of shelves.
        surround: What the photo shows of the places where signs may be.
    """
    medicines = {pack.pack_id for pack in packs if pack.goods is Goods.OTC_MEDICINE}
    perhaps = {pack.pack_id for pack in packs if pack.may_be_medicine} - medicines
    boxes_px = {pack.pack_id: pack.box_xyxy_px for pack in packs}
    speaking = [sign for sign in signs if sign.kind is not SignKind.PRICE_LABEL]
    placements = []
    for run in layout.runs:
        members = (*run.pack_ids, *run.stacked_ids)
        medicine = tuple(key for key in members if key in medicines)
        unknown = tuple(key for key in members if key in perhaps)
        if not medicine and not unknown:
            continue
        place = hull(layout.front[key] for key in medicine or unknown)
        bay = layout.bay_span(run) if run.bay_number is not None else None
        serves = {sign.sign_id: spots[sign.sign_id].serves(run, place, bay) for sign in speaking}
        serving = [sign for sign in speaking if serves[sign.sign_id]]
        hanging = [sign for sign in serving if sign.placement is SignPlacement.CEILING]
        place_px = _hull_px([boxes_px[key] for key in medicine or unknown])
        placements.append(
            PlacementFacts(
                placement_id=run.run_id,
                shelf_number=run.shelf_number,
                bay_number=run.bay_number,
                pack_ids=medicine,
                unknown_ids=unknown,
                row_ids=run.pack_ids,
                box_xyxy_px=place_px,
                sign_ids=tuple(sign.sign_id for sign in serving),
                ceiling_sign_ids=tuple(sign.sign_id for sign in hanging),
                surround_in_view=None not in serves.values() and surround.is_shown(place, bay),
                signs_legible=surround.is_legible(place, place_px),
                stray_text_px=_stray_text(run, signs, spots, layout),
                edge_strip=edge_strip(run.pack_ids, medicine, bands, boxes_px),
            )
        )
    return placements


def _stray_text(
    run: Run, signs: Sequence[SignFacts], spots: Mapping[str, SignSpot], layout: Layout
) -> tuple[Box, ...]:
    """Return text that stands where the packs of a run do, or right beside them."""
    span = hull(layout.front[key] for key in run.pack_ids)
    stray = []
    for sign in signs:
        x, z = spots[sign.sign_id].box.centre
        is_among = span.left - span.height < x < span.right + span.height
        if sign.kind is SignKind.OTHER and is_among and span.bottom < z < span.top:
            stray.append(sign.box_xyxy_px)
    return tuple(stray)


def _hull_px(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
