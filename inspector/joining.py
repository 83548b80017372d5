"""Photos of one visit that show one fixture lend each other their scale, and what they read.

An inspector takes the whole fixture, is asked to go closer, and does: what the close-up shows
answers the photo from afar, and is not asked about once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from inspector.domain.quantity import ScaleMethod
from inspector.domain.scene import Scene, SeenCapture
from inspector.domain.verdict import Reason
from inspector.geometry.camera import CameraFit
from inspector.geometry.closer_look import CloserLook, closer_look
from inspector.geometry.shared_print import MIN_WORDS, joined_by_print, lent_heights, words_shown
from inspector.measuring import fit_scene

_SHORT = 6
"""Letters of a capture's id that tell the photos of a visit apart."""


def joined(seen: Sequence[SeenCapture]) -> list[SeenCapture]:
    """Return photos with what others of the same fixture lend them.

    A photo without a scale, or with at most one tag of the kit, takes the heights of what is
    printed on the packs from a photo that shows more (`shared_print.py`). Where they do not fit
    what it shows itself, it is left as it was. Several tags of its own need no help, and share
    their errors with those of the other photo.

    A photo from afar takes the print on packs and signs from closer ones (`closer_look.py`). A
    closer one that shows nothing else is marked (`SeenCapture.shown_in`): it is judged there.

    Args:
        seen: Photos of one visit. Two are joined when a person says that they show one fixture
            (`Told.fixture`), or when they show the same tag at the same place among the same goods.
    """
    fits: dict[str, CameraFit] = {}

    def fit(one: SeenCapture) -> CameraFit:
        if one.capture_id not in fits:
            fits[one.capture_id] = _fit(one)
        return fits[one.capture_id]

    return _with_closer([_with_lent(taker, seen, fit) for taker in seen])


def close_ups(seen: Sequence[SeenCapture]) -> tuple[tuple[str, str], ...]:
    """Return pairs of photos that seem to show one fixture, one closer, but nobody said so.

    Args:
        seen: Photos of one visit.

    Returns:
        Ids of the closer photo and of the one from afar: a person is to say whether it is one
        fixture. Two bays that are filled alike look like it.
    """
    found = []
    words = {one.capture_id: words_shown(one.scene) for one in seen}
    for near in seen:
        for far in seen:
            shared = words[near.capture_id] & words[far.capture_id]
            if near is far or _fixture(near) == _fixture(far) or len(shared) < MIN_WORDS:
                continue
            if _closer_look(near, far, far.scene, is_told=True) is None:
                continue
            # A kit that was moved from photo to photo shows the same tag, but joins nothing.
            if _closer_look(near, far, far.scene, is_told=False) is None:
                found.append((near.capture_id, far.capture_id))
            break
    return tuple(found)


def _closer_look(
    near: SeenCapture, far: SeenCapture, known: Scene, *, is_told: bool
) -> CloserLook | None:
    """Return what is known of the photo from afar as a closer one shows it."""
    frames_wh = near.camera.image_wh, far.camera.image_wh
    to_far = joined_by_print(near.scene, far.scene, frames_wh=frames_wh, is_told=is_told)
    if to_far is None:
        return None
    name = near.capture_id[:_SHORT]
    return closer_look(near.scene, known, to_far, frames_wh=frames_wh, name=name)


def _with_closer(seen: Sequence[SeenCapture]) -> list[SeenCapture]:
    """Return photos from afar as closer ones show them, and those marked that add nothing else."""
    holders: dict[str, list[str]] = {}
    results = []
    for far in seen:
        result = far
        for near in seen:
            if near is far or not _may_be_one(near, far):
                continue
            look = _closer_look(near, far, result.scene, is_told=_fixture(near) == _fixture(far))
            if look is not None:
                closer = (*result.closer, near.capture_id)
                result = replace(result, scene=look.scene, closer=closer)
                if look.is_all:
                    holders.setdefault(near.capture_id, []).append(far.capture_id)
        results.append(result)
    # What is judged elsewhere itself holds nothing for others.
    judged = {
        key: next((holder for holder in keys if holder not in holders), "")
        for key, keys in holders.items()
    }
    return [replace(one, shown_in=judged.get(one.capture_id, one.shown_in)) for one in results]


def _with_lent(
    taker: SeenCapture, seen: Sequence[SeenCapture], fit: Callable[[SeenCapture], CameraFit]
) -> SeenCapture:
    for giver in _givers(taker, seen):
        alone = fit(taker).scale
        if alone.method is ScaleMethod.NONE and alone.reason is not Reason.NO_SCALE:
            return taker
        if fit(giver).scale.reason is not None:
            continue
        lent = lent_heights(
            giver.scene,
            fit(giver),
            taker.scene,
            fit(taker),
            frames_wh=(giver.camera.image_wh, taker.camera.image_wh),
            is_told=_fixture(giver) == _fixture(taker),
        )
        candidate = replace(taker, told=replace(taker.told, lent=lent))
        if lent and _fit(candidate).scale.reason is None:
            return candidate
    return taker


def _givers(taker: SeenCapture, seen: Sequence[SeenCapture]) -> Iterator[SeenCapture]:
    """Yield the photos that may show the same fixture, and more than one does, most tags first."""
    own = {tag.tag_id for tag in taker.scene.tags}
    if len(taker.scene.tags) > 1:
        return
    for giver in sorted(seen, key=lambda one: -len(one.scene.tags)):
        shows_more = len(giver.scene.tags) > len(taker.scene.tags) or not own
        if giver is not taker and shows_more and _may_be_one(giver, taker):
            yield giver


def _may_be_one(one: SeenCapture, other: SeenCapture) -> bool:
    """Say whether two photos may show one fixture: told, or by a tag in both."""
    shared = {tag.tag_id for tag in one.scene.tags} & {tag.tag_id for tag in other.scene.tags}
    return _fixture(one) == _fixture(other) or bool(shared)


def _fixture(seen: SeenCapture) -> str:
    return seen.told.fixture or seen.capture_id


def _fit(seen: SeenCapture) -> CameraFit:
    return fit_scene(seen.scene, seen.camera, seen.told)
