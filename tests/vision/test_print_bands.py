"""Lines of print lie where the network that is shown whole packs says so."""

import numpy as np
import pytest

from datasets.shelfgen.lettering import BOLD, stamp_text
from inspector.vision.line_finder import LineFinder
from inspector.vision.pack_views import View
from inspector.vision.print_bands import (
    LINES_READ,
    PLACES_PER_ROW,
    ROW_PX,
    SMALL_LETTERS,
    SMALL_LETTERS_LOWER,
    STEP_PX,
    TOLD,
    Band,
    by_place,
    largest_bands,
)
from inspector.vision.weights import small_print_weights

ROWS, STEPS = 12, 48
PLACES = PLACES_PER_ROW * ROWS


def told_of(*lines):
    """Return what is told of a front with lines, each `(middle_row, ink_rows, first, last)`."""
    places = np.zeros((len(TOLD), PLACES, STEPS), np.float32)
    places[0] = -8
    nearest = np.full((PLACES, STEPS), np.inf)
    for middle, ink, first, last in lines:
        for number in range(PLACES):
            aside, high = PLACES_PER_ROW * middle - (number + 0.5), PLACES_PER_ROW * ink
            if abs(aside) <= max(0.4 * high, 1.5) and abs(aside) < nearest[number, first]:
                nearest[number, first : last + 1] = abs(aside)
                places[:, number, first : last + 1] = np.array([8, aside, np.log(high)])[:, None]
    return told_as(places)


def told_as(places):
    """Return places one below the other as the network tells them, row by row."""
    of_rows = places.reshape(len(TOLD), ROWS, PLACES_PER_ROW, STEPS).swapaxes(1, 2)
    return of_rows.reshape(len(TOLD) * PLACES_PER_ROW, ROWS, STEPS)


def bands_of(*lines):
    return largest_bands(told_of(*lines), STEP_PX, ROW_PX, least=0.5)


def test_a_line_lies_between_the_tops_and_the_feet_of_its_small_letters():
    (band,) = bands_of((4.2, 1.5, 10, 29))
    ink_px = 1.5 * ROW_PX
    assert band.middle_px == pytest.approx(4.2 * ROW_PX + SMALL_LETTERS_LOWER * ink_px, abs=0.01)
    assert band.height_px == pytest.approx(SMALL_LETTERS * ink_px, abs=0.01)
    assert (band.left_px, band.right_px) == (10 * STEP_PX, 30 * STEP_PX)


def test_lines_below_and_beside_each_other_are_told_apart():
    bands = bands_of((2.5, 1, 5, 40), (3.7, 1, 5, 40), (8.5, 1, 2, 18), (8.5, 1, 28, 44))
    assert len(bands) == 4
    assert sorted(round(band.middle_px / ROW_PX, 1) for band in bands) == [2.6, 3.8, 8.6, 8.6]


def test_lines_closer_than_rows_are_told_apart():
    bands = bands_of((4.3, 0.6, 10, 29), (4.9, 0.6, 10, 29))
    assert sorted(round(band.middle_px / ROW_PX, 1) for band in bands) == [4.3, 4.9]


def test_places_of_a_row_lie_below_each_other():
    places = np.arange(len(TOLD) * PLACES * STEPS, dtype=np.float32)
    places = places.reshape(len(TOLD), PLACES, STEPS)
    assert (by_place(told_as(places)) == places).all()


def test_a_letter_that_is_not_seen_does_not_break_a_line_and_specks_are_none():
    told = told_of((4.5, 1, 10, 29), (9.5, 1, 3, 5))
    told[:PLACES_PER_ROW, :, 20] = -8
    (band,) = largest_bands(told, STEP_PX, ROW_PX, least=0.5)
    assert (band.left_px, band.right_px) == (10 * STEP_PX, 30 * STEP_PX)


@pytest.mark.parametrize(("chance", "count"), [(0.65, 1), (0.55, 0)])
def test_a_line_of_which_no_place_is_sure_is_none(chance, count):
    told = told_of((4.25, 1, 10, 29))
    told[:PLACES_PER_ROW] = np.where(
        told[:PLACES_PER_ROW] > 0, np.log(chance / (1 - chance)), told[:PLACES_PER_ROW]
    )
    assert len(largest_bands(told, STEP_PX, ROW_PX, least=0.5)) == count


def test_where_nothing_is_printed_there_is_no_line():
    assert bands_of() == []


def test_only_the_largest_lines_are_read():
    lines = [(1.0 + 1.2 * k, 0.4 + 0.05 * k, 4, 40) for k in range(LINES_READ + 1)]
    bands = bands_of(*lines)
    assert len(bands) == LINES_READ
    assert [band.height_px for band in bands] == sorted(
        (band.height_px for band in bands), reverse=True
    )
    assert bands[0].middle_px == pytest.approx(lines[-1][0] * ROW_PX, abs=3)


def test_bands_are_of_one_line_when_they_share_most_of_it():
    band = Band(50, 20, 100, 12)
    assert band.is_of(Band(53, 40, 100, 12))
    assert not band.is_of(Band(60, 20, 100, 12))
    assert not band.is_of(Band(50, 95, 140, 12))


def test_the_network_sees_where_lines_are_printed():
    front = np.full((144, 144, 3), (240, 238, 230), np.uint8)
    printed = (("Gerimax", 36, 20), ("Daglig", 62, 20))
    for text, top, height in printed:
        stamp_text(front, text, (20, top, 104, height), (60, 40, 30), font=BOLD)
    weights, _, _ = small_print_weights()
    (bands,) = LineFinder(weights, threads=1).find([View.of_crop(front, (144, 144))])
    assert sorted(band.middle_px for band in bands) == pytest.approx([47, 73], abs=4)
    assert all(8 < band.height_px < 22 for band in bands)
    dark = np.flatnonzero((front[..., 0] < 150).any(axis=0))
    assert min(band.left_px for band in bands) == pytest.approx(dark[0], abs=8)
    assert max(band.right_px for band in bands) == pytest.approx(dark[-1], abs=8)
