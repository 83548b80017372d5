"""The focal length and its uncertainty follow from what the camera wrote."""

import json
import math
import struct
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import IFDRational

from inspector.capture.exif import (
    PhotoExif,
    device_of,
    down_from_exif,
    intrinsics_from_exif,
    read_exif,
)
from inspector.capture.photo import read_photo
from inspector.domain.capture import FocalOrigin

SHARED = Path(__file__).parents[3] / "shared"
FOUR_TO_THREE = (4032, 3024)


def contains(camera, focal_px):
    """True when the 95 % interval of the camera's focal length holds a value."""
    return abs(focal_px / camera.focal_px - 1) <= 2 * camera.focal_u_rel


def picture_with(tags):
    picture = Image.new("L", (8, 6))
    picture.getexif().get_ifd(IFD.Exif).update(tags)
    return picture


def test_the_equivalent_relates_to_the_diagonal():
    camera = intrinsics_from_exif(PhotoExif(focal_35mm=26), FOUR_TO_THREE)
    assert camera.focal_px == pytest.approx(26 * 5040 / 43.267, rel=1e-4)
    assert camera.origin is FocalOrigin.EXIF
    assert camera.focal_u_rel == pytest.approx(math.hypot(0.5 / math.sqrt(3) / 26, 0.02))


def test_the_interval_also_holds_the_convention_of_the_width():
    camera = intrinsics_from_exif(PhotoExif(focal_35mm=26), FOUR_TO_THREE)
    assert contains(camera, 26 * 4032 / 36)


def test_upright_and_lying_pictures_have_the_same_focal_length():
    lying = intrinsics_from_exif(PhotoExif(focal_35mm=26), (4032, 3024))
    upright = intrinsics_from_exif(PhotoExif(focal_35mm=26), (3024, 4032))
    assert upright.focal_px == lying.focal_px
    assert upright.centre_px == (1512, 2016)


@pytest.mark.parametrize("cut_wh", [(4032, 2268), (3024, 3024), (4032, 1860)])
def test_a_picture_cut_from_the_sensor_covers_both_meanings(cut_wh):
    camera = intrinsics_from_exif(PhotoExif(focal_35mm=26), cut_wh)
    assert contains(camera, 26 * 5040 / 43.267), "the number means the whole sensor"
    assert contains(camera, 26 * math.hypot(*cut_wh) / 43.267), "the number means the picture"


@pytest.mark.parametrize(
    ("size_wh", "image_wh"),
    [
        (None, (3400, 3024)),
        ((3400, 3024), (3400, 3024)),
        ((3218, 2413), (3218, 2413)),
        ((4032, 3024), (3024, 3024)),
        (None, (1280, 960)),
    ],
    ids=[
        "no camera's shape",
        "nor with its size written anew",
        "a camera's shape and no camera's size",
        "another shape than the camera wrote",
        "nothing is written",
    ],
)
def test_where_the_axis_meets_a_picture_that_may_be_cropped_nobody_knows(size_wh, image_wh):
    exif = PhotoExif(focal_35mm=26 if image_wh != (1280, 960) else None, size_wh=size_wh)
    camera = intrinsics_from_exif(exif, image_wh)
    assert camera.origin is FocalOrigin.ASSUMED
    # A third cut off on one side.
    assert 2 * camera.centre_u_px > (1.5 - 1) / 2 * min(image_wh)


@pytest.mark.parametrize("image_wh", [(4032, 3024), (2016, 1512), (1000, 750)])
def test_of_a_whole_picture_it_is_known_whatever_its_scale(image_wh):
    camera = intrinsics_from_exif(PhotoExif(focal_35mm=26, size_wh=FOUR_TO_THREE), image_wh)
    assert camera.origin is FocalOrigin.EXIF
    assert camera.centre_u_px == pytest.approx(0.001 * image_wh[0])


def test_a_cropped_picture_takes_no_profile_of_its_device():
    exif = PhotoExif(device="Maker Phone, 5.10 mm", size_wh=(3218, 2413))
    assert device_of(exif, (3218, 2413)) is None


def test_digital_zoom_covers_both_meanings():
    camera = intrinsics_from_exif(PhotoExif(focal_35mm=26, zoom=2), FOUR_TO_THREE)
    assert contains(camera, 26 * 5040 / 43.267)
    assert contains(camera, 52 * 5040 / 43.267)


@pytest.mark.parametrize(
    "exif",
    [
        PhotoExif(),
        PhotoExif(focal_35mm=2),
        PhotoExif(focal_35mm=65535),
        PhotoExif(focal_35mm=177, focal_mm=3.99),
        PhotoExif(focal_35mm=26, size_wh=(4032, 2000)),
        PhotoExif(focal_mm=5.1),
        PhotoExif(focal_mm=5.1, sensor_px_per_mm=1, size_wh=FOUR_TO_THREE),
    ],
    ids=[
        "no EXIF",
        "impossibly wide",
        "impossibly long",
        "does not fit the lens",
        "cropped later",
        "sensor unknown",
        "impossible sensor",
    ],
)
def test_without_a_credible_number_a_phone_is_assumed_with_a_wide_interval(exif):
    camera = intrinsics_from_exif(exif, FOUR_TO_THREE)
    assert camera.origin is FocalOrigin.ASSUMED
    for phone_35mm in (22, 26, 31):
        assert contains(camera, phone_35mm * 5040 / 43.267)


def test_lens_and_sensor_resolution_give_the_focal_length_when_the_equivalent_is_missing():
    exif = PhotoExif(focal_mm=24.0, sensor_px_per_mm=250.0, size_wh=(6000, 4000))
    full = intrinsics_from_exif(exif, (6000, 4000))
    halved = intrinsics_from_exif(exif, (2000, 3000))
    assert (full.focal_px, full.origin) == (6000, FocalOrigin.EXIF)
    assert halved.focal_px == 3000


@given(
    focal=st.integers(10, 120),
    width=st.integers(200, 8000),
    height=st.integers(200, 8000),
    scale=st.integers(2, 5),
)
def test_scaling_a_picture_scales_its_focal_length(focal, width, height, scale):
    exif = PhotoExif(focal_35mm=focal)
    small = intrinsics_from_exif(exif, (width, height))
    large = intrinsics_from_exif(exif, (width * scale, height * scale))
    assert large.focal_px == pytest.approx(small.focal_px * scale)
    assert large.focal_u_rel == pytest.approx(small.focal_u_rel)


def test_tags_are_read():
    exif = read_exif(
        picture_with(
            {
                Base.FocalLength: IFDRational(51, 10),
                Base.FocalPlaneXResolution: IFDRational(5000, 1),
                Base.FocalPlaneResolutionUnit: 3,
                Base.ExifImageWidth: 4032,
                Base.ExifImageHeight: 3024,
                Base.DigitalZoomRatio: IFDRational(3, 2),
                Base.DateTimeOriginal: "2026:03:04 10:20:30",
            }
        )
    )
    assert exif == PhotoExif(
        focal_mm=5.1,
        sensor_px_per_mm=500,
        size_wh=(4032, 3024),
        zoom=1.5,
        taken_at=datetime(2026, 3, 4, 10, 20, 30),
    )


@pytest.mark.parametrize(
    "tags",
    [
        {Base.FocalLengthIn35mmFilm: 0},
        {Base.FocalLength: IFDRational(1, 0)},
        {Base.FocalLength: IFDRational(0, 0)},
        {Base.FocalLengthIn35mmFilm: "wide"},
        {Base.DigitalZoomRatio: IFDRational(0, 1)},
        {Base.DateTimeOriginal: "0000:00:00 00:00:00"},
        {Base.DateTimeOriginal: "yesterday"},
        {Base.DateTimeOriginal: b"\xff"},
    ],
)
def test_tags_that_mean_nothing_count_as_missing(tags):
    assert read_exif(picture_with(tags)) == PhotoExif()


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="shared/ is absent")
@pytest.mark.parametrize("name", ["scenes/scene_0001", "scenes/scene_0006", "scenes/scene_0007"])
def test_the_true_camera_of_the_sample_scenes_is_found(name):
    capture = read_photo(SHARED / f"{name}.jpg")
    truth = json.loads((SHARED / f"{name}.json").read_text())["camera"]["K"]
    assert capture.camera.focal_px == pytest.approx(truth[0][0], rel=1e-4)
    assert capture.camera.centre_px == (truth[0][2], truth[1][2])


def apple_note(acceleration, order=">"):
    """A maker note with the accelerometer's vector only, as Apple lays it out."""
    numbers = [n for value in acceleration for n in (round(value * 10000), 10000)]
    head = b"Apple iOS\0\0\1" + (b"MM" if order == ">" else b"II")
    entry = struct.pack(f"{order}HHHII", 1, 8, 10, 3, 32)
    return (head + entry).ljust(32, b"\0") + struct.pack(f"{order}6i", *numbers)


@pytest.mark.parametrize("order", [">", "<"])
def test_the_accelerometer_of_an_apple_device_is_read(order):
    exif = read_exif(picture_with({Base.MakerNote: apple_note((0.01, -0.98, -0.17), order)}))
    assert exif.acceleration_g == pytest.approx((0.01, -0.98, -0.17))


@pytest.mark.parametrize(
    ("orientation", "acceleration"),
    [(6, (0, -1, 0)), (1, (-1, 0, 0)), (3, (1, 0, 0)), (8, (0, 1, 0))],
    ids=["held upright", "top to the left", "top to the right", "upside down"],
)
def test_down_is_down_in_the_upright_picture_however_the_device_was_held(orientation, acceleration):
    exif = PhotoExif(orientation=orientation, acceleration_g=acceleration)
    assert down_from_exif(exif) == pytest.approx((0, 1, 0))


def test_a_device_tipped_towards_the_floor_has_down_before_it():
    exif = PhotoExif(orientation=6, acceleration_g=(0.0, -math.cos(0.2), -math.sin(0.2)))
    assert down_from_exif(exif) == pytest.approx((0, math.cos(0.2), math.sin(0.2)))


@pytest.mark.parametrize(
    "exif",
    [
        PhotoExif(orientation=6),
        PhotoExif(orientation=6, acceleration_g=(0.0, -1.4, 0.0)),
        PhotoExif(orientation=6, acceleration_g=(0.0, 0.0, -1.0)),
        PhotoExif(orientation=5, acceleration_g=(0.0, -1.0, 0.0)),
        PhotoExif(orientation=1, acceleration_g=(0.0, -1.0, 0.0)),
    ],
    ids=["not written", "moved", "looks straight down", "mirrored", "turned by a program"],
)
def test_a_tilt_that_cannot_be_is_none(exif):
    assert down_from_exif(exif) is None


@pytest.mark.parametrize(
    "note", [b"", b"Nikon\0", b"Apple iOS\0", apple_note((0, -1, 0))[:40], b"Apple iOS\0\0\1XX" * 4]
)
def test_a_broken_maker_note_is_none(note):
    assert read_exif(picture_with({Base.MakerNote: note})).acceleration_g is None


def test_photos_of_one_lens_and_shape_are_one_device():
    picture = picture_with({Base.FocalLength: IFDRational(51, 10)})
    picture.getexif().update({Base.Make: "Apple", Base.Model: "iPad"})
    exif = read_exif(picture)
    assert (
        device_of(exif, (4032, 3024))
        == device_of(exif, (1512, 2016))
        == ("Apple iPad, 5.10 mm, 1.33:1")
    )
    assert device_of(exif, (4032, 2268)) != device_of(exif, (4032, 3024))
    assert device_of(PhotoExif(), (4032, 3024)) is None
