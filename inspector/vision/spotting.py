"""Spots the words of a vocabulary in what a row of print may say.

A reader that is unsure of a letter is often sure of the word. For each word it is asked how much
less likely the row says it, between blanks or borders, than whatever it most likely says: nothing
when the word is what is read, a little when a doubtful letter has to be another, much when a sure
one has. All words are asked at once: those that begin alike go one way until they part. A few stay,
which `word_verifier` then looks at one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_PER_LETTER = 12.0
"""A letter costs at most so much: what the network never says may still be a slip of it."""

LETTER_BONUS = 0.7
"""A longer word that is not quite what is read comes before a shorter one that is: `Pinex Comp`."""

TOGETHER = 48
"""So many rows of about one length are looked at together."""

SILENT = 5.0
"""Where every letter costs at least so much, nothing is printed; one such step stands for many."""

_Costs = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that a row may say.

    Attributes:
        text: The word, or words, of the vocabulary.
        cost: How much less likely it is than what is read letter by letter, in nats; 0 at best.
    """

    text: str
    cost: float


class Vocabulary:
    """Words to be spotted.

    Args:
        words: Words or short phrases, small letters, in letters of the alphabet.
        alphabet: Letters by class; the first stands for none, one is a blank.
    """

    def __init__(self, words: Iterable[str], alphabet: str) -> None:
        self._words = sorted(set(words))
        self._lengths = np.array([len(word) for word in self._words])
        self._alphabet, self._space = alphabet, alphabet.index(" ")
        self._tree = _Tree.of([self._spelt(word) for word in self._words])

    def candidates(
        self, rows: Sequence[NDArray[np.float32]], most: int
    ) -> list[tuple[Candidate, ...]]:
        """Return the words that each row most likely says, the likeliest first.

        Args:
            rows: For each row the chance of each letter, shape (letters, steps).
            most: So many words of each.
        """
        if not self._words:
            return [()] * len(rows)
        read = [_Row.of(row) for row in rows]
        found: list[tuple[Candidate, ...]] = [()] * len(rows)
        shortest_first = sorted(range(len(rows)), key=lambda k: len(read[k].steps))
        for start in range(0, len(rows), TOGETHER):
            group = shortest_first[start : start + TOGETHER]
            costs = self._tree.costs([read[k] for k in group], self._space)
            for k, of_words in zip(group, costs, strict=True):
                best = (of_words - LETTER_BONUS * self._lengths).argsort()[:most]
                found[k] = tuple(
                    Candidate(self._words[n], float(of_words[n]))
                    for n in best
                    if np.isfinite(of_words[n])  # there is room for it
                )
        return found

    def place(self, row: NDArray[np.float32], text: str) -> tuple[int, int]:
        """Return the steps of a word's first and last letter where a row most likely says it."""
        return _place(_Row.of(row), self._spelt(text), self._space)

    def _spelt(self, word: str) -> tuple[int, ...]:
        return tuple(map(self._alphabet.index, word))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row to find words in.

    Attributes:
        costs: What each letter costs beside the likeliest, shape (steps, letters).
        steps: Which steps of the row these are, shape (steps,).
    """

    costs: _Costs
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


@dataclass(frozen=True, slots=True)
class _Tree:
    """Beginnings of words, each but for its last letter another one.

    Attributes:
        letters: The last letter of each, shape (beginnings,).
        parents: Which one each goes on from, counted from 1; 0 where it is one letter.
        ends: Which of them each word is, counted from 1, shape (words,).
    """

    letters: NDArray[np.int64]
    parents: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, words: Sequence[tuple[int, ...]]) -> _Tree:
        beginnings = sorted({word[:length] for word in words for length in range(1, len(word) + 1)})
        places = {beginning: place for place, beginning in enumerate([(), *beginnings])}
        letters = [beginning[-1] for beginning in beginnings]
        parents = [places[beginning[:-1]] for beginning in beginnings]
        ends = [places[word] for word in words]
        return cls(*(np.array(values, np.int64) for values in (letters, parents, ends)))

    def costs(self, rows: Sequence[_Row], space: int) -> _Costs:
        """Return what each word costs in each row at its cheapest place, shape (rows, words).

        A word stands between blanks or borders. Each step costs what stands there: the letter of a
        beginning, or no letter after it, which only letters that differ need not have between them.
        """
        steps = max(len(row.steps) for row in rows)
        # Behind the end of a short row stands no letter.
        here = np.full((steps, len(rows), rows[0].costs.shape[1]), np.inf, np.float32)
        here[:, :, 0] = 0
        for k, row in enumerate(rows):
            here[: len(row.steps), k] = row.costs
        never = np.float32(np.inf)
        is_double = np.append(-1, self.letters)[self.parents] == self.letters
        closed = np.where(is_double, never, np.float32(0))
        on_letter = np.full((len(rows), len(self.letters) + 1), never, np.float32)
        after_it = on_letter.copy()
        left = passed = on_letter[:, self.ends]  # the blank behind a word; what comes behind that
        entry = np.zeros((len(rows), 1), np.float32)
        for cost in here:
            silent, blank = cost[:, :1], cost[:, [space]]
            after_it[:, :1] = entry
            entry = np.minimum(blank, silent + entry)
            passed = np.minimum(passed, left)
            at_end = np.minimum(on_letter[:, self.ends], after_it[:, self.ends])
            left = blank + np.minimum(left, at_end)
            entered = np.minimum(after_it[:, self.parents], on_letter[:, self.parents] + closed)
            after_it[:, 1:] = silent + np.minimum(after_it[:, 1:], on_letter[:, 1:])
            on_letter[:, 1:] = cost[:, self.letters] + np.minimum(on_letter[:, 1:], entered)
        at_end = np.minimum(on_letter[:, self.ends], after_it[:, self.ends])
        return np.minimum(np.minimum(passed, left), at_end)


def _place(row: _Row, word: Sequence[int], space: int) -> tuple[int, int]:
    """Return the steps of a word's first and last letter at its cheapest place.

    States: anything, a blank, no letter, the letters with no letter after each, a blank, anything.
    Going on to the next state is free, and so is going over one that stands for no letter between
    two letters that differ; each step costs what its state says there.
    """
    says = [space, 0, *(state for letter in word for state in (letter, 0)), space]
    free = np.zeros((len(row.steps), 1), np.float32)
    here = np.hstack([free, row.costs[:, says], free])
    end = 2 * len(word) + 1
    may_skip = np.zeros(end + 4, bool)
    may_skip[[3, end + 2]] = True
    may_skip[5 : end + 1 : 2] = np.diff(word) != 0
    total = np.where(np.arange(end + 4) < 4, here[0], np.inf)
    first, last = np.zeros(end + 4, int), np.zeros(end + 4, int)
    for step in range(1, len(here)):
        from_last = np.append(np.inf, total[:-1])
        from_one_before = np.where(may_skip, np.append([np.inf, np.inf], total[:-2]), np.inf)
        ways = np.stack([total, from_last, from_one_before])
        way = ways.argmin(axis=0)
        total = ways.min(axis=0) + here[step]
        source = np.arange(end + 4) - way
        first, last = first[source], last[source]
        first[3] = step if way[3] else first[3]
        last[end] = step
    state = end + int(total[end:].argmin())
    return int(row.steps[first[state]]), int(row.steps[last[state]])
