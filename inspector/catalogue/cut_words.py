"""Names of which a part is hidden: by the pack beside it, or by the frame of a door.

What is left of `Mucolysin` reads `colysin` and fits no name well. Where it begins or ends at the
very edge of the pack, and is most of the first words of a brand, it tells the class all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from inspector.catalogue.vocabulary import letters_of, words_of
from inspector.domain.scene import Pack, TextLine

MIN_CONFIDENCE = 0.9
"""Only lines that were read so surely count: a part of a word has more neighbours than the word."""

MIN_LETTERS, MIN_SHARE = 5, 0.6
"""Letters, and share of the whole word, that must be in view."""

_AT_EDGE = 0.4
"""A line ends at the edge of a pack that is less than this share of its height away."""


@dataclass(frozen=True, slots=True)
class CutWord:
    """What is in view of a word, or of words that follow each other.

    Attributes:
        letters: Bare letters.
        is_start: True when the words begin so, false when they end so.
    """

    letters: str
    is_start: bool

    def may_be(self, word: str) -> bool:
        """Say whether this is enough of words, given in bare letters, to take it for them."""
        if not max(MIN_LETTERS, MIN_SHARE * len(word)) <= len(self.letters) < len(word):
            return False
        return word.startswith(self.letters) if self.is_start else word.endswith(self.letters)


def cut_words(pack: Pack, lines: Sequence[TextLine]) -> Iterator[CutWord]:
    """Yield what, long enough to count, may go on beyond the left or right edge of a pack.

    Of a line, that is its first word, its first two, and so on; and its last ones.

    Args:
        pack: The pack.
        lines: What was read on it.
    """
    x1, _, x2, _ = pack.box_xyxy_px
    for line in lines:
        words = [letters for word in words_of(line.text) if (letters := letters_of(word))]
        if not words or line.confidence < MIN_CONFIDENCE:
            continue
        left, _, right, _ = line.box_xyxy_px
        at_edge_px = _AT_EDGE * line.height_px
        if left - x1 < at_edge_px:
            yield from _long_enough(accumulate(words), is_start=False)
        if x2 - right < at_edge_px:
            lasts = accumulate(reversed(words), lambda after, word: word + after)
            yield from _long_enough(lasts, is_start=True)


def _long_enough(parts: Iterable[str], *, is_start: bool) -> Iterator[CutWord]:
    return (CutWord(part, is_start=is_start) for part in parts if len(part) >= MIN_LETTERS)
