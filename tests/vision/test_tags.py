import cv2
import numpy as np
import pytest

from inspector.geometry.contradictions import is_mirrored
from inspector.vision.tags import KIT_IDS, find_tags

DICTIONARY = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
OVERSAMPLING = 8


def photographed_tag(tag_id, quad_px, image_wh=(400, 300), *, blur_px=0.6):
    """Draw a tag as a lens would: in linear light, at eight times the size, blurred, then coded."""
    side = 64
    tag = cv2.aruco.generateImageMarker(DICTIONARY, tag_id, side).astype(np.float32) / 255
    square = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32) - 0.5
    target = np.asarray(quad_px, np.float32) * OVERSAMPLING - 0.5
    large_wh = (image_wh[0] * OVERSAMPLING, image_wh[1] * OVERSAMPLING)
    light = cv2.warpPerspective(
        tag,
        cv2.getPerspectiveTransform(square, target),
        large_wh,
        flags=cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=1.0,
    )
    light = cv2.GaussianBlur(light, (0, 0), blur_px * OVERSAMPLING)
    light = cv2.resize(light, image_wh, interpolation=cv2.INTER_AREA)
    coded = np.power(0.05 + 0.8 * light, 1 / 2.2) * 255
    return cv2.cvtColor(coded.astype(np.uint8), cv2.COLOR_GRAY2BGR)


@pytest.mark.parametrize("side_px", [24, 34, 60, 110])
def test_a_tag_is_found_with_corners_a_third_of_a_pixel_right(side_px):
    turned = cv2.boxPoints(((180.3, 140.7), (side_px, side_px), 8.0))
    quad = turned[np.argsort([np.arctan2(y - 140.7, x - 180.3) for x, y in turned])]
    (tag,) = find_tags(photographed_tag(7, quad))
    assert tag.tag_id == 7
    assert np.abs(tag.corners_px - quad).max() < 0.35


def test_an_id_that_is_no_part_of_the_kit_is_ignored():
    assert 25 not in KIT_IDS
    assert find_tags(photographed_tag(25, [[100, 100], [160, 100], [160, 160], [100, 160]])) == ()


def test_an_id_seen_twice_counts_as_neither():
    one = photographed_tag(3, [[40, 100], [90, 100], [90, 150], [40, 150]])
    two = photographed_tag(3, [[240, 100], [290, 100], [290, 150], [240, 150]])
    assert find_tags(np.minimum(one, two)) == ()


def test_a_mirrored_tag_is_found_running_the_wrong_way_round():
    image = photographed_tag(40, [[100, 100], [160, 100], [160, 160], [100, 160]])
    assert len(find_tags(image)) == 1
    (mirrored,) = find_tags(np.ascontiguousarray(image[:, ::-1]))
    assert mirrored.tag_id == 40
    assert is_mirrored([mirrored])
    assert not is_mirrored(find_tags(image))
