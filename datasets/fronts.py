"""Fronts of made-up packs as a camera sees them from afar, with what every line on them says.

They teach what finds and reads small print. A front is printed at random: ground, bands and signs,
a name, smaller lines. It is seen at a slant, between neighbours, a few dozen pixels wide, blurred,
noisy and compressed.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTFont, TTLibError
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from datasets.shelfgen.lettering import Colour, colour
from inspector.catalogue.vocabulary import KIND_BY_HEADLINE, KIND_BY_LEGAL_WORD
from inspector.domain.goods import Sku
from inspector.vision.pack_views import MARGIN_SHARE, View

TEXEL_SIDE_PX = 150
"""Root of the area of a front as it is printed."""

SEEN_SIDE_PX = (22.0, 110.0)
"""Root of the area of a front in the photo: from hopeless to easy."""

LEADING = (-0.15, 0.25)
"""From the ink of a line to that of the next, in heights of the line: names in two lines are often
set so tight that what hangs below the one stands beside what rises above the other."""

ROUND_BOTTLES, ROUND_OTHERS = 0.8, 0.3
"""So many bottles and jars, and of other fronts, are round."""

ROUND_HALF_RAD, TURN_RAD, FROM_ABOVE_RAD = (0.6, 1.3), 0.2, 0.12
"""Half of the angle that a front runs around a pack that is bent, but not round all the way; how
far the pack is turned, and from how far above or below it is seen, one standard deviation each."""

WHOLLY_ROUND, WRAPPED_HALF_RAD, WRAPPED_TURN_RAD = 0.7, (0.9, 1.7), 0.4
"""So many of them are round all the way: from side to side one sees half of what is around them.
How far the front runs around these, and how far they are turned: seen from the side of the bay, or
at the side of a photo, the first or last letters of a line are out of sight."""

IN_SIGHT_RAD, FEWEST_IN_SIGHT = 1.2, 3
"""Letters further around a round pack are too narrow to be seen. Lines of which fewer are in sight
are neither to be read nor to be left out."""

CONTRASTS, CONTRAST_SHARES = (110, 70, 40), (0.6, 0.85, 1.0)
"""Ink and its ground are at least so far apart in lightness (of 255), up to so many of all lines:
most print is made to be read."""

FAINTEST_LINE_PX = 3.5
"""Lines lower than this in the photo are neither to be read nor to be left out."""

UNKNOWN_SHARE = 0.55
"""Share of names that the register does not hold: letters are to be read, not known names."""

TOLD_OF_WHAT_SHARE = 0.15
"""Of made-up names so many say what they name, as `Astra Hårspray`: by these words goods are sorted
that no register holds."""

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789æøåÆØÅäöüé-+%&.,/µ"
_PLAIN_LINES = (
    *("Smertestillende", "Mod hovedpine", "Mod halsbrand", "Til børn og voksne", "Sukkerfri"),
    *("Ved tør hoste", "Nyhed", "NYHED", "Uden parfume", "Nu med mere", "Extra", "Original"),
    *("Dagcreme", "Natcreme", "Sensitiv", "Klinisk testet", "Kosttilskud", "Naturlægemiddel"),
    *("CE 0197", "CE 0344", "CE 0123", "SPF 15", "SPF 50", "Til hele familien", "Mild", "Frisk"),
    *("Digital", "Vandfast", "Steril", "Peppermint", "Citron", "Med aloe vera", "Fluor", "Vegan"),
)
_SAYS_WHAT = (*KIND_BY_HEADLINE, *KIND_BY_LEGAL_WORD)
_COMMON_NUMBERS = (5, 10, 12, 14, 20, 24, 28, 30, 40, 48, 50, 60, 75, 90, 100, 120, 200, 250, 500)
_PACKED = (
    *("tabletter", "filmovertrukne tabletter", "brusetabletter", "tyggetabletter", "kapsler"),
    *("sugetabletter", "smeltetabletter", "depottabletter", "stk", "stk", "stk.", "ml", "g"),
    *("breve", "plastre", "depotplastre", "pastiller", "stikpiller", "stk tyggegummi"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print.

    Attributes:
        text: What it says, also where it is out of sight.
        corners_px: Its corners from the top left clockwise, shape (4, 2); those of what is in
            sight.
        letters_at: Middle of each letter as a share of that length, shape (len(text),); not a
            number for letters out of sight.
    """

    text: str
    corners_px: NDArray[np.float32]
    letters_at: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SeenFront:
    """A front as a camera saw it.

    Attributes:
        view: The pack with its margin, to be looked at in the size that was asked for.
        lines: Lines on the pack that are to be read, in pixels of the view's front.
        unsure: Lines that are too small, or only partly in the picture.
    """

    view: View
    lines: tuple[Line, ...]
    unsure: tuple[Line, ...]


class Words:
    """What stands on packs: from the register, or made up of letters that follow each other there.

    Args:
        skus: The register.
        unknown: Names that it does not hold; made up where there are none.
    """

    _ORDER = 3

    def __init__(self, skus: Sequence[Sku], unknown: Sequence[str] = ()) -> None:
        self._unknown = unknown
        self._names = sorted({sku.name for sku in skus})
        self._small = sorted({
            part
            for sku in skus
            for part in (sku.strength, sku.form, sku.pack_size, sku.substance)
            if part and len(part) < 30
        })  # fmt: skip
        self._next: dict[str, list[str]] = defaultdict(list)
        for text in (*self._names, *(sku.substance for sku in skus)):
            for word in text.split():
                padded = "^" * self._ORDER + word.lower() + "$"
                for at in range(len(padded) - self._ORDER):
                    self._next[padded[at : at + self._ORDER]].append(padded[at + self._ORDER])

    def name(self, rng: random.Random) -> str:
        """Return a brand, of the register or not."""
        if rng.random() >= UNKNOWN_SHARE:
            return self._cased(rng.choice(self._names), rng)
        if self._unknown:
            return self._cased(rng.choice(self._unknown), rng)
        words = [self.made_up(rng) for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))]
        if rng.random() < TOLD_OF_WHAT_SHARE:
            words[1:] = [rng.choice(_SAYS_WHAT)]
        joint = "-" if rng.random() < 0.1 else " "
        return self._cased(joint.join(word.capitalize() for word in words), rng)

    def made_up(self, rng: random.Random) -> str:
        """Return a word that the register might hold."""
        while True:
            word = "^" * self._ORDER
            while not word.endswith("$") and len(word) < 16:
                word += rng.choice(self._next[word[-self._ORDER :]])
            word = word.strip("^$")
            if len(word) > 2:
                return word

    def small_line(self, rng: random.Random) -> str:
        """Return a line that stands below a name."""
        kind = rng.random()
        if kind < 0.4:
            return rng.choice(self._small)
        if kind < 0.75:
            return self._quantity(rng)
        if kind < 0.9:
            return rng.choice(rng.choice((_PLAIN_LINES, _SAYS_WHAT)))
        return self.made_up(rng)

    def _quantity(self, rng: random.Random) -> str:
        """Return a strength or a pack size: any number, the common ones more often."""
        number = rng.choice((rng.choice(_COMMON_NUMBERS), rng.randint(1, 10 ** rng.randint(1, 3))))
        if rng.random() < 0.5:
            size = f"{number} {rng.choice(_PACKED)}"
            is_told_of_what = size.endswith("stk") and rng.random() < 0.5
            return f"{size} {self.made_up(rng).lower()}" if is_told_of_what else size
        decimals = f",{rng.randint(1, 9)}" if rng.random() < 0.2 else ""
        strength = f"{number}{decimals} {rng.choice(('mg', 'mg', 'mg', 'g', 'µg', '%'))}"
        return strength + rng.choice(("", "", "", "/ml", "/g", "/16 timer", f" + {number} mg"))

    @staticmethod
    def _cased(name: str, rng: random.Random) -> str:
        kind = rng.random()
        return name.upper() if kind < 0.12 else name.lower() if kind < 0.17 else name


class FrontMaker:
    """Makes fronts without end.

    Args:
        fonts: Typefaces to print with, see `fonts_under`.
        skus: The register: its names and the letters of made-up ones.
        seed: Same seed, same fronts.
        unknown: Names that the register does not hold; made up where there are none.
    """

    def __init__(
        self, fonts: Sequence[Path], skus: Sequence[Sku], seed: int, *, unknown: Sequence[str] = ()
    ) -> None:
        self._fonts, self._words = fonts, Words(skus, unknown)
        self._rng, self._random = np.random.default_rng(seed), random.Random(seed)

    def seen(
        self, wh_px: tuple[int, int], side_px: tuple[float, float] = SEEN_SIDE_PX
    ) -> SeenFront:
        """Return the next front.

        Args:
            wh_px: Size in which it is to be looked at.
            side_px: Least and largest root of its area in the photo.
        """
        rng = self._rng
        aspect = wh_px[0] / wh_px[1] * float(np.exp(rng.uniform(-0.2, 0.2)))
        w, h = (round(TEXEL_SIDE_PX * aspect**power) for power in (0.5, -0.5))
        front, lines = self._printed((w, h))
        around = self._between_neighbours(front)
        to_canvas = _slant(w, h, rng)
        return self._photographed(around, lines, to_canvas, wh_px, side_px)

    def _printed(self, wh_px: tuple[int, int]) -> tuple[NDArray[np.uint8], list[Line]]:
        rng, chance = self._rng, self._random
        w, h = wh_px
        picture = _plain(w, h, _colour(rng, pale=0.6))
        for _ in range(int(rng.integers(0, 4))):
            _draw_shape(picture, rng)
        if rng.random() < 0.3:
            _shade(picture, rng)
        lines: list[Line] = []
        font, other_font = chance.choice(self._fonts), chance.choice(self._fonts)
        left, right = w * rng.uniform(0.03, 0.14), w * rng.uniform(0.86, 0.98)
        top = h * (rng.uniform(0.02, 0.2) if rng.random() < 0.6 else rng.uniform(0.2, 0.6))
        is_bottle = h > 1.2 * w and rng.random() < 0.6
        if is_bottle:
            _shape_bottle(picture, rng)
            top = h * rng.uniform(0.25, 0.6)
        align = chance.choice((0.0, 0.0, 0.5, 0.5, 1.0))
        parts = _broken(self._words.name(chance), w / h, chance)
        share = rng.uniform(0.1, 0.36) if h < 1.3 * w else rng.uniform(0.06, 0.18)
        width = (right - left) * (1.0 if rng.random() < 0.7 else rng.uniform(0.55, 1))
        top = self._stack(picture, lines, parts, (left, top, width, share * h), font, align)
        count = int(rng.integers(0, 5))
        small = share * h * rng.uniform(0.35, 0.75)
        for k in range(count):
            line_font = chance.choice((font, other_font, other_font))
            if k == count - 1 and rng.random() < 0.6:
                top = max(top, h * 0.97 - small * 1.1)
            if top + small > h * 0.99:
                break
            text = [self._words.small_line(chance)]
            gap = small * rng.uniform(0.05, 0.6)
            box = (left, top + gap, width, small)
            top = self._stack(picture, lines, text, box, line_font, align)
            small *= rng.uniform(0.8, 1.05)
        if rng.random() < 0.3 and top < h * 0.9:
            _draw_small_print(picture, (left, top + 3, right - left, h * 0.97 - top), rng)
        if rng.random() < (ROUND_BOTTLES if is_bottle else ROUND_OTHERS):
            return _rounded(picture, lines, rng)
        return picture, lines

    def _stack(
        self,
        picture: NDArray[np.uint8],
        lines: list[Line],
        texts: Iterable[str],
        box_xywh_px: tuple[float, float, float, float],
        font: Path,
        align: float,
    ) -> float:
        """Print lines below each other, note where, and return where they end."""
        left, top, width, height = box_xywh_px
        for text in texts:
            placed = _print_line(picture, text, (left, top, width, height), font, align, self._rng)
            if placed is not None:
                (x, y, w, h), letters_at = placed
                corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
                lines.append(Line(text, np.array(corners, np.float32), letters_at))
                top = y + h
            top += height * self._rng.uniform(*LEADING)
        return top

    def _between_neighbours(self, front: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the front in the middle of a picture three times as large."""
        rng, (h, w) = self._rng, front.shape[:2]
        around = _plain(3 * w, 3 * h, _colour(rng, pale=0.3))
        cv2.rectangle(around, (0, 0), (3 * w, h - 1), _colour(rng, pale=0.1), -1)
        cv2.rectangle(around, (0, 2 * h), (3 * w, 3 * h), _colour(rng, pale=0.5), -1)
        gap = int(rng.integers(0, 4)) if rng.random() < 0.8 else int(rng.integers(4, 40))
        same = rng.random() < 0.65
        for side in (-1, 1):
            if rng.random() < 0.75:
                other = front if same else self._plain_neighbour(front)
                x = w + side * (w + gap)
                x0, x1 = max(x, 0), min(x + w, 3 * w)
                around[h : 2 * h, x0:x1] = other[:, x0 - x : x1 - x]
        for side in (-1, 1):
            if rng.random() < 0.3:
                y = h + side * (h + int(rng.integers(0, 3)))
                y0, y1 = max(y, 0), min(y + h, 3 * h)
                around[y0:y1, w : 2 * w] = front[y0 - y : y1 - y]
        around[h : 2 * h, w : 2 * w] = front
        if rng.random() < 0.4:  # the edge where the side of a box begins
            cv2.line(around, (w, h), (w, 2 * h), (200, 200, 200), 1)
        return around

    def _plain_neighbour(self, front: NDArray[np.uint8]) -> NDArray[np.uint8]:
        hsv = cv2.cvtColor(front[:, ::-1], cv2.COLOR_BGR2HSV)
        hsv[..., 0] = (hsv[..., 0].astype(int) + int(self._rng.integers(30, 150))) % 180
        return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)

    def _photographed(
        self,
        around: NDArray[np.uint8],
        lines: Sequence[Line],
        slant: NDArray[np.float64],
        wh_px: tuple[int, int],
        side_px: tuple[float, float],
    ) -> SeenFront:
        rng = self._rng
        h, w = (side // 3 for side in around.shape[:2])
        quad = _mapped(slant, np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32))
        (x1, y1), (x2, y2) = quad.min(axis=0), quad.max(axis=0)
        x1, x2 = (at + rng.normal(0, 0.02) * (x2 - x1) for at in (x1, x2))
        y1, y2 = (at + rng.normal(0, 0.02) * (y2 - y1) for at in (y1, y2))
        more_x, more_y = MARGIN_SHARE * (x2 - x1), MARGIN_SHARE * (y2 - y1)
        x1, y1, x2, y2 = x1 - more_x, y1 - more_y, x2 + more_x, y2 + more_y
        side = float(np.exp(rng.uniform(*np.log(side_px))))
        small = side / np.sqrt((x2 - x1) * (y2 - y1))
        small_wh = max(round((x2 - x1) * small), 6), max(round((y2 - y1) * small), 6)
        fine = max(1, round(TEXEL_SIDE_PX / side))
        scale = np.array([small_wh[0] / (x2 - x1), small_wh[1] / (y2 - y1)])
        to_small = np.array(
            [[scale[0], 0, -x1 * scale[0]], [0, scale[1], -y1 * scale[1]], [0, 0, 1]]
        )
        from_around = np.array([[1, 0, -w], [0, 1, -h], [0, 0, 1]], float)
        enlarge = np.array([[fine, 0, (fine - 1) / 2], [0, fine, (fine - 1) / 2], [0, 0, 1]])
        seen = cv2.warpPerspective(
            around,
            enlarge @ to_small @ slant @ from_around,
            (small_wh[0] * fine, small_wh[1] * fine),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        seen = cv2.resize(seen, small_wh, interpolation=cv2.INTER_AREA)
        seen = _degraded(seen, rng)
        to_front = np.diag([wh_px[0] / small_wh[0], wh_px[1] / small_wh[1], 1]) @ to_small @ slant
        read: list[Line] = []
        unsure: list[Line] = []
        for line in lines:
            corners = _mapped(to_front, line.corners_px)
            height = float(np.linalg.norm(corners[3] - corners[0]))
            in_photo = height * small_wh[1] / wh_px[1]
            inside = (corners > 0).all() and (corners < wh_px).all()
            in_sight = np.isfinite(line.letters_at).sum() >= FEWEST_IN_SIGHT
            kept = inside and in_sight and in_photo >= FAINTEST_LINE_PX
            (read if kept else unsure).append(Line(line.text, corners, line.letters_at))
        return SeenFront(View.of_crop(seen, wh_px), tuple(read), tuple(unsure))


def fonts_under(*folders: Path) -> list[Path]:
    """Return the typefaces below some folders that hold all Danish letters, sorted by name."""
    needed = set(map(ord, _LETTERS))
    found = []
    for path in sorted(
        (
            path
            for folder in folders
            for path in folder.rglob("*")
            if path.suffix in (".ttf", ".otf")
        ),
        key=lambda path: path.name,
    ):
        try:
            with TTFont(path, lazy=True) as font:
                if needed <= set(font.getBestCmap() or ()):
                    found.append(path)
        except (TTLibError, OSError):
            continue
    return found


@lru_cache(maxsize=6000)
def _font(path: Path, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size_px)


def _print_line(
    picture: NDArray[np.uint8],
    text: str,
    box_xywh_px: tuple[float, float, float, float],
    font: Path,
    align: float,
    rng: np.random.Generator,
) -> tuple[tuple[int, int, int, int], NDArray[np.float32]] | None:
    """Print a line as large as fits.

    Returns:
        Left, top, width and height of its ink, and where its letters are as shares of the width;
        None where there is no room.
    """
    x, y, w, h = box_xywh_px
    face = _font(font, max(int(h * 1.3), 5))
    left, top, right, bottom = face.getbbox(text)
    shrink = min(1.0, w / max(right - left, 1))
    if shrink < 1:
        face = _font(font, max(int(h * 1.3 * shrink), 5))
        left, top, right, bottom = face.getbbox(text)
    wide, high = int(right - left) + 2, int(bottom - top) + 2
    at_x, at_y = int(x + (w - wide) * align), int(y)
    if at_x < 0 or at_y < 0 or at_x + wide > picture.shape[1] or at_y + high > picture.shape[0]:
        return None
    mask = Image.new("L", (wide, high))
    ImageDraw.Draw(mask).text((1 - left, 1 - top), text, 255, font=face)
    cover = np.asarray(mask)
    part = picture[at_y : at_y + high, at_x : at_x + wide]
    if rng.random() < 0.08:  # on a label of its own
        part[:] = _colour(rng, pale=0.4)
    ground = part.reshape(-1, 3).mean(axis=0)
    ink = np.array(_ink_on(ground, rng), np.float32)
    if rng.random() < 0.05:
        halo = cv2.dilate(cover, np.ones((3, 3), np.uint8))[..., None] / 255
        part[:] = part + (255 - ink - part) * halo
    part[:] = part + (ink - part) * (cover[..., None] / 255)
    ends = np.array([face.getlength(text[:k]) for k in range(len(text) + 1)], np.float32) - left
    return (at_x, at_y, wide, high), np.clip((ends[1:] + ends[:-1]) / 2 / wide, 0, 1)


def _ink_on(ground: NDArray[np.float64], rng: np.random.Generator) -> Colour:
    least_apart = CONTRASTS[int(np.searchsorted(CONTRAST_SHARES, rng.random()))]
    for _ in range(12):
        ink = (
            (250, 250, 250) if rng.random() < 0.4 else
            (40, 35, 30) if rng.random() < 0.4 else
            _colour(rng, pale=0.2)
        )  # fmt: skip
        apart = np.abs((np.array(ink) - ground) @ (0.114, 0.587, 0.299))
        if apart > least_apart:
            return ink
    return (250, 250, 250) if ground @ (0.114, 0.587, 0.299) < 128 else (30, 30, 30)


def _plain(w: int, h: int, ground: Colour) -> NDArray[np.uint8]:
    return cv2.rectangle(np.empty((h, w, 3), np.uint8), (0, 0), (w, h), ground, -1)


def _colour(rng: np.random.Generator, *, pale: float) -> Colour:
    hue = rng.uniform(0, 360)
    if rng.random() < pale:
        return colour(hue, rng.uniform(0, 0.15), rng.uniform(0.85, 1))
    return colour(hue, rng.uniform(0.3, 1), rng.uniform(0.2, 1))


def _draw_shape(picture: NDArray[np.uint8], rng: np.random.Generator) -> None:
    h, w = picture.shape[:2]
    ink = _colour(rng, pale=0.25)
    x, y = int(rng.uniform(0, w)), int(rng.uniform(0, h))
    size = int(rng.uniform(0.05, 0.4) * min(w, h)) + 2
    match int(rng.integers(7)):
        case 0:
            at = int(h * rng.uniform(0.5, 0.9))
            cv2.rectangle(picture, (0, at), (w, int(at + h * rng.uniform(0.05, 0.5))), ink, -1)
        case 1:
            at = int(w * rng.uniform(0, 0.9))
            cv2.rectangle(picture, (at, 0), (int(at + w * rng.uniform(0.05, 0.3)), h), ink, -1)
        case 2:
            cv2.circle(picture, (x, y), size, ink, -1, cv2.LINE_AA)
        case 3:
            axes, turn = (size, size // 2 + 1), rng.uniform(0, 180)
            cv2.ellipse(picture, (x, y), axes, turn, 0, 360, ink, -1, cv2.LINE_AA)
        case 4:
            arm = max(size // 3, 1)
            cv2.rectangle(picture, (x - size, y - arm), (x + size, y + arm), ink, -1)
            cv2.rectangle(picture, (x - arm, y - size), (x + arm, y + size), ink, -1)
        case 5:
            corners = [(x + int(rng.normal(0, w / 2)), y + int(rng.normal(0, h / 2)))
                       for _ in range(3)]  # fmt: skip
            cv2.fillPoly(picture, [np.array(corners)], ink, cv2.LINE_AA)
        case _:
            cv2.line(picture, (x, y), (int(rng.uniform(0, w)), int(rng.uniform(0, h))), ink,
                     int(rng.integers(1, 5)), cv2.LINE_AA)  # fmt: skip


def _shape_bottle(picture: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Give a front the outline of a bottle or jar: a cap, shoulders, and what stands behind."""
    h, w = picture.shape[:2]
    neck, shoulder = int(h * rng.uniform(0.08, 0.28)), int(h * rng.uniform(0.0, 0.1))
    cap = int(w * rng.uniform(0.0, 0.33))
    behind = np.array(_colour(rng, pale=0.4), np.uint8) // int(rng.integers(1, 4))
    cap_ink = _colour(rng, pale=0.6)
    picture[:neck] = behind
    cv2.rectangle(picture, (cap, 0), (w - 1 - cap, neck), cap_ink, -1)
    for side in (np.array([[0, neck], [cap, neck], [0, neck + shoulder]]),
                 np.array([[w, neck], [w - cap, neck], [w, neck + shoulder]])):  # fmt: skip
        cv2.fillPoly(picture, [side], behind.tolist(), cv2.LINE_AA)
    if rng.random() < 0.5:  # a label of another colour
        top = int(h * rng.uniform(0.3, 0.5))
        cv2.rectangle(
            picture, (0, top), (w, int(h * rng.uniform(0.7, 0.95))), _colour(rng, pale=0.6), -1
        )
    falloff = 1 - rng.uniform(0.2, 0.6) * np.abs(np.linspace(-1, 1, w)) ** 3
    picture[:] = picture * falloff[None, :, None]


def _rounded(
    picture: NDArray[np.uint8], lines: Sequence[Line], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], list[Line]]:
    """Bend a front around an upright cylinder: its sides get narrower, its lines sag or rise.

    Lines stay straight in the truth, at the mean height of their letters; letters that are turned
    out of sight are none of it.
    """
    h, w = picture.shape[:2]
    if rng.random() < WHOLLY_ROUND:
        half = rng.uniform(*WRAPPED_HALF_RAD)
        turn = float(np.clip(rng.normal(0, WRAPPED_TURN_RAD), -1, 1))
        left, right = -1.0, 1.0
    else:
        half = rng.uniform(*ROUND_HALF_RAD)
        most_turned = np.pi / 2 - 0.05 - half
        turn = float(np.clip(rng.normal(0, TURN_RAD), -most_turned, most_turned))
        left, right = np.sin(turn - half), np.sin(turn + half)
    sag_px = w / (right - left) * np.sin(rng.normal(0, FROM_ABOVE_RAD))
    angles = np.arcsin(np.linspace(left, right, w))

    def down_px(at: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(sag_px * (np.cos(at) - np.cos(angles).mean()))

    from_x = np.tile(((angles - turn) / half + 1) * w / 2, (h, 1))
    from_y = np.arange(h)[:, None] - down_px(angles)[None]
    seen = cv2.remap(
        picture,
        from_x.astype(np.float32),
        from_y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    falloff = 1 - rng.uniform(0, 0.5) * np.abs(np.sin(angles - rng.normal(0, 0.4))) ** 3
    bent = []
    for line in lines:
        (x1, _), (x2, _) = line.corners_px[:2]
        flat_x = x1 + np.array([0, *line.letters_at, 1]) * (x2 - x1)
        at = turn + half * (2 * flat_x / w - 1)
        in_sight = np.abs(at[1:-1]) <= IN_SIGHT_RAD
        xs = (np.sin(np.clip(at, -IN_SIGHT_RAD, IN_SIGHT_RAD)) - left) / (right - left) * w
        corners = line.corners_px.copy()
        corners[[0, 3], 0], corners[[1, 2], 0] = xs[0], xs[-1]
        if in_sight.any():
            corners[:, 1] += down_px(at[1:-1][in_sight]).mean()
        letters_at = (xs[1:-1] - xs[0]) / max(xs[-1] - xs[0], 1e-6)
        letters_at[~in_sight] = np.nan
        bent.append(Line(line.text, corners, letters_at.astype(np.float32)))
    return np.clip(seen * falloff[None, :, None], 0, 255).astype(np.uint8), bent


def _shade(picture: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Darken towards one side, as round packs and lamps do."""
    length = picture.shape[1]
    to = np.linspace(-1, 1, length) - rng.uniform(-0.6, 0.6)
    falloff = (1 - rng.uniform(0.1, 0.45) * to**2)[None, :, None]
    picture[:] = np.clip(picture * falloff, 0, 255)


def _draw_small_print(
    picture: NDArray[np.uint8],
    box_xywh_px: tuple[float, float, float, float],
    rng: np.random.Generator,
) -> None:
    x, y, w, h = box_xywh_px
    ink, pitch = _colour(rng, pale=0.1), float(rng.uniform(5, 9))
    for row in range(int(h / pitch)):
        at = x
        while at < x + w * 0.9:
            word = w * rng.uniform(0.04, 0.2)
            top = y + row * pitch
            cv2.rectangle(
                picture, (int(at), int(top)), (int(at + word), int(top + pitch * 0.4)), ink, -1
            )
            at += word + w * 0.03


def _broken(name: str, aspect: float, chance: random.Random) -> list[str]:
    """Break a name into the lines that a front of this width over height has room for."""
    words = name.split()
    if len(words) == 1 or (aspect > 1.8 and chance.random() < 0.7) or chance.random() < 0.25:
        return [name]
    if aspect < 0.9 and chance.random() < 0.4:
        return words
    at = chance.randrange(1, len(words))
    return [" ".join(words[:at]), " ".join(words[at:])]


def _slant(w: int, h: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how a front is seen: turned, slanted, narrower, larger on one side."""
    spread = 1.0 if rng.random() < 0.75 else 2.5
    rise, lean = np.tan(np.radians(rng.normal(0, 2.2 * spread))), rng.normal(0, 0.03 * spread)
    narrower = rng.uniform(0.8, 1.0)
    keystone = rng.normal(0, 0.00025 * spread, 2)
    affine = np.array([[narrower, lean, 0], [rise * narrower, 1, 0], [0, 0, 1]])
    return np.asarray(affine @ np.array([[1, 0, 0], [0, 1, 0], [*keystone, 1]]))


def _mapped(matrix: NDArray[np.float64], points: NDArray[np.float32]) -> NDArray[np.float32]:
    mapped = cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float64), matrix)
    return np.asarray(mapped.reshape(-1, 2), np.float32)


def _degraded(seen: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Blur, light, noise and compression, at the size in which the camera saw it."""
    picture = seen.astype(np.float32)
    picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.2, 0.9)))
    dim = rng.uniform(0.75, 1.15) if rng.random() < 0.8 else rng.uniform(0.4, 0.8)
    light = dim * (1 + rng.normal(0, 0.06, 3))
    picture = 255 * np.clip(picture * light / 255, 0, 1) ** rng.uniform(0.8, 1.25)
    picture = picture * rng.uniform(0.8, 1.0) + rng.uniform(0, 25)
    if rng.random() < 0.3:  # glare
        h, w = picture.shape[:2]
        ys, xs = np.mgrid[:h, :w].astype(np.float32)
        at = rng.uniform(0, 1, 2)
        far = ((xs / w - at[0]) / rng.uniform(0.1, 0.6)) ** 2 + (
            (ys / h - at[1]) / rng.uniform(0.1, 0.6)
        ) ** 2
        picture += rng.uniform(20, 110) * np.exp(-far)[..., None]
    picture += rng.normal(0, rng.uniform(0, 6), picture.shape).astype(np.float32)
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    cleaned = rng.random()  # what cameras and renderers do against noise
    if cleaned < 0.2:
        picture = cv2.bilateralFilter(picture, 5, float(rng.uniform(10, 40)), 1.2)
    elif cleaned < 0.4:
        strength = float(rng.uniform(2, 10))
        picture = cv2.fastNlMeansDenoisingColored(picture, None, strength, strength, 3, 11)
    if rng.random() < 0.3:  # and against blur
        soft = cv2.GaussianBlur(picture, (0, 0), 1.0)
        picture = cv2.addWeighted(picture, 1.6, soft, -0.6, 0)
    if rng.random() < 0.85:
        lead = rng.integers(0, 8, 2)
        padded = cv2.copyMakeBorder(picture, int(lead[0]), 8, int(lead[1]), 8, cv2.BORDER_REPLICATE)
        quality = int(rng.integers(60, 97))
        coded = cv2.imencode(".jpg", padded, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        picture = decoded[lead[0] : lead[0] + seen.shape[0], lead[1] : lead[1] + seen.shape[1]]
    return picture
