"""Photos of every kind become the same upright BGR pixels."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageFile, ImageOps
from PIL.ExifTags import IFD, Base

from inspector.capture.photo import photo_from_bytes, read_photo
from inspector.domain.capture import FocalOrigin


def colour_picture(width=320, height=240):
    """Red left, green right, blue lower quarter: every turn and channel swap shows."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[:, : width // 2] = (220, 30, 30)
    rgb[:, width // 2 :] = (30, 200, 30)
    rgb[height * 3 // 4 :] = (30, 30, 210)
    return Image.fromarray(rgb)


def encoded(picture, file_format, **options):
    out = io.BytesIO()
    picture.save(out, file_format, **options)
    return out.getvalue()


def assert_same_pixels(image_bgr, picture, tolerance):
    expected = np.asarray(picture.convert("RGB"))[..., ::-1].astype(int)
    assert image_bgr.shape == expected.shape
    assert np.abs(image_bgr.astype(int) - expected).mean() <= tolerance


@pytest.mark.parametrize(
    ("file_format", "options", "tolerance"),
    [
        ("JPEG", {"quality": 95}, 2),
        ("JPEG", {"quality": 95, "progressive": True}, 2),
        ("PNG", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("TIFF", {}, 0),
        ("TIFF", {"compression": "tiff_lzw"}, 0),
        ("GIF", {}, 8),
    ],
)
def test_formats_give_the_same_pixels(file_format, options, tolerance):
    picture = colour_picture()
    capture = photo_from_bytes(encoded(picture, file_format, **options), file="a")
    assert_same_pixels(capture.image_bgr, picture, tolerance)
    assert capture.image_bgr.dtype == np.uint8
    assert capture.image_bgr.flags.writeable
    assert capture.image_bgr.flags.c_contiguous


def heic(picture, **options):
    out = io.BytesIO()
    pillow_heif.from_pillow(picture).save(out, quality=95, **options)
    return out.getvalue()


def test_heic_gives_the_same_pixels():
    picture = colour_picture()
    assert_same_pixels(photo_from_bytes(heic(picture), file="a.heic").image_bgr, picture, 4)


def test_heic_that_was_turned_is_turned_once():
    picture = colour_picture()
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    capture = photo_from_bytes(heic(picture, exif=exif.tobytes()), file="a.heic")
    assert capture.image_wh == (240, 320)
    assert_same_pixels(capture.image_bgr, picture.transpose(Image.Transpose.ROTATE_270), 4)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("file_format", "tolerance"), [("JPEG", 2), ("PNG", 0), ("TIFF", 0), ("WEBP", 4)]
)
def test_orientation_is_applied_exactly_once(orientation, file_format, tolerance):
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    options = {"quality": 95} if file_format == "JPEG" else {}
    data = encoded(colour_picture(), file_format, exif=exif, **options)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    capture = photo_from_bytes(data, file="a")
    assert_same_pixels(capture.image_bgr, upright, tolerance)
    assert capture.camera.image_wh == capture.image_wh == upright.size


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_impossible_orientation_is_ignored(orientation):
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    capture = photo_from_bytes(encoded(colour_picture(), "PNG", exif=exif), file="a")
    assert capture.image_wh == (320, 240)


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_sixteen_bit_grey_is_scaled_not_clipped(file_format):
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (200, 1))
    capture = photo_from_bytes(encoded(Image.fromarray(ramp), file_format), file="a")
    np.testing.assert_allclose(capture.image_bgr[0, :, 0], np.arange(256), atol=1)


@pytest.mark.parametrize("extension", [".png", ".tiff"])
def test_sixteen_bit_colour_keeps_its_colours(extension):
    bgr = np.asarray(colour_picture())[..., ::-1].astype(np.uint16) * 257
    _, data = cv2.imencode(extension, bgr)
    capture = photo_from_bytes(data.tobytes(), file="a")
    assert_same_pixels(capture.image_bgr, colour_picture(), 1)


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
def test_cmyk_keeps_its_colours(file_format):
    picture = colour_picture()
    capture = photo_from_bytes(encoded(picture.convert("CMYK"), file_format), file="a")
    assert_same_pixels(capture.image_bgr, picture, 4)


@pytest.mark.parametrize("mode", ["L", "1", "P"])
def test_grey_black_and_white_and_palette_become_colour(mode):
    picture = colour_picture().convert(mode)
    capture = photo_from_bytes(encoded(picture, "PNG"), file="a.png")
    assert_same_pixels(capture.image_bgr, picture, 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparent_parts_become_white(mode):
    picture = colour_picture().convert("RGBA")
    picture.putalpha(Image.new("L", picture.size, 0))
    picture = picture.convert("LA") if mode == "LA" else picture
    picture = picture.quantize(16) if mode == "PA" else picture
    capture = photo_from_bytes(encoded(picture, "PNG"), file="a.png")
    assert capture.image_bgr.min() == 255


def test_a_colour_profile_is_converted_to_srgb():
    # No other RGB profile ships with Pillow: sRGB with red and green exchanged makes one.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.find(b"rXYZ"), profile.find(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    exchanged = bytes(profile).replace("sRGB".encode("utf-16-be"), "gRBG".encode("utf-16-be"))
    red_band, green_band, blue_band = colour_picture().split()
    stored = Image.merge("RGB", (green_band, red_band, blue_band))
    capture = photo_from_bytes(encoded(stored, "PNG", icc_profile=exchanged), file="a.png")
    assert_same_pixels(capture.image_bgr, colour_picture(), 2)


@pytest.mark.parametrize("profile", [b"no profile", b"\0" * 200])
def test_a_broken_colour_profile_does_not_lose_the_photo(profile):
    data = encoded(colour_picture(), "PNG", icc_profile=profile)
    assert_same_pixels(photo_from_bytes(data, file="a.png").image_bgr, colour_picture(), 0)


def test_a_colour_profile_for_other_channels_does_not_lose_the_photo():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    data = encoded(colour_picture(), "PNG", icc_profile=profile)
    assert_same_pixels(photo_from_bytes(data, file="a.png").image_bgr, colour_picture(), 0)


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "GIF", "TIFF"])
def test_of_several_frames_the_first_is_taken(file_format):
    second = Image.new("RGB", (320, 240), "white")
    data = encoded(colour_picture(), file_format, save_all=True, append_images=[second])
    assert_same_pixels(photo_from_bytes(data, file="a").image_bgr, colour_picture(), 8)


def test_the_capture_is_named_by_its_bytes(tmp_path: Path):
    path = tmp_path / "hylde.jpg"
    path.write_bytes(encoded(colour_picture(), "JPEG"))
    capture = read_photo(path)
    assert capture.capture_id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert capture.file == "hylde.jpg"
    assert capture.camera.origin is FocalOrigin.ASSUMED
    assert capture.taken_at is None


def test_a_wrong_extension_does_not_matter(tmp_path: Path):
    path = tmp_path / "hylde.png"
    path.write_bytes(encoded(colour_picture(), "JPEG", quality=95))
    assert_same_pixels(read_photo(path).image_bgr, colour_picture(), 2)


def test_lens_and_time_come_from_the_file():
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif)[Base.FocalLengthIn35mmFilm] = 26
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2026:03:04 10:20:30"
    capture = photo_from_bytes(encoded(colour_picture(), "JPEG", exif=exif), file="a.jpg")
    assert capture.camera.focal_px == pytest.approx(26 * 400 / 43.27, rel=1e-3)
    assert capture.camera.origin is FocalOrigin.EXIF
    assert capture.taken_at == datetime(2026, 3, 4, 10, 20, 30)


def test_a_hundred_megapixels_are_held_as_fifty_with_the_camera_scaled():
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif)[Base.FocalLengthIn35mmFilm] = 26
    grey = Image.new("L", (10_000, 10_000), 128)
    capture = photo_from_bytes(encoded(grey, "PNG", compress_level=1, exif=exif), file="a.png")
    assert capture.image_wh == (7071, 7071)
    assert capture.camera.image_wh == (7071, 7071)
    assert capture.camera.focal_px > 26 * 10_000 / 43.27
    assert (capture.image_bgr[::500, ::500] == 128).all()


def test_a_large_jpeg_is_unpacked_at_half_its_size():
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif)[Base.FocalLengthIn35mmFilm] = 26
    exif[Base.Orientation] = 6
    data = encoded(Image.new("L", (8_400, 6_300), 90), "JPEG", exif=exif)
    capture = photo_from_bytes(data, file="a.jpg")
    assert capture.image_wh == (3150, 4200)
    assert capture.camera.focal_px == pytest.approx(26 * 5250 / 43.27, rel=1e-3)


def test_reading_leaves_pillow_as_it_was():
    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, set(Image.OPEN))
    photo_from_bytes(heic(colour_picture()), file="a.heic")
    assert (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, set(Image.OPEN)) == before


def test_threads_read_the_same_as_one():
    files = [encoded(colour_picture(300 + k, 240), "JPEG") for k in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda data: photo_from_bytes(data, file="a"), files * 3))
    alone = [photo_from_bytes(data, file="a") for data in files] * 3
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one.image_bgr, other.image_bgr)
