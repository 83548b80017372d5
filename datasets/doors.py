"""Strips of closed cabinet doors where two leaves meet, with a lock or without: for training.

Flat drawings of many makes before pictures of shelves, seen a little from the side, by a poor
camera. Stiles, glass, handles, hinges, screws, labels, tags, notices, bars before the door; and
locks: a cylinder by itself, on a rosette, on a plate, in an oblong escutcheon; a padlock on a hasp;
a code lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.vision.locks import LEAF_PX, STRIP_PX

TEXELS_PER_CM = 7.0
STRIP_CM = (26.0, 84.0)
"""Width and height of what is drawn; the middle of it is seen."""

LEAF_CM = (28.0, 62.0)
"""Leaves are so wide: strips are as large as their leaf asks for."""

STRIP_HEIGHT_PX = 4 * STRIP_PX
LOCK_SHARE = 0.6

NO_DOOR_SHARE = 0.2
"""How often there is no door at all: not all that is taken for one is one."""

SMALLEST_PX = 2.0
"""A cylinder of a smaller radius may be found, but need not be."""

Colour = tuple[float, float, float]
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class SeenStrip:
    """A strip as the lock finder sees it.

    Attributes:
        picture_bgr: Shape (STRIP_HEIGHT_PX, STRIP_PX, 3), uint8.
        locks_px: Middle of the part that takes the key, of each lock, pixels of the picture.
        is_sure: False where a lock is too small or too much hidden to be asked for.
    """

    picture_bgr: Picture
    locks_px: NDArray[np.float32]
    is_sure: bool


class DoorMaker:
    """Draws strips without end.

    Args:
        shelves: Photos of shelves, which stand behind the doors.
        seed: Everything is drawn from it.
    """

    def __init__(self, shelves: Sequence[Path], seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._shelves = [np.asarray(cv2.imread(str(file)), np.uint8) for file in sorted(shelves)]

    def seen(self) -> SeenStrip:
        """Return the next strip."""
        rng = self._rng
        w, h = (round(cm * TEXELS_PER_CM) for cm in STRIP_CM)
        door = self._behind_glass(w, h)
        if rng.random() < NO_DOOR_SHARE:
            door, hidden = self._hide(door)
            return self._photographed(door, np.zeros((0, 2), np.float32), 0.0, hidden)
        seam = w / 2 + rng.normal(0, 6)
        self._draw_stiles(door, seam)
        self._draw_handles(door, seam)
        for _ in range(rng.poisson(1.2)):
            self._draw_other(door, seam)
        locks, radius = np.zeros((0, 2), np.float32), 0.0
        if rng.random() < LOCK_SHARE:
            at = np.array([seam, h * rng.uniform(0.2, 0.8)])
            at, radius = self._draw_lock(door, at)
            locks = np.array([at], np.float32)
        door, hidden = self._hide(door)
        return self._photographed(door, locks, radius, hidden)

    def _behind_glass(self, w: int, h: int) -> Picture:
        """Cut a piece out of a photo of shelves, as it is seen through a door."""
        rng = self._rng
        shelf = self._shelves[int(rng.integers(len(self._shelves)))]
        high, wide = shelf.shape[:2]
        larger = max(float(np.exp(rng.uniform(np.log(0.8), np.log(2.5)))), h / high, w / wide)
        x, y = rng.uniform(0, wide - w / larger), rng.uniform(0, high - h / larger)
        place = np.array([[larger, 0, -x * larger], [0, larger, -y * larger]])
        piece = cv2.warpAffine(shelf, place, (w, h), borderMode=cv2.BORDER_REPLICATE)
        if rng.random() < 0.5:
            piece = piece[:, ::-1].copy()
        haze, dim = rng.uniform(0, 0.35), rng.uniform(0.4, 1.0)
        beta = dim * haze * rng.uniform(60, 240)
        return np.asarray(cv2.convertScaleAbs(piece, alpha=dim * (1 - haze), beta=beta), np.uint8)

    def _draw_stiles(self, door: Picture, seam: float) -> None:
        """Draw the two frames that meet."""
        rng, h = self._rng, len(door)
        if rng.random() < 0.12:  # doors of glass alone, or of board
            whole = rng.random() < 0.5
            widths = (seam, door.shape[1] - seam) if whole else (3.0, 3.0)
        else:
            one = rng.uniform(1.8, 8.0) * TEXELS_PER_CM
            widths = (one, one * (1.0 if rng.random() < 0.8 else rng.uniform(0.3, 1.0)))
        ground = _material(rng)
        for side, width in zip((-1, 1), widths, strict=True):
            x1, x2 = sorted((seam, seam + side * width))
            shade = 1 + rng.normal(0, 0.03)
            part = door[:, max(0, round(x1)) : round(x2)]
            grain = cv2.resize(  # along the stile
                rng.normal(0, rng.uniform(0, 4), (h // 20, part.shape[1])), part.shape[1::-1]
            )
            across = np.linspace(-1, 1, part.shape[1]) * rng.normal(0, 8)
            face = np.float32(grain + across)[..., None] + np.float32(ground) * np.float32(shade)
            part[:] = np.clip(face, 0, 255)
            edge = round(seam + side * width)
            cv2.line(door, (edge, 0), (edge, h), _shaded(ground, rng.uniform(0.3, 1.15)),
                     int(rng.integers(1, 5)))  # fmt: skip
            if rng.random() < 0.4:
                bevel = round(seam + side * width * rng.uniform(0.5, 0.95))
                cv2.line(door, (bevel, 0), (bevel, h), _shaded(ground, rng.uniform(0.75, 1.2)), 2)
        gap = int(rng.integers(1, 9))
        cv2.line(
            door, (round(seam), 0), (round(seam), h), _shaded(ground, rng.uniform(0.1, 0.7)), gap
        )
        for _ in range(rng.poisson(0.15)):  # a rail across
            y = round(rng.uniform(0, h))
            half = round(rng.uniform(1, 4) * TEXELS_PER_CM)
            colour = _shaded(ground, rng.uniform(0.9, 1.1))
            cv2.rectangle(door, (0, y - half), (door.shape[1], y + half), colour, -1)
            cv2.line(door, (round(seam), 0), (round(seam), h), _shaded(ground, 0.4), gap)

    def _draw_handles(self, door: Picture, seam: float) -> None:
        rng = self._rng
        if rng.random() < 0.25:
            return
        colour, h = _metal(rng), len(door)
        y = rng.uniform(-0.2, 1.1) * h
        long, thick = rng.uniform(6, 34) * TEXELS_PER_CM, rng.uniform(0.6, 2.2) * TEXELS_PER_CM
        off = rng.uniform(1.5, 6.0) * TEXELS_PER_CM
        sides = ((-1, 1), (1,), (-1,))[int(rng.choice(3, p=(0.7, 0.15, 0.15)))]
        kind = rng.random()
        for side in sides:
            x = seam + side * off
            if kind < 0.7:
                _shadow(door, (x - thick / 2, y, x + thick / 2, y + long), rng)
                _bar(door, (x - thick / 2, y, x + thick / 2, y + long), colour, rng)
            elif kind < 0.85:  # a cup let into the door
                size = (round(rng.uniform(1.5, 3) * 10), round(rng.uniform(3, 6) * 10))
                cv2.ellipse(door, (round(x), round(y + long / 2)), size, 0, 0, 360,
                            _shaded(colour, 0.5), -1, cv2.LINE_AA)  # fmt: skip
                cv2.ellipse(door, (round(x), round(y + long / 2)), size, 0, 0, 360, colour, 3,
                            cv2.LINE_AA)  # fmt: skip
            else:
                half = thick * rng.uniform(0.7, 1.2)
                _shadow(door, (x - half, y, x + half, y + 4 * half), rng)
                _bar(door, (x - half, y, x + half, y + 4 * half), colour, rng)

    def _draw_other(self, door: Picture, seam: float) -> None:
        """Draw what is no lock."""
        rng = self._rng
        h, w = door.shape[:2]
        at = np.array([seam + rng.normal(0, 25), rng.uniform(0, h)])
        kind = rng.choice(7)
        if kind == 0:  # a tag of the measuring kit
            _tag(door, at, rng.uniform(3, 9) * TEXELS_PER_CM, rng)
        elif kind == 1:  # a round label, without the depth of a lock
            radius = rng.uniform(0.8, 4) * TEXELS_PER_CM
            cv2.circle(door, _int(at), round(radius), _any(rng), -1, cv2.LINE_AA)
            if rng.random() < 0.7:
                _words(door, at, radius, rng)
        elif kind == 2:  # a label or a notice
            half = np.array([rng.uniform(1, 9), rng.uniform(0.6, 12)]) * TEXELS_PER_CM
            ground = _any(rng) if rng.random() < 0.5 else (240.0, 240.0, 240.0)
            cv2.rectangle(door, _int(at - half), _int(at + half), ground, -1)
            for line in np.arange(-half[1] + 12, half[1] - 6, rng.uniform(10, 24)):
                _words(door, _moved(at, 0, line), half[0], rng)
        elif kind == 3:  # screws
            for _ in range(int(rng.integers(1, 4))):
                spot = at + rng.normal(0, 15, 2)
                cv2.circle(door, _int(spot), round(rng.uniform(2, 4)), _metal(rng), -1, cv2.LINE_AA)
        elif kind == 4:  # a hinge or a cover without a cylinder
            half = np.array([rng.uniform(1, 3.5), rng.uniform(1.5, 6)]) * TEXELS_PER_CM
            _shadow(door, (*(at - half), *(at + half)), rng)
            _bar(door, (*(at - half), *(at + half)), _metal(rng), rng)
        elif kind == 5:  # light on glass or metal
            glow = np.zeros((h, w), np.float32)
            axes = (round(rng.uniform(5, 40)), round(rng.uniform(10, 200)))
            cv2.ellipse(glow, _int(at), axes, rng.uniform(-20, 20), 0, 360, 1.0, -1)
            glow = cv2.GaussianBlur(glow, (0, 0), rng.uniform(2, 15)) * rng.uniform(20, 150)
            door[:] = np.clip(door + glow[..., None], 0, 255)
        else:  # a price label's rail across the door
            y, half = at[1], rng.uniform(1, 2.5) * TEXELS_PER_CM
            cv2.rectangle(door, (0, round(y - half)), (w, round(y + half)), _any(rng), -1)

    def _draw_lock(
        self, door: Picture, at: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], float]:
        """Draw a lock; return where the key goes in, and the cylinder's radius in texels."""
        rng = self._rng
        radius = rng.uniform(0.8, 1.7) * TEXELS_PER_CM
        side = float(rng.choice((-1, 1)))
        kind = rng.choice(6, p=(0.45, 0.2, 0.1, 0.1, 0.08, 0.07))
        if kind == 0:  # on a plate over both leaves, or on one
            half = np.array([rng.uniform(1.4, 4.0), rng.uniform(1.8, 6.0)]) * TEXELS_PER_CM
            if rng.random() < 0.3:
                at = _moved(at, side * (half[0] + 3), 0)
            colour = _metal(rng) if rng.random() < 0.7 else _material(rng)
            _shadow(door, (*(at - half), *(at + half)), rng)
            _plate(door, at, half, colour, rng)
            radius = min(radius, 0.8 * half[0])
            room = half - radius
            at = at + np.clip(rng.normal(0, 0.25, 2), -0.6, 0.6) * room
        elif kind == 1:
            at = _moved(at, side * rng.uniform(0.3, 4) * TEXELS_PER_CM, 0)
        elif kind == 2:  # rosette
            at = _moved(at, side * rng.uniform(0, 4) * TEXELS_PER_CM, 0)
            rim = radius * rng.uniform(1.3, 2.3)
            _shadow(door, (*(at - rim), *(at + rim)), rng)
            cv2.circle(door, _int(at), round(rim), _metal(rng), -1, cv2.LINE_AA)
        elif kind == 3:  # oblong escutcheon with a profile cylinder
            at = _moved(at, side * rng.uniform(1, 4) * TEXELS_PER_CM, 0)
            half = np.array([rng.uniform(1.2, 1.8), rng.uniform(2.5, 4.5)]) * TEXELS_PER_CM
            _shadow(door, (*(at - half), *(at + half)), rng)
            _plate(door, at, half, _metal(rng), rng)
            radius = 0.65 * half[0]
            below = _moved(at, radius / 2, 2.2 * radius)
            cv2.rectangle(door, _int(_moved(at, -radius / 2, 0)), _int(below), _metal(rng), -1)
        elif kind == 4:
            return self._draw_padlock(door, at)
        else:
            return self._draw_code_lock(door, at)
        return _cylinder(door, at, radius, rng), radius

    def _draw_padlock(
        self, door: Picture, at: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], float]:
        rng = self._rng
        half = rng.uniform(1.4, 2.6) * TEXELS_PER_CM
        hasp = np.array([rng.uniform(2, 5) * TEXELS_PER_CM, 0.5 * half])
        top = _moved(at, 0, -1.8 * half)
        _bar(door, (*(top - hasp), *(top + hasp)), _metal(rng), rng)
        shackle = (round(0.6 * half), round(1.1 * half))
        cv2.ellipse(door, _int(_moved(at, 0, -half)), shackle, 0, 180, 360, _metal(rng),
                    round(0.25 * half) + 1, cv2.LINE_AA)  # fmt: skip
        _shadow(door, (*(at - half), *(at + half)), rng)
        body = _brass(rng) if rng.random() < 0.6 else _metal(rng)
        _plate(door, at, np.array([half, 0.85 * half]), body, rng)
        return at, half * 0.8

    def _draw_code_lock(
        self, door: Picture, at: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], float]:
        rng = self._rng
        half = np.array([rng.uniform(1.6, 2.6), rng.uniform(4, 8)]) * TEXELS_PER_CM
        at = _moved(at, float(rng.choice((-1, 0, 1))) * half[0], 0)
        _shadow(door, (*(at - half), *(at + half)), rng)
        _plate(door, at, half, _metal(rng), rng)
        ink = _metal(rng)
        for row in np.linspace(-0.6, 0.4, 5):
            for column in (-0.4, 0.4):
                spot = at + half * (column, row)
                cv2.circle(door, _int(spot), round(0.18 * half[0]) + 1, ink, -1, cv2.LINE_AA)
        return at, float(half[0])

    def _hide(self, door: Picture) -> tuple[Picture, NDArray[np.uint8]]:
        """Put things before the door: bars of a stool, a card, a hand."""
        rng = self._rng
        h, w = door.shape[:2]
        hidden = np.zeros((h, w), np.uint8)
        if rng.random() < 0.2:
            for _ in range(int(rng.integers(1, 3))):
                a = (round(rng.uniform(-50, w + 50)), round(rng.uniform(-50, h + 50)))
                b = (round(rng.uniform(-50, w + 50)), round(a[1] + rng.normal(0, 120)))
                thick = round(rng.uniform(1, 5) * TEXELS_PER_CM)
                colour = _any(rng)
                cv2.line(door, a, b, colour, thick, cv2.LINE_AA)
                cv2.line(door, a, b, _shaded(colour, 1.2), max(1, thick // 4), cv2.LINE_AA)
                cv2.line(hidden, a, b, 1, thick)
        return door, hidden

    def _photographed(
        self, door: Picture, locks: NDArray[np.float32], radius: float, hidden: NDArray[np.uint8]
    ) -> SeenStrip:
        rng = self._rng
        h, w = door.shape[:2]
        scale = LEAF_PX / rng.uniform(*LEAF_CM) / TEXELS_PER_CM
        taller = float(np.exp(rng.uniform(-0.08, 0.3)))  # seen from the side, leaves are narrower
        lean, rise = rng.normal(0, 0.03), rng.normal(0, 0.12)
        affine = np.array([[scale, lean * scale, 0], [rise * scale, taller * scale, 0]])
        middle = affine[:, :2] @ np.array([w / 2, h * rng.uniform(0.35, 0.65)])
        to = np.array([STRIP_PX / 2 + rng.normal(0, 9), STRIP_HEIGHT_PX / 2])
        affine[:, 2] = to - middle
        size = (STRIP_PX, STRIP_HEIGHT_PX)
        soft = cv2.GaussianBlur(door, (0, 0), 0.42 / scale)
        seen = cv2.warpAffine(soft, affine, size, flags=cv2.INTER_LINEAR,
                              borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
        seen = _degraded(seen, rng)
        at = (locks @ affine[:, :2].T + affine[:, 2]).astype(np.float32)
        is_in = ((at > 3) & (at < np.array(size) - 3)).all(axis=1)
        covered = [
            hidden[round(y), round(x)] if 0 <= y < h and 0 <= x < w else 1
            for x, y in locks.tolist()
        ]
        return SeenStrip(seen, at[is_in], radius * scale >= SMALLEST_PX and not any(covered))


def _cylinder(
    door: Picture, at: NDArray[np.float64], radius: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw what takes the key, its foot at a place; return the middle of what is seen of it.

    It may stand out a good deal: from the side it is seen as a cylinder that lies, its face narrow.
    """
    colour = _brass(rng) if rng.random() < 0.45 else _metal(rng)
    aside = float(np.clip(rng.normal(0, 1.5), -4.5, 4.5)) if rng.random() < 0.6 else 0.0
    face = at + np.array([aside, 0.1 * rng.normal() * aside]) * radius
    (x1, x2), (y1, y2) = sorted((at[0], face[0])), sorted((at[1], face[1]))
    _shadow(door, (x1 - radius, y1 - radius, x2 + radius, y2 + radius), rng)
    lit, wide = rng.uniform(-0.7, 0.7), rng.uniform(0.2, 0.8)
    for share in np.linspace(-0.9, 0.9, 9):  # from the upper side of the body to the lower
        bright = rng.uniform(0.4, 0.7) + 0.9 * np.exp(-(((share - lit) / wide) ** 2))
        shift = np.array([0, share * radius])
        cv2.line(door, _int(at + shift), _int(face + shift), _shaded(colour, bright),
                 max(1, round(0.3 * radius)), cv2.LINE_AA)  # fmt: skip
    narrow = float(np.sqrt(max(0.06, 1 - (aside / 4.6) ** 2)))

    def disc(middle: NDArray[np.float64], share: float, ink: Colour) -> None:
        axes = (max(1, round(radius * share * narrow)), max(1, round(radius * share)))
        cv2.ellipse(door, _int(middle), axes, 0, 0, 360, ink, -1, cv2.LINE_AA)

    disc(face, 1.0, _shaded(colour, rng.uniform(0.4, 0.9)))
    towards = rng.normal(0, 0.25, 2) * radius * (narrow, 1)
    for share in np.linspace(0.9, 0.2, 5):
        bright = rng.uniform(0.9, 1.1) * (1 + 0.35 * (1 - share))
        disc(face + towards * (1 - share), share, _shaded(colour, bright))
    if rng.random() < 0.7:  # light
        spot = face + rng.normal(0, 0.35, 2) * radius * (narrow, 1)
        disc(spot, rng.uniform(0.1, 0.35), (250.0, 250.0, 250.0))
    if rng.random() < 0.75:  # keyhole
        turn = float(rng.choice((0.0, 90.0, 45.0)))
        size = (
            max(1, round(radius * rng.uniform(0.08, 0.22) * narrow)),
            max(1, round(radius * rng.uniform(0.3, 0.6))),
        )
        cv2.ellipse(door, _int(face), size, turn, 0, 360, (20, 20, 20), -1, cv2.LINE_AA)
    return (at + face) / 2


def _plate(
    door: Picture,
    at: NDArray[np.float64],
    half: NDArray[np.float64],
    colour: Colour,
    rng: np.random.Generator,
) -> None:
    (x1, y1), (x2, y2) = _int(at - half), _int(at + half)
    round_px = round(min(half) * rng.uniform(0, 0.9)) if rng.random() < 0.5 else 0
    mask = np.zeros(door.shape[:2], np.uint8)
    cv2.rectangle(mask, (x1 + round_px, y1 + round_px), (x2 - round_px, y2 - round_px), 255,
                  2 * round_px + 1)  # fmt: skip
    cv2.rectangle(mask, (x1 + round_px, y1 + round_px), (x2 - round_px, y2 - round_px), 255, -1)
    lit = np.linspace(-1, 1, door.shape[0])[:, None, None] * rng.normal(0, 30)
    ys, xs = np.nonzero(mask)
    door[ys, xs] = np.clip(np.array(colour) + lit, 0, 255)[ys, 0]
    if rng.random() < 0.5:
        cv2.line(door, (x1, y1), (x2, y1), _shaded(colour, 1.25), 2)
        cv2.line(door, (x1, y2), (x2, y2), _shaded(colour, 0.6), 2)
    for dx, dy in ((-1, -1), (1, 1), (-1, 1), (1, -1)):
        if rng.random() < 0.25:
            spot = at + 0.8 * half * (dx, dy)
            cv2.circle(door, _int(spot), 3, _shaded(colour, 0.6), -1, cv2.LINE_AA)


def _bar(door: Picture, box: tuple[float, ...], colour: Colour, rng: np.random.Generator) -> None:
    x1, y1, x2, y2 = map(round, box)
    cv2.rectangle(door, (x1, y1), (x2, y2), colour, -1)
    light = round(x1 + (x2 - x1) * rng.uniform(0.2, 0.8))
    cv2.line(door, (light, y1), (light, y2), _shaded(colour, rng.uniform(1.1, 1.5)),
             max(1, (x2 - x1) // 5))  # fmt: skip


def _shadow(door: Picture, box: tuple[float, ...], rng: np.random.Generator) -> None:
    """Darken what lies beside a thing that stands out from the door."""
    if rng.random() < 0.3:
        return
    soft = rng.uniform(1, 5)
    x1, y1, x2, y2 = np.array(box) + np.tile(rng.normal(0, 3.5, 2), 2)
    more = 3 * soft
    left, top = max(0, round(x1 - more)), max(0, round(y1 - more))
    part = door[top : max(top, round(y2 + more)), left : max(left, round(x2 + more))]
    if not part.size:
        return
    shade = np.zeros(part.shape[:2], np.float32)
    cv2.rectangle(
        shade, (round(x1) - left, round(y1) - top), (round(x2) - left, round(y2) - top), 1.0, -1
    )
    shade = 1 - cv2.GaussianBlur(shade, (0, 0), soft) * rng.uniform(0.1, 0.55)
    part[:] = part * shade[..., None]


def _tag(door: Picture, at: NDArray[np.float64], side: float, rng: np.random.Generator) -> None:
    cells = int(rng.choice((6, 8)))
    bits = np.zeros((cells + 4, cells + 4), np.uint8)
    bits[:] = 255
    bits[1:-1, 1:-1] = 0
    bits[2:-2, 2:-2] = rng.integers(0, 2, (cells, cells)) * 255
    tag = cv2.resize(bits, (round(side), round(side)), interpolation=cv2.INTER_NEAREST)
    x, y = _int(at - side / 2)
    h, w = door.shape[:2]
    x1, y1, x2, y2 = max(0, x), max(0, y), min(w, x + len(tag)), min(h, y + len(tag))
    if x2 > x1 and y2 > y1:
        door[y1:y2, x1:x2] = tag[y1 - y : y2 - y, x1 - x : x2 - x, None]


def _words(
    picture: Picture, at: NDArray[np.float64], half: float, rng: np.random.Generator
) -> None:
    text = "".join(rng.choice(list("abcdeimnorstuvTALPS 0123456789"), int(rng.integers(2, 12))))
    size = float(rng.uniform(0.3, 1.0)) * max(half, 8) / 60
    ink = _any(rng) if rng.random() < 0.4 else (25.0, 25.0, 25.0)
    cv2.putText(picture, text, _int(_moved(at, -0.8 * half, 8 * size)), cv2.FONT_HERSHEY_SIMPLEX,
                size, ink, max(1, round(2 * size)), cv2.LINE_AA)  # fmt: skip


def _degraded(seen: Picture, rng: np.random.Generator) -> Picture:
    """Blur, light, noise and compression."""
    picture = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), float(rng.uniform(0.2, 1.3)))
    light = rng.uniform(0.5, 1.2) * (1 + rng.normal(0, 0.08, 3))
    picture = 255 * np.clip(picture * light / 255, 0, 1) ** rng.uniform(0.7, 1.4)
    grey = picture.mean(axis=2, keepdims=True)
    picture = grey + (picture - grey) * rng.uniform(0.5, 1.2)
    ramp = np.linspace(-1, 1, len(picture))[:, None, None] * rng.normal(0, 15) + rng.uniform(0, 30)
    noise = rng.standard_normal(picture.shape, np.float32) * 8 * rng.random() ** 3
    picture = picture * rng.uniform(0.75, 1.0) + ramp + noise
    coded = cv2.imencode(".jpg", np.clip(picture, 0, 255).astype(np.uint8),
                         [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 97))])[1]  # fmt: skip
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _material(rng: np.random.Generator) -> Colour:
    """Return a colour of door frames: metal, paint, wood."""
    kind = rng.random()
    if kind < 0.55:
        grey = rng.uniform(50, 235)
        return _tinted((grey, grey, grey), rng, 5)
    if kind < 0.75:
        return _tinted((225, 230, 232), rng, 12)
    if kind < 0.88:
        return _tinted((75, 120, 170), rng, 35)
    return _any(rng)


def _metal(rng: np.random.Generator) -> Colour:
    grey = rng.uniform(25, 235)
    return _tinted((grey, grey, grey), rng, 6)


def _brass(rng: np.random.Generator) -> Colour:
    return _shaded(_tinted((70, 160, 205), rng, 18), rng.uniform(0.6, 1.15))


def _any(rng: np.random.Generator) -> Colour:
    return tuple(rng.uniform(15, 245, 3).tolist())  # type: ignore[return-value]


def _tinted(colour: Colour, rng: np.random.Generator, by: float) -> Colour:
    return tuple(np.clip(np.array(colour) + rng.normal(0, by, 3), 0, 255).tolist())


def _shaded(colour: Colour, by: float) -> Colour:
    return tuple(np.clip(np.array(colour) * by, 0, 255).tolist())


def _moved(at: NDArray[np.float64], right: float, down: float) -> NDArray[np.float64]:
    return at + np.array([right, down])


def _int(at: NDArray[np.float64]) -> tuple[int, int]:
    return round(float(at[0])), round(float(at[1]))
