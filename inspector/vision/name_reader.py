"""Names on small packs: print of a few pixels is looked for by one network and read by two.

RapidOCR looks for lines first and reads them then; of print five pixels high it finds little, and
takes three lines for one. A small network is shown whole packs instead, each brought to one of few
sizes, once or twice. It says for every few pixels of height what a line there would say. The
largest lines there, a second one, which knows nothing but lines, reads as well. Both have learned
from made-up fronts, see `models/name-reader.md` and `models/line-reader.md`. They tell letter by
letter how sure they are, and names of goods are spotted in what both may say.
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
from inspector.vision.line_reader import LineReader
from inspector.vision.networks import SmallNetwork
from inspector.vision.pack_views import AFAR, CLOSE, View, is_small, size_for, size_in_look
from inspector.vision.print_bands import largest_bands
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
from inspector.vision.weights import Weights, reader_weights

FEWEST_LETTERS_OF_NAME = 4

SUREST = 0.99

SURE_NAME = 0.9
"""A name that is right this often is looked at no more."""

SURE_LINE = 0.85
"""Words beside a name are told from this sureness of their line."""


class ReadsLines(Protocol):
    """Reads lines that were cut out; `LineReader`."""

    @property
    def weights(self) -> Weights:
        """The network."""

    def chances(self, lines_bgr: Sequence[NDArray[np.uint8]]) -> Sequence[NDArray[np.float32]]:
        """Return how likely each letter is along each line, see `LineReader.chances`."""


class NameReader:
    """Reads print on small packs.

    Args:
        weights: The network; its classes are the letters, its threshold is the least share of right
            lines, and its calibration tells that share of a `line`, and of an `amount` in one, by
            how sure its letters are, and of a `name` by `sureness_of`.
        names: Names of goods: where a row is not read surely, the one that it most likely says.
        second: Reads the largest lines that the network finds.
        threads: Threads of the network; None takes as many as there are cores.

    Attributes:
        versions: Names and hashes of both networks and of the names that they know.
    """

    def __init__(
        self,
        weights: Weights,
        names: Iterable[str],
        second: ReadsLines,
        *,
        threads: int | None = None,
    ) -> None:
        self.weights = weights
        names = tuple(names)
        self.versions = name_versions((weights, second.weights), names)
        self._names = Vocabulary(phrases_of(names), ALPHABET)
        self._second = second
        self._network = SmallNetwork(weights.path, threads)

    def read(
        self, image_bgr: NDArray[np.uint8], packs: Sequence[Box], slopes: Sequence[float]
    ) -> list[tuple[TextLine, ...]]:
        """Read the print on each pack.

        Args:
            image_bgr: Upright photo, shape (H, W, 3), uint8.
            packs: Boxes of packs in pixels of the photo.
            slopes: How steeply lines run on each, rise of y per pixel of x, see `slopes_at`.

        Returns:
            For each pack its lines, from top to bottom; none for packs that are too small, or so
            large that their print is. Capitals are not told from small letters: words are given
            with a capital. The confidence of a line is the share of such lines that are right.
        """
        views = [
            View(image_bgr, box, size_for(box), slope)
            for box, slope in zip(packs, slopes, strict=True)
            if is_small(box)
        ]
        rows = self.read_views(views, AFAR)
        told = [[one for row in of_pack for one in self._told(row)] for of_pack in rows]
        for told_of_pack, second in zip(told, self.read_lines(views, rows), strict=True):
            told_of_pack += [one for row in second for one in self._told(row, is_second=True)]
        unnamed = [k for k, of_pack in enumerate(told) if not _is_named(of_pack)]
        closer = self.read_views([views[k] for k in unnamed], CLOSE)
        for k, rows_of_pack in zip(unnamed, closer, strict=True):
            told[k] += [one for row in rows_of_pack for one in self._told(row)]
        lines = {
            view.box: self._lines(of_pack, view) for view, of_pack in zip(views, told, strict=True)
        }
        return [lines.get(box, ()) for box in packs]

    def read_views(self, views: Sequence[View], look: float) -> list[list[Row]]:
        """Return what each pack says, row by row, in one of the `LOOKS`.

        Places of all rows are in pixels of the front in its own size.
        """
        sizes_px = [size_in_look(view.wh_px, look) for view in views]
        fronts = [view.front(wh_px) for view, wh_px in zip(views, sizes_px, strict=True)]
        return [
            [row.seen_at(view.wh_px, wh_px) for row in rows]
            for view, wh_px, rows in zip(views, sizes_px, self._read_fronts(fronts), strict=True)
        ]

    def _read_fronts(self, fronts_bgr: Sequence[NDArray[np.uint8]]) -> list[list[Row]]:
        """Return what each front says, row by row; more than one row may say the same line.

        Places are in pixels of the front.
        """
        told = [
            [
                (row, chances[:, k].copy())  # and no more of them: most rows are blank
                for k in range(chances.shape[1])
                if (row := read_row(k, chances[:, k])) is not None
            ]
            for chances in map(_chances, self._network.told_of(fronts_bgr))
        ]
        named = iter(self._named([row for of_front in told for row in of_front]))
        return [[next(named) for _ in of_front] for of_front in told]

    def read_lines(self, views: Sequence[View], rows: Sequence[Sequence[Row]]) -> list[list[Row]]:
        """Return what the second reader makes of the largest lines on each pack.

        Args:
            views: Packs.
            rows: What the network made of each.
        """
        bands = [
            (k, band)
            for k, (view, of_pack) in enumerate(zip(views, rows, strict=True))
            for band in largest_bands(view.front(view.wh_px), of_pack, view.photo_px)
        ]
        cuts = [views[k].line(band) for k, band in bands]
        read = self._second.chances([line for line, _, _ in cuts])
        second: list[tuple[int, Row, NDArray[np.float32]]] = []
        for (k, band), (_, first, last), chances in zip(bands, cuts, read, strict=True):
            row = read_row(0, chances)
            if row is not None:
                # Its steps are those of the line that was cut out.
                step = (last - first) / chances.shape[1]
                row = replace(row, start=first, step=step, row_px=2 * band.middle_px)
                second.append((k, row, chances))
        named = self._named([(row, chances) for _, row, chances in second])
        lines: list[list[Row]] = [[] for _ in views]
        for (k, _, _), row in zip(second, named, strict=True):
            lines[k].append(row)
        return lines

    def _named(self, rows: Sequence[tuple[Row, NDArray[np.float32]]]) -> list[Row]:
        """Return rows with the names that they most likely say."""
        names = self._names.spot([chances for _, chances in rows], [row.text for row, _ in rows])
        return [replace(row, name=name) for (row, _), name in zip(rows, names, strict=True)]

    def _lines(self, told: Sequence[ToldRow], view: View) -> tuple[TextLine, ...]:
        """Return each line once, by the row that is surest of it; names before other words."""
        kept: list[ToldRow] = []
        for one in sorted(told, key=_surest_first):
            same = [k for k, other in enumerate(kept) if are_of_one_line(one, other)]
            if not same:
                kept.append(one)
                continue
            other = kept[same[0]]
            if one.is_second != other.is_second and one.name and other.name:
                kept[same[0]] = replace(other, share_right=_share_of_both(other, one))
        return tuple(
            view.told(one)
            for one in sorted(kept, key=lambda one: one.middle_px)
            if one.share_right >= self.weights.threshold
        )

    def _told(self, row: Row, *, is_second: bool = False) -> Iterator[ToldRow]:
        """Tell a row as read letter by letter, or the name that it says where that is surer.

        A strength or a pack size in it is told by itself, too: one wrong digit makes it another.
        """
        weights, name = (self._second.weights if is_second else self.weights), row.name
        share, amount = weights.share_right("line", row.confidence), Amount.of(row)
        name_share = 0.0 if name is None else weights.share_right("name", sureness_of(name, row))
        if (told_amount := amount or Amount.counted(row)) is not None:
            share_right = weights.share_right("amount", told_amount.confidence)
            share = min(share, share_right)
            yield ToldRow(
                row.middle_px, row.at(told_amount.first), row.at(told_amount.last),
                told_amount.text, share_right if amount else min(share_right, name_share),
                is_second=is_second,
            )  # fmt: skip
        told = ToldRow(
            row.middle_px,
            row.at(row.first),
            row.at(row.last),
            row.text,
            share,
            is_second=is_second,
        )
        # What follows a number is a unit or a form, `120 kapsler`, and no brand.
        if name is None or (row.text[0].isdigit() and name.first > row.first):
            yield told
            return
        if name_share < self.weights.threshold:
            yield told
        elif amount is None and is_second and name.text in row.text and row.confidence >= SURE_LINE:
            yield replace(told, name=name.text, share_right=name_share)  # with words beside it
        else:
            yield ToldRow(
                row.middle_px, row.at(name.first), row.at(name.last), name.text, name_share,
                is_second=is_second, name=name.text,
            )  # fmt: skip


def shipped_name_reader(names: Iterable[str], *, threads: int | None = None) -> NameReader:
    """Return a reader with the networks that the package holds.

    Args:
        names: Names of goods.
        threads: Threads of each network; None takes as many as there are cores.

    Raises:
        ModelError: The weights are missing or changed.
    """
    weights, of_lines = reader_weights()
    return NameReader(weights, names, LineReader(of_lines, threads=threads), threads=threads)


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


def _chances(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the chance of each letter, shape (letters, rows, steps)."""
    weights = np.exp(logits - logits.max(axis=0, keepdims=True))
    return np.asarray(weights / weights.sum(axis=0, keepdims=True))


def _is_named(told: Sequence[ToldRow]) -> bool:
    return any(one.name and one.share_right >= SURE_NAME for one in told)


def _surest_first(told: ToldRow) -> tuple[bool, float, int, str]:
    return not told.name, -told.share_right, -len(told.text), told.text


def _share_of_both(one: ToldRow, other: ToldRow) -> float:
    """Return how surely a name is right of which two readers tell, or one tells another name."""
    if one.name in other.name or other.name in one.name:
        return min(1 - (1 - one.share_right) * (1 - other.share_right), SUREST)
    return one.share_right * (1 - other.share_right)
