"""Where the user's own data lies: imported lists, lessons. Never in the package."""

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
