"""The room and its furniture: floor, walls, bays with shelves, headers, cabinet doors."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from datasets.shelfgen.camera import Array
from datasets.shelfgen.lettering import Colour, colour, stamp_text
from datasets.shelfgen.render import Quad, Texture
from datasets.shelfgen.solids import box_faces

UPRIGHT_M = 0.03
BOARD_M = 0.022


@dataclass(frozen=True)
class Light:
    """The light of a scene.

    Attributes:
        tint: Shape (3,), BGR gains of the whole scene.
        depth_loss: How much of the light is lost at the back of a 50 cm shelf, 0 to 1.
        under_loss: How dark it gets right under a shelf, 0 to 1.
    """

    tint: np.ndarray
    depth_loss: float
    under_loss: float

    def on_front(self, depth_m: float, headroom_m: float, height_m: float) -> np.ndarray:
        """Return the light on an upright face, (2, 1, 3): its top, then its foot.

        Args:
            depth_m: How far it stands behind the shelf's front edge.
            headroom_m: From its top to the shelf above.
            height_m: Its own height.
        """
        inside = 1 - self.depth_loss * min(max(depth_m, 0) / 0.5, 1)
        reach = 0.03 + 0.4 * max(depth_m, 0)
        shade = [
            1 - self.under_loss * np.exp(-max(gap, 0) / reach)
            for gap in (headroom_m, headroom_m + height_m)
        ]
        return (inside * np.array(shade, np.float32))[:, None, None] * self.tint.astype(np.float32)


@dataclass(frozen=True)
class Bay:
    """One bay of a fixture: boards between two uprights.

    Attributes:
        index: Number of the bay, left to right.
        x0_m: Left inner edge; `x1_m` is the right one.
        depth_m: Of the boards.
        top_m: Height of the uprights.
        shelf_tops_m: Height of each board's upper side, rising.
        rail_m: Height of the price rail in front of each board.
        open_back: No back panel: what stands behind is seen.
    """

    index: int
    x0_m: float
    width_m: float
    depth_m: float
    top_m: float
    shelf_tops_m: tuple[float, ...]
    rail_m: float
    body: Colour
    back: Colour
    rail: Colour
    rail_stripes: bool = False
    cabinet: bool = False
    lock_m: float | None = None
    levels_in_use: tuple[int, ...] = field(default=())

    @property
    def x1_m(self) -> float:
        """Right inner edge."""
        return self.x0_m + self.width_m

    def headroom_m(self, level: int) -> float:
        """Return the free height above a board."""
        tops = self.shelf_tops_m
        if level + 1 < len(tops):
            return tops[level + 1] - BOARD_M - tops[level]
        return max(self.top_m - tops[level], 0.30)


def plain(
    bgr: Colour, rng: np.random.Generator, wh: tuple[int, int] = (64, 64), grain: float = 2.0
) -> Texture:
    """Return a painted surface with a little grain and slow unevenness."""
    w, h = wh
    picture = np.full((h, w, 3), bgr, np.float32)
    picture += cv2.resize(
        rng.normal(0, grain, (3, 3)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
    )[..., None]
    picture += rng.normal(0, grain * 0.7, (h, w, 1))
    return Texture(np.clip(picture, 0, 255).astype(np.uint8))


def floor_texture(rng: np.random.Generator) -> Texture:
    """Return 4 m x 4 m of tiles, planks or carpet."""
    side = 512
    base = colour(rng.uniform(0, 60), rng.uniform(0, 0.35), rng.uniform(0.25, 0.85))
    picture = np.full((side, side, 3), base, np.float32)
    kind = rng.random()
    pitch = int(side * rng.choice((0.3, 0.45, 0.6)) / 4)
    if kind < 0.45:
        for row in range(0, side, pitch):
            for column in range(0, side, pitch):
                picture[row : row + pitch, column : column + pitch] += rng.normal(0, 5)
        picture[::pitch] *= 0.8
        picture[:, ::pitch] *= 0.8
    elif kind < 0.75:
        board = side // 28
        for row in range(0, side, board):
            at = int(rng.integers(0, side // 2))
            picture[row : row + board, :at] += rng.normal(0, 10)
            picture[row : row + board, at:] += rng.normal(0, 10)
            picture[row] *= 0.8
        streak = rng.normal(0, 5, (side, 8)).astype(np.float32)
        picture += cv2.resize(streak, (side, side))[..., None]
    else:
        speckle = rng.normal(0, 9, (side // 4, side // 4)).astype(np.float32)
        picture += cv2.resize(speckle, (side, side))[..., None]
    return Texture(np.clip(picture, 0, 255).astype(np.uint8))


def room(rng: np.random.Generator, light: Light, wall_y_m: float, eye_m: Array) -> list[Quad]:
    """Return floor, back wall, ceiling and what is far to the sides."""
    gain = light.tint[None, None]
    quads = []
    floor = floor_texture(rng)
    for x in range(-12, 12, 4):
        for y in range(-8, 4, 4):
            quads.append(
                Quad(
                    np.array([x, y + 4.0, 0]),
                    np.array([4.0, 0, 0]),
                    np.array([0, -4.0, 0]),
                    floor,
                    0,
                    gain * 0.9,
                )
            )
    wall = plain(
        colour(rng.uniform(0, 360), rng.uniform(0, 0.3) ** 1.5, rng.uniform(0.45, 0.98)),
        rng,
        (256, 64),
    )
    ceiling_m = rng.uniform(2.6, 3.4)
    fade = np.linspace(1.0, 0.8, 3, dtype=np.float32)[:, None, None] * light.tint
    quads.append(
        Quad(
            np.array([-12.0, wall_y_m, ceiling_m]),
            np.array([24.0, 0, 0]),
            np.array([0, 0, -ceiling_m]),
            wall,
            0,
            fade,
        )
    )
    tiles = np.full((160, 160, 3), 225, np.float32)
    tiles[::24] = 170
    tiles[:, ::24] = 170
    for _ in range(5):
        row, column = rng.integers(0, 6, 2) * 24
        tiles[row + 1 : row + 24, column + 1 : column + 24] = 255
    overhead = Texture(tiles.astype(np.uint8))
    for x in range(-12, 12, 4):
        for y in range(-8, 4, 4):
            quads.append(
                Quad(
                    np.array([x, float(y), ceiling_m]),
                    np.array([4.0, 0, 0]),
                    np.array([0, 4.0, 0]),
                    overhead,
                    0,
                    gain,
                )
            )
    return quads


def _print_on_rail(picture: np.ndarray, rng: np.random.Generator) -> None:
    """Print dots, a lattice or a shop's name on a rail, (h, w, 3), in place; no price, no sign."""
    h, w = picture.shape[:2]
    second = colour(rng.uniform(0, 360), rng.choice((0.0, 0.7)), rng.uniform(0.3, 1))
    pitch = int(rng.integers(8, 30))
    kind = rng.random()
    for x in range(0, w, pitch):
        if kind < 0.35:
            cv2.circle(
                picture, (x, int(rng.integers(2, h - 2))), int(rng.integers(2, 9)), second, -1
            )
        elif kind < 0.7:
            cv2.line(picture, (x, 0), (x + h, h), second, 2)
            cv2.line(picture, (x + h, 0), (x, h), second, 2)
    if rng.random() < 0.5:
        plate = colour(rng.uniform(0, 360), 0.8, 0.6)
        for x in range(int(rng.integers(5, 60)), w - 40, int(rng.integers(60, 110))):
            cv2.rectangle(picture, (x, 1), (x + 34, h - 2), (245, 245, 245), -1)
            cv2.rectangle(picture, (x, 1), (x + 34, h // 2), plate, -1)
            stamp_text(picture, "SHOP", (x + 2, 2, 30, h // 2 - 2), (255, 255, 255), align=0.5)
            stamp_text(picture, "egne varer", (x + 2, h // 2, 30, h // 2 - 3), plate, align=0.5)


def bay_quads(bay: Bay, rng: np.random.Generator, light: Light, eye_m: Array) -> list[Quad]:
    """Return boards, rails, uprights, plinth and back of one bay."""
    body, back = plain(bay.body, rng), plain(bay.back, rng)
    rail_picture = plain(bay.rail, rng, (256, 24)).levels[0].copy()
    if bay.rail_stripes:
        _print_on_rail(rail_picture, rng)
    rail = Texture(rail_picture)
    tint = light.tint.astype(np.float32)
    quads: list[Quad] = []
    low = 0.0
    for level, top in enumerate((*bay.shelf_tops_m, bay.top_m)):
        height = top - low
        if height > 0.02 and level > 0:  # the back between two boards, dark under the upper one
            shade = light.on_front(bay.depth_m, 0.0, height)
            quads.append(
                Quad(
                    np.array([bay.x0_m, bay.depth_m, top]),
                    np.array([bay.width_m, 0, 0]),
                    np.array([0, 0, -height]),
                    back,
                    0,
                    shade,
                )
            )
        low = top
    for level, top in enumerate(bay.shelf_tops_m):
        open_top = level == len(bay.shelf_tops_m) - 1
        ramp = np.linspace(1 - light.depth_loss * (0.4 if open_top else 1), 1, 3, dtype=np.float32)
        quads.append(
            Quad(
                np.array([bay.x0_m, bay.depth_m, top]),
                np.array([bay.width_m, 0, 0]),
                np.array([0, -bay.depth_m, 0]),
                body,
                0,
                ramp[:, None, None] * tint,
            )
        )
        quads.append(
            Quad(
                np.array([bay.x0_m, 0.008, top - BOARD_M]),
                np.array([bay.width_m, 0, 0]),
                np.array([0, bay.depth_m, 0]),
                body,
                0,
                tint[None, None] * 0.35,
            )
        )
        quads.append(
            Quad(
                np.array([bay.x0_m, 0.0, top]),
                np.array([bay.width_m, 0, 0]),
                np.array([0, 0, -bay.rail_m]),
                rail,
                0,
                tint[None, None],
            )
        )
    first = bay.shelf_tops_m[0]
    if first > bay.rail_m:
        quads.append(
            Quad(
                np.array([bay.x0_m, 0.02, first - bay.rail_m]),
                np.array([bay.width_m, 0, 0]),
                np.array([0, 0, bay.rail_m - first]),
                body,
                0,
                tint[None, None] * 0.6,
            )
        )
    for x in (bay.x0_m - UPRIGHT_M / 2, bay.x1_m + UPRIGHT_M / 2):
        quads += box_faces(
            np.array([x, 0.004, 0]),
            (UPRIGHT_M, bay.top_m, bay.depth_m),
            (body, body, body),
            eye_m=eye_m,
            gain=light.tint[None, None],
            side_gain=0.75,
        )
    return quads


def board_sign(
    picture: np.ndarray,
    left_m: float,
    bottom_m: float,
    wh_m: tuple[float, float],
    y_m: float,
    light: Light,
    object_id: int,
) -> Quad:
    """Return a flat print that faces the aisle."""
    w, h = wh_m
    return Quad(
        np.array([left_m, y_m, bottom_m + h]),
        np.array([w, 0, 0]),
        np.array([0, 0, -h]),
        Texture(picture),
        object_id,
        light.tint[None, None],
    )


def cabinet_doors(
    bay: Bay, rng: np.random.Generator, light: Light, object_ids: tuple[int, int]
) -> list[Quad]:
    """Return two framed glass doors in front of a bay; the glass is no object, the frame is."""
    quads = []
    y = -0.02
    foot, h = 0.06, bay.top_m - 0.06
    half = bay.width_m / 2
    frame_px = 10
    for side, object_id in enumerate(object_ids):
        picture = np.zeros((200, 80, 4), np.uint8)
        grey = int(rng.integers(60, 210))
        picture[..., :3] = 235
        picture[..., 3] = 18  # glass
        streak = int(rng.integers(0, 60))
        cv2.line(picture, (streak, 200), (streak + 50, 0), (255, 255, 255, 50), 14)
        cv2.rectangle(picture, (0, 0), (79, 199), (grey, grey, grey, 255), frame_px)
        handle_x = 73 if side == 0 else 6
        cv2.line(picture, (handle_x, 90), (handle_x, 115), (40, 40, 40, 255), 3)
        quads.append(
            Quad(
                np.array([bay.x0_m + side * half, y, foot + h]),
                np.array([half, 0, 0]),
                np.array([0, 0, -h]),
                Texture(picture),
                object_id,
                light.tint[None, None],
            )
        )
    if bay.lock_m is not None:
        lock = plain((60, 70, 80), rng, (16, 16))
        quads.append(
            Quad(
                np.array([bay.x0_m + half - 0.02, y - 0.01, bay.lock_m + 0.025]),
                np.array([0.04, 0, 0]),
                np.array([0, 0, -0.05]),
                lock,
                0,
                light.tint[None, None],
            )
        )
    return quads
