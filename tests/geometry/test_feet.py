"""The lowest point of a pack: its own box, its row, and what it stands on."""

import numpy as np
import pytest

from inspector.domain.capture import HeightMark
from inspector.domain.scene import Pack, Scene
from inspector.geometry.feet import heights_of_feet, heights_of_runs, heights_on_edge
from inspector.geometry.fitting import fit_camera
from inspector.geometry.heights import PACK_DEPTH_M, heights_of_packs
from inspector.geometry.kit import STRIP
from inspector.geometry.layout import lay_out
from tests.geometry.synthetic import edges_of, random_photo, tags_of

BOX_U_PX = 3.0
SHELF_M = 1.38
PACK_WH_M = (0.08, 0.06)


def shop(seed=6):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    return rng, photo, fit_camera(tags_of(photo, STRIP, rng), edges_of(photo, rng), photo.told)


def pack(photo, name, x_m, bottom_m, *, foot_m=None):
    """A pack whose box ends at `foot_m` although it stands at `bottom_m`."""
    width_m, height_m = PACK_WH_M
    foot_m = bottom_m if foot_m is None else foot_m
    (left, bottom), (right, top) = photo.project(
        [[x_m, PACK_DEPTH_M, foot_m], [x_m + width_m, PACK_DEPTH_M, bottom_m + height_m]]
    ).tolist()
    return Pack(name, (left, top, right, bottom), 0.9)


def feet(photo, fit, packs, *, doors_px=()):
    layout = lay_out(Scene(packs=tuple(packs)), fit, box_u_px=BOX_U_PX)
    return heights_of_feet(packs, layout, fit, u_px=BOX_U_PX, doors_px=doors_px)


def test_packs_side_by_side_say_each_others_height_and_a_step_is_kept():
    rng = np.random.default_rng(6)
    photo = random_photo(rng)
    fit = fit_camera(tags_of(photo, STRIP, rng), edges_of(photo, rng), photo.told)
    x_m = np.linspace(-0.3, 0.3, 8)
    board_m = np.where(x_m < 0, 1.30, 1.36)
    points = photo.project([[x, PACK_DEPTH_M, z] for x, z in zip(x_m, board_m, strict=True)])
    points[:, 1] += rng.normal(0, BOX_U_PX, 8)
    at_px = [tuple(p) for p in points.tolist()]
    alone = heights_of_packs(fit, at_px, u_px=BOX_U_PX)
    pooled = heights_of_runs(fit, [at_px], u_px=BOX_U_PX)
    for one, all_, true_m in zip(alone, pooled, board_m, strict=True):
        assert all_.high_m - all_.low_m <= one.high_m - one.low_m + 1e-12
        assert all_.low_m < true_m < all_.high_m


def test_runs_say_nothing_of_each_other():
    rng, photo, fit = shop()
    runs_px = []
    for board_m, count in ((1.1, 1), (1.3, 12), (1.36, 3)):
        points = photo.project([[x, PACK_DEPTH_M, board_m] for x in np.linspace(-0.3, 0.3, count)])
        points[:, 1] += rng.normal(0, 2 * BOX_U_PX, count)
        runs_px.append([tuple(point) for point in points.tolist()])
    together = heights_of_runs(fit, runs_px, u_px=BOX_U_PX)
    alone = [heights_of_runs(fit, [run_px], u_px=BOX_U_PX) for run_px in runs_px]
    assert [(h.value_m, h.low_m, h.high_m) for h in together] == [
        pytest.approx((h.value_m, h.low_m, h.high_m), abs=1e-9) for run in alone for h in run
    ]


def test_a_box_that_ends_short_of_its_foot_is_less_sure_than_its_row():
    _, photo, fit = shop()
    packs = [pack(photo, f"p{n}", -0.4 + 0.1 * n, SHELF_M) for n in range(7)]
    packs[3] = pack(photo, "p3", -0.1, SHELF_M, foot_m=SHELF_M + 0.018)
    found = feet(photo, fit, packs)
    assert found["p3"].low_m < SHELF_M < found["p3"].high_m
    # It may stand on something as well, and its row knows nothing of it.
    assert found["p3"].low_m < SHELF_M + 0.018 < found["p3"].high_m
    assert found["p2"].high_m < SHELF_M + 0.015


def test_a_box_that_reaches_down_over_the_rail_is_less_sure_than_its_row():
    _, photo, fit = shop()
    packs = [pack(photo, f"p{n}", -0.4 + 0.1 * n, SHELF_M) for n in range(7)]
    packs[3] = pack(photo, "p3", -0.1, SHELF_M, foot_m=SHELF_M - 0.018)
    assert feet(photo, fit, packs)["p3"].high_m > SHELF_M


def test_a_box_that_reaches_over_the_pack_below_holds_the_top_of_that_one():
    _, photo, fit = shop()
    top_m = SHELF_M + PACK_WH_M[1]
    packs = [
        pack(photo, "p1", 0.0, SHELF_M),
        pack(photo, "p2", 0.0, top_m, foot_m=top_m - 0.035),
        pack(photo, "p3", 0.1, SHELF_M),
    ]
    on_top = feet(photo, fit, packs)["p2"]
    assert on_top.low_m < SHELF_M  # it may be a pack of the row behind
    assert on_top.high_m > top_m


def test_the_frame_of_a_door_may_hide_the_feet_of_the_lowest_packs_behind_it():
    _, photo, fit = shop()
    low = [pack(photo, f"p{n}", -0.4 + 0.1 * n, SHELF_M, foot_m=SHELF_M + 0.03) for n in range(4)]
    high = [pack(photo, f"q{n}", -0.4 + 0.1 * n, SHELF_M + 0.3) for n in range(4)]
    open_ = feet(photo, fit, [*low, *high])
    corners = np.array([one.box_xyxy_px for one in (*low, *high)])
    door_px = (*corners[:, :2].min(axis=0), *corners[:, 2:].max(axis=0))
    closed = feet(photo, fit, [*low, *high], doors_px=[door_px])
    assert all(open_[one.pack_id].low_m > SHELF_M for one in low)
    assert all(closed[one.pack_id].low_m < SHELF_M for one in low)
    assert all(closed[one.pack_id] == open_[one.pack_id] for one in high)


def test_without_a_scale_no_foot_has_a_height():
    _, photo, _ = shop()
    unscaled = fit_camera((), (), photo.told)
    packs = [pack(photo, "p1", 0.0, SHELF_M), pack(photo, "p2", 0.1, SHELF_M)]
    assert {type(height).__name__ for height in feet(photo, unscaled, packs).values()} == {
        "Unmeasured"
    }


def edge_of(photo, height_m=SHELF_M):
    ends_px = photo.project([[-0.45, 0.0, height_m], [0.45, 0.0, height_m]])
    return HeightMark(tuple(map(tuple, ends_px.tolist())), height_m)


@pytest.mark.parametrize("seed", range(12))
def test_packs_on_a_measured_edge_have_its_height_and_no_others_have_one(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng, distance_m=(0.6, 4.0), yaw_deg=30, pitch_deg=20)
    on_it = [pack(photo, f"on {n}", -0.4 + 0.15 * n, SHELF_M) for n in range(5)]
    others = [
        pack(photo, f"{name} {n}", -0.4 + 0.15 * n, z_m)
        for name, z_m in (("over", SHELF_M + 0.25), ("under", SHELF_M - 0.25))
        for n in range(5)
    ]
    beside = pack(photo, "beside", 0.5, SHELF_M)
    packs = [*on_it, *others, beside]
    found = heights_on_edge(packs, edge_of(photo), photo.told, u_px=BOX_U_PX)
    assert set(found) == {one.pack_id for one in on_it}
    for height in found.values():
        assert height.low_m < SHELF_M < height.high_m
        assert height.high_m - height.low_m < 0.10


@pytest.mark.parametrize("stands_m", [0.0, 0.015], ids=["box over the rail", "on a board"])
def test_a_foot_seen_beside_the_edge_may_be_there(stands_m):
    _, photo, _ = shop()
    foot_m = SHELF_M + (stands_m or -0.015)
    packs = [pack(photo, f"p{n}", -0.4 + 0.1 * n, SHELF_M) for n in range(7)]
    packs[3] = pack(photo, "p3", -0.1, SHELF_M + stands_m, foot_m=foot_m)
    found = heights_on_edge(packs, edge_of(photo), photo.told, u_px=BOX_U_PX)["p3"]
    assert found.low_m < SHELF_M
    assert found.low_m < SHELF_M + stands_m < found.high_m


def test_a_point_and_a_door_tell_nothing_of_feet():
    _, photo, _ = shop()
    one, edge = pack(photo, "p1", 0.0, SHELF_M), edge_of(photo)
    point = HeightMark(edge.ends_px[:1], SHELF_M)
    assert heights_on_edge([one], point, photo.told, u_px=BOX_U_PX) == {}
    assert heights_on_edge([], edge, photo.told, u_px=BOX_U_PX) == {}
    door_px = one.box_xyxy_px
    assert heights_on_edge([one], edge, photo.told, u_px=BOX_U_PX, doors_px=[door_px]) == {}
