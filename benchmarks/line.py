"""How long a photo takes, step by step: `python -m benchmarks.line [--photo FILE] [--repeat 3]`.

Without a photo, a 12-megapixel one with about a hundred packs is rendered first. Times are medians
after one warm-up; memory is the peak of the whole process.
"""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import cv2

from inspector.capture.photo import read_photo
from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.capture import Capture
from inspector.domain.facts import Facts, Site
from inspector.domain.goods import DealerType
from inspector.inspection import inspect_captures
from inspector.measuring import measure
from inspector.report.files import write_overview, write_report
from inspector.report.overlay import annotate
from inspector.rules import judge
from inspector.rules.guidance import load_guidance
from inspector.vision.scene_reader import SceneReader

LIMIT_S, LIMIT_GB = 10.0, 2.0
SEED, SIZE = 10, (4032, 3024)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photo", type=Path, default=None)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        photo = args.photo or rendered(Path(folder))
        reader = SceneReader()
        site = Site(DealerType.PHARMACY, date.today())
        guidance = load_guidance(site.inspected_on)
        register = Register.load()
        matcher = Matcher(register.on(site.inspected_on))
        capture: Capture = read_photo(photo)
        now = datetime.now(UTC)

        def whole() -> None:
            seen = read_photo(photo)
            report = inspect_captures(
                [seen], reader=reader, register=register, site=site, created_at=now
            )
            image = annotate(seen.image_bgr, report.captures[0], report.verdicts, lang="da")
            files = write_report(report, {seen.capture_id: image}, Path(folder) / "out")
            write_overview([report], files.image_paths, Path(folder) / "out", lang="da")

        start = time.perf_counter()
        scene = reader.read(capture)
        first_s = time.perf_counter() - start
        facts = measure(
            capture.capture_id, scene, capture.camera, matcher=matcher, guidance=guidance
        )
        report = inspect_captures(
            [capture], reader=reader, register=register, site=site, created_at=now
        )
        image = annotate(capture.image_bgr, report.captures[0], report.verdicts, lang="da")

        def write() -> None:
            drawn = annotate(capture.image_bgr, report.captures[0], report.verdicts, lang="da")
            files = write_report(report, {capture.capture_id: drawn}, Path(folder) / "out")
            write_overview([report], files.image_paths, Path(folder) / "out", lang="da")

        steps: dict[str, Callable[[], object]] = {
            "decode": lambda: read_photo(photo),
            "detect": lambda: reader.detector.detect(capture.image_bgr),
            "read text": lambda: reader.text_reader.read(capture.image_bgr),
            "read scene (detect, text, tags, edges)": lambda: reader.read(capture),
            "measure": lambda: measure(
                capture.capture_id, scene, capture.camera, matcher=matcher, guidance=guidance
            ),
            "judge": lambda: judge(guidance, Facts(site, (facts,))),
            "report (overlay, JSON, HTML, PDF)": write,
            "whole photo": whole,
        }
        medians = {name: median_s(step, args.repeat) for name, step in steps.items()}
    del image
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    width, height = capture.image_wh
    print(f"{datetime.now(UTC):%Y-%m-%d}  commit {commit()}  {hardware()}")
    print(
        f"{width} x {height} px, {len(scene.packs)} packs, "
        f"{sum(len(p.texts) for p in scene.packs) + sum(len(s.lines) for s in scene.signs)} lines"
    )
    print(f"start-up: the first photo is read in {first_s:.1f} s, which loads the models")
    for name, seconds in medians.items():
        print(f"  {name:40} {seconds:7.2f} s  {seconds / medians['whole photo']:6.1%}")
    print(
        f"whole photo {medians['whole photo']:.1f} s (limit {LIMIT_S:.0f} s), "
        f"peak memory {peak_gb:.2f} GB (limit {LIMIT_GB:.0f} GB)"
    )


def rendered(folder: Path) -> Path:
    """Render the benchmark's photo; the seed gives a shelf with about a hundred packs."""
    from datasets.generate import make_scene

    return make_scene(SEED, SIZE, folder).with_suffix(".jpg")


def median_s(step: Callable[[], object], repeat: int) -> float:
    """Return the median time of a step in seconds, after one warm-up."""
    times = []
    for _ in range(repeat + 1):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def commit() -> str:
    """Return the commit that is checked out."""
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "none"


def hardware() -> str:
    """Return processor, number of its cores in use, and threads of OpenCV."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return f"{model}, {cv2.getNumberOfCPUs()} cores"


if __name__ == "__main__":
    main()
