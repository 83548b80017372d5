"""Two photos of one fixture: joined by the print that both show; heights that one lends the other.

The same words in the same places tie the photos together by a homography of the fixture's front
(OpenCV, MAGSAC++). Words alone are not enough, two bays may be filled alike: a person says that the
photos show one fixture, or a tag of the kit hangs at the same place among the words in both. And
what a person says is not enough either: most words have to be where the other photo says, and both
photos have to show them in the same places along the front and up it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inspector.domain.capture import HeightMark
from inspector.domain.quantity import Measured
from inspector.domain.scene import Scene
from inspector.geometry.camera import Array, CameraFit
from inspector.geometry.heights import COVERAGE_FACTOR, front_from_image, heights_of_packs

MIN_LETTERS = 3
"""Shorter words are misread too often, and stand everywhere."""

MIN_WORDS, MIN_SHARED = 5, 8
"""So many different words, in so many places, have to agree."""

MIN_SPREAD_M = 0.2
"""From the lowest to the highest of them: one shelf says nothing of the next."""

AGREE_SHARE = 0.006
"""How far, as a share of the photo's long side, a word may be from where the other photo says that
it is: print stands at several depths and is seen from two sides. Two centimetres from afar."""

PRINT_U_SHARE = 0.001
"""Standard uncertainty of the middle of a word, as a share of the photo's long side."""

MIN_EXPLAINED = 0.5
"""So large a share of the words that both photos show, and that the other one has in its frame, has
to be where it says. Chains fill shelves by the block, and a block alone makes no fixture."""

MAX_STRETCH, MAX_APART_M = 0.04, 0.012
"""How far the two fronts, each made level by its own photo's edges, may differ: in width over
height, and from each other after one is scaled and shifted (root mean square)."""

OTHER_JOIN_M = 0.02
"""Joins that lend heights farther apart than this contradict each other."""

OTHER_JOIN_SPREAD = 3.0
"""Words that another join moves alike end so near each other, in tolerances: shelves are not evenly
spaced, and a camera sees them askew."""

MOST_LENT = 12
"""More heights add time and little else."""


Frames = tuple[tuple[int, int], tuple[int, int]]
"""Widths and heights of two photos, in pixels."""


@dataclass(frozen=True, slots=True)
class _Join:
    """A homography from one photo into the other, and the pairs of words that bear it."""

    matrix: Array
    pairs: Sequence[int]


def joined_by_print(
    giver: Scene, taker: Scene, *, frames_wh: Frames, is_told: bool
) -> Array | None:
    """Return the homography of the fixture's front from one photo into another.

    Args:
        giver: What was seen in the first photo.
        taker: What was seen in the other.
        frames_wh: Sizes of both photos in pixels.
        is_told: True when a person says that both show one fixture; else a tag of the kit has to
            hang at the same place in both.

    Returns:
        Shape (3, 3); None where too little print is shared. Whether it holds beyond the print, who
        uses it has to see: rows of the same facings fit in several places.
    """
    ours, theirs, words = _same_words(giver, taker)
    tolerance_px = AGREE_SHARE * max(frames_wh[1])
    join = _join(ours, theirs, words, tolerance_px=tolerance_px)
    if join is None or not (is_told or _holds_a_tag(join, giver, taker, tolerance_px)):
        return None
    return join.matrix


def words_shown(scene: Scene) -> frozenset[str]:
    """Return the words by which a photo may be joined with another one."""
    return frozenset(_words(scene))


def lent_heights(
    giver: Scene,
    fit: CameraFit,
    taker: Scene,
    taker_fit: CameraFit,
    *,
    frames_wh: Frames,
    is_told: bool,
) -> tuple[HeightMark, ...]:
    """Return heights of points of one photo as another photo of the same fixture tells them.

    Args:
        giver: What was seen in the photo that has a scale.
        fit: Its camera.
        taker: What was seen in the other photo.
        taker_fit: Its camera; without a scale it still makes the front level.
        frames_wh: Sizes of the giver's and the taker's photo in pixels.
        is_told: True when a person says that both show one fixture; else a tag of the kit has to
            hang at the same place in both.

    Returns:
        Points in pixels of the taker, with their heights; empty where the photos are not surely of
        one fixture, or can be joined in two ways. The heights share the giver's errors: each is as
        uncertain as it takes for all together to weigh no more than one of them alone.
    """
    if fit.scale.reason is not None:
        return ()
    ours, theirs, words = _same_words(giver, taker)
    tolerance_px = AGREE_SHARE * max(frames_wh[1])
    join = _join(ours, theirs, words, tolerance_px=tolerance_px)
    if join is None or not (is_told or _holds_a_tag(join, giver, taker, tolerance_px)):
        return ()
    if not _explains(join, ours, theirs, frames_wh):
        return ()
    if not _shows_one_front(fit, ours[join.pairs], taker_fit, theirs[join.pairs]):
        return ()
    if _is_ambiguous(join, ours, theirs, fit, tolerance_px=tolerance_px):
        return ()
    points = [(float(x), float(y)) for x, y in ours[join.pairs]]
    heights = heights_of_packs(fit, points, u_px=PRINT_U_SHARE * max(frames_wh[0]))
    lent = [
        (height, theirs[pair])
        for height, pair in zip(heights, join.pairs, strict=True)
        if isinstance(height, Measured)
    ]
    lent.sort(key=lambda one: one[0].value_m)
    if len(lent) < MIN_SHARED or lent[-1][0].value_m - lent[0][0].value_m < MIN_SPREAD_M:
        return ()
    chosen = sorted({round(k) for k in np.linspace(0, len(lent) - 1, MOST_LENT)})
    return tuple(
        HeightMark(
            ((float(at_px[0]), float(at_px[1])),),
            height.value_m,
            float(np.sqrt(len(chosen)) * (height.high_m - height.value_m) / COVERAGE_FACTOR),
        )
        for height, at_px in (lent[k] for k in chosen)
    )


def _words(scene: Scene) -> Mapping[str, Array]:
    """Return where each word is seen: middles of lines of text, shape (n, 2)."""
    places: dict[str, list[tuple[float, float]]] = {}
    lines = [line for pack in scene.packs for line in pack.texts]
    # Signs hang before or above the front; labels in its rail are in it.
    lines += [line for sign in scene.signs if sign.is_price_label for line in sign.lines]
    for line in lines:
        word = "".join(letter for letter in line.text.casefold() if letter.isalnum())
        if sum(letter.isalpha() for letter in word) >= MIN_LETTERS:
            x1, y1, x2, y2 = line.box_xyxy_px
            places.setdefault(word, []).append(((x1 + x2) / 2, (y1 + y2) / 2))
    return {word: np.array(at_px) for word, at_px in places.items()}


def _same_words(giver: Scene, taker: Scene) -> tuple[Array, Array, Sequence[str]]:
    """Return all pairs of places of one word, shapes (n, 2), and the words."""
    ours, theirs = _words(giver), _words(taker)
    pairs = [
        (one, other, word)
        for word in sorted(ours.keys() & theirs.keys())
        for one in ours[word]
        for other in theirs[word]
    ]
    return (
        np.array([one for one, _, _ in pairs]).reshape(-1, 2),
        np.array([other for _, other, _ in pairs]).reshape(-1, 2),
        [word for _, _, word in pairs],
    )


def _join(ours: Array, theirs: Array, words: Sequence[str], *, tolerance_px: float) -> _Join | None:
    """Return the homography that most pairs bear, each place in at most one of them."""
    if len(words) < MIN_SHARED:
        return None
    matrix, _ = cv2.findHomography(
        ours, theirs, cv2.USAC_MAGSAC, tolerance_px, maxIters=50_000, confidence=0.9999
    )
    if matrix is None or np.linalg.det(matrix) <= 0:
        return None
    missed_px = np.linalg.norm(mapped(matrix, ours) - theirs, axis=1)
    taken: set[tuple[int, float, float]] = set()
    pairs = []
    for pair in np.argsort(missed_px, kind="stable").tolist():
        ends = {(0, *ours[pair].tolist()), (1, *theirs[pair].tolist())}
        if missed_px[pair] <= tolerance_px and not ends & taken:
            taken |= ends
            pairs.append(pair)
    if len(pairs) < MIN_SHARED or len({words[pair] for pair in pairs}) < MIN_WORDS:
        return None
    return _Join(np.asarray(matrix), pairs)


def _holds_a_tag(join: _Join, giver: Scene, taker: Scene, tolerance_px: float) -> bool:
    """Say whether a tag of the kit hangs at the same place in both photos."""
    ours = {tag.tag_id: tag.corners_px.mean(axis=0) for tag in giver.tags}
    return any(
        np.linalg.norm(mapped(join.matrix, ours[tag.tag_id][None])[0] - tag.corners_px.mean(axis=0))
        <= 2 * tolerance_px
        for tag in taker.tags
        if tag.tag_id in ours
    )


def _explains(join: _Join, ours: Array, theirs: Array, frames_wh: Frames) -> bool:
    """Say whether most places of shared words that lie in both frames are borne by the join."""
    back = np.asarray(np.linalg.inv(join.matrix), dtype=np.float64)
    counts = [
        int(((seen > 0) & (seen < frame_wh)).all(axis=1).sum())
        for matrix, places, frame_wh in (
            (join.matrix, np.unique(ours, axis=0), frames_wh[1]),
            (back, np.unique(theirs, axis=0), frames_wh[0]),
        )
        for seen in [mapped(matrix, places)]
    ]
    return len(join.pairs) >= MIN_EXPLAINED * max(counts)


def _shows_one_front(fit: CameraFit, ours: Array, taker_fit: CameraFit, theirs: Array) -> bool:
    """Say whether both photos, each made level by itself, show the words in the same places."""
    one, other = front_from_image(fit, ours), front_from_image(taker_fit, theirs)
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return False
    lines = [np.polyfit(other[:, k], one[:, k], 1) for k in (0, 1)]
    apart_m = one - np.column_stack([np.polyval(lines[k], other[:, k]) for k in (0, 1)])
    across, up = lines[0][0], lines[1][0]
    is_same_shape = min(across, up) > 0 and abs(np.log(across / up)) < MAX_STRETCH
    return bool(is_same_shape and np.sqrt(np.mean(np.sum(apart_m**2, axis=1))) < MAX_APART_M)


def _is_ambiguous(
    join: _Join,
    ours: Array,
    theirs: Array,
    fit: CameraFit,
    *,
    tolerance_px: float,
) -> bool:
    """Say whether the pairs left over bear another join that lends other heights.

    Where shelves are filled alike, all words may be moved by a shelf. A search for one homography
    among many such joins often ends with none.
    """
    left = np.setdiff1d(np.arange(len(ours)), join.pairs)
    moves = theirs[left] - mapped(join.matrix, ours[left])
    at_px = theirs[join.pairs]
    own_m = _heights_m(fit, _back(join, at_px))
    spread_px = OTHER_JOIN_SPREAD * tolerance_px
    _, cell_of, counts = np.unique(
        np.round(moves / spread_px), axis=0, return_inverse=True, return_counts=True
    )
    # What another join moves alike lies in nine cells at most.
    for cell in np.flatnonzero(counts >= len(join.pairs) / 18):
        is_alike = cell_of.ravel() == cell
        for _ in range(3):  # to where most are
            move = moves[is_alike].mean(axis=0)
            is_alike = np.linalg.norm(moves - move, axis=1) <= spread_px
        borne = min(len(np.unique(places[left][is_alike], axis=0)) for places in (ours, theirs))
        if borne < len(join.pairs) / 2:
            continue
        with np.errstate(invalid="ignore"):
            apart_m = np.abs(own_m - _heights_m(fit, _back(join, at_px - move)))
        if not np.median(apart_m) < OTHER_JOIN_M:
            return True
    return False


def _heights_m(fit: CameraFit, points: Sequence[tuple[float, float]]) -> Array:
    heights = heights_of_packs(fit, points, u_px=0.0)
    return np.array([h.value_m if isinstance(h, Measured) else np.inf for h in heights])


def mapped(matrix: Array, points_px: Array) -> Array:
    """Map points, shape (n, 2), by a homography."""
    return np.asarray(cv2.perspectiveTransform(points_px.reshape(-1, 1, 2), matrix)).reshape(-1, 2)


def _back(join: _Join, at_px: Array) -> list[tuple[float, float]]:
    back = np.asarray(np.linalg.inv(join.matrix), dtype=np.float64)
    return [(x, y) for x, y in mapped(back, at_px).tolist()]
