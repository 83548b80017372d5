"""The pinhole camera of a scene, with mild radial distortion."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FILM_DIAGONAL_MM = 43.267


@dataclass(frozen=True)
class Camera:
    """A camera that sees world point X at pixel K (R X + t), then bent by `k1`.

    Attributes:
        focal_px: Focal length in pixels, equal in x and y.
        rotation: Shape (3, 3), camera from world; rows are right, down, forward.
        centre_m: Shape (3,), the camera's position in the world.
        image_wh: Width and height of the picture in pixels.
        k1: Radial distortion of normalised coordinates: x_bent = x (1 + k1 r^2).
    """

    focal_px: float
    rotation: Array
    centre_m: Array
    image_wh: tuple[int, int]
    k1: float = 0.0

    @classmethod
    def aimed(
        cls,
        centre_m: tuple[float, float, float],
        *,
        yaw_deg: float,
        pitch_deg: float,
        roll_deg: float,
        focal_35mm: float,
        image_wh: tuple[int, int],
        k1: float = 0.0,
    ) -> Camera:
        """Return a camera at a place, turned right by yaw, up by pitch, then rolled clockwise."""
        yaw, pitch, roll = np.radians([yaw_deg, pitch_deg, roll_deg])
        forward = np.array(
            [np.sin(yaw) * np.cos(pitch), np.cos(yaw) * np.cos(pitch), np.sin(pitch)]
        )
        right = np.array([np.cos(yaw), -np.sin(yaw), 0.0])
        down = np.cross(forward, right)
        c, s = np.cos(roll), np.sin(roll)
        rotation = np.stack([c * right + s * down, c * down - s * right, forward])
        focal_px = focal_35mm * float(np.hypot(*image_wh)) / FILM_DIAGONAL_MM
        return cls(focal_px, rotation, np.asarray(centre_m, float), image_wh, k1)

    @property
    def matrix(self) -> Array:
        """K, shape (3, 3), pixels."""
        w, h = self.image_wh
        return np.array([[self.focal_px, 0, w / 2], [0, self.focal_px, h / 2], [0, 0, 1.0]])

    @property
    def translation_m(self) -> Array:
        """The t of K (R X + t), shape (3,)."""
        return -self.rotation @ self.centre_m

    @property
    def focal_35mm(self) -> float:
        """Focal length in millimetres on 35 mm film with the same diagonal angle."""
        return self.focal_px * FILM_DIAGONAL_MM / float(np.hypot(*self.image_wh))

    def scaled(self, factor: float, margin_px: int = 0) -> Camera:
        """Return this camera for a picture `factor` as large with a margin on every side."""
        w, h = (round(side * factor) + 2 * margin_px for side in self.image_wh)
        return replace(self, focal_px=self.focal_px * factor, image_wh=(w, h), k1=0.0)

    def in_camera(self, points_m: Array) -> Array:
        """Return world points, shape (N, 3), in the camera's frame (right, down, forward)."""
        return (np.atleast_2d(points_m) - self.centre_m) @ self.rotation.T

    def project(self, points_m: Array) -> Array:
        """Return the pixels, shape (N, 2), of world points in front of the camera, shape (N, 3)."""
        p = self.in_camera(points_m)
        xy = p[:, :2] / p[:, 2:]
        xy = xy * (1 + self.k1 * (xy**2).sum(1, keepdims=True))
        return xy * self.focal_px + np.array(self.image_wh) / 2

    def straight_from_bent(self, pixels: Array) -> Array:
        """Undo the radial distortion of pixels, shape (..., 2), by fixed-point iteration."""
        half = np.array(self.image_wh) / 2
        bent = (pixels - half) / self.focal_px
        xy = bent.copy()
        for _ in range(8):
            xy = bent / (1 + self.k1 * (xy**2).sum(-1, keepdims=True))
        return xy * self.focal_px + half
