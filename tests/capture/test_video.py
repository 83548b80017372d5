"""A video gives a capture at every interval, and says when it breaks off."""

import hashlib
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.capture.faults import Fault, UnusableFileError
from inspector.capture.video import read_video
from inspector.domain.capture import FocalOrigin


def write_video(path: Path, *, frames=30, fps=10, size_wh=(320, 240)):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, size_wh)
    for k in range(frames):
        frame = np.full((size_wh[1], size_wh[0], 3), 5 * k, np.uint8)
        frame[: size_wh[1] // 4] = (0, 0, 255)  # a red top shows how the frame is turned
        writer.write(frame)
    writer.release()
    return path


def test_frames_come_every_second(tmp_path: Path):
    path = write_video(tmp_path / "gang.mp4")
    captures = list(read_video(path))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert [c.file for c in captures] == ["gang@0.0s", "gang@1.0s", "gang@2.0s"]
    assert [c.capture_id for c in captures] == [f"{sha256}-{ms}" for ms in (0, 1000, 2000)]
    assert [c.image_bgr[200, 160, 0] for c in captures] == pytest.approx([0, 50, 100], abs=6)
    assert {c.image_wh for c in captures} == {(320, 240)}
    assert {c.camera.origin for c in captures} == {FocalOrigin.ASSUMED}


@pytest.mark.parametrize(("every_s", "expected"), [(0.5, 6), (0.25, 12), (1.5, 2), (60, 1)])
def test_the_interval_is_kept(tmp_path: Path, every_s, expected):
    path = write_video(tmp_path / "gang.mp4")
    assert len(list(read_video(path, every_s=every_s))) == expected


@pytest.mark.parametrize("every_s", [0, -1, float("nan")])
def test_an_interval_must_be_above_zero(tmp_path: Path, every_s):
    with pytest.raises(ValueError, match="above 0"):
        next(read_video(tmp_path / "gang.mp4", every_s=every_s))


def test_a_video_held_upright_gives_upright_frames(tmp_path: Path):
    path = write_video(tmp_path / "gang.mp4")
    data = path.read_bytes()
    at = data.index(b"tkhd") + 4 + 40  # the matrix of a version 0 track header
    quarter_turn = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data[:at] + quarter_turn + data[at + 36 :])
    first = next(read_video(path))
    assert first.image_wh == (240, 320)
    assert first.image_bgr[160, 220, 2] > 200, "the red top is now on the right"


def test_a_missing_video(tmp_path: Path):
    with pytest.raises(UnusableFileError) as caught:
        next(read_video(tmp_path / "gang.mp4"))
    assert caught.value.fault is Fault.MISSING


def test_a_file_that_is_no_video(tmp_path: Path):
    path = tmp_path / "gang.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 500)
    with pytest.raises(UnusableFileError) as caught:
        next(read_video(path))
    assert caught.value.fault is Fault.VIDEO_BROKEN


def test_frames_that_are_too_small(tmp_path: Path):
    path = write_video(tmp_path / "gang.mp4", size_wh=(160, 120))
    with pytest.raises(UnusableFileError) as caught:
        next(read_video(path))
    assert caught.value.fault is Fault.TOO_SMALL


def test_a_video_that_breaks_off_gives_its_good_frames_first(tmp_path: Path):
    path = tmp_path / "gang.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (320, 240))
    rng = np.random.default_rng(3)
    for _ in range(30):
        writer.write(rng.integers(0, 256, (240, 320, 3), np.uint8))
    writer.release()
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    captures = read_video(path)
    assert [next(captures).file, next(captures).file] == ["gang@0.0s", "gang@1.0s"]
    with pytest.raises(UnusableFileError, match=r"breaks off after 1\d of 30 frames") as caught:
        next(captures)
    assert caught.value.fault is Fault.VIDEO_BREAKS_OFF
