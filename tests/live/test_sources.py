"""Frames from files and from a stream over HTTP on this machine."""

import contextlib
import gc
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av
import cv2
import numpy as np
import pytest
from av.container import InputContainer
from av.video.frame import PictureType
from av.video.stream import VideoStream

from inspector.errors import WatchError
from inspector.live.settings import Camera
from inspector.live.sources import _decoded, open_frames


def shade(n):
    return np.full((240, 320, 3), 10 * n + 20, np.uint8)


AS_CAMERAS_DO = {
    "mpeg4": {},
    "libx264": {"bf": "0", "sc_threshold": "0"},
    "libx265": {"x265-params": "bframes=0:scenecut=0:log-level=none"},
}
"""Frames in order, and key frames at regular times only."""


def write_video(path, *, seconds=4, rate=10, key_every=10, codec="mpeg4"):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=AS_CAMERAS_DO[codec])
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.gop_size = key_every
        for n in range(seconds * rate):
            frame = av.VideoFrame.from_ndarray(shade(n // rate), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("key_every", [5, 40])
def test_a_video_gives_the_frames_that_are_used(tmp_path, monkeypatch, key_every):
    monkeypatch.setattr("inspector.live.sources.time.sleep", lambda seconds: None)
    path = write_video(tmp_path / "shelf.mp4", key_every=key_every)
    frames = list(open_frames(Camera(id="a", source=str(path)), timeout_s=5))
    assert len(frames) == 4
    assert [round(frame.at_s - frames[0].at_s) for frame in frames] == [0, 1, 2, 3]
    levels = [float(frame.image_bgr.mean()) for frame in frames]
    assert levels == sorted(levels)
    assert sum(frame.skipped for frame in frames) >= 27


@pytest.mark.parametrize("key_every", [4, 32])
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_h264_and_h265_are_decoded(tmp_path, monkeypatch, key_every, codec):
    if codec not in av.codecs_available:
        pytest.skip(f"PyAV comes without {codec} here")
    monkeypatch.setattr("inspector.live.sources.time.sleep", lambda seconds: None)
    path = write_video(tmp_path / "shelf.mp4", rate=8, key_every=key_every, codec=codec)
    frames = list(open_frames(Camera(id="a", source=str(path)), timeout_s=5))
    assert [round(frame.at_s - frames[0].at_s) for frame in frames] == [0, 1, 2, 3]
    for n, frame in enumerate(frames):
        assert abs(float(frame.image_bgr.mean()) - shade(n).mean()) < 5


def write_irregular(path, keys, *, seconds=12, rate=10):
    """Write H.264 whose key frames come where something happens; the grey tells the time."""
    with av.open(str(path), "w") as container:
        options = {"bf": "0", "sc_threshold": "0", "forced-idr": "1", "qp": "10"}
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.gop_size = 10_000
        for n in range(seconds * rate):
            grey = np.full((240, 320, 3), 20 + 1.5 * n, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="bgr24")
            frame.pict_type = PictureType.I if n in keys else PictureType.P
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


class Counted:
    """A container that counts the packets that are decoded."""

    def __init__(self, container):
        self.container, self.decoded = container, 0
        self.streams, self.format = container.streams, container.format

    def demux(self, stream):
        for packet in self.container.demux(stream):
            yield CountedPacket(packet, self)


class CountedPacket:
    def __init__(self, packet, counted):
        self._packet, self._counted = packet, counted

    def __getattr__(self, name):
        return getattr(self._packet, name)

    def decode(self):
        self._counted.decoded += self._packet.size > 0
        return self._packet.decode()


def frames_of(path, monkeypatch, **camera):
    """Return frames of a video as (second, grey level), and how many packets were decoded."""
    monkeypatch.setattr("inspector.live.sources.time.sleep", lambda seconds: None)
    with av.open(str(path)) as container:
        counted = Counted(container)
        frames = list(_decoded(counted, Camera(id="a", source=str(path), **camera), lambda: 0.0))
    assert sum(frame.skipped + 1 for frame in frames) <= 120
    return [(frame.at_s, float(frame.image_bgr.mean())) for frame in frames], counted.decoded


IRREGULAR = {
    "two near ones, then none": {0, 15, 20},
    "near ones again and again": {0, 4, 7, 40, 43, 47, 80, 88},
    "two next to each other": {0, 30, 31, 90},
    "a regular one and scenes": {0, 13, 40, 48, 57, 80, 112},
}


@pytest.mark.parametrize("keys", IRREGULAR.values(), ids=IRREGULAR)
def test_irregular_key_frames_leave_no_gap(tmp_path, monkeypatch, keys):
    path = write_irregular(tmp_path / "shelf.mp4", keys)
    frames, decoded = frames_of(path, monkeypatch)
    times_s = [at_s for at_s, _ in frames]
    gaps_s = np.diff([*times_s, 12.0])
    assert gaps_s.max() <= 2.2, times_s  # at most one late, where a key frame was waited for
    assert len(times_s) <= 12
    for at_s, grey in frames:  # each is the picture of its time, decoded from the right key frame
        assert abs(grey - (20 + 15 * at_s)) < 5
    assert decoded <= 120


@pytest.mark.parametrize("every", [1, 5, 10])
def test_no_more_is_decoded_than_is_asked_for(tmp_path, monkeypatch, every):
    path = write_irregular(tmp_path / "shelf.mp4", set(range(0, 120, every)))
    frames, decoded = frames_of(path, monkeypatch)
    assert [round(at_s, 3) for at_s, _ in frames] == list(range(12))
    assert decoded == 12


def test_a_scene_change_between_regular_key_frames_costs_nothing(tmp_path, monkeypatch):
    path = write_irregular(tmp_path / "shelf.mp4", {*range(0, 120, 10), 33, 35, 68})
    frames, decoded = frames_of(path, monkeypatch)
    assert len(frames) == decoded == 12


def test_a_folder_gives_its_photos_in_order_and_passes_over_a_broken_one(tmp_path, monkeypatch):
    monkeypatch.setattr("inspector.live.sources.time.sleep", lambda seconds: None)
    for n in (1, 2):
        cv2.imwrite(str(tmp_path / f"{n}.png"), shade(n))
    (tmp_path / "0.jpg").write_bytes(b"not a photo")
    frames = list(open_frames(Camera(id="a", source=str(tmp_path)), timeout_s=5))
    assert [int(frame.image_bgr[0, 0, 0]) for frame in frames] == [30, 40]


def test_a_folder_without_photos_is_refused(tmp_path):
    with pytest.raises(WatchError, match="a: "):
        next(open_frames(Camera(id="a", source=str(tmp_path)), timeout_s=5))


class Mjpeg(BaseHTTPRequestHandler):
    """Sends eight pictures as parts, then hangs up."""

    def do_GET(self):
        self.server.seen.append(self.headers.get("Authorization"))
        if not self.server.seen[-1]:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        for n in range(self.server.count):
            time.sleep(self.server.pause_s)
            body = cv2.imencode(".jpg", shade(n))[1].tobytes()
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body + b"\r\n")

    def log_message(self, *_):
        pass


@pytest.fixture
def mjpeg():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mjpeg)
    server.seen, server.count, server.pause_s = [], 8, 0.0
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_mjpeg_comes_over_http_with_user_and_password(mjpeg, monkeypatch):
    monkeypatch.setenv("CAM", "Hemmelig1")
    camera = Camera(
        id="a",
        source=f"http://127.0.0.1:{mjpeg.server_port}/live",
        user="shelf",
        password="env:CAM",
        fps=5,
    )
    frames = open_frames(camera, timeout_s=5)
    assert next(frames).image_bgr.shape == (240, 320, 3)
    frames.close()
    assert any(seen and seen.startswith("Basic ") for seen in mjpeg.seen)


def test_mjpeg_that_tells_no_time_is_used_at_the_rate_asked_for(mjpeg, monkeypatch):
    monkeypatch.setenv("CAM", "Hemmelig1")
    mjpeg.count, mjpeg.pause_s = 25, 0.1
    camera = Camera(
        id="a",
        source=f"http://127.0.0.1:{mjpeg.server_port}/live",
        user="shelf",
        password="env:CAM",
        fps=2,
    )
    frames, start_s = [], time.monotonic()
    with contextlib.suppress(WatchError):  # hangs up
        for frame in open_frames(camera, timeout_s=5):
            frames.append(frame)
            assert abs(frame.at_s - time.monotonic()) < 0.5
    assert 3 <= len(frames) <= 2 * (time.monotonic() - start_s) + 1


def test_a_camera_that_comes_and_goes_leaves_nothing_behind(mjpeg, monkeypatch):
    monkeypatch.setenv("CAMERA", "Hemmelig1")
    url = f"http://127.0.0.1:{mjpeg.server_port}/shelf"
    camera = Camera(id="a", source=url, user="viewer", password="env:CAMERA", fps=5)
    gc.collect()
    gc.disable()  # what only the collector finds may stay for hours, with all its frames
    try:
        for n in range(4):
            frames = open_frames(camera, timeout_s=5)
            next(frames)
            if n % 2:
                frames.close()
            with contextlib.suppress(WatchError):  # hangs up
                list(frames)
        left = [o for o in gc.get_objects() if type(o) in (InputContainer, VideoStream)]
    finally:
        gc.enable()
    assert not left


def test_a_camera_that_is_not_there_is_named_without_its_password(monkeypatch):
    monkeypatch.setenv("CAM", "Hemmelig1")
    camera = Camera(id="a", source="rtsp://127.0.0.1:9/live", user="shelf", password="env:CAM")
    with pytest.raises(WatchError, match=r"rtsp://127\.0\.0\.1:9/live cannot be read") as error:
        next(open_frames(camera, timeout_s=1))
    assert "Hemmelig1" not in "".join(traceback.format_exception(error.value))
