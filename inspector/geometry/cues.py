"""The cues: each says one thing about the camera of a photo, in units of standard uncertainty.

A cue is given a batch of cameras, shape (v, 10), and of the unknowns of its body, shape (v, k), and
returns residuals, shape (v, m). A body is what is put up or seen in the world: a part of the kit, a
plane at an uncertain depth. Its unknowns have expected values; several photos may share a body.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from inspector.domain.capture import CameraIntrinsics, HeightMark, Told
from inspector.domain.scene import StraightEdge, Tag
from inspector.geometry.camera import (
    AXIS,
    K1,
    LOG_FOCAL,
    PLACE,
    TURN,
    Array,
    directions,
    meet_plane,
    project,
    rotation,
)
from inspector.geometry.floor import FloorLine
from inspector.geometry.heights import (
    EDGE_DEPTH_M,
    EDGE_DEPTH_U_M,
    PACK_DEPTH_M,
    PACK_DEPTH_U_M,
    PLINTH_DEPTH_M,
    PLINTH_DEPTH_U_M,
)
from inspector.geometry.kit import Part, corners_m

CORNER_U_PX = 0.35
"""Standard uncertainty of a refined tag corner; rendered photos with exact truth gave 0.2–0.35."""

CLICK_U_SHARE = 0.0008
"""Standard uncertainty of a point marked by hand, as a share of the photo's long side."""

FLOOR_LINE_U_SHARE = 0.001
"""Standard uncertainty of a floor line that was found, as a share of the photo's long side."""

ASSUMED_DISTANCE_M, ASSUMED_DISTANCE_U_M = 2.0, 2.0
"""Where a person stands to photograph a shelf; a weak prior."""

ASSUMED_HEIGHT_M, ASSUMED_HEIGHT_U_M = 1.4, 0.5
"""How high a person holds a tablet; a weak prior."""

HELD_U_RAD = np.radians([20.0, 30.0, 6.0])
"""A person holds a tablet roughly level, roughly facing the shelf: pitch, yaw, roll."""

FIXTURE_U_RAD = np.radians(0.12)
"""How plumb and level a whole fixture stands."""

EDGE_U_RAD = np.radians(0.2)
"""How parallel the edges of a fixture are, before those of the photo have shown their spread: of 15
photos of real shelves half stayed below 0.16°, three quarters below 0.21°. Racks are put up to
within 0.16° (EN 15620, H/350)."""

EDGES_EXPECTED = 3
"""How many edges of the photo weigh as much as that expectation."""

END_U_SHARE = 0.0001
"""Standard uncertainty of the ends of an edge, as a share of the photo's long side."""

EDGE_SEEN_TIMES = 1.5
"""A board shows several edges, and a long edge falls into pieces: so many share one error."""

EDGE_TAMED = 1.5
"""Standard uncertainties from which an edge weighs less and less (Cauchy). Of normal edges the fit
then uses 87 %; with one in five eight times as far off, it is still as exact as its covariance
says. At 1 a quarter is lost, at 2 the covariance claims more than is true."""

EDGE_INLIER_RAD = np.radians(1.0)
"""Edges further off than this run elsewhere."""

TILT_U_RAD = np.radians(1.0)
"""How well a device's accelerometer says where down is while a hand holds it."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Unknowns that cues share.

    Attributes:
        expected: Expected values, shape (k,).
        u: Their standard uncertainties; infinite for what is free.
    """

    expected: Array
    u: Array

    def residuals(self, own: Array) -> Array:
        """Return how far the unknowns are from what is expected, shape (v, k)."""
        return (own - self.expected) / self.u


def body_of_part(part: Part) -> Body:
    """Return the unknowns of a part that is put up (`kit.corners_m` gives their order)."""
    return Body(
        expected=np.array([0.0, 0.0, 0.0, 0.0, 0.0, part.depth_m, 0.0]),
        u=np.array(
            [
                np.inf,
                part.height_u_m,
                part.roll_u_rad,
                part.lean_u_rad,
                part.turn_u_rad,
                part.depth_u_m,
                part.print_u,
            ]
        ),
    )


FRONT = Body(np.array([EDGE_DEPTH_M]), np.array([EDGE_DEPTH_U_M]))
"""Depth of a shelf's front edge, on which people mark points; each mark has its own."""

FIXTURE = Body(np.zeros(3), np.full(3, FIXTURE_U_RAD))
"""Lean of the fixture to the right and into the shelf, and slope of its shelves."""

PLINTH = Body(np.array([PLINTH_DEPTH_M]), np.array([PLINTH_DEPTH_U_M]))
"""Depth at which the fixture meets the floor."""


class Cue(Protocol):
    """One thing that a photo says. `body` names the body whose unknowns it is given, if any."""

    @property
    def body(self) -> str:
        """Name of its body, or an empty text."""

    def residuals(self, cameras: Array, own: Array) -> Array:
        """Return residuals in standard uncertainties, shape (v, m)."""


@dataclass(frozen=True, slots=True, eq=False)
class TagsSeen:
    """Corners of the tags of one part."""

    part: Part
    tags: Sequence[Tag]
    lens: CameraIntrinsics

    @property
    def body(self) -> str:
        """Name of the part."""
        return self.part.method.value

    @property
    def corner_u_px(self) -> float:
        """Corners are as sharp as the picture: half a pixel of 2 megapixels is more in 12."""
        return CORNER_U_PX * max(1.0, max(self.lens.image_wh) / 3200)

    def residuals(self, cameras: Array, own: Array) -> Array:
        """Return corners fitted less corners seen."""
        corners = corners_m(self.part, [tag.tag_id for tag in self.tags], own)
        seen_px = np.concatenate([tag.corners_px for tag in self.tags])
        missed_px = project(cameras, corners, self.lens.centre_px) - seen_px
        return np.asarray((missed_px / self.corner_u_px).reshape(len(cameras), -1))


@dataclass(frozen=True, eq=False)
class EdgesSeen:
    """Straight edges that run along a world axis: their vanishing point lies on their line.

    Edges that do not are weighed down: doors that stand ajar, print, shadows.
    """

    edges: Sequence[StraightEdge]
    is_upright: bool
    lens: CameraIntrinsics
    u_rad: float = EDGE_U_RAD
    body: str = "fixture"

    def angles(self, cameras: Array, own: Array) -> Array:
        """Return the angle between each edge and the direction to its vanishing point, (v, n)."""
        ends = directions(cameras, self._ends_px.reshape(-1, 2), self.lens.centre_px)
        ends = ends.reshape(len(cameras), -1, 2, 2)
        middle, along = ends.mean(axis=2), ends[:, :, 1] - ends[:, :, 0]
        one, none = np.ones(len(own)), np.zeros(len(own))
        axis = [own[:, 0], own[:, 1], one] if self.is_upright else [one, none, own[:, 2]]
        vanishing = (rotation(cameras) @ np.stack(axis, axis=1)[..., None])[:, None, :, 0]
        # From the middle of the edge to the vanishing point, also when that is at infinity.
        toward = vanishing[..., :2] - middle * vanishing[..., 2:]
        cross = along[..., 0] * toward[..., 1] - along[..., 1] * toward[..., 0]
        return np.asarray(
            cross / (np.linalg.norm(along, axis=-1) * np.linalg.norm(toward, axis=-1))
        )

    def residuals(self, cameras: Array, own: Array) -> Array:
        """Return those angles, large ones tamed."""
        residuals = _tamed(self.angles(cameras, own) / np.hypot(self.u_rad, self._end_u_rad))
        return np.asarray(residuals / np.sqrt(EDGE_SEEN_TIMES))

    def with_spread(self, camera: Array, own: Array) -> EdgesSeen:
        """Return the cue with the spread that its edges show about a camera, shape (10,).

        What their ends account for is none of it: short edges are crooked in the picture only.
        """
        angle = np.abs(self.angles(camera[None], own[None])[0])
        is_inlier = angle < EDGE_INLIER_RAD
        count = int(np.sum(is_inlier))
        # 2.198: the variance of normal errors whose squares have this median, in units of it.
        square = angle[is_inlier] ** 2
        of_ends = self._end_u_rad[is_inlier] ** 2
        spread = max(0.0, 2.198 * float(np.median(square - of_ends / 2.198))) if count else 0.0
        total = EDGES_EXPECTED * EDGE_U_RAD**2 + count * spread
        return replace(self, u_rad=float(np.sqrt(total / (EDGES_EXPECTED + count))))

    @cached_property
    def _ends_px(self) -> Array:
        return np.array([edge.ends_px for edge in self.edges])

    @cached_property
    def _end_u_rad(self) -> Array:
        """Angle by which an edge turns when its ends are seen beside it."""
        length_px = np.linalg.norm(self._ends_px[:, 1] - self._ends_px[:, 0], axis=-1)
        return np.asarray(END_U_SHARE * max(self.lens.image_wh) / length_px)


@dataclass(frozen=True, slots=True, eq=False)
class CameraHeightTold:
    """The camera's height, told by a person."""

    told: Told
    body: str = ""

    def residuals(self, cameras: Array, own: Array) -> Array:
        """Return height fitted less height told."""
        del own
        missed_m = cameras[:, PLACE][:, 2:] - (self.told.camera_height_m or 0.0)
        return np.asarray(missed_m / self.told.camera_height_u_m)


@dataclass(frozen=True, slots=True, eq=False)
class HeightMarked:
    """A point, or a level edge, on the fixture's front whose height a person measured."""

    mark: HeightMark
    lens: CameraIntrinsics
    body: str

    def residuals(self, cameras: Array, own: Array) -> Array:
        """Return the mean height fitted less the one measured and, of an edge, its slope."""
        ends_px = np.array(self.mark.ends_px)
        height_m = meet_plane(cameras, ends_px, self.lens.centre_px, offset_m=own)[..., 2]
        click_u_m = CLICK_U_SHARE * max(self.lens.image_wh) * _metres_per_pixel(cameras, own)
        mean_u_m = np.hypot(self.mark.u_m, click_u_m / np.sqrt(len(ends_px)))
        rows = [(height_m.mean(axis=1, keepdims=True) - self.mark.height_m) / mean_u_m]
        if len(ends_px) == 2:
            rows.append(np.diff(height_m) / np.hypot(0.005, np.sqrt(2) * click_u_m))
        return np.concatenate(rows, axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class HeightLent:
    """A point on the packs whose height another photo of the fixture tells.

    Packs stand at a depth of their own each, which is folded into the uncertainty: there are many.
    """

    mark: HeightMark
    lens: CameraIntrinsics
    body: str = ""

    def residuals(self, cameras: Array, own: Array) -> Array:
        """Return the height fitted less the one told."""
        del own
        at_px = np.array(self.mark.ends_px)
        height_m, deeper_m = (
            meet_plane(cameras, at_px, self.lens.centre_px, offset_m=depth_m)[..., 2]
            for depth_m in (PACK_DEPTH_M, PACK_DEPTH_M + PACK_DEPTH_U_M)
        )
        seen_u_m = (
            CLICK_U_SHARE
            * max(self.lens.image_wh)
            * _metres_per_pixel(cameras, np.full((1, 1), PACK_DEPTH_M))
        )
        u_m = np.sqrt(self.mark.u_m**2 + seen_u_m**2 + (deeper_m - height_m) ** 2)
        return np.asarray((height_m - self.mark.height_m) / u_m)


@dataclass(frozen=True, slots=True, eq=False)
class FloorLineSeen:
    """Where the fixture meets the floor, at an uncertain depth."""

    line: FloorLine
    lens: CameraIntrinsics
    body: str = "plinth"

    def residuals(self, cameras: Array, own: Array) -> Array:
        """Return the height at which its ends are fitted; it should be the floor's."""
        ends_px = np.array(self.line.ends_px)
        height_m = meet_plane(cameras, ends_px, self.lens.centre_px, offset_m=own)[..., 2]
        seen_u_m = FLOOR_LINE_U_SHARE * max(self.lens.image_wh) * _metres_per_pixel(cameras, own)
        return np.concatenate(
            [
                height_m.mean(axis=1, keepdims=True) / np.hypot(self.line.u_m, seen_u_m),
                np.diff(height_m) / np.hypot(0.01, seen_u_m),
            ],
            axis=1,
        )


@dataclass(frozen=True, slots=True, eq=False)
class TiltWritten:
    """Where down is, as the device wrote it."""

    down: tuple[float, float, float]
    body: str = ""

    def residuals(self, cameras: Array, own: Array) -> Array:
        """Return the angle between down as fitted and as written, about two axes."""
        del own
        fitted = -rotation(cameras)[..., 2]
        return np.asarray(np.cross(fitted, np.array(self.down))[..., [0, 2]] / TILT_U_RAD)


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """How people hold cameras, and what is known of this one's lens.

    X has no meaning of its own: it is pinned where the camera stands.
    """

    lens: CameraIntrinsics
    body: str = ""

    def residuals(self, cameras: Array, own: Array) -> Array:
        """Return weak priors on the pose, strong ones on the lens."""
        del own
        place_m = cameras[:, PLACE] - [0.0, -ASSUMED_DISTANCE_M, ASSUMED_HEIGHT_M]
        place_u_m = [1e-3, ASSUMED_DISTANCE_U_M, ASSUMED_HEIGHT_U_M]
        focal = (cameras[:, LOG_FOCAL] - np.log(self.lens.focal_px)) / self.lens.focal_u_rel
        bend = (cameras[:, K1] - self.lens.k1) / self.lens.k1_u
        axis = cameras[:, AXIS] / (self.lens.centre_u_px / self.lens.focal_px)
        return np.column_stack(
            [cameras[:, TURN] / HELD_U_RAD, place_m / place_u_m, focal, bend, axis]
        )


def _metres_per_pixel(cameras: Array, depth_m: Array) -> Array:
    """Return the size of a pixel on a plane parallel to the front, shape (v, 1)."""
    distance_m = np.maximum(depth_m - cameras[:, PLACE][:, 1:2], 0.2)
    return np.asarray(distance_m / np.exp(cameras[:, LOG_FOCAL, None]))


def _tamed(residuals: Array) -> Array:
    """Let residuals beyond `EDGE_TAMED` standard uncertainties grow ever slower (Cauchy loss)."""
    grown = np.sqrt(np.log1p((residuals / EDGE_TAMED) ** 2))
    return np.asarray(np.sign(residuals) * EDGE_TAMED * grown)
