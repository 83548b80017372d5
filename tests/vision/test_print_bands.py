"""Lines of print are found by their strokes, near rows that say something."""

import numpy as np
import pytest

from datasets.shelfgen.lettering import BOLD, stamp_text
from inspector.vision.print_bands import LINES_READ, Band, largest_bands
from inspector.vision.print_rows import Row


def front_with(*lines):
    """Return a front of 144 px with lines of print, each `(text, top_px, height_px)`."""
    front = np.full((144, 144, 3), (240, 238, 230), np.uint8)
    for text, top, height in lines:
        stamp_text(front, text, (20, top, 104, height), (60, 40, 30), font=BOLD)
    return front


def row_at(middle_px, text="treo", ends_px=(30.0, 114.0), row_px=12.0):
    step = (ends_px[1] - ends_px[0]) / 10
    row = Row(0, 0, 10, text, 0.5, start=ends_px[0] - step / 2, step=step, row_px=row_px)
    return Row(0, 0, 10, text, 0.5, start=row.start, step=step, row_px=2 * middle_px)


def test_two_lines_that_one_row_takes_for_one_are_told_apart():
    front = front_with(("Gerimax", 40, 18), ("Daglig", 62, 18))
    middles = [band.middle_px for band in largest_bands(front, [row_at(60)], 3.0)]
    assert sorted(middles) == pytest.approx([50, 71], abs=5)


def test_a_line_is_as_high_as_its_small_letters_and_goes_on_to_its_ends():
    front = front_with(("Panodil", 50, 24))
    dark = np.argwhere(front[..., 0] < 150)
    (band,) = largest_bands(front, [row_at(64, ends_px=(50.0, 90.0))], 3.0)
    assert 8 < band.height_px < 24
    assert band.left_px <= 50
    assert band.right_px >= 90
    assert band.left_px >= dark[:, 1].min() - 8
    assert band.right_px <= dark[:, 1].max() + 8


def test_rows_that_see_one_line_make_one_band():
    front = front_with(("Panodil", 50, 24))
    assert len(largest_bands(front, [row_at(58), row_at(64), row_at(70)], 3.0)) == 1


def test_where_nothing_is_printed_there_is_no_line():
    plain = np.full((144, 144, 3), 200, np.uint8)
    assert largest_bands(plain, [row_at(60)], 3.0) == []
    assert largest_bands(front_with(("Treo", 50, 24)), [], 3.0) == []


def test_rows_at_the_borders_do_no_harm():
    front = front_with(("Treo", 0, 20), ("Treo", 124, 20))
    for middle_px in (0.5, 3.0, 141.0, 143.5):
        for band in largest_bands(front, [row_at(middle_px, ends_px=(0.5, 143.0))], 3.0):
            assert 0 <= band.middle_px <= 144
            assert 0 <= band.left_px < band.right_px <= 144


def test_only_the_largest_lines_are_read():
    front = front_with(*(("Panodil", 2 + 16 * k, 11) for k in range(9)))
    assert len(largest_bands(front, [row_at(8 + 16 * k) for k in range(9)], 2.0)) == LINES_READ


def test_bands_are_of_one_line_when_they_share_most_of_it():
    band = Band(50, 20, 100, 12)
    assert band.is_of(Band(53, 40, 100, 12))
    assert not band.is_of(Band(60, 20, 100, 12))
    assert not band.is_of(Band(50, 95, 140, 12))
