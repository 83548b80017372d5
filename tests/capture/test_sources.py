"""Files and folders become a list of sources in which nothing is lost."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.capture.faults import Fault, UnusableFileError
from inspector.capture.formats import is_video, photo_format
from inspector.capture.sources import find_sources, open_captures

PHOTO = cv2.imencode(".png", np.zeros((200, 200, 3), np.uint8))[1].tobytes()


def write(path: Path, data: bytes = PHOTO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_folders_are_searched_with_their_subfolders_in_order(tmp_path: Path):
    expected = [write(tmp_path / name) for name in ("a.jpg", "b/c.png", "b/d/e.HEIC", "f.mp4")]
    assert find_sources([tmp_path]) == expected


def test_the_order_of_the_arguments_is_kept_and_nothing_comes_twice(tmp_path: Path):
    b, a = write(tmp_path / "b.jpg"), write(tmp_path / "a.jpg")
    assert find_sources([b, tmp_path, b]) == [b, a]


def test_hidden_files_other_files_and_own_output_are_skipped_in_folders(tmp_path: Path):
    photo = write(tmp_path / "a.jpg")
    write(tmp_path / ".b.jpg")
    write(tmp_path / ".cache/c.jpg")
    write(tmp_path / "a.annotated.jpg")
    write(tmp_path / "noter.txt", b"no photo")
    write(tmp_path / "a.report.json", b"{}")
    assert find_sources([tmp_path]) == [photo]


def test_a_photo_without_extension_is_found_by_its_content(tmp_path: Path):
    photo = write(tmp_path / "IMG_0001")
    assert find_sources([tmp_path]) == [photo]


def test_a_broken_photo_is_kept_so_that_it_is_reported(tmp_path: Path):
    broken = write(tmp_path / "a.jpg", b"")
    assert find_sources([tmp_path]) == [broken]
    with pytest.raises(UnusableFileError) as caught:
        list(open_captures(broken))
    assert caught.value.fault is Fault.EMPTY


def test_a_file_that_was_named_is_kept_whatever_it_is(tmp_path: Path):
    text = write(tmp_path / "noter.txt", b"no photo")
    assert find_sources([text]) == [text]
    with pytest.raises(UnusableFileError) as caught:
        list(open_captures(text))
    assert caught.value.fault is Fault.NOT_A_PHOTO


def test_a_missing_path(tmp_path: Path):
    with pytest.raises(UnusableFileError, match="does not exist") as caught:
        find_sources([tmp_path / "nowhere"])
    assert caught.value.fault is Fault.MISSING


def test_a_folder_without_photos(tmp_path: Path):
    write(tmp_path / "noter.txt", b"no photo")
    with pytest.raises(UnusableFileError, match="holds neither photos nor videos") as caught:
        find_sources([tmp_path])
    assert caught.value.fault is Fault.NO_SOURCES


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read(tmp_path: Path):
    write(tmp_path / "a.jpg")
    locked = write(tmp_path / "locked/b.jpg").parent
    locked.chmod(0)
    try:
        with pytest.raises(UnusableFileError) as caught:
            find_sources([tmp_path])
    finally:
        locked.chmod(0o700)
    assert caught.value.fault is Fault.UNREADABLE


def test_a_photo_opens_as_one_capture(tmp_path: Path):
    captures = list(open_captures(write(tmp_path / "film.mp4")))
    assert [c.file for c in captures] == ["film.mp4"], "content decides, not the name"


def test_a_video_opens_as_its_frames(tmp_path: Path):
    path = tmp_path / "gang.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 5, (320, 240))
    for _ in range(10):
        writer.write(np.zeros((240, 320, 3), np.uint8))
    writer.release()
    nameless = path.rename(tmp_path / "gang")
    assert [c.file for c in open_captures(nameless)] == ["gang@0.0s", "gang@1.0s"]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\xff\xd8\xff\xe1", "JPEG"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"MM\0*\0\0\0\x08", "TIFF"),
        (b"RIFF\0\0\0\0AVI LIST", None),
        (b"\0\0\0\x18ftypisom\0\0\0\0", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_format(head, expected):
    assert photo_format(head) == expected


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"\0\0\0\x18ftypisom\0\0\0\0", "a", True),
        (b"\0\0\0\x18ftypqt  \0\0\0\0", "a.jpg", True),
        (b"RIFF\0\0\0\0AVI LIST", "a", True),
        (b"\x1aE\xdf\xa3", "a", True),
        (b"G@\0\x10", "a.MTS", True),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a.mov", False),
        (b"some text", "a.txt", False),
    ],
)
def test_the_first_bytes_tell_a_video(head, name, expected):
    assert is_video(head, name) is expected
