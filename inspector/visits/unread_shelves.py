"""Where packs stand that keep rules open because nobody knows what they are: go closer there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from inspector.domain.report import InspectionReport


@dataclass(frozen=True, slots=True)
class UnreadShelf:
    """A stretch of shelf with packs that may be medicine.

    Attributes:
        file: Name of the photo's file.
        bay_number: Number of the bay from the left; None where no uprights are seen.
        shelf_number: Number of the shelf from the top.
        packs: How many they are.
    """

    file: str
    bay_number: int | None
    shelf_number: int
    packs: int


def unread_shelves(reports: Sequence[InspectionReport]) -> tuple[UnreadShelf, ...]:
    """Return shelves with packs that nobody knows, those with most first.

    Args:
        reports: Reports of one visit. Close-ups are looked at in the photo of the whole fixture.
    """
    packs: Counter[tuple[str, int | None, int]] = Counter()
    for inspected in (inspected for report in reports for inspected in report.captures):
        facts = inspected.facts
        if facts.shown_in:
            continue
        for run in (*facts.placements, *facts.possible_placements):
            packs[inspected.file, run.bay_number, run.shelf_number] += len(run.unknown_ids)
    return tuple(UnreadShelf(*place, n) for place, n in packs.most_common() if n)
