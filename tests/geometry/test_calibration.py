import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from inspector.domain.capture import CameraIntrinsics, FocalOrigin
from inspector.domain.scene import Tag
from inspector.geometry.calibration import MIN_PHOTOS, calibrate
from inspector.geometry.kit import STRIP

WH = (3000, 4000)
TOLD = CameraIntrinsics(2950.0, 0.02, FocalOrigin.EXIF, WH)
FOCAL_PX, K1 = 3030.0, -0.03


def strip_photo(rng, k):
    """Photograph the strip from a side of its own, every other time across the picture."""
    turn = Rotation.from_euler(
        "zyx", [90 * (k % 2), rng.uniform(-40, 40), rng.uniform(-35, 35)], degrees=True
    )
    turn = turn * Rotation.from_euler("x", 180, degrees=True)  # up in the world is up in the photo
    matrix = np.array([[FOCAL_PX, 0, WH[0] / 2], [0, FOCAL_PX, WH[1] / 2], [0, 0, 1]])
    shift_m = -turn.apply([0, 0.8, 0]) + [rng.uniform(-0.3, 0.3), 0, 1.9]
    half = STRIP.side_m / 2
    tags = []
    for tag_id, height_m in STRIP.centre_height_m.items():
        square = np.array([[-half, half], [half, half], [half, -half], [-half, -half]])
        points = np.column_stack([square[:, 0], square[:, 1] + height_m, np.zeros(4)])
        corners, _ = cv2.projectPoints(
            points, turn.as_rotvec(), shift_m, matrix, np.array([K1, 0, 0, 0, 0])
        )
        corners_px = corners.reshape(4, 2) + rng.normal(0, 0.4, (4, 2))
        if np.all((corners_px > 0) & (corners_px < WH)):
            tags.append(Tag(tag_id, corners_px))
    return tags


@pytest.mark.parametrize("seed", range(3))
def test_a_few_photos_of_the_strip_tell_focal_length_and_distortion(seed):
    rng = np.random.default_rng(seed)
    lens = calibrate([strip_photo(rng, k) for k in range(8)], TOLD)
    assert lens.photos >= MIN_PHOTOS
    assert abs(lens.focal_px / FOCAL_PX - 1) < 2 * lens.focal_u_rel < 0.02
    assert abs(lens.k1 - K1) < 2 * lens.k1_u < 0.014
    assert lens.rms_px < 1


def test_too_few_photos_with_tags_tell_nothing():
    rng = np.random.default_rng(0)
    photos = [strip_photo(rng, k) for k in range(MIN_PHOTOS - 1)]
    assert calibrate([*photos, [], photos[0][:2]], TOLD) is None
