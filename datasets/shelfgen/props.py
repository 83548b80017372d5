"""What stands on the floor before the shelves: climbing aids, pallets, crates, people."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from datasets.shelfgen.camera import Array
from datasets.shelfgen.fixture import Light, plain
from datasets.shelfgen.lettering import Colour, colour
from datasets.shelfgen.render import Quad, Texture
from datasets.shelfgen.solids import UP, box_faces, turned

AID_KINDS = ("stool", "kick_stool", "ladder", "steps", "pallet", "crate")


class Prop:
    """Collects the faces of one thing, placed on the floor and turned about the vertical."""

    def __init__(
        self,
        foot_m: Array,
        yaw_rad: float,
        *,
        eye_m: Array,
        light: Light,
        object_id: int,
        rng: np.random.Generator,
    ) -> None:
        """Place the thing's middle at `foot_m`."""
        self.foot_m, self.yaw_rad, self.eye_m = foot_m, yaw_rad, eye_m
        self.light, self.object_id, self.rng = light, object_id, rng
        self.quads: list[Quad] = []

    def at(self, x: float, y: float, z: float) -> Array:
        """Return the world point of a point in the thing's own frame."""
        return self.foot_m + turned(np.array([x, y, z]), self.yaw_rad)

    def box(
        self,
        centre_xyz: tuple[float, float, float],
        size: tuple[float, float, float],
        paint: Colour,
        *,
        texture: Texture | None = None,
    ) -> None:
        """Add a box by the middle of its lower face and its width, height and depth."""
        x, y, z = centre_xyz
        face = texture or plain(paint, self.rng, (32, 32), 3)
        top = plain(paint, self.rng, (32, 32), 3)
        self.quads += box_faces(
            self.at(x, y - size[2] / 2, z),
            size,
            (face, face, top),
            eye_m=self.eye_m,
            yaw_rad=self.yaw_rad,
            object_id=self.object_id,
            gain=self.light.tint[None, None] * 0.8,
            top_gain=1.25,
        )

    def bar(
        self,
        start: tuple[float, float, float],
        end: tuple[float, float, float],
        thick_m: float,
        paint: Colour,
    ) -> None:
        """Add a round bar between two points as a strip that turns to the eye."""
        a, b = self.at(*start), self.at(*end)
        across = np.cross(b - a, (a + b) / 2 - self.eye_m)
        across *= thick_m / np.linalg.norm(across)
        shade = np.array([[0.6, 1.0, 0.5]], np.float32)[..., None] * self.light.tint.astype(
            np.float32
        )
        self.quads.append(
            Quad(
                a - across / 2,
                across,
                b - a,
                plain(paint, self.rng, (8, 16)),
                self.object_id,
                shade,
            )
        )

    def shadow(self, radius_m: float) -> None:
        """Add the soft dark patch on the floor; it belongs to the room."""
        ys, xs = np.mgrid[-1:1:32j, -1:1:32j]
        alpha = 150 * np.clip(1 - np.hypot(xs, ys), 0, 1)
        picture = np.zeros((32, 32, 4), np.uint8)
        picture[..., 3] = np.minimum(alpha, 120)
        corner = self.foot_m + np.array([-radius_m, radius_m, 0.002])
        self.quads.append(
            Quad(
                corner,
                np.array([2 * radius_m, 0, 0]),
                np.array([0, -2 * radius_m, 0]),
                Texture(picture),
                painted_light=True,
            )
        )


def _paint(rng: np.random.Generator) -> Colour:
    return colour(rng.uniform(0, 360), rng.choice((0.05, 0.15, 0.75)), rng.uniform(0.2, 0.9))


def stool(prop: Prop) -> None:
    """A step stool with two treads, or a seat on four legs."""
    rng, paint = prop.rng, _paint(prop.rng)
    leg = _paint(rng)
    w = rng.uniform(0.34, 0.46)
    if rng.random() < 0.65:
        high, low = rng.uniform(0.40, 0.50), rng.uniform(0.20, 0.25)
        for z, y in ((high, 0.12), (low, -0.12)):
            prop.box((0, y, z - 0.03), (w, 0.03, 0.22), paint)
        for x in (-w / 2, w / 2):
            prop.bar((x, 0.24, 0), (x, 0.04, high), 0.03, leg)
            prop.bar((x, -0.24, 0), (x, 0.06, high), 0.03, leg)
            prop.bar((x, -0.2, low - 0.03), (x, 0.2, low - 0.03), 0.025, leg)
    else:
        high = rng.uniform(0.42, 0.5)
        prop.box((0, 0, high - 0.03), (w, 0.03, w * 0.9), paint)
        for x in (-w * 0.42, w * 0.42):
            for y in (-w * 0.38, w * 0.38):
                prop.bar((x, y, high - 0.03), (x * 1.15, y * 1.15, 0), 0.035, leg)
        for y in (-w * 0.4, w * 0.4):
            prop.bar((-w * 0.45, y, high * 0.4), (w * 0.45, y, high * 0.4), 0.022, leg)


def kick_stool(prop: Prop) -> None:
    """A round rolling step: a cone on a skirt with a rubber top."""
    rng = prop.rng
    w_px, h_px = 160, 160
    t = (np.arange(h_px) + 0.5) / h_px
    half = np.interp(t, [0, 0.1, 0.45, 0.5, 0.95, 1], [0.62, 0.68, 0.78, 0.86, 1, 0.97])
    x = (np.arange(w_px) + 0.5) / w_px * 2 - 1
    across = x[None] / half[:, None]
    shade = 0.4 + 0.6 * np.sqrt(np.clip(1 - (across + 0.25) ** 2 * 0.8, 0, 1))
    picture = np.empty((h_px, w_px, 3))
    picture[:] = _paint(rng)
    picture[t < 0.1] = (40, 40, 40)
    picture[(t > 0.47) & (t < 0.5)] = (50, 50, 50)
    picture[t > 0.93] = (45, 45, 45)
    alpha = np.clip((half[:, None] - np.abs(x)[None]) * w_px / 2, 0, 1) * 255
    skin = np.dstack([np.clip(picture * shade[..., None], 0, 255), alpha]).astype(np.uint8)
    diameter, high = rng.uniform(0.40, 0.46), rng.uniform(0.40, 0.45)
    sight = prop.foot_m - prop.eye_m
    right = np.array([sight[1], -sight[0], 0]) / np.hypot(sight[0], sight[1])
    prop.quads.append(
        Quad(
            prop.foot_m + UP * high - right * diameter / 2,
            right * diameter,
            -UP * high,
            Texture(skin),
            prop.object_id,
            prop.light.tint[None, None],
        )
    )
    disc = np.zeros((64, 64, 4), np.uint8)
    cv2.circle(disc, (32, 32), 31, (70, 70, 70, 255), -1, cv2.LINE_AA)
    cv2.circle(disc, (32, 32), 24, (50, 50, 50, 255), 2, cv2.LINE_AA)
    r = diameter * 0.31
    prop.quads.append(
        Quad(
            prop.foot_m + np.array([-r, r, high - 0.005]),
            np.array([2 * r, 0, 0]),
            np.array([0, -2 * r, 0]),
            Texture(disc),
            prop.object_id,
            prop.light.tint[None, None],
        )
    )


def ladder(prop: Prop) -> None:
    """A folding step ladder with three or four treads and a handrail."""
    rng = prop.rng
    steps = int(rng.integers(3, 5))
    rise, run, w = rng.uniform(0.22, 0.26), rng.uniform(0.10, 0.16), rng.uniform(0.40, 0.5)
    rail, tread = _paint(rng), _paint(rng)
    high = steps * rise
    for x in (-w / 2, w / 2):
        prop.bar((x, -steps * run, 0), (x, 0, high), 0.035, rail)
        prop.bar((x, 0.25, 0), (x, 0, high), 0.03, rail)
        prop.bar((x, 0, high), (x, 0.1, high + 0.5), 0.03, rail)
    prop.bar((-w / 2, 0.1, high + 0.5), (w / 2, 0.1, high + 0.5), 0.035, rail)
    for k in range(1, steps + 1):
        deep = 0.28 if k == steps else 0.1
        prop.box((0, -(steps - k) * run, k * rise - 0.025), (w, 0.03, deep), tread)


def steps(prop: Prop) -> None:
    """A podium with a step, closed on all sides."""
    rng = prop.rng
    paint = _paint(rng)
    w = rng.uniform(0.5, 1.0)
    rise, run = rng.uniform(0.15, 0.24), rng.uniform(0.25, 0.4)
    for k in range(int(rng.integers(2, 4))):
        prop.box((0, k * run - run / 2, 0), (w, rise * (k + 1), run), paint)


def pallet(prop: Prop) -> None:
    """A pallet of planks on blocks: whole, half or quarter."""
    rng = prop.rng
    paint = colour(rng.uniform(25, 38), rng.uniform(0.25, 0.55), rng.uniform(0.5, 0.85))
    w, d = ((1.2, 0.8), (0.8, 0.6), (0.6, 0.4))[int(rng.integers(3))]
    for y in (-d / 2 + 0.05, 0, d / 2 - 0.05):
        prop.box((0, y, 0), (w, 0.022, 0.1), paint)
        for x in (-w / 2 + 0.07, 0, w / 2 - 0.07):
            prop.box((x, y, 0.022), (0.14, 0.078, 0.1), paint)
    count = max(int(w / 0.17), 3)
    for k in range(count):
        x = -w / 2 + 0.06 + k * (w - 0.12) / (count - 1)
        prop.box((x, 0, 0.1), (0.11, 0.044, d), paint)


def crate(prop: Prop) -> None:
    """A crate of slats, open above."""
    rng = prop.rng
    w, d, h = rng.uniform(0.4, 0.6), rng.uniform(0.3, 0.42), rng.uniform(0.2, 0.38)
    paint = colour(rng.choice((0, 45, 110, 215, 30)), rng.uniform(0.3, 0.9), rng.uniform(0.4, 0.9))
    slats = int(rng.integers(3, 6))
    picture = np.zeros((80, 120, 4), np.uint8)
    picture[..., :3] = paint
    for k in range(slats):
        top = int(80 * k / slats)
        picture[top : top + int(80 / slats * 0.72), :, 3] = 255
    picture[:, :8, 3] = picture[:, -8:, 3] = 255
    picture[..., :3] = np.clip(picture[..., :3] + rng.normal(0, 6, (80, 120, 1)), 0, 255)
    wall = Texture(picture)
    tint = prop.light.tint[None, None]
    corners = [
        prop.at(x, y, h)
        for x, y in ((-w / 2, -d / 2), (w / 2, -d / 2), (w / 2, d / 2), (-w / 2, d / 2))
    ]
    for k, shade in enumerate((0.9, 0.7, 0.55, 0.6)):
        a, b = corners[k], corners[(k + 1) % 4]
        prop.quads.append(Quad(a, b - a, -UP * h, wall, prop.object_id, tint * shade))
    prop.box((0, 0, 0.01), (w, 0.01, d), paint)


BUILDERS: dict[str, Callable[[Prop], None]] = {
    "stool": stool,
    "kick_stool": kick_stool,
    "ladder": ladder,
    "steps": steps,
    "pallet": pallet,
    "crate": crate,
}


def person(prop: Prop) -> None:
    """A grown-up seen from behind or from the side, as a cut-out."""
    rng = prop.rng
    picture = np.zeros((360, 150, 4), np.uint8)
    skin = (*colour(rng.uniform(15, 30), rng.uniform(0.25, 0.6), rng.uniform(0.3, 0.95)), 255)
    hair = (*colour(rng.uniform(15, 40), rng.uniform(0.2, 0.7), rng.uniform(0.08, 0.7)), 255)
    shirt = (*_paint(rng), 255)
    legs = (*colour(rng.choice((0, 220, 30)), rng.uniform(0, 0.5), rng.uniform(0.1, 0.5)), 255)
    for x in (57, 93):
        cv2.line(picture, (75 + (x - 75) // 2, 200), (x, 345), legs, 30, cv2.LINE_AA)
        cv2.ellipse(picture, (x, 350), (18, 9), 0, 0, 360, (30, 30, 30, 255), -1, cv2.LINE_AA)
    body = np.array([[42, 80], [60, 64], [90, 64], [108, 80], [104, 205], [46, 205]])
    cv2.fillPoly(picture, [body], shirt, cv2.LINE_AA)
    for x, sign in ((46, -1), (104, 1)):
        hand = (x + sign * int(rng.integers(5, 25)), int(rng.integers(120, 205)))
        elbow = (x + sign * 12, 135)
        cv2.line(picture, (x, 84), elbow, shirt, 20, cv2.LINE_AA)
        cv2.line(picture, elbow, hand, shirt if rng.random() < 0.5 else skin, 16, cv2.LINE_AA)
        cv2.circle(picture, hand, 9, skin, -1, cv2.LINE_AA)
    cv2.line(picture, (75, 50), (75, 70), skin, 16)
    cv2.ellipse(picture, (75, 36), (20, 26), 0, 0, 360, skin, -1, cv2.LINE_AA)
    cv2.ellipse(
        picture,
        (75, 28),
        (22, 22),
        0,
        *((0, 360) if rng.random() < 0.5 else (180, 360)),
        hair,
        -1,
        cv2.LINE_AA,
    )
    shade = np.linspace(1.1, 0.65, 150)[None, :, None]
    folds = cv2.resize(rng.normal(1, 0.12, (18, 8)).astype(np.float32), (150, 360))[..., None]
    picture[..., :3] = np.clip(picture[..., :3] * shade * folds, 0, 255)
    high = rng.uniform(1.55, 1.9)
    w = high * 150 / 360 * rng.uniform(0.9, 1.2)
    sight = prop.foot_m - prop.eye_m
    right = np.array([sight[1], -sight[0], 0]) / np.hypot(sight[0], sight[1])
    prop.quads.append(
        Quad(
            prop.foot_m + UP * high - right * w / 2,
            right * w,
            -UP * high,
            Texture(picture),
            prop.object_id,
            prop.light.tint[None, None],
        )
    )
