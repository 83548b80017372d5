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


def plan_from_geojson(content: bytes) -> tuple[Part, ...]:
    """Read a plan.

    Args:
        content: GeoJSON as described above, in UTF-8.

    Raises:
        FloorPlanError: It is no such plan; names the feature.
    """
    kinds = ", ".join(PartKind)
    try:
        features: Sequence[Any] = [*json.loads(content)["features"]]
    except (ValueError, KeyError, TypeError):
        raise FloorPlanError(
            "Filen er ikke en plantegning. Der skal bruges GeoJSON: en FeatureCollection, hvis "
            f"features har et `kind` blandt {kinds}. Gem planen igen.",
            "This is no floor plan. Expected GeoJSON: a FeatureCollection whose features have a "
            f"`kind` among {kinds}. Save the plan again.",
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
        kinds = ", ".join(PartKind)
        raise FloorPlanError(
            f"Feature {number} i plantegningen kan ikke læses ({error}). Den skal have en geometri "
            f"og et `kind` blandt {kinds}, og `height_m` skal være et tal. Ret den.",
            f"Feature {number} of the floor plan cannot be read ({error}). Expected a geometry and "
            f"a `kind` among {kinds}, and `height_m` as a number. Correct it.",
        ) from None
    if geometry.geom_type != SHAPES[kind] or geometry.is_empty or not geometry.is_valid:
        raise FloorPlanError(
            f"Feature {number} i plantegningen ({kind}) skal være en {SHAPES[kind]}, som hverken "
            f"er tom eller krydser sig selv; den er en {geometry.geom_type}. Tegn den igen.",
            f"Feature {number} of the floor plan ({kind}) has to be a {SHAPES[kind]} that is "
            f"neither empty nor crosses itself; it is a {geometry.geom_type}. Draw it again.",
        )
    if abs(get_coordinates(geometry)).max() > MOST_M:
        raise FloorPlanError(
            f"Feature {number} i plantegningen ligger mere end {MOST_M:.0f} m væk. Der skal bruges "
            "meter fra et hjørne af butikken, ikke grader eller millimeter. Ret den.",
            f"Feature {number} of the floor plan lies more than {MOST_M:.0f} m away. Expected "
            "metres from a corner of the shop, neither degrees nor millimetres. Correct it.",
        )
    return Part(kind, str(properties.get("name") or ""), geometry, height_m)
