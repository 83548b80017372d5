"""When cues do not fit together: which one is not what it should be.

Nothing is averaged away. A cue that has to bend too far takes the scale with it, and its name is
the reason that people read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from inspector.domain.scene import Tag
from inspector.domain.verdict import Reason
from inspector.geometry.camera import (
    AXIS,
    LOG_FOCAL,
    PARAMETERS,
    PLACE,
    TURN,
    Array,
    CameraFit,
    rotation,
)
from inspector.geometry.cues import (
    EDGE_INLIER_RAD,
    TILT_U_RAD,
    CameraHeightTold,
    Cue,
    EdgesSeen,
    HeightLent,
    HeightMarked,
    Held,
    TagsSeen,
)
from inspector.geometry.problem import Problem, signed_area_px

MAX_PULL = 4.5
"""Standard uncertainties by which a cue may be bent."""

MAX_SCATTER = 6.0
"""Tags that miss the fit by more than this, in standard uncertainties of a corner, do not hang
where the kit says. Paper that curls misses by less."""

MAX_SIZE_ERROR = 0.03
"""Tags that are larger or smaller than their spacing tells were printed at another scale."""

MIN_DISTANCE_M = 0.2
"""Nobody photographs a shelf from nearer; behind the kit, its tags fit their mirror image."""

MAX_COST = 8.0
"""Half chi-square, four standard uncertainties, that believing any one thing may cost."""

MUCH_LESS = 5.0
"""Half chi-square by which one explanation has to be better than another."""

FREE_U_REL = 2.0
"""A photo of a photo has any focal length, and its axis lies anywhere."""

LENS = [LOG_FOCAL, *range(PARAMETERS)[AXIS]]
"""What of a camera its make decides."""

OWN_WAY_EDGES = 6
"""So many level, and so many upright edges that run together show where the front is."""


def find_contradiction(problem: Problem, x: Array) -> Reason | None:
    """Return the reason why there is no scale, or None when the cues fit together.

    Args:
        problem: What was solved.
        x: Its solution.

    Returns:
        The one thing that, left free, lets everything else fit. When there is none, or several, the
        references contradict each other and nobody can say which is wrong.
    """
    if x[PLACE][1] > -MIN_DISTANCE_M:
        return Reason.SCALE_CONTRADICTS_ITSELF
    if any(_is_missized(problem, x, cue) for cue in problem.view.parts):
        return Reason.PRINT_SCALE_WRONG
    is_bent = _worst_pull(problem, x) > MAX_PULL
    if not is_bent and len(problem.view.parts) < 2 and not _told(problem):
        return None
    # Corners that scatter more than expected, on paper that curls, make every difference smaller.
    scatter = max(1.0, problem.scatter(x)) ** 2
    cost = problem.cost_without_edges(x) / scatter
    drops: dict[Reason, float] = {}
    for reason, freed in _freed(problem):
        solution = freed.solve(x)
        if _worst_pull(freed, solution.x) <= MAX_PULL:
            drop = cost - freed.cost_without_edges(solution.x) / scatter
            drops[reason] = max(drop, drops.get(reason, 0.0))
    if not is_bent and max(drops.values(), default=0.0) < MAX_COST:
        return None
    likely = [reason for reason, drop in drops.items() if drop > max(drops.values()) - MUCH_LESS]
    # What a person told is the first to doubt.
    if Reason.TOLD_CONTRADICTS in likely:
        return Reason.TOLD_CONTRADICTS
    return likely[0] if len(likely) == 1 else Reason.SCALE_CONTRADICTS_ITSELF


def is_mirrored(tags: Sequence[Tag]) -> bool:
    """Say whether tags run the wrong way round: the photo was mirrored."""
    return any(signed_area_px(tag.corners_px) < 0 for tag in tags)


def is_upside_down(tags: Sequence[Tag]) -> bool:
    """Say whether the top of a tag does not point up in the picture.

    A part of the kit is the wrong way up, or the photo is; a camera that stands on its head would
    fit the tag as well, and every height with it would be wrong.
    """
    up_px = [tag.corners_px[:2].mean(axis=0) - tag.corners_px[2:].mean(axis=0) for tag in tags]
    return any(-y_px <= abs(x_px) for x_px, y_px in up_px)


def bears_tilt(fit: CameraFit, down: tuple[float, float, float]) -> bool:
    """Say whether the edges of a photo bear the tilt that the device wrote.

    A device that was moved, or a front camera, writes another one. It is a cue that narrows, so it
    is left aside without a word.

    Args:
        fit: Camera, fitted to the edges alone.
        down: Where down is in the camera's frame, as written.
    """
    fitted = -rotation(fit.parameters)[:, 2]
    apart_rad = float(np.arccos(np.clip(fitted @ np.array(down), -1.0, 1.0)))
    turn_u_rad = float(np.sqrt(np.trace(fit.covariance[TURN, TURN])))
    return apart_rad < MAX_PULL * float(np.hypot(TILT_U_RAD, turn_u_rad))


def ignores_edges(problem: Problem, x: Array, *, alone: Problem, alone_x: Array) -> bool:
    """Say whether a solution leaves edges aside that agree among each other about another front.

    Args:
        problem: What was solved with tags; its edges may have been dropped.
        x: Its solution.
        alone: The same photo's edges without tags.
        alone_x: Its solution.
    """
    counts = [
        (_along(alone, alone_x, cue), _along(problem, x, cue))
        for cue in alone.cues
        if isinstance(cue, EdgesSeen)
    ]
    if not problem.view.parts:
        return False
    show_a_front = len(counts) == 2 and all(n >= OWN_WAY_EDGES for n, _ in counts)
    return show_a_front and any(kept < n / 2 for n, kept in counts)


def _along(problem: Problem, x: Array, cue: EdgesSeen) -> int:
    """Return how many of a cue's edges run along its axis under a solution."""
    camera = x[:PARAMETERS]
    fixture = x[problem.where["fixture"]] if "fixture" in problem.where else np.zeros(3)
    return int(np.sum(np.abs(cue.angles(camera[None], fixture[None])) < EDGE_INLIER_RAD))


def _worst_pull(problem: Problem, x: Array) -> float:
    """Return by how many standard uncertainties the worst cue is bent."""
    pulls = [0.0]
    if problem.view.parts:
        pulls.append(MAX_PULL * problem.scatter(x) / MAX_SCATTER)
    for name, body in problem.bodies.items():
        pulls.append(float(np.abs(body.residuals(x[problem.where[name]])).max()))
    for cue in problem.cues:
        if isinstance(cue, Held):
            # A lens that is bent a little every way is not the camera's.
            pulls.append(float(np.linalg.norm(problem.residuals_of(cue, x[None])[0, LENS])))
        if isinstance(cue, CameraHeightTold | HeightMarked | HeightLent):
            pulls.append(float(np.abs(problem.residuals_of(cue, x[None])).max()))
    return max(pulls)


def _freed(problem: Problem) -> Iterator[tuple[Reason, Problem]]:
    """Yield the problem with one thing left free, and what it means when that helps."""
    for cue in problem.view.parts:
        askew = Reason.SCALE_CONTRADICTS_ITSELF
        lifted = Reason.REFERENCE_OFF_FLOOR if cue.part.stands_on_floor else askew
        for unknowns, reason in (
            ([1], lifted),
            ([2], askew),
            ([3, 4, 5], Reason.REFERENCE_OFF_FRONT),
            ([6], Reason.PRINT_SCALE_WRONG),
        ):
            yield reason, problem.with_free(cue.body, unknowns)
    for told in _told(problem):
        untold = [cue for cue in problem.cues if cue not in told]
        yield Reason.TOLD_CONTRADICTS, problem.with_cues(untold)
    held = [
        replace(cue, lens=replace(cue.lens, focal_u_rel=FREE_U_REL, centre_u_share=FREE_U_REL))
        if isinstance(cue, Held)
        else cue
        for cue in problem.cues
    ]
    yield Reason.PHOTO_OF_PHOTO, problem.with_cues(held)


def _told(problem: Problem) -> list[list[Cue]]:
    """Return what people told, thing by thing, and what another photo lent, all at once.

    Only where other cues fix the scale without it.
    """
    told: list[list[Cue]] = [
        [cue] for cue in problem.cues if isinstance(cue, CameraHeightTold | HeightMarked)
    ]
    if lent := [cue for cue in problem.cues if isinstance(cue, HeightLent)]:
        told.append([*lent])
    return told if problem.view.parts or len(told) > 2 else []


def _is_missized(problem: Problem, x: Array, cue: TagsSeen) -> bool:
    """Say whether tags that are where they should be are larger or smaller than all else tells."""
    missed_px = problem.residuals_of(cue, x[None])[0].reshape(-1, 4, 2) * cue.corner_u_px
    seen_px = np.array([tag.corners_px for tag in cue.tags])
    sides_px = np.sqrt([abs(signed_area_px(quad)) for quad in seen_px])
    fitted_px = np.sqrt([abs(signed_area_px(quad)) for quad in seen_px + missed_px])
    if np.any(np.linalg.norm(missed_px.mean(axis=1), axis=1) > sides_px):
        return False
    u = cue.corner_u_px / (np.mean(sides_px) * np.sqrt(len(sides_px)))
    return bool(abs(np.mean(fitted_px / sides_px) - 1) > max(MAX_SIZE_ERROR, 4 * u))
