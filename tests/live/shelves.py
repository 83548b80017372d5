"""Drawn shelves that tests change: packs, a person, noise. Exact truth, no models."""

from dataclasses import dataclass, field, replace
from functools import cache

import cv2
import numpy as np

WH = (640, 480)
PERSON_BGR = (180, 40, 220)
"""A colour that nothing else has, so that a stored picture can be searched for it."""


@dataclass(frozen=True)
class Shelf:
    """A shelf as it stands.

    Attributes:
        packs: Left upper corners of the packs, by name.
        person_x: Where a person stands; None when nobody does.
        has_sign: Whether the sign hangs there.
        light: Factor on all colours.
        shift_px: How far the camera was pushed.
        seed: Seed of the noise.
    """

    packs: dict[str, tuple[int, int]] = field(
        default_factory=lambda: {f"p{n}": (40 + 70 * n, 120 if n < 6 else 300) for n in range(8)}
    )
    person_x: int | None = None
    has_sign: bool = True
    light: float = 1.0
    shift_px: int = 0
    seed: int = 0


PACK_WH = (48, 64)
SIGN_BOX = (200, 20, 440, 70)


def person_box(x):
    return (x, 90, x + 150, 480)


@cache
def furniture():
    image = np.random.default_rng(7).integers(60, 90, (*WH[::-1], 1), np.uint8).repeat(3, axis=2)
    image = cv2.GaussianBlur(image, (0, 0), 1.2)
    for y in (184, 364):
        cv2.rectangle(image, (0, y), (640, y + 14), (200, 205, 210), -1)
        for x in range(0, 640, 37):
            cv2.putText(image, f"{x * y % 97}", (x, y + 12), 0, 0.4, (30, 30, 30), 1)
    for x in range(0, 640, 23):
        cv2.circle(image, (x, 420 + x * x % 50), 4 + x % 5, (90 + x % 120, 130, 200 - x % 90), -1)
        cv2.rectangle(image, (x, 85), (x + 11, 92 + x % 9), (x % 255, 180, 40 + x % 200), -1)
    return image


def drawn(shelf):
    """Return the shelf as a frame, shape (480, 640, 3)."""
    image = furniture().copy()
    if shelf.has_sign:
        x1, y1, x2, y2 = SIGN_BOX
        cv2.rectangle(image, (x1, y1), (x2, y2), (60, 120, 40), -1)
        cv2.putText(image, "Medicin", (x1 + 40, y2 - 15), 0, 1.1, (255, 255, 255), 2)
    for name, (x, y) in shelf.packs.items():
        cv2.rectangle(image, (x, y), (x + PACK_WH[0], y + PACK_WH[1]), tint_of(name), -1)
        cv2.putText(image, name, (x + 6, y + 30), 0, 0.6, (20, 20, 20), 2)
    if shelf.person_x is not None:
        x1, y1, x2, y2 = person_box(shelf.person_x)
        cv2.rectangle(image, (x1, y1), (x2, y2), PERSON_BGR, -1)
    image = np.roll(image, shelf.shift_px, axis=1)
    return np.clip(image * np.float32(shelf.light) + noise(shelf.seed % 7), 0, 255).astype(np.uint8)


@cache
def tint_of(name):
    return np.random.default_rng(sum(map(ord, name))).integers(90, 255, 3).tolist()


@cache
def noise(seed):
    shape = (*WH[::-1], 3)
    return np.random.default_rng(seed).normal(0, 1.5, shape).astype(np.float32)


def shows_person(image_bgr):
    """Say whether the person's colour is seen in a picture: sharp or blurred beyond use alike."""
    far = np.abs(image_bgr.astype(int) - PERSON_BGR).max(axis=-1)
    return bool((far < 40).sum() > 30)


__all__ = [
    "PACK_WH",
    "SIGN_BOX",
    "WH",
    "Shelf",
    "drawn",
    "person_box",
    "replace",
    "shows_person",
    "tint_of",
]
