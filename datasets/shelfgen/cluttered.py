"""Scenes full of what is rare in others: climbing aids, pallets, crates, people, signs, doors.

Seen from further off, with much floor and few goods, so that a detector learns large things too.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from datasets.shelfgen import aids, printing
from datasets.shelfgen.artwork import PhotoArtwork
from datasets.shelfgen.camera import Camera
from datasets.shelfgen.fixture import Bay
from datasets.shelfgen.products import Product
from datasets.shelfgen.scene import bays_by_chance, hang_advert, light_by_chance, pools
from datasets.shelfgen.stage import Stage
from datasets.shelfgen.stocking import Habit, fill_level

WORDS = (
    *printing.APPROVED_WORDS, *printing.OTHER_HEADINGS, "Smertestillende", "Allergi", "Hoste",
    "Forkølelse", "Mave & tarm", "Øjne og ører", "Fodpleje", "Solpleje", "Dyr", "Kosmetik",
    "Makeup", "Te & kaffe", "Sårpleje", "Rygestop", "Sportsernæring", "Nyheder", "Apoteket",
    "Udsalg", "Kasse", "Receptekspedition", "Plejeprodukter", "Husholdning", "Frost", "Brød",
)  # fmt: skip
ADVERTS = (
    ("TILBUD", "2 for 1"), ("Nyhed", "i hudpleje"), ("Spar 25 %",), ("Ved halsbrand", "Rennie"),
    ("Mod", "hovedpine"), ("Lindrer", "snue"), ("Ugens", "tilbud"), ("Medlemspris",),
)  # fmt: skip


def cluttered_stage(
    rng: np.random.Generator, image_wh: tuple[int, int], photos: PhotoArtwork | None = None
) -> tuple[Stage, list[str]]:
    """Build a scene by chance; arguments and result as those of `scene.random_stage`."""
    style = str(rng.choice(("pharmacy", "supermarket")))
    glazed = rng.random() < 0.33
    bays = [
        replace(_with_fewer_boards(bay, rng), cabinet=bool(glazed and rng.random() < 0.6))
        for bay in bays_by_chance(rng, style)
    ]
    camera = _camera(rng, bays, image_wh)
    texel_m = float(np.clip(0.7 * -camera.centre_m[1] / camera.focal_px, 0.001, 0.006))
    stage = Stage(camera, light_by_chance(rng), rng, texel_m, photos=photos)
    stage.add_room(float(bays[0].depth_m + rng.uniform(0.02, 0.3)))
    for bay in bays:
        stage.add_bay(bay)
        pool, habit = pools(rng, style)
        _stock(stage, bay, pool, replace(habit, rows=1))
    _hang_signs(stage)
    part_of_kit = str(rng.choice(("S", "T", "F", "N"), p=(0.15, 0.15, 0.3, 0.4)))
    stage.add_reference(part_of_kit, float(rng.uniform(bays[0].x0_m, bays[-1].x1_m)))
    words = _put_on_floor(stage)
    return stage, ["style:cluttered", *words]


def _with_fewer_boards(bay: Bay, rng: np.random.Generator) -> Bay:
    """Return the bay with every second board taken out when they lie close."""
    tops = bay.shelf_tops_m
    return replace(bay, shelf_tops_m=tops[::2]) if len(tops) > 5 and rng.random() < 0.7 else bay


def _stock(stage: Stage, bay: Bay, pool: list[Product], habit: Habit) -> None:
    for level in range(len(bay.shelf_tops_m)):
        if stage.rng.random() < 0.2:
            continue
        half = stage.rng.random() < 0.35
        fill_level(
            stage, bay, level, pool, habit,
            to_m=bay.x0_m + bay.width_m * float(stage.rng.uniform(0.3, 0.8)) if half else None,
        )  # fmt: skip


def _camera(rng: np.random.Generator, bays: list[Bay], image_wh: tuple[int, int]) -> Camera:
    """Return a camera that has floor in its view, near or far, low or high."""
    left, right = bays[0].x0_m, bays[-1].x1_m
    distance = float(rng.uniform(1.3, 3.6))
    focal = float(rng.uniform(16, 32))
    eye_z = float(rng.uniform(0.8, 2.3)) if rng.random() < 0.4 else float(rng.normal(1.5, 0.12))
    target = np.array([rng.uniform(left, right), 0.0, rng.uniform(0.1, 1.2)])
    side = rng.normal(0, 18)
    eye = np.array([target[0] + distance * np.tan(np.radians(side)), -distance, eye_z])
    sight = target - eye
    return Camera.aimed(
        tuple(eye),
        yaw_deg=float(np.degrees(np.arctan2(sight[0], sight[1])) + rng.normal(0, 5)),
        pitch_deg=float(np.degrees(np.arctan2(sight[2], np.hypot(*sight[:2]))) + rng.normal(0, 3)),
        roll_deg=float(rng.normal(0, 2)),
        focal_35mm=focal,
        image_wh=image_wh,
        k1=float(rng.uniform(-0.06, 0.03)) if rng.random() < 0.3 else 0.0,
    )


def _put_on_floor(stage: Stage) -> list[str]:
    """Stand aids, bystanders and people about, few behind each other; returns words."""
    rng, words = stage.rng, []
    taken: list[tuple[float, float]] = []

    def place(half_m: float, least_distance_m: float = 0.95) -> tuple[float, float] | None:
        """Return a free place that the camera sees at least in part, or None."""
        furthest_m = 1.6 if rng.random() < 0.6 else 5.0
        for _ in range(40):
            w, h = stage.camera.image_wh
            ray = stage.camera.rotation.T @ np.array(
                [
                    (rng.uniform(0.02, 0.98) - 0.5) * w / stage.camera.focal_px,
                    (rng.uniform(0.45, 1.12) - 0.5) * h / stage.camera.focal_px,
                    1.0,
                ]
            )
            if ray[2] > -0.05:
                continue
            x, y = (stage.eye_m - ray * stage.eye_m[2] / ray[2])[:2]
            if not -furthest_m < y < -half_m:
                continue
            if np.hypot(x - stage.eye_m[0], y - stage.eye_m[1]) < least_distance_m:
                continue
            box = [[x + a, y + b, c] for a in (-0.6, 0.6) for b in (-0.6, 0.6) for c in (0, 1.0)]
            if (stage.camera.in_camera(np.array(box))[:, 2] < 0.15).any():
                continue
            if all(np.hypot(x - a, y - b) > 0.45 for a, b in taken):
                taken.append((x, y))
                return float(x), float(y)
        return None

    for kind in rng.choice(list(aids.MAKES), int(rng.integers(2, 6)), replace=False):
        spot = place(0.5 if kind in ("pallet", "steps", "ladder") else 0.25)
        if spot is None:
            continue
        makes = aids.MAKES[str(kind)]
        turn = float(rng.normal(0, 0.4)) + float(rng.choice((0, 0, np.pi / 2, np.pi, -np.pi / 2)))
        stage.add_aid(str(kind), *spot, turn, build=makes[int(rng.integers(len(makes)))])
        words.append(f"aid:{kind}")
    for _ in range(int(rng.integers(0, 3))):
        spot = place(0.25)
        if spot is not None:
            build = aids.BYSTANDERS[int(rng.integers(len(aids.BYSTANDERS)))]
            stage.add_bystander(build, *spot, float(rng.uniform(-0.8, 0.8)))
    for _ in range(int(rng.choice((0, 1, 2), p=(0.55, 0.35, 0.1)))):
        spot = place(0.25, least_distance_m=1.3)
        if spot is not None:
            stage.add_person(*spot)
            words.append("person")
    return words


def _hang_signs(stage: Stage) -> None:
    """Hang headers, signs from the ceiling, words on shelf edges and adverts."""
    rng = stage.rng
    for bay in stage.bays:
        if rng.random() < 0.6:
            w, h = bay.width_m * rng.uniform(0.45, 1), rng.uniform(0.12, 0.36)
            corner = (bay.x0_m + (bay.width_m - w) / 2, bay.top_m - rng.uniform(-0.05, 0.1))
            _sign(stage, bay, corner, (w, h), -0.006, "header")
        if rng.random() < 0.25:
            w, h = rng.uniform(0.5, 1.3), rng.uniform(0.14, 0.4)
            corner = (bay.x0_m + (bay.width_m - w) / 2, rng.uniform(bay.top_m + 0.4, 2.7))
            _sign(stage, bay, corner, (w, h), -float(rng.uniform(0.1, 1.0)), "ceiling")
        if rng.random() < 0.3:
            level = int(rng.integers(len(bay.shelf_tops_m)))
            w, h = rng.uniform(0.2, bay.width_m), rng.uniform(bay.rail_m, 0.1)
            left = float(rng.uniform(bay.x0_m, bay.x1_m - w + 0.001))
            corner = (left, bay.shelf_tops_m[level] - h)
            _sign(stage, bay, corner, (w, h), -0.01, "shelf_edge", level)
        if rng.random() < 0.3:
            level = int(rng.integers(len(bay.shelf_tops_m)))
            hang_advert(stage, bay, level, lines=ADVERTS[int(rng.integers(len(ADVERTS)))])


def _sign(
    stage: Stage,
    bay: Bay,
    corner_xz_m: tuple[float, float],
    wh_m: tuple[float, float],
    y_m: float,
    placement: str,
    level: int | None = None,
) -> None:
    """Put up a category sign of any colour by its lower left corner."""
    rng = stage.rng
    text = str(rng.choice(WORDS))
    stage.add_sign(
        text.upper() if rng.random() < 0.2 else text,
        float(corner_xz_m[0]),
        float(corner_xz_m[1]),
        (float(wh_m[0]), float(wh_m[1])),
        y_m,
        placement=placement,
        bay=bay,
        level=level,
    )
