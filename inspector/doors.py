"""Who can reach the dashboard: this machine alone, or others, who then have to sign in."""

from __future__ import annotations

import tomllib
from pathlib import Path

LOCAL_ADDRESSES = frozenset({"127.0.0.1", "localhost", "::1"})


def is_local(address: str | None) -> bool:
    """Return True when only this machine can reach a server; without an address anyone can."""
    return address in LOCAL_ADDRESSES


def has_sign_in(folders: tuple[Path, ...] | None = None) -> bool:
    """Return True when people have to sign in: a `secrets.toml` of Streamlit has `[auth]`.

    Args:
        folders: Folders that hold `.streamlit`; by default those that Streamlit reads.
    """
    for folder in folders or (Path.cwd(), Path.home()):
        path = folder / ".streamlit" / "secrets.toml"
        if path.is_file() and tomllib.loads(path.read_text(encoding="utf-8")).get("auth"):
            return True
    return False
