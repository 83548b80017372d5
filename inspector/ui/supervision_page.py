"""The page of the floor plan: what of the medicine the till has in sight. A person decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup
from shapely import box
from shapely.geometry import LineString, Point

from inspector.errors import FloorPlanError
from inspector.geometry.floor_plan import Part, PartKind, geojson_from_plan, plan_from_geojson
from inspector.geometry.sight_lines import LOOKED_OVER_M, Seen, seen_from_tills
from inspector.report.plan_picture import svg_from_plan
from inspector.rules import RULES
from inspector.ui import state
from inspector.ui.components import page_head, quote, show_html
from inspector.ui.words import words

Row = Mapping[str, Any]

_COLUMNS = ("x1_m", "y1_m", "x2_m", "y2_m")
_EXAMPLE: tuple[Row, ...] = (
    {"kind": "till", "name": "1", "x1_m": 1.0, "y1_m": 1.0},
    {"kind": "wall", "x1_m": 0.0, "y1_m": 6.0, "x2_m": 8.0, "y2_m": 6.0},
    {"kind": "wall", "x1_m": 8.0, "y1_m": 6.0, "x2_m": 8.0, "y2_m": 0.0},
    {"kind": "fixture", "x1_m": 3.0, "y1_m": 2.6, "x2_m": 5.0, "y2_m": 3.4, "height_m": 1.6},
    {"kind": "medicine", "name": "A", "x1_m": 2.0, "y1_m": 5.6, "x2_m": 7.0, "y2_m": 5.6},
)


def show() -> None:
    """Show the page."""
    page_head(words().text("floor_plan"))
    rule = next(rule for rule in RULES if rule.id == "supervision")
    show_html(Markup("<p>{}</p>").format(words().text("floor_plan_intro")) + quote(rule.wording_da))
    plan = _plan()
    if plan:
        _show_sight(plan)
    else:
        st.info(words().text("floor_plan_empty"))


def _plan() -> tuple[Part, ...]:
    """Ask for the plan: a table of things, or a file that may hold any shape."""
    text = words().text
    file = st.file_uploader(text("floor_plan_file"))
    if file is not None:
        try:
            return plan_from_geojson(file.getvalue())
        except FloorPlanError as error:
            st.error(error.message[state.lang()])
            return ()
    st.caption(text("floor_plan_table"))
    number = {
        key: st.column_config.NumberColumn(text(key), min_value=0.0, max_value=200.0, step=0.1)
        for key in (*_COLUMNS, "height_m")
    }
    kinds = {text(f"plan_{kind.value}"): kind for kind in PartKind}
    names = {kind.value: name for name, kind in kinds.items()}
    rows = st.data_editor(
        [{**dict.fromkeys((*_COLUMNS, "height_m")), "name": "", **row, "kind": names[row["kind"]]}
         for row in _EXAMPLE],
        key=f"floor_plan_{state.lang()}",
        num_rows="dynamic",
        placeholder="–",
        column_order=("kind", "name", *_COLUMNS, "height_m"),
        column_config={
            "kind": st.column_config.SelectboxColumn(text("kind"), options=list(kinds)),
            "name": st.column_config.TextColumn(text("plan_name")),
            **number,
        },
    )  # fmt: skip
    return tuple(part for row in rows if (part := part_from_row(row, kinds)) is not None)


def part_from_row(row: Row, kinds: Mapping[str, PartKind]) -> Part | None:
    """Return what a row of the table says; None while a number that it needs is missing."""
    kind = kinds.get(row.get("kind") or "")
    if kind is None:
        return None
    needed = _COLUMNS[:2] if kind is PartKind.TILL else _COLUMNS
    numbers = [row.get(key) for key in needed]
    if any(number is None for number in numbers):
        return None
    x1, y1, x2, y2 = (float(number) for number in [*numbers, *numbers][:4] if number is not None)
    name, height_m = str(row.get("name") or ""), row.get("height_m")
    if kind is PartKind.TILL:
        return Part(kind, name, Point(x1, y1))
    if (x1, y1) == (x2, y2):
        return None
    if kind is PartKind.FIXTURE:
        if x1 == x2 or y1 == y2:
            return None
        shape = box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
        return Part(kind, name, shape, None if height_m is None else float(height_m))
    return Part(kind, name, LineString([(x1, y1), (x2, y2)]))


def _show_sight(plan: Sequence[Part]) -> None:
    text = words().text
    seen = seen_from_tills(plan)
    if not any(part.kind is PartKind.TILL for part in plan):
        st.warning(text("plan_without_till"))
    if not seen:
        st.warning(text("plan_without_medicine"))
    picture = svg_from_plan(plan, seen, title=text("floor_plan"), looked_over_m=LOOKED_OVER_M)
    show_html(
        Markup('<ul class="statements">{}</ul>').format(
            Markup("").join(Markup("<li>{}</li>").format(_sentence(one)) for one in seen)
        )
    )
    st.image(str(picture), width="stretch")
    st.caption(text("plan_key", height=_metres(LOOKED_OVER_M)))
    with st.container(horizontal=True):
        st.download_button(
            text("download_plan"),
            geojson_from_plan(plan),
            "floor-plan.geojson",
            "application/geo+json",
            on_click="ignore",
            icon=":material/save:",
        )
        st.download_button(
            text("download_plan_picture"),
            str(picture),
            "floor-plan.svg",
            "image/svg+xml",
            on_click="ignore",
            icon=":material/image:",
        )


def _sentence(seen: Seen) -> str:
    length_m = sum(
        float(((end - start) ** 2).sum() ** 0.5)
        for (start, end), is_seen in zip(seen.stretches_m, seen.is_seen, strict=True)
        if not is_seen
    )
    key = "placement_in_sight" if seen.is_seen.all() else "placement_hidden"
    return words().text(
        key,
        name=seen.name or words().text("plan_medicine"),
        share=f"{100 * seen.share:.0f} %",
        hidden=_metres(length_m),
    )


def _metres(length_m: float) -> str:
    written = f"{length_m:.1f}"
    return written.replace(".", ",") if state.lang() == "da" else written
