import pytest

from inspector.vision.strips import (
    MAX_SCALE,
    MIN_SCALE,
    MOST_PIXELS,
    PACK_SIDE_PX,
    strips_from_packs,
)

WH = (1600, 1200)


def row(y, *xs, side=50):
    return [(x, y, x + side, y + side) for x in xs]


def test_packs_side_by_side_make_one_strip_with_a_little_of_their_surroundings():
    (strip,) = strips_from_packs(row(100, 200, 260, 320), WH)
    x1, y1, x2, y2 = strip.box_xyxy_px
    assert 180 < x1 < 200
    assert 80 < y1 < 100
    assert 370 < x2 < 390
    assert 150 < y2 < 170


def test_shelves_and_far_groups_are_strips_of_their_own():
    packs = [*row(100, 200, 260), *row(300, 200, 260), *row(100, 900)]
    assert len(strips_from_packs(packs, WH)) == 3


def test_every_pack_lies_in_a_strip():
    packs = [*row(0, 0, 1550), *row(1150, 0, 700)]
    strips = strips_from_packs(packs, WH)
    for x1, y1, x2, y2 in packs:
        assert any(
            a <= x1 and b <= y1 and c >= x2 and d >= y2
            for a, b, c, d in (s.box_xyxy_px for s in strips)
        )


@pytest.mark.parametrize(
    ("side", "scale"), [(50, PACK_SIDE_PX / 50), (10, MAX_SCALE), (900, MIN_SCALE)]
)
def test_packs_are_shown_about_equally_large(side, scale):
    (strip,) = strips_from_packs(row(100, 200, side=side), WH)
    assert strip.scale == pytest.approx(scale)


def test_no_packs_no_strips():
    assert strips_from_packs([], WH) == []


def test_a_long_row_is_cut_between_packs_so_that_no_look_is_large():
    packs = row(100, *range(0, 4000, 60))
    strips = strips_from_packs(packs, (4032, 3024))
    assert len(strips) > 1
    assert all(strip.looked_at_pixels <= MOST_PIXELS for strip in strips)
    for x1, _, x2, _ in packs:
        assert any(s.box_xyxy_px[0] <= x1 and x2 <= s.box_xyxy_px[2] for s in strips)


def test_one_pack_is_never_cut():
    (strip,) = strips_from_packs([(0, 0, 3000, 3000)], (4032, 3024))
    assert strip.looked_at_pixels > MOST_PIXELS
