"""Passwords and tokens: looked up where they lie, at the moment they are needed."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from inspector.errors import WatchError
from inspector.live.settings import Camera, Kind


def revealed(name: str) -> str:
    """Return a secret.

    Args:
        name: `env:NAME` of an environment variable, or `file:PATH` of a file that holds nothing
            else.

    Raises:
        WatchError: It is not there; the text names the place and never the secret.
    """
    kind, _, place = name.partition(":")
    if kind == "env":
        found = os.environ.get(place, "")
    else:
        try:
            found = Path(place).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise WatchError(
                f"The secret {name} cannot be read ({error.strerror}). Expected a file with the "
                "secret alone, readable by this user."
            ) from error
    if not found:
        what = f"the environment variable {place}" if kind == "env" else f"the file {place}"
        raise WatchError(f"The secret {name} is empty. Expected it in {what}.")
    return found


def opened_url(camera: Camera) -> str:
    """Return the camera's source as it is opened, with user and password; never shown or logged.

    Raises:
        WatchError: The password is not where the settings say.
    """
    if camera.kind not in (Kind.RTSP, Kind.MJPEG) or not camera.user:
        return camera.source
    parts = urlsplit(camera.source)
    password = f":{quote(revealed(camera.password), safe='')}" if camera.password else ""
    place = f"{quote(camera.user, safe='')}{password}@{parts.netloc}"
    return urlunsplit((parts.scheme, place, parts.path, parts.query, ""))
