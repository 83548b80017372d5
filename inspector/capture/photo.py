"""One photo becomes a capture: hashed once, decoded once, turned once."""

from __future__ import annotations

import hashlib
from pathlib import Path

from inspector.capture.exif import device_of, down_from_exif, intrinsics_from_exif, read_exif
from inspector.capture.faults import Fault, UnusableFileError
from inspector.capture.pixels import bgr_from_picture, load_picture
from inspector.domain.capture import Capture, Told


def read_photo(path: Path) -> Capture:
    """Read a photo: JPEG, PNG, WebP, HEIC, TIFF or GIF, told by content whatever its name.

    Args:
        path: The photo's file.

    Returns:
        The capture, upright, with the camera's intrinsics. Of an animation, the first frame.

    Raises:
        UnusableFileError: The file is missing, may not be read, or `photo_from_bytes` refuses it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise fault_from_os_error(error, path) from error
    return photo_from_bytes(data, file=path.name)


def photo_from_bytes(data: bytes, *, file: str) -> Capture:
    """Make a capture of a photo's encoded bytes, as an upload gives them.

    Args:
        data: The file's bytes.
        file: Name of the file, without folders, for the report and for error texts.

    Returns:
        The capture. Its camera fits the pixels that are held, which are fewer than the file's
        when that has more than 50 megapixels.

    Raises:
        UnusableFileError: The bytes are empty, no photo, damaged, above 200 megapixels, or smaller
            than 200 pixels on the short side.
    """
    picture = load_picture(data, file=file)
    exif = read_exif(picture)
    image_bgr = bgr_from_picture(picture, orientation=exif.orientation, file=file)
    height, width = image_bgr.shape[:2]
    return Capture(
        capture_id=hashlib.sha256(data).hexdigest(),
        file=file,
        image_bgr=image_bgr,
        camera=intrinsics_from_exif(exif, (width, height)),
        taken_at=exif.taken_at,
        told=Told(down=down_from_exif(exif)),
        device=device_of(exif, (width, height)),
    )


def fault_from_os_error(error: OSError, path: Path) -> UnusableFileError:
    """Return the fault that says why the system would not give the file."""
    if isinstance(error, FileNotFoundError):
        return UnusableFileError(Fault.MISSING, path)
    if isinstance(error, IsADirectoryError):
        return UnusableFileError(Fault.IS_FOLDER, path)
    return UnusableFileError(
        Fault.UNREADABLE, path, {"cause": error.strerror or type(error).__name__}
    )
