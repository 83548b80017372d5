"""A photo to mark points and edges on, with finger, pen, mouse or keys."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from inspector.ui.words import words

Ends = tuple[tuple[float, float], ...]
"""A point, or the left and right end of an edge, in pixels of the photo."""

_HERE = Path(__file__)
_PHOTO = st.components.v2.component(
    "photo_marks",
    html='<div class="photo"><img alt="" draggable="false"><svg><g></g></svg></div>'
    '<div class="nudge" hidden><div class="loupe"></div><div class="keys"></div></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)
_NUDGES = ("left", "up", "down", "right")


def photo_marks(
    jpeg: bytes,
    *,
    key: str,
    image_wh: tuple[int, int],
    marks: Sequence[Ends],
    n_told: int,
    on_set: Callable[[int, Ends], None],
) -> None:
    """Show the photo. A tap sets a point, a line drawn along a shelf an edge; a mark can be moved.

    Args:
        jpeg: The picture to show: the whole photo, at any scale.
        key: Key of the widget.
        image_wh: Width and height of the photo in pixels.
        marks: The marks in order; the last one may still be without its height.
        n_told: How many of them have one.
        on_set: Called with the number of a mark, or the next free one, and where it is now.
    """

    def take() -> None:
        moved = st.session_state[key].get("set")
        if moved is not None:
            on_set(int(moved["n"]), ends_from(moved, image_wh))

    text = words().text
    _PHOTO(
        key=key,
        data={
            "src": f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}",
            "wh": image_wh,
            "marks": marks,
            "n_told": n_told,
            "label": text("mark_number", n="{n}"),
            "nudges": [text(f"nudge_{way}") for way in _NUDGES],
        },
        on_set_change=take,
    )


def ends_from(moved: Mapping[str, Any], image_wh: tuple[int, int]) -> Ends:
    """Return where a mark is, inside the photo and from left to right."""
    width, height = image_wh
    return tuple(
        sorted(
            (min(max(float(x), 0.0), float(width)), min(max(float(y), 0.0), float(height)))
            for x, y in moved["ends"]
        )
    )
