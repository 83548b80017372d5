"""Fronts that teach reading: what they say is where it is said to be."""

import random
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from datasets.fronts import FEWEST_IN_SIGHT, FrontMaker, Words, fonts_under
from inspector.catalogue.vocabulary import KIND_BY_HEADLINE
from inspector.inspection import register_in_use
from inspector.vision.pack_views import FRONTS_WH_PX

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@pytest.fixture(scope="module")
def fonts():
    return fonts_under(FONTS)


def maker(fonts, seed):
    return FrontMaker(fonts, register_in_use().skus, seed)


def test_only_typefaces_with_danish_letters_are_used(fonts):
    names = [font.name for font in fonts]
    assert "DejaVuSans.ttf" in names
    assert "cmsy10.ttf" not in names  # TeX's symbols


@pytest.mark.parametrize("wh_px", FRONTS_WH_PX)
def test_the_same_seed_gives_the_same_fronts(fonts, wh_px):
    one, other = (maker(fonts, 3).seen(wh_px) for _ in range(2))
    assert one.view.wh_px == wh_px
    assert np.array_equal(one.view.image_bgr, other.view.image_bgr)
    assert [line.text for line in one.lines] == [line.text for line in other.lines]


def test_every_word_that_sorts_goods_is_printed_somewhere():
    words, chance = Words(register_in_use().skus), random.Random(1)
    printed = {words.small_line(chance).lower() for _ in range(6000)}
    named = {words.name(chance).lower().split(" ")[-1] for _ in range(6000)}
    wanted = {word.lower() for word in KIND_BY_HEADLINE}
    assert wanted <= printed
    assert {word for word in wanted if " " not in word} <= named


def test_lines_to_be_read_lie_in_the_picture_letter_by_letter(fonts):
    made = maker(fonts, 5)
    lines = [line for k in range(60) for line in made.seen(FRONTS_WH_PX[k % 5]).lines]
    assert len(lines) > 40
    for line in lines:
        assert line.corners_px.min() > 0
        assert line.letters_at.shape == (len(line.text),)
        assert (np.diff(seen_of(line)) >= 0).all()


def test_print_is_seen_where_it_is_said_to_be(fonts):
    """Print is what varies most: rows of lines differ from letter to letter."""
    made, on, off = maker(fonts, 7), [], []
    for _ in range(80):
        front = made.seen(FRONTS_WH_PX[2])
        gray = front.view.front(front.view.wh_px).astype(float).mean(axis=2)
        rows = np.zeros(len(gray), bool)
        for line in (*front.lines, *front.unsure):
            top, bottom = line.corners_px[:, 1].min(), line.corners_px[:, 1].max()
            rows[max(int(top), 0) : int(bottom) + 1] = True
        for line in front.lines:
            (x1, _), (x2, _) = line.corners_px[0], line.corners_px[1]
            y = int(line.corners_px[:, 1].mean())
            on.append(np.abs(np.diff(gray[y, int(x1) : int(x2)])).mean())
        if (~rows).any():
            off.append(np.abs(np.diff(gray[~rows], axis=1)).mean())
    assert np.median(on) > 1.5 * np.median(off)


@pytest.mark.parametrize("wholly_round", [0.0, 1.0])
def test_print_around_a_round_pack_keeps_its_letters_in_order(fonts, monkeypatch, wholly_round):
    monkeypatch.setattr("datasets.fronts.ROUND_BOTTLES", 1.0)
    monkeypatch.setattr("datasets.fronts.ROUND_OTHERS", 1.0)
    monkeypatch.setattr("datasets.fronts.WHOLLY_ROUND", wholly_round)
    made = maker(fonts, 9)
    lines = [line for k in range(40) for line in made.seen(FRONTS_WH_PX[k % 2]).lines]
    assert len(lines) > 30
    for line in lines:
        seen = seen_of(line)
        assert len(seen) >= FEWEST_IN_SIGHT
        assert seen.min() >= 0
        assert seen.max() <= 1
        assert (np.diff(seen) >= 0).all()
    if wholly_round:  # letters are out of sight, at either end
        assert any(np.isnan(line.letters_at[0]) for line in lines)
        assert any(np.isnan(line.letters_at[-1]) for line in lines)


def seen_of(line):
    """Return where the letters are that are in sight."""
    return line.letters_at[np.isfinite(line.letters_at)]
