"""An encoded picture becomes uint8 BGR pixels: whatever its mode, depth, colour space or size."""

from __future__ import annotations

import io
import math
import struct
import zlib
from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from inspector.capture.faults import Fault, UnusableFileError
from inspector.capture.formats import is_video, photo_format

MAX_INPUT_PX = 200_000_000
"""Larger pictures are refused before they are unpacked: they are traps or mistakes."""

MAX_HELD_PX = 50_000_000
"""Larger pictures are shrunk to this, so that memory stays bounded."""

MIN_SIDE_PX = 200
"""Smaller pictures are thumbnails: no pack can be read on them."""

# Pillow's own `Image.open` would judge the size by a global limit below ours and warn; choosing
# the reader by the first bytes needs no global state, and no reader that photos do not need.
_READERS: dict[str, Callable[[io.BytesIO], ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WebP": WebPImageFile,
    "HEIC": HeifImageFile,
    "TIFF": TiffImageFile,
    "GIF": GifImageFile,
}

_UNREADABLE = (
    *(SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(OSError, EOFError, RuntimeError, OverflowError, struct.error, zlib.error),
)
"""What readers raise on damaged files."""


def load_picture(data: bytes, *, file: str) -> ImageFile:
    """Return the first frame of an encoded picture, unpacked.

    A JPEG above `MAX_HELD_PX` is unpacked at half its size, which costs a quarter of the memory.

    Args:
        data: The file's bytes.
        file: Name of the file, for error texts.

    Raises:
        UnusableFileError: The bytes are empty, a video, no photo, damaged, too large or too small.
    """
    if not data:
        raise UnusableFileError(Fault.EMPTY, file)
    name = photo_format(data)
    if name is None:
        fault = Fault.IS_VIDEO if is_video(data, file) else Fault.NOT_A_PHOTO
        raise UnusableFileError(fault, file)
    try:
        picture = _READERS[name](io.BytesIO(data))
    except Image.DecompressionBombError:  # Pillow's WebP reader has a limit of its own
        raise UnusableFileError(Fault.TOO_LARGE, file, {"size": "> 178 MP", "limit": 178}) from None
    except _UNREADABLE as error:
        raise UnusableFileError(Fault.BROKEN, file, {"format": name}) from error
    check_size(picture.size, file=file)
    if name == "JPEG" and picture.width * picture.height > MAX_HELD_PX:
        picture.draft(None, (picture.width // 2, picture.height // 2))
    try:
        picture.load()
    except _UNREADABLE as error:
        raise UnusableFileError(Fault.BROKEN, file, {"format": name}) from error
    return picture


def check_size(image_wh: tuple[int, int], *, file: str) -> None:
    """Raise `UnusableFileError` for a picture too large to unpack or too small to read."""
    width, height = image_wh
    size = f"{width} × {height} px"
    if width * height > MAX_INPUT_PX:
        raise UnusableFileError(
            Fault.TOO_LARGE, file, {"size": size, "limit": MAX_INPUT_PX // 1_000_000}
        )
    if min(width, height) < MIN_SIDE_PX:
        raise UnusableFileError(Fault.TOO_SMALL, file, {"size": size, "limit": MIN_SIDE_PX})


def bgr_from_picture(
    picture: Image.Image, *, orientation: int = 1, file: str = ""
) -> NDArray[np.uint8]:
    """Return a picture's pixels in sRGB, upright.

    Transparent parts become white. A 16-bit channel keeps its upper byte. Pictures above
    `MAX_HELD_PX` are shrunk to it.

    Args:
        picture: An unpacked picture.
        orientation: EXIF orientation, 1 to 8, applied here and nowhere else.
        file: Name of the file, for error texts.

    Returns:
        Shape (H, W, 3), uint8, BGR, contiguous and writable.

    Raises:
        UnusableFileError: The picture's mode is none that photos have.
    """
    profile = picture.info.get("icc_profile")
    flat = _on_white(_shrunk(_eight_bit(picture, file=file)))
    rgb = _in_srgb(flat, profile)
    image_bgr = cast(NDArray[np.uint8], cv2.cvtColor(np.asarray(rgb), cv2.COLOR_RGB2BGR))
    return _upright(image_bgr, orientation)


def _eight_bit(picture: Image.Image, *, file: str) -> Image.Image:
    """Return a picture of mode L, LA, RGB, RGBA or CMYK."""
    if picture.mode.startswith("I;16"):
        # `convert` would clip at 255 instead of scaling.
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return picture
    if picture.mode in ("P", "PA"):
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode in ("YCbCr", "RGBX"):
        return picture.convert("RGB")
    raise UnusableFileError(Fault.UNUSUAL_PIXELS, file, {"mode": picture.mode})


def _shrunk(picture: Image.Image) -> Image.Image:
    shrink = math.sqrt(MAX_HELD_PX / (picture.width * picture.height))
    if shrink >= 1:
        return picture
    size = (int(picture.width * shrink), int(picture.height * shrink))
    return picture.resize(size, Image.Resampling.HAMMING)


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture
    picture = picture.convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB; a profile that does not fit the picture is left aside."""
    if profile:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "sRGB" not in (given.profile.profile_description or ""):
                converted = ImageCms.profileToProfile(
                    picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB"
                )
                return cast(Image.Image, converted)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return picture if picture.mode == "RGB" else picture.convert("RGB")  # that would copy it


def _upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Turn stored pixels by their EXIF orientation (EXIF 2.32, tag 274)."""
    match orientation:
        case 2:
            turned = cv2.flip(pixels, 1)
        case 3:
            turned = cv2.rotate(pixels, cv2.ROTATE_180)
        case 4:
            turned = cv2.flip(pixels, 0)
        case 5:
            turned = cv2.transpose(pixels)
        case 6:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE)
        case 7:
            turned = cv2.flip(cv2.transpose(pixels), -1)
        case 8:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE)
        case _:
            turned = pixels
    return cast(NDArray[np.uint8], turned)
