"""What the rules are: a version says which guidance holds, a hash says which text of it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_ROOM = Path(__file__).parent
_SUFFIXES = {".py", ".yaml"}


@cache
def rules_sha256() -> str:
    """Return the sha256 in hex of all files of the rules.

    They are the numbers and sentences of `guidance.yaml`, and each rule with the law's own sentence
    and what it decides.
    """
    digest = hashlib.sha256()
    for path in sorted(path for path in _ROOM.iterdir() if path.suffix in _SUFFIXES):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
