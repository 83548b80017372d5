"""Heights above the floor, distances on it, and where the limit lies in the picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from inspector.domain.quantity import Length, Measured, Unmeasured
from inspector.domain.scene import Point
from inspector.domain.verdict import Reason
from inspector.geometry.camera import CameraFit, project, rotation

Array = NDArray[np.float64]

COVERAGE_FACTOR = 2.2
"""Half-width of a 95 % interval in standard uncertainties: 1.96 for errors that are normal and
fully known, and an eighth more for what first-order propagation and outlying edges leave out."""

PACK_DEPTH_M, PACK_DEPTH_U_M = 0.02, 0.02
"""How far behind the shelf's front edge the front of a front-row pack stands (world Y)."""

EDGE_DEPTH_M, EDGE_DEPTH_U_M = 0.0, 0.01
"""Where a shelf's front edge lies relative to the fixture's front plane."""

MIN_GRAZING = 0.05
"""Rays flatter than this against a plane say nothing about where they meet it."""


def height_of_pack(fit: CameraFit, point_px: Point, *, u_px: float) -> Length:
    """Return the height above the floor of the lowest point of a pack.

    Args:
        fit: Camera with covariance.
        point_px: Where the pack's front meets its shelf.
        u_px: Standard uncertainty of the point's row.

    Returns:
        Height with a 95 % interval by first-order propagation of the camera's covariance, the
        point and the depth at which the pack stands; `Unmeasured(BEHIND_CAMERA)` when the ray
        does not meet the fixture.

    Source:
        Criminisi, Reid, Zisserman, Single View Metrology, IJCV 2000 (first-order propagation);
        coverage tested in tests/geometry/test_heights.py.
    """
    return _height(fit, point_px, u_px=u_px, depth_m=PACK_DEPTH_M, depth_u_m=PACK_DEPTH_U_M)


def height_of_edge(fit: CameraFit, point_px: Point, *, u_px: float) -> Length:
    """Return the height above the floor of a point on a shelf's front edge."""
    return _height(fit, point_px, u_px=u_px, depth_m=EDGE_DEPTH_M, depth_u_m=EDGE_DEPTH_U_M)


def width_between(fit: CameraFit, left_px: Point, right_px: Point, *, u_px: float) -> Length:
    """Return the distance along the fixture between two points; negative when they overlap."""

    def width_m(parameters: Array, shift_px: Array, depth_m: float) -> float:
        left = _meet_plane(parameters, left_px, shift_px[0], fit.centre_px, 1, depth_m)
        right = _meet_plane(parameters, right_px, shift_px[1], fit.centre_px, 1, depth_m)
        return float(right[0] - left[0])

    return _propagated(fit, width_m, u_px, 2, PACK_DEPTH_M, PACK_DEPTH_U_M, column=True)


def distance_on_floor(
    fit: CameraFit, foot_px: tuple[Point, Point], *, span_x_px: tuple[Point, Point], u_px: float
) -> Length:
    """Return the distance over the floor between something that stands there and a placement.

    Args:
        fit: Camera with covariance.
        foot_px: Left and right end of where it meets the floor.
        span_x_px: Left and right end of the placement, points on the fixture's front.
        u_px: Standard uncertainty of the feet's row.

    Returns:
        Shortest distance, measured in the plan, from the middle of the foot to the stretch of
        floor below the placement, with a 95 % interval; `Unmeasured(BEHIND_CAMERA)` when the foot
        lies above the horizon.
    """
    middle_px = ((foot_px[0][0] + foot_px[1][0]) / 2, (foot_px[0][1] + foot_px[1][1]) / 2)

    def distance_m(parameters: Array, shift_px: Array, depth_m: float) -> float:
        foot = _meet_plane(parameters, middle_px, shift_px[0], fit.centre_px, 2, 0.0)
        ends = [
            _meet_plane(parameters, end, np.zeros(2), fit.centre_px, 1, depth_m)[0]
            for end in span_x_px
        ]
        beside_m = max(min(ends) - foot[0], foot[0] - max(ends), 0.0)
        return float(np.hypot(beside_m, max(0.0, -foot[1])))

    return _propagated(fit, distance_m, u_px, 1, 0.0, EDGE_DEPTH_U_M)


def is_floor_in_view(
    fit: CameraFit, image_wh: tuple[int, int], *, before_m: float, up_m: float
) -> bool:
    """Say whether the picture shows, from `up_m` up, what stands `before_m` before the fixture."""
    if fit.scale.reason is not None:
        return False
    parameters = fit.parameters
    spot = np.array([[np.mean(fit.reach_x_m), -before_m, up_m]])
    x_px, y_px = project(parameters, spot, fit.centre_px)[0]
    return bool(0 <= x_px <= image_wh[0] and 0 <= y_px <= image_wh[1])


def limit_line(
    fit: CameraFit, image_wh: tuple[int, int], *, limit_m: float, samples: int = 9
) -> tuple[tuple[float, float, float, float], ...]:
    """Return where a height lies along the fixture's front.

    Args:
        fit: Camera with covariance.
        image_wh: Width and height of the photo in pixels.
        limit_m: The height.
        samples: Number of points along the picture's width.

    Returns:
        Rows `(x, y, y_low, y_high)` in pixels: the line, and the 95 % band of where it may lie,
        `y_low` for the upper and `y_high` for the lower rim; empty when the line is out of view
        or there is no scale.
    """
    if fit.scale.reason is not None:
        return ()
    parameters = fit.parameters
    rows = []
    for x_px in np.linspace(0, image_wh[0], samples):
        y_px = _row_of_height(fit, float(x_px), limit_m)
        height = _height(fit, (x_px, y_px), u_px=0.0, depth_m=0.0, depth_u_m=EDGE_DEPTH_U_M)
        if not isinstance(height, Measured):
            continue
        point = _meet_plane(parameters, (x_px, y_px), np.zeros(2), fit.centre_px, 1, 0.0)
        around = np.array(
            [
                [point[0], point[1], point[2] + height.high_m - height.value_m],
                [point[0], point[1], point[2] + height.low_m - height.value_m],
            ]
        )
        high_px, low_px = project(parameters, around, fit.centre_px)[:, 1]
        rows.append((float(x_px), float(y_px), float(high_px), float(low_px)))
    if not any(0 <= y <= image_wh[1] for _, y, _, _ in rows):
        return ()
    return tuple(rows)


def front_from_image(fit: CameraFit, points_px: Array) -> Array:
    """Map image points onto the fixture's front plane.

    Args:
        fit: Camera; without a scale the plane is rectified at an assumed distance, so that ratios
            hold and metres do not.
        points_px: Shape (n, 2), pixels.

    Returns:
        Shape (n, 2): world X and Z in metres; NaN where a ray does not meet the plane.
    """
    return np.array(
        [
            _meet_plane(fit.parameters, (x, y), np.zeros(2), fit.centre_px, 1, 0.0)[[0, 2]]
            for x, y in points_px
        ]
    ).reshape(-1, 2)


def _row_of_height(fit: CameraFit, x_px: float, height_m: float) -> float:
    """Return the row in column `x_px` where the front plane is `height_m` above the floor."""
    matrix = rotation(fit.parameters)
    # The level line at this height in the plane Y = 0 is a straight line in the picture.
    ends = np.array([[-1.0, 0.0, height_m], [1.0, 0.0, height_m]])
    camera_m = (ends - fit.parameters[3:6]) @ matrix.T
    focal_px = np.exp(fit.parameters[6])
    rays = np.column_stack([camera_m[:, :2] * focal_px, camera_m[:, 2]])
    a, b, c = np.cross(rays[0], rays[1])
    return float(-(a * (x_px - fit.centre_px[0]) + c) / b + fit.centre_px[1])


def _height(
    fit: CameraFit, point_px: Point, *, u_px: float, depth_m: float, depth_u_m: float
) -> Length:
    def height_m(parameters: Array, shift_px: Array, depth: float) -> float:
        return float(_meet_plane(parameters, point_px, shift_px[0], fit.centre_px, 1, depth)[2])

    return _propagated(fit, height_m, u_px, 1, depth_m, depth_u_m)


def _propagated(
    fit: CameraFit,
    length_m: Callable[[Array, Array, float], float],
    u_px: float,
    points: int,
    depth_m: float,
    depth_u_m: float,
    *,
    column: bool = False,
) -> Length:
    """Propagate camera, point and depth uncertainty through a length by central differences.

    Args:
        fit: Camera with covariance.
        length_m: Length as a function of camera parameters (7), shifts of the image points
            (points, 2) in pixels and depth of the plane in metres.
        u_px: Standard uncertainty of each image point along the row (`column=True`: along the
            column axis x).
        points: Number of image points.
        depth_m: Depth of the plane.
        depth_u_m: Its standard uncertainty.
        column: Which coordinate of the image points is uncertain.
    """
    if fit.scale.reason is not None:
        return Unmeasured(fit.scale.reason)
    still = np.zeros((points, 2))
    value_m = length_m(fit.parameters, still, depth_m)
    if not np.isfinite(value_m):
        return Unmeasured(Reason.BEHIND_CAMERA)
    gradient = np.empty(7)
    for k, step in enumerate((1e-5, 1e-5, 1e-5, 1e-4, 1e-4, 1e-4, 1e-5)):
        forward, back = fit.parameters.copy(), fit.parameters.copy()
        forward[k] += step
        back[k] -= step
        gradient[k] = (length_m(forward, still, depth_m) - length_m(back, still, depth_m)) / (
            2 * step
        )
    variance = float(gradient @ fit.covariance @ gradient)
    for k in range(points):
        shift = still.copy()
        shift[k, 0 if column else 1] = 1.0
        variance += (u_px * (length_m(fit.parameters, shift, depth_m) - value_m)) ** 2
    variance += (length_m(fit.parameters, still, depth_m + depth_u_m) - value_m) ** 2
    half_m = COVERAGE_FACTOR * float(np.sqrt(variance))
    if not np.isfinite(half_m):
        return Unmeasured(Reason.BEHIND_CAMERA)
    return Measured(value_m, value_m - half_m, value_m + half_m)


def _meet_plane(
    parameters: Array,
    point_px: Point,
    shift_px: Array,
    centre_px: tuple[float, float],
    axis: int,
    offset_m: float,
) -> Array:
    """Return where the ray of an image point meets the plane `world[axis] = offset_m`, or NaN."""
    focal_px = np.exp(parameters[6])
    across = (point_px[0] + shift_px[0] - centre_px[0]) / focal_px
    down = (point_px[1] + shift_px[1] - centre_px[1]) / focal_px
    ray = rotation(parameters).T @ np.array([across, down, 1.0])
    reach_m = offset_m - parameters[3 + axis]
    if abs(ray[axis]) < MIN_GRAZING or reach_m / ray[axis] <= 0:
        return np.full(3, np.nan)
    return np.asarray(parameters[3:6] + ray * (reach_m / ray[axis]))
