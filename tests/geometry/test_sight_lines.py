"""What the till has in sight."""

import json

import numpy as np
import pytest
from shapely import LineString, Point, box
from shapely.affinity import scale

from inspector.errors import FloorPlanError
from inspector.geometry.floor_plan import Part, PartKind, geojson_from_plan, plan_from_geojson
from inspector.geometry.sight_lines import LOOKED_OVER_M, seen_from_tills

TILL = Part(PartKind.TILL, "1", Point(0, 0))
MEDICINE = Part(PartKind.MEDICINE, "A", LineString([(-2, 4), (2, 4)]))


def wall(*points):
    return Part(PartKind.WALL, "", LineString(points))


def fixture(x1, y1, x2, y2, height_m=None):
    return Part(PartKind.FIXTURE, "", box(x1, y1, x2, y2), height_m)


def share(*plan):
    (seen,) = seen_from_tills(plan)
    return seen.share


def test_nothing_between_till_and_medicine():
    assert share(TILL, MEDICINE) == 1.0


def test_a_wall_hides_what_lies_behind_it():
    # A wall half way hides twice its own width.
    assert share(TILL, wall((0, 2), (1, 2)), MEDICINE) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    ("height_m", "expected"), [(None, 0.5), (LOOKED_OVER_M, 0.5), (LOOKED_OVER_M - 0.01, 1.0)]
)
def test_only_fixtures_as_high_as_medicine_hide_it(height_m, expected):
    # The nearer side of the fixture counts: at 2 m it hides from 0 to 2 m at 4 m.
    plan = TILL, fixture(0, 2, 1, 2.05, height_m), MEDICINE
    assert share(*plan) == pytest.approx(expected, abs=0.06)


def test_the_fixture_on_which_medicine_stands_hides_it_from_behind_only():
    shelves = fixture(-2, 4, 2, 4.5, 1.8)
    behind = Part(PartKind.TILL, "", Point(0, 8))
    assert share(TILL, shelves, MEDICINE) == 1.0
    assert share(behind, shelves, MEDICINE) == 0.0


def test_a_second_till_sees_what_the_first_does_not():
    screen = wall((0, 2), (1, 2))
    other = Part(PartKind.TILL, "2", Point(3, 0))
    (seen,) = seen_from_tills((TILL, other, screen, MEDICINE))
    assert seen.share == 1.0
    assert {tuple(sight[0]) for sight in seen.sights_m} == {(0, 0), (3, 0)}


def test_without_a_till_nothing_is_seen():
    (seen,) = seen_from_tills((MEDICINE,))
    assert seen.share == 0.0
    assert len(seen.sights_m) == 0


def test_mirroring_the_shop_changes_nothing():
    rng = np.random.default_rng(3)
    for _ in range(20):
        screens = [wall(*rng.uniform((-3, 0.5), (3, 3.5), (2, 2))) for _ in range(3)]
        plan = [TILL, MEDICINE, *screens]
        mirrored = [
            Part(part.kind, part.name, scale(part.shape, xfact=-1, origin=(0, 0))) for part in plan
        ]
        assert share(*plan) == pytest.approx(share(*mirrored))


def test_a_plan_is_written_and_read_as_the_same():
    plan = (TILL, MEDICINE, wall((0, 2), (1, 2)), fixture(0, 1, 2, 3, 1.6))
    assert plan_from_geojson(geojson_from_plan(plan).encode()) == plan


@pytest.mark.parametrize(
    ("feature", "complaint"),
    [
        ({"properties": {"kind": "shelf"}, "geometry": None}, "Feature 1.*till, wall"),
        (
            {
                "properties": {"kind": "till"},
                "geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
            },
            "has to be a Point",
        ),
        (
            {
                "properties": {"kind": "fixture"},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]],
                },
            },
            "crosses itself",
        ),
        (
            {
                "properties": {"kind": "till"},
                "geometry": {"type": "Point", "coordinates": [4000, 2000]},
            },
            "neither degrees nor millimetres",
        ),
        (
            {
                "properties": {"kind": "fixture", "height_m": "high"},
                "geometry": {"type": "Point", "coordinates": [1, 1]},
            },
            "height_m",
        ),
    ],
)
def test_a_feature_that_does_not_fit_is_named(feature, complaint):
    with pytest.raises(FloorPlanError, match=complaint) as caught:
        plan_from_geojson(json.dumps({"features": [feature]}).encode())
    assert caught.value.message["da"].startswith("Feature 1 i plantegningen")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"not a plan", b"\xff\xd8\xff", b'{"features": 5}']
)
def test_what_is_no_plan_is_refused(content):
    with pytest.raises(FloorPlanError, match="no floor plan"):
        plan_from_geojson(content)
