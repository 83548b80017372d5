"""More makes of climbing aids, pallets and crates, for training pictures that are full of them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from datasets.shelfgen import props
from datasets.shelfgen.lettering import Colour, colour
from datasets.shelfgen.props import Prop
from datasets.shelfgen.render import Quad, Texture
from datasets.shelfgen.solids import UP

SLAT_PICTURE_WH = (120, 80)


def _metal(rng: np.random.Generator) -> Colour:
    """Return bare or painted metal: mostly grey, else white, black or a loud colour."""
    if rng.random() < 0.65:
        return colour(rng.uniform(180, 240), rng.uniform(0, 0.12), rng.uniform(0.45, 0.9))
    return colour(
        rng.choice((0, 25, 50, 120, 215)), rng.choice((0.0, 0.8)), rng.uniform(0.12, 0.95)
    )


def _wood(rng: np.random.Generator) -> Colour:
    return colour(rng.uniform(20, 42), rng.uniform(0.15, 0.65), rng.uniform(0.35, 0.9))


def _plastic(rng: np.random.Generator) -> Colour:
    return colour(
        rng.choice((0, 25, 45, 50, 110, 150, 205, 225)),
        rng.choice((0.05, 0.6, 0.85, 0.95)),
        rng.uniform(0.2, 0.95),
    )


def _dark(rng: np.random.Generator) -> Colour:
    return colour(rng.uniform(0, 360), rng.uniform(0, 0.1), rng.uniform(0.1, 0.35))


def _timber(rng: np.random.Generator) -> Colour:
    return _wood(rng) if rng.random() < 0.5 else _plastic(rng)


def step_ladder(prop: Prop) -> None:
    """A metal step ladder: two to six treads between square posts, with a rail or without."""
    rng = prop.rng
    count = int(rng.choice((2, 2, 3, 3, 4, 5, 6)))
    rise, run = rng.uniform(0.2, 0.28), rng.uniform(0.06, 0.24)
    w, thick = rng.uniform(0.34, 0.55), rng.uniform(0.02, 0.045)
    post = _metal(rng)
    tread = _dark(rng) if rng.random() < 0.6 else _metal(rng)
    high, reach = count * rise, count * run
    deep = min(max(run * 1.15, 0.08), 0.3)
    railed = rng.random() < 0.7
    top = high + (rng.uniform(0.3, 0.7) if railed else 0.0)
    upright = rng.random() < 0.5
    for x in (-w / 2, w / 2):
        if upright:  # posts stand at the back and go up as the rail
            prop.box((x, deep / 2, 0), (thick, top, thick), post)
            prop.box((x, -reach + run - deep / 2, 0), (thick, rise, thick), post)
            prop.bar((x, -reach + run, rise), (x, 0, high), thick, post)
        else:
            prop.bar((x, -reach, 0), (x, 0, high), thick * 1.3, post)
            prop.bar((x, rng.uniform(0.2, 0.45), 0), (x, 0, high), thick, post)
            if railed:
                prop.bar((x, 0, high), (x, 0.08, top), thick, post)
    if railed:
        y = deep / 2 if upright else 0.08
        prop.bar((-w / 2, y, top), (w / 2, y, top), thick, post)
        if rng.random() < 0.4:
            prop.bar((-w / 2, y, (top + high) / 2), (w / 2, y, (top + high) / 2), thick, post)
    for k in range(1, count + 1):
        platform = k == count and rng.random() < 0.5
        prop.box(
            (0, -(count - k) * run, k * rise - 0.03),
            (w - thick, rng.uniform(0.02, 0.05), 0.28 if platform else deep),
            tread,
        )


def leaning_ladder(prop: Prop) -> None:
    """A straight ladder that leans away from the aisle."""
    rng, rail, rung = prop.rng, _metal(prop.rng), _metal(prop.rng)
    if rng.random() < 0.3:
        rail = rung = _wood(rng)
    high, lean, w = rng.uniform(1.5, 2.4), rng.uniform(0.25, 0.6), rng.uniform(0.32, 0.5)
    for x in (-w / 2, w / 2):
        prop.bar((x, 0, 0), (x, lean, high), rng.uniform(0.04, 0.07), rail)
    count = int(high / rng.uniform(0.24, 0.3))
    for k in range(1, count):
        z, y = k * high / count, k * lean / count
        prop.bar((-w / 2, y, z), (w / 2, y, z), 0.035, rung)


def closed_stool(prop: Prop) -> None:
    """A step stool of boards or plastic: solid sides, one tread or two."""
    rng, paint = prop.rng, _timber(prop.rng)
    tread = paint if rng.random() < 0.5 else _dark(rng)
    w, high = rng.uniform(0.32, 0.5), rng.uniform(0.2, 0.5)
    deep = rng.uniform(0.22, 0.34)
    for x in (-w / 2 + 0.02, w / 2 - 0.02):
        prop.box((x, 0, 0), (0.035, high - 0.02, deep), paint)
        if high > 0.36:
            prop.box((x, -deep * 0.8, 0), (0.035, high / 2 - 0.02, deep * 0.7), paint)
    prop.box((0, 0, high - 0.03), (w, 0.035, deep * 1.05), tread)
    if high > 0.36:
        prop.box((0, -deep * 0.8, high / 2 - 0.03), (w, 0.035, deep * 0.75), tread)
    if rng.random() < 0.6:
        prop.box((0, deep * 0.3, high * 0.35), (w - 0.05, high * 0.3, 0.02), paint)


def bar_stool(prop: Prop) -> None:
    """A round seat on four legs with a ring."""
    rng, paint, leg = prop.rng, _timber(prop.rng), _metal(prop.rng)
    high, r = rng.uniform(0.4, 0.7), rng.uniform(0.15, 0.22)
    spread = r * rng.uniform(0.9, 1.3)
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        prop.bar((x * r * 0.6, y * r * 0.6, high), (x * spread, y * spread, 0), 0.03, leg)
    at = spread * 0.88
    corners = ((-at, -at), (at, -at), (at, at), (-at, at))
    for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
        prop.bar((*a, high * 0.3), (*b, high * 0.3), 0.02, leg)
    for z, size, shade in ((high - 0.04, 1.0, 0.7), (high, 1.0, 1.1)):
        disc = np.zeros((64, 64, 4), np.uint8)
        cv2.circle(disc, (32, 32), 31, (*paint, 255), -1, cv2.LINE_AA)
        prop.quads.append(
            Quad(
                prop.foot_m + np.array([-r * size, r * size, z]),
                np.array([2 * r * size, 0, 0]),
                np.array([0, -2 * r * size, 0]),
                Texture(disc),
                prop.object_id,
                prop.light.tint[None, None] * shade,
            )
        )


def podium(prop: Prop) -> None:
    """A podium of one to three broad steps, often with another colour on the treads."""
    rng = prop.rng
    paint = _metal(rng) if rng.random() < 0.6 else _timber(rng)
    tread = paint if rng.random() < 0.5 else _dark(rng) if rng.random() < 0.5 else _wood(rng)
    w, rise = rng.uniform(0.45, 1.3), rng.uniform(0.12, 0.26)
    run = rng.uniform(0.22, 0.45)
    for k in range(int(rng.choice((2, 2, 2, 3)))):
        prop.box((0, k * run, 0), (w, rise * (k + 1) - 0.02, run), paint)
        prop.box((0, k * run, rise * (k + 1) - 0.02), (w, 0.02, run * 1.03), tread)


def planked_pallet(prop: Prop) -> None:
    """A pallet whose planks run either way, of bare, grey or painted wood or of plastic."""
    rng = prop.rng
    paint = _wood(rng) if rng.random() < 0.75 else _plastic(rng)
    w, d = ((1.2, 0.8), (0.8, 1.2), (0.8, 0.6), (1.0, 1.2), (0.6, 0.4))[int(rng.integers(5))]
    along = rng.random() < 0.5
    length, across = (w, d) if along else (d, w)

    def put(u: float, v: float, z: float, du: float, height: float, dv: float) -> None:
        """Put a board by its middle; u runs with the top planks, v across them."""
        if along:
            prop.box((u, v, z), (du, height, dv), paint)
        else:
            prop.box((v, u, z), (dv, height, du), paint)

    for u in (-length / 2 + 0.06, 0, length / 2 - 0.06):
        put(u, 0, 0.1, 0.1, 0.02, across)
        for v in (-across / 2 + 0.06, 0, across / 2 - 0.06):
            put(u, v, 0.02, 0.1, 0.08, 0.12)
    for v in (-across / 2 + 0.05, 0, across / 2 - 0.05):
        put(0, v, 0, length, 0.02, 0.1)
    count = max(int(across / rng.uniform(0.13, 0.24)), 3)
    wide = across / count * rng.uniform(0.55, 0.9)
    for k in range(count):
        v = -across / 2 + wide / 2 + k * (across - wide) / (count - 1)
        put(0, v, 0.12, length, 0.022, wide)


def _crate_wall(rng: np.random.Generator, paint: Colour, make: str) -> Texture:
    """Draw one side of a crate, with alpha where it is open."""
    w, h = SLAT_PICTURE_WH
    picture = np.zeros((h, w, 4), np.uint8)
    picture[..., :3] = paint
    if make == "slats":
        count, share = int(rng.integers(3, 8)), rng.uniform(0.6, 0.9)
        for k in range(count):
            picture[int(h * k / count) : int(h * (k + share) / count), :, 3] = 255
        posts = (0, w // 2, w) if rng.random() < 0.4 else (0, w)
        for x in posts:
            picture[:, max(x - 8, 0) : x + 8, 3] = 255
    elif make == "grid":
        pitch, bar = int(rng.integers(10, 22)), int(rng.integers(3, 6))
        for k in range(bar):
            picture[k::pitch, :, 3] = picture[:, k::pitch, 3] = 255
        picture[: h // 6, :, 3] = picture[-h // 7 :, :, 3] = 255
    else:
        picture[..., 3] = 255
        for x in range(0, w, int(rng.integers(8, 25))):
            picture[h // 6 :, x : x + 2, :3] = picture[h // 6 :, x : x + 2, :3] * 0.75
        picture[: h // 10, :, :3] = picture[: h // 10, :, :3] * 0.85
    if make != "slats" and rng.random() < 0.8:  # a hole for the hand
        picture[h // 8 : h // 8 + 14, w // 2 - 20 : w // 2 + 20, 3] = 0
    noise = rng.normal(0, 5, (h, w, 1))
    picture[..., :3] = np.clip(picture[..., :3] + noise, 0, 255)
    return Texture(picture)


def open_crate(prop: Prop) -> None:
    """A crate of plastic or wood, open above, with slats, a lattice or closed ribbed sides."""
    rng = prop.rng
    w, d, h = rng.uniform(0.32, 0.65), rng.uniform(0.26, 0.45), rng.uniform(0.14, 0.5)
    paint = _plastic(rng) if rng.random() < 0.7 else _wood(rng)
    make = str(rng.choice(("slats", "slats", "grid", "closed")))
    taper = 1.0 if rng.random() < 0.6 else rng.uniform(0.82, 0.97)
    wall = _crate_wall(rng, paint, make)
    outline = ((-w / 2, -d / 2), (w / 2, -d / 2), (w / 2, d / 2), (-w / 2, d / 2))
    tint = prop.light.tint[None, None]
    above = [prop.at(x, y, h) for x, y in outline]
    below = [prop.at(x * taper, y * taper, 0.0) for x, y in outline]
    for k, shade in enumerate((0.9, 0.7, 0.55, 0.6)):
        a, b = above[k], above[(k + 1) % 4]
        down = (below[k] + below[(k + 1) % 4] - a - b) / 2
        prop.quads.append(Quad(a, b - a, down, wall, prop.object_id, tint * shade))
    prop.box((0, 0, 0.01), (w * taper, 0.01, d * taper), paint)
    if rng.random() < 0.5:  # a rim
        for k in range(4):
            start, end = outline[k], outline[(k + 1) % 4]
            prop.bar((*start, h), (*end, h), 0.03, paint)


def waste_bin(prop: Prop) -> None:
    """A round bin: stands on the floor, yet nobody climbs it."""
    rng, paint = prop.rng, _metal(prop.rng)
    w, h = rng.uniform(0.2, 0.45), rng.uniform(0.3, 0.8)
    across = np.linspace(-1, 1, 64)
    shade = 0.4 + 0.6 * np.sqrt(np.clip(1 - (across + 0.25) ** 2 * 0.8, 0, 1))
    skin = np.clip(np.array(paint) * shade[None, :, None], 0, 255) * np.ones((64, 1, 1))
    _cut_out(prop, skin.astype(np.uint8), w, 0, h)


def cardboard_box(prop: Prop) -> None:
    """A closed box of cardboard or a plain plinth: no crate, no podium."""
    rng = prop.rng
    paint = colour(rng.uniform(22, 36), rng.uniform(0.25, 0.5), rng.uniform(0.5, 0.8))
    if rng.random() < 0.3:
        paint = _metal(rng)
    prop.box((0, 0, 0), tuple(float(v) for v in rng.uniform(0.2, 0.6, 3)), paint)


def _cut_out(prop: Prop, picture: np.ndarray, width_m: float, foot_m: float, top_m: float) -> None:
    """Stand a picture (BGRA) upright so that it faces the eye, from `foot_m` to `top_m`."""
    sight = prop.foot_m - prop.eye_m
    right = np.array([sight[1], -sight[0], 0]) / np.hypot(sight[0], sight[1])
    prop.quads.append(
        Quad(
            prop.foot_m + UP * top_m - right * width_m / 2,
            right * width_m,
            -UP * (top_m - foot_m),
            Texture(picture),
            prop.object_id,
            prop.light.tint[None, None],
        )
    )


def potted_plant(prop: Prop) -> None:
    """A plant in a pot: the pot is as large as a kick stool, yet nobody climbs it."""
    rng = prop.rng
    paint = _metal(rng) if rng.random() < 0.6 else _plastic(rng)
    w, h, leaves_m = rng.uniform(0.25, 0.5), rng.uniform(0.25, 0.5), rng.uniform(0.4, 1.2)
    across = np.linspace(-1, 1, 96)[None] / np.linspace(1, rng.uniform(0.65, 1), 96)[:, None]
    shade = 0.4 + 0.6 * np.sqrt(np.clip(1 - (across + 0.25) ** 2 * 0.8, 0, 1))
    alpha = np.clip((1 - np.abs(across)) * 48, 0, 1) * 255
    pot = np.dstack([np.array(paint) * shade[..., None], alpha])
    _cut_out(prop, np.clip(pot, 0, 255).astype(np.uint8), w, 0, h)
    leaves = np.zeros((240, 200, 4), np.uint8)
    narrow = rng.uniform(0.08, 0.35)
    for _ in range(int(rng.integers(9, 40))):
        lean, reach = rng.uniform(-70, 70), rng.uniform(90, 225)
        green = colour(rng.uniform(70, 140), rng.uniform(0.3, 0.8), rng.uniform(0.15, 0.7))
        tip = np.radians(lean)
        middle = (100 + reach / 2 * np.sin(tip) * 0.85, 235 - reach / 2 * np.cos(tip))
        axes = (int(reach * narrow / 2) + 2, int(reach / 2))
        centre = int(middle[0]), int(middle[1])
        cv2.ellipse(leaves, centre, axes, lean, 0, 360, (*green, 255), -1, cv2.LINE_AA)
    _cut_out(prop, leaves, leaves_m * 0.9, h * 0.9, h * 0.9 + leaves_m)


MAKES: dict[str, tuple[Callable[[Prop], None], ...]] = {
    "stool": (props.stool, props.stool, closed_stool, bar_stool),
    "kick_stool": (props.kick_stool,),
    "ladder": (props.ladder, step_ladder, step_ladder, step_ladder, leaning_ladder),
    "steps": (props.steps, podium, podium),
    "pallet": (props.pallet, planked_pallet, planked_pallet),
    "crate": (props.crate, open_crate, open_crate, open_crate),
}
BYSTANDERS = (waste_bin, cardboard_box, potted_plant)
