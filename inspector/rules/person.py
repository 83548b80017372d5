"""Rules that only a person can decide: an answer becomes a verdict."""

from __future__ import annotations

from inspector.domain.facts import Answer, Facts
from inspector.domain.verdict import Verdict
from inspector.rules.rule import STORE, Rule


def verdict_from_answer(rule: Rule, facts: Facts, *, case: str = "") -> Verdict:
    """Return what a person answered to the question with the rule's id.

    Args:
        rule: The rule; its question is put so that yes means that all is well.
        facts: All facts.
        case: Names the sentence of the open question where it differs between dealers.

    Returns:
        The verdict about the shop; `untested` when nobody has answered.
    """
    answer = facts.site.answers.get(rule.id)
    if answer is Answer.YES:
        return rule.passed(STORE)
    if answer is Answer.NO:
        return rule.failed(STORE)
    if answer is Answer.NOT_RELEVANT:
        return rule.inapplicable(STORE)
    return rule.untested(STORE, case=case)
