"""The guidance as code: one file per rule, every number in `guidance.yaml`.

Read `guidance` (what the law says), `rule` (what a rule is), `decide` (how lengths are compared),
then any rule. `judge` asks all rules and never raises for what a photo does not tell.
"""

from inspector.rules.asking import PLACED_QUESTIONS
from inspector.rules.judging import (
    QUESTION_IDS,
    RULES,
    is_question,
    judge,
    judge_packs,
    open_questions,
)

__all__ = [
    "PLACED_QUESTIONS",
    "QUESTION_IDS",
    "RULES",
    "is_question",
    "judge",
    "judge_packs",
    "open_questions",
]
