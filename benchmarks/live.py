"""Live cameras: what quiet shelves cost, what a look takes, and whether memory stays bounded.

    python -m benchmarks.live                  16 cameras at 1080p for a minute, then looks
    python -m benchmarks.live --soak 20        8 cameras over RTSP, two minutes and then twenty

A soak serves a shelf on which a pack moves every minute, by GStreamer's RTSP server (the Debian
packages that the tests of `tests/live/test_end_to_end.py` name), and watches it with the shipped
models, as `inspector watch` does.

Shares of a core count processor time, which other work on the machine changes little; seconds per
look are wall time, told with the load of the machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import av
import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from inspector.catalogue.matching import DatedMatcher
from inspector.catalogue.register import Register
from inspector.domain.capture import Capture, Told
from inspector.domain.scene import OnFound, Scene
from inspector.evaluation.machine import commit, hardware
from inspector.live.ledger import Ledger
from inspector.live.looking import Looker
from inspector.live.people import People
from inspector.live.settings import Camera, Settings
from inspector.live.watching import Watch
from inspector.memory import return_large_pieces

WH = (1920, 1080)
FPS, SECONDS = 15, 20
SAMPLE = Path("datasets/samples/retailer-mixed.jpg")
RTSP_SERVER = Path("tests/live/rtsp_server.py")
WARM_UP_S = 120
SOON_FULL = {"at_least_every_min": 1, "stands_still_min": 1}
"""What fills within half an hour, such as frames of a busy shelf, is full after the warm-up."""


class NoPeople:
    """Finds nobody."""

    is_reliable = True

    def find(self, image_bgr: NDArray[np.uint8]) -> People:
        """Return nobody."""
        return People()


class SeesNothing:
    """A reader that costs nothing: what is left is the cameras."""

    versions = {"nothing": "0" * 64}  # noqa: RUF012  a benchmark's constant

    def read(self, capture: Capture, *, on_found: OnFound | None = None) -> Scene:
        """Return an empty scene."""
        return Scene(sharpness=500.0)


def shelf(seed: int, *, moved_to: int | None = None) -> NDArray[np.uint8]:
    """Return a full shelf at 1080p with sensor noise; one pack may stand in one of nine places."""
    photo = cv2.imread(str(SAMPLE))
    width = photo.shape[1]
    part = photo[400 : 400 + round(width * WH[1] / WH[0])]
    image = cv2.resize(part, WH, interpolation=cv2.INTER_AREA)
    if moved_to is not None:
        x = 300 + 137 * moved_to
        image[400:560, x : x + 90] = image[400:560, 1500:1590].copy()
    noise = np.random.default_rng(seed).normal(0, 1.5, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def write_video(path: Path) -> None:
    """Write what a camera sends: H.264, a key frame each second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast"})
        stream.width, stream.height = WH
        stream.pix_fmt, stream.gop_size = "yuv420p", FPS
        noisy = [shelf(n) for n in range(5)]
        for n in range(FPS * SECONDS):
            frame = av.VideoFrame.from_ndarray(noisy[n % 5], format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@contextmanager
def watched(
    folder: Path, source: str, count: int, looker: Looker, **watching: float
) -> Iterator[Watch]:
    """Watch a source as so many cameras; a video begins again at its end."""
    cameras = [
        {"id": f"c{n}", "source": source, "repeat": not source.startswith("rtsp:")}
        for n in range(count)
    ]
    settings = folder / "cameras.yaml"
    told = {"cameras": cameras, "metrics": {"port": 0}, "watching": watching}
    settings.write_text(yaml.safe_dump(told))
    ledger = Ledger.open(f"sqlite:///{folder / 'live.sqlite'}", pictures=folder / "pictures")
    watch = Watch(settings, ledger, lambda settings: looker)
    watch.start()
    try:
        yield watch
    finally:
        watch.close()
        ledger.close()


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Callable[[NDArray[np.uint8]], None]]]:
    """Serve a picture over RTSP; yields the address, and what shows another picture there."""
    file = folder / "frame.bgr"

    def show(image_bgr: NDArray[np.uint8]) -> None:
        part = file.with_suffix(".part")
        part.write_bytes(image_bgr.tobytes())
        part.replace(file)

    show(shelf(0))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["/usr/bin/python3", str(RTSP_SERVER), str(port), str(file), *map(str, WH)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        if server.stdout is None or server.stdout.readline().strip() != "serving":
            raise SystemExit("GStreamer's RTSP server does not start; see test_end_to_end.py.")
        yield f"rtsp://127.0.0.1:{port}/shelf", show
    finally:
        server.kill()
        server.wait()


def share_of_core(count: int, seconds: float) -> tuple[float, float]:
    """Return frames a second of each of so many quiet cameras, and the share of a core of all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video = folder / "quiet.mp4"
        write_video(video)
        reader = SeesNothing()
        matchers = DatedMatcher(Register.load(None))
        looker = Looker(lambda camera: reader, NoPeople(), lambda: matchers)
        with watched(folder, str(video), count, looker) as watch:
            return _share(watch, count, seconds)


def _share(watch: Watch, count: int, seconds: float) -> tuple[float, float]:
    tick(watch, 20)
    before_s, start_s = processor_s(), time.perf_counter()
    used = sum(worker.stream.health.frames_read for worker in watch.workers.values())
    tick(watch, seconds)
    wall_s = time.perf_counter() - start_s
    frames = sum(worker.stream.health.frames_read for worker in watch.workers.values())
    return (frames - used) / wall_s / count, (processor_s() - before_s) / wall_s


@dataclass(frozen=True)
class LookTime:
    """What a look took, beside one that reads everything anew; wall and processor time.

    Attributes:
        title: What had changed.
        packs: Packs that it saw.
        wall_s: Seconds.
        busy_s: Seconds of the processor.
        anew_s: Seconds of the look that reads everything anew.
        anew_busy_s: Its seconds of the processor.
    """

    title: str
    packs: int
    wall_s: float
    busy_s: float
    anew_s: float
    anew_busy_s: float


def looks() -> Iterator[LookTime]:
    """Yield what looks take with the shipped models, against looks that read everything anew.

    Both are taken of each picture in turn, so that other work on the machine slows both.
    """
    from inspector.cli_watch import _looker

    looker = _looker(Settings(cameras=()))
    camera, other = (Camera(id=name, source="/dev/video0") for name in ("c", "anew"))
    _look(looker, camera, shelf(0))  # loads the models
    steps: list[tuple[str, int | None]] = [("nothing changed", None)]
    for place in (2, 3, 4):
        steps += [("one pack moved", place), ("nothing changed", place)]
    for seed, (title, place) in enumerate(steps, start=1):
        image = shelf(seed, moved_to=place)
        wall_s, busy_s, packs = _look(looker, camera, image)
        looker.forget(other.id)
        anew_s, anew_busy_s, _ = _look(looker, other, image)
        yield LookTime(title, packs, wall_s, busy_s, anew_s, anew_busy_s)


def _look(looker: Looker, camera: Camera, image: NDArray[np.uint8]) -> tuple[float, float, int]:
    """Return what a look took, its processor time, and how many packs it saw."""
    before_s = processor_s()
    looked = looker.look(camera, image, told=Told(), at=datetime.now(UTC))
    packs = looked.report.captures[0].scene.packs
    return looked.seconds, processor_s() - before_s, len(packs)


def soak(count: int, minutes: float) -> None:
    """Print what memory this process holds after a warm-up of two minutes, and how it grows."""
    from inspector.cli_watch import _looker

    looker = _looker(Settings(cameras=()))
    _look(looker, Camera(id="warm", source="/dev/video0"), shelf(0))  # loads the models
    looker.forget("warm")
    empty_mb = resident_mb()
    with (
        tempfile.TemporaryDirectory() as name,
        served(Path(name)) as (url, show),
        watched(Path(name), url, count, looker, **SOON_FULL) as watch,
    ):
        _warm_up(watch)
        first_mb = resident_mb()
        print(
            f"{count} cameras over RTSP: models {empty_mb:.0f} MB; after warm-up "
            f"{first_mb:.0f} MB, {(first_mb - empty_mb) / count:.0f} MB more for each camera",
            flush=True,
        )
        for minute in range(1, round(minutes) + 1):
            show(shelf(minute, moved_to=minute % 9))
            tick(watch, 60)
            grown_mb = resident_mb() - first_mb
            looks = sum(worker.line.looks for worker in watch.workers.values())
            print(
                f"  {minute} min: {grown_mb:+.0f} MB, {grown_mb / count:+.1f} MB for each camera, "
                f"{looks} looks",
                flush=True,
            )
        for camera_id, worker in watch.workers.items():
            health, state = worker.stream.health, worker.state()
            print(
                f"  {camera_id}: {state.status}, {worker.line.looks} looks, "
                f"{health.frames_read} frames, {health.reconnects} reconnects"
            )


def _warm_up(watch: Watch) -> None:
    """Let it run for two minutes, or ten at most until each camera has been looked at."""
    tick(watch, WARM_UP_S)
    for _ in range(8):
        if all(worker.line.looks for worker in watch.workers.values()):
            return
        tick(watch, 60)


def tick(watch: Watch, seconds: float) -> None:
    """Let it run."""
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        watch.tick()
        time.sleep(1.0)


def processor_s() -> float:
    """Return the processor time of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def resident_mb() -> float:
    """Return the memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--soak", type=float, default=0, help="minutes")
    args = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{datetime.now(UTC):%Y-%m-%d}, commit {commit()}, {hardware()}, load {load:.1f}")
    cv2.setNumThreads(1)
    return_large_pieces()  # as `inspector watch` does
    if args.soak:
        soak(8, args.soak)
        return
    fps, share = share_of_core(args.cameras, args.seconds)
    print(
        f"{args.cameras} cameras, 1080p, {fps:.2f} frames a second each, quiet: "
        f"{share:.0%} of one core"
    )
    for look in looks():
        print(
            f"look, {look.title}: {look.wall_s:.2f} s, processor {look.busy_s:.2f} s, {look.packs} "
            f"packs; {look.wall_s / look.anew_s:.2f} of all read anew: {look.anew_s:.2f} s, "
            f"processor {look.anew_busy_s:.2f} s"
        )


if __name__ == "__main__":
    main()
