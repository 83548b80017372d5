"""A field to sign in, with finger, pen or mouse."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from inspector.store.visit import Strokes

_PAD = st.components.v2.component(
    "signature_pad",
    html='<canvas tabindex="0"></canvas><button type="button"></button>',
    css=Path(__file__).with_name("signature_pad.css").read_text(encoding="utf-8"),
    js=Path(__file__).with_name("signature_pad.js").read_text(encoding="utf-8"),
)


def signature_pad(*, key: str, label: str, clear: str) -> Strokes:
    """Show the field and return what was drawn in it: empty until then.

    Args:
        key: Key of the widget.
        label: What the field is for, for those who do not see it.
        clear: Word on the button that empties it.
    """
    drawn = _PAD(
        key=key,
        data={"label": label, "clear": clear},
        default={"strokes": []},
        on_strokes_change=lambda: None,
    )
    return strokes_from(drawn.strokes or [])


def strokes_from(drawn: Sequence[Sequence[Sequence[float]]]) -> Strokes:
    """Return lines of points inside the field; those of a single point are left out."""
    return tuple(
        tuple((min(max(x, 0.0), 3.0), min(max(y, 0.0), 1.0)) for x, y in line)
        for line in drawn
        if len(line) > 1
    )
