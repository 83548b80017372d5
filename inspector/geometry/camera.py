"""The camera, fitted to the reference kit and to straight edges, with its covariance.

World frame (docs/coordinates.md): X right along the fixture, Y into the shelf, Z up; metres;
floor Z = 0, fixture's front plane Y = 0. A point projects as `pixel ~ K (R X + t)`.

One least-squares problem holds every cue. Each residual is divided by its standard uncertainty,
weak priors keep what no cue speaks of from running away, and the covariance of the solution is
what every interval in the report is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, least_squares
from scipy.spatial.transform import Rotation

from inspector.domain.capture import CameraIntrinsics
from inspector.domain.quantity import Scale, ScaleMethod
from inspector.domain.scene import StraightEdge, Tag
from inspector.domain.verdict import Reason

Array = NDArray[np.float64]

CAMERA_FROM_WORLD_LEVEL = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Rotation of a camera that looks level into the shelf: x right, y down, z along world Y."""

CORNER_U_PX = 0.35
"""Standard uncertainty of a refined tag corner; rendered photos with exact truth gave 0.2–0.35."""

ASSUMED_DISTANCE_M = 2.0
"""Where a person stands to photograph a shelf; a weak prior, ± 2 m."""

MIN_DISTANCE_M = 0.2
"""Nobody photographs a shelf from nearer."""

MAX_TAGS_COST_RISE = 4.0
"""How much (half chi-square) the tags may lose by believing the edges as well."""

INDEPENDENT_EDGES = 6.0
"""Edges of one fixture share its errors: however many are seen, they count as at most so many."""

MAX_CORNER_RMS_PX = 3.0
"""Tags that miss the fit by more than this do not hang where the kit says: no scale."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the reference kit and how precisely people put it up.

    Attributes:
        method: Name of the scale that rests on it.
        centre_height_m: Height of the tag's centre above the floor by tag id.
        side_m: Side of the black square.
        height_u_m: Standard uncertainty of the height at which it was put up.
        roll_u_rad: Standard uncertainty of its rotation in its own plane.
        lean_u_rad: Standard uncertainty of its lean out of the upright.
        depth_m: Where its plane lies (world Y).
        depth_u_m: Standard uncertainty of that. The floor card leans on the plinth, which often
            is not in the plane of the shelf fronts.
    """

    method: ScaleMethod
    centre_height_m: dict[int, float]
    side_m: float
    height_u_m: float
    roll_u_rad: float
    lean_u_rad: float
    depth_m: float
    depth_u_m: float


STRIP = Part(
    ScaleMethod.STRIP, {k: 0.10 * k for k in range(1, 16)}, 0.050, 0.001, 0.009, 0.009, -0.005, 0.01
)
MARK_140 = Part(ScaleMethod.TAG_140, {40: 1.400}, 0.060, 0.002, 0.026, 0.009, -0.002, 0.01)
FLOOR_CARD = Part(ScaleMethod.FLOOR_CARD, {0: 0.135}, 0.150, 0.001, 0.012, 0.03, -0.005, 0.025)
KIT = (STRIP, MARK_140, FLOOR_CARD)
"""Parts in the order of what they are worth (contract, section 3)."""


@dataclass(frozen=True, slots=True, eq=False)
class CameraFit:
    """A camera with the uncertainty of its parameters.

    Attributes:
        parameters: Rotation from level (3, radians), position (3, metres), log focal length (1).
        covariance: Shape (7, 7).
        centre_px: Principal point.
        scale: What the fit rests on.
        reach_x_m: Where along the fixture the references stand: lowest and highest world X.
    """

    parameters: Array
    covariance: Array
    centre_px: tuple[float, float]
    scale: Scale
    reach_x_m: tuple[float, float]


def rotation(parameters: Array) -> Array:
    """Return R of the camera, shape (3, 3)."""
    return np.asarray(Rotation.from_rotvec(parameters[:3]).as_matrix() @ CAMERA_FROM_WORLD_LEVEL)


def project(parameters: Array, points_m: Array, centre_px: tuple[float, float]) -> Array:
    """Project world points.

    Args:
        parameters: As in `CameraFit`.
        points_m: Shape (n, 3), world frame.
        centre_px: Principal point.

    Returns:
        Shape (n, 2), pixels; NaN for points behind the camera.
    """
    camera_m = (points_m - parameters[3:6]) @ rotation(parameters).T
    depth_m = np.where(camera_m[:, 2:] > 1e-6, camera_m[:, 2:], np.nan)
    return np.asarray(np.exp(parameters[6]) * camera_m[:, :2] / depth_m + np.asarray(centre_px))


def fit_camera(
    tags: Sequence[Tag], edges: Sequence[StraightEdge], camera: CameraIntrinsics
) -> CameraFit:
    """Fit the camera to the kit's tags and to straight edges.

    Args:
        tags: Tags that were found, any subset of the kit.
        edges: Level and upright edges; outliers are weighed down.
        camera: Intrinsics with their uncertainty.

    Returns:
        The fit. Without tags, or with tags that contradict each other, its scale says why there is
        none; its rotation still rectifies the fixture's front, at an assumed distance.

    Source:
        Gauss-Newton covariance of weighted least squares: Hartley & Zisserman, Multiple View
        Geometry, 2nd ed., sec. 5.2; its coverage is tested in tests/geometry/test_heights.py.
    """
    parts = [(part, [tag for tag in tags if tag.tag_id in part.centre_height_m]) for part in KIT]
    parts = [(part, seen) for part, seen in parts if seen]
    problem = _Problem(parts, (), camera)
    solution = problem.solve()
    corner_rms_px = problem.corner_rms_px(solution.x)
    # Seen from behind, a kit fits its mirror image.
    is_before = solution.x[4] < -MIN_DISTANCE_M
    if not is_before or not corner_rms_px <= MAX_CORNER_RMS_PX * problem.corner_u_px / CORNER_U_PX:
        unscaled = fit_camera((), edges, camera)
        detail = f"tags miss the kit's layout by {corner_rms_px:.1f} px"
        scale = Scale(ScaleMethod.NONE, detail, Reason.SCALE_CONTRADICTS_ITSELF)
        return replace(unscaled, scale=scale)
    tags_cost = solution.cost
    for kept in _edge_choices(edges):
        joint = _Problem(parts, kept, camera)
        candidate = joint.solve(solution.x)
        # Edges are trusted as long as the tags do not have to bend for them: doors that stand
        # ajar and shelves that recede look like edges of the fixture, and are none.
        if joint.tags_cost(candidate.x) - tags_cost < MAX_TAGS_COST_RISE:
            solution = candidate
            break
    # Corners that fit worse than their stated uncertainty widen everything; never the reverse.
    inflation = max(1.0, corner_rms_px / (problem.corner_u_px * np.sqrt(2))) ** 2
    covariance = np.linalg.inv(solution.jac.T @ solution.jac)
    placed_x_m = solution.x[7::NUISANCES] if parts else np.zeros(1)
    return CameraFit(
        parameters=solution.x[:7],
        covariance=covariance[:7, :7] * inflation,
        centre_px=camera.centre_px,
        scale=_scale(parts, corner_rms_px, float(np.exp(solution.x[6])), camera),
        reach_x_m=(float(placed_x_m.min()), float(placed_x_m.max())),
    )


def _scale(
    parts: Sequence[tuple[Part, Sequence[Tag]]],
    corner_rms_px: float,
    focal_px: float,
    camera: CameraIntrinsics,
) -> Scale:
    if not parts:
        return Scale(ScaleMethod.NONE, "no tag of the reference kit found", Reason.NO_SCALE)
    names = "; ".join(
        f"{part.method.value} {' '.join(str(tag.tag_id) for tag in seen)}" for part, seen in parts
    )
    detail = (
        f"{names}; residual {corner_rms_px:.2f} px; focal length {focal_px:.0f} px "
        f"({camera.origin.value})"
    )
    return Scale(parts[0][0].method, detail)


NUISANCES = 5
"""Unknowns of each part: x along the fixture, height error, roll, lean, depth."""


class _Problem:
    """Residuals of all cues, each in units of its standard uncertainty."""

    def __init__(
        self,
        parts: Sequence[tuple[Part, Sequence[Tag]]],
        edges: Sequence[StraightEdge],
        camera: CameraIntrinsics,
    ) -> None:
        self.parts = parts
        self.centre_px = camera.centre_px
        self.log_focal = np.log(camera.focal_px)
        self.focal_u = camera.focal_u_rel
        # Corners are as sharp as the picture: half a pixel of a 2-megapixel photo is more in 12.
        self.corner_u_px = CORNER_U_PX * max(1.0, max(camera.image_wh) / 3200)
        self.seen_px = [np.stack([tag.corners_px for tag in seen]) for _, seen in parts]
        self.level_px = np.array([e.ends_px for e in edges if not e.is_upright], float).reshape(
            -1, 2, 2
        )
        self.upright_px = np.array([e.ends_px for e in edges if e.is_upright], float).reshape(
            -1, 2, 2
        )

    def solve(self, start: Array | None = None) -> OptimizeResult:
        """Solve from `start`, or from several yaws: one small tag can be read from two sides."""
        if start is not None:
            return least_squares(self.residuals, start, x_scale="jac", max_nfev=60)
        if not self.parts:
            return self.solve(
                np.array([0.0, 0.0, 0.0, 0.0, -ASSUMED_DISTANCE_M, 1.4, self.log_focal])
            )
        single = sum(len(seen) for _, seen in self.parts) == 1
        yaws_deg = (0.0, -22.0, 22.0) if single else (0.0,)
        starts = [self._start(np.radians(yaw_deg)) for yaw_deg in yaws_deg]
        solutions = [
            least_squares(self.residuals, start, x_scale="jac", max_nfev=60) for start in starts
        ]
        return min(solutions, key=lambda solution: solution.cost)

    def _start(self, yaw_rad: float) -> Array:
        """Place the camera in front of the first part at the distance its tag's size tells."""
        part, seen = self.parts[0]
        focal_px = np.exp(self.log_focal)
        quad = seen[0].corners_px
        side_px = float(np.sqrt(_area_px(quad)))
        distance_m = focal_px * part.side_m / side_px
        across, down = (quad.mean(axis=0) - self.centre_px) / focal_px
        height_m = part.centre_height_m[seen[0].tag_id]
        start = np.zeros(7 + NUISANCES * len(self.parts))
        start[:3] = (0.0, -yaw_rad, 0.0)
        toward = rotation(start).T @ np.array([across, down, 1.0])
        start[3:6] = np.array([0.0, 0.0, height_m]) - toward * distance_m
        start[6] = self.log_focal
        for k, (other, _) in enumerate(self.parts):
            quad_px = self.seen_px[k].mean(axis=(0, 1))
            ray = rotation(start).T @ np.array([*((quad_px - self.centre_px) / focal_px), 1.0])
            depth = -start[4] / max(ray[1], 0.2)
            start[7 + NUISANCES * k] = start[3] + depth * ray[0]
            start[7 + NUISANCES * k + 4] = other.depth_m
        return start

    def corners_px(self, x: Array, k: int) -> Array:
        """Project all corners of part `k`, shape (tags, 4, 2)."""
        part, seen = self.parts[k]
        place_x_m, height_error_m, roll, lean, depth_m = x[7 + NUISANCES * k :][:NUISANCES]
        half = part.side_m / 2
        square = np.array([[-half, half], [half, half], [half, -half], [-half, -half]])
        heights_m = np.array([part.centre_height_m[tag.tag_id] for tag in seen])
        # A strip turns about its foot, a single tag about its own centre.
        pivot_m = 0.0 if len(part.centre_height_m) > 1 else heights_m[0]
        across_m = np.broadcast_to(square[:, 0], (len(seen), 4))
        up_m = heights_m[:, None] + square[:, 1] - pivot_m
        points = np.stack(
            [
                place_x_m + across_m * np.cos(roll) + up_m * np.sin(roll),
                depth_m + up_m * np.sin(lean),
                pivot_m + height_error_m + up_m * np.cos(roll) - across_m * np.sin(roll),
            ],
            axis=-1,
        )
        return project(x[:7], points.reshape(-1, 3), self.centre_px).reshape(-1, 4, 2)

    def corner_rms_px(self, x: Array) -> float:
        """Return the root mean square distance between corners seen and corners fitted."""
        squared = [
            np.sum((self.corners_px(x, k) - seen) ** 2, axis=-1)
            for k, seen in enumerate(self.seen_px)
        ]
        if not squared:
            return 0.0
        return float(np.sqrt(np.mean(np.concatenate([s.ravel() for s in squared]))))

    def tags_cost(self, x: Array) -> float:
        """Return half the chi-square of everything but the edges."""
        rows = self._tag_residuals(x) + self._prior_residuals(x)
        return float(np.sum(np.concatenate(rows) ** 2) / 2)

    def residuals(self, x: Array) -> Array:
        """Return all residuals; NaN (behind the camera) counts as a huge one."""
        rows = self._tag_residuals(x) + self._prior_residuals(x)
        rows.append(self._direction_residuals(x, self.level_px, np.array([1.0, 0.0, 0.0])))
        rows.append(self._direction_residuals(x, self.upright_px, np.array([0.0, 0.0, 1.0])))
        return np.nan_to_num(np.concatenate(rows), nan=1e3)

    def _tag_residuals(self, x: Array) -> list[Array]:
        rows = []
        for k, (part, _) in enumerate(self.parts):
            rows.append(((self.corners_px(x, k) - self.seen_px[k]) / self.corner_u_px).ravel())
            _, height_error_m, roll, lean, depth_m = x[7 + NUISANCES * k :][:NUISANCES]
            rows.append(
                np.array(
                    [
                        height_error_m / part.height_u_m,
                        roll / part.roll_u_rad,
                        lean / part.lean_u_rad,
                        (depth_m - part.depth_m) / part.depth_u_m,
                    ]
                )
            )
        return rows

    def _prior_residuals(self, x: Array) -> list[Array]:
        # A person holds a tablet roughly level, roughly facing the shelf; X of the camera is free
        # up to the parts' own X, so it is pinned to 0.
        return [
            x[:3] / np.radians([20.0, 30.0, 6.0]),
            np.array([x[3] / 1e-3, (x[5] - 1.4) / 0.5, (x[6] - self.log_focal) / self.focal_u]),
            np.array([(x[4] + ASSUMED_DISTANCE_M) / 2.0]),
        ]

    def _direction_residuals(self, x: Array, ends_px: Array, axis: Array) -> Array:
        """Angle between each edge and its axis' vanishing point, in standard uncertainties."""
        if not len(ends_px):
            return np.zeros(0)
        middle_px = ends_px.mean(axis=1)
        along_px = ends_px[:, 1] - ends_px[:, 0]
        vanishing = rotation(x) @ axis
        focal_px = np.exp(x[6])
        # Direction from the middle of the edge to the vanishing point, also when that is at
        # infinity: d = f * v_xy - (m - c) * v_z.
        toward_px = focal_px * vanishing[:2] - (middle_px - self.centre_px) * vanishing[2]
        cross = along_px[:, 0] * toward_px[:, 1] - along_px[:, 1] * toward_px[:, 0]
        length_px = np.linalg.norm(along_px, axis=1)
        angle_rad = cross / (length_px * np.linalg.norm(toward_px, axis=1))
        # 0.3°: how level and upright fixtures are; 1 px: how well an edge's ends are seen.
        residuals = _tamed(angle_rad / np.hypot(np.radians(0.3), 1.0 / length_px))
        return np.asarray(residuals * np.sqrt(min(1.0, INDEPENDENT_EDGES / len(ends_px))))


def _edge_choices(edges: Sequence[StraightEdge]) -> list[list[StraightEdge]]:
    """Return which edges to believe, the most first."""
    upright = [edge for edge in edges if edge.is_upright]
    level = [edge for edge in edges if not edge.is_upright]
    return [choice for choice in (upright + level, upright, level) if choice]


def _tamed(residuals: Array) -> Array:
    """Let residuals beyond one standard uncertainty grow ever slower (Cauchy loss)."""
    return np.asarray(np.sign(residuals) * np.sqrt(np.log1p(residuals**2)))


def _area_px(quad_px: Array) -> float:
    x, y = quad_px[:, 0], quad_px[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)
