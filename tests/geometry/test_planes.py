"""Packs of a bay at an angle get no height: the front that is measured is not theirs."""

import numpy as np
import pytest

from inspector.domain.capture import NOTHING_TOLD
from inspector.domain.quantity import Measured, Unmeasured
from inspector.domain.scene import Pack, Scene, StraightEdge
from inspector.domain.verdict import Reason
from inspector.geometry.fitting import fit_camera
from inspector.geometry.kit import STRIP
from inspector.geometry.planes import stand_off_front
from inspector.measuring import survey_scene
from tests.geometry.synthetic import IMAGE_WH, edges_of, packs_of, random_photo, tags_of

SHELVES_M = np.arange(0.25, 1.9, 0.23)
HINGE_M = 0.52


def corner(seed, turn_deg):
    """Photograph a bay with a strip, and beside it one that is turned toward the camera."""
    rng = np.random.default_rng(seed)
    photo = random_photo(rng, distance_m=(2.2, 3.0))
    turn = np.radians(turn_deg)

    def beside(along_m, height_m):
        return [HINGE_M + along_m * np.cos(turn), -along_m * np.sin(turn), height_m]

    edges = edges_of(photo, rng, shelves=SHELVES_M, uprights=6)
    straight, turned = [], []
    for height_m in SHELVES_M:
        edge = photo.project([beside(0.0, height_m), beside(0.6, height_m)])
        edge += rng.normal(0, 0.7, (2, 2))
        edges.append(StraightEdge(tuple(map(tuple, edge.tolist())), False))
        for along_m in (0.25, 0.4):
            turned.append((beside(along_m, height_m), height_m))
        for x_m in (-0.3, -0.1, 0.1):
            straight.append(([x_m, 0.02, height_m], height_m))
    packs, off = [], {}
    for at_m, height_m in straight + turned:
        (x1, y2), (_, y1) = photo.project([at_m, [*at_m[:2], height_m + 0.08]])
        if 0 < x1 < IMAGE_WH[0] - 90 and y1 > 0 and y2 < IMAGE_WH[1]:
            pack_id = f"p{len(packs) + 1}"
            packs.append(Pack(pack_id, (x1 - 40, y1, x1 + 40, y2), 0.9))
            off[pack_id] = (at_m[0] > HINGE_M, height_m)
    scene = Scene(
        packs=tuple(packs),
        tags=tuple(tags_of(photo, STRIP, rng, x_m=-0.4)),
        straight_edges=tuple(edges),
    )
    return photo, scene, off


@pytest.mark.parametrize("turn_deg", [25, 45, -30])
def test_packs_of_a_bay_at_an_angle_get_no_height_and_the_others_keep_theirs(turn_deg):
    for seed in range(3):
        photo, scene, off = corner(seed, turn_deg)
        bottoms = survey_scene(scene, photo.told, NOTHING_TOLD, 1.4).bottoms
        assert any(is_off for is_off, _ in off.values())
        for pack_id, (is_off, height_m) in off.items():
            if is_off:
                assert bottoms[pack_id] == Unmeasured(Reason.PACK_OFF_FRONT)
            else:
                assert isinstance(bottoms[pack_id], Measured)
                assert abs(bottoms[pack_id].value_m - height_m) < 0.03


@pytest.mark.parametrize("seed", range(6))
def test_one_straight_fixture_has_no_packs_off_its_front(seed):
    rng = np.random.default_rng(seed)
    photo = random_photo(rng)
    edges = edges_of(photo, rng, shelves=SHELVES_M, uprights=6, outliers=6, floor=True)
    fit = fit_camera(tags_of(photo, STRIP, rng), edges, photo.told)
    assert not stand_off_front(fit, edges, packs_of(photo, rng)).any()


def test_edges_of_what_stands_before_the_fixture_are_not_asked():
    photo, scene, off = corner(1, 30)
    fit = fit_camera(scene.tags, scene.straight_edges, photo.told)
    boxes = [pack.box_xyxy_px for pack in scene.packs]
    found = stand_off_front(fit, scene.straight_edges, boxes)
    assert found.tolist() == [is_off for is_off, _ in off.values()]
    turned_px = np.array(boxes)[found]
    before = (turned_px[:, 0].min() - 300, 0.0, float(IMAGE_WH[0] + 900), float(IMAGE_WH[1]))
    assert not stand_off_front(fit, scene.straight_edges, boxes, before_px=[before]).any()


def test_without_edges_nothing_is_said():
    photo, scene, _ = corner(1, 30)
    fit = fit_camera(scene.tags, (), photo.told)
    assert not stand_off_front(fit, (), [pack.box_xyxy_px for pack in scene.packs]).any()
