"""What a rule is, and how it states a verdict."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypedDict, Unpack

from inspector.domain.facts import Facts
from inspector.domain.verdict import Asked, Evidence, Outcome, Reason, Target, TargetKind, Verdict
from inspector.rules.guidance import Guidance

STORE = Target(TargetKind.STORE, "store")
"""The target of verdicts about the shop or the photo as a whole."""


class Automation(StrEnum):
    """How far a machine gets with a rule."""

    MACHINE = "machine"
    ASSISTED = "assisted"
    PERSON = "person"


class Need(StrEnum):
    """What a rule needs to be told before it can decide."""

    IDENTITY = "identity"
    REGISTER = "register"
    DEALER_TYPE = "dealer_type"
    SCALE = "scale"
    SHELF_VIEW = "shelf_view"
    SURROUND_VIEW = "surround_view"
    FLOOR_VIEW = "floor_view"
    READABLE_TEXT = "readable_text"
    ANSWER = "answer"


class Details(TypedDict, total=False):
    """What a verdict may carry beside its outcome and case; see `Verdict`."""

    measured: str | None
    limit: str | None
    evidence: tuple[Evidence, ...]
    values: dict[str, str]
    asks: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the guidance.

    Attributes:
        id: Id of the rule (contract, section 4); also the name of its file, with underscores.
        section: Section of the guidance that its verdicts cite.
        automation: Who decides it.
        source: Document and lines of the sentences in `wording_da`.
        wording_da: The law's own sentences, unchanged; ` […] ` where something is left out.
        needs: What it has to be told.
    """

    id: str
    section: str
    automation: Automation
    source: str
    wording_da: str
    needs: frozenset[Need]

    def passed(self, target: Target, *, case: str = "", **details: Unpack[Details]) -> Verdict:
        """The target does what the rule asks."""
        return Verdict(self.id, self.section, target, Outcome.PASSED, case=case, **details)

    def failed(self, target: Target, *, case: str = "", **details: Unpack[Details]) -> Verdict:
        """The target does not do what the rule asks."""
        return Verdict(self.id, self.section, target, Outcome.FAILED, case=case, **details)

    def inapplicable(
        self, target: Target, *, case: str = "", **details: Unpack[Details]
    ) -> Verdict:
        """The rule asks nothing of the target."""
        return Verdict(self.id, self.section, target, Outcome.INAPPLICABLE, case=case, **details)

    def cant_tell(
        self, target: Target, reason: Reason, *, case: str = "", **details: Unpack[Details]
    ) -> Verdict:
        """What is known does not decide it."""
        return Verdict(
            self.id, self.section, target, Outcome.CANT_TELL, reason, case=case, **details
        )

    def untested(self, target: Target, *, case: str = "") -> Verdict:
        """Only a person can decide it, and nobody has answered."""
        return Verdict(
            self.id, self.section, target, Outcome.UNTESTED, Reason.UNANSWERED, case=case
        )


class RuleModule(Protocol):
    """The file of a rule."""

    RULE: Rule

    def judge(self, facts: Facts, guidance: Guidance) -> list[Verdict]:
        """Return the rule's verdicts about everything it concerns, at least one."""
        ...


def wording_from(docstring: str | None) -> str:
    r"""Return the law's sentences that a docstring quotes: its lines that start with `> `.

    The sentence stands once, above the code that applies it. A line with only `>` says that
    something is left out.

    Example:
        >>> wording_from("> Lægemidler skal stå\n> højt.\n>\n> Og adskilt.")
        'Lægemidler skal stå højt. […] Og adskilt.'
    """
    lines = textwrap.dedent(docstring or "").splitlines()
    quoted = [line[1:].strip() or "[…]" for line in lines if line.startswith(">")]
    return " ".join(quoted)
