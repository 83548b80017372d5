"""Where signs are, and which placements they serve: header, ceiling, shelf edge, on the shelf."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.scene import Pack, Scene, Sign, SignPlacement, StraightEdge
from inspector.geometry.fitting import fit_camera
from inspector.geometry.front import hull
from inspector.geometry.layout import lay_out
from inspector.geometry.signs import find_spots
from tests.geometry.test_layout import box_px, packs_on, photo_of, upright

BAYS = [(-0.7, 1.4), (-0.3, 1.4), (0.15, 1.4), (0.5, 1.4), (-0.7, 1.0), (0.15, 1.0)]
"""Packs on two shelves of two bays, p1 to p6."""


def spot_of(sign, *, spots=BAYS, sides=(-0.8, 0.0, 0.8), top_m=1.8, taller=()):
    """Return the spot of one sign (x, bottom, width, height) in metres, and the layout.

    `sides` are uprights up to `top_m`, `taller` others up to 2.6 m.
    """
    photo, fit = photo_of()
    scene = Scene(
        packs=packs_on(photo, spots),
        signs=(Sign("t1", box_px(photo, *sign), (), False, 0.9),),
        straight_edges=(
            *(upright(photo, x_m, top_m=top_m) for x_m in sides),
            *(upright(photo, x_m, top_m=2.6) for x_m in taller),
        ),
    )
    layout = lay_out(scene, fit, box_u_px=1)
    return find_spots(scene, fit, layout)["t1"], layout


def served(spot, layout):
    """Return which runs a sign serves: True, False or None."""
    return {
        run.run_id: spot.serves(
            run,
            hull(layout.front[key] for key in run.pack_ids),
            layout.bay_span(run) if run.bay_number else None,
        )
        for run in layout.runs
    }


def test_a_header_serves_its_bay_on_every_shelf_and_no_other():
    spot, layout = spot_of((0.2, 1.82, 0.4, 0.15))
    assert spot.placement is SignPlacement.HEADER
    assert served(spot, layout) == {"s1a": False, "s1b": True, "s2a": False, "s2b": True}


def test_a_header_over_both_bays_serves_both():
    spot, layout = spot_of((-0.7, 1.82, 1.4, 0.15))
    assert set(served(spot, layout).values()) == {True}


def test_a_sign_on_the_edge_serves_the_run_above_it_alone():
    spot, layout = spot_of((0.2, 1.34, 0.3, 0.05))
    assert spot.placement is SignPlacement.SHELF_EDGE
    assert served(spot, layout) == {"s1a": False, "s1b": True, "s2a": False, "s2b": False}
    assert set(spot.beside_ids) <= {"p3", "p4"}


def test_an_advert_that_hangs_from_the_rail_belongs_to_the_shelf_above_it():
    spot, _ = spot_of((0.1, 1.22, 0.2, 0.14))
    assert spot.placement is SignPlacement.SHELF_EDGE
    assert spot.beside_ids == ("p3",)


def test_under_a_ceiling_sign_lies_its_whole_bay_on_every_shelf():
    spot, _ = spot_of((0.2, 2.1, 0.4, 0.15))
    assert spot.placement is SignPlacement.CEILING
    assert set(spot.under_ids) == {"p3", "p4", "p6"}
    assert len(spot.column_px) == 6


def test_beside_an_upright_that_reaches_past_it_a_sign_may_or_may_not_hang_from_the_ceiling():
    spot, _ = spot_of((0.2, 2.1, 0.4, 0.15), taller=(0.78,))
    assert spot.placement is SignPlacement.UNKNOWN


def test_a_header_stays_one_beside_the_corner_of_a_wall():
    spot, _ = spot_of((0.2, 1.82, 0.4, 0.15), taller=(0.78,))
    assert spot.placement is SignPlacement.HEADER


def test_without_bays_a_ceiling_sign_is_over_what_is_within_its_width():
    spot, _ = spot_of((0.1, 2.1, 0.4, 0.15), sides=(0.8,), spots=[(-0.3, 1.4), (0.2, 1.4)])
    assert spot.under_ids == ("p2",)


def test_without_bays_a_narrow_sign_beside_the_goods_may_or_may_not_be_theirs():
    spots = [(-0.3, 1.4), (0.2, 1.4)]
    spot, layout = spot_of((0.35, 1.82, 0.4, 0.15), sides=(), spots=spots)
    place = layout.front["p2"]
    assert spot.serves(layout.runs[0], place, None) is None
    assert spot.serves(layout.runs[0], layout.front["p1"], None) is False


def test_a_sign_half_out_of_the_picture_keeps_its_place():
    photo, fit = photo_of()
    x1, y1, x2, y2 = box_px(photo, 0.2, 1.82, 0.4, 0.15)
    scene = Scene(
        packs=packs_on(photo, BAYS),
        signs=(Sign("t1", (x1, y1, (x1 + x2) / 2, y2), (), False, 0.9),),
        straight_edges=tuple(upright(photo, x_m, top_m=1.8) for x_m in (-0.8, 0.0, 0.8)),
    )
    layout = lay_out(scene, fit, box_u_px=1)
    spot = find_spots(scene, fit, layout)["t1"]
    assert spot.placement is SignPlacement.HEADER
    assert served(spot, layout)["s1b"] is True


def test_no_packs_no_place():
    photo, fit = photo_of()
    scene = Scene(signs=(Sign("t1", box_px(photo, 0, 1.8, 0.4, 0.1), (), False, 0.9),))
    spot = find_spots(scene, fit, lay_out(scene, fit, box_u_px=1))["t1"]
    assert spot.placement is SignPlacement.UNKNOWN


def mirrored(scene, width_px):
    def flip(box):
        return (width_px - box[2], box[1], width_px - box[0], box[3])

    return Scene(
        packs=tuple(Pack(p.pack_id, flip(p.box_xyxy_px), 0.9) for p in scene.packs),
        signs=tuple(Sign(s.sign_id, flip(s.box_xyxy_px), (), False, 0.9) for s in scene.signs),
        straight_edges=tuple(
            StraightEdge(tuple((width_px - x, y) for x, y in e.ends_px), e.is_upright)
            for e in scene.straight_edges
        ),
    )


@settings(max_examples=20, deadline=None)
@given(
    spots=st.lists(
        st.tuples(st.integers(-8, 8), st.integers(0, 1)), min_size=2, max_size=8, unique=True
    ),
    sign_x_m=st.floats(-0.7, 0.3),
)
def test_in_a_mirror_everything_is_the_same_from_right_to_left(spots, sign_x_m):
    photo, _ = photo_of()
    fit = fit_camera((), (), photo.told)  # no kit: it looks straight ahead, so a mirror is exact
    scene = Scene(
        packs=packs_on(photo, [(0.1 * x, 1.0 + 0.4 * level) for x, level in spots]),
        signs=(Sign("t1", box_px(photo, sign_x_m, 1.82, 0.4, 0.15), (), False, 0.9),),
        straight_edges=(upright(photo, 0.045),),
    )
    seen = lay_out(scene, fit, box_u_px=1)
    flipped = mirrored(scene, 2 * photo.told.centre_px[0])
    other = lay_out(flipped, fit, box_u_px=1)
    assert {frozenset(run.pack_ids) for run in seen.runs} == {
        frozenset(run.pack_ids) for run in other.runs
    }
    gaps = {(p.left_id, p.right_id): p.gap_widths for p in seen.neighbours if not p.is_stacked}
    back = {(p.right_id, p.left_id): p.gap_widths for p in other.neighbours if not p.is_stacked}
    assert gaps == pytest.approx(back, abs=1e-6)
    spot, twin = find_spots(scene, fit, seen)["t1"], find_spots(flipped, fit, other)["t1"]
    assert spot.placement is twin.placement
    assert set(spot.beside_ids) == set(twin.beside_ids) or np.isclose(
        spot.box.centre[0], -twin.box.centre[0]
    )
