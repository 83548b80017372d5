"""Asks every rule about the facts."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from inspector.domain.facts import CaptureFacts, Facts, PackFacts, Site
from inspector.domain.quantity import Scale, ScaleMethod
from inspector.domain.verdict import Outcome, Reason, Verdict
from inspector.rules import (
    age_and_quantity,
    assortment,
    ceiling_sign,
    climbing_aids,
    general_duties,
    gifts_and_fixtures,
    grouped_placement,
    pack_condition,
    paid_placement,
    price_label,
    reach_height,
    self_scan_till,
    separation,
    sign_advertising,
    signage,
    supervision,
)
from inspector.rules.asking import is_placed
from inspector.rules.guidance import Guidance
from inspector.rules.rule import STORE, Automation, RuleModule

log = logging.getLogger(__name__)

MODULES: tuple[RuleModule, ...] = (
    assortment,
    supervision,
    pack_condition,
    reach_height,
    climbing_aids,
    separation,
    grouped_placement,
    signage,
    ceiling_sign,
    sign_advertising,
    price_label,
    paid_placement,
    gifts_and_fixtures,
    self_scan_till,
    age_and_quantity,
    general_duties,
)
"""The files of all rules in the order of the contract, section 4."""

RULES = tuple(module.RULE for module in MODULES)
"""All rules in the order of the contract, section 4."""

QUESTION_IDS = (
    *(rule.id for rule in RULES if rule.automation is Automation.PERSON),
    "climbing-aids",
    "cabinet",
    "height-deviation",
    "higher-placement",
)
"""Questions that only a person can answer: whole rules, and facts that change a finding."""


def is_question(question_id: str) -> bool:
    """Return whether an answer is kept under this id: of the shop, or of one thing in one photo."""
    return question_id in QUESTION_IDS or is_placed(question_id)


def judge(guidance: Guidance, facts: Facts) -> tuple[Verdict, ...]:
    """Ask every rule about the facts.

    Args:
        guidance: The values of the day of the inspection.
        facts: All that is known.

    Returns:
        All verdicts, rule by rule in the order of the contract, at least one per rule. A rule that
        crashes answers `cant_tell` for itself; the others go on.
    """
    return tuple(verdict for module in MODULES for verdict in _ask(module, guidance, facts))


def judge_packs(packs: Sequence[PackFacts], site: Site, guidance: Guidance) -> list[Verdict]:
    """Ask `assortment` about packs, wherever they stand: it asks nothing of the place.

    No other rule asks of a register entry its group, listing, ATC code or date. So when only these
    have changed, `assortment` alone has to be asked again.

    Args:
        packs: What is known of the packs, at least one.
        site: What is known of the place.
        guidance: The values of the day of the inspection.

    Returns:
        A verdict per pack, in their order; one about the shop where the rule crashes.
    """
    capture = CaptureFacts("", Scale(ScaleMethod.NONE, ""), packs=tuple(packs))
    return _ask(assortment, guidance, Facts(site, (capture,)))


def open_questions(facts: Facts, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """Return the ids of the questions that a person should answer for this place.

    Args:
        facts: What was known, with the answers given so far.
        verdicts: What `judge` returned for them.

    Returns:
        First the rules that nobody has answered, then the questions on which a finding hangs, last
        those about one thing in one photo.
    """
    unanswered = [v.rule_id for v in verdicts if v.outcome is Outcome.UNTESTED]
    hanging = [
        question
        for verdict in verdicts
        if (question := _question_of(verdict)) and question not in facts.site.answers
    ]
    placed = [
        asked.question_id
        for verdict in verdicts
        for asked in verdict.asks
        if asked.question_id not in facts.site.answers
    ]
    return tuple(dict.fromkeys(unanswered + hanging + placed))


def _question_of(verdict: Verdict) -> str | None:
    """Return the question whose answer could change a verdict."""
    if verdict.reason is Reason.CABINET_UNCONFIRMED or verdict.case in reach_height.UNLESS_OPENED:
        return "cabinet"
    if verdict.reason is Reason.STEP_BELOW:
        return "higher-placement"
    if verdict.reason in (Reason.AIDS_NOT_LOOKED_FOR, Reason.FLOOR_NOT_IN_VIEW):
        return "climbing-aids"
    if verdict.outcome is Outcome.FAILED and verdict.rule_id == "reach-height":
        return "height-deviation"
    if verdict.outcome is Outcome.FAILED and verdict.rule_id == "climbing-aids":
        return "higher-placement"
    return None


def _ask(module: RuleModule, guidance: Guidance, facts: Facts) -> list[Verdict]:
    try:
        return module.judge(facts, guidance)
    except Exception as error:
        log.exception("rule %s crashed", module.RULE.id)
        values = {"error": f"{type(error).__name__}: {error}"}
        return [module.RULE.cant_tell(STORE, Reason.RULE_CRASHED, values=values)]
