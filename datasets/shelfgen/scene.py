"""Scenes by chance: which shop, which shelves, which goods, and where the camera stands."""

from __future__ import annotations

import numpy as np

from datasets.shelfgen import printing
from datasets.shelfgen.artwork import PhotoArtwork
from datasets.shelfgen.camera import Camera
from datasets.shelfgen.fixture import UPRIGHT_M, Bay, Light
from datasets.shelfgen.lettering import Colour, colour
from datasets.shelfgen.products import Product, anonymous, misleading, named
from datasets.shelfgen.props import AID_KINDS
from datasets.shelfgen.stage import Stage
from datasets.shelfgen.stocking import Habit, add_cartons, fill_level

STYLES = ("pharmacy", "supermarket", "close")
ARTICLES = 6000  # made-up articles in the world


def _neutral(rng: np.random.Generator) -> Colour:
    """Return a colour in which shop furniture is sold."""
    kind = rng.random()
    if kind < 0.55:
        return colour(rng.uniform(0, 360), rng.uniform(0, 0.06), rng.uniform(0.6, 0.97))
    if kind < 0.8:
        return colour(rng.uniform(0, 360), rng.uniform(0, 0.1), rng.uniform(0.08, 0.5))
    if kind < 0.92:
        return colour(rng.uniform(22, 35), rng.uniform(0.3, 0.6), rng.uniform(0.3, 0.7))
    return colour(rng.uniform(0, 360), rng.uniform(0.4, 0.8), rng.uniform(0.3, 0.8))


def light_by_chance(rng: np.random.Generator) -> Light:
    """Return the light of some shop."""
    warmth = rng.normal(0, 0.06)
    level = rng.uniform(0.8, 1.3)
    return Light(
        tint=np.array([1 - warmth, 1.0, 1 + warmth]) * level,
        depth_loss=float(rng.uniform(0.2, 0.85)),
        under_loss=float(rng.uniform(0.1, 0.65)),
    )


def bays_by_chance(rng: np.random.Generator, style: str) -> list[Bay]:
    """Return neighbouring bays of one make, centred about x = 0."""
    crowded = style == "supermarket"
    count = int(
        rng.choice((1, 2, 3, 4), p=(0.05, 0.3, 0.4, 0.25) if crowded else (0.2, 0.35, 0.3, 0.15))
    )
    width = float(rng.choice((0.625, 0.8, 1.0, 1.25, 0.95)))
    depth = float(rng.uniform(0.25, 0.5))
    top = float(rng.uniform(1.5, 2.3))
    body, back, rail = _neutral(rng), _neutral(rng), _neutral(rng)
    if rng.random() < 0.4:
        rail = colour(rng.choice((0, 130, 150, 210, 225, 35)), 0.85, rng.uniform(0.3, 0.75))
    rail_m = float(rng.uniform(0.032, 0.055))
    stripes = bool(rng.random() < (0.4 if style == "supermarket" else 0.05))
    flush = rng.random() < 0.5  # all bays with their boards in line
    bays = []
    x = -(count * (width + UPRIGHT_M)) / 2 + UPRIGHT_M / 2
    tops = _shelf_tops(rng, top, style)
    for index in range(count):
        if not flush and index:
            tops = _shelf_tops(rng, top, style)
        bays.append(
            Bay(
                index=index, x0_m=x, width_m=width, depth_m=depth, top_m=top, shelf_tops_m=tops,
                rail_m=rail_m, body=body, back=back, rail=rail, rail_stripes=stripes,
                cabinet=bool(style == "pharmacy" and rng.random() < 0.12),
                lock_m=float(rng.uniform(1.0, 1.7)) if rng.random() < 0.7 else None,
            )
        )  # fmt: skip
        x += width + UPRIGHT_M
    return bays


def _shelf_tops(rng: np.random.Generator, top_m: float, style: str) -> tuple[float, ...]:
    pitch = {"pharmacy": (0.20, 0.36), "supermarket": (0.2, 0.42), "close": (0.16, 0.36),
             "misleading": (0.22, 0.46)}[style]  # fmt: skip
    z, tops = float(rng.uniform(0.08, 0.2)), []
    even = float(rng.uniform(*pitch)) if rng.random() < 0.5 else None
    while z < top_m - 0.1:
        tops.append(z)
        z += even or float(rng.uniform(*pitch))
    return tuple(tops)


def _camera(
    rng: np.random.Generator, style: str, bays: list[Bay], image_wh: tuple[int, int]
) -> Camera:
    """Return a camera that looks at some place of the fixture from somewhere before it."""
    left, right, top = bays[0].x0_m, bays[-1].x1_m, bays[0].top_m
    focal = float(rng.uniform(19, 31))
    distance = {
        "pharmacy": rng.uniform(1.2, 3.0), "supermarket": rng.uniform(0.7, 1.9),
        "close": rng.uniform(0.6, 1.15), "misleading": rng.uniform(0.7, 1.9),
    }[style]  # fmt: skip
    target = np.array(
        [rng.uniform(left + 0.2, right - 0.2), 0.1,
         rng.uniform(0.35 * top, 0.75 * top) if distance > 1.2 else rng.uniform(0.3, top - 0.2)]
    )  # fmt: skip
    side = rng.normal(0, 11) if rng.random() < 0.85 else rng.uniform(-52, 52)
    eye_z = float(rng.normal(1.45, 0.18))
    if distance < 1.0 or (style == "supermarket" and rng.random() < 0.4):
        eye_z = float(target[2] + rng.normal(0.08, 0.2))
    eye = np.array([target[0] + distance * np.tan(np.radians(side)), -distance, max(eye_z, 0.3)])
    sight = target - eye
    yaw = np.degrees(np.arctan2(sight[0], sight[1]))
    pitch = np.degrees(np.arctan2(sight[2], np.hypot(sight[0], sight[1])))
    return Camera.aimed(
        tuple(eye), yaw_deg=yaw + rng.normal(0, 3), pitch_deg=pitch + rng.normal(0, 2),
        roll_deg=rng.normal(0, 1.5), focal_35mm=focal, image_wh=image_wh,
        k1=float(rng.uniform(-0.06, 0.03)) if rng.random() < 0.4 else 0.0,
    )  # fmt: skip


def pools(rng: np.random.Generator, style: str) -> tuple[list[Product], Habit]:
    """Return the articles of a shop and how it stands them."""
    made_up = [anonymous(int(k)) for k in rng.integers(0, ARTICLES, int(rng.integers(14, 60)))]
    if style == "pharmacy" or (style != "misleading" and rng.random() < 0.15):
        pool = named(over_the_counter_only=False)
        if rng.random() < 0.6:
            pool = pool + [p for p in made_up if p.size_m[1] < 0.2]
        return pool, Habit(
            facings=(1, int(rng.integers(2, 8))), rows=int(rng.integers(1, 4)),
            gap_m=float(rng.choice((0.005, 0.03, 0.1))), hole_share=float(rng.uniform(0, 0.35)),
            yaw_deg=float(rng.uniform(0.5, 5)), tray_share=0.03,
            label_share=float(rng.uniform(0.4, 1)),
        )  # fmt: skip
    if style == "misleading":
        made_up = [misleading(int(k)) for k in rng.integers(0, ARTICLES, 24)] + made_up[:12]
    elif rng.random() < 0.4:  # a department sells one kind of thing
        kind = str(rng.choice(("pouch", "bottle", "can", "box")))
        others = [anonymous(int(k)) for k in rng.integers(0, ARTICLES, 200)]
        made_up = [p for p in others if p.shape == kind][:30] + made_up[:8]
    return made_up, Habit(
        facings=(1, int(rng.integers(2, 9))), rows=int(rng.integers(1, 6)),
        gap_m=float(rng.choice((0.002, 0.008, 0.03))), hole_share=float(rng.uniform(0, 0.08)),
        yaw_deg=float(rng.uniform(0.5, 6)), tray_share=float(rng.choice((0.0, 0.1, 0.5))),
        label_share=float(rng.uniform(0.5, 1)),
    )  # fmt: skip


def random_stage(
    rng: np.random.Generator,
    image_wh: tuple[int, int],
    photos: PhotoArtwork | None = None,
    *,
    style: str | None = None,
) -> tuple[Stage, list[str]]:
    """Build a scene by chance.

    Args:
        rng: The only source of chance: the same state gives the same scene.
        image_wh: Size of the picture in pixels.
        photos: Photographs for some of the fronts, for training pictures only.
        style: One of STYLES, or "misleading"; by chance when None.

    Returns:
        The stage, ready to render, and words that say what was built.
    """
    style = style or str(rng.choice(STYLES, p=(0.30, 0.50, 0.20)))
    bays = bays_by_chance(rng, style)
    camera = _camera(rng, style, bays, image_wh)
    texel_m = float(np.clip(0.6 * -camera.centre_m[1] / camera.focal_px, 0.0004, 0.002))
    stage = Stage(camera, light_by_chance(rng), rng, texel_m, photos=photos)
    stage.store_type = str(rng.choice(("pharmacy", "retailer", "haandkoebsudsalg")))
    stage.add_room(float(bays[0].depth_m + rng.uniform(0.02, 0.3)))
    for bay in bays:
        stage.add_bay(bay)
        _stock_bay(stage, bay, style)
    _hang_signs(stage, style)
    reference = str(rng.choice(list("STFHN"), p=(0.16, 0.16, 0.16, 0.12, 0.4)))
    stage.add_reference(reference, float(rng.uniform(bays[0].x0_m, bays[-1].x1_m)))
    aids = _put_on_floor(stage)
    return stage, [f"style:{style}", f"reference:{reference}", *aids]


def misleading_stage(
    rng: np.random.Generator, image_wh: tuple[int, int], photos: PhotoArtwork | None = None
) -> tuple[Stage, list[str]]:
    """Build a scene full of packs that pass for several, or for none: `products.misleading`."""
    return random_stage(rng, image_wh, photos, style="misleading")


def _stock_bay(stage: Stage, bay: Bay, style: str) -> None:
    rng = stage.rng
    pool, habit = pools(rng, style)
    for level in range(len(bay.shelf_tops_m)):
        if (
            style in ("supermarket", "misleading")
            and level == len(bay.shelf_tops_m) - 1
            and rng.random() < 0.5
        ):
            add_cartons(stage, bay, level)
            continue
        if rng.random() < (0.08 if style == "pharmacy" else 0.02):
            continue
        if rng.random() < 0.08:
            _hang_cards(stage, bay, level)
            continue
        if rng.random() < 0.15:  # two halves, sometimes with a plate between
            middle = float(rng.uniform(bay.x0_m + 0.2, bay.x1_m - 0.2))
            fill_level(stage, bay, level, pool, habit, to_m=middle - 0.005)
            if rng.random() < 0.7:
                stage.add_divider(
                    bay, level, middle, float(rng.uniform(0.05, min(0.16, bay.headroom_m(level))))
                )
            fill_level(stage, bay, level, pool, habit, from_m=middle + 0.002)
            continue
        fill_level(stage, bay, level, pool, habit, full=style != "pharmacy")
        if rng.random() < 0.06:  # an advert wobbles before the goods
            hang_advert(stage, bay, level)


def _hang_cards(stage: Stage, bay: Bay, level: int) -> None:
    rng = stage.rng
    pool = named("medicine", over_the_counter_only=False)
    x = bay.x0_m + rng.uniform(0.01, 0.1)
    y, lift = rng.uniform(0.005, bay.depth_m * 0.8), float(rng.choice((0.0, 0.03, 0.08)))
    lift = min(lift, max(bay.headroom_m(level) - 0.13, 0))
    while x < bay.x1_m - 0.1:
        product = pool[int(rng.integers(len(pool)))]
        stage.add_product_card(
            product, float(x), bay.shelf_tops_m[level] + lift, bay=bay, level=level, y_m=float(y)
        )
        x += rng.uniform(0.1, 0.25)


def hang_advert(
    stage: Stage, bay: Bay, level: int, *, lines: tuple[str, ...] | None = None
) -> None:
    """Hang an advert before the goods of a board, with made-up words when `lines` is None."""
    rng = stage.rng
    product = named("medicine")[int(rng.integers(len(named("medicine"))))]
    full = bool(rng.random() < 0.5)
    about = bool(rng.random() < 0.6)
    if lines is None:
        lines = ("Ved halsbrand", product.name) if about else ("TILBUD", "Nyhed i hudpleje")
    w, h = float(rng.uniform(0.14, 0.3)), float(rng.uniform(0.12, 0.22))
    picture = printing.advert(lines, (360, int(360 * h / w)), rng, mandatory_text=full)
    left = float(rng.uniform(bay.x0_m, max(bay.x1_m - w, bay.x0_m + 0.01)))
    bottom = bay.shelf_tops_m[level] - float(rng.uniform(0, 0.1))
    stage.add_print(
        picture,
        left,
        bottom,
        (w, h),
        -0.012,
        text=" ".join(lines),
        placement="shelf_edge",
        sign_kind="advert",
        bay=bay.index,
        level=level,
        mandatory_text=full,
        about_medicine=about,
    )


def _hang_signs(stage: Stage, style: str) -> None:
    """Hang headers, signs from the ceiling and words on the shelf edge."""
    rng = stage.rng
    words = printing.APPROVED_WORDS if style == "pharmacy" else ()
    for bay in stage.bays:
        text = str(rng.choice(words if words and rng.random() < 0.45 else printing.OTHER_HEADINGS))
        chance = rng.random()
        if chance < 0.45:
            w, h = bay.width_m * rng.uniform(0.55, 1), rng.uniform(0.13, 0.28)
            stage.add_sign(
                text,
                bay.x0_m + (bay.width_m - w) / 2,
                bay.top_m + rng.uniform(0, 0.03),
                (float(w), float(h)),
                -0.004,
                placement="header",
                bay=bay,
                level=None,
            )
        elif chance < 0.55:
            w, h = rng.uniform(0.5, 1.0), rng.uniform(0.15, 0.3)
            stage.add_sign(
                text,
                bay.x0_m + (bay.width_m - w) / 2,
                rng.uniform(bay.top_m + 0.15, 2.55),
                (float(w), float(h)),
                -float(rng.uniform(0.1, 0.5)),
                placement="ceiling",
                bay=bay,
                level=None,
            )
        elif chance < 0.75:
            level = int(rng.integers(len(bay.shelf_tops_m)))
            h = bay.rail_m * 0.95
            w = min(h * rng.uniform(6, 12), bay.width_m)
            stage.add_sign(
                text,
                float(rng.uniform(bay.x0_m, bay.x1_m - w)),
                bay.shelf_tops_m[level] - h,
                (float(w), float(h)),
                -0.007,
                placement="shelf_edge",
                bay=bay,
                level=level,
            )


def _put_on_floor(stage: Stage) -> list[str]:
    """Stand aids and people before the fixture, where the camera can see them."""
    rng, eye = stage.rng, stage.eye_m
    words = []
    reach = float(-eye[1])
    if rng.random() < 0.55 and reach > 1.0:
        kind = str(rng.choice(AID_KINDS))
        y = -float(rng.uniform(0.35, max(min(1.2, reach * 0.6), 0.4)))
        x = float(rng.uniform(stage.bays[0].x0_m, stage.bays[-1].x1_m))
        stage.add_aid(
            kind, x, y, float(rng.uniform(-0.8, 0.8)) + float(rng.choice((0, np.pi / 2, np.pi)))
        )
        words.append(f"aid:{kind}")
    if rng.random() < 0.15 and reach > 1.5:
        x = float(rng.uniform(stage.bays[0].x0_m, stage.bays[-1].x1_m))
        stage.add_person(x, -float(rng.uniform(0.35, 0.7)))
        words.append("person")
    return words
