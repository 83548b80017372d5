"""Frames from files and from a stream over HTTP on this machine."""

import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av
import cv2
import numpy as np
import pytest

from inspector.errors import WatchError
from inspector.live.settings import Camera
from inspector.live.sources import open_frames


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
        for n in range(8):
            body = cv2.imencode(".jpg", shade(n))[1].tobytes()
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body + b"\r\n")

    def log_message(self, *_):
        pass


@pytest.fixture
def mjpeg():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mjpeg)
    server.seen = []
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


def test_a_camera_that_is_not_there_is_named_without_its_password(monkeypatch):
    monkeypatch.setenv("CAM", "Hemmelig1")
    camera = Camera(id="a", source="rtsp://127.0.0.1:9/live", user="shelf", password="env:CAM")
    with pytest.raises(WatchError, match=r"rtsp://127\.0\.0\.1:9/live cannot be read") as error:
        next(open_frames(camera, timeout_s=1))
    assert "Hemmelig1" not in "".join(traceback.format_exception(error.value))
