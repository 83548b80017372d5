import cv2
import numpy as np
import pytest

from inspector.geometry.contradictions import is_mirrored, is_upside_down
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


@pytest.mark.parametrize("turns", range(4))
def test_a_tag_that_is_not_the_right_way_up_is_found_and_told(turns):
    image = photographed_tag(40, [[100, 100], [160, 100], [160, 160], [100, 160]])
    (turned,) = find_tags(np.ascontiguousarray(np.rot90(image, turns)))
    assert is_upside_down([turned]) is (turns > 0)


@pytest.mark.parametrize("light", [60, 200], ids=["dark", "light"])
@pytest.mark.parametrize("share", [0.06, 0.1, 0.3])
@pytest.mark.parametrize("hidden", ["corner", "side"])
def test_a_partly_hidden_tag_is_left_out_or_its_corners_are_right(hidden, share, light):
    side_px, x, y = 110.0, 120.3, 90.7
    quad = np.array([[x, y], [x + side_px, y], [x + side_px, y + side_px], [x, y + side_px]])
    image = photographed_tag(40, quad)
    across = image.shape[1] if hidden == "side" else round(x + share * side_px)
    image[: round(y + share * side_px), :across] = light
    tags = find_tags(image)
    assert all(np.abs(tag.corners_px - quad).max() < 2.0 for tag in tags)
    assert share < 0.1 or not tags


@pytest.mark.parametrize("side_px", [30, 60, 110])
@pytest.mark.parametrize("blur_px", [0.6, 1.2])
def test_a_tag_in_plain_view_seen_from_the_side_shows_its_corners(side_px, blur_px):
    quad = np.array([[0, 0], [0.75, 0.08], [0.75, 0.96], [0, 1]]) * side_px + [150.3, 90.7]
    (tag,) = find_tags(photographed_tag(7, quad, blur_px=blur_px))
    assert np.abs(tag.corners_px - quad).max() < 1.2
