"""Photos of one visit that show one fixture lend each other their scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inspector.domain.quantity import ScaleMethod
from inspector.domain.scene import SeenCapture
from inspector.domain.verdict import Reason
from inspector.geometry.camera import CameraFit
from inspector.geometry.shared_print import lent_heights
from inspector.measuring import fit_scene


def joined(seen: Sequence[SeenCapture], *, one_fixture: bool = False) -> list[SeenCapture]:
    """Return photos with the heights that others of the same fixture lend them.

    A photo without a scale, or with at most one tag of the kit, takes the heights of what is
    printed on the packs from a photo that shows more (`shared_print.py`). Where they do not fit
    what it shows itself, it is left as it was. Several tags of its own need no help, and share
    their errors with those of the other photo.

    Args:
        seen: Photos of one visit.
        one_fixture: True when a person says that all show one fixture. Otherwise only photos that
            show the same tag at the same place among the same goods are joined.
    """
    if len(seen) < 2:
        return list(seen)
    fits = [_fit(one) for one in seen]
    return [_with_lent(taker, fits[k], seen, fits, one_fixture) for k, taker in enumerate(seen)]


def _with_lent(
    taker: SeenCapture,
    alone: CameraFit,
    seen: Sequence[SeenCapture],
    fits: Sequence[CameraFit],
    one_fixture: bool,
) -> SeenCapture:
    is_weak = alone.scale.method is not ScaleMethod.NONE and len(taker.scene.tags) <= 1
    if not (is_weak or alone.scale.reason is Reason.NO_SCALE):
        return taker
    for giver, fit in _givers(taker, seen, fits):
        lent = lent_heights(
            giver.scene,
            fit,
            taker.scene,
            alone,
            images_wh=(giver.camera.image_wh, taker.camera.image_wh),
            is_told=one_fixture,
        )
        candidate = replace(taker, told=replace(taker.told, lent=lent))
        if lent and _fit(candidate).scale.reason is None:
            return candidate
    return taker


def _givers(
    taker: SeenCapture, seen: Sequence[SeenCapture], fits: Sequence[CameraFit]
) -> Iterator[tuple[SeenCapture, CameraFit]]:
    """Yield the photos that have a scale and show more than one does, most tags first."""
    pairs = sorted(zip(seen, fits, strict=True), key=lambda pair: -len(pair[0].scene.tags))
    for giver, fit in pairs:
        shows_more = len(giver.scene.tags) > len(taker.scene.tags) or not taker.scene.tags
        if fit.scale.reason is None and giver is not taker and shows_more:
            yield giver, fit


def _fit(seen: SeenCapture) -> CameraFit:
    return fit_scene(seen.scene, seen.camera, seen.told)
