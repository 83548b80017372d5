"""Photos of one fixture lend each other heights; photos that are not surely of one do not."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from inspector.domain.capture import NOTHING_TOLD
from inspector.domain.quantity import Measured
from inspector.domain.scene import Pack, Scene, SeenCapture, TextLine
from inspector.geometry.heights import PACK_DEPTH_M, PACK_DEPTH_U_M, heights_of_packs
from inspector.geometry.kit import STRIP
from inspector.joining import joined
from inspector.measuring import fit_scene
from tests.geometry.synthetic import IMAGE_WH, edges_of, random_photo, tags_of

SHELVES_M = np.arange(0.2, 1.9, 0.28)
GOODS = [[f"vare{'abcdefgh'[shelf]}{'abcdefgh'[n]}" for n in range(8)] for shelf in range(7)]
TESTED_M = (1.1, 1.3, 1.39, 1.41, 1.5)


def print_on(photo, rng, goods, *, depths_m, noise_px=3.0):
    """Photograph packs with a word on each, eight to a shelf."""
    packs = []
    for shelf, (bottom_m, row) in enumerate(zip(SHELVES_M, goods, strict=True)):
        for n, word in enumerate(row):
            at_m = [-0.5 + 0.14 * n, depths_m[shelf, n], bottom_m + 0.06]
            x, y = photo.project([at_m])[0] + rng.normal(0, noise_px, 2)
            if 0 < x < IMAGE_WH[0] and 0 < y < IMAGE_WH[1]:
                box = (x - 30, y - 10, x + 30, y + 10)
                text = TextLine(word, box, 20.0, 0.9)
                packs.append(Pack(f"p{len(packs)}", box, 0.9, texts=(text,)))
    return tuple(packs)


def visit(seed, *, goods=GOODS, other_goods=None, tags_in_second=0, shift_m=0.0):
    """A photo from afar with a strip, and one from nearer without."""
    rng = np.random.default_rng(seed)
    depths_m = rng.normal(PACK_DEPTH_M, PACK_DEPTH_U_M, (7, 8))
    far = random_photo(rng, distance_m=(2.2, 3.0))
    near = random_photo(rng, distance_m=(1.0, 1.4))
    strip = replace(STRIP, height_u_m=1e-9)
    tags = [tags_of(photo, strip, np.random.default_rng(seed), x_m=0.1) for photo in (far, near)]
    if shift_m:
        tags[1] = tags_of(near, strip, np.random.default_rng(seed), x_m=0.1 + shift_m)
    seen = []
    for photo, tags_seen, rows in zip(
        (far, near),
        (tags[0], tags[1][:tags_in_second]),
        (goods, other_goods or goods),
        strict=True,
    ):
        scene = Scene(
            packs=print_on(photo, rng, rows, depths_m=depths_m),
            tags=tuple(tags_seen),
            straight_edges=tuple(edges_of(photo, rng, shelves=SHELVES_M, uprights=6)),
        )
        seen.append(SeenCapture(str(len(seen)), "x.jpg", photo.told, scene))
    return (far, near), seen


def told_one_fixture(seen):
    """Join photos of which a person says that they show one fixture."""
    return joined([replace(one, told=replace(one.told, fixture="told")) for one in seen])


def test_a_photo_without_a_scale_takes_heights_from_one_of_the_same_fixture():
    inside, halves_m, lent = [], [], 0
    for seed in range(10):
        (_, near), seen = visit(seed)
        (first, second) = told_one_fixture(seen)
        assert first.told.lent == ()
        lent += bool(second.told.lent)
        fit = fit_scene(second.scene, second.camera, second.told)
        points = [tuple(p) for p in near.project([[0, 0.02, z] for z in TESTED_M]).tolist()]
        heights = heights_of_packs(fit, points, u_px=1.0)
        known = [(h, z) for h, z in zip(heights, TESTED_M, strict=True) if isinstance(h, Measured)]
        if known:
            inside.append(np.mean([h.low_m <= z <= h.high_m for h, z in known]) > 0.5)
            halves_m += [(h.high_m - h.low_m) / 2 for h, _ in known]
    assert lent >= 7
    assert binomtest(sum(inside), len(inside), 0.95, alternative="less").pvalue > 0.01
    assert np.median(halves_m) < 0.03


def test_photos_that_nobody_says_are_of_one_fixture_lend_nothing():
    _, seen = visit(1)
    assert joined(seen) == seen


def test_a_tag_at_the_same_place_among_the_goods_joins_photos_by_itself():
    (_, near), seen = visit(1, tags_in_second=1)
    alone = fit_scene(seen[1].scene, seen[1].camera, NOTHING_TOLD)
    second = joined(seen)[1]
    assert second.told.lent
    together = fit_scene(second.scene, second.camera, second.told)
    points = [tuple(p) for p in near.project([[0, 0.02, z] for z in TESTED_M]).tolist()]
    for one, both, true_m in zip(
        heights_of_packs(alone, points, u_px=1.0),
        heights_of_packs(together, points, u_px=1.0),
        TESTED_M,
        strict=True,
    ):
        assert both.high_m - both.low_m < one.high_m - one.low_m
        assert both.low_m < true_m < both.high_m


def test_a_strip_that_was_moved_between_the_photos_joins_nothing():
    _, seen = visit(1, tags_in_second=1, shift_m=0.15)
    assert joined(seen)[1].told.lent == ()


@pytest.mark.parametrize("seed", range(3))
def test_another_fixture_with_the_same_goods_in_other_places_is_refused(seed):
    other = [
        list(row)
        for row in np.random.default_rng(seed).permutation(np.array(GOODS).ravel()).reshape(7, 8)
    ]
    _, seen = visit(seed, other_goods=other)
    assert told_one_fixture(seen)[1].told.lent == ()


@pytest.mark.parametrize("seed", [0, 1, 8, 10, 14, 17, 35])
def test_goods_that_repeat_on_several_shelves_can_be_joined_in_two_ways_and_are_refused(seed):
    _, seen = visit(seed, goods=[GOODS[0]] * 7)
    assert told_one_fixture(seen)[1].told.lent == ()


def test_a_photo_with_several_tags_of_its_own_needs_no_help():
    _, seen = visit(1, tags_in_second=3)
    assert [one.told.lent for one in told_one_fixture(seen)] == [(), ()]


@pytest.mark.parametrize("seed", range(3))
def test_another_fixture_filled_alike_on_other_heights_does_not_fit_its_own_strip(seed):
    _, seen = visit(seed, tags_in_second=1)
    raised = [replace(tag, tag_id=tag.tag_id + 2) for tag in seen[1].scene.tags]
    seen[1] = replace(seen[1], scene=replace(seen[1].scene, tags=tuple(raised)))
    assert told_one_fixture(seen)[1].told.lent == ()
