"""A camera's focal length and distortion from a few photos of the kit, by OpenCV's calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inspector.domain.capture import CameraIntrinsics
from inspector.domain.scene import Tag
from inspector.geometry.camera import Array
from inspector.geometry.kit import KIT

MIN_PHOTOS = 4
MIN_TAGS = 4
"""A photo with fewer tags of one part says too little of the lens."""

CAUTION = 2.0
"""Times OpenCV's standard deviations, which know nothing of paper that curls."""

MIN_FOCAL_U_REL, MIN_K1_U = 0.003, 0.0015
"""Autofocus moves the focal length by so much from photo to photo."""


@dataclass(frozen=True, slots=True)
class Lens:
    """What a calibration found.

    Attributes:
        focal_px: Focal length for the size of the photos that were given.
        focal_u_rel: Its relative standard uncertainty.
        k1: Radial distortion, as in `CameraIntrinsics`.
        k1_u: Its standard uncertainty.
        photos: How many photos had enough tags.
        rms_px: Distance between corners seen and fitted.
    """

    focal_px: float
    focal_u_rel: float
    k1: float
    k1_u: float
    photos: int
    rms_px: float


def calibrate(photos: Sequence[Sequence[Tag]], camera: CameraIntrinsics) -> Lens | None:
    """Calibrate a camera on photos of the kit's strip, which is flat and exactly known.

    Args:
        photos: Tags of each photo, all in pictures of one size.
        camera: What is known of the camera; where the search starts.

    Returns:
        What was found, or None when fewer than `MIN_PHOTOS` photos show enough tags.
    """
    seen = [part for part in (_flat_part(tags) for tags in photos) if part is not None]
    if len(seen) < MIN_PHOTOS:
        return None
    start = np.array(
        [
            [camera.focal_px, 0.0, camera.centre_px[0] - 0.5],
            [0.0, camera.focal_px, camera.centre_px[1] - 0.5],
            [0.0, 0.0, 1.0],
        ]
    )
    flags = (
        cv2.CALIB_USE_INTRINSIC_GUESS
        | cv2.CALIB_FIX_PRINCIPAL_POINT
        | cv2.CALIB_FIX_ASPECT_RATIO
        | cv2.CALIB_ZERO_TANGENT_DIST
        | cv2.CALIB_FIX_K2
        | cv2.CALIB_FIX_K3
    )
    rms_px, matrix, bend, _, _, deviations, _, _ = cv2.calibrateCameraExtended(
        [part_m.astype(np.float32) for part_m, _ in seen],
        [corners_px.astype(np.float32) for _, corners_px in seen],
        camera.image_wh,
        start,
        np.zeros(5),
        flags=flags,
    )
    focal_px, focal_u_px = float(matrix[0, 0]), float(np.ravel(deviations)[0])
    k1, k1_u = float(np.ravel(bend)[0]), float(np.ravel(deviations)[4])
    return Lens(
        focal_px=focal_px,
        focal_u_rel=max(MIN_FOCAL_U_REL, CAUTION * focal_u_px / focal_px),
        k1=k1,
        k1_u=max(MIN_K1_U, CAUTION * k1_u),
        photos=len(seen),
        rms_px=float(rms_px),
    )


def _flat_part(tags: Sequence[Tag]) -> tuple[Array, Array] | None:
    """Return corners of one part in its own plane, shape (n, 3), and in OpenCV's pixels, (n, 2)."""
    for part in KIT:
        of_part = [tag for tag in tags if tag.tag_id in part.centre_height_m]
        if len(of_part) < MIN_TAGS:
            continue
        half_m = part.side_m / 2
        square = np.array([[-1, 1, 0], [1, 1, 0], [1, -1, 0], [-1, -1, 0]]) * half_m
        centres_m = [[0.0, part.centre_height_m[tag.tag_id], 0.0] for tag in of_part]
        part_m = (np.array(centres_m)[:, None] + square).reshape(-1, 3)
        return part_m, np.concatenate([tag.corners_px for tag in of_part]) - 0.5
    return None
