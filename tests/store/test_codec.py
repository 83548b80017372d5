import zlib
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import pytest

from inspector.capture.photo import read_photo
from inspector.domain.capture import CameraIntrinsics, FocalOrigin, HeightMark, Told
from inspector.domain.goods import Goods
from inspector.domain.scene import Lock, Pack, Scene, SeenCapture
from inspector.errors import StoreError
from inspector.measuring import survey_scene
from inspector.store.codec import FORMAT, bytes_from_seen, seen_from_bytes
from inspector.store.surveys import bytes_from_survey, survey_from_bytes
from tests.truth import SAMPLES, TruthReader

KEPT = Path(__file__).with_name("scenes")


@cache
def seen(name="retailer-mixed"):
    capture = read_photo(SAMPLES / f"{name}.jpg")
    scene = TruthReader().read(capture)
    return SeenCapture(capture.capture_id, capture.file, capture.camera, scene)


def test_a_scene_comes_back_bit_for_bit():
    before = seen()
    kept = bytes_from_seen(before)
    after = seen_from_bytes(kept)
    assert bytes_from_seen(after) == kept
    assert after.scene.packs == before.scene.packs
    assert (after.scene.tags[0].corners_px == before.scene.tags[0].corners_px).all()
    assert after.camera == before.camera


def test_what_a_person_sorted_comes_back():
    told = Told(sorted_packs=(("p2", Goods.OTHER_GOODS), ("p7", Goods.PRODUCT_CARD)))
    assert seen_from_bytes(bytes_from_seen(replace(seen(), told=told))).told == told


@pytest.mark.parametrize("kept", sorted(KEPT.glob("*.json")), ids=lambda path: path.stem)
def test_a_scene_of_every_format_so_far_can_be_read(kept):
    again = seen_from_bytes(zlib.compress(kept.read_bytes()))
    assert len(again.scene.packs) == 4
    assert again.told.sorted_packs == (), "nobody had sorted packs then"
    assert again.scene.tags
    assert again.scene.signs[0].text


def test_every_format_so_far_has_a_scene_that_was_kept():
    assert {path.stem for path in KEPT.glob("*.json")} == {f"format-{n + 1}" for n in range(FORMAT)}


@pytest.mark.parametrize(
    "kept",
    [
        b"no scene",
        zlib.compress(b"{}"),
        zlib.compress(msgspec.json.encode({"format": FORMAT + 1, "seen": {"changed": 1}})),
    ],
    ids=["no compressed bytes", "nothing in it", "newer than this program"],
)
def test_what_is_no_scene_of_today_is_refused(kept):
    with pytest.raises(StoreError, match="cannot be read"):
        seen_from_bytes(kept)


def test_a_lock_comes_back_and_the_survey_that_knows_its_height():
    leaves = ((100.25, 300.0, 300.5, 900.0), (300.5, 300.0, 500.0, 900.0))
    scene = Scene(
        packs=(Pack("p1", (150.0, 400.0, 248.0, 480.0), 0.9),),
        doors=leaves,
        locks=(Lock((302.1, 500.3), leaves),),
    )
    marks = tuple(HeightMark(((200.0, y),), height) for y, height in ((700.0, 0.6), (300.0, 1.4)))
    camera = CameraIntrinsics(1200.0, 0.02, FocalOrigin.EXIF, (1600, 1200))
    captured = SeenCapture("c1", "c1.jpg", camera, scene, Told(marks=marks))
    assert seen_from_bytes(bytes_from_seen(captured)).scene.locks == scene.locks
    survey = survey_scene(scene, camera, captured.told, limit_m=1.4)
    ((lock, height),) = survey.locks
    again = survey_from_bytes(bytes_from_survey(survey))
    assert again.locks == ((lock, height),)
    assert again.fits(scene, captured.told, 1.4)
