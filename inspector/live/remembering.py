"""Remembers what one camera's fixed view showed, and looks again only where it has changed.

    picture ─► Changes ─► detector (always all of it) ─► finders, text (only what changed) ─► Scene

What lies on pixels that are the same is what it was; what a change touches is found anew. The
detector alone looks at every picture as a whole: nobody who stands there may be missed, and three
equal results stand for three looks.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from inspector.domain.capture import Capture
from inspector.domain.scene import OnFound, Pack, Scene, StraightEdge, Tag, TextLine
from inspector.domain.verdict import Box
from inspector.live.area import ImageBgr
from inspector.live.changes import Changes, Part
from inspector.vision.edges import MIN_LENGTH_SHARE, MOST
from inspector.vision.lookalikes import looks_from_packs

if TYPE_CHECKING:
    from inspector.vision.detector import Detection
    from inspector.vision.scene_reader import Detects, ReadsNames, ReadsText, SceneReader
    from inspector.vision.weights import Weights

ALL_ANEW_EVERY = timedelta(hours=24)
"""Nothing is remembered for longer: what was once found wrongly does not stay for weeks."""

SAME_PLACE_IOU = 0.5
"""Boxes that overlap more are of one thing; a detector draws it a little differently each time."""

HALF = 0.5
"""An edge of which more has changed is let go. What hides a bit of a shelf does not move it."""

PERSON = "person"

Found = TypeVar("Found")


class FixedView:
    """What a camera showed when each part of its view was last looked at.

    Attributes:
        changes: Where the picture of this look shows something else.
    """

    def __init__(self) -> None:
        self.changes = Changes(np.ones((1, 1), np.bool_), (1, 1))
        self._before: ImageBgr | None = None

    def see(self, image_bgr: ImageBgr) -> None:
        """Begin a look."""
        self.changes = Changes.between(image_bgr, self._before)

    def looked(self, image_bgr: ImageBgr) -> None:
        """End it: what changed has been looked at. One that failed is not ended, but repeated."""
        self._before = self.changes.taken_over(image_bgr, self._before)

    def forget(self) -> None:
        """Look at everything anew next time."""
        self._before = None


class RememberedView:
    """A reader of scenes that remembers one camera's view.

    Args:
        reader: Reads scenes; its models are shared.
    """

    def __init__(self, reader: SceneReader) -> None:
        self._view = view = FixedView()
        self._reader = own = copy.copy(reader)
        own.detector = SteadyDetector(reader.detector, view)
        own.text_reader = RememberedText(reader.text_reader, view)
        own.name_reader = RememberedNames(reader.name_reader, view)
        finders = reader.finders
        own.finders = replace(
            finders,
            tags=RememberedTags(finders.tags, view),
            barcodes=Remembered(finders.barcodes, view),
            straight_edges=RememberedEdges(finders.straight_edges, view),
            looks=Remembered(RememberedLooks(view), view),
            edge_bands=Remembered(finders.edge_bands, view),
        )
        self._all_anew_at: datetime | None = None

    @property
    def versions(self) -> Mapping[str, str]:
        """Names and hashes of what it reads with."""
        return self._reader.versions

    def read(self, capture: Capture, *, on_found: OnFound | None = None) -> Scene:
        """Return what is in the picture, see `SceneReader.read`."""
        at, before = capture.taken_at, self._all_anew_at
        if at is None or before is None or at - before >= ALL_ANEW_EVERY:
            self._view.forget()
            self._all_anew_at = at
        self._view.see(capture.image_bgr)
        scene = self._reader.read(capture, on_found=on_found)
        self._view.looked(capture.image_bgr)
        return scene


class SteadyDetector:
    """A detector that draws what it finds again on the same pixels where it drew it before."""

    def __init__(self, detector: Detects, view: FixedView) -> None:
        self._detector, self._view = detector, view
        self._found: list[Detection] = []

    @property
    def weights(self) -> tuple[Weights, ...]:
        """What it detects with."""
        return self._detector.weights

    @property
    def reliable(self) -> frozenset[str]:
        """Classes that are found well enough for their absence to mean something."""
        return self._detector.reliable

    def detect(self, image_bgr: ImageBgr) -> list[Detection]:
        """Find everything in a picture; people as they are found now."""
        changes = self._view.changes
        left = [d for d in self._found if d.label != PERSON and not changes.touch(d.box_xyxy_px)]
        found = []
        for detection in self._detector.detect(image_bgr):
            same = None if changes.touch(detection.box_xyxy_px) else _same(detection, left)
            if same is not None:
                left.remove(same)
            found.append(same or detection)
        self._found = sorted(found, key=lambda d: (-d.confidence, d.label, d.box_xyxy_px))
        return list(self._found)


class Remembered(Generic[Found]):
    """A finder that is asked again when anything has changed, or when it is asked of other things.

    Args:
        find: Finds something in a picture, of some of the things in it.
        view: The view.
    """

    def __init__(self, find: Callable[..., Found], view: FixedView) -> None:
        self._find, self._view = find, view
        self._of: tuple[object, ...] | None = None
        self._found: Found

    def __call__(self, image_bgr: ImageBgr, *of: object) -> Found:
        """Return what is found."""
        if not self._view.changes.are_none or of != self._of:
            self._found, self._of = self._find(image_bgr, *of), of
        return self._found


class RememberedLooks:
    """Holds packs against each other again where one of the two has changed."""

    def __init__(self, view: FixedView) -> None:
        self._view = view
        self._are_alike: dict[tuple[Box, Box], bool] = {}

    def __call__(self, image_bgr: ImageBgr, packs: Sequence[Pack]) -> Mapping[str, int]:
        """Return the looks of packs, see `looks_from_packs`."""
        touch, boxes = self._view.changes.touch, {pack.box_xyxy_px for pack in packs}
        same = {box for box in boxes if not touch(box)}
        self._are_alike = {
            pair: alike for pair, alike in self._are_alike.items() if same.issuperset(pair)
        }
        return looks_from_packs(image_bgr, packs, remembered=self._are_alike)


class RememberedTags:
    """Finds tags again when one has changed, or when one is seen where something has."""

    def __init__(self, find: Callable[[ImageBgr], tuple[Tag, ...]], view: FixedView) -> None:
        self._find, self._view = find, view
        self._tags: tuple[Tag, ...] = ()

    def __call__(self, image_bgr: ImageBgr) -> tuple[Tag, ...]:
        """Return the tags of a picture: of two with one id neither counts, so all are found."""
        changes = self._view.changes
        boxes = [(*tag.corners_px.min(axis=0), *tag.corners_px.max(axis=0)) for tag in self._tags]
        if (
            changes.are_all
            or any(map(changes.touch, boxes))
            or any(self._find(_cut(image_bgr, part)) for part in changes.parts())
        ):
            self._tags = self._find(image_bgr)
        return self._tags


class RememberedEdges:
    """Finds straight edges anew where most of one has changed."""

    def __init__(
        self, find: Callable[[ImageBgr], tuple[StraightEdge, ...]], view: FixedView
    ) -> None:
        self._find, self._view = find, view
        self._edges: tuple[StraightEdge, ...] = ()

    def __call__(self, image_bgr: ImageBgr) -> tuple[StraightEdge, ...]:
        """Return the edges of a picture, the longest first of each kind."""
        changes = self._view.changes
        found = [edge for edge in self._edges if changes.share_of(edge.ends_px) <= HALF]
        shortest_px = MIN_LENGTH_SHARE * max(changes.image_wh)
        for part in changes.parts():
            edges = [_edge_moved(edge, part) for edge in self._find(_cut(image_bgr, part))]
            found += [
                edge
                for edge in edges
                if _length_px(edge) >= shortest_px and changes.share_of(edge.ends_px) > HALF
            ]
        found.sort(key=_length_px, reverse=True)
        upright = [edge for edge in found if edge.is_upright][:MOST]
        self._edges = (*upright, *[edge for edge in found if not edge.is_upright][:MOST])
        return self._edges


class RememberedText:
    """Reads text again only where something has changed: most of a whole look's time is reading."""

    def __init__(self, reader: ReadsText, view: FixedView) -> None:
        self._reader, self._view = reader, view
        self._lines: tuple[TextLine, ...] = ()
        self._read: list[Box] = []

    def read(
        self,
        image_bgr: ImageBgr,
        *,
        packs: Sequence[Box] = (),
        passed_over: Sequence[Box] = (),
        part_of_px: int | None = None,
    ) -> tuple[TextLine, ...]:
        """Return all lines of a picture, see `TextReader.read`."""
        changes = self._view.changes
        gone = [line.box_xyxy_px for line in self._lines if changes.touch(line.box_xyxy_px)]
        kept = tuple(line for line in self._lines if not changes.touch(line.box_xyxy_px))
        self._read = [box for box in self._read if not changes.touch(box)]
        # Also a pack that a twin was read for until now, and that stands alone today.
        anew = [box for box in packs if not any(_iou(box, b) > SAME_PLACE_IOU for b in self._read)]
        known = [box for box in packs if box not in anew] + [line.box_xyxy_px for line in kept]
        fresh: list[TextLine] = []
        for part in changes.parts(also=anew + gone):
            own = [box for box in anew if _middle_in(box, part)]
            found = self._reader.read(
                _cut(image_bgr, part),
                packs=[_moved(box, -part[0], -part[1]) for box in own],
                passed_over=[
                    _moved(box, -part[0], -part[1])
                    for box in (*passed_over, *known)
                    if _middle_in(box, part)
                ],
                part_of_px=part_of_px or max(changes.image_wh),
            )
            lines = [
                replace(line, box_xyxy_px=_moved(line.box_xyxy_px, part[0], part[1]))
                for line in found
            ]
            # What else lies in the part was read before, or is cut off by its border.
            fresh += [
                line
                for line in lines
                if changes.touch(line.box_xyxy_px) or _lies_on(line.box_xyxy_px, own)
            ]
        self._lines, self._read = (*kept, *fresh), self._read + anew
        return self._lines


class RememberedNames:
    """Reads small print again only on packs that have changed, and on those of their look."""

    def __init__(self, reader: ReadsNames, view: FixedView) -> None:
        self._reader, self._view = reader, view
        self._read: dict[frozenset[Box], dict[Box, tuple[TextLine, ...]]] = {}

    @property
    def versions(self) -> Mapping[str, str]:
        """Names and hashes of what it reads with."""
        return self._reader.versions

    def read(
        self,
        image_bgr: ImageBgr,
        packs: Sequence[Box],
        slopes: Sequence[float],
        looks: Sequence[int | None],
    ) -> list[tuple[TextLine, ...]]:
        """Return the lines on each pack, see `NameReader.read`."""
        touch = self._view.changes.touch
        of_look: dict[object, set[Box]] = defaultdict(set)
        for box, look in zip(packs, looks, strict=True):
            of_look[box if look is None else look].add(box)
        groups = [frozenset(boxes) for boxes in of_look.values()]
        known = {
            group: self._read[group]
            for group in groups
            if group in self._read and not any(map(touch, group))
        }
        anew = [k for k, box in enumerate(packs) if not any(box in group for group in known)]
        boxes = [packs[k] for k in anew]
        told = self._reader.read(
            image_bgr, boxes, [slopes[k] for k in anew], [looks[k] for k in anew]
        )
        fresh = dict(zip(boxes, told, strict=True))
        self._read = known | {
            group: {box: fresh[box] for box in group} for group in groups if group not in known
        }
        lines = {box: of_box for group in self._read.values() for box, of_box in group.items()}
        return [lines[box] for box in packs]


def _same(detection: Detection, others: Sequence[Detection]) -> Detection | None:
    """Return the thing of the same class in the same place."""
    alike = [d for d in others if (d.label, d.counts) == (detection.label, detection.counts)]
    if not alike:
        return None
    box = detection.box_xyxy_px
    nearest = max(alike, key=lambda other: _iou(box, other.box_xyxy_px))
    return nearest if _iou(box, nearest.box_xyxy_px) > SAME_PLACE_IOU else None


def _iou(box: Box, other: Box) -> float:
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    area = (box[2] - box[0]) * (box[3] - box[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return shared / (area - shared)


def _cut(image_bgr: ImageBgr, part: Part) -> ImageBgr:
    return image_bgr[part[1] : part[3], part[0] : part[2]]


def _moved(box: Box, dx: float, dy: float) -> Box:
    return box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy


def _edge_moved(edge: StraightEdge, part: Part) -> StraightEdge:
    (x1, y1), (x2, y2) = edge.ends_px
    left, top, _, _ = part
    return replace(edge, ends_px=((x1 + left, y1 + top), (x2 + left, y2 + top)))


def _middle_in(box: Box, place: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return place[0] <= x < place[2] and place[1] <= y < place[3]


def _lies_on(box: Box, places: Sequence[Box]) -> bool:
    return any(_middle_in(box, place) for place in places)


def _length_px(edge: StraightEdge) -> float:
    (x1, y1), (x2, y2) = edge.ends_px
    return float(np.hypot(x2 - x1, y2 - y1))
