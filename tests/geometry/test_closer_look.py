"""A photo of a whole fixture, and closer ones of parts of it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inspector.domain.capture import CameraIntrinsics, FocalOrigin, Told
from inspector.domain.scene import Aid, AidKind, Pack, Scene, SeenCapture, Sign, Tag, TextLine
from inspector.geometry.closer_look import closer_look
from inspector.geometry.shared_print import joined_by_print, mapped
from inspector.joining import close_ups, joined

WIDTH_CM, HEIGHT_CM = 8.0, 10.0
GOODS = [[f"vare{'abcdefgh'[shelf]}{'abcdefghij'[n]}" for n in range(10)] for shelf in range(6)]
FAR_WH = (1200, 1600)


def view(shows, frame_wh, *, reads=lambda name: True, goods=GOODS, yaw=0.0, header="Medicin"):
    """Photograph six shelves of ten packs; `shows` is x1, y1, x2, y2 in centimetres, y down."""
    x1, y1, x2, y2 = shows
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32)
    width, height = frame_wh
    seen = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen[[1, 2], 1] += yaw * height * np.array([1, -1])
    matrix = cv2.getPerspectiveTransform(corners, seen)

    def box(left, top, right, bottom):
        points = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], float)
        places = cv2.perspectiveTransform(points, matrix)[0].clip((0, 0), frame_wh)
        (left, top), (right, bottom) = places.min(axis=0), places.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    def is_seen(place):
        return place[2] - place[0] > 4 and place[3] - place[1] > 4

    def line(text, place):
        return TextLine(text, place, place[3] - place[1], 0.9)

    packs = []
    for shelf, row in enumerate(goods):
        for n, name in enumerate(row):
            left, top = 10 + 9 * n, 30 + 20 * shelf
            place = box(left, top, left + WIDTH_CM, top + HEIGHT_CM)
            print_ = box(left + 1, top + 2, left + 7, top + 5)
            if name and is_seen(place):
                texts = (line(name, print_),) if reads(name) and is_seen(print_) else ()
                packs.append(Pack(f"p{len(packs) + 1}", place, 0.9, texts=texts))
    board, words = box(20, 5, 90, 15), box(40, 7, 70, 13)
    signs = ()
    if is_seen(board):
        texts = (line(header, words),) if header and is_seen(words) else ()
        signs = (Sign("t1", board, texts, False, 0.9),)
    return Scene(packs=tuple(packs), signs=signs)


def is_read_from_afar(name):
    return hash_of(name) % 2 == 0


def hash_of(name):
    return sum(map(ord, name))


def far_view(**changes):
    return view((0, 0, 110, 147), FAR_WH, reads=is_read_from_afar, **changes)


def near_view(shows=(15, 25, 92, 127), frame_wh=(1500, 1990), **changes):
    return view(shows, frame_wh, yaw=0.03, **changes), frame_wh


def look(near, far=None, *, is_told=True):
    (scene, frame_wh), far = near, far or far_view()
    frames_wh = frame_wh, FAR_WH
    to_far = joined_by_print(scene, far, frames_wh=frames_wh, is_told=is_told)
    if to_far is None:
        return None
    return closer_look(scene, far, to_far, frames_wh=frames_wh, name="n1")


def names_at(scene):
    """Return what is read on each pack, by the middle of its box in whole centimetres' tens."""
    return {
        (round((x1 + x2) / 60), round((y1 + y2) / 60)): " ".join({t.text for t in pack.texts})
        for pack in scene.packs
        for x1, y1, x2, y2 in [pack.box_xyxy_px]
    }


def test_packs_that_a_closer_photo_shows_are_read_in_it():
    before, after = names_at(far_view()), names_at(look(near_view()).scene)
    assert before.keys() == after.keys()
    newly_read = {place for place in after if after[place] and not before[place]}
    assert len(newly_read) > 10
    assert all(after[place] == name for place, name in before.items() if name)
    whole = names_at(view((0, 0, 110, 147), FAR_WH))
    assert all(after[place] == whole[place] for place in newly_read)


def test_print_lies_where_it_is_in_the_photo_from_afar():
    scene = look(near_view()).scene
    for pack in scene.packs:
        x1, y1, x2, y2 = pack.box_xyxy_px
        for line in pack.texts:
            left, top, right, bottom = line.box_xyxy_px
            assert x1 - 3 < left < right < x2 + 3
            assert y1 - 3 < top < bottom < y2 + 3
            assert line.height_px == pytest.approx(bottom - top, rel=0.1)


def test_what_lies_wholly_in_the_photo_from_afar_is_all_in_it():
    assert look(near_view()).is_all
    assert not look(near_view((15, 25, 92, 160))).is_all  # the floor before the fixture


def test_a_sharper_photo_of_the_whole_is_no_close_up():
    assert not look(near_view((1, 1, 109, 146), (2000, 2685))).is_all


def test_a_sign_that_only_the_closer_photo_shows_is_added_read_or_not():
    for header in ("Medicin", ""):
        far = far_view()
        near = near_view((5, -3, 105, 90), (2000, 1860), header=header)
        (added,) = look(near, replace(far, signs=())).scene.signs
        assert (added.sign_id, added.text) == ("t1@n1", header)


def test_a_pack_that_only_the_closer_photo_shows_is_added():
    hidden = GOODS[2][4]
    goods = [["" if name == hidden else name for name in row] for row in GOODS]
    found = look(near_view(), far_view(goods=goods))
    (added,) = (pack for pack in found.scene.packs if pack.pack_id.endswith("@n1"))
    assert [line.text for line in added.texts] == [hidden]
    (whole,) = (p for p in view((0, 0, 110, 147), FAR_WH).packs if p.texts[0].text == hidden)
    assert added.box_xyxy_px == pytest.approx(whole.box_xyxy_px, abs=5)
    assert added.is_lent
    assert found.is_all


def test_two_packs_that_were_found_as_one_are_both_read():
    far, names = far_view(), GOODS[2][4:6]
    whole = view((0, 0, 110, 147), FAR_WH)
    left, right = (pack for pack in whole.packs if pack.texts[0].text in names)
    (x1, y1, _, _), (_, _, x2, y2) = left.box_xyxy_px, right.box_xyxy_px
    ids = {left.pack_id, right.pack_id}
    rest = tuple(pack for pack in far.packs if pack.pack_id not in ids)
    both = Pack("both", (x1, y1, x2, y2), 0.9)
    found = look(near_view(), replace(far, packs=(*rest, both)))
    (pack,) = (pack for pack in found.scene.packs if pack.pack_id == "both")
    assert {line.text for line in pack.texts} == set(names)
    assert found.is_all


def test_a_pack_that_was_not_read_closer_either_keeps_what_was_read():
    far, near = (
        far_view(),
        near_view(reads=lambda name: not is_read_from_afar(name) or name[4] < "c"),
    )
    found = look(near, far)
    assert {line.text for pack in far.packs for line in pack.texts} <= {
        line.text for pack in found.scene.packs for line in pack.texts
    }


def test_signs_are_read_closer_too():
    found = look(near_view((5, 2, 105, 95), (2000, 1860)), far_view(header=""))
    assert [sign.text for sign in found.scene.signs] == ["Medicin"]


def test_a_card_in_the_closer_photo_makes_the_pack_doubtful():
    scene, frame_wh = near_view()
    cards = tuple(replace(pack, is_card=True) for pack in scene.packs)
    found = look((replace(scene, packs=cards), frame_wh))
    assert any(pack.may_be_card for pack in found.scene.packs)
    assert not any(pack.is_card for pack in found.scene.packs)
    far = far_view()
    as_cards = replace(far, packs=tuple(replace(pack, is_card=True) for pack in far.packs))
    packs = look((scene, frame_wh), as_cards).scene.packs
    assert {(pack.is_card, pack.may_be_card) for pack in packs} == {(True, False), (False, True)}
    packs = look((replace(scene, packs=cards), frame_wh), as_cards).scene.packs
    assert {(pack.is_card, pack.may_be_card) for pack in packs} == {(True, False)}


def test_what_may_be_climbed_on_is_not_lost_with_a_closer_photo():
    scene, frame_wh = near_view()
    stool = Aid("a1", AidKind.STOOL, (100.0, 1500.0, 400.0, 1900.0), 0.9)
    assert not look((replace(scene, aids=(stool,)), frame_wh)).is_all


def test_other_goods_in_other_places_are_no_closer_look():
    rng = np.random.default_rng(0)
    moved = rng.permutation(np.array(GOODS).ravel()).reshape(6, 10).tolist()
    assert look(near_view(goods=moved)) is None


def test_a_photo_that_is_no_closer_adds_nothing():
    assert look(near_view((0, 0, 110, 147), (1250, 1670))) is None


def test_nobody_told_and_no_tag_is_no_closer_look():
    assert look(near_view(), is_told=False) is None


def capture(name, scene, frame_wh, fixture=""):
    camera = CameraIntrinsics(1.2 * max(frame_wh), 0.02, FocalOrigin.EXIF, frame_wh)
    return SeenCapture(name, f"{name}.jpg", camera, scene, Told(fixture=fixture))


def test_a_closer_photo_of_the_fixture_is_judged_in_the_one_from_afar():
    near, frame_wh = near_view()
    seen = [
        capture("far", far_view(), FAR_WH, "told"),
        capture("near", near, frame_wh, "told"),
    ]
    far, closer = joined(seen)
    assert (far.closer, far.shown_in) == (("near",), "")
    assert (closer.closer, closer.shown_in) == ((), "far")
    assert names_at(far.scene) == names_at(look((near, frame_wh)).scene)
    assert joined([closer]) == [closer]  # what others lent stays


def test_nothing_is_joined_that_nobody_told_but_it_is_offered():
    near, frame_wh = near_view()
    seen = [capture("far", far_view(), FAR_WH), capture("near", near, frame_wh)]
    assert [one.shown_in for one in joined(seen)] == ["", ""]
    assert close_ups(seen) == (("near", "far"),)
    told = [capture("far", far_view(), FAR_WH), capture("near", near, frame_wh, "far")]
    assert joined(told)[1].shown_in == "far"
    assert close_ups(told) == ()


@pytest.mark.parametrize("is_moved", [False, True])
def test_a_tag_joins_where_it_hangs_and_a_kit_that_was_moved_is_asked_about(is_moved):
    near, near_wh = near_view()
    far = far_view()
    to_far = joined_by_print(near, far, frames_wh=(near_wh, FAR_WH), is_told=True)
    corners_px = np.array([[700.0, 900.0], [760.0, 900.0], [760.0, 960.0], [700.0, 960.0]])
    there_px = mapped(to_far, corners_px) + (200.0 if is_moved else 0.0)
    seen = [
        capture("far", replace(far, tags=(Tag(5, there_px),)), FAR_WH),
        capture("near", replace(near, tags=(Tag(5, corners_px),)), near_wh),
    ]
    assert joined(seen)[1].shown_in == ("" if is_moved else "far")
    assert close_ups(seen) == ((("near", "far"),) if is_moved else ())


def test_a_closer_photo_of_a_closer_photo_is_judged_in_the_one_from_afar():
    near, near_wh = near_view()
    nearer, nearer_wh = near_view((25, 28, 75, 94), (1800, 2376))
    seen = [
        capture(name, scene, wh, "told")
        for name, scene, wh in (
            ("nearer", nearer, nearer_wh),
            ("near", near, near_wh),
            ("far", far_view(), FAR_WH),
        )
    ]
    assert [one.shown_in for one in joined(seen)] == ["far", "far", ""]
