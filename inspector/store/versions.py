"""What a result rests on, in words that serve as keys: when one of them changes, it is made anew.

The hash of a model says what it is; of the program's own code a hash of the files does, so that a
rule that was corrected between two releases is never taken for the one before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_SEEING = ("capture", "vision")
_JUDGING = ("domain", "geometry", "catalogue", "rules", "report", "measuring.py", "inspection.py")
_SURVEYING = ("domain", "geometry", "measuring.py")
_SUFFIXES = {".py", ".yaml"}


def seen_with(model: Mapping[str, str]) -> str:
    """Return what scenes rest on: the models with the start of their hashes, and the code.

    Example:
        >>> seen_with({"shelf-detector.onnx": "0123456789abcdef"}).split()[0]
        'shelf-detector.onnx@0123456789ab'
    """
    models = [f"{name}@{sha256[:12]}" for name, sha256 in sorted(model.items())]
    return " ".join([*models, f"code@{fingerprint(_SEEING)}"])


def judged_by(guidance_id: str, guidance_version: str) -> str:
    """Return what verdicts rest on beside the register: version of the guidance, and the code."""
    return f"{guidance_id}@{guidance_version} code@{fingerprint(_JUDGING)}"


def surveyed_by() -> str:
    """Return what surveys rest on beside the scene: the code."""
    return f"code@{fingerprint(_SURVEYING)}"


@cache
def fingerprint(rooms: tuple[str, ...]) -> str:
    """Return the first 12 hex digits of the hash of the program's files in some rooms."""
    digest = hashlib.sha256()
    for room in rooms:
        root = _PACKAGE / room
        paths = sorted(p for p in root.rglob("*") if p.suffix in _SUFFIXES) if root.is_dir() else []
        for path in paths or [root]:
            digest.update(path.relative_to(_PACKAGE).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
