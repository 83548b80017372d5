"""A sample inspection of a drawn shelf, and messages that stay the same while the real ones change.

The photo: 3000 × 2250 pixels, 1000 pixels to the metre, the floor at y = 2150. Medicine stands on
two shelves, one over 140 cm and one under it; one pack beside soap, one unknown, one picture card.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from inspector.domain.facts import (
    AidFacts,
    CaptureFacts,
    Facts,
    PackFacts,
    PlacementFacts,
    ShelfFacts,
    SignFacts,
    Site,
)
from inspector.domain.goods import DealerType, Goods, Group, Identity, Kind, Sku
from inspector.domain.quantity import Measured, Scale, ScaleMethod, Unmeasured
from inspector.domain.report import InspectedCapture, InspectionReport, Versions
from inspector.domain.scene import Aid, AidKind, Pack, Scene, Sign, SignKind, SignPlacement, Tag
from inspector.domain.verdict import Evidence, Outcome, Reason, Target, TargetKind, Verdict
from inspector.report import drawing
from inspector.report.messages import Messages

CAPTURE_ID = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
IMAGE_WH = (3000, 2250)
FLOOR_Y = 2150
RULE_IDS = (
    "assortment", "supervision", "pack-condition", "reach-height", "climbing-aids", "separation",
    "grouped-placement", "signage", "ceiling-sign", "sign-advertising", "price-label",
    "paid-placement", "gifts-and-fixtures", "self-scan-till", "age-and-quantity", "general-duties",
)  # fmt: skip
PERSON_RULES = ("supervision", "pack-condition", *RULE_IDS[11:])
SECTIONS = dict(zip(
    RULE_IDS,
    ("1-2", "3", "3", "4", "4", "5", "5", "6", "6", "6", "7", "9", "10", "11", "BEK 196 § 2", "1"),
    strict=True,
))  # fmt: skip
SHELVES_CM = (160, 120, 75, 25)
NAMES = (
    ("Zymelin", "1 mg/ml", Kind.MEDICINE, Group.HF),
    ("Strepsils", "1,2 mg", Kind.MEDICINE, Group.HF),
    ("Otrivin", "1 mg/ml", Kind.MEDICINE, Group.HF), ("Gaviscon", "", Kind.MEDICINE, Group.HF),
    ("Panodil", "500 mg", Kind.MEDICINE, Group.HX18), ("Zendium", "", Kind.OTHER, None),
    ("Nivea", "", Kind.OTHER, None), ("Berocca", "", Kind.VITAMIN, None),
)  # fmt: skip


def _height(y_px):
    value = (FLOOR_Y - y_px) / 1000
    return Measured(value, value - 0.0072, value + 0.0072)


def _packs():
    """Return the packs of four shelves: (facts, name or None when it is a card or not read)."""
    rows = (
        (0, 0, 1, 1, 2, 3, 3),
        (4, 0, 2, 2, 5, None, 4),
        (5, 5, 6, 6, 6, 7, 7),
        (5, 5, 6, 6, 7, 7, 7),
    )
    for shelf_cm, row in zip(SHELVES_CM, rows, strict=True):
        bottom = FLOOR_Y - 10 * shelf_cm
        for place, product in enumerate(row):
            left = 520 + place * 280 + (40 if place > 3 else 0)
            width, tall = 130 + 37 * ((place + shelf_cm) % 3), 200 + 30 * (place % 3)
            yield (left, bottom - tall, left + width, bottom), product, shelf_cm


def make_identity(product):
    name, strength, kind, group = NAMES[product]
    sku = Sku(name.lower(), name, kind, strength=strength, form="tabletter", group=group)
    return Identity((sku,), 0.91, ("ocr",), f"{name} {strength}".strip())


def make_facts():
    packs = []
    for number, (box, product, shelf_cm) in enumerate(_packs(), start=1):
        identity = None if product is None else make_identity(product)
        goods = Goods.UNKNOWN
        if identity is not None:
            is_medicine = identity.kind is Kind.MEDICINE
            goods = Goods.OTC_MEDICINE if is_medicine else Goods.OTHER_GOODS
        if number == 7:
            goods, identity = Goods.PRODUCT_CARD, None
        height = _height(box[3]) if shelf_cm > 50 else Unmeasured(Reason.BEHIND_CAMERA)
        kind = None if identity is None else identity.kind
        packs.append(PackFacts(f"p{number}", box, 0.93, goods, kind, identity, height))
    shelves = tuple(
        ShelfFacts(
            f"s{n}",
            ((480, FLOOR_Y - 10 * cm), (2520, FLOOR_Y - 10 * cm)),
            _height(FLOOR_Y - 10 * cm),
        )
        for n, cm in enumerate(SHELVES_CM, start=1)
    )
    header = SignFacts(
        "t1", (1000, 60, 2000, 180), "Håndkøbsmedicin", SignKind.CATEGORY, SignPlacement.HEADER
    )
    advert = SignFacts(
        "t2",
        (2080, 70, 2500, 170),
        "Stop snue nu! Spar 30 %",
        SignKind.ADVERT,
        SignPlacement.HEADER,
    )
    labels = tuple(
        SignFacts(
            f"t{n}",
            (x, y + 12, x + 120, y + 52),
            "Zymelin 49,95",
            SignKind.PRICE_LABEL,
            SignPlacement.SHELF_EDGE,
        )
        for n, (x, y) in enumerate(((520, 550), (1080, 550), (1640, 950)), start=3)
    )
    first = tuple(p.pack_id for p in packs[:6])
    second = ("p8", "p9", "p10", "p11", "p14")
    return CaptureFacts(
        CAPTURE_ID,
        Scale(ScaleMethod.STRIP, "id 1–15, 0,4 px"),
        floor_in_view=True,
        packs=tuple(packs),
        shelves=shelves,
        placements=(
            PlacementFacts("s1", 1, first, (), (520, 290, 2430, 550), ("t1",), (), True),
            PlacementFacts("s2", 2, second, ("p13",), (520, 690, 2430, 950), ("t1",), (), True),
        ),
        signs=(header, advert, *labels),
        aids=(AidFacts("a1", AidKind.STOOL, (2620, 1850, 2900, 2200), Measured(0.62, 0.5, 0.74)),),
        limit_line_px=((400, 752, 768, 736), (1500, 750, 764, 736), (2600, 748, 766, 730)),
    )


def make_scene(facts):
    square = np.array([(0, 0), (50, 0), (50, 50), (0, 50)], float)
    return Scene(
        packs=tuple(Pack(p.pack_id, p.box_xyxy_px, p.confidence) for p in facts.packs),
        signs=tuple(
            Sign(s.sign_id, s.box_xyxy_px, (), s.kind is SignKind.PRICE_LABEL, 0.9)
            for s in facts.signs
        ),
        aids=tuple(Aid(a.aid_id, a.kind, a.box_xyxy_px, 0.9) for a in facts.aids),
        tags=tuple(Tag(k, square + np.array((430, FLOOR_Y - 100 * k - 25))) for k in range(1, 16)),
        people_px=((60, 610, 330, 2000),),
    )


def make_verdicts(facts):
    """Return one verdict at least for every rule, of every outcome, in the contract's order."""

    def evidence(*boxes):
        return tuple(Evidence(facts.capture_id, box) for box in boxes)

    def say(rule_id, outcome, target, reason=None, boxes=(), **details):
        return Verdict(
            rule_id,
            SECTIONS[rule_id],
            target,
            outcome,
            reason,
            evidence=evidence(*boxes),
            **details,
        )

    store = Target(TargetKind.STORE, "store")
    verdicts = []
    for pack in facts.packs:
        target, box = Target(TargetKind.PACK, pack.pack_id), (pack.box_xyxy_px,)
        if pack.goods is Goods.UNKNOWN:
            verdicts.append(
                say("assortment", Outcome.CANT_TELL, target, Reason.IDENTITY_UNKNOWN, box)
            )
        elif pack.goods is not Goods.OTC_MEDICINE:
            verdicts.append(
                say("assortment", Outcome.INAPPLICABLE, target, boxes=box, case=pack.goods)
            )
        elif pack.identity.group is Group.HX18:
            verdicts.append(
                say("assortment", Outcome.FAILED, target, boxes=box, values={"name": pack.label})
            )
        else:
            verdicts.append(
                say("assortment", Outcome.CANT_TELL, target, Reason.LIST_INCOMPLETE, box)
            )
    for pack in facts.packs:
        target, box = Target(TargetKind.PACK, pack.pack_id), (pack.box_xyxy_px,)
        if pack.goods is Goods.UNKNOWN:
            verdicts.append(
                say("reach-height", Outcome.CANT_TELL, target, Reason.IDENTITY_UNKNOWN, box)
            )
        elif pack.goods is not Goods.OTC_MEDICINE:
            verdicts.append(
                say("reach-height", Outcome.INAPPLICABLE, target, boxes=box, case=pack.goods)
            )
        else:
            height = pack.bottom_height
            is_low = height.high_m < 1.4
            value, low, high = (
                f"{100 * m:.1f}" for m in (height.value_m, height.low_m, height.high_m)
            )
            verdicts.append(
                say(
                    "reach-height",
                    Outcome.FAILED if is_low else Outcome.PASSED,
                    target,
                    boxes=box,
                    measured=f"{value} cm ({low}–{high})",
                    limit="> 140 cm",
                    case="below_limit" if is_low else "",
                    values={"name": pack.label},
                )
            )
    by_id = {pack.pack_id: pack.box_xyxy_px for pack in facts.packs}
    shelf_1, shelf_2 = (Target(TargetKind.PLACEMENT, p.placement_id) for p in facts.placements)
    area_1, area_2 = (p.box_xyxy_px for p in facts.placements)
    header, advert, *labels = facts.signs
    aid = facts.aids[0]
    stool = Target(TargetKind.PLACEMENT, aid.aid_id)
    sign = Target(TargetKind.SIGN, advert.sign_id)
    pair = (by_id["p11"], by_id["p12"])
    places = (area_1, area_2)
    small_print = Reason.SMALL_PRINT_UNREADABLE
    verdicts += [
        say("climbing-aids", Outcome.FAILED, stool, boxes=(aid.box_xyxy_px,)),
        say("separation", Outcome.PASSED, shelf_1, boxes=(area_1,)),
        say("separation", Outcome.FAILED, shelf_2, boxes=pair, values={"name": "Otrivin"}),
        say("grouped-placement", Outcome.PASSED, store, boxes=places, case="several_places"),
        say("signage", Outcome.PASSED, shelf_1, boxes=(header.box_xyxy_px,)),
        say("signage", Outcome.CANT_TELL, shelf_2, Reason.SURROUND_NOT_IN_VIEW, (area_2,)),
        say("ceiling-sign", Outcome.INAPPLICABLE, store),
        say("sign-advertising", Outcome.CANT_TELL, sign, small_print, (advert.box_xyxy_px,)),
    ]
    for label in labels:
        target = Target(TargetKind.SIGN, label.sign_id)
        verdicts.append(say("price-label", Outcome.PASSED, target, boxes=(label.box_xyxy_px,)))
    for rule_id in PERSON_RULES:
        verdicts.append(say(rule_id, Outcome.UNTESTED, store, Reason.UNANSWERED))
    return tuple(sorted(verdicts, key=lambda verdict: RULE_IDS.index(verdict.rule_id)))


def make_report(
    *,
    capture_id=CAPTURE_ID,
    file="hylde.jpg",
    verdicts=None,
    facts=None,
    dealer=DealerType.RETAILER,
):
    facts = replace(make_facts() if facts is None else facts, capture_id=capture_id)
    inspected = InspectedCapture(capture_id, file, IMAGE_WH, make_scene(facts), facts)
    return InspectionReport(
        inspection_id="20260303-090500-5f70bf18",
        created_at=datetime(2026, 3, 3, 9, 5, tzinfo=UTC),
        facts=Facts(Site(dealer, date(2026, 3, 3)), (facts,)),
        captures=(inspected,),
        verdicts=make_verdicts(facts) if verdicts is None else tuple(verdicts),
        rule_ids=RULE_IDS,
        versions=Versions(
            "dk-selvvalg", "2018-01-01", {"shelf-detector": "sha256:9c1e4f0a77d2"},
            "register 2026-02 sha256:40b1c5d9", "0.1.0", "sha256:77ad02c1",
        ),
    )  # fmt: skip


def draw_photo(facts):
    """Return a picture of the sample shelf, shape (2250, 3000, 3), uint8, BGR."""
    picture = Image.new("RGB", IMAGE_WH, (206, 203, 198))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, FLOOR_Y, *IMAGE_WH), fill=(150, 140, 128))
    draw.rectangle((480, 220, 2520, FLOOR_Y), fill=(238, 238, 236))
    draw.rectangle((1000, 60, 2000, 180), fill=(20, 110, 70))
    draw.text((1500, 120), "Håndkøbsmedicin", font=drawing.font(90), fill="white", anchor="mm")
    draw.rectangle((2080, 70, 2500, 170), fill=(250, 220, 60))
    draw.text((2290, 120), "Stop snue nu!", font=drawing.font(50), fill="black", anchor="mm")
    draw.rectangle((60, 700, 330, 2000), fill=(70, 90, 140))
    draw.ellipse((130, 620, 260, 800), fill=(214, 170, 140))
    draw.rectangle((2620, 1850, 2900, 1900), fill=(120, 80, 40))
    for x in (2640, 2850):
        draw.rectangle((x, 1900, x + 30, 2200), fill=(100, 66, 33))
    draw.rectangle((420, 600, 490, FLOOR_Y), fill="white")
    for k in range(1, 16):
        y = FLOOR_Y - 100 * k
        draw.rectangle((430, y - 25, 480, y + 25), fill="black")
    for cm in SHELVES_CM:
        draw.rectangle((480, FLOOR_Y - 10 * cm, 2520, FLOOR_Y - 10 * cm + 60), fill=(180, 182, 186))
    colours = ((30, 80, 160), (200, 60, 50), (240, 240, 240), (90, 160, 90), (220, 190, 60))
    for number, (pack, (_, product, _)) in enumerate(zip(facts.packs, _packs(), strict=True)):
        x1, y1, x2, y2 = pack.box_xyxy_px
        draw.rectangle((x1, y1, x2 - 1, y2 - 1), fill=colours[(number + (product or 0)) % 5])
        name = "" if product is None else NAMES[product][0]
        draw.rectangle((x1 + 8, y1 + 50, x2 - 9, y1 + 90), fill="white")
        draw.text(((x1 + x2) / 2, y1 + 70), name, font=drawing.font(26), fill="black", anchor="mm")
    for sign in facts.signs[2:]:
        draw.rectangle(sign.box_xyxy_px, fill="white")
    return cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR)


class FakeMessages:
    """Says which rule, outcome and reason it speaks of, in both languages."""

    def __init__(self, lang):
        self._lang = lang

    def title(self, rule_id):
        return f"{rule_id} [{self._lang}]"

    def sentence(self, verdict):
        name = f" {verdict.values['name']}" if "name" in verdict.values else ""
        why = verdict.reason or verdict.case or "plain"
        return f"{verdict.rule_id}: {verdict.outcome.key}, {why}{name} – æøå <{self._lang}>"

    def remedy(self, verdict):
        return (
            f"mend {verdict.rule_id} [{self._lang}]" if verdict.outcome is Outcome.FAILED else None
        )

    def next_photo(self, verdict):
        is_open = verdict.outcome is Outcome.CANT_TELL
        return f"photograph for {verdict.reason} [{self._lang}]" if is_open else None

    def place(self, bay, shelf):
        return f"bay {bay or 'none'}, shelf {shelf} [{self._lang}]"

    def why(self, reason):
        return f"unknown for {reason} [{self._lang}]"

    def next_photo_for(self, reason):
        return f"photograph for {reason} [{self._lang}]"

    def question(self, question_id, values=None):
        del values
        return f"{question_id}? [{self._lang}]"

    def outcome(self, outcome):
        return f"{outcome.key} [{self._lang}]"


@pytest.fixture
def fake_messages(monkeypatch):
    monkeypatch.setattr(Messages, "load", FakeMessages)


@pytest.fixture(scope="session")
def photo():
    return draw_photo(make_facts())


@pytest.fixture(scope="session", name="make_report")
def make_report_fixture():
    return make_report


@pytest.fixture
def report():
    return make_report()


@pytest.fixture
def with_sorted_pack(report):
    """The sample report after a person said that the unknown pack is other goods."""
    inspected = report.captures[0]
    packs = tuple(
        replace(pack, goods=Goods.OTHER_GOODS, is_told=True)
        if pack.goods is Goods.UNKNOWN
        else pack
        for pack in inspected.facts.packs
    )
    facts = replace(inspected.facts, packs=packs)
    return replace(report, captures=(replace(inspected, facts=facts),))
