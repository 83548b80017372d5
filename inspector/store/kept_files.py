"""Photos and reports as files named by their sha256, in a folder or in object storage."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import fsspec

from inspector.errors import StoreError


class KeptFiles:
    """Files that never change: their name is the hash of what they hold."""

    def __init__(self, url: str) -> None:
        """Use a place.

        Args:
            url: A local folder, or what fsspec knows: `s3://bucket/photos`.
        """
        self._files, self._root = fsspec.core.url_to_fs(url, auto_mkdir=True)

    def put(self, content: bytes) -> str:
        """Keep a file and return its sha256 in hex; when this returns, it is on disk.

        Raises:
            StoreError: It cannot be written. Nothing half is left under its name.
        """
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        try:
            if not self._files.exists(path):
                self._write(path, content)
        except OSError as error:
            raise StoreError(
                f"A file cannot be kept at {self._root} ({error.strerror or error}). Expected a "
                "place with room that can be written. Free space, or name another place; then "
                "hand the file in again."
            ) from error
        return name

    def get(self, name: str) -> bytes:
        """Return a file.

        Raises:
            StoreError: It is not there.
        """
        try:
            return bytes(self._files.cat_file(self._path(name)))
        except OSError as error:
            raise StoreError(
                f"The file {name} is not at {self._root} ({error.strerror or error}). Bring it "
                "back from a backup; `inspector verify` lists every file that is missing."
            ) from error

    def delete(self, name: str) -> None:
        """Delete a file for good; one that is gone already is as it should be.

        Raises:
            StoreError: It cannot be deleted.
        """
        try:
            self._files.rm_file(self._path(name))
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(
                f"The file {name} at {self._root} cannot be deleted ({error.strerror or error}). "
                "Its time is over: see that the place can be written; it is tried again."
            ) from error

    def faults(self, names: Iterator[str]) -> Iterator[tuple[str, str]]:
        """Yield files that are missing or do not hold what they held, with what is wrong."""
        for name in names:
            try:
                content = self.get(name)
            except StoreError:
                yield name, "missing"
            else:
                if hashlib.sha256(content).hexdigest() != name:
                    yield name, "changed"

    def _path(self, name: str) -> str:
        return f"{self._root}/{name[:2]}/{name}"

    def _write(self, path: str, content: bytes) -> None:
        """Write under another name first, so that a crash leaves nothing half under this one."""
        if "file" not in self._files.protocol:
            self._files.pipe_file(path, content)  # object storage shows whole objects only
            return
        beside = f"{path}.{uuid.uuid4().hex}.part"
        try:
            with self._files.open(beside, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError:
            Path(beside).unlink(missing_ok=True)  # what is half takes room on a full disk
            raise
        os.replace(beside, path)  # noqa: PTH105  fsspec's paths are texts
        # A name lives in its folder: without this a power cut can take it back.
        _sync_folder(Path(path).parent)
        _sync_folder(Path(self._root))


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
