"""Names on small packs: lines of print are found, cut out, and read letter by letter.

RapidOCR looks for lines, too; of print five pixels high it finds little, and takes three lines for
one. Here a small network is shown whole packs, each brought to one of few sizes, and says where
lines lie; another one, which knows nothing but lines, reads the largest. Both have learned from
made-up fronts, see `models/line-finder.md` and `models/line-reader.md`. The reader tells letter by
letter how sure it is, and names of goods are spotted in what it may say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import TextLine
from inspector.domain.verdict import Box
from inspector.vision.line_finder import LineFinder
from inspector.vision.line_reader import LineReader
from inspector.vision.pack_views import View, is_small, size_for
from inspector.vision.print_bands import Band
from inspector.vision.print_rows import (
    ALPHABET,
    Amount,
    Row,
    ToldRow,
    are_of_one_line,
    read_row,
    spelt,
    sureness_of,
)
from inspector.vision.spotting import Vocabulary
from inspector.vision.weights import Weights, small_print_weights

FEWEST_LETTERS_OF_NAME = 4

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

    def chances(self, lines_bgr: Sequence[NDArray[np.uint8]]) -> Sequence[NDArray[np.float32]]:
        """Return how likely each letter is along each line, see `LineReader.chances`."""


class NameReader:
    """Reads print on small packs.

    Args:
        names: Names of goods: where a line is not read surely, the one that it most likely says.
        finder: Finds lines.
        reader: Reads them. Its calibration tells the share of right ones of a `line`, and of an
            `amount` in one, by how sure its letters are, and of a `name` by `sureness_of`.

    Attributes:
        versions: Names and hashes of both networks and of the names that they know.
    """

    def __init__(self, names: Iterable[str], finder: FindsLines, reader: ReadsLines) -> None:
        names = tuple(names)
        self.versions = name_versions((finder.weights, reader.weights), names)
        self._names = Vocabulary(phrases_of(names), ALPHABET)
        self._finder, self._reader = finder, reader

    def read(
        self, image_bgr: NDArray[np.uint8], packs: Sequence[Box], slopes: Sequence[float]
    ) -> list[tuple[TextLine, ...]]:
        """Read the print on each pack.

        Args:
            image_bgr: Upright photo, shape (H, W, 3), uint8.
            packs: Boxes of packs in pixels of the photo.
            slopes: How steeply lines run on each, rise of y per pixel of x, see `slopes_at`.

        Returns:
            For each pack its lines, from top to bottom; where none says a name, also the name that
            is printed up or down it. None for packs that are too small, or so large that their
            print is. Capitals are not told from small letters: words are given with a capital. The
            confidence of a line is the share of such lines that are right.
        """
        views = [
            View(image_bgr, box, size_for(box), slope)
            for box, slope in zip(packs, slopes, strict=True)
            if is_small(box)
        ]
        told = [self._told_once(rows) for rows in self.read_rows(views)]
        lines = {view.box: tuple(map(view.told, of)) for view, of in zip(views, told, strict=True)}
        unnamed = [view for view, of in zip(views, told, strict=True) if not _any_name(of)]
        for box, line in self._upright(unnamed).items():
            lines[box] += (line,)
        return [lines.get(box, ()) for box in packs]

    def read_rows(self, views: Sequence[View]) -> list[list[Row]]:
        """Return what the largest lines on each pack say, in pixels of its front."""
        bands = self._bands(views)
        cuts = [views[k].line(band) for k, band in bands]
        read: list[tuple[int, Row, NDArray[np.float32]]] = []
        for (k, band), (_, first, last), chances in zip(
            bands, cuts, self._reader.chances([line for line, _, _ in cuts]), strict=True
        ):
            if (row := read_row(chances)) is not None:
                step = (last - first) / chances.shape[1]
                read.append(
                    (k, replace(row, start=first, step=step, middle_px=band.middle_px), chances)
                )
        named = self._named([(row, chances) for _, row, chances in read])
        rows: list[list[Row]] = [[] for _ in views]
        for (k, _, _), row in zip(read, named, strict=True):
            rows[k].append(row)
        return rows

    def _bands(self, views: Sequence[View]) -> list[tuple[int, Band]]:
        """Return where lines lie, each with the place of its pack among all."""
        return [(k, band) for k, found in enumerate(self._finder.find(views)) for band in found]

    def _upright(self, views: Sequence[View]) -> dict[Box, TextLine]:
        """Return the names that are printed up or down packs, each by the box of its pack."""
        turned = [view.turned() for view in views]
        bands = [(k, band) for k, band in self._bands(turned) if _is_long(band, turned[k])]
        cuts = [turned[k].line(band)[0] for k, band in bands]
        other_way = [np.ascontiguousarray(cut[::-1, ::-1]) for cut in cuts]
        chances = self._reader.chances([*cuts, *other_way])
        read = [
            (*bands[n % len(bands)], row, of_row)
            for n, of_row in enumerate(chances)
            if (row := read_row(of_row)) is not None
        ]
        surest: dict[Box, TextLine] = {}
        named = self._named([(row, of_row) for _, _, row, of_row in read])
        for (k, band, _, _), row in zip(read, named, strict=True):
            share = self._share_of_name(row)
            if row.name is not None and share >= self._reader.weights.threshold:
                box = views[k].box
                line = views[k].told_upright(band, turned[k], row.name.text, share)
                surest[box] = max(surest.get(box, line), line, key=lambda line: line.confidence)
        return surest

    def _named(self, rows: Sequence[tuple[Row, NDArray[np.float32]]]) -> list[Row]:
        """Return rows with the names that they most likely say."""
        names = self._names.spot([chances for _, chances in rows])
        return [replace(row, name=name) for (row, _), name in zip(rows, names, strict=True)]

    def _share_of_name(self, row: Row) -> float:
        """Return the share of right ones of such names as a row says."""
        if row.name is None:
            return 0.0
        return self._reader.weights.share_right("name", sureness_of(row.name, row))

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
        weights, name, name_share = self._reader.weights, row.name, self._share_of_name(row)
        share, amount = weights.share_right("line", row.confidence), Amount.of(row)

        def told(first: int, last: int, text: str, share_right: float, name: str = "") -> ToldRow:
            return ToldRow(row.middle_px, row.at(first), row.at(last), text, share_right, name)

        if (told_amount := amount or Amount.counted(row)) is not None:
            share_right = weights.share_right("amount", told_amount.confidence)
            share = min(share, share_right)
            yield told(
                told_amount.first,
                told_amount.last,
                told_amount.text,
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
    of_finder, of_reader = small_print_weights()
    return NameReader(
        names, LineFinder(of_finder, threads=threads), LineReader(of_reader, threads=threads)
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
