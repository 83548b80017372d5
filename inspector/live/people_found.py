"""The shipped detector as a finder of people."""

from __future__ import annotations

from inspector.live.area import ImageBgr
from inspector.live.people import People
from inspector.vision.scene_reader import Detects

PERSON = "person"


class DetectedPeople:
    """Finds people with the shelf detector; its cards say whether that is reliable.

    Args:
        detector: The detector: what does not count there is unsure.
    """

    def __init__(self, detector: Detects) -> None:
        self._detector = detector

    @property
    def is_reliable(self) -> bool:
        """Whether a card names people among what is found reliably."""
        return PERSON in self._detector.reliable

    def find(self, image_bgr: ImageBgr) -> People:
        """Return people, and what the detector saw too faintly to be sure of."""
        found = [d for d in self._detector.detect(image_bgr) if d.label == PERSON]
        return People(
            tuple(d.box_xyxy_px for d in found if d.counts),
            tuple(d.box_xyxy_px for d in found if not d.counts),
        )
