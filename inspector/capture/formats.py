"""What a file is, told by its first bytes: names and extensions may lie."""

from __future__ import annotations

from pathlib import Path

HEAD_BYTES = 16
"""How many bytes of a file `photo_format` and `is_video` want to see."""

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_VIDEO_BOXES = {b"ftyp", b"moov", b"mdat", b"wide"}  # the first box of MP4, MOV, 3GP

PHOTO_SUFFIXES = {
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp"),
    *(".heic", ".heif", ".hif", ".tif", ".tiff", ".gif"),
}
_VIDEO_SUFFIXES = {
    *(".mp4", ".m4v", ".mov", ".3gp", ".avi", ".mkv", ".webm"),
    *(".mpg", ".mpeg", ".mts", ".m2ts", ".wmv"),
}


def photo_format(head: bytes) -> str | None:
    """Return `JPEG`, `PNG`, `WebP`, `HEIC`, `TIFF`, `GIF`, or None for anything else.

    Args:
        head: The file's first bytes, at least `HEAD_BYTES` where the file has them.

    Example:
        >>> photo_format(b"GIF89a and what follows")
        'GIF'
        >>> photo_format(b"%PDF-1.7") is None
        True
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "HEIC"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    return None


def is_video(head: bytes, name: str) -> bool:
    """Return True for a video file; the name decides only where the first bytes do not."""
    if photo_format(head):
        return False
    return (
        head[4:8] in _VIDEO_BOXES
        or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")
        or head[:4] == b"\x1aE\xdf\xa3"  # Matroska, WebM
        or Path(name).suffix.lower() in _VIDEO_SUFFIXES
    )


def is_source(head: bytes, name: str) -> bool:
    """Return True for a photo or video by content, or by name so that broken ones are reported."""
    suffix = Path(name).suffix.lower()
    return bool(photo_format(head)) or is_video(head, name) or suffix in PHOTO_SUFFIXES
