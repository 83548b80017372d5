"""Runs the line over pictures with truth and counts what it got right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from inspector.capture.photo import read_photo
from inspector.catalogue.register import Register
from inspector.domain.facts import Site
from inspector.domain.goods import DealerType
from inspector.evaluation.machine import commit, hardware
from inspector.evaluation.score import Figures, Tally
from inspector.evaluation.truth import Truth
from inspector.inspection import Reader, inspect_captures
from inspector.report.document import document_from_report
from inspector.workplace import Workplace

ALL = "all"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures with everything that is needed to believe them.

    Attributes:
        figures: By reference in the picture; `all` first.
        made_at: When (aware).
        hardware: Processor and number of cores.
        commit: Commit of the checkout, with `+` when files were changed; None outside a checkout.
        versions: Names and hashes of what read the pictures, the register and the rules.
    """

    figures: Mapping[str, Figures]
    made_at: datetime
    hardware: str
    commit: str | None
    versions: Mapping[str, str]

    def document(self) -> dict[str, Any]:
        """Return the evaluation ready for `json.dumps`."""
        return asdict(self) | {"made_at": self.made_at.isoformat(timespec="seconds")}


def evaluate(
    truths: Sequence[Truth],
    *,
    reader: Reader,
    register: Register,
    dealer: DealerType | None,
    on_picture: Callable[[Truth], None] = lambda truth: None,
) -> Evaluation:
    """Inspect every picture and count what its report got right.

    Args:
        truths: Pictures with their truth, at least one.
        reader: Reads scenes.
        register: Register of goods.
        dealer: Kind of dealer to judge for.
        on_picture: Called after each picture.

    Raises:
        CaptureError: A picture cannot be read.
    """
    now = datetime.now(UTC)
    tallies = {ALL: Tally()}
    versions: dict[str, str] = {}
    for truth in truths:
        report = inspect_captures(
            [Workplace().equip(read_photo(truth.picture), truth.told)],
            reader=reader,
            register=register,
            site=Site(dealer, now.date()),
            created_at=now,
        )
        document = document_from_report(report)
        for group in (ALL, truth.reference):
            tallies.setdefault(group, Tally()).add(truth, document)
        versions = dict(report.versions.model) | {
            "register": report.versions.catalogue,
            "guidance": f"{report.versions.guidance_id} {report.versions.guidance_version}",
        }
        on_picture(truth)
    figures = {group: tally.figures() for group, tally in tallies.items()}
    return Evaluation(figures, now, hardware(), commit(), versions)
