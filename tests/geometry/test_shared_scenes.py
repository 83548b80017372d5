"""Heights in path-traced photos with exact truth, from the tags that are really found in them."""

import json

import cv2
import numpy as np
import pytest

from inspector.capture.photo import read_photo
from inspector.domain.quantity import Measured, ScaleMethod
from inspector.geometry.fitting import fit_camera
from inspector.geometry.heights import height_of_pack
from inspector.vision.edges import find_straight_edges
from inspector.vision.tags import find_tags
from tests.truth import SHARED

SCENES = sorted((SHARED / "scenes").glob("scene_*.json"))
METHODS = {"S": ScaleMethod.STRIP, "T": ScaleMethod.TAG_140, "F": ScaleMethod.FLOOR_CARD}

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SCENES, reason="../shared/scenes is not here: no path-traced photos"),
]


@pytest.fixture(scope="module")
def fits():
    fitted = []
    for path in SCENES:
        truth = json.loads(path.read_text())
        capture = read_photo(path.with_suffix(".jpg"))
        edges = find_straight_edges(capture.image_bgr)
        fitted.append((truth, fit_camera(find_tags(capture.image_bgr), edges, capture.camera)))
    return fitted


def heights(truth, fit):
    """Yield (error_cm, half_width_cm, covered, true_cm) of the front packs in plain view."""
    for pack in truth["packs"]:
        if pack["row"] or pack["visible"] < 0.8 or pack["in_cabinet"]:
            continue
        x1, _, x2, y2 = pack["bbox"]
        height = height_of_pack(fit, ((x1 + x2) / 2, y2), u_px=1.5)
        assert isinstance(height, Measured)
        true_cm = pack["bottom_height_cm"]
        low_cm, high_cm = 100 * height.low_m, 100 * height.high_m
        yield (
            100 * height.value_m - true_cm,
            (high_cm - low_cm) / 2,
            low_cm <= true_cm <= high_cm,
            true_cm,
        )


def test_the_scale_is_found_where_there_is_one_and_nowhere_else(fits):
    for truth, fit in fits:
        expected = METHODS.get(truth["reference_kind"], ScaleMethod.NONE)
        assert fit.scale.method is expected, truth["image"]


@pytest.mark.parametrize(("kind", "median_cm"), [("S", 0.7), ("T", 1.0), ("F", 3.0)])
def test_heights_are_right_and_their_intervals_cover_the_truth(fits, kind, median_cm):
    rows = [
        row for truth, fit in fits if truth["reference_kind"] == kind for row in heights(truth, fit)
    ]
    error_cm, _, covered, true_cm = map(np.array, zip(*rows, strict=True))
    assert np.mean(covered) >= 0.95
    assert np.median(np.abs(error_cm[np.abs(true_cm - 140) < 30])) <= median_cm


def test_every_tag_in_plain_view_is_found():
    for path in SCENES:
        truth = json.loads(path.read_text())
        seen = {r["id"] for r in truth["references"] if "corners_px" in r}
        found = {tag.tag_id for tag in find_tags(cv2.imread(str(path.with_suffix(".jpg"))))}
        # At most one tag of a strip may be lost: a rail or a person may stand before it.
        assert len(seen - found) <= 1, truth["image"]
        assert found <= seen, truth["image"]
