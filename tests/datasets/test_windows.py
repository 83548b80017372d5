"""Windows: labelled parts of photos, with what they show enough of."""

import json

import cv2
import numpy as np
import pytest

from datasets.windows import cut_windows


def labels(tmp_path):
    window = {
        "window_xyxy_px": [100, 50, 300, 150],
        "pack": [[120, 60, 180, 140], [290, 60, 350, 140]],  # the second sticks out
        "price_label": [[80, 100, 140, 120]],
    }
    path = tmp_path / "labels.json"
    path.write_text(json.dumps({"photos": {"shelf.jpg": [window]}}))
    return path


def test_a_window_becomes_a_picture_with_its_boxes(tmp_path):
    cv2.imwrite(str(tmp_path / "shelf.jpg"), np.zeros((200, 400, 3), np.uint8))
    assert cut_windows(labels(tmp_path), tmp_path, tmp_path / "out") == 1
    truth = json.loads((tmp_path / "out" / "shelf_0.json").read_text())
    assert cv2.imread(str(tmp_path / "out" / truth["image"])).shape == (100, 200, 3)
    assert truth["boxes"] == [
        {"class": "pack", "xyxy": [20, 10, 80, 90]},
        {"class": "price_label", "xyxy": [0, 50, 40, 70]},
    ]


def test_a_missing_photo_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"shelf\.jpg is missing"):
        cut_windows(labels(tmp_path), tmp_path, tmp_path / "out")
