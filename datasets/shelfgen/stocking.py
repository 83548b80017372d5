"""Puts goods on the boards: facings, stacks, rows behind, gaps, labels, trays and cartons."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from datasets.shelfgen.fixture import Bay, plain
from datasets.shelfgen.lettering import BOLD, colour, stamp_text
from datasets.shelfgen.products import Product
from datasets.shelfgen.render import Texture
from datasets.shelfgen.stage import Stage


@dataclass(frozen=True)
class Habit:
    """How tidily and how densely a shop fills its boards.

    Attributes:
        facings: Least and most facings of one article side by side.
        rows: Most rows one behind the other.
        gap_m: Usual gap between two groups.
        hole_share: How often a stretch of board stays empty.
        yaw_deg: Usual turn of a pack.
        tray_share: How often a group stands in an open cardboard tray.
        label_share: How often a group has its price label.
    """

    facings: tuple[int, int] = (1, 4)
    rows: int = 3
    gap_m: float = 0.01
    hole_share: float = 0.1
    yaw_deg: float = 2.0
    tray_share: float = 0.05
    label_share: float = 0.85


def place_group(
    stage: Stage,
    bay: Bay,
    level: int,
    product: Product,
    x_m: float,
    *,
    facings: int,
    stacked: int,
    rows: int,
    setback_m: float,
    habit: Habit,
) -> float:
    """Stand a group of one article on a board and return the x where it ends, in metres."""
    rng = stage.rng
    w, h, d = product.size_m
    top = bay.shelf_tops_m[level]
    soft = product.shape == "pouch"
    pitch = w * rng.uniform(0.84, 1.02) if soft else w + rng.uniform(0.0005, 0.006)
    rows = max(1, min(rows, int((bay.depth_m - setback_m) / (d + 0.004))))
    for facing in range(facings):
        taken = int(rng.integers(1, rows + 1)) if rows > 1 and rng.random() < 0.08 else 0
        for row in range(taken, rows):
            untidy = habit.yaw_deg * (3 if rng.random() < 0.1 else 1) + 3 * soft
            yaw = float(np.radians(rng.normal(0, untidy)))
            for storey in range(stacked):
                y = setback_m + row * (d + 0.004) + abs(rng.normal(0, 0.004))
                if soft:
                    y += rng.uniform(0, 0.02)
                z = top + storey * h
                x = x_m + w / 2 + facing * pitch + rng.normal(0, 0.0012 + 0.003 * soft)
                stage.add_pack(
                    product,
                    (float(x), float(y), float(z)),
                    bay=bay,
                    level=level,
                    row=row,
                    headroom_m=bay.headroom_m(level) - (storey + 1) * h,
                    yaw_rad=yaw,
                )
    end = x_m + w + (facings - 1) * pitch
    stage.add_contact_shadow(x_m, end, min(setback_m + rows * d + 0.02, bay.depth_m), top)
    return float(end)


def label_group(
    stage: Stage,
    bay: Bay,
    level: int,
    product: Product,
    x0_m: float,
    x1_m: float,
    *,
    price: str | None = None,
    poster_share: float = 0.06,
) -> None:
    """Put a price label into the rail somewhere under a group, now and then a larger one."""
    rng = stage.rng
    h = bay.rail_m * rng.uniform(0.75, 1.0)
    w = h * rng.uniform(1.3, 2.3)
    if rng.random() < poster_share:  # a poster price hangs out of the rail
        w, h = rng.uniform(0.08, 0.14), rng.uniform(0.07, 0.12)
    left = np.clip(x0_m + rng.uniform(0, max(x1_m - x0_m - w, 0.01)), bay.x0_m, bay.x1_m - w)
    price = price or (
        f"{rng.integers(9, 300)},{rng.choice(('00', '50', '95'))}"
        if rng.random() < 0.6
        else str(rng.integers(15, 999))
    )
    top = bay.shelf_tops_m[level] - (bay.rail_m - min(h, bay.rail_m)) / 2
    stage.add_price_label(product, price, float(left), float(top), (w, h), bay=bay, level=level)


def add_tray(stage: Stage, bay: Bay, level: int, x0_m: float, x1_m: float, height_m: float) -> None:
    """Put the front of an open cardboard tray before a group; it is no pack."""
    rng = stage.rng
    paint = (
        colour(rng.uniform(25, 35), rng.uniform(0.25, 0.5), rng.uniform(0.5, 0.8))
        if rng.random() < 0.6
        else colour(rng.uniform(0, 360), 0.8, rng.uniform(0.4, 0.9))
    )
    face = plain(paint, rng, (64, 16), 4)
    stage.add_box(
        "clutter",
        ((x0_m + x1_m) / 2, 0.0015, bay.shelf_tops_m[level]),
        (x1_m - x0_m, height_m, 0.003),
        (face, face, face),
        clutter="tray",
    )


def add_cartons(stage: Stage, bay: Bay, level: int) -> None:
    """Fill a board with the brown cartons of a store's stock; they are no packs."""
    rng = stage.rng
    x = bay.x0_m + rng.uniform(0, 0.1)
    while True:
        w, h = rng.uniform(0.2, 0.5), rng.uniform(0.12, min(0.42, bay.headroom_m(level) + 0.1))
        if x + w > bay.x1_m:
            return
        paint = colour(rng.uniform(24, 34), rng.uniform(0.2, 0.5), rng.uniform(0.5, 0.85))
        if rng.random() < 0.25:
            paint = colour(rng.uniform(0, 360), rng.uniform(0, 0.5), rng.uniform(0.7, 1))
        picture = plain(paint, rng, (128, 96), 5).levels[0].copy()
        ink = colour(rng.choice((0, 220, 20)), rng.uniform(0, 0.9), rng.uniform(0.2, 0.6))
        for _ in range(int(rng.integers(0, 6))):
            box = (rng.uniform(0, 60), rng.uniform(0, 70), rng.uniform(25, 70), rng.uniform(8, 24))
            stamp_text(
                picture,
                str(rng.choice(("KARTON 24", "TOP", "12 x 500", "FRAGILE", "90 g", "15"))),
                box,
                ink,
                font=BOLD,
            )
        for _ in range(int(rng.integers(0, 3))):
            x0, y0 = int(rng.integers(0, 90)), int(rng.integers(0, 70))
            cv2.rectangle(picture, (x0, y0), (x0 + int(rng.integers(15, 60)), y0 + 22), ink, 1)
        if rng.random() < 0.5:
            cv2.rectangle(picture, (0, 0), (127, 10), tuple(int(v * 0.85) for v in paint), -1)
        face = Texture(picture)
        side = plain(paint, rng, (32, 32), 4)
        stage.add_box(
            "clutter",
            (x + w / 2, rng.uniform(0, 0.08), bay.shelf_tops_m[level]),
            (w, h, min(0.35, bay.depth_m)),
            (face, side, side),
            gain=0.85,
            clutter="carton",
        )
        x += w + rng.uniform(0, 0.06)


def fill_level(
    stage: Stage,
    bay: Bay,
    level: int,
    pool: list[Product],
    habit: Habit,
    *,
    from_m: float | None = None,
    to_m: float | None = None,
    full: bool = False,
) -> None:
    """Fill a board from left to right with articles of a pool that fit under the next one.

    With `full`, articles that fill most of the height are taken first, as a supermarket does.
    """
    rng = stage.rng
    x = (bay.x0_m if from_m is None else from_m) + rng.uniform(0.002, 0.03)
    end = bay.x1_m if to_m is None else to_m
    room = bay.headroom_m(level) - 0.012
    fitting = [p for p in pool if p.size_m[1] <= room and p.size_m[2] <= bay.depth_m]
    if full and rng.random() < 0.8:
        fitting = [p for p in fitting if p.size_m[1] > 0.45 * room or p.shape == "box"] or fitting
    setback = rng.uniform(0.003, 0.03)
    while fitting and x < end:
        if rng.random() < habit.hole_share:
            x += rng.uniform(0.05, 0.3)
        product = fitting[int(rng.integers(len(fitting)))]
        w, h, _ = product.size_m
        facings = int(rng.integers(habit.facings[0], habit.facings[1] + 1))
        facings = min(facings, int((end - x) / (w + 0.006)))
        if facings < 1:
            fitting = [p for p in fitting if p.size_m[0] < w]
            continue
        stacked = 1
        if product.shape in ("box", "can"):
            most = int(room / h)
            if most > 1 and rng.random() < (0.8 if h < 0.07 or full else 0.25):
                stacked = int(rng.integers(2, min(most, 5) + 1))
        deep = rng.random() < 0.06
        start = x
        x = place_group(
            stage,
            bay,
            level,
            product,
            x,
            facings=facings,
            stacked=stacked,
            rows=int(rng.integers(1, habit.rows + 1)),
            setback_m=setback + (rng.uniform(0.05, 0.2) if deep else 0),
            habit=habit,
        )
        if rng.random() < habit.tray_share:
            add_tray(stage, bay, level, start, x, float(min(rng.uniform(0.015, 0.06), h * 0.4)))
        if rng.random() < habit.label_share:
            label_group(stage, bay, level, product, start, x)
        x += abs(rng.normal(0, habit.gap_m))
