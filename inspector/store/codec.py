"""A capture that was seen, as bytes and back: compressed JSON with the version of its format.

Numbers come back bit for bit, so a scene that was kept is judged as one that was just seen. New
fields with a default may be added to the nouns freely: older scenes lack them and get the default.
A field that is renamed, removed or changes its meaning needs a new `FORMAT`, and code here that
reads the old one; `tests/store/test_codec.py` keeps scenes of old formats and fails without it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from inspector.domain.scene import SeenCapture
from inspector.errors import StoreError

FORMAT = 1
"""Version of the format that is written."""


@dataclass(frozen=True, slots=True)
class _Kept:
    seen: SeenCapture
    format: int = FORMAT


def bytes_from_seen(seen: SeenCapture) -> bytes:
    """Return a capture that was seen as bytes; the same capture gives the same bytes."""
    return zlib.compress(_ENCODER.encode(_Kept(seen)), 1)


def seen_from_bytes(kept: bytes) -> SeenCapture:
    """Return a capture from its bytes.

    Raises:
        StoreError: The bytes are no scene, or one of a newer format.
    """
    try:
        found = _DECODER.decode(zlib.decompress(kept))
    except (zlib.error, msgspec.MsgspecError, ValueError) as error:
        raise StoreError(
            f"A scene in the store cannot be read ({error}). Expected format {FORMAT} or older. "
            "Update the inspector when a newer one wrote it; else look at its photo again."
        ) from error
    return found.seen


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    raise NotImplementedError(f"a scene cannot hold a {type(value).__name__}")


def _rebuilt(kind: Any, value: Any) -> Any:  # noqa: ANN401
    if getattr(kind, "__origin__", kind) is np.ndarray:
        return np.array(value, dtype=np.float64)
    raise NotImplementedError(f"a scene cannot hold a {kind}")


_ENCODER = msgspec.json.Encoder(enc_hook=_plain, order="deterministic")
_DECODER = msgspec.json.Decoder(_Kept, dec_hook=_rebuilt)
