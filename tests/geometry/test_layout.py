import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.quantity import Measured, Unmeasured
from inspector.domain.scene import Pack, Scene, Sign, SignPlacement, StraightEdge
from inspector.geometry.camera import STRIP, fit_camera
from inspector.geometry.layout import lay_out, place_signs
from tests.geometry.synthetic import random_photo, tags_of

BAY_M = 0.9


def photo_of(seed=11):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng, focal_u_rel=1e-4)
    return photo, fit_camera(tags_of(photo, STRIP, rng, x_m=0.6, noise_px=0.1), (), photo.told)


def box_px(photo, x_m, bottom_m, width_m, height_m):
    corners = photo.project(
        [[x, 0.0, z] for x in (x_m, x_m + width_m) for z in (bottom_m, bottom_m + height_m)]
    )
    return (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())


def packs_on(photo, spots, *, width_m=0.08, height_m=0.06):
    """Packs at (x, bottom) in metres, named p1, p2, … in the order given."""
    return tuple(
        Pack(f"p{n}", box_px(photo, x_m, bottom_m, width_m, height_m), 0.9)
        for n, (x_m, bottom_m) in enumerate(spots, start=1)
    )


def upright(photo, x_m, bottom_m=0.2, top_m=2.0):
    ends = photo.project([[x_m, 0.0, top_m], [x_m, 0.0, bottom_m]]).tolist()
    return StraightEdge((tuple(ends[0]), tuple(ends[1])), True)


def test_rows_are_shelves_from_top_to_bottom_and_packs_go_from_left_to_right():
    photo, fit = photo_of()
    spots = [(0.3, 1.1), (-0.3, 1.1), (0.0, 1.1), (0.0, 1.45), (-0.2, 1.45)]
    layout = lay_out(Scene(packs=packs_on(photo, spots)), fit, box_u_px=1)
    assert [shelf.pack_ids for shelf in layout.shelves] == [("p5", "p4"), ("p2", "p3", "p1")]
    heights = [shelf.height for shelf in layout.shelves]
    assert all(isinstance(height, Measured) for height in heights)
    assert heights[0].low_m < 1.45 < heights[0].high_m
    assert heights[1].low_m < 1.1 < heights[1].high_m


def test_a_pack_on_another_is_stacked_and_no_neighbour():
    photo, fit = photo_of()
    layout = lay_out(
        Scene(packs=packs_on(photo, [(0.0, 1.4), (0.0, 1.461), (0.1, 1.4)])), fit, box_u_px=1
    )
    (shelf,) = layout.shelves
    assert shelf.pack_ids == ("p1", "p3")
    assert shelf.stacked_ids == ("p2",)
    assert layout.shelf_of("p2") is shelf


def test_the_gap_between_neighbours_is_measured():
    photo, fit = photo_of()
    layout = lay_out(Scene(packs=packs_on(photo, [(-0.2, 1.4), (0.0, 1.4)])), fit, box_u_px=1)
    (pair,) = layout.neighbours
    assert (pair.left_id, pair.right_id) == ("p1", "p2")
    assert isinstance(pair.gap, Measured)
    # The boxes are as wide as the tilted packs look, so the gap may look a little smaller.
    assert 0.10 < pair.gap.value_m < 0.13
    assert pair.gap_widths == pytest.approx(1.4, abs=0.25)


def test_without_a_scale_the_gap_is_known_in_pack_widths_alone():
    photo, _ = photo_of()
    unscaled = fit_camera((), (), photo.told)
    layout = lay_out(Scene(packs=packs_on(photo, [(-0.2, 1.4), (0.0, 1.4)])), unscaled, box_u_px=1)
    assert isinstance(layout.neighbours[0].gap, Unmeasured)
    assert layout.neighbours[0].gap_widths == pytest.approx(1.4, abs=0.4)


def test_an_upright_ends_a_run_and_a_packs_own_edge_does_not():
    photo, fit = photo_of()
    packs = packs_on(photo, [(-0.2, 1.4), (-0.1, 1.4), (0.1, 1.4)])
    own_edge = upright(photo, -0.11, bottom_m=1.40, top_m=1.46)
    scene = Scene(packs=packs, straight_edges=(upright(photo, 0.05), own_edge))
    layout = lay_out(scene, fit, box_u_px=1)
    assert layout.runs["s1"] == (("p1", "p2"), ("p3",))
    assert [(pair.left_id, pair.right_id) for pair in layout.neighbours] == [("p1", "p2")]


def test_a_divider_between_two_packs_is_noticed():
    photo, fit = photo_of()
    packs = packs_on(photo, [(-0.2, 1.4), (-0.05, 1.4), (0.1, 1.4)])
    divider = box_px(photo, -0.09, 1.39, 0.01, 0.1)
    layout = lay_out(Scene(packs=packs, dividers=(divider,)), fit, box_u_px=1)
    assert [pair.divider for pair in layout.neighbours] == [True, False]


def placements(*, sign, uprights=(), spots=((-0.2, 1.4), (0.0, 1.4), (-0.2, 1.0), (0.0, 1.0))):
    photo, fit = photo_of()
    scene = Scene(
        packs=packs_on(photo, spots),
        signs=(Sign("t1", box_px(photo, *sign), (), False, 0.9),),
        straight_edges=tuple(upright(photo, x_m, top_m=top_m) for x_m, top_m in uprights),
    )
    return place_signs(scene, fit, lay_out(scene, fit, box_u_px=1))["t1"]


def test_a_sign_on_the_rail_is_a_shelf_edge_sign():
    assert placements(sign=(-0.15, 1.36, 0.2, 0.035)) is SignPlacement.SHELF_EDGE


def test_a_sign_among_the_packs_stands_on_the_shelf():
    assert placements(sign=(-0.1, 1.15, 0.15, 0.1)) is SignPlacement.ON_SHELF


@pytest.mark.parametrize(
    ("bottom_m", "expected"),
    [(1.82, SignPlacement.HEADER), (2.2, SignPlacement.CEILING), (1.99, SignPlacement.UNKNOWN)],
)
def test_header_and_ceiling_are_told_apart_by_the_top_of_the_fixture(bottom_m, expected):
    sign = (-0.3, bottom_m, 0.6, 0.15)
    assert placements(sign=sign, uprights=[(-0.4, 1.8), (0.4, 1.8)]) is expected


def test_without_an_upright_nobody_can_say_what_a_sign_above_hangs_on():
    assert placements(sign=(-0.3, 2.2, 0.6, 0.15)) is SignPlacement.UNKNOWN


def test_no_packs_no_shelves():
    _, fit = photo_of()
    assert lay_out(Scene(), fit, box_u_px=1).shelves == ()


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(6)))
def test_the_order_of_the_packs_does_not_matter(order):
    photo, fit = photo_of()
    spots = [(-0.3, 1.4), (-0.1, 1.4), (0.1, 1.4), (-0.3, 1.1), (-0.1, 1.1), (0.1, 1.1)]
    packs = packs_on(photo, spots)
    expected = lay_out(Scene(packs=packs), fit, box_u_px=1)
    shuffled = lay_out(Scene(packs=tuple(packs[k] for k in order)), fit, box_u_px=1)
    assert [s.pack_ids for s in shuffled.shelves] == [s.pack_ids for s in expected.shelves]
    assert shuffled.runs == expected.runs
