"""A survey as bytes and back: kept beside its scene, because making it anew takes so long.

It is never the only copy of anything: a survey that another version of the code has made, or that
cannot be read, is made anew from the scene.
"""

from __future__ import annotations

import zlib
from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from inspector.domain.facts import Neighbours, ShelfFacts
from inspector.domain.quantity import Measured, Unmeasured
from inspector.domain.verdict import Reason
from inspector.geometry.layout import Layout
from inspector.measuring import Survey


def bytes_from_survey(survey: Survey) -> bytes:
    """Return a survey as bytes."""
    return zlib.compress(_ENCODER.encode(survey), 1)


def survey_from_bytes(kept: bytes) -> Survey | None:
    """Return a survey from its bytes; None when they are none of today."""
    try:
        return _DECODER.decode(zlib.decompress(kept))
    except (zlib.error, msgspec.MsgspecError, ValueError, TypeError, KeyError):
        return None


class _Length(ABC):  # noqa: B024 - it only names what it stands for
    """Stands for `Measured | Unmeasured`, between which the decoder cannot choose by itself."""


_Length.register(Measured)
_Length.register(Unmeasured)


@dataclass(frozen=True, slots=True)
class _Shelf(ShelfFacts):
    height: _Length  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class _Neighbours(Neighbours):
    gap: _Length  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class _Layout(Layout):
    shelves: tuple[_Shelf, ...]
    neighbours: tuple[_Neighbours, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Survey(Survey):
    layout: _Layout
    bottoms: Mapping[str, _Length]  # type: ignore[assignment]


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    raise NotImplementedError(f"a survey cannot hold a {type(value).__name__}")


def _rebuilt(kind: Any, value: Any) -> Any:  # noqa: ANN401
    if kind is _Length:
        return Unmeasured(Reason(value["reason"])) if "reason" in value else Measured(**value)
    if getattr(kind, "__origin__", kind) is np.ndarray:
        return np.array(value, dtype=np.float64)
    raise NotImplementedError(f"a survey cannot hold a {kind}")


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_plain)
_DECODER = msgspec.msgpack.Decoder(_Survey, dec_hook=_rebuilt)
