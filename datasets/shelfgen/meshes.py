"""Packs as closed bodies for the path tracer: boxes, turned bottles, crumpled bags.

The rasteriser of `render` draws round packs and bags as cut-outs; light needs the body itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import cv2
import numpy as np

from datasets.shelfgen.camera import Array
from datasets.shelfgen.lettering import Colour, colour
from datasets.shelfgen.render import Texture
from datasets.shelfgen.solids import Dressed, half_widths

SEGMENTS = 28
BAG_GRID = (14, 18)
BAG_VARIANTS = 4


@dataclass(frozen=True)
class Skin:
    """The surface of a part of a body.

    Attributes:
        print_: Its picture, or its plain colour (BGR).
        roughness: 0 a mirror, 1 chalk.
        metallic: 0 or 1.
    """

    print_: Texture | Colour
    roughness: float
    metallic: float = 0.0


@dataclass(frozen=True)
class Body:
    """A mesh in its own frame: x right, y away from the aisle, z up; its foot's front middle at 0.

    Attributes:
        vertices_m: Shape (N, 3).
        quads: Shape (M, 4), vertex numbers, anticlockwise from outside.
        uv: Shape (M, 4, 2), 0 to 1, origin at the picture's lower left.
        skin_of: Shape (M,), which skin each face wears.
        skins: The skins.
        smooth: Whether the faces meet without a crease.
    """

    vertices_m: Array
    quads: np.ndarray
    uv: np.ndarray
    skin_of: np.ndarray
    skins: tuple[Skin, ...]
    smooth: bool


def body(pack: Dressed, variant: int = 0) -> Body:
    """Return the body of a dressed pack; bags of one article differ by variant."""
    rng = np.random.default_rng((crc32(pack.product.sku.encode()), variant))
    match pack.product.shape:
        case "box":
            return _box(pack, rng)
        case "pouch":
            return _bag(pack, rng)
        case _:
            return _turned(pack, rng)


def _box(pack: Dressed, rng: np.random.Generator) -> Body:
    w, h, d = pack.product.size_m
    x, ys, zs = w / 2, (0.0, d), (0.0, h)
    vertices = np.array([(sx * x, y, z) for y in ys for z in zs for sx in (-1, 1)])
    #          front         right         back          left          top           bottom
    quads = [(0, 1, 3, 2), (1, 5, 7, 3), (5, 4, 6, 7), (4, 0, 2, 6), (2, 3, 7, 6), (4, 5, 1, 0)]
    square = ((0, 0), (1, 0), (1, 1), (0, 1))
    gloss = float(rng.uniform(0.2, 0.65))
    skins = tuple(Skin(face, gloss) for face in (pack.front, pack.side, pack.top))
    return Body(
        vertices, np.array(quads), np.array([square] * 6, float), np.array([0, 1, 1, 1, 2, 1]),
        skins, smooth=False,
    )  # fmt: skip


def _turned(pack: Dressed, rng: np.random.Generator) -> Body:
    """Turn the outline of a bottle, can, jar or tube about its axis, label towards the aisle."""
    shape = pack.product.shape
    w, h, d = pack.product.size_m
    rows = 40
    half, cap_end, label_top = half_widths(shape, rows, rng)
    label_end = float(rng.uniform(0.82, 1.0))
    if shape == "can":
        label_top, label_end = 0.05, 0.95
    if shape == "tube":
        label_top, label_end = 0.03, 0.86
    share = float(rng.uniform(0.45, 1.0))  # of the round that the label goes
    t = (np.arange(rows) + 0.5) / rows
    angles = np.linspace(-np.pi, np.pi, SEGMENTS + 1)  # 0 looks at the aisle
    radius = np.concatenate([[1e-3], half, [1e-3]])
    level = np.concatenate([[0.0], t, [1.0]])
    flat = d / w if shape == "tube" else 1.0
    ring = np.stack([np.sin(angles), -np.cos(angles) * flat], -1) * w / 2
    vertices = np.concatenate(
        [
            np.column_stack([ring * r, np.full(len(angles), h * (1 - z))])
            for r, z in zip(radius, level, strict=True)
        ]
    ) + np.array([0, w / 2 * flat, 0])
    across = SEGMENTS + 1
    quads, uv, skin_of = [], [], []
    for row in range(rows + 1):
        middle = (level[row] + level[row + 1]) / 2
        in_label = label_top < middle < label_end
        in_cap = middle > 0.86 if shape == "tube" else middle < cap_end
        v0, v1 = (1 - (level[k] - label_top) / (label_end - label_top) for k in (row, row + 1))
        for k in range(SEGMENTS):
            a = row * across + k
            quads.append((a + across, a + across + 1, a + 1, a))
            u0, u1 = (angles[j] / (2 * np.pi * share) + 0.5 for j in (k, k + 1))
            uv.append(((u0, v1), (u1, v1), (u1, v0), (u0, v0)))
            on_label = in_label and 0 <= (u0 + u1) / 2 <= 1
            skin_of.append(1 if on_label else 2 if in_cap else 0)
    liquid = colour(
        rng.choice((0, 20, 30, 40, 55, 110, 200)), rng.uniform(0, 0.95), rng.uniform(0.08, 1)
    )
    cap = colour(rng.uniform(0, 360), rng.choice((0.0, 0.8)), rng.uniform(0.1, 1))
    metal = shape == "can"
    skins = (
        Skin((190, 190, 190) if metal else liquid, float(rng.uniform(0.05, 0.4)), float(metal)),
        Skin(Texture(pack.print_bgr), float(rng.uniform(0.15, 0.6))),
        Skin(cap, float(rng.uniform(0.2, 0.5))),
    )
    return Body(vertices, np.array(quads), np.clip(uv, 0, 1), np.array(skin_of), skins, smooth=True)


def _bag(pack: Dressed, rng: np.random.Generator) -> Body:
    """Blow up two sheets between their seams, and crumple them."""
    w, h, d = pack.product.size_m
    columns, rows = BAG_GRID
    u, v = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1))
    x, y = 2 * u - 1, 2 * v - 1
    seam = float(rng.uniform(0.85, 0.94))
    inside = np.clip(1 - np.abs(y / seam) ** rng.uniform(2, 5), 0, 1)
    swell = (np.clip(1 - np.abs(x) ** rng.uniform(2, 4), 0, 1) * inside) ** rng.uniform(0.5, 0.9)

    def crumpled(cells: tuple[int, int]) -> np.ndarray:
        noise = rng.normal(0, 1, cells).astype(np.float32)
        return cv2.resize(noise, (columns + 1, rows + 1), interpolation=cv2.INTER_CUBIC)

    pleats = np.cos(x * rng.uniform(8, 22) + rng.uniform(0, 6)) * np.abs(y) ** 4
    # Lower goods sink, so the belly hangs below the middle; the top falls a little back.
    belly = 1 + rng.uniform(0, 0.35) * -y
    sheets = []
    for side in (-1, 1):
        thick = d / 2 * swell * belly
        relief = d * (0.05 * crumpled((5, 4)) + 0.025 * crumpled((12, 9)) + 0.03 * pleats)
        depth = side * np.maximum(thick + relief * (swell > 0.02), 0.001)
        depth = depth + d / 2 + v * h * rng.uniform(0.0, 0.12)
        narrow = 1 - 0.12 * swell * rng.uniform(0.3, 1)
        height = v * h * (1 - 0.05 * swell.max()) + 0.01 * h * crumpled((3, 3)) * v
        sheets.append(np.stack([x * w / 2 * narrow, depth, np.maximum(height, 0)], -1))
    sheets[1][..., 1] = np.maximum(sheets[1][..., 1], sheets[0][..., 1] + 0.001)
    vertices = np.concatenate([s.reshape(-1, 3) for s in sheets])
    across, one = columns + 1, (columns + 1) * (rows + 1)
    quads, uv = [], []
    for row in range(rows):
        for k in range(columns):
            a = row * across + k
            corners = (a, a + 1, a + 1 + across, a + across)
            place = [(u.flat[j], v.flat[j]) for j in corners]
            quads += [corners, tuple(one + j for j in corners[::-1])]
            uv += [place, place[::-1]]
    skins = (Skin(Texture(pack.print_bgr), float(rng.uniform(0.12, 0.45))),)
    return Body(vertices, np.array(quads), np.array(uv), np.zeros(len(quads), int), skins, True)
