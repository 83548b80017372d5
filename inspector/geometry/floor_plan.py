"""Floor plans: the till, walls, fixtures and medicine of a shop, in metres, as GeoJSON.

A plan is a FeatureCollection. Each feature has the property `kind`: a `till` is a Point, a `wall` a
LineString, a `fixture` a Polygon (with `height_m` where it is known), and `medicine` the line along
the front of its shelves. `name` says what people call it. Coordinates are metres from any corner.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shapely import Geometry, get_coordinates
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape

from inspector.errors import FloorPlanError

MOST_M = 1000.0
"""No shop is larger; coordinates beyond are degrees or millimetres."""


class PartKind(StrEnum):
    """What a part of a plan is."""

    TILL = "till"
    WALL = "wall"
    FIXTURE = "fixture"
    MEDICINE = "medicine"


SHAPES: Mapping[PartKind, str] = {
    PartKind.TILL: "Point",
    PartKind.WALL: "LineString",
    PartKind.FIXTURE: "Polygon",
    PartKind.MEDICINE: "LineString",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing on a plan.

    Attributes:
        kind: What it is.
        name: What people call it; may be empty.
        shape: Where it stands, metres.
        height_m: How high a fixture is; None when nobody said.
    """

    kind: PartKind
    name: str
    shape: Geometry
    height_m: float | None = None


def plan_from_geojson(text: str) -> tuple[Part, ...]:
    """Read a plan.

    Args:
        text: GeoJSON as described above.

    Raises:
        FloorPlanError: It is no such plan; names the feature.
    """
    try:
        document = json.loads(text)
        features: Sequence[Any] = document["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise FloorPlanError(
            f"This is no floor plan ({error!r}). Expected GeoJSON: a FeatureCollection whose "
            "features have a `kind`: till, wall, fixture or medicine. Save the plan again."
        ) from None
    return tuple(_part(feature, number) for number, feature in enumerate(features, start=1))


def geojson_from_plan(parts: Sequence[Part]) -> str:
    """Return a plan as GeoJSON, the form in which `plan_from_geojson` reads it."""
    features = [
        {
            "type": "Feature",
            "properties": {"kind": part.kind.value, "name": part.name, "height_m": part.height_m},
            "geometry": mapping(part.shape),
        }
        for part in parts
    ]
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _part(feature: Any, number: int) -> Part:  # noqa: ANN401
    try:
        properties = feature["properties"]
        kind = PartKind(properties["kind"])
        geometry = shape(feature["geometry"])
        height_m = properties.get("height_m")
        height_m = None if height_m is None else float(height_m)
    except (KeyError, TypeError, ValueError, AttributeError, ShapelyError) as error:
        raise FloorPlanError(
            f"Feature {number} of the floor plan cannot be read ({error}). Expected a geometry and "
            f"a `kind` among {', '.join(PartKind)}, and `height_m` as a number. Correct it."
        ) from None
    if geometry.geom_type != SHAPES[kind] or geometry.is_empty or not geometry.is_valid:
        raise FloorPlanError(
            f"Feature {number} of the floor plan, a {kind}, is a {geometry.geom_type} "
            f"{'that is empty or crosses itself' if geometry.geom_type == SHAPES[kind] else ''}. "
            f"Expected a {SHAPES[kind]}. Draw it again."
        )
    if abs(get_coordinates(geometry)).max() > MOST_M:
        raise FloorPlanError(
            f"Feature {number} of the floor plan lies more than {MOST_M:.0f} m away. Expected "
            "metres from a corner of the shop, neither degrees nor millimetres. Correct it."
        )
    return Part(kind, str(properties.get("name") or ""), geometry, height_m)
