"""Photos of one visit that show one fixture lend each other their scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from inspector.domain.quantity import ScaleMethod
from inspector.domain.scene import SeenCapture
from inspector.domain.verdict import Reason
from inspector.geometry.camera import CameraFit
from inspector.geometry.shared_print import lent_heights
from inspector.measuring import fit_scene


def joined(seen: Sequence[SeenCapture]) -> list[SeenCapture]:
    """Return photos with the heights that others of the same fixture lend them.

    A photo without a scale, or with at most one tag of the kit, takes the heights of what is
    printed on the packs from a photo that shows more (`shared_print.py`). Where they do not fit
    what it shows itself, it is left as it was. Several tags of its own need no help, and share
    their errors with those of the other photo.

    Args:
        seen: Photos of one visit. Two are joined when a person says that they show one fixture
            (`Told.fixture`), or when they show the same tag at the same place among the same goods.
    """
    fits: dict[str, CameraFit] = {}

    def fit(one: SeenCapture) -> CameraFit:
        if one.capture_id not in fits:
            fits[one.capture_id] = _fit(one)
        return fits[one.capture_id]

    return [_with_lent(taker, seen, fit) for taker in seen]


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
            images_wh=(giver.camera.image_wh, taker.camera.image_wh),
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
        theirs = {tag.tag_id for tag in giver.scene.tags}
        shows_more = len(giver.scene.tags) > len(taker.scene.tags) or not own
        may_be_one = _fixture(giver) == _fixture(taker) or own & theirs
        if giver is not taker and shows_more and may_be_one:
            yield giver


def _fixture(seen: SeenCapture) -> str:
    return seen.told.fixture or seen.capture_id


def _fit(seen: SeenCapture) -> CameraFit:
    return fit_scene(seen.scene, seen.camera, seen.told)
