"""What a rule can say about a target, and why it sometimes cannot say anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Outcome(IntEnum):
    """Outcomes in order of weight: a rule over many targets takes the heaviest.

    `UNTESTED` is for rules that only a person can decide and nobody has answered.
    """

    UNTESTED = -1
    INAPPLICABLE = 0
    PASSED = 1
    CANT_TELL = 2
    FAILED = 3

    @property
    def key(self) -> str:
        """The outcome's name in reports, for example `cant_tell`."""
        return self.name.lower()


class Reason(StrEnum):
    """Every way of not knowing. Each has a sentence and a next photo in the message files."""

    NO_SCALE = "no_scale"
    SCALE_CONTRADICTS_ITSELF = "scale_contradicts_itself"
    PHOTO_MIRRORED = "photo_mirrored"
    REFERENCE_UPSIDE_DOWN = "reference_upside_down"
    PHOTO_OF_PHOTO = "photo_of_photo"
    PRINT_SCALE_WRONG = "print_scale_wrong"
    REFERENCE_OFF_FRONT = "reference_off_front"
    REFERENCE_OFF_FLOOR = "reference_off_floor"
    TOLD_CONTRADICTS = "told_contradicts"
    INTERVAL_CONTAINS_LIMIT = "interval_contains_limit"
    BEHIND_CAMERA = "behind_camera"
    PACK_OFF_FRONT = "pack_off_front"
    ONLY_SEEN_CLOSER = "only_seen_closer"
    NO_PACKS_FOUND = "no_packs_found"
    VIEW_UNREADABLE = "view_unreadable"
    IDENTITY_UNKNOWN = "identity_unknown"
    PACK_SIZE_UNREAD = "pack_size_unread"
    TOO_SMALL_TO_READ = "too_small_to_read"
    NOT_ON_THIS_SIDE = "not_on_this_side"
    GROUP_UNKNOWN = "group_unknown"
    GROUP_UNDEFINED = "group_undefined"
    GROUP_NOT_ADDRESSED = "group_not_addressed"
    REGISTER_OUTDATED = "register_outdated"
    LIST_INCOMPLETE = "list_incomplete"
    DEALER_UNKNOWN = "dealer_unknown"
    SURROUND_NOT_IN_VIEW = "surround_not_in_view"
    OTHER_SIGN_WORD = "other_sign_word"
    SIGN_SERVES_UNCLEAR = "sign_serves_unclear"
    DIVIDERS_NOT_LOOKED_FOR = "dividers_not_looked_for"
    MARKING_UNCONFIRMED = "marking_unconfirmed"
    SIGNS_NOT_LOOKED_FOR = "signs_not_looked_for"
    GAP_UNDECIDED = "gap_undecided"
    SMALL_PRINT_UNREADABLE = "small_print_unreadable"
    LABEL_UNREADABLE = "label_unreadable"
    FLOOR_NOT_IN_VIEW = "floor_not_in_view"
    AIDS_NOT_LOOKED_FOR = "aids_not_looked_for"
    AID_DISTANCE_UNKNOWN = "aid_distance_unknown"
    AID_UNSURE = "aid_unsure"
    STEP_BELOW = "step_below"
    CABINET_UNCONFIRMED = "cabinet_unconfirmed"
    UNANSWERED = "unanswered"
    RULE_CRASHED = "rule_crashed"


class TargetKind(StrEnum):
    """What a verdict is about (names fixed by the report format)."""

    PLACEMENT = "placement"
    PACK = "pack"
    SIGN = "sign"
    STORE = "store"


Box = tuple[float, float, float, float]
"""Axis-aligned box `(x1, y1, x2, y2)` in pixels of the upright photo, origin top left."""


@dataclass(frozen=True, slots=True)
class Target:
    """The thing that was judged."""

    kind: TargetKind
    id: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A region of a capture that one can look at."""

    capture_id: str
    box_xyxy_px: Box


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one thing in a photo, on which a verdict hangs.

    Attributes:
        question_id: Id under which the answer is kept; it names the photo and the thing.
        values: What the question is about: `subject`, and `bay` and `shelf` where it has a place.
    """

    question_id: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule's answer about one target.

    Attributes:
        rule_id: Id of the rule (contract, section 4).
        section: Section of the guidance that the verdict cites, for example `4`.
        target: What was judged.
        outcome: The answer.
        reason: Why nothing definite is said; set if and only if the outcome is CANT_TELL or
            UNTESTED.
        measured: What was found, with its unit, language neutral ("109.8 cm (109.1–110.5)").
        limit: What it was compared with ("> 140 cm").
        evidence: Where to look.
        case: Names the sentence in the message files when one outcome has several stories, for
            example `below_limit` or `behind_product_card`; empty picks the rule's plain sentence.
        values: Texts that the sentence quotes: names, words, distances.
        asks: Questions about one thing that it hangs on, answered or not.
    """

    rule_id: str
    section: str
    target: Target
    outcome: Outcome
    reason: Reason | None = None
    measured: str | None = None
    limit: str | None = None
    evidence: tuple[Evidence, ...] = ()
    case: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[Asked, ...] = ()

    def __post_init__(self) -> None:
        needs_reason = self.outcome in (Outcome.CANT_TELL, Outcome.UNTESTED)
        if needs_reason != (self.reason is not None):
            raise ValueError(
                f"{self.rule_id}: {self.outcome.key} "
                f"{'needs' if needs_reason else 'must not have'} a reason, got {self.reason}"
            )


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the heaviest outcome; `INAPPLICABLE` when there is none to weigh."""
    return max(outcomes, default=Outcome.INAPPLICABLE)
