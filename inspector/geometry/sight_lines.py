"""What of the medicine staff can see from the till, on a floor plan.

This helps a person to decide about supervision (section 3) and decides nothing: that somebody could
see does not say that somebody looks, and staff on the floor see what the till does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from inspector.geometry.floor_plan import Part, PartKind

LOOKED_OVER_M = 1.4
"""Fixtures lower than this hide nothing: medicine stands above it, and so are eyes."""

STEP_M = 0.1
"""Medicine is looked at in stretches of about this length."""

TOUCH_M = 0.02
"""Medicine stands on the very front of its fixture, which must not hide it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How much of one placement is seen.

    Attributes:
        name: Its name on the plan.
        share: Seen from any till, 0 to 1.
        stretches_m: Its stretches from end to end, shape (n, 2, 2), metres.
        is_seen: Which of them are seen, shape (n,).
        sights_m: The sight that reaches each seen stretch, from till to its middle, shape
            (n seen, 2, 2).
    """

    name: str
    share: float
    stretches_m: NDArray[np.float64]
    is_seen: NDArray[np.bool_]
    sights_m: NDArray[np.float64]


def seen_from_tills(plan: Sequence[Part]) -> list[Seen]:
    """Return for each placement of medicine how much of it any till has in sight.

    Walls hide what is behind them, and so do fixtures that are as high as medicine stands or of
    whose height nothing is known.
    """
    tills = [shapely.get_coordinates(p.shape)[0] for p in plan if p.kind is PartKind.TILL]
    hiding = shapely.union_all([shape for part in plan for shape in _hides(part)])
    shapely.prepare(hiding)
    return [_seen(part, tills, hiding) for part in plan if part.kind is PartKind.MEDICINE]


def _hides(part: Part) -> list[shapely.Geometry]:
    if part.kind is PartKind.WALL:
        return [part.shape]
    is_high = part.height_m is None or part.height_m >= LOOKED_OVER_M
    if part.kind is PartKind.FIXTURE and is_high:
        return [shapely.buffer(part.shape, -TOUCH_M)]
    return []


def _seen(placement: Part, tills: Sequence[NDArray[np.float64]], hiding: shapely.Geometry) -> Seen:
    count = max(1, round(shapely.length(placement.shape) / STEP_M))
    shares = np.linspace(0, 1, count + 1)
    ends_m = shapely.get_coordinates(
        shapely.line_interpolate_point(placement.shape, shares, normalized=True)
    )
    stretches_m = np.stack([ends_m[:-1], ends_m[1:]], axis=1)
    middles_m = shapely.get_coordinates(
        shapely.line_interpolate_point(
            placement.shape, (shares[:-1] + shares[1:]) / 2, normalized=True
        )
    )
    sights_m = np.array(
        [np.stack([np.broadcast_to(till, middles_m.shape), middles_m], axis=1) for till in tills]
    ).reshape(len(tills), count, 2, 2)
    is_free = ~shapely.intersects(hiding, shapely.linestrings(sights_m))
    is_seen = is_free.any(axis=0) if len(tills) else np.zeros(count, bool)
    first_till = is_free.argmax(axis=0) if len(tills) else np.zeros(count, int)
    reaching = [sights_m[first_till[k], k] for k in np.flatnonzero(is_seen)]
    return Seen(
        placement.name,
        float(is_seen.mean()),
        stretches_m,
        is_seen,
        np.array(reaching).reshape(-1, 2, 2),
    )
