"""Lines that were cut out of a photo, read by the shipped network."""

import numpy as np
import pytest

from datasets.shelfgen.lettering import BOLD, stamp_text
from inspector.vision.line_reader import LENGTHS_PX, STEP_PX, LineReader, length_for, lengthened
from inspector.vision.pack_views import LINE_PX
from inspector.vision.print_rows import ALPHABET, read_row
from inspector.vision.weights import small_print_weights


@pytest.fixture(scope="module")
def reader():
    _, weights, _ = small_print_weights()
    return LineReader(weights, threads=1)


def line_of(text, length_px=200):
    line = np.full((LINE_PX, length_px, 3), (240, 240, 235), np.uint8)
    stamp_text(line, text, (24, 10, length_px - 48, 28), (60, 40, 30), font=BOLD)
    return line


def test_letters_are_told_along_each_line(reader):
    for text, line in zip(
        ("panodil", "treo"), reader.read([line_of("Panodil"), line_of("TREO", 110)]), strict=True
    ):
        assert line.chances.shape == (len(ALPHABET), len(line.seen))
        assert 0 <= line.chances.min() <= line.chances.max() <= 1.01
        assert read_row(line.chances).text == text


def test_a_line_says_the_same_among_others_and_in_any_order(reader):
    lines = [line_of(text) for text in ("Ipren", "Zymelin", "Strepsils")]
    together = reader.read(lines[::-1])[::-1]
    for line, read in zip(lines, together, strict=True):
        (alone,) = reader.read([line])
        np.testing.assert_allclose(alone.chances, read.chances, atol=1e-3)
        np.testing.assert_allclose(alone.seen, read.seen, atol=1e-3)


def test_no_lines_say_nothing(reader):
    assert reader.read([]) == []


def test_what_was_added_behind_a_line_is_not_told(reader):
    (line,) = reader.read([line_of("Ipren", 130)])
    assert line.chances.shape[1] == len(line.seen) == -(-130 // STEP_PX)


def test_lines_are_lengthened_to_few_lengths():
    assert [length_for(px) for px in (1, 120, 121, 384)] == [120, 120, 168, 384]
    assert length_for(385) == 2 * LENGTHS_PX[-1]
    longer = lengthened(line_of("Ipren", 130), 168)
    assert longer.shape == (LINE_PX, 168, 3)
    assert (longer[:, 130:] == 127).all()
