"""Names on small packs: lines of print are found, cut out, and read letter by letter.

RapidOCR looks for lines, too; of print five pixels high it finds little, and takes three lines for
one. Here a small network is shown whole packs, each brought to one of few sizes, and says where
lines lie; another one, which knows nothing but lines, reads the largest letter by letter. Names of
goods are spotted in what they may say, and a third one looks at each line again with the likeliest
in mind. All have learned from made-up fronts, see `models/line-finder.md`, `line-reader.md` and
`word-verifier.md`. What facings of one look say counts together.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inspector.catalogue.fields import share_of_any
from inspector.domain.scene import TextLine
from inspector.domain.verdict import Box
from inspector.vision.line_finder import LineFinder
from inspector.vision.line_reader import LineReader, ReadLine
from inspector.vision.pack_views import View, is_small, size_for
from inspector.vision.print_bands import Band
from inspector.vision.print_rows import (
    ALPHABET,
    NOT_SEEN,
    Amount,
    Row,
    Spotted,
    ToldRow,
    among_rivals,
    are_of_one_line,
    read_row,
    spelt,
    together,
)
from inspector.vision.spotting import Candidate, Vocabulary
from inspector.vision.weights import Weights, small_print_weights
from inspector.vision.word_verifier import WordVerifier

FEWEST_LETTERS_OF_NAME = 4

MOST_NAMES = 8
"""So many names are looked at again on each line: twice as many tell no more."""

SURE_LINE = 0.85
"""Words beside a name are told from this sureness of their line."""

UPRIGHT_LENGTH, UPRIGHT_SHARE = 4.0, 0.4
"""Print up or down a pack is read where it is at least so many times as long as its small letters
are high, and so long beside the pack: letters that lie on their side look like short lines of it.
"""


class FindsLines(Protocol):
    """Finds lines; `LineFinder`."""

    @property
    def weights(self) -> Weights:
        """The network."""

    def find(self, views: Sequence[View]) -> Sequence[Sequence[Band]]:
        """Return where the largest lines lie on each pack."""


class ReadsLines(Protocol):
    """Reads lines that were cut out; `LineReader`."""

    @property
    def weights(self) -> Weights:
        """The network; its threshold is the least share of right lines."""

    def read(self, lines_bgr: Sequence[NDArray[np.uint8]]) -> Sequence[ReadLine]:
        """Return what each line says, see `LineReader.read`."""


class VerifiesWords(Protocol):
    """Says how surely lines say words; `WordVerifier`."""

    @property
    def weights(self) -> Weights:
        """The network."""

    def log_odds(
        self,
        lines: Sequence[ReadLine],
        confidences: Sequence[float],
        words: Sequence[Sequence[Candidate]],
    ) -> Sequence[NDArray[np.float32]]:
        """Return log-odds line by line and word by word, see `WordVerifier.log_odds`."""


class NameReader:
    """Reads print on small packs.

    Args:
        names: Names of goods: where a line is not read surely, the one that it most likely says.
        finder: Finds lines.
        reader: Reads them. Its calibration tells the share of right ones of a `line`, and of an
            `amount` in one, by how sure its letters are.
        verifier: Looks at them again with a name in mind. Its calibration tells the share of right
            ones of a `name` by its sureness.

    Attributes:
        versions: Names and hashes of the networks and of the names that they know.
    """

    def __init__(
        self,
        names: Iterable[str],
        finder: FindsLines,
        reader: ReadsLines,
        verifier: VerifiesWords,
    ) -> None:
        names = tuple(names)
        networks = finder.weights, reader.weights, verifier.weights
        self.versions = name_versions(networks, names)
        self._names = Vocabulary(phrases_of(names), ALPHABET)
        self._finder, self._reader, self._verifier = finder, reader, verifier

    def read(
        self,
        image_bgr: NDArray[np.uint8],
        packs: Sequence[Box],
        slopes: Sequence[float],
        looks: Sequence[int | None],
    ) -> list[tuple[TextLine, ...]]:
        """Read the print on each pack.

        Args:
            image_bgr: Upright photo, shape (H, W, 3), uint8.
            packs: Boxes of packs in pixels of the photo.
            slopes: How steeply lines run on each, rise of y per pixel of x, see `slopes_at`.
            looks: Packs with the same number look alike, so that they bear each other out; None for
                one that looks like no other.

        Returns:
            For each pack its lines, from top to bottom; where none says a name, also the name that
            is printed up or down it. None for packs that are too small, or so large that their
            print is. Capitals are not told from small letters: words are given with a capital. The
            confidence of a line is the share of such lines that are right.
        """
        of_look: dict[object, list[View]] = defaultdict(list)
        for box, slope, look in zip(packs, slopes, looks, strict=True):
            if is_small(box):
                view = View(image_bgr, box, size_for(box), slope)
                of_look[box if look is None else look].append(view)
        facings = list(of_look.values())
        views = [view for group in facings for view in group]
        rows = dict(zip(views, self.read_rows(views), strict=True))
        lines: dict[Box, tuple[TextLine, ...]] = {}
        unnamed: list[list[View]] = []
        for group in facings:
            told = self._told_together([rows[view] for view in group])
            for view, of in zip(group, told, strict=True):
                lines[view.box] = tuple(map(view.told, of))
            unnamed.append(
                [view for view, of in zip(group, told, strict=True) if not _any_name(of)]
            )
        for box, line in self._upright(unnamed).items():
            lines[box] += (line,)
        return [lines.get(box, ()) for box in packs]

    def read_rows(self, views: Sequence[View]) -> list[list[Row]]:
        """Return what the largest lines on each pack say, in pixels of its front."""
        bands = self._bands(views)
        cuts = [views[k].line(band) for k, band in bands]
        read = self._reader.read([line for line, _, _ in cuts])
        rows: list[list[Row]] = [[] for _ in views]
        for (k, band), (_, first, last), line, row in zip(
            bands, cuts, read, self._rows(read), strict=True
        ):
            if row is not None:
                step = (last - first) / len(line.seen)
                rows[k].append(replace(row, start=first, step=step, middle_px=band.middle_px))
        return rows

    def _bands(self, views: Sequence[View]) -> list[tuple[int, Band]]:
        """Return where lines lie, each with the place of its pack among all."""
        return [(k, band) for k, found in enumerate(self._finder.find(views)) for band in found]

    def _upright(self, facings: Sequence[Sequence[View]]) -> dict[Box, TextLine]:
        """Return the names that are printed up or down packs, each by the box of its pack."""
        views = [view for group in facings for view in group]
        turned = [view.turned() for view in views]
        bands = [(k, band) for k, band in self._bands(turned) if _is_long(band, turned[k])]
        cuts = [turned[k].line(band)[0] for k, band in bands]
        other_way = [np.ascontiguousarray(cut[::-1, ::-1]) for cut in cuts]
        both_ways = self._rows(self._reader.read([*cuts, *other_way]))
        rows: dict[View, list[tuple[Row, Band]]] = {view: [] for view in views}
        for n, row in enumerate(both_ways):
            if row is not None:
                k, band = bands[n % len(bands)]
                rows[views[k]].append((row, band))
        surest: dict[Box, TextLine] = {}
        turned_of = dict(zip(views, turned, strict=True))
        for group in facings:
            joint = together([[row for row, _ in rows[view]] for view in group])
            for view, of_view in zip(group, joint, strict=True):
                for row, (_, band) in zip(of_view, rows[view], strict=True):
                    name, share = self._name_in(row)
                    if name is not None and share >= self._reader.weights.threshold:
                        line = view.told_upright(band, turned_of[view], name.text, share)
                        before = surest.get(view.box, line)
                        surest[view.box] = max(before, line, key=lambda line: line.confidence)
        return surest

    def _rows(self, lines: Sequence[ReadLine]) -> list[Row | None]:
        """Return what lines say letter by letter, with the names that they may say."""
        rows = {
            k: row for k, line in enumerate(lines) if (row := read_row(line.chances)) is not None
        }
        read = [lines[k] for k in rows]
        words = self._names.candidates([line.chances for line in read], MOST_NAMES)
        log_odds = self._verifier.log_odds(read, [row.confidence for row in rows.values()], words)
        names = map(self._names_in, read, words, log_odds)
        named = {k: replace(rows[k], names=of_row) for k, of_row in zip(rows, names, strict=True)}
        return [named.get(k) for k in range(len(lines))]

    def _names_in(
        self, line: ReadLine, words: Sequence[Candidate], log_odds: NDArray[np.float32]
    ) -> tuple[Spotted, ...]:
        seen = [
            Spotted(word.text, sure, *self._names.place(line.chances, word.text))
            for sure, word in zip(log_odds.tolist(), words, strict=True)
            if sure > NOT_SEEN
        ]
        return tuple(sorted(among_rivals(seen), key=lambda name: -name.log_odds))

    def _name_in(self, row: Row) -> tuple[Spotted | None, float]:
        """Return the name that a row says, if any, and the share of such that are right.

        It is the likeliest, or a longer one that holds it and is told as well: `Pinex Comp`.
        """
        if row.name is None:
            return None, 0.0
        shares = {
            name: self._verifier.weights.share_right("name", name.sureness) for name in row.names
        }
        told = [
            name
            for name in row.names
            if row.name.text in name.text and shares[name] >= self._reader.weights.threshold
        ]
        name = max(told, key=lambda name: len(name.text), default=row.name)
        return name, shares[name]

    def _told_together(self, facings: Sequence[Sequence[Row]]) -> list[list[ToldRow]]:
        """Tell the rows of facings of one look; what several say is surer than what one says."""
        told = [self._told_once(rows) for rows in together(facings)]
        wrong: dict[str, list[float]] = defaultdict(list)
        for of_facing in told:
            surest_last = sorted(of_facing, key=lambda one: one.share_right)
            for text, one in {one.text: one for one in surest_last if not one.name}.items():
                wrong[text].append(1 - one.share_right)
        return [
            [
                replace(one, share_right=share_of_any(wrong[one.text]))
                if one.text in wrong and not one.name
                else one
                for one in of_facing
            ]
            for of_facing in told
        ]

    def _told_once(self, rows: Sequence[Row]) -> list[ToldRow]:
        """Return each line once, by the row that is surest of it; names before other words."""
        kept: list[ToldRow] = []
        for one in sorted((one for row in rows for one in self._told(row)), key=_surest_first):
            if not any(are_of_one_line(one, other) for other in kept):
                kept.append(one)
        return [
            one
            for one in sorted(kept, key=lambda one: one.middle_px)
            if one.share_right >= self._reader.weights.threshold
        ]

    def _told(self, row: Row) -> Iterator[ToldRow]:
        """Tell a row as read letter by letter, or the name that it says where that is surer.

        A strength or a pack size in it is told by itself, too: one wrong digit makes it another.
        """
        weights, (name, name_share) = self._reader.weights, self._name_in(row)
        share = weights.share_right("line", row.confidence)
        amount, counted = Amount.of(row), Amount.counted(row)

        def told(first: int, last: int, text: str, share_right: float, name: str = "") -> ToldRow:
            return ToldRow(row.middle_px, row.at(first), row.at(last), text, share_right, name)

        if (told_amount := amount or counted) is not None:
            share_right = weights.share_right("amount", told_amount.confidence)
            share = min(share, share_right)
            yield told(
                told_amount.first,
                told_amount.last,
                (counted or told_amount).text,  # `20 brusetablettter` is spelt as its unit is
                share_right if amount else min(share_right, name_share),
            )
        # What follows a number is a unit or a form, `120 kapsler`, and no brand.
        is_brand = name is not None and not (row.text[0].isdigit() and name.first > row.first)
        if name is None or not is_brand or name_share < weights.threshold:
            yield told(row.first, row.last, row.text, share)
        elif amount is None and name.text in row.text and row.confidence >= SURE_LINE:
            # With the words beside it.
            yield told(row.first, row.last, row.text, name_share, name.text)
        else:
            yield told(name.first, name.last, name.text, name_share, name.text)


def shipped_name_reader(names: Iterable[str], *, threads: int | None = None) -> NameReader:
    """Return a reader with the networks that the package holds.

    Args:
        names: Names of goods.
        threads: Threads of each network; None takes as many as there are cores.

    Raises:
        ModelError: The weights are missing or changed.
    """
    of_finder, of_reader, of_verifier = small_print_weights()
    return NameReader(
        names,
        LineFinder(of_finder, threads=threads),
        LineReader(of_reader, threads=threads),
        WordVerifier(of_verifier, threads=threads),
    )


def name_versions(weights: Iterable[Weights], names: Iterable[str]) -> Mapping[str, str]:
    """Return names and hashes of what a name reader reads with: networks, and known names."""
    known = hashlib.sha256("\n".join(sorted(set(names))).encode()).hexdigest()
    return {**{one.path.name: one.sha256 for one in weights}, "names": known}


def phrases_of(names: Iterable[str]) -> set[str]:
    """Return the words of names, and those that follow each other: a line may hold any of them.

    Example:
        >>> sorted(phrases_of(["Nivea Sun"]))
        ['nivea', 'nivea sun']
    """
    phrases = set()
    for name in names:
        words = "".join(ALPHABET[letter] for letter in spelt(name)).split()
        for start, end in combinations(range(len(words) + 1), 2):
            phrase = " ".join(words[start:end])
            if len(phrase) >= FEWEST_LETTERS_OF_NAME and not phrase.isdecimal():
                phrases.add(phrase)
    return phrases


def _any_name(rows: Sequence[ToldRow]) -> bool:
    return any(row.name for row in rows)


def _is_long(band: Band, view: View) -> bool:
    """Say whether a line is so long that it is not a letter on its side."""
    across_px, down_px = view.scale
    length = band.right_px - band.left_px
    least_px = UPRIGHT_LENGTH * band.height_px * down_px
    return length >= UPRIGHT_SHARE * view.wh_px[0] and length * across_px >= least_px


def _surest_first(told: ToldRow) -> tuple[bool, float, int, str]:
    return not told.name, -told.share_right, -len(told.text), told.text
