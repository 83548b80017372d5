"""The detector's looks: how large, and how what they found becomes one."""

import numpy as np
import onnxruntime
import pytest

from inspector.vision.detector import (
    BEST_PACK_PX,
    CLOSE_SIDES_PX,
    GLANCE_SIDE_PX,
    STEPS,
    Detection,
    ShelfDetector,
)
from inspector.vision.weights import load_weights

PHOTO = np.zeros((1500, 2000, 3), np.uint8)


@pytest.fixture
def detector():
    return ShelfDetector(load_weights("shelf-detector"))


def seeing(detector, monkeypatch, looks):
    """Let the detector find by the side of its look; returns the sides that it looked at."""
    sides_px = []

    def look(image_bgr, side_px):
        sides_px.append(side_px)
        return looks(side_px)

    monkeypatch.setattr(detector, "_look", look)
    return sides_px


def packs(side_px):
    return [Detection("pack", (x, 0, x + side_px, side_px), 0.8) for x in range(0, 400, 100)]


def test_the_close_looks_are_as_large_as_the_packs_ask_for(detector, monkeypatch):
    sides_px = seeing(detector, monkeypatch, lambda side_px: packs(80))
    detector.detect(PHOTO)
    best_px = BEST_PACK_PX / 80 * 2000
    assert sides_px == [GLANCE_SIDE_PX, *(best_px * step for step in STEPS)]


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
    assert found[0].confidence == pytest.approx(0.8)


def test_a_sign_is_told_where_the_glance_sees_it(detector, monkeypatch):
    sign = Detection("sign", (0, 0, 900, 200), 0.9)
    seeing(detector, monkeypatch, lambda side_px: [sign] if side_px == GLANCE_SIDE_PX else [])
    assert [detection.label for detection in detector.detect(PHOTO)] == ["sign"]


def test_the_weights_drop_repeats_themselves():
    # Without that, Ultralytics imports torchvision, which the small CPU build of PyTorch lacks.
    network = onnxruntime.InferenceSession(load_weights("shelf-detector").path)
    boxes = network.run(None, {"images": np.zeros((1, 3, 64, 64), np.float32)})[0]

    box_confidence_and_class = 4 + 1 + 1
    assert boxes.shape[2] == box_confidence_and_class
