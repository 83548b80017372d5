"""The inspection report: every verdict, also the passes, with the versions it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.facts import CaptureFacts, Facts
from inspector.domain.scene import Scene
from inspector.domain.verdict import Outcome, Verdict, worst


@dataclass(frozen=True, slots=True)
class InspectedCapture:
    """One capture of a report.

    Attributes:
        capture_id: sha256 of the file (frames of a video: with the time appended).
        file: Name of the file.
        image_wh: Width and height of the upright photo in pixels.
        scene: What was seen.
        facts: What is known.
        closer: Ids of closer photos of the fixture whose print is in the scene.
    """

    capture_id: str
    file: str
    image_wh: tuple[int, int]
    scene: Scene
    facts: CaptureFacts
    closer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Versions:
    """What a verdict rests on, so that it can be judged again.

    Attributes:
        guidance_id: Id of the rule pack.
        guidance_version: Day from which that version of the guidance holds.
        model: Names and sha256 of the weights that read the scene.
        catalogue: Name of the register with the sha256 of its contents.
        software: Version of the inspector.
        rules_sha256: Hash of the rules: their numbers, sentences and code.
    """

    guidance_id: str
    guidance_version: str
    model: Mapping[str, str]
    catalogue: str
    software: str
    rules_sha256: str


@dataclass(frozen=True, slots=True)
class InspectionReport:
    """The result of one inspection.

    Attributes:
        inspection_id: Id of the inspection.
        created_at: When it was made (aware).
        facts: What was known.
        captures: What was seen, in the order given.
        verdicts: Every rule's verdicts in the order of the contract.
        rule_ids: All rules that were asked, in that order.
        versions: What the verdicts rest on.
    """

    inspection_id: str
    created_at: datetime
    facts: Facts
    captures: tuple[InspectedCapture, ...]
    verdicts: tuple[Verdict, ...]
    rule_ids: tuple[str, ...]
    versions: Versions

    @property
    def summary(self) -> dict[str, Outcome]:
        """One outcome per rule: the heaviest of its verdicts, untested when nobody answered."""
        by_rule: dict[str, list[Outcome]] = {rule_id: [] for rule_id in self.rule_ids}
        for verdict in self.verdicts:
            by_rule[verdict.rule_id].append(verdict.outcome)
        return {rule_id: worst(outcomes) for rule_id, outcomes in by_rule.items()}

    @property
    def findings(self) -> tuple[Verdict, ...]:
        """Verdicts that ask for something: first the failed, then what could not be told."""
        open_verdicts = [v for v in self.verdicts if v.outcome >= Outcome.CANT_TELL]
        return tuple(sorted(open_verdicts, key=lambda verdict: -verdict.outcome))
