"""The detector's looks: how large, and how what they found becomes one."""

import cv2
import numpy as np
import onnxruntime
import pytest

from inspector.errors import ModelError
from inspector.vision.detector import (
    BEST_PACK_PX,
    CLOSE_SIDES_PX,
    GLANCE_SIDE_PX,
    STEPS,
    Detection,
    ShelfDetector,
)
from inspector.vision.weights import shipped_weights
from tests.truth import SAMPLES

PHOTO = np.zeros((1500, 2000, 3), np.uint8)


@pytest.fixture
def detector():
    return ShelfDetector(*shipped_weights())


def seeing(detector, monkeypatch, looks, around=()):
    """Let the detector find by the side of its look; returns the sides that it looked at."""
    sides_px = []

    def look(image_bgr, side_px):
        sides_px.append(side_px)
        return looks(side_px)

    monkeypatch.setattr(detector._shelf, "look", look)
    monkeypatch.setattr(detector._surroundings, "look", lambda image_bgr, side_px: list(around))
    return sides_px


def packs(side_px):
    return [Detection("pack", (x, 0, x + side_px, side_px), 0.8) for x in range(0, 400, 100)]


def test_the_close_looks_are_as_large_as_the_packs_ask_for(detector, monkeypatch):
    sides_px = seeing(detector, monkeypatch, lambda side_px: packs(80))
    detector.detect(PHOTO)
    best_px = BEST_PACK_PX / 80 * 2000
    assert sides_px == [GLANCE_SIDE_PX, *(best_px * step for step in STEPS)]


def test_on_one_thread_the_same_is_found_to_the_last_digit(detector):
    on_one = ShelfDetector(*shipped_weights(), threads=1)
    photo = cv2.imread(str(SAMPLES / "retailer-mixed.jpg"))
    assert on_one._shelf.look(photo, 640) == detector._shelf.look(photo, 640)
    assert on_one._surroundings.look(photo, 640) == detector._surroundings.look(photo, 640)
    for network in (on_one._shelf, on_one._surroundings):
        session = network._model.predictor.model.backend.session
        assert session.get_session_options().intra_op_num_threads == 1


def test_a_gpu_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ModelError, match="cuda:0"):
        ShelfDetector(*shipped_weights(), device="cuda:0")


def test_a_look_is_never_larger_than_the_largest(detector, monkeypatch):
    sides_px = seeing(detector, monkeypatch, lambda side_px: packs(5))
    detector.detect(PHOTO)
    assert max(sides_px) == CLOSE_SIDES_PX[1] * max(STEPS)


def test_packs_seen_only_in_the_glance_are_not_told(detector, monkeypatch):
    seeing(detector, monkeypatch, lambda side_px: packs(80) if side_px == GLANCE_SIDE_PX else [])
    assert detector.detect(PHOTO) == []


def test_close_looks_are_fused(detector, monkeypatch):
    seeing(detector, monkeypatch, lambda side_px: packs(80))
    found = detector.detect(PHOTO)
    assert len(found) == 4
    share_right = detector.weights[0].share_right("pack", 0.8)
    assert share_right > 0.8
    assert found[0].confidence == pytest.approx(share_right)


def test_a_sign_is_told_where_the_glance_sees_it(detector, monkeypatch):
    sign = Detection("sign", (0, 0, 900, 200), 0.9)
    seeing(detector, monkeypatch, lambda side_px: [sign] if side_px == GLANCE_SIDE_PX else [])
    assert [detection.label for detection in detector.detect(PHOTO)] == ["sign"]


def test_people_and_ladders_are_told_by_the_network_of_the_surroundings_only(detector, monkeypatch):
    ladder = Detection("ladder", (0, 0, 300, 900), 0.9)
    sign = Detection("sign", (0, 0, 300, 900), 0.9)
    seeing(detector, monkeypatch, lambda side_px: [ladder])
    assert detector.detect(PHOTO) == []
    seeing(detector, monkeypatch, lambda side_px: [], around=[ladder, sign])
    assert detector.detect(PHOTO) == [ladder]


def test_what_is_under_its_networks_threshold_is_told_but_does_not_count(detector, monkeypatch):
    shelf, surroundings = (weights.threshold for weights in detector.weights)
    sign = Detection("sign", (0, 0, 900, 200), shelf - 0.01)
    ladder = Detection("ladder", (0, 0, 300, 900), surroundings - 0.01)
    seeing(detector, monkeypatch, lambda side_px: [sign], around=[ladder])
    assert [detection.counts for detection in detector.detect(PHOTO)] == [False, False]


@pytest.mark.parametrize("weights", shipped_weights(), ids=lambda weights: weights.path.stem)
def test_the_weights_drop_repeats_themselves(weights):
    # Without that, Ultralytics imports torchvision, which the small CPU build of PyTorch lacks.
    network = onnxruntime.InferenceSession(weights.path)
    boxes = network.run(None, {"images": np.zeros((1, 3, 64, 64), np.float32)})[0]

    box_confidence_and_class = 4 + 1 + 1
    assert boxes.shape[2] == box_confidence_and_class
