"""Spots the words of a vocabulary in what a row of print may say.

A reader that is unsure of a letter is often sure of the word. For each word it is asked how much
less likely the row says it, between blanks or borders, than whatever it most likely says: nothing
when the word is what is read, a little when a doubtful letter has to be another, much when a sure
one has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import partial_ratio
from rapidfuzz.process import cdist

CANDIDATES = 8
"""So many words are compared in full with a row: those whose letters are most like what is read."""

MIN_LIKENESS = 40.0
"""Words less like what is read (percent) are not compared."""

MOST_PER_LETTER = 12.0
"""A letter costs at most so much: what the network never says may still be a slip of it."""

HOPELESS = 2.0
"""A word that costs more for each of its letters is not there."""

LETTER_BONUS = 0.7
"""A longer word that is not quite what is read comes before a shorter one that is: `Pinex Comp`."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """A word found in a row.

    Attributes:
        text: The word, or words, of the vocabulary.
        cost: How much less likely it is than what is read letter by letter, in nats; 0 at best.
        margin: How much more the next best word costs that is no part of it, in nats.
        first: Step of its first letter.
        last: Step of its last letter.
    """

    text: str
    cost: float
    margin: float
    first: int
    last: int


class Vocabulary:
    """Words to be spotted.

    Args:
        words: Words or short phrases, small letters, in letters of the alphabet.
        alphabet: Letters by class; the first stands for none, one is a blank.
    """

    def __init__(self, words: Iterable[str], alphabet: str) -> None:
        self._words = sorted(set(words))
        self._spelt = [[alphabet.index(letter) for letter in word] for word in self._words]
        self._lengths = np.array([len(word) for word in self._words])
        self._space = alphabet.index(" ")

    def spot(
        self, rows: Sequence[NDArray[np.float32]], read: Sequence[str]
    ) -> list[Spotted | None]:
        """Find the word that each row most likely says.

        Args:
            rows: For each row the chance of each letter, shape (letters, steps).
            read: What each row says letter by letter.
        """
        if not rows or not self._words:
            return [None] * len(rows)
        pairs = list(self._near(read))
        spotted: list[Spotted | None] = [None] * len(rows)
        read_rows = [_Row.of(row) for row in rows]
        by_length = sorted(pairs, key=lambda pair: self._lengths[pair[1]])
        places: dict[tuple[int, int], _Found] = {}
        for start in range(0, len(by_length), TOGETHER):
            group = by_length[start : start + TOGETHER]
            found = _found(
                [read_rows[row] for row, _ in group],
                [self._spelt[word] for _, word in group],
                self._space,
            )
            places |= zip(group, found, strict=True)
        for row, of_row in groupby(pairs, key=lambda pair: pair[0]):
            spotted[row] = self._best([(pair[1], places[pair]) for pair in of_row])
        return spotted

    def _near(self, read: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield pairs of a row and a word that it may say, by the row."""
        for start in range(0, len(read), ROWS_TOGETHER):
            group = read[start : start + ROWS_TOGETHER]
            likeness = cdist(group, self._words, scorer=partial_ratio, score_cutoff=MIN_LIKENESS)
            # A short word lies in many readings; a long one that is as like says more.
            letters = [[len(text) + 2] for text in group]
            rank = likeness * np.sqrt(np.minimum(self._lengths, letters))
            order = np.argsort(-rank, axis=1, kind="stable")[:, :CANDIDATES]
            for row, words in enumerate(order.tolist()):
                yield from ((start + row, word) for word in words if rank[row, word] > 0)

    def _best(self, found: Sequence[tuple[int, _Found]]) -> Spotted | None:
        word, (cost, first, last) = max(
            found, key=lambda one: LETTER_BONUS * len(self._words[one[0]]) - one[1][0]
        )
        text = self._words[word]
        if cost > HOPELESS * len(text):
            return None
        others = [
            other_cost
            for other, (other_cost, _, _) in found
            if self._words[other] not in text and text not in self._words[other]
        ]
        return Spotted(text, cost, min(others, default=MOST_PER_LETTER) - cost, first, last)


ROWS_TOGETHER = 50
"""So many rows are compared with all words at once: each takes a row of a large table."""

TOGETHER = 400
"""So many pairs of a row and a word are compared at once, words of about one length."""

SILENT = 5.0
"""Where every letter costs at least so much, nothing is printed; one such step stands for many."""

_Found = tuple[float, int, int]
"""What a word costs at best, and the steps of its first and last letter."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row to find words in.

    Attributes:
        costs: What each letter costs beside the likeliest, shape (steps, letters).
        steps: Which steps of the row these are, shape (steps,).
    """

    costs: NDArray[np.float32]
    steps: NDArray[np.int64]

    @classmethod
    def of(cls, chances: NDArray[np.float32]) -> _Row:
        costs = -np.log(np.maximum(chances.T, np.exp(-MOST_PER_LETTER)))
        costs -= costs.min(axis=1, keepdims=True)
        is_silent = costs[:, 1:].min(axis=1) >= SILENT
        is_kept = ~(is_silent & np.roll(is_silent, 1))
        is_kept[0] = True
        steps = np.flatnonzero(is_kept)
        return cls(costs[steps], steps)


def _found(rows: Sequence[_Row], words: Sequence[Sequence[int]], space: int) -> list[_Found]:
    """Find each word at its cheapest place in its row.

    States of a word: anything, a blank, no letter, the letters with no letter after each, a blank,
    anything. Going on to the next state is free, and so is going over one that stands for no letter
    between two letters that differ; each step costs what its state says there.
    """
    n, width = len(words), 2 * max(map(len, words)) + 5
    says, may_skip = np.full((n, width), -1), np.zeros((n, width), bool)
    ends = np.array([2 * len(word) + 1 for word in words])
    for k, word in enumerate(words):
        last = ends[k]
        says[k, [1, last + 2]] = space
        says[k, 2 : last + 2 : 2] = 0
        says[k, 3 : last + 1 : 2] = letters = np.array(word)
        may_skip[k, 3] = may_skip[k, last + 2] = True
        may_skip[k, 5 : last + 1 : 2] = letters[1:] != letters[:-1]
    # Behind the end of a short row stands no letter, at no cost.
    steps = max(len(row.steps) for row in rows)
    costs = np.full((n, steps, rows[0].costs.shape[1]), MOST_PER_LETTER, np.float32)
    costs[:, :, 0] = 0
    for k, row in enumerate(rows):
        costs[k, : len(row.costs)] = row.costs
    is_anything, letters_of = says < 0, np.maximum(says, 0)
    closed = np.where(may_skip, np.float32(0), np.float32(np.inf))
    total = np.full((n, width), np.inf, np.float32)
    ways = np.zeros((steps, n, width), np.uint8)
    for step in range(steps):
        here = np.take_along_axis(costs[:, step], letters_of, axis=1)
        here[is_anything] = 0
        if step == 0:
            total[:, :4] = here[:, :4]
            continue
        least, way = total.copy(), ways[step]
        for jump, cost in ((1, total[:, :-1]), (2, total[:, :-2] + closed[:, 2:])):
            is_less = cost < least[:, jump:]
            least[:, jump:][is_less] = cost[is_less]
            way[:, jump:][is_less] = jump
        total = least + here
    end_totals = np.take_along_axis(total, ends[:, None] + np.arange(4), axis=1)
    cheapest = end_totals.argmin(axis=1)
    first, last_step, each = np.zeros(n, int), np.full(n, -1), np.arange(n)
    state = ends + cheapest
    for step in range(steps - 1, -1, -1):
        last_step[(last_step < 0) & (state == ends)] = step
        first[state == 3] = step
        state = state - ways[step, each, state]
    return [
        (float(cost), int(row.steps[start]), int(row.steps[min(end, len(row.steps) - 1)]))
        for row, cost, start, end in zip(
            rows, end_totals[each, cheapest], first, last_step, strict=True
        )
    ]
