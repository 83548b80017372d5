"""Serves one changing picture as H.264 over RTSP: `python3 rtsp_server.py PORT FILE WIDTH HEIGHT`.

Runs under the system's Python, to which Debian's GStreamer belongs. FILE holds the raw BGR pixels
of the picture to be shown; who replaces the file changes the stream.
"""

import sys
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

FPS = 5


class Picture(GstRtspServer.RTSPMediaFactory):
    """Pushes the file's picture into a pipeline, five times a second."""

    def __init__(self, file, width, height):
        super().__init__()
        self.file, self.count = Path(file), 0
        caps = f"video/x-raw,format=BGR,width={width},height={height},framerate={FPS}/1"
        self.set_launch(
            f"( appsrc name=source is-live=true format=time caps={caps} ! videoconvert ! "
            f"x264enc tune=zerolatency speed-preset=ultrafast bitrate=6000 key-int-max={FPS} ! "
            "rtph264pay name=pay0 pt=96 )"
        )
        self.set_shared(True)

    def do_configure(self, media):
        self.count = 0
        source = media.get_element().get_child_by_name("source")
        source.connect("need-data", self.push)

    def push(self, source, _):
        buffer = Gst.Buffer.new_wrapped(self.file.read_bytes())
        buffer.duration = Gst.SECOND // FPS
        buffer.pts = buffer.dts = self.count * buffer.duration
        self.count += 1
        source.emit("push-buffer", buffer)


def main():
    port, file, width, height = sys.argv[1:]
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    server.get_mount_points().add_factory("/shelf", Picture(file, width, height))
    server.attach(None)
    sys.stdout.write("serving\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
