"""A floor plan as a picture: what of the medicine is in sight of the till."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np
import shapely
from markupsafe import Markup
from numpy.typing import NDArray

from inspector.geometry.floor_plan import Part, PartKind
from inspector.geometry.sight_lines import Seen

_CM = 100.0
_EDGE_CM = 60.0
_MOST_SIGHTS = 40

_STYLE = Markup(
    "text{font:22px system-ui,sans-serif;fill:#16202b;paint-order:stroke;stroke:#fff;"
    "stroke-width:5px;text-anchor:middle}"
    ".fixture{fill:#dfe5ea;stroke:#4a5663;stroke-width:3}"
    ".low{stroke-dasharray:10 7;fill:#f3f5f7}"
    ".wall{fill:none;stroke:#16202b;stroke-width:9}"
    ".sight,.seen,.hidden{fill:none}"
    ".sight{stroke:#0f6645;stroke-width:1.5;opacity:.35}"
    ".seen{stroke:#0f6645;stroke-width:12}"
    ".hidden{stroke:#a8270a;stroke-width:12;stroke-dasharray:9 6}"
    ".till{fill:#16202b}.scale{stroke:#16202b;stroke-width:4}"
)


def svg_from_plan(
    plan: Sequence[Part], seen: Sequence[Seen], *, title: str, looked_over_m: float
) -> Markup:
    """Draw a plan.

    Args:
        plan: Its parts, at least one.
        seen: What is seen of its medicine.
        title: What the picture shows, for those who hear it read.
        looked_over_m: Fixtures known to be lower are drawn with a broken outline.

    Returns:
        SVG whose unit is a centimetre; north, which is y in the plan, is up.
    """
    x1, y1, x2, y2 = shapely.total_bounds([part.shape for part in plan]) * _CM
    place = _Place(x1 - _EDGE_CM, y2 + _EDGE_CM)
    width, height = x2 - x1 + 2 * _EDGE_CM, y2 - y1 + 2 * _EDGE_CM
    drawn: list[Markup] = [_part(part, place, looked_over_m) for part in plan]
    for placement in seen:
        step = max(1, len(placement.sights_m) // _MOST_SIGHTS)
        drawn += [_line(sight, "sight", place) for sight in placement.sights_m[::step]]
    for placement in seen:
        pairs = zip(placement.is_seen, placement.stretches_m, strict=True)
        for is_seen, run in groupby(pairs, key=lambda pair: bool(pair[0])):
            points_m = np.concatenate([stretch for _, stretch in run])
            drawn.append(_line(points_m, "seen" if is_seen else "hidden", place))
    drawn += [_name(part, place) for part in plan if part.name]
    drawn.append(
        Markup('<path class="scale" d="M20 {0}h100"/><text x="70" y="{1}">1 m</text>').format(
            round(height - 18), round(height - 28)
        )
    )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" width="100%">'
        '<title>{}</title><style>{}</style><rect width="100%" height="100%" fill="#fff"/>{}</svg>'
    ).format(round(width), round(height), title, _STYLE, Markup("").join(drawn))


class _Place:
    """Turns metres of the plan into centimetres of the picture."""

    def __init__(self, left_cm: float, top_cm: float) -> None:
        self._left_cm, self._top_cm = left_cm, top_cm

    def __call__(self, points_m: NDArray[np.float64]) -> Iterable[tuple[int, int]]:
        for x, y in points_m * _CM:
            yield round(x - self._left_cm), round(self._top_cm - y)


def _part(part: Part, place: _Place, looked_over_m: float) -> Markup:
    points = list(place(shapely.get_coordinates(part.shape)))
    if part.kind is PartKind.TILL:
        return Markup('<circle class="till" cx="{}" cy="{}" r="16"/>').format(*points[0])
    listed = " ".join(f"{x},{y}" for x, y in points)
    if part.kind is PartKind.FIXTURE:
        is_low = part.height_m is not None and part.height_m < looked_over_m
        kind = "fixture low" if is_low else "fixture"
        return Markup('<polygon class="{}" points="{}"/>').format(kind, listed)
    if part.kind is PartKind.WALL:
        return Markup('<polyline class="wall" points="{}"/>').format(listed)
    return Markup("")


def _line(points_m: NDArray[np.float64], kind: str, place: _Place) -> Markup:
    listed = " ".join(f"{x},{y}" for x, y in place(points_m))
    return Markup('<polyline class="{}" points="{}"/>').format(kind, listed)


def _name(part: Part, place: _Place) -> Markup:
    middle = shapely.get_coordinates(shapely.centroid(part.shape))
    ((x, y),) = place(middle)
    below_cm = {PartKind.TILL: -26, PartKind.MEDICINE: 32}.get(part.kind, 8)
    return Markup('<text x="{}" y="{}">{}</text>').format(x, y + below_cm, part.name)
