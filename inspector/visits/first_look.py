"""The first look at a photo: what is known while its text is still being read. Nothing is judged.

Whoever forgot the measuring strip learns it while they still stand before the shelf.
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.capture import Capture
from inspector.domain.scene import Scene
from inspector.domain.verdict import Reason
from inspector.geometry.heights import limit_line
from inspector.measuring import MIN_SHARPNESS, fit_scene
from inspector.report.first_picture import first_picture_jpeg


@dataclass(frozen=True, slots=True, eq=False)
class FirstLook:
    """What is known of a photo before its text.

    Attributes:
        n_packs: Number of packs that were found, product cards not counted.
        no_heights: Why no heights can be measured; None when they can.
        shows_limit: True when the limit line lies in the photo.
        picture_jpeg: The photo with packs framed and the limit line drawn; people are blurred.
    """

    n_packs: int
    no_heights: Reason | None
    shows_limit: bool
    picture_jpeg: bytes


def first_look(capture: Capture, found: Scene, *, limit_m: float) -> FirstLook:
    """Return the first look at a photo.

    Args:
        capture: The photo.
        found: What was found before any text was read.
        limit_m: Height of the line to draw.
    """
    fit = fit_scene(found, capture.camera, capture.told)
    line_px = limit_line(fit, capture.image_wh, limit_m=limit_m)
    packs = [pack for pack in found.packs if not pack.is_card]
    picture = first_picture_jpeg(
        capture.image_bgr,
        packs_px=[pack.box_xyxy_px for pack in packs],
        people_px=found.people_px,
        limit_line_px=line_px,
        limit_m=limit_m,
    )
    return FirstLook(len(packs), _no_heights(found, fit.scale.reason), bool(line_px), picture)


def _no_heights(found: Scene, no_scale: Reason | None) -> Reason | None:
    """Return what the rule about heights will say first, so that it asks for the same photo."""
    if found.packs:
        return no_scale
    is_readable = found.sharpness >= MIN_SHARPNESS
    return Reason.NO_PACKS_FOUND if is_readable else Reason.VIEW_UNREADABLE
