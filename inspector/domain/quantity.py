"""Lengths that were measured, and lengths that could not be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inspector.domain.verdict import Reason


class ScaleMethod(StrEnum):
    """What a photo's scale rests on (names fixed by the report format)."""

    STRIP = "strip"
    TAG_140 = "tag_140"
    FLOOR_CARD = "floor_card"
    MARKED_POINTS = "marked_points"
    CAMERA_HEIGHT = "camera_height"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Measured:
    """A length in metres with its 95 % interval.

    Attributes:
        value_m: Best estimate.
        low_m: Lower end of the 95 % interval, `low_m <= value_m`.
        high_m: Upper end of the 95 % interval, `value_m <= high_m`.
    """

    value_m: float
    low_m: float
    high_m: float

    def __post_init__(self) -> None:
        if not self.low_m <= self.value_m <= self.high_m:
            raise ValueError(
                f"a measured length needs low <= value <= high, got "
                f"{self.low_m} <= {self.value_m} <= {self.high_m} (metres)"
            )


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A length that the picture does not tell, and why."""

    reason: Reason


Length = Measured | Unmeasured


@dataclass(frozen=True, slots=True)
class Scale:
    """What the heights of one capture rest on.

    Attributes:
        method: The reference that was found; `NONE` when heights are unknown.
        detail: What was used, for people: tag ids, residual in pixels, focal length and its origin.
        reason: Why there is no scale; None when there is one.
    """

    method: ScaleMethod
    detail: str
    reason: Reason | None = None
