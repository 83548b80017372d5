import hashlib
import json

import pytest

from inspector.errors import ModelError
from inspector.vision.weights import load_weights


@pytest.fixture
def model_folder(tmp_path):
    (tmp_path / "small.onnx").write_bytes(b"weights")
    card = {
        "file": "small.onnx",
        "sha256": hashlib.sha256(b"weights").hexdigest(),
        "classes": ["pack", "sign"],
        "imgsz": 1280,
        "threshold": 0.3,
        "reliable": ["pack"],
        "calibration": {"pack": [[0.1, 0.0], [0.3, 0.5], [0.5, 1.0]]},
    }
    (tmp_path / "small.json").write_text(json.dumps(card))
    return tmp_path


def test_weights_that_are_those_on_the_card_load(model_folder):
    weights = load_weights("small", model_folder)
    assert weights.classes == ("pack", "sign")
    assert weights.image_side_px == 1280


def test_a_confidence_becomes_the_share_of_such_finds_that_are_right(model_folder):
    weights = load_weights("small", model_folder)
    shares = [weights.share_right("pack", confidence) for confidence in (0.05, 0.2, 0.4, 0.9)]
    assert shares == pytest.approx([0.0, 0.25, 0.75, 1.0])
    assert weights.share_right("sign", 0.4) == 0.4


def test_changed_weights_are_refused_with_both_hashes(model_folder):
    (model_folder / "small.onnx").write_bytes(b"other")
    with pytest.raises(ModelError) as error:
        load_weights("small", model_folder)
    assert hashlib.sha256(b"other").hexdigest() in str(error.value)
    assert hashlib.sha256(b"weights").hexdigest() in str(error.value)
    assert "small.onnx" in str(error.value)


def test_missing_weights_are_named(model_folder):
    (model_folder / "small.onnx").unlink()
    with pytest.raises(ModelError, match=r"missing: .*small\.onnx"):
        load_weights("small", model_folder)


@pytest.mark.parametrize("text", ["", "{}", "[1, 2]", '{"file": "small.onnx"}'])
def test_a_malformed_card_is_named(model_folder, text):
    (model_folder / "small.json").write_text(text)
    with pytest.raises(ModelError, match=r"small\.json"):
        load_weights("small", model_folder)
