"""From a clean rendering to a photograph: lens, sensor, light and JPEG, with EXIF."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

EXIF_IFD, MAKE, MODEL, DATE_ORIGINAL, FOCAL_35MM = 0x8769, 0x010F, 0x0110, 0x9003, 0xA405
ORIENTATION, FOCAL_MM = 0x0112, 0x920A


@dataclass(frozen=True)
class Lens:
    """How bad the photograph gets; every number 0 is a perfect camera.

    Attributes:
        blur_px: Standard deviation of the defocus.
        motion_px: Length of the shake.
        noise: Standard deviation of the sensor's noise, grey levels of 255.
        vignette: Light lost in the corners, 0 to 1.
        glare: Strength of a bright veil, 0 to 1.
        gamma: Above 1 darkens the middle tones.
        balance: BGR gains.
        sharpen: Strength of the phone's sharpening.
        jpeg_quality: 1 to 95.
    """

    blur_px: float = 0.4
    motion_px: float = 0.0
    noise: float = 1.5
    vignette: float = 0.08
    glare: float = 0.0
    gamma: float = 1.0
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    sharpen: float = 0.3
    jpeg_quality: int = 90

    @classmethod
    def by_chance(cls, rng: np.random.Generator) -> Lens:
        """Return a lens of an ordinary phone or shelf camera, sometimes a poor one."""
        poor = rng.random() < 0.2
        return cls(
            blur_px=float(rng.uniform(0.2, 1.6 if poor else 0.8)),
            motion_px=float(rng.uniform(2, 6)) if rng.random() < 0.08 else 0.0,
            noise=float(rng.uniform(0.5, 10 if poor else 4)),
            vignette=float(rng.uniform(0, 0.3)),
            glare=float(rng.uniform(0.1, 0.5)) if rng.random() < 0.15 else 0.0,
            gamma=float(rng.uniform(0.75, 1.35)),
            balance=tuple(float(v) for v in rng.normal(1, 0.05, 3)),
            sharpen=float(rng.choice((0.0, 0.4, 1.2))),
            jpeg_quality=int(rng.integers(45, 94)),
        )


def taken(picture: np.ndarray, lens: Lens, rng: np.random.Generator) -> np.ndarray:
    """Return what a camera with this lens makes of a clean picture, (h, w, 3) uint8."""
    h, w = picture.shape[:2]
    image = picture
    if lens.blur_px > 0:
        image = cv2.GaussianBlur(image, (0, 0), lens.blur_px)
    if lens.motion_px >= 1:
        length = int(lens.motion_px) | 1
        kernel = np.zeros((length, length), np.float32)
        angle = rng.uniform(0, np.pi)
        reach = np.array([np.cos(angle), np.sin(angle)]) * (length // 2)
        a, b = (np.round(length // 2 + sign * reach).astype(int).tolist() for sign in (-1, 1))
        cv2.line(kernel, a, b, 1.0)
        image = cv2.filter2D(image, -1, kernel / kernel.sum())
    xs, ys = np.meshgrid(np.linspace(-1, 1, 32), np.linspace(-1, 1, 32))
    field = 1 - lens.vignette * (xs**2 + ys**2) / 2
    field = cv2.resize(field.astype(np.float32), (w, h))
    ramp = (np.arange(256) / 255.0) ** lens.gamma * 255
    curve = np.stack([np.clip(ramp * gain, 0, 255) for gain in lens.balance], -1)
    image = cv2.LUT(image, curve.astype(np.uint8)[None])
    light = image * field[..., None]
    if lens.glare > 0:
        centre, reach = rng.uniform(-1, 1, 2), rng.uniform(0.15, 0.7)
        veil = np.exp(-((xs - centre[0]) ** 2 + (ys - centre[1]) ** 2) / reach**2)
        light += cv2.resize(veil.astype(np.float32), (w, h))[..., None] * lens.glare * 160
    if lens.noise > 0:
        coarse = rng.normal(0, lens.noise, (h, w)).astype(np.float32)
        light += coarse[..., None]
    image = np.clip(light, 0, 255).astype(np.uint8)
    if lens.sharpen > 0:
        soft = cv2.GaussianBlur(image, (0, 0), 1.2)
        image = cv2.addWeighted(image, 1 + lens.sharpen, soft, -lens.sharpen, 0)
    return image


def save_jpeg(
    path: Path,
    picture: np.ndarray,
    *,
    quality: int,
    focal_35mm: float,
    taken_at: datetime.datetime,
    make: str = "Generated",
    model: str = "Shelf scene",
) -> None:
    """Write a JPEG with the EXIF fields that the inspector reads."""
    exif = Image.Exif()
    exif[MAKE], exif[MODEL], exif[ORIENTATION] = make, model, 1
    fields = exif.get_ifd(EXIF_IFD)
    fields[DATE_ORIGINAL] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    fields[FOCAL_35MM] = round(focal_35mm)
    image = Image.fromarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    image.save(path, "JPEG", quality=quality, exif=exif, optimize=True)
