"""Looks at a line again with a word in mind: does it say that word?

Letter by letter a blurred line says little; as a whole it may fit one word and no other. A small
network is given what the line reader sees along the line, and the word's letters. See
`models/word-verifier.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from inspector.vision.line_reader import ReadLine
from inspector.vision.networks import SmallNetwork
from inspector.vision.spotting import Candidate
from inspector.vision.weights import Weights

MOST_LETTERS = 20
"""Longer words are compared by their beginning."""

MOST_STEPS = 48
"""Longer lines are looked at in parts that overlap by half."""

MOST_COST = 60.0


class WordVerifier:
    """Says how sure it is that a line says a word.

    Args:
        weights: The network; its classes are the letters that words are spelt in, and its
            calibration tells the share of right ones of a `name` by its sureness.
        threads: Threads of the network; None takes as many as there are cores.
    """

    def __init__(self, weights: Weights, *, threads: int | None = None) -> None:
        self.weights = weights
        self._network = SmallNetwork(weights.path, threads)
        self._place = {letter: k for k, letter in enumerate(weights.classes)}

    def log_odds(
        self,
        lines: Sequence[ReadLine],
        confidences: Sequence[float],
        words: Sequence[Sequence[Candidate]],
    ) -> list[NDArray[np.float32]]:
        """Return for each line the log-odds that it says each of its words, in nats.

        Args:
            lines: Lines as the line reader read them.
            confidences: How sure the letters of each are, 0 to 1.
            words: For each line the words in question; none is no question.
        """
        asked = [k for k, of_line in enumerate(words) if of_line]
        parts = [list(_parts(lines[k].seen)) for k in asked]
        told = self._network.answers(
            self._shown(part, words[k], confidences[k])
            for k, of_line in zip(asked, parts, strict=True)
            for part in of_line
        )
        answers = [np.zeros(0, np.float32)] * len(lines)
        for k, of_line in zip(asked, parts, strict=True):
            answers[k] = np.max([next(told)[0] for _ in of_line], axis=0)
        return answers

    def _shown(
        self, seen: NDArray[np.float32], words: Sequence[Candidate], confidence: float
    ) -> tuple[NDArray[np.generic], ...]:
        spelt = np.zeros((1, len(words), MOST_LETTERS), np.int64)
        for n, word in enumerate(words):
            letters = [self._place[letter] for letter in word.text[:MOST_LETTERS]]
            spelt[0, n, : len(letters)] = letters
        costs = np.minimum([[word.cost for word in words]], MOST_COST).astype(np.float32)
        return seen[None], spelt, costs, np.array([confidence], np.float32)


def _parts(seen: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    last = max(len(seen) - MOST_STEPS, 0)
    for start in range(0, last + MOST_STEPS // 2, MOST_STEPS // 2):
        yield seen[min(start, last) : min(start, last) + MOST_STEPS]
