"""The nouns of a report as people read it: findings, questions, and where to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inspector.domain.verdict import Box, Outcome

SYMBOLS: Mapping[Outcome, str] = {
    Outcome.FAILED: "✕",
    Outcome.CANT_TELL: "?",
    Outcome.UNTESTED: "○",
    Outcome.PASSED: "✓",
    Outcome.INAPPLICABLE: "–",
}
"""A sign for each outcome, so that it is never told by colour alone."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence and how many targets it was said of."""

    sentence: str
    count: int


@dataclass(frozen=True, slots=True)
class View:
    """The part of a photo in which a finding can be seen.

    Attributes:
        capture_id: Id of the capture.
        file: Name of its file.
        image_wh: Width and height of the upright photo in pixels.
        crop_xyxy_px: The part, wider than high.
        pack_numbers: Numbers of the packs that it is about, as drawn in the picture.
        boxes_xyxy_px: Boxes of what it is about, in pixels of the upright photo.
    """

    capture_id: str
    file: str
    image_wh: tuple[int, int]
    crop_xyxy_px: Box
    pack_numbers: tuple[str, ...]
    boxes_xyxy_px: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """What the law says.

    Attributes:
        section: Section, for example `4`.
        text: Document and section in words.
        wording_da: The law's own sentence, always in Danish.
    """

    section: str
    text: str
    wording_da: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question that only a person can answer.

    Attributes:
        question_id: Id under which the answer is kept.
        text: The question.
        citation: What it rests on.
    """

    question_id: str
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule has to say, said once however many packs it is said of.

    Attributes:
        rule_id: Id of the rule.
        title: Its title.
        citation: What it rests on.
        outcome: The outcome.
        outcome_word: The outcome in words.
        symbol: A sign for the outcome.
        statements: What was found, the most frequent first.
        remedy: What puts it right; None unless it failed.
        next_photo: The photo that would settle it; None when none would.
        views: Where to look, one part of each photo.
        targets: Ids of what it is said of, sorted.
        cause: Cases and reasons of its verdicts, the same in every language.
        remarks: What people said of it, as rows of label and text.
    """

    rule_id: str
    title: str
    citation: Citation
    outcome: Outcome
    outcome_word: str
    symbol: str
    statements: tuple[Statement, ...]
    remedy: str | None = None
    next_photo: str | None = None
    views: tuple[View, ...] = ()
    targets: tuple[str, ...] = ()
    cause: str = ""
    remarks: tuple[tuple[str, str], ...] = ()

    @property
    def count(self) -> int:
        """Number of targets that it is said of."""
        return sum(statement.count for statement in self.statements)
