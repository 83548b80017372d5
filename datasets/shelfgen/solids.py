"""Packs as solids: a dressed article becomes the faces that a camera sees."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from datasets.shelfgen import artwork
from datasets.shelfgen.camera import Array
from datasets.shelfgen.lettering import colour
from datasets.shelfgen.products import Product, anonymous
from datasets.shelfgen.render import Quad, Texture

UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Dressed:
    """A product with its printed faces; `front` has alpha when the pack is round or soft."""

    product: Product
    front: Texture
    side: Texture
    top: Texture
    print_bgr: np.ndarray  # the flat front, for product cards


@dataclass(frozen=True)
class Standing:
    """A pack where it stands: `foot_m` is the middle of its front lower edge, shape (3,)."""

    dressed: Dressed
    foot_m: Array
    yaw_rad: float
    object_id: int


def dressed(
    product: Product,
    texel_m: float,
    rng: np.random.Generator,
    *,
    photos: artwork.PhotoArtwork | None = None,
) -> Dressed:
    """Draw or cut the faces of a product at `texel_m` metres a texel."""
    size = product.size_m
    wh = artwork.front_size_px(size, texel_m)
    if photos is not None:
        front = photos.front(rng, wh)
    elif product.sku.startswith("X"):
        front = artwork.goods_front(product, wh)
    else:
        front = artwork.remedy_front(product, wh)
    depth_px = max(round(size[2] / texel_m), 8)
    if product.shape == "box":
        if product.finish == "film":
            front = _shrink_wrapped(front, rng)
        if product.finish == "panels":
            front = _panelled(front, rng, photos)
        side = artwork.box_side(front, (depth_px, wh[1]), rng)
        top = artwork.box_side(front, (wh[0], depth_px), rng)
        return Dressed(product, Texture(front), Texture(side), Texture(top), front)
    if product.shape == "pouch":
        picture = _soft(front, rng)
    else:  # a made-up label may run round the pack; a real name is to be read
        share = float(rng.uniform(0.6, 0.95)) if product.sku.startswith("X") else 0.95
        is_clear = product.finish == "clear"
        picture = _round(product.shape, front, rng, print_share=share, is_clear=is_clear)
    lid = _disc(picture[max(wh[1] // 40, 1), wh[0] // 2, :3])
    return Dressed(product, Texture(picture), Texture(lid), Texture(lid), front)


def _shrink_wrapped(front: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn a front into that of several cans under one film; same size, no alpha."""
    h, w = front.shape[:2]
    columns, rows = int(rng.integers(2, 4)), int(rng.integers(1, 3))
    size = (max(w // columns, 8), max(h // rows, 8))
    one = _round("can", cv2.resize(front, size, interpolation=cv2.INTER_AREA), rng)
    alpha = one[..., 3:] / 255
    one = (one[..., :3] * alpha + 40 * (1 - alpha)).astype(np.uint8)
    many = cv2.resize(np.tile(one, (rows, columns, 1)), (w, h)).astype(np.float32)
    film = cv2.resize(rng.normal(0, 14, (6, 5)).astype(np.float32), (w, h))
    return np.clip(many + np.maximum(film, 0)[..., None] * 3, 0, 255).astype(np.uint8)


def _panelled(
    front: np.ndarray, rng: np.random.Generator, photos: artwork.PhotoArtwork | None
) -> np.ndarray:
    """Return a front of the same size whose parts look like packs of their own.

    Panels beside or above each other, pictures of the bottles or cans inside, a plate with print.
    """
    picture = front.copy()
    h, w = front.shape[:2]

    def other(wh_px: tuple[int, int]) -> np.ndarray:
        if photos is not None and rng.random() < 0.5:
            return photos.front(rng, wh_px)
        return artwork.goods_front(anonymous(int(rng.integers(6000))), wh_px)

    chance = rng.random()
    if chance < 0.3:  # panels across, or one above the other
        count = int(rng.integers(2, 5)) if w > h else 2
        edges = [0, *sorted(rng.uniform(0.12, 0.88, count - 1).tolist()), 1]
        same = other((max(w // count, 24), h)) if rng.random() < 0.4 else None
        for a, b in pairwise(edges):
            x0, x1 = int(a * w), max(int(b * w), int(a * w) + 1)
            if rng.random() < 0.75:
                panel = other((max(x1 - x0, 24), max(h, 24))) if same is None else same
                picture[:, x0:x1] = cv2.resize(panel, (x1 - x0, h))
        return picture
    if chance < 0.45:
        cut = int(h * rng.uniform(0.25, 0.75))
        picture[cut:] = cv2.resize(other((w, max(h - cut, 24))), (w, h - cut))
        return picture
    if chance < 0.85:  # what is inside, pictured
        shape = str(rng.choice(("can", "bottle", "jar", "tube")))
        tall = int(h * rng.uniform(0.6, 1.05))
        wide = int(tall * (0.3 if shape == "bottle" else rng.uniform(0.4, 0.75)))
        if wide < 6 or wide >= w:
            return picture
        one = _round(shape, other((max(wide, 24), max(tall, 24))), rng)
        one = cv2.resize(one, (wide, tall), interpolation=cv2.INTER_AREA)[:h]
        x, y = int(rng.uniform(0, 0.5) * (w - wide)), h - one.shape[0]
        y = int(y * rng.random())
        for _ in range(int(rng.integers(1, 5))):
            if x + wide > w:
                break
            alpha = one[..., 3:] / 255
            under = picture[y : y + one.shape[0], x : x + wide]
            under[:] = (one[..., :3] * alpha + under * (1 - alpha)).astype(np.uint8)
            x += int(wide * rng.uniform(0.75, 1.4))
        return picture
    x0, y0 = int(rng.uniform(0.05, 0.5) * w), int(rng.uniform(0.05, 0.4) * h)
    x1, y1 = int(x0 + rng.uniform(0.25, 0.5) * w), int(y0 + rng.uniform(0.3, 0.6) * h)
    picture[y0:y1, x0:x1] = cv2.resize(
        other((max(x1 - x0, 24), max(y1 - y0, 24))), (x1 - x0, y1 - y0)
    )
    cv2.rectangle(picture, (x0, y0), (x1, y1), (250, 250, 250), max(h // 60, 1))
    return picture


def _disc(bgr: np.ndarray) -> np.ndarray:
    picture = np.zeros((48, 48, 4), np.uint8)
    ink = tuple(int(v) for v in bgr)
    cv2.circle(picture, (24, 24), 23, (*ink, 255), -1, cv2.LINE_AA)
    cv2.circle(picture, (24, 24), 19, (*(int(v * 0.8) for v in ink), 255), 2, cv2.LINE_AA)
    return picture


def half_widths(shape: str, h: int, rng: np.random.Generator) -> tuple[np.ndarray, float, float]:
    """Return the half width, 0 to 1, of each row, and where cap and label begin and end."""
    t = (np.arange(h) + 0.5) / h  # 0 at the top
    match shape:
        case "bottle":
            neck, shoulder = rng.uniform(0.2, 0.6), rng.uniform(0.15, 0.4)
            cap = rng.uniform(0.06, 0.14)
            half = np.interp(t, [0, cap, cap + 0.01, shoulder, 1], [neck, neck, neck * 0.85, 1, 1])
            blend = np.clip((t - cap) / max(shoulder - cap, 1e-3), 0, 1)
            curved = neck * 0.85 + (1 - neck * 0.85) * np.sin(blend * np.pi / 2) ** 1.5
            half = np.where((t > cap) & (t < shoulder), curved, half)
            if rng.random() < 0.3:  # a waist, as on soft drinks
                half *= 1 - 0.08 * np.exp(-(((t - rng.uniform(0.5, 0.7)) / 0.06) ** 2))
            return half, cap, max(shoulder, 0.3)
        case "can":
            half = np.interp(t, [0, 0.05, 0.95, 1], [0.86, 1, 1, 0.88])
            return half, 0.02, 0.04
        case "jar":
            cap = rng.uniform(0.14, 0.26)
            lid = rng.uniform(0.85, 1.0)
            half = np.interp(t, [0, cap, cap + 0.02, cap + 0.1, 1], [lid, lid, lid * 0.92, 1, 1])
            return half, cap, cap + rng.uniform(0.06, 0.12)
        case _:  # a tube stands on its cap
            half = np.interp(t, [0, 0.8, 0.86, 0.861, 1], [1, 0.86, 0.7, 0.62, 0.6])
            return half, 0.0, 0.0


def _round(
    shape: str,
    front: np.ndarray,
    rng: np.random.Generator,
    *,
    print_share: float = 0.62,
    is_clear: bool = False,
) -> np.ndarray:
    """Wrap a flat front round a bottle, can, jar or tube; returns (h, w, 4) with alpha.

    Args:
        shape: "bottle", "can", "jar" or "tube".
        front: The flat print, shape (h, w, 3).
        rng: Decides liquid, cap and light.
        print_share: How much of the print's width shows from one side.
        is_clear: A bottle of clear plastic: a narrow label, above and below it liquid and air.
    """
    h, w = front.shape[:2]
    half, cap_end, label_top = half_widths(shape, h, rng)
    label_end = float(rng.uniform(0.8, 1.0)) if shape == "bottle" else 1.0
    if is_clear:
        label_top = float(rng.uniform(0.3, 0.55))
        label_end = label_top + float(rng.uniform(0.18, 0.38))
    x = (np.arange(w) + 0.5) / w * 2 - 1
    across = x[None, :] / np.maximum(half[:, None], 1e-3)
    wrap = np.arcsin(np.clip(across, -1, 1)) / (np.pi / 2) * print_share
    map_x = ((wrap + 1) / 2 * w - 0.5).astype(np.float32)
    map_y = np.repeat(np.arange(h, dtype=np.float32)[:, None], w, 1)
    if shape == "bottle":  # the label's own print fills only the label
        span = max(label_end - label_top, 0.2)
        map_y = ((map_y / h - label_top) / span * h).astype(np.float32)
    picture = cv2.remap(front, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    rows = (np.arange(h) + 0.5) / h
    liquid = colour(
        rng.choice((0, 20, 30, 40, 55, 110, 200)), rng.uniform(0, 0.95), rng.uniform(0.08, 1)
    )
    cap_ink = colour(rng.uniform(0, 360), rng.choice((0.0, 0.8)), rng.uniform(0.1, 1))
    if shape == "bottle":
        bare = (rows < label_top) | (rows > label_end)
        picture[bare] = liquid
        if is_clear:
            picture[bare] = _seen_through(picture, across, liquid, cap_end, rng)[bare]
    if shape == "can":
        picture[(rows < 0.045) | (rows > 0.96)] = (190, 190, 190)
    if shape == "jar":
        bare = (rows < label_top) | (rows > rng.uniform(0.88, 1.0))
        picture[bare] = liquid
    if shape == "tube":
        picture[rows > 0.86] = cap_ink
        picture[rows < 0.03] = (picture[rows < 0.03] * 0.8).astype(np.uint8)
    elif cap_end > 0.03:
        picture[rows < cap_end] = cap_ink

    light_at = rng.uniform(-0.5, 0.5)
    shade = 0.42 + 0.58 * np.sqrt(np.clip(1 - (across - light_at * 0.4) ** 2 * 0.85, 0, 1))
    gloss = np.exp(-(((across - light_at) / rng.uniform(0.05, 0.16)) ** 2)) * rng.uniform(0, 110)
    gloss = gloss + np.exp(-(((across + 0.7) / 0.06) ** 2)) * rng.uniform(0, 60)
    lit = np.clip(picture * shade[..., None] + gloss[..., None], 0, 255)
    alpha = np.clip((half[:, None] - np.abs(x[None, :])) * w / 2 + 0.5, 0, 1) * 255
    return np.dstack([lit, alpha]).astype(np.uint8)


def _seen_through(
    picture: np.ndarray,
    across: Array,
    liquid: tuple[int, int, int],
    cap_end: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return a bottle's liquid, the air above it and the ribs of its wall, shape (h, w, 3)."""
    h = picture.shape[0]
    rows = ((np.arange(h) + 0.5) / h)[:, None]
    if rng.random() < 0.5:  # cola, sauce, wine
        liquid = colour(
            rng.choice((5, 15, 25, 350)), rng.uniform(0.3, 0.9), rng.uniform(0.03, 0.18)
        )
    seen = np.repeat(np.repeat(np.array(liquid, np.float32)[None, None], h, 0), across.shape[1], 1)
    air = colour(rng.uniform(0, 360), rng.uniform(0, 0.15), rng.uniform(0.1, 0.6))
    seen[(rows < cap_end + rng.uniform(0.02, 0.2))[:, 0]] = air
    ribs = np.sin(rows * np.pi * rng.uniform(4, 26) + rng.uniform(0, 6)) ** 8
    ribs = ribs * (0.4 + 0.6 * np.cos(np.clip(across, -1, 1) * rng.uniform(2, 9) + 1) ** 2)
    streaks = sum(
        np.exp(-(((across - rng.uniform(-0.9, 0.9)) / rng.uniform(0.02, 0.08)) ** 2))
        for _ in range(int(rng.integers(1, 5)))
    )
    lit = ribs * rng.uniform(0, 60) + streaks * rng.uniform(10, 110)
    return np.clip(seen + lit[..., None], 0, 255).astype(np.uint8)


def _soft(front: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn a flat front into a crumpled bag with seams; returns (h, w, 4) with alpha."""
    h, w = front.shape[:2]
    coarse = rng.normal(0, 1, (5, 5)).astype(np.float32)
    bumps = cv2.resize(coarse, (w, h), interpolation=cv2.INTER_CUBIC)
    fine = cv2.resize(
        rng.normal(0, 1, (14, 12)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
    )
    relief = bumps * 0.7 + fine * 0.3
    dx = cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=3) * w / 60
    dy = cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=3) * h / 60
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    stretch = 0.012 * min(w, h)
    picture = cv2.remap(
        front,
        xs + dx * stretch,
        ys + dy * stretch,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)
    x, y = (xs + 0.5) / w * 2 - 1, (ys + 0.5) / h
    pillow = np.clip(1.05 - 0.5 * np.abs(x) ** 4 - 0.35 * np.abs(y * 2 - 1) ** 6, 0.3, 1.1)
    shade = pillow * (1 + rng.uniform(0.05, 0.2) * np.clip(dx + dy, -1.2, 1.2))
    glint = np.clip(dx * rng.choice((-1, 1)) + 0.6 * dy - rng.uniform(0.5, 1.4), 0, 1)
    picture = picture * shade[..., None] + glint[..., None] * rng.uniform(10, 130)
    seam = rng.uniform(0.03, 0.07)
    in_seam = (y < seam) | (y > 1 - seam)
    if rng.random() < 0.8:
        picture[in_seam] = picture[in_seam] * 0.75 + 255 * 0.15 * ((ys[in_seam] % 4) > 1)[:, None]
    waist = rng.uniform(0.0, 0.08)
    edge = 1 - waist * np.cos((y - 0.5) * np.pi) ** 2 * rng.choice((-0.6, 1))
    wobble = cv2.resize(
        rng.normal(0, 0.02, (9, 1)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
    )
    reach = np.minimum(edge + wobble - 0.03, 1.0)
    sag = 0.03 * rng.random() * (1 - np.cos((x - rng.uniform(-0.4, 0.4)) * np.pi)) / 2
    alpha = np.clip((reach - np.abs(x)) * w / 2, 0, 1) * np.clip((y - sag) * h, 0, 1) * 255
    return np.dstack([np.clip(picture, 0, 255), alpha]).astype(np.uint8)


def turned(vector: Array, yaw_rad: float) -> Array:
    """Return a vector turned about the vertical."""
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    x, y, z = vector
    return np.array([c * x - s * y, s * x + c * y, z])


def box_faces(
    foot_m: Array,
    size_m: tuple[float, float, float],
    faces: tuple[Texture, Texture, Texture],
    *,
    eye_m: Array,
    yaw_rad: float = 0.0,
    object_id: int = 0,
    gain: np.ndarray | float = 1.0,
    side_gain: float = 0.7,
    top_gain: float = 1.0,
) -> list[Quad]:
    """Return the faces of a standing box that the eye sees.

    Args:
        foot_m: Middle of the box's front lower edge.
        size_m: Width, height, depth.
        faces: Front, side and top.
        eye_m: The camera's position.
        yaw_rad: Turn about the vertical axis through `foot_m`.
        object_id: What the pixels belong to.
        gain: Light on the front, a number or an array (n, m) or (n, m, 3).
        side_gain: Light of the sides in terms of the front's.
        top_gain: Light of the top in terms of the front's.
    """
    w, h, d = size_m
    right = turned(np.array([1.0, 0, 0]), yaw_rad)
    back = turned(np.array([0.0, 1, 0]), yaw_rad)
    light = np.atleast_2d(np.asarray(gain, np.float32))
    low, high = foot_m, foot_m + UP * h
    left_edge, right_edge = -right * w / 2, right * w / 2
    down = -UP * h
    front, side, top = faces
    found = [
        Quad(high + left_edge, right * w, down, front, object_id, light),
        Quad(high + right_edge, back * d, down, side, object_id, light * side_gain),
        Quad(high + left_edge + back * d, -back * d, down, side, object_id, light * side_gain),
        Quad(high + left_edge + back * d, right * w, -back * d, top, object_id, light * top_gain),
        Quad(low + left_edge, right * w, back * d, side, object_id, light * 0.4),
        Quad(high + right_edge + back * d, -right * w, down, side, object_id, light * side_gain),
    ]
    return [q for q in found if float(q.normal_m @ (eye_m - q.origin_m)) > 0]


def pack_faces(
    pack: Dressed,
    foot_m: Array,
    *,
    eye_m: Array,
    yaw_rad: float,
    object_id: int,
    gain: np.ndarray | float,
) -> list[Quad]:
    """Return the visible faces of a pack whose front lower edge has its middle at `foot_m`.

    Round packs and bags are cut-outs that turn with the eye, with a lid seen from above.
    """
    w, h, d = pack.product.size_m
    if pack.product.shape == "box":
        return box_faces(
            foot_m,
            (w, h, d),
            (pack.front, pack.side, pack.top),
            eye_m=eye_m,
            yaw_rad=yaw_rad,
            object_id=object_id,
            gain=gain,
        )
    light = np.atleast_2d(np.asarray(gain, np.float32))
    if pack.product.shape == "pouch":  # the top lies further back, and it slumps to one side
        slump = yaw_rad * 0.5
        right = turned(np.array([np.cos(slump), 0, np.sin(slump)]), yaw_rad)
        down = np.array([np.sin(slump), -0.12, -0.99 * np.cos(slump)])
        origin = foot_m + UP * (w / 2 * abs(np.sin(slump))) - right * w / 2 - down * h
        return [Quad(origin, right * w, down * h, pack.front, object_id, light)]
    middle = foot_m + np.array([0, d / 2, 0])
    sight = middle - eye_m
    right = np.array([sight[1], -sight[0], 0]) / np.hypot(sight[0], sight[1])
    top = middle + UP * h
    quads = [Quad(top - right * w / 2, right * w, -UP * h, pack.front, object_id, light)]
    if pack.product.shape in ("can", "jar") and eye_m[2] > top[2]:
        lid = np.array([w * 0.43, d * 0.43, 0])
        corner = top + np.array([-lid[0], lid[1], -h * 0.01])
        quads.append(
            Quad(
                corner,
                np.array([2 * lid[0], 0, 0]),
                np.array([0, -2 * lid[1], 0]),
                pack.top,
                object_id,
                light,
            )
        )
    return quads
