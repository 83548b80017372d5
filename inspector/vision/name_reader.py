"""Names on small packs: print of a few pixels is looked for by one network and read by two.

RapidOCR looks for lines first and reads them then; of print five pixels high it finds little, and
takes three lines for one. A small network is shown whole packs instead, each brought to one of few
sizes, and looks at each twice. It says for every few pixels of height what a line there would say,
and has learned from made-up fronts, see `models/name-reader.md`. Where it sees the largest lines,
RapidOCR reads them, too. Both tell letter by letter how sure they are, and names of goods are
spotted in what both may say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, groupby
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions
from rapidfuzz.fuzz import ratio

from inspector.domain.scene import TextLine
from inspector.domain.verdict import Box
from inspector.vision.spotting import Spotted, Vocabulary
from inspector.vision.weights import Weights

FRONTS_WH_PX = ((88, 232), (120, 168), (144, 144), (184, 120), (264, 88))
"""Sizes at which packs are looked at: each pack is stretched to the one that suits it best."""

FRONTS_SIDE_PX = 144
"""Root of their area, about."""

LOOKS = (1.0, 2 / 3)
"""Each pack is looked at in so much of its size: what one look misses the other may read."""

MARGIN_SHARE = 0.06
"""So much of a pack's width and height is shown beyond each side of its box."""

ROW_PX, STEP_PX = 8, 2
"""The network says what a line would say every so many pixels of height, letter by letter every so
many pixels of length."""

ALPHABET = "\0 abcdefghijklmnopqrstuvwxyzæøåäöü0123456789-+%&.,/"
BLANK = 0
"""Letters that are told apart, capitals as small ones; the first stands for no letter."""

LARGEST_SIDE_PX = 110.0
"""Packs whose side (root of the area) is larger are left to RapidOCR, which reads such print."""

SMALLEST_SIDE_PX = 14.0

FEWEST_LETTERS, FEWEST_LETTERS_OF_NAME = 3, 4

FAINTEST = 0.2
"""Rows whose letters are less sure than this say nothing."""

COST, DOUBT, LETTER, MARGIN, ODDS = -3.5, -3.7, 0.18, 0.13, 1.5
"""Log-odds that a name is right: by what it costs a letter, by how much its row is in doubt, by its
letters, and by how much more the next best name costs. A logistic regression on made-up fronts,
but for the constant, which the calibration takes up."""

MOST_MARGIN, MOST_LETTERS = 12.0, 12

LINES_READ_TWICE = 3
"""So many lines of a pack, the largest, are shown to the second reader."""

LINE_PX = 48
"""Height in which it is shown lines."""

SUREST = 0.99

SURE_LINE = 0.85
"""Words beside a name are told from this sureness of their line."""

TOGETHER = 16
"""So many packs are shown to the network at once."""

_SAME_LINE = 45.0
"""Readings of rows beside each other that are so alike, in percent, are of one line."""

_HEIGHT_PER_ADVANCE = 1.9
"""Print is about so much higher, with its long letters, than its letters stand apart."""

_NEAR_HEIGHTS = 1.4
"""Rows of one line are at most so many of its heights apart."""

_LINE_PER_ADVANCE, _LINE_PX, _LINE_ENDS = 2.3, (18.0, 60.0), 1.6
"""A line is cut out so many advances of a letter high, within bounds in pixels of the front, and
with so many advances beyond its first and last letter."""

_BESIDE = 0.5

_PLAIN = str.maketrans({"é": "e", "µ": "u"})


class ReadsLines(Protocol):
    """Reads lines that were cut out; `TextReader`."""

    def chances(
        self, lines_bgr: Sequence[NDArray[np.uint8]], alphabet: str
    ) -> Sequence[NDArray[np.float32]]:
        """Return how likely each letter is along each line, see `TextReader.chances`."""


class NameReader:
    """Reads print on small packs.

    Args:
        weights: The network; its classes are the letters, its threshold is the least share of right
            lines, and its calibration tells that share of a `line` by how sure its letters are, of
            a `name` by `sureness_of`, and of a `name_in_line` that the second reader made out.
        names: Names of goods: where a row is not read surely, the one that it most likely says.
        second: Reads the largest lines that the network finds.
        threads: Threads of the network; None takes as many as there are cores.

    Attributes:
        versions: Names and hashes of the network and of the names that it knows.
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
        self.versions = name_versions(weights, names)
        self._names = Vocabulary(phrases_of(names), ALPHABET)
        self._second = second
        options = SessionOptions()
        options.intra_op_num_threads = threads or 0
        self._session = InferenceSession(
            str(weights.path), options, providers=["CPUExecutionProvider"]
        )

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
            View(image_bgr, box, _size_for(box), slope)
            for box, slope in zip(packs, slopes, strict=True)
            if _is_small(box)
        ]
        rows = self.read_views(views)
        told = [[self._told(row) for row in of_pack] for of_pack in rows]
        for of_pack, second in zip(told, self.read_lines(views, rows), strict=True):
            of_pack += [self._told(row, is_second=True) for row in second]
        lines = {
            view.box: self._lines(of_pack, view) for view, of_pack in zip(views, told, strict=True)
        }
        return [lines.get(box, ()) for box in packs]

    def read_views(self, views: Sequence[View]) -> list[list[Row]]:
        """Return what each pack says, row by row, looked at in all `LOOKS`.

        Places of all rows are in pixels of the front as it is seen first.
        """
        rows: list[list[Row]] = [[] for _ in views]
        looks = [
            (size_in_look(view.wh_px, look), k) for look in LOOKS for k, view in enumerate(views)
        ]
        for wh_px, of_size in groupby(sorted(looks), lambda look: look[0]):
            places = [k for _, k in of_size]
            for start in range(0, len(places), TOGETHER):
                group = places[start : start + TOGETHER]
                fronts = np.stack([views[k].front(wh_px) for k in group])
                for k, read in zip(group, self.read_fronts(fronts), strict=True):
                    rows[k] += [row.seen_at(views[k].wh_px, wh_px) for row in read]
        return rows

    def read_fronts(self, fronts_bgr: NDArray[np.uint8]) -> list[list[Row]]:
        """Return what each front says, row by row; more than one row may say the same line.

        Places are in pixels of the front.

        Args:
            fronts_bgr: Fronts as `front_from_photo` gives them, shape (n, h, w, 3), uint8.
        """
        chances = self._chances(fronts_bgr)
        rows = [
            [row for k in range(one.shape[1]) if (row := _read_row(k, one[:, k])) is not None]
            for one in chances
        ]
        flat = [(row, chances[k][:, row.number]) for k, of in enumerate(rows) for row in of]
        named = iter(self._named(flat))
        return [[next(named) for _ in of_front] for of_front in rows]

    def read_lines(self, views: Sequence[View], rows: Sequence[Sequence[Row]]) -> list[list[Row]]:
        """Return what the second reader makes of the largest lines on each pack.

        Args:
            views: Packs.
            rows: What the network made of each.
        """
        found = [(k, row) for k, of_pack in enumerate(rows) for row in _largest(of_pack)]
        cuts = [views[k].line(row) for k, row in found]
        read = self._second.chances([line for line, _, _ in cuts], ALPHABET)
        second: list[tuple[int, Row, NDArray[np.float32]]] = []
        for (k, row), (_, first, last), chances in zip(found, cuts, read, strict=True):
            other = _read_row(row.number, chances)
            if other is not None:
                # Its steps are those of the line that was cut out.
                step = (last - first) / chances.shape[1]
                other = replace(other, start=first, step=step, row_px=row.row_px)
                second.append((k, other, chances))
        named = self._named([(row, chances) for _, row, chances in second])
        lines: list[list[Row]] = [[] for _ in views]
        for (k, _, _), row in zip(second, named, strict=True):
            lines[k].append(row)
        return lines

    def _named(self, rows: Sequence[tuple[Row, NDArray[np.float32]]]) -> list[Row]:
        """Return rows with the names that they most likely say."""
        names = self._names.spot([chances for _, chances in rows], [row.text for row, _ in rows])
        return [replace(row, name=name) for (row, _), name in zip(rows, names, strict=True)]

    def _chances(self, fronts_bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the chance of each letter, shape (n, letters, rows, steps)."""
        pictures = fronts_bgr.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1
        logits = np.asarray(self._session.run(None, {"fronts": pictures})[0])
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))

    def _lines(self, told: Sequence[_Told], view: View) -> tuple[TextLine, ...]:
        """Return each line once, by the row that is surest of it; names before other words."""
        kept: list[_Told] = []
        for one in sorted(told, key=lambda one: (not one.name, -one.share_right, one.text)):
            same = [k for k, other in enumerate(kept) if _is_of_one_line(one, other)]
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

    def _told(self, row: Row, *, is_second: bool = False) -> _Told:
        """Return a row as read letter by letter, or the name that it says where that is surer."""
        share = row.confidence if is_second else self.weights.share_right("line", row.confidence)
        told = _Told(
            row.middle_px,
            row.at(row.first),
            row.at(row.last),
            row.text,
            share,
            is_second=is_second,
        )
        name = row.name
        # What follows a number is a unit or a form, `120 kapsler`, and no brand.
        if name is None or (row.text[0].isdigit() and name.first > row.first):
            return told
        kind = "name_in_line" if is_second else "name"
        share_right = self.weights.share_right(kind, sureness_of(name, row))
        if share_right < self.weights.threshold:
            return told
        if is_second and name.text in row.text and row.confidence >= SURE_LINE:
            return replace(told, name=name.text, share_right=share_right)  # with words beside it
        return _Told(
            row.middle_px, row.at(name.first), row.at(name.last), name.text, share_right,
            is_second=is_second, name=name.text,
        )  # fmt: skip


def name_versions(weights: Weights, names: Iterable[str]) -> Mapping[str, str]:
    """Return names and hashes of what a name reader reads with: the network, and known names."""
    known = hashlib.sha256("\n".join(sorted(set(names))).encode()).hexdigest()
    return {weights.path.name: weights.sha256, "names": known}


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


def sureness_of(name: Spotted, row: Row) -> float:
    """Return how sure a name is that was spotted in a row, 0 to 1, before it is calibrated."""
    log_odds = (
        ODDS
        + COST * name.cost / len(name.text)
        - DOUBT * np.log(row.confidence)
        + LETTER * min(len(name.text), MOST_LETTERS)
        + MARGIN * min(name.margin, MOST_MARGIN)
    )
    return float(1 / (1 + np.exp(-log_odds)))


def front_from_photo(
    image_bgr: NDArray[np.uint8], box: Box, wh_px: tuple[int, int], *, slope: float = 0.0
) -> NDArray[np.uint8]:
    """Cut a pack out of a photo, with a margin, stretched to a size, its lines made level.

    Args:
        image_bgr: Photo, shape (H, W, 3), uint8.
        box: The pack's box in pixels of the photo.
        wh_px: Width and height to return.
        slope: How steeply its lines run, rise of y per pixel of x.

    Returns:
        Shape (h, w, 3), uint8. What lies beyond the photo repeats its border.
    """
    return _stretched(image_bgr, _with_margin(box), wh_px, slope)


def _stretched(
    image_bgr: NDArray[np.uint8], part: Box, wh_px: tuple[int, int], slope: float
) -> NDArray[np.uint8]:
    """Cut a part out of a photo, with lines of that slope made level, and stretch it to a size."""
    x1, y1, x2, y2 = part
    across, down = (x2 - x1) / wh_px[0], (y2 - y1) / wh_px[1]
    fine = max(1, int(np.ceil(max(across, down))))  # samples per pixel of the front
    across, down = across / fine, down / fine
    rise = slope * across
    top = y1 + down / 2 - 0.5 - rise * (wh_px[0] * fine - 1) / 2
    samples = cv2.warpAffine(
        image_bgr,
        np.array([[across, 0, x1 + across / 2 - 0.5], [rise, down, top]]),
        (wh_px[0] * fine, wh_px[1] * fine),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(cv2.resize(samples, wh_px, interpolation=cv2.INTER_AREA), np.uint8)


def spelt(text: str) -> list[int]:
    """Return a text as places in the alphabet; what is no letter of it is left out.

    Example:
        >>> "".join(ALPHABET[letter] for letter in spelt("Läkerol® 25 g"))
        'läkerol 25 g'
    """
    plain = " ".join(text.lower().translate(_PLAIN).split())
    return [ALPHABET.index(letter) for letter in plain if letter in ALPHABET]


def size_in_look(wh_px: tuple[int, int], look: float) -> tuple[int, int]:
    """Return the size of a front in one of the `LOOKS`, in whole rows."""
    w, h = (ROW_PX * round(look * side / ROW_PX) for side in wh_px)
    return w, h


def _is_small(box: Box) -> bool:
    side_px = float(np.sqrt(max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)))
    return SMALLEST_SIDE_PX <= side_px <= LARGEST_SIDE_PX


def _with_margin(box: Box) -> Box:
    x1, y1, x2, y2 = box
    more_x, more_y = MARGIN_SHARE * (x2 - x1), MARGIN_SHARE * (y2 - y1)
    return x1 - more_x, y1 - more_y, x2 + more_x, y2 + more_y


def _size_for(box: Box) -> tuple[int, int]:
    aspect = np.log((box[2] - box[0]) / (box[3] - box[1]))
    return min(FRONTS_WH_PX, key=lambda wh: abs(np.log(wh[0] / wh[1]) - aspect))


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of a front says.

    Attributes:
        number: Which row, from the top.
        first: Step of its first letter.
        last: Step of its last letter.
        text: What it says letter by letter.
        confidence: How sure its letters are, 0 to 1.
        name: The name that it most likely says, if any.
        start: Where its first step begins, pixels of the front.
        step: How long a step is, pixels of the front.
        row_px: How high a row is, pixels of the front.
    """

    number: int
    first: int
    last: int
    text: str
    confidence: float
    name: Spotted | None = None
    start: float = 0.0
    step: float = STEP_PX
    row_px: float = ROW_PX

    def seen_at(self, wh_px: tuple[int, int], of_wh_px: tuple[int, int]) -> Row:
        """Return the row with its place in a front of another size than the one it was read in."""
        across, down = (side / of for side, of in zip(wh_px, of_wh_px, strict=True))
        return replace(self, step=across * self.step, row_px=down * self.row_px)

    @property
    def middle_px(self) -> float:
        """Where its middle is, pixels of the front from its top."""
        return (self.number + 0.5) * self.row_px

    def at(self, step: int) -> float:
        """Return where the middle of a step is, pixels of the front from its left."""
        return self.start + (step + 0.5) * self.step

    @property
    def advance_px(self) -> float:
        """How far its letters stand apart, pixels of the front."""
        return self.step * max(self.last - self.first, 1) / max(len(self.text) - 1, 1)


@dataclass(frozen=True, slots=True)
class _Told:
    """A row as it is told: where its middle is and from where to where it runs, in pixels."""

    middle_px: float
    left_px: float
    right_px: float
    text: str
    share_right: float
    is_second: bool
    name: str = ""

    @property
    def height_px(self) -> float:
        """Height of its print, pixels of the front."""
        return _HEIGHT_PER_ADVANCE * (self.right_px - self.left_px) / max(len(self.text) - 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A pack in a photo, as it is looked at.

    Attributes:
        image_bgr: The photo, shape (H, W, 3), uint8.
        box: The pack's box in pixels of the photo.
        wh_px: Size of its front.
        slope: How steeply lines run on it, rise of y per pixel of x.
    """

    image_bgr: NDArray[np.uint8]
    box: Box
    wh_px: tuple[int, int]
    slope: float = 0.0

    @classmethod
    def of_front(cls, front_bgr: NDArray[np.uint8]) -> View:
        """Return the view of a pack of which there is a picture with its margin alone."""
        h, w = front_bgr.shape[:2]
        more_x, more_y = (MARGIN_SHARE / (1 + 2 * MARGIN_SHARE) * side for side in (w, h))
        return cls(front_bgr, (more_x, more_y, w - more_x, h - more_y), (w, h))

    def front(self, wh_px: tuple[int, int]) -> NDArray[np.uint8]:
        """Return the pack in some size, as the network is shown it."""
        return front_from_photo(self.image_bgr, self.box, wh_px, slope=self.slope)

    def line(self, row: Row) -> tuple[NDArray[np.uint8], float, float]:
        """Cut a row out, enlarged; also from where to where it goes, pixels of the front."""
        w, h = self.wh_px
        half = np.clip(_LINE_PER_ADVANCE * row.advance_px, *_LINE_PX) / 2
        middle = row.middle_px
        top, bottom = max(0.0, middle - half), min(float(h), middle + half)
        more = _LINE_ENDS * row.advance_px
        left, right = max(0.0, row.at(row.first) - more), min(float(w), row.at(row.last) + more)
        x1, y1, x2, y2 = _with_margin(self.box)
        across, down = (x2 - x1) / w, (y2 - y1) / h
        part = (x1 + left * across, y1 + top * down, x1 + right * across, y1 + bottom * down)
        rise = self.slope * ((part[0] + part[2]) / 2 - (x1 + x2) / 2)
        part = (part[0], part[1] + rise, part[2], part[3] + rise)
        scale = LINE_PX / (part[3] - part[1])
        wh_px = max(round((part[2] - part[0]) * scale), LINE_PX // 2), LINE_PX
        return _stretched(self.image_bgr, part, wh_px, self.slope), left, right

    def told(self, one: _Told) -> TextLine:
        """Return a line of it as a line of the photo."""
        w, h = self.wh_px
        x1, y1, x2, y2 = _with_margin(self.box)
        across, down = (x2 - x1) / w, (y2 - y1) / h
        advance_px = across * (one.right_px - one.left_px) / max(len(one.text) - 1, 1)
        height_px = _HEIGHT_PER_ADVANCE * advance_px
        left, right = x1 + one.left_px * across, x1 + one.right_px * across
        middle_y = y1 + one.middle_px * down
        middle_y += self.slope * ((left + right) / 2 - (x1 + x2) / 2)
        box = (
            left - advance_px / 2,
            middle_y - height_px / 2,
            right + advance_px / 2,
            middle_y + height_px / 2,
        )
        return TextLine(_with_capitals(one.text), box, height_px, one.share_right)


def _share_of_both(one: _Told, other: _Told) -> float:
    """Return how surely a name is right of which two readers tell, or one tells another name."""
    if one.name in other.name or other.name in one.name:
        return min(1 - (1 - one.share_right) * (1 - other.share_right), SUREST)
    return one.share_right * (1 - other.share_right)


def _largest(rows: Sequence[Row]) -> list[Row]:
    """Return a few lines in the largest print, each by its surest row."""
    kept: list[Row] = []
    for row in sorted(rows, key=lambda row: -row.advance_px * np.sqrt(row.confidence)):
        if not any(_is_beside(row, other) for other in kept):
            kept.append(row)
    return kept[:LINES_READ_TWICE]


def _is_beside(row: Row, other: Row) -> bool:
    """Say whether two rows are of one line: less than its height apart, and over each other."""
    overlap = min(row.last, other.last) - max(row.first, other.first)
    is_over = overlap > _BESIDE * max(min(row.last - row.first, other.last - other.first), 1)
    height_px = _HEIGHT_PER_ADVANCE * max(row.advance_px, other.advance_px)
    return is_over and abs(row.middle_px - other.middle_px) < height_px


def _read_row(number: int, chances: NDArray[np.float32]) -> Row | None:
    """Read a row, shape (letters, steps), as CTC does: equal letters side by side are one."""
    best, sure = chances.argmax(axis=0).tolist(), chances.max(axis=0).tolist()
    letters: list[tuple[int, int, float]] = []
    for step, (letter, chance) in enumerate(zip(best, sure, strict=True)):
        if letter == BLANK:
            continue
        if step and best[step - 1] == letter:
            place, _, before = letters[-1]
            letters[-1] = (place, letter, max(before, chance))
        else:
            letters.append((step, letter, chance))
    while letters and letters[0][1] == _SPACE:
        letters.pop(0)
    while letters and letters[-1][1] == _SPACE:
        letters.pop()
    if len(letters) < FEWEST_LETTERS:
        return None
    confidence = float(np.exp(np.mean(np.log([chance for _, _, chance in letters]))))
    if confidence < FAINTEST:
        return None
    text = "".join(ALPHABET[letter] for _, letter, _ in letters)
    return Row(number, letters[0][0], letters[-1][0], text, confidence)


def _is_of_one_line(one: _Told, other: _Told) -> bool:
    """Say whether two rows tell of one line: beside each other and alike, or over each other."""
    overlap = min(one.right_px, other.right_px) - max(one.left_px, other.left_px)
    shorter = max(min(one.right_px - one.left_px, other.right_px - other.left_px), 1.0)
    apart_px = abs(one.middle_px - other.middle_px)
    is_alike = ratio(one.text, other.text) >= _SAME_LINE
    is_near = apart_px <= _NEAR_HEIGHTS * max(one.height_px, other.height_px)
    return overlap > _BESIDE * shorter and (apart_px < ROW_PX / 2 or (is_near and is_alike))


def _with_capitals(text: str) -> str:
    """Return words as names are printed; numbers and units stay small."""
    return " ".join(
        word.capitalize() if len(word) > 2 and word.isalpha() else word for word in text.split(" ")
    )


_SPACE = ALPHABET.index(" ")
