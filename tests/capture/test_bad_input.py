"""Every unusable file gets an error that says what happened and what to do."""

import io
import pickle
import random
import struct
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from inspector.capture.faults import _SENTENCES, Fault, UnusableFileError
from inspector.capture.photo import photo_from_bytes, read_photo


def noise(width=320, height=240):
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8))


def encoded(picture, file_format):
    out = io.BytesIO()
    if file_format == "HEIF":
        pillow_heif.from_pillow(picture).save(out)
    else:
        picture.save(out, file_format)
    return out.getvalue()


def fault_of(data):
    with pytest.raises(UnusableFileError) as caught:
        photo_from_bytes(data, file="hylde.jpg")
    assert "hylde.jpg" in str(caught.value)
    assert "hylde.jpg" in caught.value.message["da"]
    return caught.value.fault


def test_zero_bytes():
    assert fault_of(b"") is Fault.EMPTY


@pytest.mark.parametrize(
    "data", [b"x", b"hello, this is text", b"%PDF-1.7 ...", b"BM" + b"\0" * 100, b"\xff\xd8"]
)
def test_not_a_photo(data):
    assert fault_of(data) is Fault.NOT_A_PHOTO


@pytest.mark.parametrize("head", [b"\0\0\0\x18ftypmp42", b"\x1aE\xdf\xa3", b"RIFF\0\0\0\0AVI "])
def test_a_video_under_the_name_of_a_photo_is_told_as_one(head):
    assert fault_of(head + b"\0" * 200) is Fault.IS_VIDEO


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "HEIF"])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_a_file_that_was_cut_off_is_broken(file_format, share):
    data = encoded(noise(), file_format)
    assert fault_of(data[: max(16, int(len(data) * share))]) is Fault.BROKEN


def test_a_jpeg_that_lacks_its_last_bytes_is_broken():
    assert fault_of(encoded(noise(), "JPEG")[:-20]) is Fault.BROKEN


@pytest.mark.filterwarnings(
    "ignore"
)  # Pillow warns of scribbled metadata; the photo is what counts
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "HEIF"])
def test_scribbled_files_are_read_or_refused_but_never_crash(file_format):
    whole = encoded(noise(240, 210), file_format)
    rng = random.Random(file_format)
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 30)):
            data[rng.randrange(min(len(data), 600))] = rng.randrange(256)
        try:
            capture = photo_from_bytes(bytes(data), file="a")
        except UnusableFileError:
            continue
        assert capture.image_bgr.ndim == 3


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF"])
def test_one_pixel_is_too_small(file_format):
    assert fault_of(encoded(Image.new("RGB", (1, 1)), file_format)) is Fault.TOO_SMALL


def test_the_short_side_decides_what_is_too_small():
    assert fault_of(encoded(Image.new("L", (1000, 199)), "PNG")) is Fault.TOO_SMALL
    capture = photo_from_bytes(encoded(Image.new("L", (1000, 200)), "PNG"), file="a")
    assert capture.image_wh == (1000, 200)


def bomb(width, height):
    """A PNG that claims a size and holds next to nothing."""

    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def test_more_than_two_hundred_megapixels_are_refused_before_they_are_unpacked():
    assert fault_of(bomb(20_001, 10_000)) is Fault.TOO_LARGE
    assert fault_of(bomb(2**31 - 1, 2**31 - 1)) is Fault.TOO_LARGE


def test_a_small_file_that_claims_many_pixels_is_broken():
    assert fault_of(bomb(9_000, 9_000)) is Fault.BROKEN


def test_floating_point_pixels_are_no_photo():
    assert fault_of(encoded(Image.new("F", (300, 300)), "TIFF")) is Fault.UNUSUAL_PIXELS


@pytest.mark.filterwarnings("ignore:Corrupt EXIF:UserWarning")
def test_broken_exif_does_not_lose_the_photo():
    data = encoded(noise(), "JPEG")
    app1 = b"Exif\0\0" + b"II*\0\xff\xff\xff\x7f" + b"\xee" * 40
    scribbled = data[:2] + b"\xff\xe1" + struct.pack(">H", len(app1) + 2) + app1 + data[2:]
    assert photo_from_bytes(scribbled, file="a").image_wh == (320, 240)


def test_a_missing_file(tmp_path: Path):
    with pytest.raises(UnusableFileError, match=r"nowhere\.jpg does not exist") as caught:
        read_photo(tmp_path / "nowhere.jpg")
    assert caught.value.fault is Fault.MISSING


def test_a_folder_given_as_a_file(tmp_path: Path):
    with pytest.raises(UnusableFileError) as caught:
        read_photo(tmp_path)
    assert caught.value.fault is Fault.IS_FOLDER


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read everything, so chmod won't do
    with pytest.raises(UnusableFileError, match="Permission denied") as caught:
        read_photo(tmp_path / "a.jpg")
    assert caught.value.fault is Fault.UNREADABLE


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_speaks_danish_and_english(fault):
    assert set(_SENTENCES[fault]) == {"da", "en"}
    for sentence in _SENTENCES[fault].values():
        assert sentence.startswith(("{where}", "Mappen {where}", "The folder {where}"))
        assert sentence.count(". ") >= 1, "what happened, then what to do"


def test_an_error_survives_a_trip_between_processes():
    error = UnusableFileError(Fault.TOO_SMALL, "a.jpg", {"size": "1 × 1 px", "limit": 200})
    again = pickle.loads(pickle.dumps(error))
    assert again.message == error.message
    assert again.fault is Fault.TOO_SMALL
    assert "200" in again.message["da"]
