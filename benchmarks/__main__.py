"""All benchmarks: `python -m benchmarks`; `--help` lists how much of what is measured.

Everything is measured in one run on one machine, so that ratios mean something; the table says on
which machine and commit. Nothing else may run meanwhile.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import cv2
import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import rapidocr

from benchmarks.floor import operations, operations_per_second
from benchmarks.line import WHOLE, step_medians
from benchmarks.live import looks, share_of_core
from benchmarks.machine import median_s, rendered
from benchmarks.peers import Peers
from benchmarks.rejudging import PACKS, visits_per_second
from benchmarks.workers import ONE, RAY, TWO, seconds_per_photo
from datasets.generate import make_scene
from inspector.capture.photo import read_photo
from inspector.domain.scene import SeenCapture
from inspector.errors import EvaluationError
from inspector.evaluation.machine import commit, hardware
from inspector.vision.detector import GLANCE_SIDE_PX, STEPS, SURROUNDINGS_SIDE_PX
from inspector.vision.text import LOOK_SIDE_PX
from inspector.vision.weights import shipped_weights

Row = tuple[str, float, str, str]
"""What, how much, its unit, and what it is compared with."""


def main() -> None:
    """Measure, print, and write table and plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks"))
    parser.add_argument("--photo", type=Path, help="a photo of yours instead of a rendered one")
    parser.add_argument("--photos", type=int, default=24, help="photos for the engines")
    parser.add_argument("--visits", type=int, default=300, help="visits to judge again")
    parser.add_argument("--cameras", type=int, default=16, help="quiet cameras")
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(Path(folder), args)
    heading = f"{datetime.now(UTC):%Y-%m-%d}, commit {commit()}, {hardware()}"
    lines = [heading, "", "| what | measured | beside |", "|---|---|---|"]
    lines += [f"| {what} | {value:.3g} {unit} | {beside} |" for what, value, unit, beside in rows]
    text = "\n".join(lines)
    print(text)
    (args.out / "table.md").write_text(text + "\n", encoding="utf-8")
    plot([row for row in rows if row[2] == "s"], heading, args.out / "times.png")


def measured(folder: Path, args: argparse.Namespace) -> list[Row]:
    """Run every benchmark; returns the rows of the table."""
    photo = args.photo or rendered(folder)
    steps = step_medians(photo, repeat=args.repeat)
    whole = steps[WHOLE]
    rows: list[Row] = [(name, s, "s", f"{s / whole:.0%} of the whole") for name, s in steps.items()]

    peers = Peers(photo)
    times = {name: median_s(way, args.repeat) for name, way in peers.all().items()}
    ours, naive = peers.ours().summary, peers.naive().summary
    first, *others = times
    rows.append((first, times[first], "s", ""))
    rows += [
        (name, times[name], "s", f"ours is {times[first] / times[name]:.2f} of it")
        for name in others
    ]
    rows.append(
        (
            "rules with the same outcome, ours and naive",
            sum(ours[rule] is naive[rule] for rule in ours),
            f"of {len(ours)}",
            "",
        )
    )

    capture = read_photo(photo)
    scene = peers.reader.read(capture)
    lines = sum(len(pack.texts) for pack in scene.packs) + sum(len(s.lines) for s in scene.signs)
    rows += floor_rows(capture.image_wh, lines, times[first])

    seen = SeenCapture(capture.capture_id, capture.file, capture.camera, scene)
    for name, rate in visits_per_second(seen, args.visits).items():
        rows.append((f"visits of {PACKS} packs judged again, {name}", rate, "a second", "≥ 300"))

    photos = folder / "photos"
    photos.mkdir()
    for seed in range(100, 100 + args.photos):
        make_scene(seed, (1600, 1200), photos)
    for truth in photos.glob("*.json"):
        truth.unlink()
    paces = seconds_per_photo(photos)
    base = paces[ONE]
    rows += [
        (f"a photo of 2 megapixels by {name}", pace, "s", f"{base / pace:.2f} × one worker")
        for name, pace in paces.items()
    ]
    if RAY in paces:
        rows.append(("Ray beside two local workers", paces[RAY] / paces[TWO], "×", "≤ 1.15"))
    return rows + live_rows(args.cameras)


def floor_rows(image_wh: tuple[int, int], lines: int, ours_s: float) -> list[Row]:
    """Return the floor, and how far from it a photo is; a row that says so where it is unknown."""
    try:
        needed = floor_operations(image_wh, lines)
    except EvaluationError as error:
        return [("the floor: not measured", float("nan"), "", str(error))]
    per_second = operations_per_second()
    return [
        ("operations of the models for the photo", needed / 1e9, "GFLOP", f"{lines} lines"),
        ("a matrix product of the cores", per_second / 1e9, "GFLOP/s", ""),
        (
            "the floor: models alone",
            needed / per_second,
            "s",
            f"ours is {ours_s * per_second / needed:.1f} times that",
        ),
    ]


def live_rows(count: int) -> list[Row]:
    """Return what live cameras cost: quiet ones, and the median look by what had changed."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # as in `python -m benchmarks.live`
    fps, share = share_of_core(count, 60)
    rows: list[Row] = [
        (
            f"{count} quiet cameras at {fps:.2f} frames a second",
            100 * share,
            "% of one core",
            "≤ 60",
        )
    ]
    taken = list(looks())
    cv2.setNumThreads(threads)
    for title in dict.fromkeys(look.title for look in taken):
        alike = [look for look in taken if look.title == title]
        anew = median(look.wall_s / look.anew_s for look in alike)
        beside = f"{anew:.2f} of reading all anew; ≤ 1.5 s"
        rows.append((f"look, {title}", median(look.wall_s for look in alike), "s", beside))
    return rows


def floor_operations(image_wh: tuple[int, int], lines: int) -> float:
    """Return the operations of the models for a photo, its strips of packs not looked at.

    The detector's close looks are counted at the sizes about the one it was trained for.
    """
    width, height = image_wh
    shelf, surroundings = shipped_weights()
    models = Path(rapidocr.__file__).with_name("models")
    (finder,) = models.glob("*det*.onnx")
    (reader,) = models.glob("*rec*.onnx")

    def at(side: float) -> tuple[int, ...]:
        scale = side / max(width, height)
        return (1, 3, *(max(32, round(edge * scale / 32) * 32) for edge in (height, width)))

    return (
        operations(shelf.path, at(GLANCE_SIDE_PX))
        + sum(operations(shelf.path, at(shelf.image_side_px * step)) for step in STEPS)
        + operations(surroundings.path, at(SURROUNDINGS_SIDE_PX))
        + operations(finder, at(LOOK_SIDE_PX))
        + lines * operations(reader, (1, 3, 48, 320))
    )


def plot(rows: list[Row], heading: str, path: Path) -> None:
    """Draw the times as bars."""
    figure, axes = plt.subplots(figsize=(9, 0.34 * len(rows) + 1.2), layout="constrained")
    names, seconds = [row[0] for row in rows][::-1], [row[1] for row in rows][::-1]
    bars = axes.barh(names, seconds, color="#3d6b8f")
    axes.bar_label(bars, fmt="%.2f s", padding=3, fontsize=8)
    axes.set_xscale("log")
    axes.set_xlabel("seconds (logarithmic)")
    axes.set_title(heading, fontsize=8, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=130)


if __name__ == "__main__":
    main()
