"""One least-squares fit of a photo's camera to every cue that it offers, with covariance.

Each cue can be absent, and each one that is there makes the intervals narrower (geometry/cues.py).
Weak priors keep what no cue speaks of from running away, and the covariance of the solution is what
every interval in the report is made of. Cues that contradict each other are told by how far the
solution has to bend: then there is no scale, but a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from inspector.domain.capture import NOTHING_TOLD, CameraIntrinsics, Told
from inspector.domain.quantity import Scale, ScaleMethod
from inspector.domain.scene import StraightEdge, Tag
from inspector.domain.verdict import Box, Reason
from inspector.geometry.camera import LOG_FOCAL, Array, CameraFit
from inspector.geometry.contradictions import (
    bears_tilt,
    find_contradiction,
    ignores_edges,
    is_mirrored,
    is_upside_down,
)
from inspector.geometry.cues import EdgesSeen
from inspector.geometry.floor import find_floor_line, fixture_edges, offset_from_floor
from inspector.geometry.problem import Problem, View

SOLVED_KEPT = 128
"""Solutions that are kept: a camera that hangs fixed shows the same cues look after look."""

MAX_COST_RISE = 4.0
"""How much (half chi-square) the other cues may lose by believing the edges as well."""


def fit_camera(
    tags: Sequence[Tag],
    edges: Sequence[StraightEdge],
    camera: CameraIntrinsics,
    *,
    told: Told = NOTHING_TOLD,
    packs_px: Sequence[Box] = (),
    before_px: Sequence[Box] = (),
) -> CameraFit:
    """Fit the camera of one photo to all that it offers.

    Args:
        tags: Tags that were found, any subset of the kit.
        edges: Level and upright edges; outliers are weighed down.
        camera: Intrinsics with their uncertainty.
        told: What people and the device say of the photo.
        packs_px: Boxes of packs: they say where the fixture is, and so which edges are its own.
        before_px: Boxes of what stands before the fixture: stools, people.

    Returns:
        The fit. Without a reference, or with cues that contradict each other, its scale says why
        there is none; its rotation still rectifies the fixture's front, at an assumed distance.

    Source:
        Gauss-Newton covariance of weighted least squares: Hartley & Zisserman, Multiple View
        Geometry, 2nd ed., sec. 5.2; its coverage is tested in tests/geometry/test_heights.py.
    """
    own_edges = fixture_edges(edges, packs_px)
    tags = tuple(tags)
    alone, alone_x = _solve(View((), own_edges, camera))
    rectified = alone.camera_fit(alone_x, Scale(ScaleMethod.NONE, "", Reason.NO_SCALE))

    def without_scale(reason: Reason, detail: str) -> CameraFit:
        return replace(rectified, scale=Scale(ScaleMethod.NONE, detail, reason))

    if told.down is not None and not (own_edges and bears_tilt(rectified, told.down)):
        told = replace(told, down=None)
    floor_line = find_floor_line(rectified, edges, packs_px, before_px=before_px)
    # With tags in the photo the floor line only checks their height over it: it is the weaker cue.
    view = View(tags, own_edges, camera, told, floor_line=None if tags else floor_line)
    if view.method is ScaleMethod.NONE:
        return without_scale(Reason.NO_SCALE, "no reference found, and no height told")
    if is_mirrored(tags):
        return without_scale(Reason.PHOTO_MIRRORED, "the tags are mirrored")
    if is_upside_down(tags):
        return without_scale(Reason.REFERENCE_UPSIDE_DOWN, "a tag does not stand upright")
    problem, x = _solve(view, yaw_rad=alone_x[1] if own_edges else None)
    detail = _detail(problem, x)
    if reason := find_contradiction(problem, x):
        return without_scale(reason, detail)
    if ignores_edges(problem, x, alone=alone, alone_x=alone_x):
        return without_scale(Reason.REFERENCE_OFF_FRONT, detail)
    fit = problem.camera_fit(x, Scale(view.method, detail))
    if view.parts and (reason := _off_floor(view, offset_from_floor(fit, floor_line))):
        return without_scale(reason, detail)
    return fit


def _off_floor(view: View, offset_m: float) -> Reason | None:
    """Return what it means that the floor clearly lies elsewhere than the kit tells."""
    if not any(cue.part.stands_on_floor for cue in view.parts):
        return Reason.SCALE_CONTRADICTS_ITSELF if offset_m else None
    # Nothing stands below the floor: a line above its foot is the rim of a base deck.
    return Reason.REFERENCE_OFF_FLOOR if offset_m < 0 else None


def _detail(problem: Problem, x: Array) -> str:
    """Return what a scale rests on, for people."""
    view, told = problem.view, problem.view.told
    words = [f"{cue.body} {' '.join(str(tag.tag_id) for tag in cue.tags)}" for cue in view.parts]
    if view.parts:
        words.append(f"residual {problem.corner_rms_px(x):.2f} px")
    if told.print_scale != 1.0:
        words.append(f"kit printed at {told.print_scale:.1%}")
    if told.camera_height_m is not None:
        within_cm = 200 * told.camera_height_u_m
        words.append(f"camera at {100 * told.camera_height_m:.1f} ± {within_cm:.1f} cm, as told")
        words.append("floor line not found" if view.floor_line is None else "floor line found")
    words += [f"{100 * mark.height_m:.1f} cm marked by hand" for mark in told.marks]
    if told.lent:
        words.append(f"{len(told.lent)} heights lent by another photo of the fixture")
    if told.down is not None:
        words.append("tilt from the device")
    words.append(f"focal length {np.exp(x[LOG_FOCAL]):.0f} px ({view.lens.origin.value})")
    return "; ".join(words)


@lru_cache(SOLVED_KEPT)
def _solve(view: View, yaw_rad: float | None = None) -> tuple[Problem, Array]:
    """Solve for all cues, without the edges when the other cues do not bear them."""
    anchors = view.anchors()
    tags_alone = Problem(view, anchors)
    x = tags_alone.solve_from_several(yaw_rad).x
    for edges in _edge_choices(view):
        joint = Problem(view, [*anchors, *edges])
        # Without tags nothing but the edges says which way the camera looks.
        start = joint.extended(x) if view.parts else None
        first = joint.solve_from_several(yaw_rad) if start is None else joint.solve(start)
        edges = [cue.with_spread(*joint.camera_and_body(first.x, cue)) for cue in edges]
        joint = Problem(view, [*anchors, *edges])
        joint_x = joint.solve(first.x).x
        # Edges are trusted as long as tags do not have to bend for them.
        rise = joint.cost_without_edges(joint_x) - tags_alone.cost_without_edges(x)
        if not view.parts or rise < MAX_COST_RISE:
            return joint, joint_x
    return tags_alone, x


def _edge_choices(view: View) -> list[list[EdgesSeen]]:
    """Return which edges to believe, the most first."""
    both = []
    for is_upright in (True, False):
        edges = [edge for edge in view.edges if edge.is_upright is is_upright]
        if edges:
            both.append(EdgesSeen(edges, is_upright, view.lens))
    return [both, *([cue] for cue in both)] if len(both) == 2 else [[cue] for cue in both]
