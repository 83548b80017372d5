"""Finds lines of print on packs, of a few pixels or more: see `models/line-finder.md`."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.vision.networks import SmallNetwork
from inspector.vision.pack_views import View
from inspector.vision.print_bands import ROW_PX, STEP_PX, Band, largest_bands
from inspector.vision.weights import Weights

LOWEST_LETTERS_PX = 3.0
"""Small letters lower than this in the photo are not looked at: of a hundred such lines two are
read."""


class LineFinder:
    """Finds the largest lines of print on packs.

    Args:
        weights: The network; its threshold is the chance from which a place may be on a line.
        threads: Threads of the network; None takes as many as there are cores.
    """

    def __init__(self, weights: Weights, *, threads: int | None = None) -> None:
        self.weights = weights
        self._network = SmallNetwork(weights.path, threads)

    def find(self, views: Sequence[View]) -> list[list[Band]]:
        """Return where the largest lines lie on each pack, the largest first."""
        sizes_px = [view.wh_for_lines_px for view in views]
        fronts = (view.front(wh_px) for view, wh_px in zip(views, sizes_px, strict=True))
        found = []
        for view, (w, h), (told,) in zip(
            views, sizes_px, self._network.told_of(fronts), strict=True
        ):
            step_px, row_px = STEP_PX * view.wh_px[0] / w, ROW_PX * view.wh_px[1] / h
            bands = largest_bands(told, step_px, row_px, least=self.weights.threshold)
            least_px = LOWEST_LETTERS_PX / view.scale[1]
            found.append([band for band in bands if band.height_px >= least_px])
        return found
