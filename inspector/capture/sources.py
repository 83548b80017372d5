"""What lies in the paths that a person gave: photos and videos, and the captures in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from inspector.capture.faults import Fault, UnusableFileError
from inspector.capture.formats import HEAD_BYTES, is_source, is_video
from inspector.capture.photo import fault_from_os_error, read_photo
from inspector.capture.video import read_video
from inspector.domain.capture import Capture

OWN_OUTPUT_SUFFIX = ".annotated.jpg"


def find_sources(paths: Sequence[Path]) -> list[Path]:
    """Return the photos and videos among files and in folders.

    A file that was named is always a source; whether it can be read shows when it is opened. Of a
    folder and its subfolders all files are taken that are photos or videos by their content or by
    their extension (so that a broken one is reported, not overlooked), sorted by path; hidden
    files and folders and the inspector's own `*.annotated.jpg` are skipped.

    Args:
        paths: Files and folders, in the order wanted.

    Returns:
        Files, each once.

    Raises:
        UnusableFileError: A path does not exist, a folder may not be read, or it holds neither a
            photo nor a video.
    """
    sources: dict[Path, None] = {}
    for path in paths:
        try:
            path.stat()
        except OSError as error:
            raise fault_from_os_error(error, path) from error
        found = sorted(_sources_in(path)) if path.is_dir() else [path]
        if not found:
            raise UnusableFileError(Fault.NO_SOURCES, path)
        sources.update(dict.fromkeys(found))
    return list(sources)


def open_captures(path: Path) -> Iterator[Capture]:
    """Read a source: one capture of a photo, one per second of a video.

    Args:
        path: A file, as `find_sources` gives it.

    Yields:
        Captures, in the order of time.

    Raises:
        UnusableFileError: The file cannot be read. A video that breaks off gives its good frames
            first.
    """
    if is_video(_head(path), path.name):
        yield from read_video(path)
    else:
        yield read_photo(path)


def _sources_in(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise fault_from_os_error(error, Path(error.filename or folder)) from error

    for here, subfolders, names in os.walk(folder, onerror=refuse):
        subfolders[:] = _shown(subfolders)
        for name in _shown(names):
            path = Path(here, name)
            if path.is_file() and not name.endswith(OWN_OUTPUT_SUFFIX) and _is_source(path):
                yield path


def _shown(names: Iterable[str]) -> list[str]:
    return [name for name in names if not name.startswith(".")]


def _is_source(path: Path) -> bool:
    try:
        head = _head(path)
    except UnusableFileError:
        head = b""  # the extension decides; opening it will say why it cannot be read
    return is_source(head, path.name)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise fault_from_os_error(error, path) from error
