"""Builds facts from the short form in which cases are written; see tests/rules/*.yaml.

    given:
      site:       {dealer, zone, day, answers}
      readable:   false when the photo is blurred
      shown_in:   id of the photo from afar that shows all of this one
      floor_in_view: true when the floor is in the picture
      aids_looked_for: false when the detector does not know stools and ladders well enough;
                  signs_looked_for and dividers_looked_for the same
      packs:      {p1: {goods, name, strength, groups, bottom_cm, lock_cm, seen_lock_cm, told,
                  ...}}; lock_cm is what a person measured; told is true when a
                  person said what it is
      neighbours: [{left, right, gap_cm, widths, divider, hidden, stacked}]
      placements: {s1: {packs, unknown, row, signs, ceiling_signs, surround_in_view, stray_texts,
                   box, bay, shelf, strip}}
      possible_placements: the same, for shelves with unknown packs only
      signs:      {t1: {text, kind, placement, names_medicine, small_print, has_outline, beside,
                   under, box}}
      aids:       {a1: {kind, distance_cm, is_sure, over}}

A length is one number, `[low, value, high]` in centimetres, or the reason why there is none.
"""

from collections.abc import Callable
from datetime import date

import pytest

from inspector.domain.facts import (
    AidFacts,
    Answer,
    CaptureFacts,
    EdgeStrip,
    Facts,
    Neighbours,
    PackFacts,
    PlacementFacts,
    SeenLock,
    SignFacts,
    Site,
    Zone,
)
from inspector.domain.goods import DealerType, Goods, Group, Identity, Kind, Sku
from inspector.domain.quantity import Length, Measured, Scale, ScaleMethod, Unmeasured
from inspector.domain.scene import AidKind, SignKind, SignPlacement
from inspector.domain.verdict import Reason
from inspector.rules.guidance import Guidance, load_guidance

GOODS = {
    "medicine": (Goods.OTC_MEDICINE, Kind.MEDICINE),
    "vitamin": (Goods.OTHER_GOODS, Kind.VITAMIN),
    "natural remedy": (Goods.OTHER_GOODS, Kind.NATURAL_REMEDY),
    "other": (Goods.OTHER_GOODS, Kind.OTHER),
    "card": (Goods.PRODUCT_CARD, None),
    "unknown": (Goods.UNKNOWN, None),
    "medicine or card": (Goods.UNKNOWN, None),
    "other or card": (Goods.UNKNOWN, None),
}
UNLESS_CARD = {"medicine or card": Goods.OTC_MEDICINE, "other or card": Goods.OTHER_GOODS}
DAY = date(2026, 3, 2)


@pytest.fixture
def guidance() -> Guidance:
    return load_guidance(DAY)


@pytest.fixture(scope="session")
def facts_from() -> Callable[[dict], Facts]:
    return build_facts


def build_facts(given: dict) -> Facts:
    site = given.get("site", {})
    dealer = site.get("dealer")
    return Facts(
        site=Site(
            dealer_type=DealerType(dealer) if dealer else None,
            inspected_on=site.get("day", DAY),
            zone=Zone(site.get("zone", "public")),
            answers={key: Answer(text) for key, text in site.get("answers", {}).items()},
        ),
        captures=(build_capture(given),),
    )


def build_capture(given: dict) -> CaptureFacts:
    return CaptureFacts(
        capture_id="c1",
        scale=Scale(ScaleMethod.STRIP, ""),
        is_readable=given.get("readable", True),
        shown_in=given.get("shown_in", ""),
        floor_in_view=given.get("floor_in_view", False),
        aids_looked_for=given.get("aids_looked_for", True),
        signs_looked_for=given.get("signs_looked_for", True),
        dividers_looked_for=given.get("dividers_looked_for", True),
        packs=tuple(build_pack(*entry) for entry in given.get("packs", {}).items()),
        neighbours=tuple(build_neighbours(entry) for entry in given.get("neighbours", [])),
        placements=tuple(build_placement(*entry) for entry in given.get("placements", {}).items()),
        possible_placements=tuple(
            build_placement(*entry) for entry in given.get("possible_placements", {}).items()
        ),
        signs=tuple(build_sign(*entry) for entry in given.get("signs", {}).items()),
        aids=tuple(build_aid(*entry) for entry in given.get("aids", {}).items()),
    )


def build_pack(pack_id: str, given: dict) -> PackFacts:
    goods, kind = GOODS[given.get("goods", "medicine")]
    identity = None
    if goods in (Goods.OTC_MEDICINE, Goods.OTHER_GOODS) and not given.get("told"):
        candidates = tuple(
            Sku(
                sku_id=f"{pack_id}-{group}",
                name=given.get("name", pack_id),
                kind=kind,
                strength=given.get("strength", ""),
                group=Group(group) if group else None,
                atc=given.get("atc", ""),
                self_selection_pharmacy=given.get("listed_at_pharmacies"),
                self_selection_retail=given.get("listed_in_shops"),
                valid_from=given.get("valid_from", DAY),
            )
            for group in given.get("groups", [None])
        )
        identity = Identity(candidates, confidence=0.9, evidence=("ocr",), text="")
    return PackFacts(
        pack_id=pack_id,
        box_xyxy_px=tuple(given.get("box", [0, 0, 10, 10])),
        confidence=0.9,
        goods=goods,
        kind=None if given.get("told") else kind,
        identity=identity,
        bottom_height=build_length(given.get("bottom_cm", "no_scale")),
        behind_door=given.get("behind_door", False),
        lock_height=build_length(given["lock_cm"]) if "lock_cm" in given else None,
        seen_lock=SeenLock(build_length(given["seen_lock_cm"]), (0.0, 0.0, 10.0, 10.0))
        if "seen_lock_cm" in given
        else None,
        unless_card=UNLESS_CARD.get(given.get("goods"), Goods.UNKNOWN),
        is_told=given.get("told", False),
        expires_on=given.get("expires"),
    )


def build_neighbours(given: dict) -> Neighbours:
    return Neighbours(
        left_id=given["left"],
        right_id=given["right"],
        gap=build_length(given.get("gap_cm", "no_scale")),
        gap_widths=given.get("widths", 1.0),
        divider=given.get("divider", False),
        is_hidden=given.get("hidden", False),
        is_stacked=given.get("stacked", False),
    )


def build_placement(placement_id: str, given: dict) -> PlacementFacts:
    return PlacementFacts(
        placement_id=placement_id,
        bay_number=given.get("bay"),
        shelf_number=given.get("shelf", 1),
        pack_ids=tuple(given.get("packs", [])),
        row_ids=tuple(given.get("row", [])),
        edge_strip=EdgeStrip(given.get("strip", "none")),
        unknown_ids=tuple(given.get("unknown", [])),
        box_xyxy_px=tuple(given.get("box", [0, 0, 100, 40])),
        sign_ids=tuple(given.get("signs", []) + given.get("ceiling_signs", [])),
        ceiling_sign_ids=tuple(given.get("ceiling_signs", [])),
        surround_in_view=given.get("surround_in_view", False),
        signs_legible=given.get("signs_legible", True),
        stray_text_px=((0, 0, 30, 8),) * given.get("stray_texts", 0),
    )


def build_sign(sign_id: str, given: dict) -> SignFacts:
    return SignFacts(
        sign_id=sign_id,
        box_xyxy_px=tuple(given.get("box", [0, 0, 10, 5])),
        text=given.get("text", ""),
        kind=SignKind(given.get("kind", "category")),
        placement=SignPlacement(given.get("placement", "header")),
        medicine_names=("a medicine",) if given.get("names_medicine") else (),
        beside_ids=tuple(given.get("beside", [])),
        small_print=given.get("small_print", False),
        has_outline=given.get("has_outline", True),
        under_ids=tuple(given.get("under", [])),
    )


def build_aid(aid_id: str, given: dict) -> AidFacts:
    return AidFacts(
        aid_id=aid_id,
        kind=AidKind(given["kind"]),
        box_xyxy_px=(0, 0, 10, 10),
        distance=build_length(given.get("distance_cm", "no_scale")),
        is_sure=given.get("is_sure", True),
        over_ids=tuple(given.get("over", [])),
    )


def build_length(given: float | list[float] | str) -> Length:
    if isinstance(given, str):
        return Unmeasured(Reason(given))
    low, value, high = given if isinstance(given, list) else (given, given, given)
    return Measured(value / 100, low / 100, high / 100)
