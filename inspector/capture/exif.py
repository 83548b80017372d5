"""What the camera wrote into the file: its lens, the time, how it was held.

The focal length in pixels is the angle of view, and on it rests every height that is not read off
directly. So its uncertainty is derived, not guessed; `intrinsics_from_exif` says from what.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from datetime import datetime

from PIL import ExifTags, Image
from PIL.ExifTags import Base

from inspector.domain.capture import WHOLE_CENTRE_U, CameraIntrinsics, FocalOrigin

FILM_DIAGONAL_MM = math.hypot(36, 24)
"""43.27 mm, the diagonal of 35 mm film, to which a "35 mm equivalent" relates (CIPA DCG-001)."""

_ROUNDING_U_MM = 0.5 / math.sqrt(3)
"""The 35 mm equivalent is stored in whole millimetres: uniform within ±0.5 mm, so 0.29 mm."""

_LENS_U_REL = 0.02
"""Standard uncertainty of an EXIF focal length beyond rounding: some cameras relate it to the
36 mm width (3.8 % less on a 4:3 sensor, inside two of these), and stabilisation crops a little."""

_NOMINAL_U_REL = 0.03
"""Standard uncertainty of a lens's nominal focal length in millimetres: uniform within ±5 %."""

_ASSUMED_FOCAL_35MM = 27.0
_ASSUMED_U_REL = 0.20
"""Main cameras of phones and tablets have 23–31 mm; ±40 % (95 %) also covers mild crops."""

_CROPPED_CENTRE_U = 0.15
"""Standard uncertainty of where the lens's axis meets a picture that may have been cropped, as a
share of its long side: a third cut off on one side moves it by a quarter of what is left."""

_PLAUSIBLE_35MM = (10.0, 400.0)
_CAMERA_SHAPES = (1, 4 / 3, 3 / 2, *(long / 9 for long in (16, 18, 18.5, 19, 19.5, 20, 21)))
"""Shapes that cameras and phones give their pictures: sensors, squares, films, whole screens."""

_SENSOR_BLOCK_PX = 4
"""Sensors are read in blocks: the sides of a picture as a camera takes it divide by so much."""

_MAX_CROP_FACTOR = 12.0
"""The smallest phone sensors are 12 times smaller than film. Some tablet apps write equivalents
that grow as the picture gets smaller (177 mm for a 3.99 mm lens); such numbers say nothing."""

_DEVICE_FROM_UPRIGHT = {
    1: ((0, -1), (-1, 0)),
    3: ((0, 1), (1, 0)),
    6: ((1, 0), (0, -1)),
    8: ((-1, 0), (0, 1)),
}
"""The upright picture's x and y in the device's x and y, by orientation: 6 is a phone held upright,
1 one that lies with its top to the left."""

_UNREADABLE = (SyntaxError, ValueError, TypeError, KeyError, IndexError, OSError, struct.error)
"""What Pillow raises on EXIF that is cut off or scribbled over."""


@dataclass(frozen=True, slots=True)
class PhotoExif:
    """What EXIF says of one photo. Fields that are missing or impossible hold their default.

    Attributes:
        orientation: 1 to 8; how the stored pixels have to be turned (1: not at all).
        focal_35mm: Focal length for the same angle of view on 35 mm film, in millimetres.
        focal_mm: True focal length in millimetres.
        sensor_px_per_mm: Pixels per millimetre of sensor, for a picture of `size_wh`.
        size_wh: Size of the picture as the camera took it, in pixels.
        zoom: Digital zoom, 1 when none.
        taken_at: The camera's local time; naive, for few cameras write their time zone.
        device: Make, model and true focal length.
        acceleration_g: What an Apple device's accelerometer said, x to the right and y to the top
            of the device, z out of its screen, in units of g: it points down at rest.
    """

    orientation: int = 1
    focal_35mm: float | None = None
    focal_mm: float | None = None
    sensor_px_per_mm: float | None = None
    size_wh: tuple[float, float] | None = None
    zoom: float = 1.0
    taken_at: datetime | None = None
    device: str | None = None
    acceleration_g: tuple[float, float, float] | None = None


def read_exif(picture: Image.Image) -> PhotoExif:
    """Return what EXIF says. Broken EXIF counts as none: the pixels are still good."""
    try:
        exif = picture.getexif()
        shot = dict(exif.get_ifd(ExifTags.IFD.Exif))
        orientation = exif.get(Base.Orientation, 1)
    except _UNREADABLE:
        return PhotoExif()
    width, height = _positive(shot, Base.ExifImageWidth), _positive(shot, Base.ExifImageHeight)
    return PhotoExif(
        orientation=orientation if orientation in range(1, 9) else 1,
        focal_35mm=_positive(shot, Base.FocalLengthIn35mmFilm),
        focal_mm=_positive(shot, Base.FocalLength),
        sensor_px_per_mm=_sensor_px_per_mm(shot),
        size_wh=(width, height) if width and height else None,
        zoom=max(1.0, _positive(shot, Base.DigitalZoomRatio) or 1.0),
        taken_at=_taken_at(shot),
        device=_device(exif, shot),
        acceleration_g=_apple_acceleration(shot.get(Base.MakerNote)),
    )


def down_from_exif(exif: PhotoExif) -> tuple[float, float, float] | None:
    """Return where down is in the frame of the upright picture: x right, y down, z forward.

    Args:
        exif: What the camera wrote.

    Returns:
        A unit vector, or None when the device did not write it, was moved, or was held so that
        "upright" makes no sense.

    Source:
        Axes of `AccelerationVector`: ExifTool, Apple tags; of the picture: EXIF orientation.
    """
    if exif.acceleration_g is None or exif.orientation not in _DEVICE_FROM_UPRIGHT:
        return None
    across, along = _DEVICE_FROM_UPRIGHT[exif.orientation]
    x, y, z = exif.acceleration_g
    total = math.hypot(x, y, z)
    right = (across[0] * x + across[1] * y) / total if total else 0.0
    below = (along[0] * x + along[1] * y) / total if total else 0.0
    if not 0.95 < total < 1.05 or below < 0.7:
        return None
    return right, below, -z / total


def device_of(exif: PhotoExif, image_wh: tuple[int, int]) -> str | None:
    """Return a name that photos with the same lens and shape share."""
    if exif.device is None or exif.zoom > 1 or _is_cropped(exif, image_wh):
        return None
    return f"{exif.device}, {max(image_wh) / min(image_wh):.2f}:1"


def intrinsics_from_exif(exif: PhotoExif, image_wh: tuple[int, int]) -> CameraIntrinsics:
    """Return the camera of an upright picture, with the uncertainty of its focal length.

    A 35 mm equivalent `f` is an angle over the diagonal: `focal_px = f · diagonal_px / 43.27 mm`.
    Which diagonal, is not always clear: phones have 4:3 sensors, and a 16:9 or square picture is
    cut from one, but the number may still mean the whole sensor; nor is it said whether digital
    zoom is counted in. The truth then lies between two ends: the middle is taken, and half the
    range, uniform, enters the uncertainty. A picture that was cropped later (another shape than
    EXIF's, or than any camera gives) has no known focal length, and its axis may lie beside its
    middle; so may that of a picture of which nothing is written.

    Args:
        exif: What the camera wrote; an empty `PhotoExif` when there is none.
        image_wh: Size of the upright picture as it is held, in pixels; it may be scaled.

    Returns:
        Intrinsics with origin EXIF, or ASSUMED (a typical phone) with a wide uncertainty.

    Example:
        >>> camera = intrinsics_from_exif(PhotoExif(focal_35mm=26), (4032, 3024))
        >>> f"{camera.focal_px:.0f} px ± {camera.focal_u_rel:.1%}"
        '3029 px ± 2.3%'
    """
    focal_35mm = _credible_focal_35mm(exif, image_wh)
    focal_px = _focal_from_sensor(exif, image_wh)
    origin, centre_u_share = FocalOrigin.EXIF, WHOLE_CENTRE_U
    if focal_35mm is not None:
        low_px = focal_35mm * math.hypot(*image_wh) / FILM_DIAGONAL_MM
        high_px = focal_35mm * exif.zoom * _sensor_diagonal_px(image_wh) / FILM_DIAGONAL_MM
        u_rel = math.hypot(_ROUNDING_U_MM / focal_35mm, _LENS_U_REL)
    elif focal_px is not None:
        low_px = high_px = focal_px
        u_rel = _NOMINAL_U_REL
    else:
        origin, centre_u_share = FocalOrigin.ASSUMED, _CROPPED_CENTRE_U
        low_px = _ASSUMED_FOCAL_35MM * math.hypot(*image_wh) / FILM_DIAGONAL_MM
        high_px = _ASSUMED_FOCAL_35MM * _sensor_diagonal_px(image_wh) / FILM_DIAGONAL_MM
        u_rel = _ASSUMED_U_REL
    middle_px = (low_px + high_px) / 2
    range_u_rel = (high_px - low_px) / 2 / math.sqrt(3) / middle_px
    return CameraIntrinsics(
        focal_px=middle_px,
        focal_u_rel=math.hypot(u_rel, range_u_rel),
        origin=origin,
        image_wh=image_wh,
        centre_u_share=centre_u_share,
    )


def _credible_focal_35mm(exif: PhotoExif, image_wh: tuple[int, int]) -> float | None:
    """Return the 35 mm equivalent unless something else in the EXIF contradicts it."""
    focal = exif.focal_35mm
    if focal is None or not _PLAUSIBLE_35MM[0] <= focal <= _PLAUSIBLE_35MM[1]:
        return None
    if exif.focal_mm and focal / exif.zoom / exif.focal_mm > _MAX_CROP_FACTOR:
        return None
    return None if _is_cropped(exif, image_wh) else focal


def _focal_from_sensor(exif: PhotoExif, image_wh: tuple[int, int]) -> float | None:
    """Return the focal length in pixels from the lens and the sensor's resolution."""
    if not (exif.focal_mm and exif.sensor_px_per_mm and exif.size_wh):
        return None
    if exif.zoom > 1 or _is_cropped(exif, image_wh):
        return None
    focal_px = exif.focal_mm * exif.sensor_px_per_mm * max(image_wh) / max(exif.size_wh)
    focal_35mm = focal_px * FILM_DIAGONAL_MM / math.hypot(*image_wh)
    return focal_px if _PLAUSIBLE_35MM[0] <= focal_35mm <= _PLAUSIBLE_35MM[1] else None


def _is_cropped(exif: PhotoExif, image_wh: tuple[int, int]) -> bool:
    """Return True when the picture has another shape than the camera gave it (turned is fine).

    Tools that crop may write the new size over the camera's; few such sizes are a camera's.
    """
    held = max(image_wh) / min(image_wh)
    if all(abs(shape / held - 1) > 0.005 for shape in _CAMERA_SHAPES):
        return True
    if exif.size_wh is None:
        return False
    if any(side_px % _SENSOR_BLOCK_PX for side_px in exif.size_wh):
        return True
    taken = max(exif.size_wh) / min(exif.size_wh)
    return abs(taken / held - 1) > 0.01


def _sensor_diagonal_px(image_wh: tuple[int, int]) -> float:
    """Return the diagonal of the smallest 4:3 frame round the picture, in its pixels."""
    long_px = max(max(image_wh), min(image_wh) * 4 / 3)
    return long_px * 5 / 4


def _sensor_px_per_mm(shot: dict[int, object]) -> float | None:
    resolution = _positive(shot, Base.FocalPlaneXResolution)
    mm_per_unit = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}  # inch, cm, mm, µm (EXIF 2.32, table 8)
    unit = mm_per_unit.get(int(_positive(shot, Base.FocalPlaneResolutionUnit) or 2))
    return resolution / unit if resolution and unit else None


def _positive(shot: dict[int, object], tag: Base) -> float | None:
    """Return a tag's number, or None when it is missing, zero ("unknown" in EXIF) or no number."""
    try:
        number = float(shot[tag])  # type: ignore[arg-type]  # anything may stand in a file
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if 0 < number < math.inf else None


def _device(exif: Image.Exif, shot: dict[int, object]) -> str | None:
    words = [str(exif.get(tag, "")).strip("\0 ") for tag in (Base.Make, Base.Model)]
    focal_mm = _positive(shot, Base.FocalLength)
    if not all(words) or focal_mm is None:
        return None
    return f"{' '.join(words)}, {focal_mm:.2f} mm"


def _apple_acceleration(note: object) -> tuple[float, float, float] | None:
    """Return tag 8 of an Apple maker note: three signed fractions."""
    if not isinstance(note, bytes) or not note.startswith(b"Apple iOS\0"):
        return None
    try:
        order = {b"MM": ">", b"II": "<"}[note[12:14]]
        (count,) = struct.unpack_from(f"{order}H", note, 14)
        for entry in range(16, 16 + 12 * count, 12):
            tag, kind, length, offset = struct.unpack_from(f"{order}HHII", note, entry)
            if (tag, kind, length) == (8, 10, 3):
                n = struct.unpack_from(f"{order}6i", note, offset)
                return n[0] / n[1], n[2] / n[3], n[4] / n[5]
    except (KeyError, struct.error, ZeroDivisionError):
        return None
    return None


def _taken_at(shot: dict[int, object]) -> datetime | None:
    text = str(shot.get(Base.DateTimeOriginal, ""))
    try:
        return datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
