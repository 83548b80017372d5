import numpy as np
import pytest
from scipy.stats import binomtest

from inspector.capture.exif import PhotoExif, intrinsics_from_exif
from inspector.domain.quantity import Measured, ScaleMethod, Unmeasured
from inspector.domain.scene import StraightEdge, Tag
from inspector.domain.verdict import Reason
from inspector.geometry.fitting import fit_camera
from inspector.geometry.heights import (
    EDGE_DEPTH_U_M,
    PACK_DEPTH_M,
    PACK_DEPTH_U_M,
    distance_on_floor,
    height_of_pack,
    is_floor_in_view,
    limit_line,
    widths_between,
)
from inspector.geometry.kit import FLOOR_CARD, MARK_140, STRIP
from tests.geometry.synthetic import IMAGE_WH, edges_of, random_photo, tags_of

BOX_U_PX = 3.0


def trial(seed, parts, *, with_edges):
    """Return (errors_m, inside, half_widths_m) for packs at several heights in one photo."""
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    tags = [tag for part in parts for tag in tags_of(photo, part, rng, x_m=rng.uniform(-0.4, 0.4))]
    if not tags:
        return []
    fit = fit_camera(tags, edges_of(photo, rng) if with_edges else (), photo.told)
    rows = []
    for height_m in (0.8, 1.1, 1.3, 1.39, 1.41, 1.5, 1.7):
        depth_m = rng.normal(PACK_DEPTH_M, PACK_DEPTH_U_M)
        point = photo.project([[rng.uniform(-0.4, 0.4), depth_m, height_m]])[0]
        if not (0 < point[0] < IMAGE_WH[0] and 0 < point[1] < IMAGE_WH[1]):
            continue
        point[1] += rng.normal(0, BOX_U_PX)
        height = height_of_pack(fit, tuple(point), u_px=BOX_U_PX)
        assert isinstance(height, Measured)
        rows.append(
            (
                height.value_m - height_m,
                height.low_m <= height_m <= height.high_m,
                (height.high_m - height.low_m) / 2,
            )
        )
    return rows


@pytest.mark.parametrize("with_edges", [False, True], ids=["tags alone", "tags and edges"])
@pytest.mark.parametrize(
    "parts",
    [[STRIP], [MARK_140], [FLOOR_CARD], [STRIP, MARK_140, FLOOR_CARD]],
    ids=["strip", "140 mark", "floor card", "whole kit"],
)
def test_interval_covers_the_truth_in_at_least_95_percent_of_trials(parts, with_edges):
    rows = [row for seed in range(26) for row in trial(seed, parts, with_edges=with_edges)]
    assert len(rows) > 80
    assert np.mean([inside for _, inside, _ in rows]) >= 0.95


def test_strip_gives_an_interval_that_is_narrow_enough_to_decide():
    rows = [row for seed in range(20) for row in trial(seed, [STRIP], with_edges=True)]
    assert np.median([half for *_, half in rows]) < 0.015


def test_without_a_tag_there_is_no_height():
    rng = np.random.default_rng(1)
    photo = random_photo(rng)
    fit = fit_camera((), edges_of(photo, rng), photo.told)
    assert fit.scale.method is ScaleMethod.NONE
    assert height_of_pack(fit, (1500.0, 2000.0), u_px=1) == Unmeasured(Reason.NO_SCALE)
    assert limit_line(fit, IMAGE_WH, limit_m=1.4) == ()
    span_px = [(1000.0, 2000.0), (2000.0, 2000.0)]
    assert not is_floor_in_view(fit, IMAGE_WH, span_px=span_px, before_m=1.0, up_m=0.0)


@pytest.mark.parametrize("seed", range(8))
def test_the_floor_counts_as_in_view_where_what_stands_on_it_would_be_seen(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    fit = fit_camera(tags_of(photo, STRIP, rng), edges_of(photo, rng), photo.told)
    ends_m = np.array([[-0.4, 0.0, 1.0], [0.4, 0.0, 1.0]])
    span_px = [tuple(point) for point in photo.project(ends_m).tolist()]
    for before_m in np.arange(0.1, 1.0, 0.1):
        _, y_px = photo.project([[0.0, -before_m, 0.2]])[0]
        is_in_view = is_floor_in_view(fit, IMAGE_WH, span_px=span_px, before_m=before_m, up_m=0.2)
        if abs(y_px - IMAGE_WH[1]) > 0.03 * IMAGE_WH[1]:
            assert is_in_view == (y_px < IMAGE_WH[1])


def test_no_floor_is_in_view_before_no_packs():
    rng = np.random.default_rng(1)
    photo = random_photo(rng)
    fit = fit_camera(tags_of(photo, STRIP, rng), (), photo.told)
    assert not is_floor_in_view(fit, IMAGE_WH, span_px=[], before_m=0.1, up_m=0.2)


def test_a_tag_that_hangs_elsewhere_than_the_kit_says_gives_no_scale():
    rng = np.random.default_rng(2)
    photo = random_photo(rng)
    tags = tags_of(photo, STRIP, rng)
    swapped = [
        Tag(tags[0].tag_id, tags[-1].corners_px),
        *tags[1:-1],
        Tag(tags[-1].tag_id, tags[0].corners_px),
    ]
    fit = fit_camera(swapped, (), photo.told)
    assert fit.scale.reason is Reason.SCALE_CONTRADICTS_ITSELF
    assert height_of_pack(fit, (1500.0, 2000.0), u_px=1) == Unmeasured(
        Reason.SCALE_CONTRADICTS_ITSELF
    )


def test_a_mirrored_photo_gives_no_scale():
    rng = np.random.default_rng(3)
    photo = random_photo(rng)
    mirrored = [
        Tag(tag.tag_id, tag.corners_px * [-1, 1] + [IMAGE_WH[0], 0])
        for tag in tags_of(photo, STRIP, rng)
    ]
    assert fit_camera(mirrored, (), photo.told).scale.reason is Reason.PHOTO_MIRRORED


@pytest.mark.parametrize("seed", range(6))
def test_with_some_tags_of_the_strip_hidden_heights_stay_within_their_intervals(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    tags, edges = tags_of(photo, STRIP, rng), edges_of(photo, rng)
    heights_m = np.array([0.8, 1.1, 1.38, 1.6])
    points = [tuple(p) for p in photo.project([[0.2, PACK_DEPTH_M, z] for z in heights_m])]
    for count in (len(tags), 5, 2, 1):
        seen = [tags[k] for k in rng.permutation(len(tags))[:count]]
        for height_m, point in zip(heights_m, points, strict=True):
            height = height_of_pack(fit_camera(seen, edges, photo.told), point, u_px=BOX_U_PX)
            assert height.low_m <= height_m <= height.high_m


@pytest.mark.parametrize("part", [STRIP, MARK_140, FLOOR_CARD], ids=lambda part: part.method)
@pytest.mark.parametrize("cut", ["left", "right", "top", "bottom"])
def test_a_cropped_photo_contradicts_the_whole_one_nowhere(cut, part):
    for seed in range(4):
        cropped_beside_whole(cut, part, seed)


def cropped_beside_whole(cut, part, seed):
    """A quarter cut off on one side."""
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    width, height = IMAGE_WH
    start_px = np.array([0.25 * width * (cut == "left"), 0.25 * height * (cut == "top")])
    end_px = np.array(
        [width * (1 - 0.25 * (cut == "right")), height * (1 - 0.25 * (cut == "bottom"))]
    )

    def is_left(points_px):
        return bool(np.all((points_px > start_px) & (points_px < end_px)))

    tags = tags_of(photo, part, rng)
    edges = edges_of(photo, rng)
    whole = fit_camera(tags, edges, photo.told)
    tags = [Tag(t.tag_id, t.corners_px - start_px) for t in tags if is_left(t.corners_px)]
    edges = [
        StraightEdge(tuple(map(tuple, (edge.ends_px - start_px).tolist())), edge.is_upright)
        for edge in edges
        if is_left(np.array(edge.ends_px))
    ]
    lens = intrinsics_from_exif(
        PhotoExif(focal_35mm=26, size_wh=IMAGE_WH), tuple((end_px - start_px).astype(int).tolist())
    )
    fit = fit_camera(tags, edges, lens)
    for height_m in (0.8, 1.1, 1.3, 1.5):
        (point,) = photo.project([[0.1, PACK_DEPTH_M, height_m]])
        height = height_of_pack(fit, tuple(point - start_px), u_px=BOX_U_PX)
        if is_left(point) and isinstance(height, Measured):
            before = height_of_pack(whole, tuple(point), u_px=BOX_U_PX)
            assert max(height.low_m, before.low_m) <= min(height.high_m, before.high_m)


def test_edges_that_lie_do_not_move_the_heights():
    rng = np.random.default_rng(4)
    photo = random_photo(rng)
    tags = tags_of(photo, STRIP, rng)
    lying = [
        edge
        for edge in edges_of(photo, np.random.default_rng(5), outliers=30)
        if not edge.is_upright
    ][4:]
    point = tuple(photo.project([[0.1, PACK_DEPTH_M, 1.45]])[0])
    height = height_of_pack(fit_camera(tags, lying, photo.told), point, u_px=1)
    assert isinstance(height, Measured)
    assert height.low_m <= 1.45 <= height.high_m


def test_limit_line_lies_where_the_limit_is():
    rng = np.random.default_rng(6)
    photo = random_photo(rng)
    fit = fit_camera(tags_of(photo, STRIP, rng), (), photo.told)
    for x_px, y_px, y_low_px, y_high_px in limit_line(fit, IMAGE_WH, limit_m=1.4):
        assert y_low_px < y_px < y_high_px
        truth = [photo.project([[x_m, 0.0, 1.4]])[0] for x_m in (-1.0, 1.0)]
        slope = (truth[1][1] - truth[0][1]) / (truth[1][0] - truth[0][0])
        assert y_low_px - 2 < truth[0][1] + slope * (x_px - truth[0][0]) < y_high_px + 2


def test_width_and_distance_cover_the_truth():
    inside = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        photo = random_photo(rng)
        fit = fit_camera(tags_of(photo, STRIP, rng), edges_of(photo, rng), photo.told)
        depth_m = rng.normal(PACK_DEPTH_M, PACK_DEPTH_U_M)
        left, right = photo.project([[-0.04, depth_m, 1.45], [0.04, depth_m, 1.45]])
        left[0] += rng.normal(0, 1)
        right[0] += rng.normal(0, 1)
        (width,) = widths_between(fit, [(tuple(left), tuple(right))], u_px=1)
        inside.append(width.low_m <= 0.08 <= width.high_m)
        foot = photo.project([[0.3, -0.5, 0.0], [0.5, -0.5, 0.0]])
        foot[:, 1] += rng.normal(0, 3)
        ends = photo.project([[-0.2, rng.normal(0, EDGE_DEPTH_U_M), 1.4], [0.1, 0.0, 1.4]])
        distance = distance_on_floor(
            fit, tuple(map(tuple, foot)), span_x_px=tuple(map(tuple, ends)), u_px=3
        )
        inside.append(distance.low_m <= np.hypot(0.3, 0.5) <= distance.high_m)
    # Forty trials cannot tell 95 % from 94 %: as many misses as one run in a hundred would have.
    assert binomtest(sum(inside), len(inside), 0.95, alternative="less").pvalue > 0.01


def test_a_point_above_the_horizon_is_not_on_the_floor():
    rng = np.random.default_rng(7)
    photo = random_photo(rng)
    fit = fit_camera(tags_of(photo, STRIP, rng), (), photo.told)
    sky = ((1000.0, -9000.0), (2000.0, -9000.0))
    span = tuple(map(tuple, photo.project([[-0.2, 0.0, 1.4], [0.1, 0.0, 1.4]])))
    assert distance_on_floor(fit, sky, span_x_px=span, u_px=3) == Unmeasured(Reason.BEHIND_CAMERA)
