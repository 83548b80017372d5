"""How good heights are, cue by cue: `python -m benchmarks.heights [--photos 200] [--docs]`.

A Monte Carlo study with synthetic photos of 12 megapixels: 1.3–3.2 m away, pitch ±12°, yaw ±25°,
EXIF focal length ±2 %, corner noise 0.5 px, the kit put up as imprecisely as people do; two edges
on each of seven shelves and eight uprights, each with a tilt of its own of 0.2°, and four lines
that run elsewhere; a floor line 1 ± 3 cm before the front, in the picture of two photos in three;
with a camera profile the focal length is known to 0.3 %. Packs stand at 60 to 180 cm. Of cropped
photos 10 to 35 % was cut off on one side. Where one shelf edge was measured and there is no other
scale, only packs on it have a height; those photos are taken 0.6–4 m away, pitch ±20°, yaw ±30°.
`--docs` writes the table and the plot into docs/.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
import shapely

from inspector.capture.exif import FILM_DIAGONAL_MM, PhotoExif, intrinsics_from_exif
from inspector.domain.capture import NOTHING_TOLD, HeightMark, Told
from inspector.domain.quantity import Measured
from inspector.domain.scene import Pack, Scene, StraightEdge, Tag
from inspector.evaluation.machine import commit, hardware
from inspector.geometry.cues import CLICK_U_SHARE
from inspector.geometry.feet import heights_of_feet, heights_on_edge
from inspector.geometry.fitting import fit_camera
from inspector.geometry.floor import RIM_SHARE
from inspector.geometry.heights import (
    EDGE_DEPTH_U_M,
    PACK_DEPTH_M,
    PACK_DEPTH_U_M,
    heights_of_packs,
)
from inspector.geometry.kit import FLOOR_CARD, MARK_140, STRIP
from inspector.geometry.layout import lay_out
from inspector.measuring import PACK_U_SHARE, fit_scene
from tests.geometry.synthetic import IMAGE_WH, edges_of, packs_of, random_photo, tags_of

DOCS = Path(__file__).parents[1] / "docs"
CORNER_NOISE_PX = 0.5
BOX_U_PX = 3.0
TILT_DEG = 0.2
PROFILE_U_REL = 0.003
PARTS = {"strip": STRIP, "140 mark": MARK_140, "floor card": FLOOR_CARD}
MIXES: dict[str, tuple[str, ...]] = {
    "strip": ("strip",),
    "strip, no edges": ("strip", "no edges"),
    "140 mark": ("140 mark",),
    "140 mark, no edges": ("140 mark", "no edges"),
    "floor card": ("floor card",),
    "floor card, no edges": ("floor card", "no edges"),
    "camera height ± 1 cm": ("camera height",),
    "camera height ± 1 cm, floor in view": ("camera height", "floor in view"),
    "camera height ± 1 cm, floor in view, camera profile": (
        "camera height",
        "floor in view",
        "profile",
    ),
    "camera height ± 1 cm, device tilt": ("camera height", "tilt"),
    "camera height ± 1 cm, floor line hidden": ("camera height", "no floor"),
    "two shelf edges by tape": ("two edges",),
    "floor card, camera height ± 1 cm": ("floor card", "camera height"),
    "140 mark, floor card": ("140 mark", "floor card"),
    "140 mark, one shelf edge by tape": ("140 mark", "edge"),
    "strip, 140 mark, floor card": ("strip", "140 mark", "floor card"),
    "strip, cropped": ("strip", "cropped"),
    "140 mark, cropped": ("140 mark", "cropped"),
    "140 mark, no edges, cropped": ("140 mark", "no edges", "cropped"),
    "floor card, cropped": ("floor card", "cropped"),
    "camera height ± 1 cm, cropped": ("camera height", "cropped"),
}


@dataclass(frozen=True)
class Row:
    """One pack in one photo.

    Attributes:
        height_m: True height.
        error_m: Height measured less true height.
        half_m: Half-width of the interval.
        is_inside: True when it holds the true height.
    """

    height_m: float
    error_m: float
    half_m: float
    is_inside: bool

    @classmethod
    def of(cls, height_m: float, found: Measured) -> Row:
        """Return the row of a pack of known height."""
        return cls(
            height_m,
            found.value_m - height_m,
            (found.high_m - found.low_m) / 2,
            found.low_m <= height_m <= found.high_m,
        )


def rows_of(seed: int, cues: Sequence[str]) -> Iterator[Row]:
    """Yield the packs of one synthetic photo; none when a cue is out of view or contradicted."""
    rng = np.random.default_rng(seed)
    photo = random_photo(rng, focal_u_rel=PROFILE_U_REL if "profile" in cues else 0.02)
    floor_px = photo.project([[-0.5, 0.0, 0.0], [0.5, 0.0, 0.0]])
    if "floor in view" in cues and floor_px[:, 1].max() > (1 - RIM_SHARE) * IMAGE_WH[1]:
        return
    tags = []
    for name, part in PARTS.items():
        if name in cues:
            x_m = rng.uniform(-0.4, 0.4)
            seen = tags_of(photo, part, rng, x_m=x_m, noise_px=CORNER_NOISE_PX)
            if not seen:
                return
            tags += seen
    has_floor = "no floor" not in cues
    edges = edges_of(
        photo,
        rng,
        shelves=np.repeat(np.arange(0.2, 1.9, 0.28), 2),
        uprights=8,
        outliers=4,
        floor=has_floor,
        plinth_m=rng.normal(0.01, 0.03),
        tilt_deg=TILT_DEG,
    )
    packs_px = packs_of(photo, rng)
    lens, corner_px, image_wh = photo.told, np.zeros(2), IMAGE_WH
    if "cropped" in cues:
        box_px = _cut(rng)
        corner_px = box_px[:2]
        image_wh = (int(box_px[2] - box_px[0]), int(box_px[3] - box_px[1]))
        exif = PhotoExif(
            focal_35mm=lens.focal_px * FILM_DIAGONAL_MM / np.hypot(*IMAGE_WH), size_wh=IMAGE_WH
        )
        lens = intrinsics_from_exif(exif, image_wh)
        tags = [
            Tag(t.tag_id, t.corners_px - corner_px) for t in tags if _lie_in(box_px, t.corners_px)
        ]
        if not tags and any(name in cues for name in PARTS):
            return
        edges = list(_edges_in(box_px, edges))
        packs_px = [
            tuple(np.array(box) - np.tile(corner_px, 2))
            for box in packs_px
            if _lie_in(box_px, np.array(box).reshape(2, 2))
        ]
    told = Told(
        camera_height_m=photo.position_m[2] + rng.normal(0, 0.005)
        if "camera height" in cues
        else None,
        marks=tuple(_marks(photo, rng, cues)),
        down=_down(photo, rng) if "tilt" in cues else None,
    )
    fit = fit_camera(
        tags,
        () if "no edges" in cues else edges,
        lens,
        told=told,
        packs_px=packs_px,
    )
    heights_m = np.arange(0.6, 1.85, 0.1)
    places = [
        [rng.uniform(-0.4, 0.4), rng.normal(PACK_DEPTH_M, PACK_DEPTH_U_M), h] for h in heights_m
    ]
    points = photo.project(places) - corner_px
    points[:, 1] += rng.normal(0, BOX_U_PX, len(points))
    found = heights_of_packs(fit, [tuple(p) for p in points.tolist()], u_px=BOX_U_PX)
    for height_m, point, height in zip(heights_m, points, found, strict=True):
        is_in_view = bool(np.all((point > 0) & (point < image_wh)))
        if is_in_view and isinstance(height, Measured):
            yield Row.of(height_m, height)


def rows_on_edge(seed: int) -> Iterator[Row]:
    """Yield the packs on a shelf whose edge was measured, in a photo without any other scale."""
    rng = np.random.default_rng(seed)
    photo = random_photo(rng, distance_m=(0.6, 4.0), yaw_deg=30, pitch_deg=20)
    height_m, depth_m = rng.uniform(1.2, 1.6), rng.normal(0, EDGE_DEPTH_U_M)
    ends = photo.project([[-0.45, depth_m, height_m], [0.45, depth_m, height_m]])
    ends += rng.normal(0, CLICK_U_SHARE * max(IMAGE_WH), (2, 2))
    edge = HeightMark(tuple(map(tuple, ends.tolist())), height_m + rng.normal(0, 0.0025))
    boxes_px = []
    for x_m in np.linspace(-0.4, 0.35, 10):
        width_m, tall_m = rng.uniform([0.04, 0.04], [0.10, 0.14])
        back_m = depth_m + abs(rng.normal(PACK_DEPTH_M, PACK_DEPTH_U_M))
        top_m = height_m + tall_m
        corners = photo.project([[x_m, back_m, height_m], [x_m + width_m, back_m, top_m]])
        box_px = (corners[0, 0], corners[1, 1], corners[1, 0], corners[0, 1])
        if _lie_in(np.array([0.0, 0.0, *IMAGE_WH]), corners):
            boxes_px.append(box_px)
    if not boxes_px:
        return
    boxes = np.array(boxes_px)
    sides_px = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))
    u_px = max(BOX_U_PX, PACK_U_SHARE * float(np.median(sides_px)))
    boxes[:, 3] += rng.normal(0, u_px, len(boxes))
    packs = [Pack(f"p{n}", tuple(box), 0.9) for n, box in enumerate(boxes.tolist())]
    for found in heights_on_edge(packs, edge, photo.told, u_px=u_px).values():
        if isinstance(found, Measured):
            yield Row.of(height_m, found)


def _cut(rng) -> np.ndarray:  # noqa: ANN001
    """Return what is left of a picture, left, top, right and bottom, when a side was cut off."""
    left = np.array([0.0, 0.0, *IMAGE_WH])
    side = rng.integers(4)
    inward = 1 if side < 2 else -1
    left[side] += inward * np.round(rng.uniform(0.10, 0.35) * IMAGE_WH[side % 2])
    return left


def _lie_in(box_px: np.ndarray, points_px: np.ndarray) -> bool:
    return bool(np.all((points_px > box_px[:2]) & (points_px < box_px[2:])))


def _edges_in(box_px: np.ndarray, edges: Sequence[StraightEdge]) -> Iterator[StraightEdge]:
    """Yield what a cut leaves of edges."""
    for edge in edges:
        rest = shapely.clip_by_rect(shapely.LineString(edge.ends_px), *box_px)
        if not rest.is_empty:
            ends_px = shapely.get_coordinates(rest) - box_px[:2]
            yield StraightEdge(tuple(map(tuple, ends_px.tolist())), edge.is_upright)


def _marks(photo, rng, cues: Sequence[str]) -> Iterator[HeightMark]:  # noqa: ANN001
    heights_m = (0.55, 1.55) if "two edges" in cues else (1.55,) if "edge" in cues else ()
    for height_m in heights_m:
        depth_m = rng.normal(0, EDGE_DEPTH_U_M)
        ends = photo.project([[-0.35, depth_m, height_m], [0.35, depth_m, height_m]])
        ends += rng.normal(0, CLICK_U_SHARE * max(IMAGE_WH), (2, 2))
        told_m = height_m + rng.normal(0, 0.0025)
        yield HeightMark(tuple(map(tuple, ends.tolist())), told_m)


def _down(photo, rng) -> tuple[float, float, float]:  # noqa: ANN001
    down = -photo.rotation[:, 2] + rng.normal(0, np.radians(1.0), 3)
    x, y, z = (down / np.linalg.norm(down)).tolist()
    return x, y, z


def times(packs: int = 200, repeat: int = 20) -> str:
    """Return how long it takes to solve a photo and to measure its packs, each photo a new one.

    A solution is kept, so that a second look at the same photo costs next to nothing.
    """
    lines = []
    for name in ("strip", "camera height ± 1 cm"):
        spans_s = np.array([_time_of(seed, name, packs) for seed in range(repeat)])
        fit_ms, shelves_ms, feet_ms = 1000 * np.median(spans_s, axis=0)
        all_ms = 1000 * spans_s.sum(axis=1)
        lines.append(
            f"{name}, {packs} packs: {np.median(all_ms):.0f} ms, median of {repeat} photos (fit "
            f"{fit_ms:.0f}, shelves {shelves_ms:.0f}, feet {feet_ms:.0f}), "
            f"slowest {all_ms.max():.0f} ms"
        )
    return "\n".join([*lines, f"(limit 100 ms; {hardware()}; {commit()})"])


def _time_of(seed: int, name: str, packs: int) -> tuple[float, float, float]:
    """Return processor time of the fit, of finding shelves and of feet, in seconds."""
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    shelves_m = np.arange(0.2, 1.9, 0.28)
    edges = edges_of(photo, rng, shelves=np.repeat(shelves_m, 2), uprights=8, floor=True)
    is_strip = name in PARTS
    scene = Scene(
        packs=tuple(_row_of_packs(photo, rng, shelves_m, packs)),
        tags=tuple(tags_of(photo, PARTS[name], rng)) if is_strip else (),
        straight_edges=tuple(edges),
    )
    told = NOTHING_TOLD if is_strip else Told(camera_height_m=float(photo.position_m[2]))
    began = time.process_time()
    fit = fit_scene(scene, photo.told, told)
    fitted = time.process_time()
    layout = lay_out(scene, fit, box_u_px=BOX_U_PX)
    laid_out = time.process_time()
    heights_of_feet(scene.packs, layout, fit, u_px=BOX_U_PX, doors_px=())
    ended = time.process_time()
    return fitted - began, laid_out - fitted, ended - laid_out


def _row_of_packs(photo, rng, shelves_m, count: int) -> Iterator[Pack]:  # noqa: ANN001
    """Yield packs side by side on shelves of a metre."""
    each = -(-count // len(shelves_m))
    for n in range(count):
        left_m, height_m = n % each / each - 0.5, shelves_m[n // each]
        depth_m = rng.normal(PACK_DEPTH_M, PACK_DEPTH_U_M)
        corners_m = [[left_m, depth_m, height_m], [left_m + 0.9 / each, depth_m, height_m + 0.1]]
        (x1, y2), (x2, y1) = photo.project(corners_m).tolist()
        yield Pack(f"p{n + 1}", (x1, y1, x2, y2), 0.9)


def table(rows: dict[str, list[Row]], photos: int) -> str:
    """Return the study as a Markdown table."""
    lines = [
        "| cues | packs | median error, cm | 95 % of errors, cm | truth inside | half-width near "
        "140 cm, cm |",
        "|---|---|---|---|---|---|",
    ]
    for name, found in rows.items():
        error = 100 * np.abs([row.error_m for row in found])
        half = 100 * np.array([row.half_m for row in found])
        near = np.abs(np.array([row.height_m for row in found]) - 1.4) < 0.25
        lines.append(
            f"| {name} | {len(found)} | {np.median(error):.2f} | {np.quantile(error, 0.95):.2f} | "
            f"{np.mean([row.is_inside for row in found]):.1%} | {np.median(half[near]):.2f} |"
        )
    lines += ["", f"{photos} photos for each row; {hardware()}; {commit()}."]
    return "\n".join(lines)


def plot(rows: dict[str, list[Row]], path: Path) -> None:
    """Draw error and half-width over height, one line for each cue alone."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7.5, 4.2), layout="constrained")
    alone = ("strip", "140 mark", "floor card", "camera height ± 1 cm", "two shelf edges by tape")
    for colour, name in zip(plt.get_cmap("tab10").colors, alone, strict=False):
        heights_m = sorted({row.height_m for row in rows[name]})
        at = [[row for row in rows[name] if row.height_m == h] for h in heights_m]
        centimetres = [100 * h for h in heights_m]
        half = [100 * np.median([row.half_m for row in found]) for found in at]
        error = [100 * np.quantile([abs(row.error_m) for row in found], 0.95) for found in at]
        axes.plot(centimetres, half, color=colour, label=name)
        axes.plot(centimetres, error, color=colour, linestyle=":")
    axes.axvline(140, color="0.6", linewidth=1)
    axes.set(
        xlabel="height of the pack, cm",
        ylabel="cm",
        yscale="log",
        title="Half-width of the interval (line) and 95 % of the errors (dotted)",
    )
    axes.legend(fontsize=8)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=200, help="photos for each mix of cues")
    parser.add_argument("--docs", action="store_true", help="write table and plot into docs/")
    arguments = parser.parse_args()
    rows = {
        name: [row for seed in range(arguments.photos) for row in rows_of(seed, cues)]
        for name, cues in MIXES.items()
    }
    rows["one shelf edge by tape, packs on it"] = [
        row for seed in range(arguments.photos) for row in rows_on_edge(seed)
    ]
    text = table(rows, arguments.photos)
    print(text)
    print(f"\n{times()}")
    if arguments.docs:
        (DOCS / "heights-study.md").write_text(
            f"# Heights, cue by cue\n\n{__doc__.partition(chr(10))[2].strip()}\n\n{text}\n\n"
            "![Half-widths and errors over height](pictures/heights-study.png)\n",
            encoding="utf-8",
        )
        plot(rows, DOCS / "pictures" / "heights-study.png")


if __name__ == "__main__":
    main()
