"""The reference kit: where its tags are, and how precisely people print it and put it up."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inspector.domain.quantity import ScaleMethod

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the reference kit (contract, section 3).

    Attributes:
        method: Name of the scale that rests on it.
        centre_height_m: Height of the tag's centre above the floor by tag id.
        side_m: Side of the black square.
        pivot_m: Height about which it is put up askew: a strip turns about its foot, a mark about
            its centre.
        print_u: Relative standard uncertainty of its print, after the bar was measured.
        height_u_m: Standard uncertainty of the height at which it was put up.
        roll_u_rad: Standard uncertainty of its rotation in its own plane.
        lean_u_rad: Standard uncertainty of its lean out of the upright.
        turn_u_rad: Standard uncertainty of its turn out of the plane of the fixture's front.
        depth_m: Where its plane lies (world Y).
        depth_u_m: Standard uncertainty of that. The floor card leans on the plinth, which often
            is not in the plane of the shelf fronts.
    """

    method: ScaleMethod
    centre_height_m: dict[int, float]
    side_m: float
    pivot_m: float
    print_u: float
    height_u_m: float
    roll_u_rad: float
    lean_u_rad: float
    turn_u_rad: float
    depth_m: float
    depth_u_m: float

    @property
    def stands_on_floor(self) -> bool:
        """True when its heights count from the floor that it stands on."""
        return self.pivot_m == 0.0

    def printed_at(self, print_scale: float) -> Part:
        """Return the part as it comes out of a printer that scales by `print_scale`.

        What stands on the floor shrinks towards its foot. The 140 mark is put up by its centre.
        """
        heights_m = {
            tag_id: self.pivot_m + (height_m - self.pivot_m) * print_scale
            for tag_id, height_m in self.centre_height_m.items()
        }
        return replace(self, centre_height_m=heights_m, side_m=self.side_m * print_scale)


STRIP = Part(
    method=ScaleMethod.STRIP,
    centre_height_m={k: 0.10 * k for k in range(1, 16)},
    side_m=0.050,
    pivot_m=0.0,
    print_u=0.001,
    height_u_m=0.001,
    roll_u_rad=0.009,
    lean_u_rad=0.009,
    turn_u_rad=0.035,
    depth_m=-0.005,
    depth_u_m=0.01,
)
MARK_140 = Part(
    method=ScaleMethod.TAG_140,
    centre_height_m={40: 1.400},
    side_m=0.060,
    pivot_m=1.400,
    print_u=0.003,
    height_u_m=0.002,
    roll_u_rad=0.026,
    lean_u_rad=0.009,
    turn_u_rad=0.017,
    depth_m=-0.002,
    depth_u_m=0.01,
)
FLOOR_CARD = Part(
    method=ScaleMethod.FLOOR_CARD,
    centre_height_m={0: 0.135},
    side_m=0.150,
    pivot_m=0.0,
    print_u=0.003,
    height_u_m=0.001,
    roll_u_rad=0.012,
    lean_u_rad=0.03,
    turn_u_rad=0.035,
    depth_m=-0.005,
    depth_u_m=0.025,
)
KIT = (STRIP, MARK_140, FLOOR_CARD)
"""Parts in the order of what they are worth."""

KIT_IDS = frozenset(tag_id for part in KIT for tag_id in part.centre_height_m)
"""Ids of all tags of the kit."""

BAR_MM = 100.0
"""Designed length of the bar on the kit's first page, which shows at what scale it was printed."""


def corners_m(part: Part, tag_ids: list[int], put_up: Array) -> Array:
    """Return the corners of a part's tags in the world.

    Args:
        part: The part as designed.
        tag_ids: Tags asked for, n of them.
        put_up: Shape (..., 7): x (metres), height error (metres), roll, lean, turn (radians), depth
            (metres), print error (relative).

    Returns:
        Shape (..., 4 n, 3): top left, top right, bottom right, bottom left of each.
    """
    x_m, height_m, roll, lean, turn, depth_m, print_error = np.moveaxis(put_up, -1, 0)[..., None]
    half_m = part.side_m / 2
    square = np.array([[-half_m, half_m], [half_m, half_m], [half_m, -half_m], [-half_m, -half_m]])
    centres_m = np.array([part.centre_height_m[tag_id] for tag_id in tag_ids]) - part.pivot_m
    size = 1 + print_error
    across_m = np.tile(square[:, 0], len(tag_ids)) * size
    up_m = (centres_m[:, None] + square[:, 1]).ravel() * size
    right_m = across_m * np.cos(roll) + up_m * np.sin(roll)
    return np.stack(
        [
            x_m + right_m * np.cos(turn),
            depth_m + up_m * np.sin(lean) + right_m * np.sin(turn),
            part.pivot_m + height_m + up_m * np.cos(roll) - across_m * np.sin(roll),
        ],
        axis=-1,
    )
