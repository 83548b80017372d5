"""The only place that compares lengths with limits.

A length is compared with its whole 95 % interval: what the interval does not decide is not decided.
Shown numbers are rounded towards the verdict, so that 139.97 cm that failed never reads as 140.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from inspector.domain.quantity import Length, Measured
from inspector.domain.verdict import Outcome, Reason
from inspector.rules.guidance import Guidance


@dataclass(frozen=True, slots=True)
class Decision:
    """How a length compares with a limit.

    Attributes:
        outcome: PASSED, FAILED or CANT_TELL.
        reason: Why it cannot be told; None otherwise.
        measured: What was found, for people; None when nothing was measured.
        limit: What it was compared with, for people.
    """

    outcome: Outcome
    reason: Reason | None
    measured: str | None
    limit: str


def over(length: Length, limit_m: float) -> Decision:
    """Decide whether a length is over a limit.

    The guidance says both "over 140 cm" and "minimum 140 cm" (section 4), so a length of exactly
    the limit is not decided.

    Args:
        length: The length, in metres.
        limit_m: The limit in metres.

    Returns:
        PASSED when the whole interval is over the limit, FAILED when it is under it, otherwise
        CANT_TELL with the reason.
    """
    limit = f"> {limit_m * 100:g} cm"
    if not isinstance(length, Measured):
        return Decision(Outcome.CANT_TELL, length.reason, None, limit)
    if length.low_m > limit_m:
        return Decision(Outcome.PASSED, None, _shown(length, Outcome.PASSED), limit)
    if length.high_m < limit_m:
        return Decision(Outcome.FAILED, None, _shown(length, Outcome.FAILED), limit)
    reason = Reason.INTERVAL_CONTAINS_LIMIT
    return Decision(Outcome.CANT_TELL, reason, _shown(length, Outcome.CANT_TELL), limit)


def separates(gap: Length, gap_widths: float, guidance: Guidance) -> Decision:
    """Decide whether the gap between two packs separates them clearly.

    Args:
        gap: Free width between the packs, in metres.
        gap_widths: The same in widths of the narrower pack; used only without a scale.
        guidance: Holds our two thresholds; between them it is not decided.

    Returns:
        PASSED when the gap separates, FAILED when it does not, otherwise CANT_TELL.
    """
    if isinstance(gap, Measured):
        limit = f">= {guidance.gap_counts_m * 100:g} cm"
        outcome = _outcome(
            is_enough=gap.low_m >= guidance.gap_counts_m,
            is_too_little=gap.high_m < guidance.gap_never_counts_m,
        )
        measured = _shown(gap, outcome)
    else:
        limit = f">= {guidance.gap_counts_widths:g} ×"
        outcome = _outcome(
            is_enough=gap_widths >= guidance.gap_counts_widths,
            is_too_little=gap_widths <= guidance.gap_never_counts_widths,
        )
        measured = f"{gap_widths:.2f} ×"
    reason = Reason.GAP_UNDECIDED if outcome is Outcome.CANT_TELL else None
    return Decision(outcome, reason, measured, limit)


def may_hold_divider(gap: Length, guidance: Guidance) -> bool:
    """Return whether a divider may stand in a gap; also where its width is unknown."""
    return not isinstance(gap, Measured) or gap.high_m >= guidance.divider_needs_m


def _outcome(*, is_enough: bool, is_too_little: bool) -> Outcome:
    if is_enough:
        return Outcome.PASSED
    return Outcome.FAILED if is_too_little else Outcome.CANT_TELL


def _shown(length: Measured, outcome: Outcome) -> str:
    """Return a length in centimetres with its interval, rounded towards the verdict."""
    if outcome is Outcome.FAILED:
        value, low, high = (_down(m) for m in (length.value_m, length.low_m, length.high_m))
    elif outcome is Outcome.PASSED:
        value, low, high = (_up(m) for m in (length.value_m, length.low_m, length.high_m))
    else:
        value = round(length.value_m * 100, 1)
        low, high = _down(length.low_m), _up(length.high_m)
    return f"{value:.1f} cm ({low:.1f}–{high:.1f})"


def _down(length_m: float) -> float:
    return math.floor(_millimetres(length_m)) / 10


def _up(length_m: float) -> float:
    return math.ceil(_millimetres(length_m)) / 10


def _millimetres(length_m: float) -> float:
    """Return millimetres without the last digits of binary fractions: 1.399 m is 1399."""
    return round(length_m * 1000, 6)
