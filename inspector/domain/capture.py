"""A capture: one upright photo or video frame, and the camera that took it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class FocalOrigin(StrEnum):
    """Where the focal length comes from; it decides how far it is trusted."""

    EXIF = "exif"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class CameraIntrinsics:
    """A pinhole camera with its principal point in the middle of the picture.

    Attributes:
        focal_px: Focal length in pixels of the upright photo.
        focal_u_rel: Relative standard uncertainty of `focal_px`.
        origin: Where `focal_px` comes from.
        image_wh: Width and height of the upright photo in pixels.
    """

    focal_px: float
    focal_u_rel: float
    origin: FocalOrigin
    image_wh: tuple[int, int]

    @property
    def centre_px(self) -> tuple[float, float]:
        """Principal point in pixels."""
        return self.image_wh[0] / 2, self.image_wh[1] / 2


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """One upright photo.

    Attributes:
        capture_id: sha256 of the file's bytes in hex; the capture's id everywhere. Frames of a
            video carry `<sha256>-<milliseconds>`.
        file: Name of the file, without folders.
        image_bgr: Pixels, shape (H, W, 3), uint8, BGR, EXIF orientation applied.
        camera: Intrinsics of the camera.
        taken_at: When the photo was taken, as the camera's clock said; None when not recorded.
    """

    capture_id: str
    file: str
    image_bgr: NDArray[np.uint8]
    camera: CameraIntrinsics
    taken_at: datetime | None = None

    @property
    def image_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.image_bgr.shape[:2]
        return width, height
