"""What one look says of each place: it fails, or it could not be told. Nothing else is a vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inspector.domain.report import InspectionReport
from inspector.domain.verdict import Box, Outcome, Verdict
from inspector.report.labels import Lang
from inspector.report.messages import Messages

LANGS: tuple[Lang, ...] = ("da", "en")

COVERED_SHARE = 0.25
"""What could not be told over this share of a place could not be told of the place."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A place at which a rule fails.

    Attributes:
        rule_id: The rule.
        box_xyxy_px: The place, in pixels of the frame; None for the whole shelf.
        sentence: What was found, by language.
        remedy: What puts it right, by language.
    """

    rule_id: str
    box_xyxy_px: Box | None
    sentence: Mapping[str, str]
    remedy: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Votes:
    """What one look says.

    Attributes:
        failures: Places at which a rule fails.
        untold: Places at which a rule could not be told, by rule; None is the whole shelf.
        hidden: Places before which somebody or something stands: no rule could be told there.
    """

    failures: tuple[Failure, ...] = ()
    untold: Mapping[str, tuple[Box | None, ...]] = field(default_factory=dict)
    hidden: tuple[Box, ...] = ()


def votes_from_report(report: InspectionReport, *, hidden: Sequence[Box] = ()) -> Votes:
    """Return what a look says, from its report.

    A failure at a place that is hidden in part is none: what was seen may be what hides it.
    """
    failures: list[Failure] = []
    untold: dict[str, list[Box | None]] = {}
    for verdict in report.verdicts:
        box = _place(verdict)
        if verdict.outcome is Outcome.FAILED and not any(touches(box, there) for there in hidden):
            failures.append(_failure(verdict, box))
        elif verdict.outcome in (Outcome.CANT_TELL, Outcome.FAILED):
            untold.setdefault(verdict.rule_id, []).append(box)
    return Votes(
        tuple(failures), {rule: tuple(places) for rule, places in untold.items()}, tuple(hidden)
    )


def touches(place: Box | None, other: Box | None) -> bool:
    """Say whether two places share any pixel; the whole shelf touches every place."""
    if place is None or other is None:
        return True
    return min(place[2], other[2]) > max(place[0], other[0]) and min(place[3], other[3]) > max(
        place[1], other[1]
    )


def covers(other: Box | None, place: Box | None) -> bool:
    """Say whether something lies over a good part of a place; neighbours that touch do not."""
    if place is None or other is None:
        return True
    return _shared(place, other) > COVERED_SHARE * _area(place)


def is_same_place(place: Box | None, other: Box | None) -> bool:
    """Say whether two boxes are of one thing that was seen twice."""
    if place is None or other is None:
        return place is other
    return _shared(place, other) > 0.5 * min(_area(place), _area(other))


def _shared(place: Box, other: Box) -> float:
    width = min(place[2], other[2]) - max(place[0], other[0])
    height = min(place[3], other[3]) - max(place[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _area(box: Box) -> float:
    return max(1e-9, (box[2] - box[0]) * (box[3] - box[1]))


def _place(verdict: Verdict) -> Box | None:
    """Return the box round all that a verdict rests on."""
    boxes = [region.box_xyxy_px for region in verdict.evidence]
    if not boxes:
        return None
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _failure(verdict: Verdict, box: Box | None) -> Failure:
    messages = {lang: Messages.load(lang) for lang in LANGS}
    return Failure(
        verdict.rule_id,
        box,
        {lang: messages[lang].sentence(verdict) for lang in LANGS},
        {lang: messages[lang].remedy(verdict) or "" for lang in LANGS},
    )
