"""What of a reading has to be read again when the register changes.

A matcher's answer depends on the names that its index finds in the words it was asked of, on those
that a part of a word may belong to, on the entries behind these names and numbers, and on nothing
else. So where no name or number whose
entries have changed can be found in a question, the answer is what it was. The bound is on the safe
side: it takes every name for read that an index may find, as if all had been read surely.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate

from inspector.catalogue.article_numbers import vnr_from_code
from inspector.catalogue.matching import longest_names
from inspector.catalogue.names import Name, Trace
from inspector.catalogue.vocabulary import shape_of
from inspector.domain.goods import Kind, Sku

_MOST_SHARE = 0.3
"""From this share of all names on, looking for the changed ones costs what reading anew does."""


class Changes:
    """The difference between two registers, ready to be looked for.

    Attributes:
        of_packs: Finds questions of packs that may be answered otherwise now.
        of_signs: The same of signs, of which only the names of medicines matter.
    """

    def __init__(self, before: Sequence[Sku], now: Sequence[Sku]) -> None:
        """Compare the entries of two registers, each in its order."""
        is_all = longest_names(before) != longest_names(now)
        names = _differing(before, now, lambda sku: (sku.name,))
        substances = {key[0] for key in {*map(_generic, before)} ^ {*map(_generic, now)}}
        numbers = _differing(before, now, lambda sku: (sku.vnr, sku.gtin.lstrip("0")))
        medicines = {sku.name for sku in before if sku.kind is Kind.MEDICINE}
        medicines ^= {sku.name for sku in now if sku.kind is Kind.MEDICINE}
        is_most = len(names) > _MOST_SHARE * len({sku.name for sku in now})
        self.of_packs = Lookout(names | substances, numbers, is_all=is_all or is_most)
        self.of_signs = Lookout(medicines, frozenset(), is_all=is_all)


class Lookout:
    """Finds the questions in which one of some names or numbers may be read."""

    def __init__(self, names: Iterable[str], numbers: frozenset[str], *, is_all: bool) -> None:
        lettered = [name for name in map(Name, sorted(names)) if name.letters]
        self._traces = list(map(Trace, lettered))
        self._parts = {part for name in lettered for part in (*name.parts, *name.first_words)}
        self._numbers = numbers
        self._is_all = is_all

    def reached(self, questions: Sequence[str]) -> list[int]:
        """Return the places of the questions that may be reached, see `Matcher.noting`."""
        if self._is_all:
            return list(range(len(questions)))
        places = self._read(questions)
        for n, line in enumerate(questions):
            if ("#" in line and self._holds(line)) or (line[:1] == "~" and self._goes_on(line)):
                places.add(n)
        return sorted(places)

    def _read(self, questions: Sequence[str]) -> set[int]:
        """Return the places of the questions in which a name may be read."""
        words = shape_of("\n".join(questions))
        lines = words.split("\n")
        text = words.replace(" ", "")
        ends = list(accumulate(len(line) + 1 for line in text.split("\n")))
        found: set[int] = set()
        for trace in self._traces:
            for piece in trace.pieces:  # most stand nowhere, which is told at once
                at = text.find(piece)
                while at >= 0:
                    place = bisect_right(ends, at)
                    if place not in found and trace.is_in(lines[place].split()):
                        found.add(place)
                    at = text.find(piece, ends[place])
        return found

    def _holds(self, question: str) -> bool:
        codes = [word[1:] for word in question.split() if word[0] == "#"]
        return any(
            vnr_from_code(code) in self._numbers or code.lstrip("0") in self._numbers
            for code in codes
        )

    def _goes_on(self, question: str) -> bool:
        cut = question[1:]
        return any(part.startswith(cut) or part.endswith(cut) for part in self._parts)


def _differing(
    old: Iterable[Sku], new: Iterable[Sku], keys_of: Callable[[Sku], Iterable[str]]
) -> frozenset[str]:
    """Return the keys, such as names, whose entries or their order differ."""
    before, now = _by(old, keys_of), _by(new, keys_of)
    keys = before.keys() | now.keys()
    return frozenset(key for key in keys if before.get(key) != now.get(key))


def _by(skus: Iterable[Sku], keys_of: Callable[[Sku], Iterable[str]]) -> Mapping[str, list[Sku]]:
    found: defaultdict[str, list[Sku]] = defaultdict(list)
    for sku in skus:
        for key in filter(None, keys_of(sku)):
            found[key].append(sku)
    return found


def _generic(sku: Sku) -> tuple[str, ...]:
    """Return what decides whether medicine without a known name is known by its substance."""
    return sku.substance, sku.kind, sku.atc, sku.strength, sku.form
