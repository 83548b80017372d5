import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.quantity import Measured, Unmeasured
from inspector.domain.scene import Pack, Scene, Sign, SignPlacement, StraightEdge
from inspector.geometry.fitting import fit_camera
from inspector.geometry.front import FrontBox
from inspector.geometry.kit import STRIP
from inspector.geometry.layout import SUPPORT_TOLERANCE, lay_out, supporters, without_floating
from inspector.geometry.signs import find_spots
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
    assert [(run.run_id, run.pack_ids) for run in layout.runs] == [
        ("s1a", ("p1", "p2")),
        ("s1b", ("p3",)),
    ]
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
    return find_spots(scene, fit, lay_out(scene, fit, box_u_px=1))["t1"].placement


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


@st.composite
def front_boxes_of_packs(draw):
    """Packs on a coarse grid, so that ties and touching sides are frequent."""
    steps = draw(st.lists(st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 5)] * 2)))
    return {
        f"p{n}": FrontBox(0.02 * x, 0.02 * (x + width), 0.02 * z, 0.02 * (z + height))
        for n, (x, z, width, height) in enumerate(steps)
    }


def bearer(pack_id, boxes):
    """Pack by pack: what `supporters` works out for all at once."""
    box, best, best_gap = boxes[pack_id], None, np.inf
    for other_id, other in boxes.items():
        gap = abs(box.bottom - other.top)
        is_close = gap <= SUPPORT_TOLERANCE * min(box.height, other.height)
        is_covered = other.bottom + 0.3 * other.height < box.bottom < other.top
        is_under = other.bottom < box.bottom and box.overlap_x(other) >= 0.4
        if is_under and (is_close or is_covered) and gap < best_gap:
            best, best_gap = other_id, gap
    return best


@settings(deadline=None)
@given(boxes=front_boxes_of_packs())
def test_what_bears_each_pack_is_the_nearest_below_it(boxes):
    assert supporters(boxes) == {key: bearer(key, boxes) for key in boxes}


def without_floating_one_by_one(rows, boxes, sides):
    """Pack by pack: what `without_floating` works out for all at once."""

    def hangs_beside(box, other):
        apart = max(box.left, other.left) - min(box.right, other.right)
        is_next = apart < min(box.width, other.width)
        raised = other.bottom + 0.2 * other.height < box.bottom < other.top - 0.2 * other.height
        left, right = sorted((box, other), key=lambda side: side.centre[0])
        is_parted = any(
            left.centre[0] + 0.25 * left.width < x < right.centre[0] - 0.25 * right.width
            and top > max(box.top, other.top) + 0.3 * max(box.height, other.height)
            and bottom < min(box.bottom, other.bottom) + 0.2 * max(box.height, other.height)
            for x, bottom, top in sides
        )
        return is_next and raised and not is_parted

    kept = [list(row) for row in rows]
    for upper, row in enumerate(kept):
        for key in list(row):
            for lower in kept[upper + 1 :]:
                if any(hangs_beside(boxes[key], boxes[other]) for other in lower):
                    row.remove(key)
                    lower.append(key)
                    lower.sort(key=lambda member: boxes[member].centre[0])
                    break
    return [row for row in kept if row]


@settings(deadline=None)
@given(
    boxes=front_boxes_of_packs(),
    sides=st.lists(st.tuples(st.integers(0, 16), st.integers(0, 8), st.integers(9, 20))),
    size=st.integers(1, 4),
)
def test_packs_that_hang_in_the_air_join_the_row_beside_which_they_hang(boxes, sides, size):
    downward = sorted(boxes, key=lambda key: -boxes[key].bottom)
    rows = [downward[n : n + size] for n in range(0, len(downward), size)]
    edges = 0.02 * np.array(sides, dtype=float).reshape(-1, 3)
    expected = without_floating_one_by_one(rows, boxes, edges.tolist())
    assert without_floating(rows, boxes, edges) == expected


def lay(photo, fit, spots, **more):
    return lay_out(Scene(packs=packs_on(photo, spots), **more), fit, box_u_px=1)


def places(layout):
    return {run.run_id: (run.bay_number, run.shelf_number) for run in layout.runs}


def test_bays_count_from_the_left_and_shelves_from_the_top_of_their_bay():
    photo, fit = photo_of()
    # The right bay's boards lie lower than those of the left bay.
    spots = [(-0.3, 1.4), (-0.3, 1.1), (0.2, 1.25), (0.2, 1.1)]
    layout = lay(photo, fit, spots, straight_edges=(upright(photo, 0.05),))
    assert places(layout) == {"s1": (1, 1), "s2": (2, 1), "s3a": (1, 2), "s3b": (2, 2)}


def test_without_an_upright_there_is_no_bay_to_name():
    photo, fit = photo_of()
    layout = lay(photo, fit, [(-0.3, 1.4), (-0.3, 1.1)])
    assert places(layout) == {"s1": (None, 1), "s2": (None, 2)}


def test_the_frame_between_two_doors_hides_a_place_and_parts_no_shelf():
    photo, fit = photo_of()
    spots = [(-0.2, 1.4), (0.1, 1.4)]
    doors = tuple(box_px(photo, x_m, 0.2, 0.4, 1.8) for x_m in (-0.4, 0.02))
    frame = upright(photo, 0.01)
    for edges in ((frame,), ()):
        layout = lay(photo, fit, spots, straight_edges=edges, doors=doors)
        assert [run.pack_ids for run in layout.runs] == [("p1", "p2")]
        assert layout.neighbours[0].is_hidden


def test_the_side_of_a_cabinet_with_two_doors_parts_it_from_its_neighbour():
    photo, fit = photo_of()
    doors = tuple(box_px(photo, x_m, 0.2, 0.3, 1.8) for x_m in (-0.6, -0.29))
    layout = lay(
        photo, fit, [(-0.2, 1.4), (0.1, 1.4)], straight_edges=(upright(photo, 0.02),), doors=doors
    )
    assert [run.pack_ids for run in layout.runs] == [("p1",), ("p2",)]


def test_the_measuring_strip_before_the_shelf_hides_a_place_and_is_no_upright():
    photo, fit = photo_of()
    tags = tags_of(photo, STRIP, np.random.default_rng(3), x_m=0.0, noise_px=0.1)
    edges = (upright(photo, -0.035, 0.03, 1.55), upright(photo, 0.035, 0.03, 1.55))
    layout = lay(photo, fit, [(-0.2, 1.4), (0.1, 1.4)], straight_edges=edges, tags=tags)
    assert [run.pack_ids for run in layout.runs] == [("p1", "p2")]
    assert layout.neighbours[0].is_hidden


def test_a_pack_whose_support_was_overlooked_stands_on_the_shelf_of_those_beside_it():
    photo, fit = photo_of()
    tall = Pack("p9", box_px(photo, 0.1, 1.4, 0.08, 0.12), 0.9)
    floating = Pack("p8", box_px(photo, 0.0, 1.45, 0.08, 0.06), 0.9)
    layout = lay_out(Scene(packs=(tall, floating)), fit, box_u_px=1)
    assert [run.pack_ids for run in layout.runs] == [("p8", "p9")]


def test_a_pack_on_another_is_its_neighbour_from_above():
    photo, fit = photo_of()
    layout = lay(photo, fit, [(0.0, 1.4), (0.0, 1.461)])
    (pair,) = layout.neighbours
    assert (pair.left_id, pair.right_id, pair.is_stacked) == ("p1", "p2", True)


def test_packs_that_overlap_in_the_picture_have_no_gap():
    photo, fit = photo_of()
    layout = lay(photo, fit, [(0.0, 1.4), (0.06, 1.4)])
    (pair,) = layout.neighbours
    assert pair.gap.high_m < 0
    assert pair.gap_widths < 0


def test_a_shelf_with_a_thousand_packs_is_laid_out():
    photo, fit = photo_of()
    spots = [(-2 + 0.04 * k, 0.9 + 0.1 * level) for level in range(10) for k in range(100)]
    layout = lay_out(Scene(packs=packs_on(photo, spots, width_m=0.035)), fit, box_u_px=1)
    assert [len(shelf.pack_ids) for shelf in layout.shelves] == [100] * 10


@pytest.mark.parametrize("scaled", [0.5, 2.0])
def test_the_size_of_the_picture_does_not_matter(scaled):
    photo, _ = photo_of()
    unscaled = fit_camera((), (), photo.told)
    spots = [(-0.3, 1.4), (-0.1, 1.4), (0.1, 1.4), (-0.3, 1.1), (0.1, 1.1)]
    packs = packs_on(photo, spots)
    centre = np.array(photo.told.centre_px * 2)
    resized = tuple(
        Pack(p.pack_id, tuple(centre + scaled * (np.array(p.box_xyxy_px) - centre)), 0.9)
        for p in packs
    )
    expected = lay_out(Scene(packs=packs), unscaled, box_u_px=1)
    found = lay_out(Scene(packs=resized), unscaled, box_u_px=1)
    assert found.runs == expected.runs
    assert [pair.gap_widths for pair in found.neighbours] == pytest.approx(
        [pair.gap_widths for pair in expected.neighbours], rel=0.1, abs=0.05
    )


@pytest.mark.parametrize("turn_deg", [30, -30])
def test_a_photo_turned_by_thirty_degrees_tells_no_shelves(turn_deg):
    photo, _ = photo_of()
    spots = [(0.1 * k, z_m) for k in range(-4, 5) for z_m in (1.0, 1.4)]
    packs = packs_on(photo, spots)
    turn = np.radians(turn_deg)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    centre = np.array(photo.told.centre_px)
    turned = []
    for pack in packs:
        x1, y1, x2, y2 = pack.box_xyxy_px
        corners = (np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]]) - centre) @ matrix.T + centre
        box = (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
        turned.append(Pack(pack.pack_id, box, 0.9))
    layout = lay_out(Scene(packs=tuple(turned)), fit_camera((), (), photo.told), box_u_px=1)
    assert layout.shelves == ()
    assert layout.neighbours == ()
