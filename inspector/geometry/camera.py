"""Cameras: where a world point is seen, and where the ray of an image point meets a plane.

World frame (docs/coordinates.md): X right along the fixture, Y into the shelf, Z up; metres;
floor Z = 0, fixture's front plane Y = 0. A camera is a row of ten numbers: rotation from level
(3, radians), position (3, metres), logarithm of the focal length in pixels, radial distortion k1,
and where its axis meets the picture: right of and below the middle (2, focal lengths). All
functions take one camera or a batch of them, so that derivatives cost one call.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from inspector.domain.quantity import Scale

Array = NDArray[np.float64]

PARAMETERS = 10
"""Numbers that make a camera."""

TURN, PLACE, LOG_FOCAL, K1, AXIS = slice(0, 3), slice(3, 6), 6, 7, slice(8, 10)
"""Where they stand."""

CAMERA_FROM_WORLD_LEVEL = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Rotation of a camera that looks level into the shelf: x right, y down, z along world Y."""

MIN_GRAZING = 0.05
"""Rays flatter than this against a plane say nothing about where they meet it."""


@dataclass(frozen=True, slots=True, eq=False)
class CameraFit:
    """A camera with the uncertainty of its parameters.

    Attributes:
        parameters: Shape (10,), as in this module's head.
        covariance: Shape (10, 10).
        centre_px: Middle of the picture.
        scale: What the fit rests on.
        reach_x_m: Where along the fixture the references stand: lowest and highest world X.
    """

    parameters: Array
    covariance: Array
    centre_px: tuple[float, float]
    scale: Scale
    reach_x_m: tuple[float, float]


def rotation(cameras: Array) -> Array:
    """Return R of each camera, shape (..., 3, 3): world axes into the camera's."""
    turns = Rotation.from_rotvec(cameras[..., TURN].reshape(-1, 3)).as_matrix()
    return np.asarray((turns @ CAMERA_FROM_WORLD_LEVEL).reshape(*cameras.shape[:-1], 3, 3))


def project(cameras: Array, points_m: Array, centre_px: tuple[float, float]) -> Array:
    """Return where points are seen.

    Args:
        cameras: Shape (..., 10).
        points_m: Shape (..., n, 3), world frame; leading axes as those of `cameras`, or none.
        centre_px: Middle of the picture.

    Returns:
        Shape (..., n, 2), pixels; NaN for points behind the camera.
    """
    before_m = (points_m - cameras[..., None, PLACE]) @ np.swapaxes(rotation(cameras), -1, -2)
    depth_m = np.where(before_m[..., 2:] > 1e-6, before_m[..., 2:], np.nan)
    flat = before_m[..., :2] / depth_m
    bent = flat * (1 + cameras[..., None, None, K1] * np.sum(flat**2, axis=-1, keepdims=True))
    seen = bent + cameras[..., None, AXIS]
    return np.asarray(np.exp(cameras[..., None, None, LOG_FOCAL]) * seen + np.asarray(centre_px))


def directions(cameras: Array, points_px: Array, centre_px: tuple[float, float]) -> Array:
    """Return directions in the camera's frame, shape (..., n, 2): x / z and y / z.

    The inverse of the lens: k1 is small, so that a few rounds of the fixed point are exact.
    """
    seen = (points_px - np.asarray(centre_px)) / np.exp(cameras[..., None, None, LOG_FOCAL])
    flat = bent = seen - cameras[..., None, AXIS]
    for _ in range(4):
        flat = bent / (1 + cameras[..., None, None, K1] * np.sum(flat**2, axis=-1, keepdims=True))
    return np.asarray(flat)


def meet_plane(
    cameras: Array,
    points_px: Array,
    centre_px: tuple[float, float],
    *,
    axis: int = 1,
    offset_m: float | Array = 0.0,
) -> Array:
    """Return where the rays of image points meet the plane `world[axis] = offset_m`.

    Args:
        cameras: Shape (..., 10).
        points_px: Shape (n, 2) or (..., n, 2).
        centre_px: Middle of the picture.
        axis: 1 for planes parallel to the fixture's front, 2 for the floor.
        offset_m: Where the plane lies; a number, or shape (..., n) or (..., 1).

    Returns:
        Shape (..., n, 3), metres; NaN where a ray does not meet the plane before the camera.
    """
    flat = directions(cameras, points_px, centre_px)
    rays = np.concatenate([flat, np.ones_like(flat[..., :1])], axis=-1) @ rotation(cameras)
    reach_m = np.asarray(offset_m) - cameras[..., None, PLACE.start + axis]
    along = rays[..., axis]
    is_met = (np.abs(along) >= MIN_GRAZING) & (reach_m * along > 0)
    share = np.where(is_met, reach_m / np.where(is_met, along, 1.0), np.nan)
    return np.asarray(cameras[..., None, PLACE] + rays * share[..., None])
