"""How sure is sure: reads fronts that no network has seen, and counts what is right.

`python -m models.calibrate_lines --fonts DIR [DIR ...] [--models DIR] [--count N]`

Writes the calibration into `line-reader.json` and `word-verifier.json`.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import isotonic_regression

import datasets
from datasets.fronts import FrontMaker, SeenFront, fonts_under
from inspector.catalogue.register import words_on_packs
from inspector.inspection import register_in_use
from inspector.vision.line_finder import LineFinder
from inspector.vision.line_reader import LineReader
from inspector.vision.name_reader import NameReader, phrases_of
from inspector.vision.pack_views import FRONTS_WH_PX
from inspector.vision.print_bands import ROW_PX
from inspector.vision.print_rows import ALPHABET, Amount, Row, spelt
from inspector.vision.weights import CHECKOUT_FOLDER, OF_SMALL_PRINT, Weights, load_weights
from inspector.vision.word_verifier import WordVerifier
from models.identity import Calibration, with_calibration

COUNT = 3000

UNKNOWN_NAMES = Path(datasets.__file__).parent / "labels" / "unknown-names.txt"
"""Real names of goods that the register does not hold, one a line. No network learns from them."""

Found = list[tuple[float, bool]]
"""How sure each reading was, and whether it is right."""


def measured_shares(
    finder: Weights, reader: Weights, verifier: Weights, fonts: Sequence[Path], *, count: int
) -> Calibration:
    """Read fronts that were never seen and return how many readings of which sureness are right.

    About half of their names are real ones that neither the register nor a network knows: a shelf
    holds such goods, too.

    Args:
        finder: The network that finds lines.
        reader: The network that reads them; its own calibration is not used.
        verifier: The network that looks for words on them; nor is its own.
        fonts: Typefaces.
        count: Number of fronts.

    Returns:
        For a `line` read letter by letter, an `amount` in one and a `name` that was spotted, rising
        pairs of its sureness and the share of such that are right. A name counts once a front,
        where it was surest; words that name no goods, such as forms, do not count.
    """
    skus = register_in_use().skus
    of_goods = phrases_of({sku.name for sku in skus})
    unknown = UNKNOWN_NAMES.read_text(encoding="utf-8").splitlines()
    maker = FrontMaker(fonts, skus, seed=2**31, unknown=unknown)
    names = NameReader(
        words_on_packs(),
        LineFinder(finder, threads=1),
        LineReader(reader, threads=1),
        WordVerifier(verifier, threads=1),
    )
    found: dict[str, Found] = {"line": [], "name": [], "amount": []}
    for number in range(count):
        front = maker.seen(FRONTS_WH_PX[number % len(FRONTS_WH_PX)])
        (read,) = names.read_rows([front.view])
        found["line"] += [(row.confidence, row.text in _printed_at(front, row)) for row in read]
        found["name"] += _names_in(front, read, of_goods)
        found["amount"] += [
            (amount.confidence, _begins(_printed_at(front, row), amount.text))
            for row in read
            if (amount := Amount.of(row)) is not None
        ]
    return {kind: _rising(readings) for kind, readings in found.items()}


def _names_in(front: SeenFront, read: Sequence[Row], of_goods: Collection[str]) -> Found:
    surest: dict[str, tuple[float, bool]] = {}
    for row in read:
        for name in row.names:
            if name.text in of_goods:
                sure = (name.sureness, _holds(_printed_at(front, row), name.text))
                surest[name.text] = max(surest.get(name.text, sure), sure)
    return list(surest.values())


def _printed_at(front: SeenFront, row: Row) -> list[str]:
    """Return what is printed on or beside a row, in letters of the alphabet."""
    middle = row.middle_px
    return [
        "".join(ALPHABET[letter] for letter in spelt(line.text))
        for line in (*front.lines, *front.unsure)
        if abs(line.corners_px[:, 1].mean() - middle)
        < max(1.2 * ROW_PX, 0.7 * np.ptp(line.corners_px[:, 1]))
    ]


def _holds(printed: Sequence[str], words: str) -> bool:
    return any(f" {words} " in f" {text} " for text in printed)


def _begins(printed: Sequence[str], words: str) -> bool:
    return any(f" {words}" in f" {text}" for text in printed)


def _rising(found: Found) -> list[tuple[float, float]]:
    """Return the share of right ones by sureness, which never falls as that rises."""
    sure, right = np.array(found).T
    order = np.argsort(sure)
    shares = isotonic_regression(right[order], weights=None).x
    at = np.concatenate([np.linspace(0, 0.9, 19), 1 - np.array([0.07, 0.05, 0.03, 0.02, 0.01, 0])])
    means = np.interp(at, sure[order], shares)
    return [
        (round(float(x), 3), round(min(float(y), 0.99), 3)) for x, y in zip(at, means, strict=True)
    ]


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path, nargs="+", required=True)
    parser.add_argument("--models", type=Path, default=CHECKOUT_FOLDER)
    parser.add_argument("--count", type=int, default=COUNT)
    args = parser.parse_args()
    finder, reader, verifier = (load_weights(name, args.models) for name in OF_SMALL_PRINT)
    shares = measured_shares(finder, reader, verifier, fonts_under(*args.fonts), count=args.count)
    with_calibration(reader.path, {kind: shares[kind] for kind in ("line", "amount")})
    with_calibration(verifier.path, {"name": shares["name"]})
    print(f"{reader.path} and {verifier.path.name}: calibrated on {args.count} fronts")


if __name__ == "__main__":
    main()
