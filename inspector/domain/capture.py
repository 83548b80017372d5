"""A capture: one upright photo or video frame, and the camera that took it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from inspector.domain.goods import Goods

WHOLE_CENTRE_U = 0.001
"""Standard uncertainty of where a lens's axis meets a whole picture, each way, as a share of its
long side."""


class FocalOrigin(StrEnum):
    """Where the focal length comes from; it decides how far it is trusted."""

    CALIBRATED = "calibrated"
    EXIF = "exif"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class CameraIntrinsics:
    """A pinhole camera whose axis meets the picture in its middle, or nearly so.

    Attributes:
        focal_px: Focal length in pixels of the upright photo.
        focal_u_rel: Relative standard uncertainty of `focal_px`.
        origin: Where `focal_px` comes from.
        image_wh: Width and height of the upright photo in pixels.
        k1: Radial distortion: a point at distance r from the axis is seen at r (1 + k1 r²), with r
            in focal lengths.
        k1_u: Standard uncertainty of `k1`. Phones and tablets correct their lenses to about one
            per cent at the corners.
        centre_u_share: Standard uncertainty of where the axis meets the picture, each way, as a
            share of its long side; large where the picture may have been cropped.
    """

    focal_px: float
    focal_u_rel: float
    origin: FocalOrigin
    image_wh: tuple[int, int]
    k1: float = 0.0
    k1_u: float = 0.007
    centre_u_share: float = WHOLE_CENTRE_U

    @property
    def centre_px(self) -> tuple[float, float]:
        """Middle of the picture in pixels."""
        return self.image_wh[0] / 2, self.image_wh[1] / 2

    @property
    def centre_u_px(self) -> float:
        """Standard uncertainty of where the axis meets the picture, in pixels."""
        return self.centre_u_share * max(self.image_wh)


@dataclass(frozen=True, slots=True)
class HeightMark:
    """A point, or the two ends of a level edge, whose height a person measured.

    Attributes:
        ends_px: One point, or the left and right end of an edge, in pixels of the upright photo.
        height_m: Height above the floor.
        u_m: Standard uncertainty of that: a tape read to half a centimetre.
        is_lock: True for the lock of a cabinet's door.
    """

    ends_px: tuple[tuple[float, float], ...]
    height_m: float
    u_m: float = 0.0025
    is_lock: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What people, the device and other photos say of a photo, beside its pixels.

    Attributes:
        camera_height_m: Height of the camera above the floor; None when nobody told.
        camera_height_u_m: Standard uncertainty of that; half a centimetre means ± 1 cm.
        marks: Points and edges of known height.
        fixture: Name of the fixture, when a person told it: photos of one visit that bear the same
            name, or of which one is named after the other's capture, show one fixture.
        lent: Points whose heights another photo of the same fixture tells.
        print_scale: Size of the printed reference kit over its designed size.
        down: Direction of gravity in the camera's frame (x right, y down, z forward), a unit
            vector; None when the device did not write it.
        sorted_packs: What packs are that the machine could not read, as a person who saw them says:
            pairs of id and goods. `PRODUCT_CARD` stands for everything that is no pack.
    """

    camera_height_m: float | None = None
    camera_height_u_m: float = 0.005
    marks: tuple[HeightMark, ...] = ()
    fixture: str = ""
    lent: tuple[HeightMark, ...] = ()
    print_scale: float = 1.0
    down: tuple[float, float, float] | None = None
    # Live cameras know what they were told by its repr, and nobody sorts for them.
    sorted_packs: tuple[tuple[str, Goods], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if any(goods is Goods.UNKNOWN for _, goods in self.sorted_packs):
            raise ValueError("a person who sorts a pack says what it is; leave it out otherwise")


NOTHING_TOLD = Told()


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
        told: What people and the device say of it.
        device: Make, model and lens of the camera with the picture's shape; None when not recorded.
            Photos of one device have the same intrinsics.
    """

    capture_id: str
    file: str
    image_bgr: NDArray[np.uint8]
    camera: CameraIntrinsics
    taken_at: datetime | None = None
    told: Told = NOTHING_TOLD
    device: str | None = None

    @property
    def image_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.image_bgr.shape[:2]
        return width, height
