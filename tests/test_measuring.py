from dataclasses import replace
from datetime import date

import pytest

from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.capture import NOTHING_TOLD, CameraIntrinsics, FocalOrigin, HeightMark, Told
from inspector.domain.facts import Facts, Site
from inspector.domain.goods import Goods
from inspector.domain.quantity import ScaleMethod, Unmeasured
from inspector.domain.scene import Aid, AidKind, Lock, Pack, Scene, Sign, SignKind, TextLine
from inspector.domain.verdict import Outcome, Reason
from inspector.measuring import measure
from inspector.rules import separation
from inspector.rules.guidance import load_guidance

DAY = date(2026, 11, 1)
CAMERA = CameraIntrinsics(1200.0, 0.02, FocalOrigin.EXIF, (1600, 1200))


@pytest.fixture(scope="module")
def facts_of():
    matcher, guidance = Matcher(Register.load().on(DAY)), load_guidance(DAY)
    return lambda scene, told=NOTHING_TOLD: measure(
        "c1", scene, CAMERA, matcher=matcher, guidance=guidance, told=told
    )


def text(words, box, share=0.5):
    x1, y1, x2, y2 = box
    height = share * (y2 - y1)
    return TextLine(words, (x1 + 2, y1 + 2, x2 - 2, y1 + 2 + height), height, 0.98)


def pack(number, box, *words, **more):
    return Pack(f"p{number}", box, 0.9, texts=tuple(text(w, box, 0.4) for w in words), **more)


def row(*packs, top=400):
    """Packs of 100 px side by side."""
    return tuple(
        pack(n, (100 * n, top, 100 * n + 98, top + 80), *words) for n, words in enumerate(packs, 1)
    )


def test_a_pack_that_may_be_a_card_is_unknown_whatever_is_printed_on_it(facts_of):
    certain = pack(1, (100, 400, 198, 480), "Otrivin")
    doubtful = pack(2, (200, 400, 298, 480), "Otrivin", may_be_card=True)
    sure, perhaps = facts_of(Scene(packs=(certain, doubtful))).packs
    assert (sure.goods, perhaps.goods) == (Goods.OTC_MEDICINE, Goods.UNKNOWN)
    assert perhaps.may_be_medicine
    assert not perhaps.may_be_other_goods


def test_a_board_with_one_of_the_four_words_is_a_sign_and_no_pack(facts_of):
    board = pack(9, (100, 100, 500, 200), "Håndkøbsmedicin")
    facts = facts_of(Scene(packs=(*row(("Otrivin",)), board)))
    assert [p.pack_id for p in facts.packs] == ["p1"]
    assert [(sign.text, sign.kind) for sign in facts.signs] == [
        ("Håndkøbsmedicin", SignKind.CATEGORY)
    ]


def test_small_print_on_a_pack_never_makes_a_sign(facts_of):
    small = Pack(
        "p1",
        (100, 400, 200, 600),
        0.9,
        texts=(text("Otrivin", (100, 400, 200, 480)), text("Medicin", (100, 500, 200, 540), 0.4)),
    )
    facts = facts_of(Scene(packs=(small,)))
    assert facts.signs == ()
    assert len(facts.packs) == 1


def test_an_advert_taken_for_a_pack_is_judged_as_a_sign_as_well(facts_of):
    advert = pack(9, (600, 300, 800, 400), "Ved halsbrand")
    facts = facts_of(Scene(packs=(*row(("Otrivin",)), advert)))
    (sign,) = facts.signs
    assert sign.kind is SignKind.ADVERT
    assert sign.small_print
    assert len(facts.packs) == 2


def test_an_advert_that_is_seen_as_a_sign_and_as_a_pack_is_judged_once(facts_of):
    advert = pack(9, (600, 300, 800, 400), "Ved halsbrand")
    board = Sign("t1", (598, 298, 803, 399), advert.texts, False, 0.8, has_outline=True)
    facts = facts_of(Scene(packs=(*row(("Otrivin",)), advert), signs=(board,)))
    assert [sign.sign_id for sign in facts.signs] == ["t1"]
    silent = replace(board, lines=())
    assert len(facts_of(Scene(packs=(*row(("Otrivin",)), advert), signs=(silent,))).signs) == 2


@pytest.mark.parametrize(
    ("words", "box", "is_picture"),
    [
        ("Tilbud Otrivin", (610, 350, 700, 400), True),
        ("Tilbud Otrivin", (590, 292, 795, 400), True),  # the board itself
        ("Tilbud Otrivin", (610, 380, 700, 430), False),  # it stands below the board
        ("Otrivin", (610, 350, 700, 400), False),
    ],
)
def test_of_the_picture_of_a_pack_on_an_advert_nothing_is_sure(facts_of, words, box, is_picture):
    board = (600, 300, 800, 405)
    sign = Sign("t1", board, (text(words, board, 0.3),), False, 0.8, has_outline=True)
    facts = facts_of(Scene(packs=(pack(9, box, "Otrivin"),), signs=(sign,)))
    assert facts.packs[0].goods is (Goods.UNKNOWN if is_picture else Goods.OTC_MEDICINE)
    assert facts.packs[0].may_be_medicine


@pytest.mark.parametrize(("share", "is_advert"), [(0.3, True), (0.2, False)])
def test_a_claim_as_large_as_the_name_below_it_is_a_headline(facts_of, share, is_advert):
    box = (600.0, 300.0, 700.0, 400.0)
    texts = text("Ved halsbrand", box, share), text("Ipren", (600.0, 350.0, 700.0, 450.0), 0.3)
    facts = facts_of(Scene(packs=(Pack("p9", box, 0.5, texts=texts),)))
    assert bool(facts.signs) is is_advert
    assert facts.packs[0].goods is (Goods.UNKNOWN if is_advert else Goods.OTC_MEDICINE)
    assert facts.packs[0].may_be_medicine


def test_a_card_in_the_rail_that_makes_a_claim_and_names_no_price_is_an_advert(facts_of):
    def label(words):
        box = (100, 490, 200, 520)
        return Sign("t1", box, (text(words, box),), is_price_label=True, confidence=0.9)

    def kind(words):
        return facts_of(Scene(packs=row(("Otrivin",)), signs=(label(words),))).signs[0].kind

    assert kind("Lindrer hovedpine") is SignKind.ADVERT
    assert kind("Otrivin 10 ml 49,95") is SignKind.PRICE_LABEL
    assert kind("TILBUD 49,95") is SignKind.PRICE_LABEL


def test_text_among_the_packs_that_lies_on_none_is_kept_as_a_doubt(facts_of):
    box = (310, 420, 380, 440)
    stray = Sign("t1", box, (text("Zendiun", box),), False, 0.8, has_outline=False)
    (placement,) = facts_of(Scene(packs=row(("Otrivin",), ("Otrivin",)), signs=(stray,))).placements
    assert placement.stray_text_px == (box,)


def test_medicine_on_one_shelf_is_one_placement_with_its_unknown_neighbours(facts_of):
    facts = facts_of(Scene(packs=row(("Otrivin",), (), ("Zendium",))))
    (placement,) = facts.placements
    assert placement.pack_ids == ("p1",)
    assert placement.unknown_ids == ("p2",)
    assert [(n.left_id, n.right_id) for n in facts.neighbours] == [("p1", "p2"), ("p2", "p3")]


def test_of_a_pack_that_only_a_closer_photo_shows_it_is_not_known_where_it_stands(facts_of):
    packs = row(("Otrivin",), ("Zendium Classic",))
    lent = replace(packs[1], is_lent=True)
    facts = facts_of(Scene(packs=(packs[0], lent)))
    assert facts.pack(lent.pack_id).bottom_height == Unmeasured(Reason.ONLY_SEEN_CLOSER)
    assert facts.pack(lent.pack_id).goods is Goods.OTHER_GOODS
    assert facts.neighbours == ()
    assert facts_of(Scene(packs=packs)).neighbours != ()


def test_an_empty_scene_gives_empty_facts(facts_of):
    facts = facts_of(Scene())
    assert facts.packs == ()
    assert not facts.is_readable


def judged(facts):
    """Return what separation says of each placement."""
    given = Facts(Site(None, DAY), (replace(facts, dividers_looked_for=True),))
    return {v.target.id: v.outcome for v in separation.judge(given, load_guidance(DAY))}


def shelf(*names, top=400, first=1):
    """Packs side by side that touch; blanks leave room for one pack."""
    return tuple(
        pack(first + n, (100 + 100 * n, top, 199 + 100 * n, top + 80), name)
        for n, name in enumerate(names)
        if name
    )


def test_goods_on_another_shelf_do_not_change_what_is_said_of_a_placement(facts_of):
    mixed = shelf("Otrivin", "Otrivin", "Zendium")
    below = shelf("Zendium", "Zendium", "Zendium", top=700, first=10)
    alone, both = (judged(facts_of(Scene(packs=packs))) for packs in (mixed, mixed + below))
    assert alone == both == {"s1": Outcome.FAILED}


def test_medicine_on_a_shelf_of_its_own_is_apart(facts_of):
    packs = shelf("Otrivin", "Otrivin") + shelf("Zendium", "Zendium", top=700, first=10)
    assert judged(facts_of(Scene(packs=packs))) == {"s1": Outcome.PASSED}


def test_medicine_and_other_goods_in_turn_are_mixed_whatever_the_gaps(facts_of):
    packs = shelf("Otrivin", "", "", "Zendium", "", "", "Otrivin", "", "", "Zendium")
    assert judged(facts_of(Scene(packs=packs))) == {"s1": Outcome.FAILED}


def test_the_order_in_which_packs_are_listed_changes_no_verdict(facts_of):
    packs = shelf("Otrivin", "Zendium", "Otrivin") + shelf("Otrivin", "", "Livol", top=700, first=9)
    assert judged(facts_of(Scene(packs=packs))) == judged(facts_of(Scene(packs=packs[::-1])))


def test_without_a_reliable_detector_for_signs_absence_says_nothing(facts_of):
    assert not facts_of(Scene()).signs_looked_for
    assert facts_of(Scene(reliable=frozenset({"sign"}))).signs_looked_for


def test_a_lock_that_a_person_measured_belongs_to_the_doors_beside_it(facts_of):
    left_door, far_door = (100, 300, 300, 900), (900, 300, 1200, 900)
    behind = pack(1, (150, 400, 248, 480), "Otrivin")
    elsewhere = pack(2, (950, 400, 1048, 480), "Otrivin")
    scene = Scene(packs=(behind, elsewhere), doors=(left_door, far_door))
    shelf = HeightMark(((200.0, 700.0),), 0.6)
    lock = HeightMark(((310.0, 500.0),), 1.07, is_lock=True)
    near, far = facts_of(scene, Told(marks=(shelf, lock))).packs
    assert (near.lock_height.low_m, near.lock_height.high_m) == pytest.approx((1.065, 1.075))
    assert far.behind_door
    assert far.lock_height is None


def test_the_highest_lock_that_is_seen_on_a_door_is_measured(facts_of):
    left_door, right_door, far_door = (
        (100, 300, 300, 900),
        (300, 300, 500, 900),
        (900, 300, 1200, 900),
    )
    behind = pack(1, (150, 400, 248, 480), "Otrivin")
    beside = pack(2, (350, 400, 448, 480), "Otrivin")
    elsewhere = pack(3, (950, 400, 1048, 480), "Otrivin")
    scene = Scene(
        packs=(behind, beside, elsewhere),
        doors=(left_door, right_door, far_door),
        locks=tuple(Lock((302.0, y), (left_door, right_door)) for y in (800.0, 500.0)),
    )
    shelves = tuple(HeightMark(((200.0, y),), h) for y, h in ((700.0, 0.6), (300.0, 1.4)))
    left, right, far = facts_of(scene, Told(marks=shelves)).packs
    assert left.seen_lock.height.low_m < 1.0 < left.seen_lock.height.high_m
    assert right.seen_lock.height == left.seen_lock.height
    x1, y1, x2, y2 = left.seen_lock.box_xyxy_px
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == (302.0, 500.0)
    assert far.behind_door
    assert far.seen_lock is None


def test_a_lock_before_packs_that_were_not_measured_was_not_either(facts_of):
    doors = ((100, 300, 300, 900), (300, 300, 500, 900))
    lent = replace(pack(1, (150, 400, 248, 480), "Otrivin"), is_lent=True)
    scene = Scene(packs=(lent,), doors=doors, locks=(Lock((302.0, 500.0), doors),))
    shelves = tuple(HeightMark(((200.0, y),), h) for y, h in ((700.0, 0.6), (300.0, 1.4)))
    (facts,) = facts_of(scene, Told(marks=shelves)).packs
    assert facts.behind_door
    assert facts.seen_lock is None


def test_without_a_scale_a_lock_has_no_height(facts_of):
    behind = pack(1, (150, 400, 248, 480), "Otrivin")
    doors = ((100, 300, 300, 900), (300, 300, 500, 900))
    scene = Scene(packs=(behind,), doors=doors, locks=(Lock((302.0, 500.0), doors),))
    assert facts_of(scene).packs[0].seen_lock is None


def test_one_measured_edge_tells_the_heights_of_the_packs_on_it_alone(facts_of):
    lower = pack(3, (100, 700, 198, 780), "Ipren")
    scene = Scene(packs=(*row(("Otrivin",), ("Zymelin",)), lower))
    edge = HeightMark(((90.0, 481.0), (199.0, 481.0)), 1.46)
    facts = facts_of(scene, Told(marks=(edge,)))
    on_it, beside, below = (pack.bottom_height for pack in facts.packs)
    assert on_it.low_m < 1.46 < on_it.high_m
    assert beside == below == Unmeasured(Reason.NO_SCALE)
    assert facts.scale.method is ScaleMethod.MARKED_POINTS
    assert facts.limit_line_px == ()
    point = facts_of(scene, Told(marks=(replace(edge, ends_px=edge.ends_px[:1]),)))
    assert point.scale.method is ScaleMethod.NONE


def test_packs_stand_over_a_step_that_lies_below_them_in_the_picture(facts_of):
    podium = Aid("a1", AidKind.STEPS, (90, 700, 250, 900), 0.9)
    facts = facts_of(Scene(packs=row(("Otrivin",), ("Zymelin",), ("Ipren",)), aids=(podium,)))
    assert facts.aids[0].over_ids == ("p1", "p2")


def told(**goods):
    return Told(sorted_packs=tuple((key, Goods(value)) for key, value in goods.items()))


def as_told(facts_of, scene, **goods):
    return facts_of(scene, told(**goods))


@pytest.mark.parametrize("goods", [Goods.OTC_MEDICINE, Goods.OTHER_GOODS, Goods.PRODUCT_CARD])
def test_what_a_person_says_of_an_unread_pack_counts_and_names_nothing(facts_of, goods):
    read, unread = as_told(facts_of, Scene(packs=row(("Otrivin",), ())), p2=goods).packs
    assert (unread.goods, unread.identity, unread.kind) == (goods, None, None)
    assert (read.is_told, unread.is_told) == (False, True)
    assert unread.label == "p2"


def test_nobody_sorts_a_pack_as_unknown():
    with pytest.raises(ValueError, match="says what it is"):
        told(p1="unknown")


def test_a_pack_that_was_read_stays_what_it_was_read_to_be(facts_of):
    packs = (*row(("Otrivin",), ("Zendium",)), pack(3, (300, 400, 398, 480), is_card=True))
    before = facts_of(Scene(packs=packs))
    after = as_told(
        facts_of, Scene(packs=packs), p1="other_goods", p2="otc_medicine", p3="other_goods"
    )
    assert after == before


def test_a_person_settles_what_may_be_a_card(facts_of):
    doubtful = Scene(packs=(pack(1, (100, 400, 198, 480), "Otrivin", may_be_card=True),))
    (perhaps,) = as_told(facts_of, doubtful, p1="otc_medicine").packs
    assert (perhaps.goods, perhaps.is_told) == (Goods.OTC_MEDICINE, True)
    assert perhaps.identity is None, "a person names nothing"


def test_sorting_settles_separation_either_way(facts_of):
    scene = Scene(packs=shelf("Otrivin", "?", "Otrivin"))
    assert judged(facts_of(scene)) == {"s1": Outcome.CANT_TELL}
    for goods, outcome in (("otc_medicine", Outcome.PASSED), ("other_goods", Outcome.FAILED)):
        assert judged(as_told(facts_of, scene, p2=goods)) == {"s1": outcome}


def test_medicine_that_a_person_sorts_makes_a_placement(facts_of):
    scene = Scene(packs=shelf("?", "Zendium"))
    assert judged(facts_of(scene)) == {"unread": Outcome.CANT_TELL}
    assert judged(as_told(facts_of, scene, p1="otc_medicine")) == {"s1": Outcome.FAILED}
    assert judged(as_told(facts_of, scene, p1="other_goods")) == {"store": Outcome.INAPPLICABLE}


def test_what_is_no_pack_stands_between_no_others(facts_of):
    narrow = (pack(1, (100, 400, 199, 480), "Otrivin"), pack(2, (200, 400, 203, 480)))
    others = Scene(packs=(*narrow, pack(3, (204, 400, 303, 480), "Zendium")))
    assert judged(facts_of(others)) == {"s1": Outcome.CANT_TELL}
    assert judged(as_told(facts_of, others, p2="product_card")) == {"s1": Outcome.FAILED}
    same = Scene(packs=(*narrow, pack(3, (204, 400, 303, 480), "Otrivin")))
    assert judged(as_told(facts_of, same, p2="product_card")) == {"s1": Outcome.PASSED}


def test_the_place_of_what_is_no_pack_is_no_gap(facts_of):
    scene = Scene(packs=shelf("Otrivin", "?", "?", "Zendium"))
    facts = as_told(facts_of, scene, p2="product_card", p3="product_card")
    (pair,) = facts.neighbours
    assert (pair.left_id, pair.right_id, pair.is_hidden) == ("p1", "p4", True)
    assert judged(facts) == {"s1": Outcome.CANT_TELL}, "it may be the side of one of the two"


def test_sorting_moves_nothing_and_makes_no_new_survey(facts_of):
    matcher, guidance = Matcher(Register.load().on(DAY)), load_guidance(DAY)
    scene, surveys = Scene(packs=shelf("Otrivin", "?", "Zendium")), {}
    given = {"matcher": matcher, "guidance": guidance, "surveys": surveys}
    before = measure("c1", scene, CAMERA, **given)
    survey = surveys["c1"]
    after = measure("c1", scene, CAMERA, told=told(p2="product_card"), **given)
    assert surveys["c1"] is survey
    assert after.shelves == before.shelves
    heights = [[p.bottom_height for p in facts.packs] for facts in (before, after)]
    assert heights[0] == heights[1]
