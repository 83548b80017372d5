"""What is printed on what."""

import pytest

from inspector.domain.scene import AidKind, Pack, TextLine
from inspector.vision.composing import compose_scene
from inspector.vision.detector import Detection


def line(text, box, confidence=0.9):
    return TextLine(text, box, box[3] - box[1], confidence)


def test_text_belongs_to_the_smallest_thing_that_holds_it():
    scene = compose_scene(
        [
            Detection("pack", (0, 0, 200, 200), 0.9),
            Detection("price_label", (50, 150, 100, 180), 0.8),
        ],
        [line("Panodil", (20, 20, 120, 50)), line("49,95", (55, 155, 95, 175))],
    )
    assert [text.text for text in scene.packs[0].texts] == ["Panodil"]
    assert scene.signs[0].is_price_label
    assert scene.signs[0].text == "49,95"


def test_a_line_read_across_two_facings_belongs_to_both():
    scene = compose_scene(
        [Detection("pack", (0, 0, 100, 100), 0.9), Detection("pack", (100, 0, 200, 100), 0.9)],
        [line("Clearblue Clearblue", (10, 20, 190, 40))],
    )
    assert [[text.text for text in pack.texts] for pack in scene.packs] == [
        ["Clearblue Clearblue"],
        ["Clearblue Clearblue"],
    ]


def test_a_word_that_sticks_out_of_a_pack_is_not_printed_on_it():
    scene = compose_scene(
        [Detection("pack", (0, 0, 100, 100), 0.4)], [line("Sundhed", (20, 20, 180, 80))]
    )
    assert scene.packs[0].texts == ()
    assert [sign.text for sign in scene.signs] == ["Sundhed"]


def test_a_line_across_the_border_of_a_box_is_printed_on_that_pack():
    scene = compose_scene(
        [
            Detection("pack", (100, 100, 200, 200), 0.9),
            Detection("sign", (300, 100, 400, 200), 0.9),
        ],
        [
            line("20 brusetabletter", (98, 190, 190, 210)),
            line("Medicin", (150, 205, 200, 215)),  # below it, as a strip along the shelf's edge
            line("Pamol", (290, 110, 320, 130)),
        ],
    )
    assert [text.text for text in scene.packs[0].texts] == ["20 brusetabletter"]
    assert sorted(sign.text for sign in scene.signs) == ["", "Medicin", "Pamol"]


def test_text_on_nothing_makes_a_sign_of_its_own():
    scene = compose_scene(
        [Detection("pack", (0, 300, 200, 400), 0.9)],
        [
            line("Håndkøbs-", (0, 0, 200, 40)),
            line("medicin", (20, 45, 180, 85)),
            line("Hudpleje", (600, 0, 800, 40)),
        ],
    )
    assert sorted(sign.text for sign in scene.signs) == ["Hudpleje", "Håndkøbs- medicin"]


def test_an_advert_that_is_seen_as_a_pack_too_says_what_it_says_as_either():
    board, picture = (0, 0, 300, 200), (100, 110, 200, 190)
    scene = compose_scene(
        [
            Detection("sign", board, 0.8),
            Detection("pack", (4, 3, 297, 206), 0.6),
            Detection("pack", picture, 0.7),
        ],
        [line("TILBUD", (20, 20, 280, 90)), line("Panodil", (110, 120, 190, 140))],
    )
    assert [sign.text for sign in scene.signs] == ["TILBUD"]
    assert [[x.text for x in pack.texts] for pack in scene.packs] == [["TILBUD"], ["Panodil"]]


def test_a_pack_that_is_seen_as_a_sign_less_surely_keeps_its_print_to_itself():
    scene = compose_scene(
        [Detection("sign", (0, 0, 300, 200), 0.6), Detection("pack", (4, 3, 297, 196), 0.8)],
        [line("Mod hovedpine", (20, 20, 280, 90))],
    )
    assert [sign.text for sign in scene.signs] == [""]


def test_a_few_letters_of_words_on_a_strip_are_no_label():
    strip, elsewhere = (105, 102, 150, 128), (300, 102, 340, 128)
    scene = compose_scene(
        [Detection("price_label", strip, 0.5), Detection("price_label", elsewhere, 0.5)],
        [line("Håndkøbsmedicin", (100, 100, 280, 130))],
    )
    assert [(sign.is_price_label, sign.box_xyxy_px) for sign in scene.signs] == [
        (False, (100, 100, 280, 130)),
        (True, elsewhere),
    ]


def test_a_label_on_which_something_was_read_is_one():
    scene = compose_scene(
        [Detection("price_label", (105, 102, 150, 128), 0.5)],
        [line("Medicin", (100, 100, 280, 130)), line("49,95", (110, 105, 145, 125))],
    )
    assert sorted((sign.is_price_label, sign.text) for sign in scene.signs) == [
        (False, "Medicin"),
        (True, "49,95"),
    ]


@pytest.mark.parametrize(
    ("as_pack", "as_card", "is_card", "may_be_card"),
    [
        (0.3, 0.8, True, False),
        (0.6, 0.7, False, True),
        (0.7, 0.6, False, True),
        (0.7, 0.3, False, False),
        (0.9, 0.0, False, False),
    ],
)
def test_what_is_seen_as_pack_and_as_card_is_what_the_detector_is_much_surer_of(
    as_pack, as_card, is_card, may_be_card
):
    scene = compose_scene(
        [
            Detection("product_card", (0, 0, 100, 100), as_card),
            Detection("pack", (2, 2, 101, 100), as_pack),
            Detection("pack", (200, 0, 300, 100), 0.7),
        ],
        [],
    )
    assert [(pack.is_card, pack.may_be_card) for pack in scene.packs] == [
        (is_card, may_be_card),
        (False, False),
    ]


def test_a_faint_card_makes_a_faint_pack_doubtful_and_is_none_itself():
    scene = compose_scene(
        [
            Detection("pack", (0, 0, 100, 100), 0.25),
            Detection("product_card", (2, 2, 101, 100), 0.15, counts=False),
            Detection("product_card", (200, 0, 300, 100), 0.15, counts=False),
            Detection("stool", (400, 0, 500, 100), 0.15, counts=False),
        ],
        [],
    )
    assert [(pack.is_card, pack.may_be_card) for pack in scene.packs] == [(False, True)]
    assert scene.aids == ()


def test_a_pack_that_does_not_count_takes_nothing_from_a_card_that_does():
    scene = compose_scene(
        [
            Detection("pack", (0, 0, 100, 100), 0.15, counts=False),
            Detection("product_card", (2, 2, 101, 100), 0.25),
            Detection("pack", (200, 0, 300, 100), 0.12, counts=False),
            Detection("product_card", (202, 2, 301, 100), 0.15, counts=False),
        ],
        [],
    )
    assert [pack.is_card for pack in scene.packs] == [True]
    assert [pack.box_xyxy_px for pack in scene.doubtful_packs] == [(200, 0, 300, 100)]


@pytest.mark.parametrize(("as_aid", "packs"), [(0.8, []), (0.6, ["p1"])])
def test_what_is_seen_as_pack_and_more_surely_as_a_crate_is_no_pack(as_aid, packs):
    scene = compose_scene(
        [
            Detection("pack", (100, 100, 400, 400), 0.7),
            Detection("crate", (110, 95, 420, 405), as_aid),
        ],
        [],
    )
    assert [pack.pack_id for pack in scene.packs] == packs
    assert [aid.kind for aid in scene.aids] == [AidKind.CRATE]


def test_packs_behind_a_ladder_are_packs():
    scene = compose_scene(
        [Detection("pack", (200, 200, 250, 260), 0.3), Detection("ladder", (0, 0, 500, 900), 0.9)],
        [],
    )
    assert len(scene.packs) == 1


def test_finds_that_are_more_often_no_pack_are_kept_apart_and_hold_no_text():
    scene = compose_scene(
        [
            Detection("pack", (0, 0, 100, 100), 0.7),
            Detection("pack", (2, 2, 101, 100), 0.15, counts=False),
            Detection("pack", (200, 0, 300, 100), 0.15, counts=False),
        ],
        [line("Panodil", (210, 20, 290, 50))],
    )
    assert [pack.box_xyxy_px for pack in scene.packs] == [(0, 0, 100, 100)]
    assert scene.doubtful_packs == (Pack("d1", (200, 0, 300, 100), 0.15),)
    assert [sign.text for sign in scene.signs] == ["Panodil"]


def test_packs_are_numbered_row_by_row_from_the_left():
    boxes = [(200, 0, 300, 100), (0, 4, 90, 101), (0, 200, 100, 300)]
    scene = compose_scene([Detection("pack", box, 0.9) for box in boxes], [])
    assert [(pack.pack_id, pack.box_xyxy_px) for pack in scene.packs] == [
        ("p1", boxes[1]),
        ("p2", boxes[0]),
        ("p3", boxes[2]),
    ]


def test_everything_else_finds_its_place():
    scene = compose_scene(
        [
            Detection("stool", (0, 0, 10, 10), 0.9),
            Detection("person", (20, 0, 30, 10), 0.9),
            Detection("divider", (40, 0, 50, 10), 0.9),
            Detection("door", (60, 0, 70, 10), 0.9),
        ],
        [],
    )
    assert scene.aids[0].kind is AidKind.STOOL
    assert scene.people_px == ((20, 0, 30, 10),)
    assert scene.dividers == ((40, 0, 50, 10),)
    assert scene.doors == ((60, 0, 70, 10),)


def test_nothing_found_is_an_empty_scene():
    assert compose_scene([], []).packs == ()


def test_a_sign_in_a_sign_is_one_sign_and_the_surer_one() -> None:
    scene = compose_scene(
        [
            Detection("sign", (0, 0, 400, 100), 0.4),
            Detection("sign", (20, 10, 300, 90), 0.7),
            Detection("price_label", (30, 20, 60, 40), 0.3),
            Detection("sign", (500, 0, 900, 100), 0.3),
        ],
        [],
    )
    assert [sign.box_xyxy_px for sign in scene.signs if not sign.is_price_label] == [
        (20, 10, 300, 90),
        (500, 0, 900, 100),
    ]
    assert sum(sign.is_price_label for sign in scene.signs) == 1
