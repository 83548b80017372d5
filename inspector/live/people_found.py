"""The shipped detector as a finder of people."""

from __future__ import annotations

from inspector.live.area import ImageBgr
from inspector.live.people import People
from inspector.vision.detector import ShelfDetector
from inspector.vision.weights import Weights

PERSON = "person"


class DetectedPeople:
    """Finds people with the shelf detector; its card says whether that is reliable.

    Args:
        detector: The detector.
        weights: Its weights: what is found below their threshold is unsure.
    """

    def __init__(self, detector: ShelfDetector, weights: Weights) -> None:
        self._detector, self._weights = detector, weights

    @property
    def is_reliable(self) -> bool:
        """Whether the card of the weights names people among what is found reliably."""
        return PERSON in self._weights.reliable

    def find(self, image_bgr: ImageBgr) -> People:
        """Return people, and what the detector saw too faintly to be sure of."""
        found = [d for d in self._detector.detect(image_bgr) if d.label == PERSON]
        sure = [d for d in found if d.confidence >= self._weights.threshold]
        return People(
            tuple(d.box_xyxy_px for d in sure),
            tuple(d.box_xyxy_px for d in found if d not in sure),
        )
