"""A process's memory: what it took at most, and how it gives back what it no longer needs.

glibc keeps freed memory for later, ever more of it while models take large pieces of changing size.
Other C libraries have neither of its two functions, and need neither.
"""

from __future__ import annotations

import ctypes
import resource
import sys

_MMAP_THRESHOLD = -3
"""`M_MMAP_THRESHOLD` of glibc's malloc.h."""

_LARGE_BYTES = 1 << 20
"""Pieces from this size on go back to the system as soon as they are freed."""


def return_large_pieces() -> None:
    """Let large pieces go back at once from now on: once for each process."""
    _call("mallopt", _MMAP_THRESHOLD, _LARGE_BYTES)


def return_freed() -> None:
    """Give back what is free now."""
    _call("malloc_trim", 0)


def peak_gb() -> float:
    """Return the largest memory that this process has held, in GB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS tells bytes, Linux 1024 each
    return peak * (1 if sys.platform == "darwin" else 1024) / 1e9


def _call(function: str, *arguments: int) -> None:
    if sys.platform == "linux" and (found := getattr(ctypes.CDLL(None), function, None)):
        found(*arguments)
