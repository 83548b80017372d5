"""Where the user's own data lies: imported lists, lessons, visits. Never in the package."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

VARIABLE = "INSPECTOR_DATA"
"""Environment variable that names another folder."""


def data_folder() -> Path:
    """Return the folder of the user's data; it need not exist yet."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else user_data_path("shelf-inspector", appauthor=False)


STORE_VARIABLE = "INSPECTOR_STORE"
"""Environment variable with the URL of another store of visits."""

FILES_VARIABLE = "INSPECTOR_FILES"
"""Environment variable with another place for photos: a folder, or a URL that fsspec knows."""


def visits_url() -> str:
    """Return the URL of the store of visits; its folder is made."""
    named = os.environ.get(STORE_VARIABLE)
    if named:
        return named
    data_folder().mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{data_folder() / 'visits.sqlite'}"


def files_url() -> str:
    """Return where photos and reports of visits are kept."""
    return os.environ.get(FILES_VARIABLE) or str(data_folder() / "files")
