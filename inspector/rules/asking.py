"""Questions about one thing in one photo, such as a gap: their answers hold for that thing alone.

What a shop answers for itself (`judging.QUESTION_IDS`) holds everywhere. Whether this gap is clear
or this sign will do is told of one gap and one sign, so the answer is kept under the photo and the
thing, as it is numbered there: `gap:3fa9c1d2:p4-p5`.
"""

from __future__ import annotations

from collections.abc import Mapping

from inspector.domain.facts import Answer, CaptureFacts, SignFacts
from inspector.domain.verdict import Asked
from inspector.rules.guidance import Guidance
from inspector.rules.words import Word, sign_word

GAP, MARKING, SIGN_WORD = "gap", "marking", "sign-word"

PLACED_QUESTIONS = (GAP, MARKING, SIGN_WORD)
"""Questions about one thing; their ids go on with the photo and the thing."""

_SHORT, _HASH = 8, 64

Answers = Mapping[str, Answer]
"""Answers by question id."""


def placed_id(question: str, capture_id: str, thing: str) -> str:
    """Return the id of a question about one thing in one photo.

    Args:
        question: One of `PLACED_QUESTIONS`.
        capture_id: Id of the capture; eight letters of the hash tell the photos of a visit apart.
        thing: Id of a placement or a sign, or of two packs.

    Example:
        >>> placed_id("gap", 64 * "a" + "-2000", "p4-p5")
        'gap:aaaaaaaa-2000:p4-p5'
    """
    return f"{question}:{capture_id[:_SHORT]}{capture_id[_HASH:]}:{thing}"


def is_placed(question_id: str) -> bool:
    """Return whether an id is that of a question about one thing in one photo."""
    question, _, place = question_id.partition(":")
    return question in PLACED_QUESTIONS and place.count(":") == 1


def word_of(sign: SignFacts, capture: CaptureFacts, answers: Answers, guidance: Guidance) -> Word:
    """Return what a sign says of its goods; what is undecided, as a person answered."""
    word = sign_word(sign.text, guidance)
    if word is not Word.UNDECIDED:
        return word
    answer = answers.get(asked_of_sign(sign, capture).question_id)
    if answer is Answer.YES:
        return Word.APPROVED
    return Word.NONE if answer is Answer.NO else Word.UNDECIDED


def asked_of_sign(sign: SignFacts, capture: CaptureFacts) -> Asked:
    """Return the question whether the words of a sign will do."""
    question_id = placed_id(SIGN_WORD, capture.capture_id, sign.sign_id)
    return Asked(question_id, {"subject": sign.text})
