import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from inspector.domain.facts import CaptureFacts, Neighbours, SeenLock
from inspector.domain.goods import Goods
from inspector.domain.quantity import Measured, Scale, ScaleMethod, Unmeasured
from inspector.domain.scene import Scene
from inspector.domain.verdict import Evidence, Outcome, Reason, Target, TargetKind, Verdict
from inspector.report.drawing import Captions
from inspector.report.overlay import (
    MAX_SIDE_PX,
    PACK_STYLES,
    PackLook,
    annotate,
    look_of_pack,
)

pytestmark = pytest.mark.usefixtures("fake_messages")


@pytest.fixture
def inspected(report):
    return report.captures[0]


@pytest.fixture
def bare(inspected):
    """A photo in which nothing was seen."""
    facts = CaptureFacts(inspected.capture_id, Scale(ScaleMethod.NONE, "", Reason.NO_SCALE))
    return replace(inspected, facts=facts, scene=Scene())


def test_the_picture_fills_the_width_and_the_legend_stands_below(photo, report, inspected):
    drawn = annotate(photo, inspected, report.verdicts, lang="da")
    assert drawn.dtype == np.uint8
    assert drawn.shape[1] == MAX_SIDE_PX
    assert drawn.shape[0] > MAX_SIDE_PX * 2250 / 3000
    assert (drawn[-3:] == 255).all()


def test_the_photo_itself_is_left_alone(photo, report, inspected):
    before = photo.copy()
    annotate(photo, inspected, report.verdicts, lang="da")
    assert np.array_equal(photo, before)


def test_a_small_photo_is_not_scaled_up(photo, bare):
    small = cv2.resize(photo, (800, 600))
    drawn = annotate(small, bare, (), lang="en")
    assert drawn.shape[1] == 800
    assert np.array_equal(drawn[:600], small)


def test_people_cannot_be_recognised(photo, inspected, bare):
    noise = np.random.default_rng(1).integers(0, 255, photo.shape, dtype=np.uint8)
    x1, y1, x2, y2 = inspected.scene.people_px[0]
    blurred = replace(bare, scene=inspected.scene)
    scale = MAX_SIDE_PX / photo.shape[1]
    rows = slice(round(y1 * scale) + 2, round(y2 * scale) - 2)
    columns = slice(round(x1 * scale) + 2, round(x2 * scale) - 2)
    before = annotate(noise, bare, (), lang="da")[rows, columns]
    after = annotate(noise, blurred, (), lang="da")[rows, columns]
    assert after.std() < 0.15 * before.std()


def test_the_limit_is_drawn_where_it_lies(photo, inspected, bare):
    facts = replace(bare.facts, limit_line_px=((0, 800, 830, 770), (3000, 800, 830, 770)))
    drawn = annotate(photo, replace(bare, facts=facts), (), lang="da")
    plain = annotate(photo, bare, (), lang="da")
    changed = (drawn[:1800, 300] != plain[:1800, 300]).any(axis=1).nonzero()[0]
    assert abs(changed.min() - 770 * 0.8) <= 2
    assert abs(changed.max() - 830 * 0.8) <= 2


def test_a_failed_pack_is_drawn_otherwise_than_a_passed_one_even_without_colour(photo, report):
    inspected = report.captures[0]
    verdicts = [v for v in report.verdicts if v.rule_id == "reach-height"]
    marked = annotate(photo, inspected, verdicts, lang="da")
    x1, y1, x2, y2 = (round(e * 0.8) for e in inspected.facts.packs[8].box_xyxy_px)
    inside = np.s_[y1 + 110 : y2 - 12, x1 + 12 : x2 - 12]  # below its badge and name
    plain = annotate(photo, inspected, [v for v in verdicts if v.outcome < 2], lang="da")
    grey_marked = cv2.cvtColor(marked, cv2.COLOR_BGR2GRAY)[inside].astype(int)
    grey_plain = cv2.cvtColor(plain, cv2.COLOR_BGR2GRAY)[inside].astype(int)
    assert grey_marked.std() > 2 * grey_plain.std()


@pytest.mark.parametrize(
    ("goods", "outcome", "look"),
    [
        (Goods.OTC_MEDICINE, Outcome.FAILED, PackLook.MEDICINE_FAILED),
        (Goods.OTC_MEDICINE, Outcome.PASSED, PackLook.MEDICINE_OK),
        (Goods.OTC_MEDICINE, Outcome.CANT_TELL, PackLook.MEDICINE_UNDECIDED),
        (Goods.OTC_MEDICINE, Outcome.UNTESTED, PackLook.MEDICINE_UNDECIDED),
        (Goods.UNKNOWN, Outcome.PASSED, PackLook.UNKNOWN),
        (Goods.OTHER_GOODS, Outcome.INAPPLICABLE, PackLook.OTHER_GOODS),
        (Goods.PRODUCT_CARD, Outcome.INAPPLICABLE, PackLook.PRODUCT_CARD),
    ],
)
def test_each_pack_has_its_look(inspected, goods, outcome, look):
    assert look_of_pack(replace(inspected.facts.packs[0], goods=goods), outcome) is look


def test_what_a_person_saw_to_be_no_pack_is_not_drawn_as_a_card(inspected):
    pack = replace(inspected.facts.packs[0], goods=Goods.PRODUCT_CARD, is_told=True)
    assert look_of_pack(pack, Outcome.INAPPLICABLE) is PackLook.NO_PACK


def test_no_two_looks_differ_by_colour_alone():
    patterns = {(s.line, s.is_hatched, s.symbol) for s in PACK_STYLES.values()}
    assert len(patterns) == len(PackLook)


def test_verdicts_about_other_photos_leave_this_one_alone(photo, report, make_report):
    other = make_report(capture_id="ab" * 32)
    alone = annotate(photo, report.captures[0], report.verdicts, lang="da")
    both = annotate(photo, report.captures[0], report.verdicts + other.verdicts, lang="da")
    assert np.array_equal(alone, both)


def test_boxes_that_reach_out_of_the_picture_do_no_harm(photo, report, inspected):
    boxes = [(-50.0, -50.0, 40.0, 30.0), (-50.0, -50.0, -40.0, -30.0), (5000.0, 10.0, 5100.0, 90.0)]
    packs = tuple(
        replace(pack, box_xyxy_px=box)
        for pack, box in zip(inspected.facts.packs, boxes, strict=False)
    )
    facts = replace(
        inspected.facts,
        packs=packs,
        limit_line_px=((-900, -400, -300, -500), (9000, -300, 0, -500)),
    )
    drawn = annotate(photo, replace(inspected, facts=facts), report.verdicts, lang="da")
    assert drawn.shape[1] == MAX_SIDE_PX


def test_a_photo_of_twelve_megapixels_is_drawn_at_once(photo, report, inspected):
    large = cv2.resize(photo, (4032, 3024))
    annotate(photo, inspected, report.verdicts, lang="da")  # fonts are loaded once
    durations_s = []
    for _ in range(3):
        start_s = time.perf_counter()
        annotate(large, inspected, report.verdicts, lang="da")
        durations_s.append(time.perf_counter() - start_s)
    assert min(durations_s) < 1.5  # 0.3 s on two idle cores; room for a busy machine


def test_the_column_under_a_ceiling_sign_is_outlined(photo, inspected, bare):
    column = ((600.0, 400.0), (900.0, 400.0), (900.0, 2000.0), (600.0, 2000.0))
    sign = replace(inspected.facts.signs[0], column_px=())
    plain, outlined = (
        annotate(photo, replace(bare, facts=replace(bare.facts, signs=(s,))), (), lang="da")
        for s in (sign, replace(sign, column_px=column))
    )
    scale = MAX_SIDE_PX / photo.shape[1]
    row = round(1500 * scale)
    changed = (outlined[row] != plain[row]).any(axis=1).nonzero()[0]
    assert abs(changed.min() - 600 * scale) <= 4
    assert abs(changed.max() - 900 * scale) <= 4


def test_a_lock_is_framed_once_with_its_height(photo, inspected, bare, monkeypatch):
    lock = SeenLock(Measured(1.574, 1.53, 1.61), (600.0, 400.0, 660.0, 460.0))
    packs = tuple(replace(pack, seen_lock=lock) for pack in inspected.facts.packs[:2])
    written = []
    monkeypatch.setattr(
        Captions, "caption", lambda _self, _box, text, *_, **__: written.append(text)
    )
    plain, framed = (
        annotate(photo, replace(bare, facts=replace(bare.facts, packs=of)), (), lang="da")
        for of in (tuple(replace(pack, seen_lock=None) for pack in packs), packs)
    )
    assert [text for text in written if text.startswith("Lås ")] == ["Lås 157 cm"]
    scale = MAX_SIDE_PX / photo.shape[1]
    row = round(430 * scale)
    changed = (framed[row] != plain[row]).any(axis=1).nonzero()[0]
    assert abs(changed.min() - 600 * scale) <= 4
    assert abs(changed.max() - 660 * scale) <= 4


def test_each_two_neighbours_that_stand_together_are_named_where_they_stand(
    photo, inspected, bare, monkeypatch
):
    first, second, third, _, fifth = inspected.facts.packs[:5]
    facts = replace(
        bare.facts,
        packs=(first, second, third, fifth),
        neighbours=tuple(
            Neighbours(left.pack_id, right.pack_id, Unmeasured(Reason.NO_SCALE), 0.1)
            for left, right in ((first, second), (second, third), (third, fifth))
        ),
    )
    verdict = Verdict(
        "separation",
        "5",
        Target(TargetKind.PLACEMENT, "s1"),
        Outcome.FAILED,
        evidence=tuple(Evidence(inspected.capture_id, p.box_xyxy_px) for p in facts.packs[:3]),
        values={
            "pairs": f"{first.label} / {second.label}; {second.label} / {third.label}",
            "shelf": "1",
            "bay": "",
        },
    )
    captions = []
    write = Captions.caption

    def note(self, box, text, colour, *, size_px):
        captions.append((text, box))
        write(self, box, text, colour, size_px=size_px)

    monkeypatch.setattr(Captions, "caption", note)
    annotate(photo, replace(bare, facts=facts), (verdict,), lang="da")
    scale = MAX_SIDE_PX / photo.shape[1]
    named = {text: box for text, box in captions if " / " in text}
    assert set(named) == {
        f"✕ {first.label} / {second.label}",
        f"✕ {second.label} / {third.label}",
    }
    x1, _, x2, _ = named[f"✕ {first.label} / {second.label}"]
    assert x1 == pytest.approx(first.box_xyxy_px[0] * scale)
    assert x2 == pytest.approx(second.box_xyxy_px[2] * scale)
