"""Bad input is told by what does not fit, and answered with the reason, never averaged away."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from inspector.domain.capture import HeightMark, Told
from inspector.domain.quantity import Unmeasured
from inspector.domain.scene import StraightEdge, Tag
from inspector.domain.verdict import Reason
from inspector.geometry.fitting import fit_camera
from inspector.geometry.heights import height_of_pack
from inspector.geometry.kit import FLOOR_CARD, MARK_140, STRIP
from tests.geometry.synthetic import IMAGE_WH, edges_of, packs_of, random_photo, tags_of

SEEDS = range(3)


def reason_of(photo, tags, edges=(), **more):
    fit = fit_camera(tags, edges, photo.told, **more)
    assert (fit.scale.reason is None) or height_of_pack(fit, (1500.0, 2000.0), u_px=1) == (
        Unmeasured(fit.scale.reason)
    )
    return fit.scale.reason


@pytest.mark.parametrize("seed", range(8))
def test_good_input_contradicts_nothing(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    tags = [*tags_of(photo, STRIP, rng), *tags_of(photo, MARK_140, rng, x_m=0.3)]
    told = Told(camera_height_m=photo.position_m[2] + rng.normal(0, 0.005))
    packs_px = packs_of(photo, rng)
    assert reason_of(photo, tags, edges_of(photo, rng), told=told, packs_px=packs_px) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_tags_in_the_right_places_but_printed_too_small(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    assert reason_of(photo, tags_of(photo, replace(STRIP, side_m=0.047), rng)) is (
        Reason.PRINT_SCALE_WRONG
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_card_printed_at_another_scale_than_the_strip(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng, distance_m=(2.4, 3.2))
    tags = [*tags_of(photo, STRIP, rng), *tags_of(photo, MARK_140.printed_at(0.9), rng, x_m=0.3)]
    assert tags[-1].tag_id == 40
    # Which of the two was printed wrong is not always told; that they disagree is.
    assert reason_of(photo, tags) in (Reason.PRINT_SCALE_WRONG, Reason.SCALE_CONTRADICTS_ITSELF)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_kit_printed_too_small_is_right_once_the_bar_was_measured(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    tags = tags_of(photo, STRIP.printed_at(0.95), rng)
    fit = fit_camera(tags, (), photo.told, told=Told(print_scale=0.95))
    point = tuple(photo.project([[0.1, 0.02, 1.45]])[0])
    height = height_of_pack(fit, point, u_px=1)
    assert height.low_m <= 1.45 <= height.high_m


def on_its_head(tags):
    """Each tag turned by half a turn about its own centre."""
    return [Tag(tag.tag_id, np.roll(tag.corners_px, 2, axis=0)) for tag in tags]


def strip_on_its_head(photo, rng, *, length_m=1.6):
    """The whole strip put up the wrong way round, its head on the floor."""
    half = STRIP.side_m / 2
    square = np.array([[half, -half], [-half, -half], [-half, half], [half, half]])
    tags = []
    for tag_id, centre_m in STRIP.centre_height_m.items():
        z_m = length_m - centre_m + square[:, 1]
        corners_px = photo.project(np.column_stack([square[:, 0], np.full(4, -0.005), z_m]))
        if ((corners_px > 0) & (corners_px < IMAGE_WH)).all():
            tags.append(Tag(tag_id, corners_px + rng.normal(0, 0.35, (4, 2))))
    return tags


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("with_edges", [False, True], ids=["tags alone", "tags and edges"])
@pytest.mark.parametrize(
    "put_up",
    [
        lambda photo, rng: on_its_head(tags_of(photo, MARK_140, rng)),
        lambda photo, rng: on_its_head(tags_of(photo, FLOOR_CARD, rng)),
        lambda photo, rng: [
            *tags_of(photo, STRIP, rng),
            *on_its_head(tags_of(photo, MARK_140, rng)),
        ],
        strip_on_its_head,
        lambda photo, rng: strip_on_its_head(photo, rng)[5:6],
    ],
    ids=["mark", "card", "mark beside a strip", "strip", "one tag of a strip"],
)
def test_a_part_that_is_put_up_on_its_head_gives_no_scale(put_up, with_edges, seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    if tags := put_up(photo, rng):
        edges = edges_of(photo, rng, floor=True) if with_edges else ()
        reason = reason_of(photo, tags, edges, packs_px=packs_of(photo, rng))
        assert reason is Reason.REFERENCE_UPSIDE_DOWN


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_photo_that_is_shown_turned_gives_no_scale(quarters, seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    turn = Rotation.from_euler("z", 90 * quarters, degrees=True).as_matrix()[:2, :2]
    centre = np.array(IMAGE_WH) / 2
    tags = [
        Tag(tag.tag_id, (tag.corners_px - centre) @ turn.T + centre)
        for tag in tags_of(photo, STRIP, rng)
    ]
    assert reason_of(photo, tags) is Reason.REFERENCE_UPSIDE_DOWN


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mark_on_a_side_panel(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    corners = np.array([[0, 0, 1.43], [0.04, 0.045, 1.43], [0.04, 0.045, 1.37], [0, 0, 1.37]])
    mark = Tag(40, photo.project(corners) + rng.normal(0, 0.35, (4, 2)))
    edges = edges_of(photo, rng, shelves=np.linspace(0.3, 1.9, 8), uprights=8)
    assert reason_of(photo, [mark], edges) is Reason.REFERENCE_OFF_FRONT


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mark_that_hangs_at_150_beside_a_strip(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng, distance_m=(2.4, 3.2))
    high = replace(MARK_140, centre_height_m={40: 1.5}, pivot_m=1.5)
    tags = [*tags_of(photo, STRIP, rng), *tags_of(photo, high, rng, x_m=0.3)]
    assert reason_of(photo, tags) is Reason.SCALE_CONTRADICTS_ITSELF


@pytest.mark.parametrize("seed", SEEDS)
def test_a_strip_that_stands_on_a_plinth(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng, distance_m=(2.6, 3.2))
    raised = replace(STRIP, centre_height_m={k: 0.10 * k + 0.15 for k in range(1, 14)})
    edges = edges_of(photo, rng, floor=True)
    reason = reason_of(photo, tags_of(photo, raised, rng), edges, packs_px=packs_of(photo, rng))
    assert reason is Reason.REFERENCE_OFF_FLOOR


def mark_over_floor(seed, *, off_m):
    """Photograph a 140 mark that hangs `off_m` too high, with the floor in view."""
    rng = np.random.default_rng(seed)
    photo = random_photo(rng, distance_m=(2.6, 3.2))
    height_m = 1.4 + off_m
    hung = replace(MARK_140, centre_height_m={40: height_m}, pivot_m=height_m)
    edges = edges_of(
        photo,
        rng,
        shelves=np.repeat(np.arange(0.2, 1.9, 0.28), 2),
        uprights=8,
        floor=True,
        plinth_m=rng.normal(0.01, 0.03),
        tilt_deg=0.2,
    )
    return reason_of(photo, tags_of(photo, hung, rng), edges, packs_px=packs_of(photo, rng))


@pytest.mark.parametrize("off_m", [-0.2, 0.2], ids=["too low", "too high"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_mark_that_hangs_where_the_floor_does_not_bear_it_out(seed, off_m):
    assert mark_over_floor(seed, off_m=off_m) is Reason.SCALE_CONTRADICTS_ITSELF


@pytest.mark.parametrize("seed", range(20))
def test_a_mark_that_hangs_right_is_never_refused_for_where_the_plinth_stands(seed):
    assert mark_over_floor(seed, off_m=0.0) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_a_camera_height_that_the_strip_does_not_bear_out(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    told = Told(camera_height_m=photo.position_m[2] + 0.25)
    tags = tags_of(photo, STRIP, rng)
    assert reason_of(photo, tags, edges_of(photo, rng), told=told) is Reason.TOLD_CONTRADICTS


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tape_value_that_the_strip_does_not_bear_out(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    ends = tuple(map(tuple, photo.project([[-0.3, 0, 1.3], [0.3, 0, 1.3]])))
    told = Told(marks=(HeightMark(ends, 1.36),))
    assert reason_of(photo, tags_of(photo, STRIP, rng), told=told) is Reason.TOLD_CONTRADICTS


@pytest.mark.parametrize("seed", SEEDS)
def test_a_photo_of_a_photo_gives_no_scale_or_one_that_holds(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    centre = np.array(IMAGE_WH) / 2

    def screened(points_px):
        """A screen that fills half the frame, seen a little from the side."""
        flat = (np.asarray(points_px) - centre) / photo.focal_px * 0.5
        turned = np.column_stack([flat, np.ones(len(flat))])
        turned = turned @ Rotation.from_euler("y", 20, degrees=True).as_matrix().T
        return turned[:, :2] / turned[:, 2:] * photo.focal_px + centre

    tags = [Tag(tag.tag_id, screened(tag.corners_px)) for tag in tags_of(photo, STRIP, rng)]
    edges = [
        StraightEdge(tuple(map(tuple, screened(edge.ends_px))), edge.is_upright)
        for edge in edges_of(photo, rng, shelves=np.linspace(0.3, 1.9, 8), uprights=8, outliers=0)
    ]
    fit = fit_camera(tags, edges, photo.told)
    if fit.scale.reason is None:
        for height_m in (0.8, 1.3, 1.5):
            point = tuple(screened(photo.project([[0.2, 0.02, height_m]]))[0])
            height = height_of_pack(fit, point, u_px=2)
            assert height.low_m <= height_m <= height.high_m


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_a_photo_of_a_photo_that_looks_from_the_side_is_told_by_its_perspective(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng, distance_m=(1.6, 2.4))
    centre = np.array(IMAGE_WH) / 2

    def halved(points_px):
        """A screen straight ahead that fills half the frame."""
        return (np.asarray(points_px) - centre) * 0.5 + centre

    tags = [Tag(tag.tag_id, halved(tag.corners_px)) for tag in tags_of(photo, STRIP, rng)]
    edges = [
        StraightEdge(tuple(map(tuple, halved(edge.ends_px).tolist())), edge.is_upright)
        for edge in edges_of(photo, rng, shelves=np.linspace(0.3, 1.9, 8), uprights=8, outliers=0)
    ]
    assert reason_of(photo, tags, edges) is Reason.PHOTO_OF_PHOTO


def test_a_card_far_out_of_plumb_never_gives_a_narrow_interval():
    rng = np.random.default_rng(1)
    photo = random_photo(rng)
    leaning = replace(FLOOR_CARD, lean_u_rad=0.3)
    fit = fit_camera(tags_of(photo, leaning, rng), (), photo.told)
    height = height_of_pack(fit, (1500.0, 1200.0), u_px=1)
    assert isinstance(height, Unmeasured) or height.high_m - height.low_m > 0.05


def _two_marks_close_together(photo, rng):
    ends = photo.project([[0.0, 0.0, 1.30], [0.0, 0.0, 1.36]]) + rng.normal(0, 3, (2, 2))
    marks = (HeightMark((tuple(ends[0]),), 1.30), HeightMark((tuple(ends[1]),), 1.36))
    return fit_camera((), (), photo.told, told=Told(marks=marks))


def _a_tag_far_away(photo, rng):
    return fit_camera(tags_of(photo, MARK_140, rng), (), photo.told)


def _a_height_without_an_edge(photo, rng):
    del rng
    return fit_camera((), (), photo.told, told=Told(camera_height_m=photo.position_m[2]))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("fit", "distance_m"),
    [
        (_two_marks_close_together, (2.0, 3.0)),
        (_a_tag_far_away, (7.0, 8.0)),
        (_a_height_without_an_edge, (2.0, 3.0)),
    ],
)
def test_a_degenerate_fit_never_yields_a_narrow_interval(fit, distance_m, seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng, distance_m=distance_m)
    fitted = fit(photo, rng)
    for height_m in (0.7, 1.9):
        point = tuple(photo.project([[0.2, 0.02, height_m]])[0])
        height = height_of_pack(fitted, point, u_px=1)
        if isinstance(height, Unmeasured):
            continue
        assert height.high_m - height.low_m > 0.1
        assert height.low_m <= height_m <= height.high_m
