"""Strips along a shelf's edge that mark the goods above them (section 5).

Every rail has a colour. A strip marks the medicine only where it runs under all of it, without a
break, and ends before the goods beside it begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from inspector.domain.facts import EdgeStrip
from inspector.domain.scene import EdgeBand
from inspector.domain.verdict import Box

END_SHARE = 0.35
"""A strip may end this share of a pack's width before or after the pack's side."""

BELOW_SHARE = (-0.1, 0.9)
"""Where an edge lies below the foot of the packs on it, in heights of a pack."""


def edge_strip(
    row_ids: Sequence[str],
    medicine_ids: Sequence[str],
    bands: Sequence[EdgeBand],
    boxes_px: Mapping[str, Box],
) -> EdgeStrip:
    """Say what marks the medicine of a run along the shelf's edge.

    Args:
        row_ids: Packs of the run's front row from left to right.
        medicine_ids: Those that are medicine, and others.
        bands: Stretches of one colour along the edges of shelves.
        boxes_px: Boxes of all packs.

    Returns:
        UNBROKEN when one band runs under all medicine and ends against another colour before the
        goods beside it; BROKEN when such bands run under a part of it; NONE otherwise, also where
        other goods stand among the medicine.
    """
    places = [n for n, key in enumerate(row_ids) if key in set(medicine_ids)]
    if not places or len(places) == len(row_ids) or places[-1] - places[0] + 1 != len(places):
        return EdgeStrip.NONE
    row = [boxes_px[key] for key in row_ids]
    medicine = row[places[0] : places[-1] + 1]
    before, after = row[: places[0]], row[places[-1] + 1 :]
    here = _under(bands, row)
    apart = [band for band in here if not any(_runs_under(band, box) for box in before + after)]
    whole = [band for band in apart if all(_runs_under_all_of(band, box) for box in medicine)]
    if any(_ends_at(band, bool(before), bool(after)) for band in whole):
        return EdgeStrip.UNBROKEN
    apart = [band for band in apart if band.meets_other == (True, True)]
    if any(_runs_under(band, box) for band in apart for box in medicine):
        return EdgeStrip.BROKEN
    return EdgeStrip.NONE


def _under(bands: Sequence[EdgeBand], row: Sequence[Box]) -> list[EdgeBand]:
    """Return the bands that are the edge of the shelf on which a row stands."""
    # Photos have hundreds of bands and most lie elsewhere: all at once, bands down, packs across.
    ends = np.array([band.ends_px for band in bands]).reshape(-1, 4, 1)
    left, left_y, right, right_y = ends[:, 0], ends[:, 1], ends[:, 2], ends[:, 3]
    x1, y1, x2, y2 = np.array(row).T
    is_over = np.minimum(right, x2) - np.maximum(left, x1) > END_SHARE * (x2 - x1)
    rise = (right_y - left_y) * ((x1 + x2) / 2 - left) / np.maximum(right - left, 1e-9)
    below = (left_y + rise - y2) / (y2 - y1)
    is_near = (BELOW_SHARE[0] < below) & (below < BELOW_SHARE[1])
    is_edge = is_over.any(axis=1) & (is_near | ~is_over).all(axis=1)
    return [band for band, is_it in zip(bands, is_edge.tolist(), strict=True) if is_it]


def _runs_under(band: EdgeBand, box: Box) -> bool:
    (left, _), (right, _) = band.ends_px
    within = END_SHARE * (box[2] - box[0])
    return min(right, box[2]) - max(left, box[0]) > within


def _runs_under_all_of(band: EdgeBand, box: Box) -> bool:
    (left, _), (right, _) = band.ends_px
    within = END_SHARE * (box[2] - box[0])
    return left < box[0] + within and right > box[2] - within


def _ends_at(band: EdgeBand, left: bool, right: bool) -> bool:
    """Say whether a band ends against another colour on each side where other goods stand."""
    return (not left or band.meets_other[0]) and (not right or band.meets_other[1])
