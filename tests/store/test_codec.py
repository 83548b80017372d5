import zlib
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import pytest

from inspector.capture.photo import read_photo
from inspector.domain.capture import Told
from inspector.domain.goods import Goods
from inspector.domain.scene import SeenCapture
from inspector.errors import StoreError
from inspector.store.codec import FORMAT, bytes_from_seen, seen_from_bytes
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
