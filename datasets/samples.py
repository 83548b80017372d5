"""Makes the four bundled sample photographs: `python -m datasets.samples`.

Each tells one story that the inspector should understand. All artwork on them is drawn.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from datasets.shelfgen.camera import Camera
from datasets.shelfgen.fixture import UPRIGHT_M, Bay, Light
from datasets.shelfgen.lettering import Colour
from datasets.shelfgen.photo import Lens, save_jpeg, taken
from datasets.shelfgen.products import NAMED, Product
from datasets.shelfgen.stage import Stage
from datasets.shelfgen.stocking import Habit, label_group, place_group
from datasets.shelfgen.truth import described

OUT = Path(__file__).parent / "samples"
IMAGE_WH = (1536, 2048)
TEXEL_M = 0.00035
LENS = Lens(blur_px=0.35, noise=1.2, vignette=0.10, gamma=0.95, sharpen=0.5, jpeg_quality=86)
TAKEN_AT = datetime.datetime(2026, 3, 2, 10, 15)
TIDY = Habit(yaw_deg=0.8, rows=3)
GROUP_GAP_M = 0.015

WHITE: Colour = (236, 238, 240)
GREY: Colour = (150, 150, 148)
GREEN: Colour = (70, 110, 30)
BLUE: Colour = (140, 70, 20)
RED: Colour = (40, 35, 175)


def article(name: str, pack_size: str | None = None) -> Product:
    """Return a named article."""
    return next(p for p in NAMED if p.name == name and pack_size in (None, p.pack_size))


def stage_for(
    seed: int,
    *,
    eye_m: tuple[float, float, float],
    yaw_deg: float,
    pitch_deg: float,
    roll_deg: float,
    focal_35mm: float = 25.0,
) -> Stage:
    """Return an empty, well lit stage with a room round it."""
    rng = np.random.default_rng(seed)
    camera = Camera.aimed(
        eye_m,
        yaw_deg=yaw_deg,
        pitch_deg=pitch_deg,
        roll_deg=roll_deg,
        focal_35mm=focal_35mm,
        image_wh=IMAGE_WH,
    )
    light = Light(tint=np.array([0.99, 1.0, 1.01]) * 1.03, depth_loss=0.35, under_loss=0.3)
    stage = Stage(camera, light, rng, TEXEL_M)
    stage.add_room(0.55)
    return stage


def bay_of(
    index: int,
    x0_m: float,
    width_m: float,
    shelf_tops_m: tuple[float, ...],
    *,
    rail: Colour,
    top_m: float = 2.0,
) -> Bay:
    """Return a white bay with coloured rails."""
    return Bay(
        index=index, x0_m=x0_m, width_m=width_m, depth_m=0.37, top_m=top_m,
        shelf_tops_m=shelf_tops_m, rail_m=0.042, body=WHITE, back=GREY, rail=rail,
    )  # fmt: skip


def stock(
    stage: Stage,
    bay: Bay,
    level: int,
    goods: list[tuple[Product, int, int]],
    *,
    start_m: float = 0.02,
    gap_m: float = GROUP_GAP_M,
) -> None:
    """Stand articles (product, facings, stacked) from left to right, each with its price label."""
    x = bay.x0_m + start_m
    for product, facings, stacked in goods:
        end = place_group(
            stage,
            bay,
            level,
            product,
            x,
            facings=facings,
            stacked=stacked,
            rows=2,
            setback_m=0.012,
            habit=TIDY,
        )
        price = f"{int(stage.rng.integers(29, 189))},{'95' if stage.rng.random() < 0.7 else '00'}"
        label_group(stage, bay, level, product, x, end, price=price, poster_share=0)
        x = end + gap_m


def pharmacy_good() -> Stage:
    """A pharmacy that does everything right: strip, sign, all medicine above 140 cm."""
    stage = stage_for(11, eye_m=(0.10, -1.76, 1.50), yaw_deg=-3, pitch_deg=-11, roll_deg=0.6)
    stage.store_type = "pharmacy"
    w = 0.75
    left = bay_of(0, -w - UPRIGHT_M / 2, w, (0.85, 1.12, 1.43, 1.72), rail=GREEN)
    right = bay_of(1, UPRIGHT_M / 2, w, (0.15, 0.50, 0.85, 1.15, 1.43, 1.72), rail=GREEN)
    for bay in (left, right):
        stage.add_bay(bay)
    a = article
    stock(stage, left, 3, [(a("Panodil"), 2, 2), (a("Pamol"), 2, 2), (a("Otrivin"), 3, 1)])
    stock(stage, left, 2, [(a("Strepsils"), 2, 2), (a("Ipren"), 2, 2), (a("Zymelin"), 3, 1)])
    for k, name in enumerate(("Panodil", "Nicorette", "Gaviscon", "Voltaren", "Clarityn")):
        card_x_m = left.x0_m + 0.05 + 0.135 * k
        stage.add_product_card(a(name), card_x_m, 1.12, bay=left, level=1, y_m=0.02)
    for k, name in enumerate(("Zyrtec", "Pinex", "Ibumetin", "Lamisil")):
        card_x_m = left.x0_m + 0.09 + 0.16 * k
        stage.add_product_card(a(name), card_x_m, 0.85, bay=left, level=0, y_m=0.02)
    stock(
        stage,
        right,
        5,
        [(a("Multi-tabs Family"), 3, 1), (a("Livol Multi"), 3, 1), (a("Omnimin"), 4, 1)],
    )
    stock(
        stage,
        right,
        4,
        [(a("Apovit C-vitamin"), 4, 1), (a("D-vitamin"), 3, 1), (a("Magnesium"), 4, 1)],
    )
    stock(stage, right, 3, [(a("Gerimax"), 2, 2), (a("Multi-tabs Junior"), 6, 1)])
    stock(
        stage,
        right,
        2,
        [(a("Nivea Creme"), 4, 1), (a("Shampoo Mild"), 4, 1), (a("Solcreme SPF 30"), 3, 1)],
    )
    stock(stage, right, 1, [(a("Colgate Total"), 2, 4), (a("Zendium"), 2, 4)])
    stock(stage, right, 0, [(a("Plaster Mix"), 3, 1), (a("Håndsprit"), 5, 1)])
    stage.add_sign(
        "Håndkøbslægemidler",
        left.x0_m + 0.02,
        2.0,
        (w - 0.04, 0.16),
        -0.004,
        placement="header",
        bay=left,
        level=None,
        ground=GREEN,
    )
    stage.add_sign(
        "Vitaminer",
        right.x0_m + 0.02,
        2.0,
        (w - 0.04, 0.16),
        -0.004,
        placement="header",
        bay=right,
        level=None,
        ground=WHITE,
    )
    stage.add_reference("S", 0.0)
    return stage


def retailer_too_low() -> Stage:
    """A shop with a proper sign, but one board of medicine at 110 cm."""
    stage = stage_for(12, eye_m=(-0.28, -1.76, 1.52), yaw_deg=9, pitch_deg=-11, roll_deg=-0.8)
    w = 1.0
    bay = bay_of(0, -w / 2, w, (0.15, 0.48, 0.80, 1.10, 1.42, 1.70), rail=BLUE)
    stage.add_bay(bay)
    a = article
    stock(
        stage,
        bay,
        5,
        [
            (a("Panodil"), 2, 2),
            (a("Treo Citrus"), 2, 2),
            (a("Strepsils"), 2, 2),
            (a("Zymelin"), 4, 1),
        ],
    )
    stock(
        stage,
        bay,
        4,
        [(a("Pamol"), 2, 2), (a("Ipren"), 2, 2), (a("Voltaren"), 1, 3), (a("Otrivin"), 4, 1)],
    )
    stock(
        stage,
        bay,
        3,
        [
            (a("Nicotinell"), 2, 1),
            (a("Nicorette", "105 stk"), 2, 1),
            (a("Gaviscon", "20 stk"), 2, 2),
            (a("Clarityn"), 1, 3),
        ],
    )
    stock(
        stage,
        bay,
        2,
        [(a("Shampoo Mild"), 5, 1), (a("Nivea Creme"), 5, 1), (a("Solcreme SPF 30"), 4, 1)],
    )
    stock(
        stage, bay, 1, [(a("Colgate Total"), 2, 4), (a("Zendium"), 2, 4), (a("Plaster Mix"), 2, 1)]
    )
    stock(stage, bay, 0, [(a("Termometer"), 7, 1), (a("Håndsprit"), 5, 1)])
    stage.add_sign(
        "Håndkøbsmedicin",
        bay.x0_m + 0.02,
        2.0,
        (w - 0.04, 0.18),
        -0.004,
        placement="header",
        bay=bay,
        level=None,
        ground=BLUE,
    )
    stage.add_reference("S", w / 2 + UPRIGHT_M / 2)
    return stage


def retailer_mixed() -> Stage:
    """A shop whose vitamins stand between the medicines; the 140 mark gives the scale."""
    stage = stage_for(25, eye_m=(0.2, -1.78, 1.52), yaw_deg=-6, pitch_deg=-11, roll_deg=0.3)
    w = 0.75
    tops = (0.15, 0.50, 0.84, 1.14, 1.45, 1.74)
    left = bay_of(0, -w - UPRIGHT_M / 2, w, tops, rail=GREY)
    right = bay_of(1, UPRIGHT_M / 2, w, tops, rail=GREY)
    for bay in (left, right):
        stage.add_bay(bay)
    a = article
    stock(
        stage,
        left,
        5,
        [(a("Nicotinell"), 2, 1), (a("Nicorette", "30 stk"), 2, 3), (a("Zonnic"), 3, 1)],
    )
    stock(
        stage,
        left,
        4,
        [
            (a("Panodil"), 2, 2),
            (a("Apovit C-vitamin"), 2, 1),
            (a("Pamol"), 2, 2),
            (a("D-vitamin"), 1, 1),
        ],
        gap_m=0.006,
    )
    for level in (4, 5):
        h = left.rail_m
        stage.add_sign(
            "Lægemidler",
            left.x0_m + 0.22,
            left.shelf_tops_m[level] - h - 0.004,
            (0.30, h + 0.008),
            -0.009,
            placement="shelf_edge",
            bay=left,
            level=level,
            ground=GREEN,
        )
    stock(stage, left, 3, [(a("Husk Psyllium"), 3, 1), (a("Idoform"), 2, 2), (a("Valerina"), 2, 2)])
    stock(stage, left, 2, [(a("Multi-tabs Junior"), 5, 1), (a("Livol Multi"), 5, 1)])
    stock(stage, left, 1, [(a("Durex Classic"), 4, 1), (a("Clearblue"), 2, 3)])
    stock(stage, left, 0, [(a("Lusekam"), 3, 1), (a("Saltvand"), 6, 1)])
    stock(stage, right, 5, [(a("Plaster Mix"), 4, 1), (a("Lusekam"), 3, 1)])
    stock(stage, right, 4, [(a("Saltvand"), 5, 1), (a("Termometer"), 6, 1)])
    stock(stage, right, 3, [(a("Nivea Creme"), 6, 1), (a("Solcreme SPF 30"), 5, 1)])
    stock(stage, right, 2, [(a("Shampoo Mild"), 6, 1), (a("Håndsprit"), 3, 1)])
    stock(stage, right, 1, [(a("Colgate Total"), 2, 4), (a("Zendium"), 2, 4)])
    stock(stage, right, 0, [(a("Håndsprit"), 5, 1), (a("Plaster Mix"), 3, 1)])
    stage.add_sign(
        "Hudpleje",
        right.x0_m + 0.02,
        2.0,
        (w - 0.04, 0.16),
        -0.004,
        placement="header",
        bay=right,
        level=None,
        ground=RED,
    )
    stage.add_reference("T", w + UPRIGHT_M)  # on the right upright, where no label hides it
    return stage


def no_scale() -> Stage:
    """A shop without any scale, under the wrong word, with a step stool before the shelf."""
    stage = stage_for(16, eye_m=(-0.3, -2.05, 1.55), yaw_deg=7, pitch_deg=-13, roll_deg=1.1)
    w = 1.0
    bay = bay_of(0, -w / 2, w, (0.15, 0.50, 0.84, 1.16, 1.45, 1.73), rail=RED)
    stage.add_bay(bay)
    a = article
    stock(
        stage,
        bay,
        5,
        [
            (a("Gaviscon", "20 stk"), 2, 2),
            (a("Clarityn"), 2, 3),
            (a("Voltaren"), 2, 3),
            (a("Zymelin"), 3, 1),
        ],
    )
    stock(
        stage,
        bay,
        4,
        [
            (a("Panodil Zapp"), 2, 2),
            (a("Ibumetin"), 2, 2),
            (a("Strepsils Honning"), 2, 2),
            (a("Otrivin"), 3, 1),
        ],
    )
    stock(
        stage,
        bay,
        3,
        [(a("Multi-tabs Family"), 4, 1), (a("Omnimin"), 5, 1), (a("Magnesium"), 5, 1)],
    )
    stock(
        stage, bay, 2, [(a("Nivea Creme"), 5, 1), (a("Shampoo Mild"), 5, 1), (a("Saltvand"), 5, 1)]
    )
    stock(stage, bay, 1, [(a("Plaster Mix"), 4, 1), (a("Clearblue"), 3, 3)])
    stock(stage, bay, 0, [(a("Håndsprit"), 4, 1), (a("Termometer"), 8, 1)])
    stage.add_sign(
        "Sundhed",
        bay.x0_m + 0.1,
        2.0,
        (w - 0.2, 0.18),
        -0.004,
        placement="header",
        bay=bay,
        level=None,
        ground=WHITE,
    )
    stage.add_aid("stool", 0.25, -0.42, 0.45)
    stage.add_reference("N", 0.0)
    return stage


STORIES: dict[str, Callable[[], Stage]] = {
    "pharmacy-good": pharmacy_good,
    "retailer-too-low": retailer_too_low,
    "retailer-mixed": retailer_mixed,
    "no-scale": no_scale,
}


def main() -> None:
    """Render all stories."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    for number, (name, build) in enumerate(STORIES.items()):
        stage = build()
        picture, ids = stage.render(supersample=2.0)
        save_jpeg(
            args.out / f"{name}.jpg",
            taken(picture, LENS, stage.rng),
            quality=LENS.jpeg_quality,
            focal_35mm=stage.camera.focal_35mm,
            taken_at=TAKEN_AT + datetime.timedelta(minutes=number),
        )
        truth = described(stage, ids, image=f"{name}.jpg", seed=number, scenario=[name])
        text = json.dumps(truth, ensure_ascii=False, indent=1)
        (args.out / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
