"""How long a photo takes, step by step: `python -m benchmarks.line [--photo FILE] [--repeat 3]`.

Without a photo, a 12-megapixel one with about a hundred packs is rendered first. Times are medians
after one warm-up; memory is the peak of `inspector inspect` with that photo.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import median_s, rendered
from inspector.capture.photo import read_photo
from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register, words_on_packs
from inspector.domain.capture import Capture
from inspector.domain.facts import Facts, Site
from inspector.domain.goods import DealerType
from inspector.domain.report import InspectionReport
from inspector.domain.scene import TextLine
from inspector.domain.verdict import Box
from inspector.evaluation.machine import commit, hardware
from inspector.inspection import inspect_captures
from inspector.measuring import measure
from inspector.report.files import write_overview, write_report
from inspector.report.overlay import annotate
from inspector.rules import judge
from inspector.rules.guidance import load_guidance
from inspector.vision.name_reader import shipped_name_reader
from inspector.vision.scene_reader import ReadsNames, SceneReader

LIMIT_S, LIMIT_GB = 10.0, 2.0
WHOLE = "whole photo"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photo", type=Path, default=None)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}  commit {commit()}  {hardware()}")
    with tempfile.TemporaryDirectory() as folder:
        photo = args.photo or rendered(Path(folder))
        peak_gb = command_peak_gb(photo, Path(folder))
        medians = step_medians(photo, repeat=args.repeat)
    for name, seconds in medians.items():
        print(f"  {name:40} {seconds:7.2f} s  {seconds / medians[WHOLE]:6.1%}")
    print(
        f"whole photo {medians[WHOLE]:.1f} s (limit {LIMIT_S:.0f} s), "
        f"peak memory {peak_gb:.2f} GB (limit {LIMIT_GB:.0f} GB)"
    )


def command_peak_gb(photo: Path, folder: Path) -> float:
    """Return the peak memory of the command that inspects one photo, in GB."""
    command = [sys.executable, "-m", "inspector", "inspect", str(photo), "--dealer", "pharmacy"]
    subprocess.run([*command, "--out", str(folder / "out")], check=False, stdout=subprocess.DEVNULL)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e9


class _Asked:
    """The name reader, and the packs it was asked for last: the small print of few is looked at."""

    def __init__(self, reader: ReadsNames) -> None:
        self._reader, self.versions = reader, reader.versions
        self.boxes: Sequence[Box] = ()
        self.looks: Sequence[int | None] = ()

    def read(
        self,
        image_bgr: NDArray[np.uint8],
        packs: Sequence[Box],
        slopes: Sequence[float],
        looks: Sequence[int | None],
    ) -> Sequence[tuple[TextLine, ...]]:
        self.boxes, self.looks = packs, looks
        return self._reader.read(image_bgr, packs, slopes, looks)


def step_medians(photo: Path, *, repeat: int) -> dict[str, float]:
    """Return the median time of every step of the line, in seconds, the whole last.

    Args:
        photo: The photo.
        repeat: Runs of each step after a warm-up.
    """
    names = _Asked(shipped_name_reader(words_on_packs()))
    reader = SceneReader(name_reader=names)
    site = Site(DealerType.PHARMACY, date.today())
    guidance = load_guidance(site.inspected_on)
    register = Register.load()
    matcher = Matcher(register.on(site.inspected_on))
    capture: Capture = read_photo(photo)
    start = time.perf_counter()
    scene = reader.read(capture)
    first_s = time.perf_counter() - start
    facts = measure(capture.capture_id, scene, capture.camera, matcher=matcher, guidance=guidance)
    width, height = capture.image_wh
    print(
        f"{width} x {height} px, {len(scene.packs)} packs, "
        f"{sum(len(p.texts) for p in scene.packs) + sum(len(s.lines) for s in scene.signs)} lines; "
        f"the first photo is read in {first_s:.1f} s, which loads the models"
    )

    def inspect(seen: Capture) -> InspectionReport:
        now = datetime.now(UTC)
        return inspect_captures([seen], reader=reader, register=register, site=site, created_at=now)

    def write(seen: Capture, report: InspectionReport) -> None:
        with tempfile.TemporaryDirectory() as folder:
            drawn = annotate(seen.image_bgr, report.captures[0], report.verdicts, lang="da")
            files = write_report(report, {seen.capture_id: drawn}, Path(folder))
            write_overview([report], files.image_paths, Path(folder), lang="da")

    def whole() -> None:
        seen = read_photo(photo)
        write(seen, inspect(seen))

    report = inspect(capture)
    steps: dict[str, Callable[[], object]] = {
        "decode": lambda: read_photo(photo),
        "detect": lambda: reader.detector.detect(capture.image_bgr),
        "read text": lambda: reader.text_reader.read(capture.image_bgr),
        "read small print": lambda: names.read(
            capture.image_bgr, names.boxes, [0.0] * len(names.boxes), names.looks
        ),
        "read scene (detect, text, tags, edges)": lambda: reader.read(capture),
        "measure": lambda: measure(
            capture.capture_id, scene, capture.camera, matcher=matcher, guidance=guidance
        ),
        "judge": lambda: judge(guidance, Facts(site, (facts,))),
        "report (overlay, JSON, HTML, PDF)": lambda: write(capture, report),
        WHOLE: whole,
    }
    return {name: median_s(step, repeat) for name, step in steps.items()}


if __name__ == "__main__":
    main()
