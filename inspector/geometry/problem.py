"""The least-squares problem of one photo: its cues, their unknowns in a row, and the solution."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import OptimizeResult, least_squares

from inspector.domain.capture import NOTHING_TOLD, CameraIntrinsics, Told
from inspector.domain.quantity import Scale, ScaleMethod
from inspector.domain.scene import StraightEdge, Tag
from inspector.geometry.camera import (
    K1,
    LOG_FOCAL,
    PARAMETERS,
    PLACE,
    Array,
    CameraFit,
    rotation,
)
from inspector.geometry.cues import (
    ASSUMED_DISTANCE_M,
    ASSUMED_HEIGHT_M,
    FIXTURE,
    FRONT,
    PLINTH,
    Body,
    CameraHeightTold,
    Cue,
    EdgesSeen,
    FloorLineSeen,
    HeightLent,
    HeightMarked,
    Held,
    TagsSeen,
    TiltWritten,
    body_of_part,
)
from inspector.geometry.floor import FloorLine
from inspector.geometry.kit import KIT


@dataclass(frozen=True, slots=True)
class View:
    """What one photo offers to the fit. Two that offer the same are equal.

    Attributes:
        tags: Tags that were found, any subset of the kit.
        edges: Level and upright edges; outliers are weighed down.
        lens: Intrinsics with their uncertainty.
        told: What people and the device say.
        floor_line: Where the fixture meets the floor; None when it was not found.
    """

    tags: tuple[Tag, ...]
    edges: tuple[StraightEdge, ...]
    lens: CameraIntrinsics
    told: Told = NOTHING_TOLD
    floor_line: FloorLine | None = None

    @property
    def parts(self) -> list[TagsSeen]:
        """The parts of the kit that are in view."""
        kit = [(part, part.printed_at(self.told.print_scale)) for part in KIT]
        seen = [
            TagsSeen(printed, [t for t in self.tags if t.tag_id in part.centre_height_m], self.lens)
            for part, printed in kit
        ]
        return [cue for cue in seen if cue.tags]

    @property
    def method(self) -> ScaleMethod:
        """What the scale rests on: the best of what is there."""
        if parts := self.parts:
            return parts[0].part.method
        if self.told.camera_height_m is not None:
            return ScaleMethod.CAMERA_HEIGHT
        # One height fixes no scale: it says how high the photo hangs, not how large it is.
        if len({mark.height_m for mark in (*self.told.marks, *self.told.lent)}) >= 2:
            return ScaleMethod.MARKED_POINTS
        return ScaleMethod.NONE

    def anchors(self) -> list[Cue]:
        """Return all cues but the edges."""
        cues: list[Cue] = [Held(self.lens), *self.parts]
        cues += [
            HeightMarked(mark, self.lens, body=f"front {n}")
            for n, mark in enumerate(self.told.marks)
        ]
        cues += [HeightLent(mark, self.lens) for mark in self.told.lent]
        if self.told.camera_height_m is not None:
            cues.append(CameraHeightTold(self.told))
        if self.told.down is not None:
            cues.append(TiltWritten(self.told.down))
        if self.floor_line is not None:
            cues.append(FloorLineSeen(self.floor_line, self.lens))
        return cues


class Problem:
    """All unknowns of a fit in a row: the camera first, then the bodies of its cues."""

    def __init__(self, view: View, cues: Sequence[Cue]) -> None:
        self.view = view
        self.cues = tuple(cues)
        self.rivals: list[tuple[Array, float]] = []
        named = {cue.body: body_of_part(cue.part) for cue in view.parts}
        named |= {cue.body: FRONT for cue in self.cues if isinstance(cue, HeightMarked)}
        named |= {"plinth": PLINTH, "fixture": FIXTURE}
        used = {cue.body for cue in self.cues}
        self.bodies = {name: body for name, body in named.items() if name in used}
        self.size = PARAMETERS
        self.where: dict[str, slice] = {"": slice(0, 0)}
        for name, body in self.bodies.items():
            self.where[name] = slice(self.size, self.size + len(body.expected))
            self.size += len(body.expected)

    def with_cues(self, cues: Sequence[Cue]) -> Problem:
        """Return the problem with other cues; the unknowns stay in their places."""
        other = copy(self)
        other.cues = tuple(cues)
        return other

    def with_free(self, name: str, unknowns: Sequence[int]) -> Problem:
        """Return the problem with some unknowns of a body free."""
        body = self.bodies[name]
        u = body.u.copy()
        u[list(unknowns)] *= 1e3
        other = copy(self)
        other.bodies = self.bodies | {name: Body(body.expected, u)}
        return other

    def residuals(self, x: Array) -> Array:
        """Return all residuals, shape (v, m), for unknowns of shape (v, n)."""
        rows = [self.residuals_of(cue, x) for cue in self.cues]
        rows += [body.residuals(x[:, self.where[name]]) for name, body in self.bodies.items()]
        return np.concatenate(rows, axis=1)

    def jacobian(self, x: Array) -> Array:
        """Return central differences of the residuals, shape (m, n), in one call."""
        steps = np.eye(self.size) * 1e-6
        moved = self.residuals(np.concatenate([x + steps, x - steps]))
        return np.asarray((moved[: self.size] - moved[self.size :]).T / 2e-6)

    def _with_slope(self, x: Array) -> tuple[Array, Array]:
        """Return residuals, shape (m,), and their forward differences, (m, n), in one call.

        Forward differences are near enough to walk by, and half the work.
        """
        moved = self.residuals(np.concatenate([x[None], x + np.eye(self.size) * 1e-7]))
        return moved[0], np.asarray((moved[1:] - moved[:1]).T / 1e-7)

    def cost_without_edges(self, x: Array) -> float:
        """Return half the chi-square of everything but the edges."""
        edges = [self.residuals_of(cue, x[None]) for cue in self.cues if isinstance(cue, EdgesSeen)]
        of_edges = sum(float(np.sum(residuals**2)) for residuals in edges)
        return (float(np.sum(self.residuals(x[None]) ** 2)) - of_edges) / 2

    def residuals_of(self, cue: Cue, x: Array) -> Array:
        """Return the residuals of one cue, shape (v, m)."""
        residuals = cue.residuals(x[:, :PARAMETERS], x[:, self.where[cue.body]])
        # Behind the camera there is no pixel; that counts as a huge residual.
        return np.nan_to_num(residuals, nan=1e3)

    def camera_and_body(self, x: Array, cue: Cue) -> tuple[Array, Array]:
        """Return the camera, shape (10,), and the unknowns of a cue's body."""
        return x[:PARAMETERS], x[self.where[cue.body]]

    def extended(self, x: Array) -> Array:
        """Return unknowns of a smaller problem with those that this one has more of."""
        return np.concatenate([x, self._expected()[len(x) :]])

    def solve(self, start: Array, *, most: int = 60) -> OptimizeResult:
        """Solve from one start, in so many steps at most."""
        # The solver asks for the slope where it last asked for residuals; both cost one call.
        at = lru_cache(maxsize=1)(lambda key: self._with_slope(np.frombuffer(key)))
        return least_squares(
            lambda x: at(x.tobytes())[0],
            start,
            lambda x: at(x.tobytes())[1],
            x_scale="jac",
            xtol=1e-5,
            ftol=1e-5,
            max_nfev=most,
        )

    def solve_from_several(self, yaw_rad: float | None = None) -> OptimizeResult:
        """Solve from the yaw that edges tell, or from the best of several.

        A small tag can be read from two sides, and edges alone can be taken the wrong way, too.
        """
        if yaw_rad is not None:
            return self.solve(self._start(-yaw_rad))
        if self.view.parts:
            yaws = np.radians([0.0, -22.0, 22.0])
            few = sum(len(cue.tags) for cue in self.view.parts) == 1
            solutions = [self.solve(self._start(yaw)) for yaw in (yaws if few else yaws[:1])]
            best = min(solutions, key=lambda solution: solution.cost)
            self.rivals = [(other.x, other.cost - best.cost) for other in solutions]
            return best
        grid = np.array([self._start(yaw) for yaw in np.radians(np.arange(-36, 37, 6))])
        grid = np.repeat(grid, 3, axis=0)
        grid[:, 0] = np.tile(np.radians([0.0, -10.0, 10.0]), len(grid) // 3)
        costs = np.sum(self.residuals(grid) ** 2, axis=1)
        # The best start need not lead to the best solution: each side is tried a few steps far.
        sides = np.array_split(np.arange(len(grid)), 3)
        tried = [self.solve(grid[side[np.argmin(costs[side])]], most=6) for side in sides]
        return self.solve(min(tried, key=lambda solution: float(solution.cost)).x)

    def camera_fit(self, x: Array, scale: Scale) -> CameraFit:
        """Return the camera with its covariance."""
        jacobian = self.jacobian(x)
        covariance = np.linalg.inv(jacobian.T @ jacobian)[:PARAMETERS, :PARAMETERS]
        # A small tag alone is seen nearly as well from another side: that side is inside, too.
        for rival_x, cost_more in self.rivals:
            apart = rival_x[:PARAMETERS] - x[:PARAMETERS]
            covariance = covariance + np.exp(-cost_more) * np.outer(apart, apart)
        placed_x_m = [x[self.where[cue.body]][0] for cue in self.view.parts] or [0.0]
        return CameraFit(
            parameters=x[:PARAMETERS],
            # Corners that fit worse than stated widen everything; never the reverse.
            covariance=np.asarray(covariance * max(1.0, self.scatter(x)) ** 2),
            centre_px=self.view.lens.centre_px,
            scale=scale,
            reach_x_m=(float(min(placed_x_m)), float(max(placed_x_m))),
        )

    def corner_rms_px(self, x: Array) -> float:
        """Return the root mean square distance between corners seen and corners fitted."""
        missed_px = [self.residuals_of(cue, x[None]) * cue.corner_u_px for cue in self.view.parts]
        if not missed_px:
            return 0.0
        return float(np.sqrt(2 * np.mean(np.concatenate(missed_px, axis=1) ** 2)))

    def scatter(self, x: Array) -> float:
        """Return how far corners are from where they are fitted, in standard uncertainties."""
        parts = self.view.parts
        return self.corner_rms_px(x) / (parts[0].corner_u_px * np.sqrt(2)) if parts else 0.0

    def _start(self, yaw_rad: float) -> Array:
        """Place the camera before the first part at the distance that its tag's size tells."""
        view, centre_px = self.view, np.asarray(self.view.lens.centre_px)
        height_m = view.told.camera_height_m or ASSUMED_HEIGHT_M
        camera = np.zeros(PARAMETERS)
        camera[1], camera[PLACE] = -yaw_rad, [0.0, -ASSUMED_DISTANCE_M, height_m]
        camera[LOG_FOCAL], camera[K1] = np.log(view.lens.focal_px), view.lens.k1
        for cue in view.parts[:1]:
            tag = cue.tags[0]
            side_px = np.sqrt(abs(signed_area_px(tag.corners_px)))
            toward = self._ray(camera, tag.corners_px.mean(axis=0) - centre_px)
            distance_m = view.lens.focal_px * cue.part.side_m / side_px
            tag_m = np.array([0.0, 0.0, cue.part.centre_height_m[tag.tag_id]])
            camera[PLACE] = tag_m - toward * distance_m
        x = self._expected()
        x[:PARAMETERS] = camera
        for cue in view.parts:
            middle_px = np.mean([tag.corners_px.mean(axis=0) for tag in cue.tags], axis=0)
            ray = self._ray(camera, middle_px - centre_px)
            x[self.where[cue.body]][0] = camera[3] - camera[4] / max(ray[1], 0.2) * ray[0]
        return x

    def _expected(self) -> Array:
        return np.concatenate(
            [np.zeros(PARAMETERS), *(body.expected for body in self.bodies.values())]
        )

    def _ray(self, camera: Array, from_centre_px: Array) -> Array:
        flat = from_centre_px / np.exp(camera[LOG_FOCAL])
        return np.asarray(rotation(camera).T @ np.array([*flat, 1.0]))


def signed_area_px(quad_px: Array) -> float:
    """Return the area of a quad, positive when it runs clockwise in the picture."""
    x, y = quad_px[:, 0], quad_px[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
