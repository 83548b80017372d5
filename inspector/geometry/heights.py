"""Heights above the floor, distances on it, and where the limit lies in the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from inspector.domain.quantity import Length, Measured, Unmeasured
from inspector.domain.scene import Point
from inspector.domain.verdict import Reason
from inspector.geometry.camera import PARAMETERS, Array, CameraFit, meet_plane, project

COVERAGE_FACTOR = 2.2
"""Half-width of a 95 % interval in standard uncertainties: 1.96 for errors that are normal and
fully known, and an eighth more for what first-order propagation and outlying edges leave out."""

PACK_DEPTH_M, PACK_DEPTH_U_M = 0.02, 0.02
"""How far behind the shelf's front edge the front of a front-row pack stands (world Y)."""

EDGE_DEPTH_M, EDGE_DEPTH_U_M = 0.0, 0.01
"""Where a shelf's front edge lies relative to the fixture's front plane."""

LOCK_DEPTH_M, LOCK_DEPTH_U_M = -0.03, 0.015
"""Doors stand before the fixture's front edge, and locks out from them."""

PLINTH_DEPTH_M, PLINTH_DEPTH_U_M = -0.01, 0.03
"""Where the fixture meets the floor: a base deck stands out, a plinth stands back. This is what
keeps a floor line from making low shelves look high."""

STEP = 1e-5
"""Step of the central differences: radians, metres, relative focal length."""


def heights_of_packs(fit: CameraFit, points_px: Sequence[Point], *, u_px: float) -> list[Length]:
    """Return the heights above the floor of the lowest points of packs.

    Args:
        fit: Camera with covariance.
        points_px: Where each pack's front meets its shelf.
        u_px: Standard uncertainty of the points' rows.

    Returns:
        Heights with 95 % intervals by first-order propagation of the camera's covariance, the
        points and the depth at which packs stand; `Unmeasured(BEHIND_CAMERA)` where a ray does not
        meet the fixture.

    Source:
        Criminisi, Reid, Zisserman, Single View Metrology, IJCV 2000 (first-order propagation);
        coverage tested in tests/geometry/test_heights.py.
    """
    return _heights(fit, points_px, u_px=u_px, depth_m=PACK_DEPTH_M, depth_u_m=PACK_DEPTH_U_M)


def height_of_pack(fit: CameraFit, point_px: Point, *, u_px: float) -> Length:
    """Return the height above the floor of the lowest point of one pack."""
    return heights_of_packs(fit, [point_px], u_px=u_px)[0]


def height_of_edge(fit: CameraFit, point_px: Point, *, u_px: float) -> Length:
    """Return the height above the floor of a point on a shelf's front edge."""
    return heights_of_edges(fit, [point_px], u_px=u_px)[0]


def heights_of_edges(fit: CameraFit, points_px: Sequence[Point], *, u_px: float) -> list[Length]:
    """Return the heights above the floor of points on the front edges of shelves."""
    return _heights(fit, points_px, u_px=u_px, depth_m=EDGE_DEPTH_M, depth_u_m=EDGE_DEPTH_U_M)


def heights_of_locks(fit: CameraFit, points_px: Sequence[Point], *, u_px: float) -> list[Length]:
    """Return the heights above the floor of locks on the doors of cabinets."""
    return _heights(fit, points_px, u_px=u_px, depth_m=LOCK_DEPTH_M, depth_u_m=LOCK_DEPTH_U_M)


def height_of_plinth(fit: CameraFit, point_px: Point, *, u_px: float) -> Length:
    """Return the height of a point where the fixture meets the floor: 0, if all is well."""
    return _heights(fit, [point_px], u_px=u_px, depth_m=PLINTH_DEPTH_M, depth_u_m=PLINTH_DEPTH_U_M)[
        0
    ]


def widths_between(
    fit: CameraFit, ends_px: Sequence[tuple[Point, Point]], *, u_px: float
) -> list[Length]:
    """Return the distances along the fixture between left and right points.

    Args:
        fit: Camera with covariance.
        ends_px: Left and right point of each distance.
        u_px: Standard uncertainty of the points' columns.

    Returns:
        Distances with 95 % intervals; negative where the points overlap.
    """

    def widths_m(cameras: Array, ends_px: Array, depth_m: float) -> Array:
        ends_m = meet_plane(cameras, ends_px.reshape(-1, 2), fit.centre_px, offset_m=depth_m)
        x_m = ends_m[..., 0].reshape(len(cameras), -1, 2)
        return np.asarray(x_m[..., 1] - x_m[..., 0])

    ends = np.array(ends_px, dtype=float).reshape(-1, 2, 2)
    shifts = np.array([[[u_px, 0.0], [0.0, 0.0]], [[0.0, 0.0], [u_px, 0.0]]])
    return _propagated(fit, widths_m, ends, shifts, PACK_DEPTH_M, PACK_DEPTH_U_M)


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
    points_px = np.array([[np.mean(foot_px, axis=0), *span_x_px]])

    def distance_m(cameras: Array, points_px: Array, depth_m: float) -> Array:
        foot = meet_plane(cameras, points_px[0, :1], fit.centre_px, axis=2, offset_m=0.0)[:, 0]
        ends = meet_plane(cameras, points_px[0, 1:], fit.centre_px, offset_m=depth_m)[..., 0]
        beside_m = np.maximum(ends.min(axis=1) - foot[:, 0], foot[:, 0] - ends.max(axis=1))
        before_m = np.maximum(-foot[:, 1], 0.0)
        return np.asarray(np.hypot(np.maximum(beside_m, 0.0), before_m)[:, None])

    shifts = np.array([[[0.0, u_px], [0.0, 0.0], [0.0, 0.0]]])
    return _propagated(fit, distance_m, points_px, shifts, 0.0, EDGE_DEPTH_U_M)[0]


def is_floor_in_view(
    fit: CameraFit,
    image_wh: tuple[int, int],
    *,
    span_px: Sequence[Point],
    before_m: float,
    up_m: float,
) -> bool:
    """Say whether the picture shows, from `up_m` up, what stands `before_m` before the fixture.

    Args:
        fit: Camera.
        image_wh: Width and height of the photo in pixels.
        span_px: Points on the fixture's front; the middle between the outermost counts.
        before_m: How far before the fixture.
        up_m: How high.
    """
    if fit.scale.reason is not None or not len(span_px):
        return False
    x_m = front_from_image(fit, np.array(span_px, dtype=float))[:, 0]
    spot_m = np.array([[(x_m.min() + x_m.max()) / 2, -before_m, up_m]])
    x_px, y_px = project(fit.parameters, spot_m, fit.centre_px)[0]
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
    columns_px = np.linspace(0, image_wh[0], samples)
    middle_px = [(x, image_wh[1] / 2) for x in columns_px]
    place_m = meet_plane(fit.parameters, np.array(middle_px), fit.centre_px)
    # Where the line crosses each column: close at once, exact after the second round.
    for _ in range(4):
        place_m[:, 2] = limit_m
        seen_px = project(fit.parameters, place_m, fit.centre_px)
        at_px = np.column_stack([columns_px, seen_px[:, 1]])
        place_m = meet_plane(fit.parameters, at_px, fit.centre_px)
    heights = _heights(
        fit, [tuple(p) for p in at_px.tolist()], u_px=0.0, depth_m=0.0, depth_u_m=EDGE_DEPTH_U_M
    )
    rows = []
    for (x_px, y_px), spot_m, height in zip(at_px, place_m, heights, strict=True):
        if not isinstance(height, Measured):
            continue
        around_m = np.repeat(spot_m[None], 2, axis=0)
        around_m[:, 2] += [height.high_m - height.value_m, height.low_m - height.value_m]
        high_px, low_px = project(fit.parameters, around_m, fit.centre_px)[:, 1]
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
    on_front = meet_plane(fit.parameters, points_px.reshape(-1, 2), fit.centre_px)
    return np.asarray(on_front[:, [0, 2]])


def _heights(
    fit: CameraFit, points_px: Sequence[Point], *, u_px: float, depth_m: float, depth_u_m: float
) -> list[Length]:
    def height_m(cameras: Array, points_px: Array, depth_m: float) -> Array:
        return meet_plane(cameras, points_px[:, 0], fit.centre_px, offset_m=depth_m)[..., 2]

    points = np.array(points_px, dtype=float).reshape(-1, 1, 2)
    return _propagated(fit, height_m, points, np.array([[[0.0, u_px]]]), depth_m, depth_u_m)


def _propagated(
    fit: CameraFit,
    lengths_m: Callable[[Array, Array, float], Array],
    points_px: Array,
    shifts_px: Array,
    depth_m: float,
    depth_u_m: float,
) -> list[Length]:
    """Propagate camera, point and depth uncertainty through lengths to first order.

    Args:
        fit: Camera with covariance.
        lengths_m: Lengths, shape (v, n), as a function of cameras (v, 8), image points (n, p, 2)
            and the depth of the plane in metres.
        points_px: The image points of each length, shape (n, p, 2).
        shifts_px: Independent errors of the image points by one standard uncertainty each, shape
            (k, p, 2).
        depth_m: Depth of the plane.
        depth_u_m: Its standard uncertainty.
    """
    if fit.scale.reason is not None:
        return [Unmeasured(fit.scale.reason)] * len(points_px)
    values_m = lengths_m(_varied(fit), points_px, depth_m)
    value_m = values_m[0]
    gradient = (values_m[1 : PARAMETERS + 1] - values_m[PARAMETERS + 1 :]) / (2 * STEP)
    variance = np.einsum("pn,pq,qn->n", gradient, fit.covariance, gradient)
    still = fit.parameters[None]
    for shift_px in shifts_px:
        variance += (lengths_m(still, points_px + shift_px, depth_m)[0] - value_m) ** 2
    variance += (lengths_m(still, points_px, depth_m + depth_u_m)[0] - value_m) ** 2
    half_m = COVERAGE_FACTOR * np.sqrt(variance)
    return [
        Measured(value, value - half, value + half)
        if np.isfinite(half)
        else Unmeasured(Reason.BEHIND_CAMERA)
        for value, half in zip(value_m.tolist(), half_m.tolist(), strict=True)
    ]


@lru_cache(maxsize=16)
def _varied(fit: CameraFit) -> Array:
    """Return the camera as it is, then with each parameter a step up, then a step down."""
    steps = np.eye(PARAMETERS) * STEP
    return np.concatenate([fit.parameters[None], fit.parameters + steps, fit.parameters - steps])
