"""Each cue narrows the interval, and the interval still covers the truth."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from scipy.stats import binomtest

from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.capture import HeightMark, Told
from inspector.domain.quantity import Measured, ScaleMethod
from inspector.domain.scene import Pack, Scene, StraightEdge
from inspector.domain.verdict import Reason
from inspector.geometry.camera import CAMERA_FROM_WORLD_LEVEL, rotation
from inspector.geometry.cues import CLICK_U_SHARE, EDGE_U_RAD, END_U_SHARE, EdgesSeen
from inspector.geometry.fitting import fit_camera
from inspector.geometry.floor import find_floor_line
from inspector.geometry.heights import (
    EDGE_DEPTH_U_M,
    PACK_DEPTH_M,
    PACK_DEPTH_U_M,
    heights_of_packs,
    limit_line,
)
from inspector.geometry.kit import FLOOR_CARD, MARK_140
from inspector.measuring import LOWEST_CAMERA_M, measure
from inspector.rules.guidance import load_guidance
from tests.geometry.synthetic import IMAGE_WH, edges_of, packs_of, random_photo, tags_of

BOX_U_PX = 3.0
HEIGHTS_M = (0.8, 1.1, 1.3, 1.39, 1.41, 1.5, 1.7)
SHELVES_M = np.arange(0.2, 1.9, 0.28)


def shop(rng, *, floor=True, plinth_m=None):
    """Photograph a fixture with many edges, its floor line and its packs."""
    photo = random_photo(rng, distance_m=(1.8, 3.2))
    plinth_m = rng.normal(0.01, 0.03) if plinth_m is None else plinth_m
    edges = edges_of(
        photo, rng, shelves=SHELVES_M, uprights=8, floor=floor, plinth_m=plinth_m, tilt_deg=0.15
    )
    return photo, edges, packs_of(photo, rng)


def measured(photo, fit, rng):
    """Return errors, half-widths and whether the interval covers, of packs at several heights."""
    places = [
        [rng.uniform(-0.4, 0.4), rng.normal(PACK_DEPTH_M, PACK_DEPTH_U_M), h] for h in HEIGHTS_M
    ]
    points = photo.project(places)
    points[:, 1] += rng.normal(0, BOX_U_PX, len(points))
    heights = heights_of_packs(fit, [tuple(p) for p in points.tolist()], u_px=BOX_U_PX)
    return [
        (h.value_m - true_m, (h.high_m - h.low_m) / 2, h.low_m <= true_m <= h.high_m)
        for h, true_m, p in zip(heights, HEIGHTS_M, points, strict=True)
        if isinstance(h, Measured) and np.all((p > 0) & (p < IMAGE_WH))
    ]


def covers(rows):
    """Packs of one photo share its errors, so photos are counted: most of its packs inside."""
    hits = [np.mean([inside for *_, inside in photo]) > 0.5 for photo in rows if photo]
    return binomtest(sum(hits), len(hits), 0.95, alternative="less").pvalue > 0.01


def camera_height(photo, rng, edges, packs_px, **more):
    told = Told(camera_height_m=photo.position_m[2] + rng.normal(0, 0.005), **more)
    return fit_camera((), edges, photo.told, told=told, packs_px=packs_px)


def test_a_camera_height_with_a_floor_line_measures_packs():
    rows = []
    for seed in range(14):
        rng = np.random.default_rng(seed)
        photo, edges, packs_px = shop(rng)
        fit = camera_height(photo, rng, edges, packs_px)
        assert fit.scale.method is ScaleMethod.CAMERA_HEIGHT
        rows.append(measured(photo, fit, rng))
    assert covers(rows)
    assert np.median([abs(error) for photo in rows for error, *_ in photo]) < 0.025


def test_without_a_floor_line_only_what_is_level_with_the_camera_is_known():
    rng = np.random.default_rng(3)
    photo, edges, packs_px = shop(rng, floor=False)
    fit = camera_height(photo, rng, edges, packs_px)
    z_m = photo.position_m[2]
    points = photo.project([[0.1, PACK_DEPTH_M, z_m], [0.1, PACK_DEPTH_M, z_m - 0.5]])
    level, below = heights_of_packs(fit, [tuple(p) for p in points.tolist()], u_px=BOX_U_PX)
    assert level.low_m < z_m < level.high_m
    assert level.high_m - level.low_m < 0.12
    assert below.high_m - below.low_m > 0.5


def test_a_base_deck_that_stands_out_stays_inside_the_interval():
    rows = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        photo, edges, packs_px = shop(rng, plinth_m=0.05)
        rows.append(measured(photo, camera_height(photo, rng, edges, packs_px), rng))
    assert covers(rows)


def test_the_tilt_that_the_device_wrote_narrows_a_camera_height():
    half = {}
    for with_tilt in (False, True):
        rng = np.random.default_rng(5)
        photo, edges, packs_px = shop(rng)
        x, y, z = (-photo.rotation[:, 2]).tolist()
        down = (x, y, z) if with_tilt else None
        level = [edge for edge in edges if not edge.is_upright]
        told = Told(camera_height_m=float(photo.position_m[2]), down=down)
        fit = fit_camera((), level, photo.told, told=told, packs_px=packs_px)
        half[with_tilt] = np.median([h for _, h, _ in measured(photo, fit, rng)])
    assert half[True] < half[False]


def test_a_tilt_that_the_edges_do_not_bear_is_left_aside():
    rng = np.random.default_rng(5)
    photo, edges, packs_px = shop(rng)
    fits = [
        fit_camera(
            (),
            edges,
            photo.told,
            told=Told(camera_height_m=float(photo.position_m[2]), down=down),
            packs_px=packs_px,
        )
        for down in (None, (0.3, 0.9, -0.316))
    ]
    assert np.allclose(fits[0].parameters, fits[1].parameters)


def marks_of(photo, rng, heights_m):
    for height_m in heights_m:
        depth_m = rng.normal(0, EDGE_DEPTH_U_M)
        ends = photo.project([[-0.35, depth_m, height_m], [0.35, depth_m, height_m]])
        ends += rng.normal(0, CLICK_U_SHARE * max(IMAGE_WH), (2, 2))
        yield HeightMark(tuple(map(tuple, ends.tolist())), height_m + rng.normal(0, 0.0025))


def test_two_edges_measured_by_tape_make_a_scale():
    rows = []
    for seed in range(14):
        rng = np.random.default_rng(seed)
        photo, edges, packs_px = shop(rng)
        told = Told(marks=tuple(marks_of(photo, rng, (0.6, 1.5))))
        fit = fit_camera((), edges, photo.told, told=told, packs_px=packs_px)
        assert fit.scale.method is ScaleMethod.MARKED_POINTS
        rows.append(measured(photo, fit, rng))
    assert covers(rows)


def test_one_height_alone_is_no_scale():
    rng = np.random.default_rng(1)
    photo, edges, packs_px = shop(rng)
    told = Told(marks=tuple(marks_of(photo, rng, (1.5,))))
    fit = fit_camera((), edges, photo.told, told=told, packs_px=packs_px)
    assert fit.scale.reason is Reason.NO_SCALE


@pytest.mark.parametrize("part", [MARK_140, FLOOR_CARD], ids=["140 mark", "floor card"])
def test_a_shelf_edge_by_tape_narrows_what_a_tag_tells(part):
    half = {}
    for marked in (False, True):
        rng = np.random.default_rng(2)
        photo, edges, packs_px = shop(rng)
        tags = tags_of(photo, part, np.random.default_rng(3))
        told = Told(marks=tuple(marks_of(photo, rng, (1.2,))) if marked else ())
        fit = fit_camera(tags, edges, photo.told, told=told, packs_px=packs_px)
        half[marked] = np.max([h for _, h, _ in measured(photo, fit, rng)])
    assert half[True] < half[False]


def test_the_limit_line_moves_with_the_height_that_is_told():
    rng = np.random.default_rng(4)
    photo, edges, packs_px = shop(rng)
    rows = [
        limit_line(
            fit_camera(
                (), edges, photo.told, told=Told(camera_height_m=height_m), packs_px=packs_px
            ),
            IMAGE_WH,
            limit_m=1.4,
        )
        for height_m in (1.3, 1.5)
    ]
    assert rows[0][4][1] < rows[1][4][1]  # from higher up, the line lies lower in the picture


def test_a_calibrated_lens_narrows_a_camera_height():
    photo, edges, packs_px = shop(np.random.default_rng(3))
    told = Told(camera_height_m=float(photo.position_m[2]))
    lens = replace(photo.told, focal_px=photo.focal_px, focal_u_rel=0.003, k1_u=0.0015)
    fits = [
        fit_camera((), edges, camera, told=told, packs_px=packs_px) for camera in (photo.told, lens)
    ]
    half = [
        np.median([h for _, h, _ in measured(photo, fit, np.random.default_rng(1))]) for fit in fits
    ]
    assert half[1] < half[0]


def test_without_a_scale_the_floor_counts_as_in_view_only_where_it_is():
    matcher, guidance = Matcher(Register.load()), load_guidance(date(2026, 11, 1))
    told = []
    for seed in range(24):
        photo, edges, packs_px = shop(np.random.default_rng(seed), plinth_m=0.0)
        packs = tuple(Pack(f"p{n}", box, 0.9) for n, box in enumerate(packs_px))
        scene = Scene(packs=packs, straight_edges=tuple(edges))
        facts = measure("c1", scene, photo.told, matcher=matcher, guidance=guidance)
        seen_px = photo.project([[0.0, -0.5, 0.2]])[:, 1]
        is_higher = photo.position_m[2] >= LOWEST_CAMERA_M
        assert not facts.floor_in_view or not is_higher or seen_px.max() < IMAGE_WH[1]
        told.append(facts.floor_in_view)
    assert any(told)
    assert not all(told)


@pytest.mark.parametrize("seed", range(6))
def test_the_floor_line_lies_on_the_floor(seed):
    rng = np.random.default_rng(seed)
    photo, edges, packs_px = shop(rng, plinth_m=0.0)
    line = find_floor_line(fit_camera((), edges, photo.told), edges, packs_px)
    exact = photo.project([[-0.4, 0.0, 0.0], [0.4, 0.0, 0.0]])
    if line is None:
        assert exact[:, 1].max() > 0.98 * IMAGE_WH[1]
        return
    slope = (exact[1] - exact[0])[1] / (exact[1] - exact[0])[0]
    for x, y in line.ends_px:
        assert y == pytest.approx(exact[0, 1] + slope * (x - exact[0, 0]), abs=12)


def in_pieces(edge, share):
    """Break an upright at a share of its length from its foot, with two pixels between."""
    foot, head = np.array(edge.ends_px)
    along = (head - foot) / np.linalg.norm(head - foot)
    at = foot + share * (head - foot)
    ends = ((foot, at - along), (at + along, head))
    return [replace(edge, ends_px=tuple(map(tuple, np.array(two).tolist()))) for two in ends]


@pytest.mark.parametrize("seed", [2, 4])
def test_an_upright_that_falls_into_pieces_still_ends_on_the_floor(seed):
    rng = np.random.default_rng(seed)
    photo, edges, packs_px = shop(rng, plinth_m=0.0)
    fit = fit_camera((), edges, photo.told)
    whole = find_floor_line(fit, edges, packs_px)
    pieces = [
        piece for edge in edges for piece in (in_pieces(edge, 0.11) if edge.is_upright else [edge])
    ]
    broken = find_floor_line(fit, pieces, packs_px)
    assert whole is not None
    assert broken is not None
    assert np.array(broken.ends_px) == pytest.approx(np.array(whole.ends_px), abs=12)


def test_uprights_that_run_out_of_the_picture_are_no_floor_line():
    rng = np.random.default_rng(3)
    photo, edges, packs_px = shop(rng)
    foot_px = IMAGE_WH[1] - 1.0
    cut = [
        replace(edge, ends_px=(edge.ends_px[1], (edge.ends_px[0][0], foot_px)))
        if edge.is_upright
        else edge
        for edge in edges
    ]
    assert find_floor_line(fit_camera((), edges, photo.told), cut, packs_px) is None


def test_legs_of_what_stands_before_the_fixture_are_no_floor_line():
    rng = np.random.default_rng(1)
    photo, edges, packs_px = shop(rng, floor=False)
    fit = fit_camera((), edges, photo.told)
    assert find_floor_line(fit, edges, packs_px) is None


@pytest.mark.parametrize("seed", [20, 24])
def test_edges_alone_show_which_way_the_camera_looks(seed):
    """From the start that looks best, seed 20 runs into a view 15 degrees off that fits worse."""
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    plinth_m = rng.normal(0.01, 0.03)
    edges = edges_of(
        photo,
        rng,
        shelves=np.repeat(SHELVES_M, 2),
        uprights=8,
        outliers=4,
        floor=True,
        plinth_m=plinth_m,
        tilt_deg=0.2,
    )
    fit = fit_camera((), edges, photo.told, packs_px=packs_of(photo, rng))
    apart = Rotation.from_matrix(rotation(fit.parameters) @ photo.rotation.T)
    assert np.degrees(apart.magnitude()) < 2


def spread_of_uprights(*, length_m, tilt_deg, ends_share):
    """Return the spread that 30 uprights seem to have about the true camera, in radians."""
    rng = np.random.default_rng(0)
    photo = random_photo(rng, distance_m=(2.0, 2.5))
    turn = Rotation.from_matrix(photo.rotation @ CAMERA_FROM_WORLD_LEVEL.T).as_rotvec()
    camera = np.array([*turn, *photo.position_m, np.log(photo.focal_px), 0.0, 0.0, 0.0])
    edges = []
    for x_m in np.linspace(-0.5, 0.5, 30):
        lean_m = length_m * rng.normal(0, np.radians(tilt_deg))
        ends_px = photo.project([[x_m, 0, 1.0], [x_m + lean_m, 0, 1.0 + length_m]])
        ends_px += rng.normal(0, ends_share * max(IMAGE_WH) / np.sqrt(2), (2, 2))
        edges.append(StraightEdge(tuple(map(tuple, ends_px.tolist())), is_upright=True))
    return EdgesSeen(edges, True, photo.told).with_spread(camera, np.zeros(3)).u_rad


def test_short_edges_are_crooked_in_the_picture_only():
    pieces = spread_of_uprights(length_m=0.1, tilt_deg=0.0, ends_share=END_U_SHARE)
    straight = spread_of_uprights(length_m=1.6, tilt_deg=0.0, ends_share=0.0)
    assert pieces == pytest.approx(straight, rel=0.5)
    assert straight > 0.2 * EDGE_U_RAD  # what nobody has seen stays possible


def test_edges_that_are_crooked_themselves_are_believed_less():
    crooked = spread_of_uprights(length_m=1.6, tilt_deg=0.4, ends_share=END_U_SHARE)
    assert crooked > np.radians(0.3)
