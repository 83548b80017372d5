import numpy as np
import pytest

from inspector.domain.capture import CameraIntrinsics, Capture, FocalOrigin
from inspector.domain.scene import Pack, TextLine
from inspector.vision.detector import Detection
from inspector.vision.scene_reader import (
    Finders,
    SceneReader,
    facings_for_small_print,
    facings_to_read,
    sharpness,
)


def test_a_blurred_photo_is_less_sharp():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (600, 800, 3), dtype=np.uint8)
    flat = np.full((600, 800, 3), 128, np.uint8)
    assert sharpness(noise) > 1000
    assert sharpness(flat) == 0


def test_of_packs_that_look_alike_the_two_largest_are_read():
    packs = [Pack(f"p{n}", (0, 0, 100 + n, 100), 0.9) for n in range(5)]
    read = facings_to_read(packs, {"p0": 1, "p1": 1, "p2": 1, "p3": 1})
    assert sorted(pack.pack_id for pack in read) == ["p2", "p3", "p4"]


class Recorded:
    """A detector that finds the same in every photo, and a text reader that reads the same."""

    weights = ()
    reliable = frozenset({"sign", "stool", "ladder"})

    def __init__(self, *found, lines=()):
        self.found, self.lines = found, lines

    def detect(self, image_bgr):
        return list(self.found)

    def read(self, image_bgr, *, packs=(), passed_over=(), part_of_px=None):
        return self.lines


def read(recorded, *, on_found=None):
    reader = SceneReader(recorded, text_reader=recorded)
    image_bgr = np.full((100, 100, 3), 128, np.uint8)
    camera = CameraIntrinsics(100.0, 0.02, FocalOrigin.EXIF, (100, 100))
    return reader.read(Capture("0" * 64, "x.png", image_bgr, camera), on_found=on_found)


def test_what_is_found_is_told_before_any_text_is_read_and_changes_nothing():
    class Reads(Recorded):
        def read(self, image_bgr, *, packs=(), passed_over=(), part_of_px=None):
            assert told, "text is read last"
            return self.lines

    told = []
    found = (
        Detection("pack", (0, 0, 60, 60), 0.9),
        Detection("person", (70, 0, 100, 100), 0.9),
    )
    lines = (TextLine("Zymelin", (5, 5, 55, 20), 15, 0.9),)
    scene = read(Reads(*found, lines=lines), on_found=told.append)
    (early,) = told
    assert [pack.box_xyxy_px for pack in early.packs] == [pack.box_xyxy_px for pack in scene.packs]
    assert early.packs[0].texts == ()
    assert early.people_px == scene.people_px == ((70, 0, 100, 100),)
    assert repr(scene) == repr(read(Recorded(*found, lines=lines)))


def test_a_faint_ladder_is_no_ladder_but_nor_is_it_said_that_there_is_none():
    ladder = Detection("ladder", (0, 0, 30, 90), 0.15, counts=False)
    scene = read(Recorded(ladder, Detection("stool", (50, 50, 90, 90), 0.9)))
    assert [aid.kind for aid in scene.aids] == ["stool"]
    assert scene.reliable == {"sign", "stool"}


def test_a_faint_sign_counts_by_what_is_read_on_it():
    faint = Detection("sign", (0, 0, 90, 20), 0.15, counts=False)
    assert "sign" not in read(Recorded(faint)).reliable
    word = TextLine("Vitaminer", (10, 5, 60, 15), 10, 0.9)
    assert "sign" in read(Recorded(faint, lines=(word,))).reliable


def test_small_print_is_looked_for_on_small_packs_and_where_no_brand_was_read():
    def wants(side_px, *lines, is_card=False, is_passed_over=False):
        box = (0.0, 0.0, side_px, side_px)
        texts = tuple(TextLine(text, box, 9.0, confidence) for text, confidence in lines)
        pack = Pack("p1", box, 0.9, is_card=is_card, texts=texts)
        passed_over = {box} if is_passed_over else set()
        return bool(
            facings_for_small_print([pack], {}, passed_over=passed_over, brands={"zymelin"})
        )

    assert wants(40.0, ("Zymelin", 0.99), is_passed_over=True)
    assert wants(90.0)
    assert wants(90.0, ("Zymelin", 0.7), ("60 tabletter", 0.99))
    assert not wants(90.0, ("Zymelin 1 mg/ml", 0.99), ("10 ml", 0.95))
    assert wants(120.0)
    assert wants(120.0, ("Zymelin", 0.99))
    assert not wants(40.0, is_card=True)


@pytest.mark.parametrize("brand", ["Zymelin", ""])
def test_a_large_twin_is_looked_at_only_where_no_brand_was_read_on_the_other(brand):
    box, twin_box = (0.0, 0.0, 100.0, 100.0), (100.0, 0.0, 190.0, 90.0)
    texts = (TextLine(f"{brand} 10 ml", box, 9.0, 0.99),)
    packs = [Pack("read", box, 0.9, texts=texts), Pack("twin", twin_box, 0.9)]
    looks = {"read": 1, "twin": 1}
    chosen = facings_for_small_print(packs, looks, passed_over={twin_box}, brands={"zymelin"})
    assert [pack.pack_id for pack in chosen] == ([] if brand else ["read", "twin"])


def test_two_of_a_look_whose_brand_was_read_is_looked_at_for_how_much_it_holds():
    def pack(n, *lines):
        box = (100.0 * n, 0.0, 100.0 * n + 90, 90.0)
        return Pack(f"p{n}", box, 0.9, texts=tuple(TextLine(t, box, 9.0, 0.99) for t in lines))

    packs = [*(pack(n, "Zymelin") for n in range(3)), pack(3, "Zymelin 1 mg/ml", "10 ml")]
    looks = {"p0": 1, "p1": 1, "p2": 1, "p3": 2}
    chosen = facings_for_small_print(packs, looks, passed_over=(), brands={"zymelin"})
    assert len(chosen) == 2
    assert {pack.pack_id for pack in chosen} < {"p0", "p1", "p2"}


def test_small_print_is_looked_for_on_the_largest_facings_of_a_look():
    packs = [Pack(f"p{n}", (50.0 * n, 0.0, 50.0 * n + 40 + n, 50.0), 0.9) for n in range(6)]
    looks = {pack.pack_id: 1 for pack in packs}
    chosen = facings_for_small_print(packs, looks, passed_over=(), brands=())
    assert [pack.pack_id for pack in chosen] == ["p5", "p4", "p3"]


@pytest.mark.parametrize(("looks", "may_be_card"), [({"p1": 1, "p2": 1}, False), ({"p1": 1}, True)])
def test_what_looks_like_a_pack_is_no_product_card(looks, may_be_card):
    doubtful, sure = (0, 0, 40, 60), (50, 0, 90, 60)
    found = [
        Detection("pack", doubtful, 0.9),
        Detection("product_card", doubtful, 0.8),
        Detection("pack", sure, 0.9),
    ]
    reader = SceneReader(Recorded(*found), text_reader=Recorded())
    reader.finders = Finders(looks=lambda image_bgr, packs: looks)
    camera = CameraIntrinsics(100.0, 0.02, FocalOrigin.EXIF, (100, 100))
    scene = reader.read(Capture("0" * 64, "x.png", np.full((100, 100, 3), 128, np.uint8), camera))
    assert [(pack.box_xyxy_px, pack.may_be_card) for pack in scene.packs] == [
        (doubtful, may_be_card),
        (sure, False),
    ]
