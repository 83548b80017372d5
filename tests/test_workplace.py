from dataclasses import replace

import numpy as np
import pytest

from inspector.domain.capture import CameraIntrinsics, Capture, FocalOrigin, Told
from inspector.errors import WorkplaceError
from inspector.geometry.calibration import Lens
from inspector.workplace import CameraProfile, Workplace

CAMERA = CameraIntrinsics(3000.0, 0.02, FocalOrigin.EXIF, (4000, 3000))
CAPTURE = Capture(
    "c1", "hylde.jpg", np.zeros((3000, 4000, 3), np.uint8), CAMERA, device="A B, 5 mm"
)
PROFILE = CameraProfile(0.76, 0.002, -0.01, 0.001)


def test_nothing_is_known_before_anything_was_told(tmp_path):
    assert Workplace.load(tmp_path / "none.json") == Workplace()


def test_what_was_told_once_is_there_the_next_time(tmp_path):
    told = replace(Workplace().with_bar(98.7), cameras={"A B, 5 mm": PROFILE})
    assert Workplace.load(told.save(tmp_path / "deep" / "w.json")) == told


def test_the_measured_bar_and_the_profile_reach_the_photo():
    workplace = Workplace(0.987, {"A B, 5 mm": PROFILE})
    told = Told(camera_height_m=1.4)
    held = replace(CAPTURE, told=Told(down=(0.0, 1.0, 0.0)))
    equipped = workplace.equip(held, told)
    assert equipped.told == Told(camera_height_m=1.4, print_scale=0.987, down=(0.0, 1.0, 0.0))
    assert equipped.camera.focal_px == pytest.approx(3040)
    assert equipped.camera.origin is FocalOrigin.CALIBRATED
    assert workplace.equip(replace(CAPTURE, device="other"), told).camera == CAMERA


def test_a_calibrated_lens_becomes_the_devices_profile():
    lens = Lens(focal_px=3040.0, focal_u_rel=0.004, k1=-0.02, k1_u=0.001, photos=6, rms_px=0.4)
    profile = Workplace().with_camera([CAPTURE], lens).cameras["A B, 5 mm"]
    assert profile == CameraProfile(0.76, 0.004, -0.02, 0.001)


@pytest.mark.parametrize("focal_u_rel", [None, 0.05])
def test_photos_that_say_too_little_of_the_lens_are_refused_with_what_to_do(focal_u_rel):
    lens = focal_u_rel and Lens(3040.0, focal_u_rel, 0.0, 0.001, photos=6, rms_px=0.4)
    with pytest.raises(WorkplaceError, match="slanted from left, right"):
        Workplace().with_camera([CAPTURE], lens)


def test_photos_of_two_devices_make_no_profile():
    other = replace(CAPTURE, device="C D, 6 mm")
    lens = Lens(3040.0, 0.004, 0.0, 0.001, photos=6, rms_px=0.4)
    for captures in ([CAPTURE, other], [replace(CAPTURE, device=None)]):
        with pytest.raises(WorkplaceError, match="not of one device"):
            Workplace().with_camera(captures, lens)


@pytest.mark.parametrize("bar_mm", [9.87, 987, -100])
def test_a_bar_that_is_not_the_kits_is_refused(bar_mm):
    with pytest.raises(WorkplaceError, match="expected 80 to 120 mm"):
        Workplace().with_bar(bar_mm)


@pytest.mark.parametrize("content", ["", "[]", '{"print_scale": 1}', '{"cameras": {"a": {}}}'])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path, content):
    path = tmp_path / "workplace.json"
    path.write_text(content)
    with pytest.raises(WorkplaceError, match=r"workplace\.json.*Delete the file"):
        Workplace.load(path)
