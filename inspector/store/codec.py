"""A capture that was seen, as bytes and back: compressed JSON with the version of its format.

Numbers come back bit for bit, so a scene that was kept is judged as one that was just seen. New
fields with a default may be added to the nouns freely: older scenes lack them and get the default.
A field that is renamed, removed or changes its meaning needs a new `FORMAT`, and code here that
reads the old one; `tests/store/test_codec.py` keeps scenes of old formats and fails without it.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from inspector.domain.scene import Pack, SeenCapture
from inspector.errors import StoreError

FORMAT = 1
"""Version of the format that is written."""


@dataclass(frozen=True, slots=True)
class _Kept:
    seen: SeenCapture
    format: int = FORMAT


class _Id(msgspec.Struct):
    pack_id: str


class _Packs(msgspec.Struct):
    packs: list[msgspec.Raw] = []


class _SeenPacks(msgspec.Struct):
    scene: _Packs


class _KeptPacks(msgspec.Struct):
    seen: _SeenPacks


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
        raise _unreadable(error) from error
    return found.seen


def packs_from_bytes(kept: bytes, pack_ids: Collection[str]) -> tuple[Pack, ...]:
    """Return some packs of a capture, without reading the rest of its bytes.

    Raises:
        StoreError: The bytes are no scene, or one of a newer format.
    """
    try:
        raw = _PACKS.decode(zlib.decompress(kept)).seen.scene.packs
        return tuple(_PACK.decode(pack) for pack in raw if _ID.decode(pack).pack_id in pack_ids)
    except (zlib.error, msgspec.MsgspecError, ValueError) as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> StoreError:
    return StoreError(
        f"A scene in the store cannot be read ({error}). Expected format {FORMAT} or older. "
        "Update the inspector when a newer one wrote it; else look at its photo again."
    )


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
_PACKS = msgspec.json.Decoder(_KeptPacks)
_PACK, _ID = msgspec.json.Decoder(Pack), msgspec.json.Decoder(_Id)
