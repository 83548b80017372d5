"""When a look is worth its time: something changed, and the shelf is quiet again."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.live.area import ImageGray
from inspector.live.settings import Watching

CHANGED_LEVELS = 14.0
"""Grey levels by which a pixel differs that shows something else; noise and compression stay
below."""

CHANGED_SHARE = 0.0008
"""Share of the pixels that have to; a pack of 5 by 8 cm covers as much of three metres of shelf."""


class Gate:
    """Watches small grey pictures of the shelf and says when to look."""

    def __init__(self, watching: Watching) -> None:
        self._watching = watching
        self._before: NDArray[np.float32] | None = None
        self._at_look: NDArray[np.float32] | None = None
        self._now: NDArray[np.float32] | None = None
        self._first_s = np.inf
        self._looked_s = -np.inf
        self._again_s = np.inf
        self.moved_s: NDArray[np.float64] = np.empty((0, 0))
        """When each pixel moved last, shape of the small picture."""
        self.quiet_since_s = np.inf

    def see(self, small: ImageGray, at_s: float) -> bool:
        """Take note of a frame; return whether anything moves in it."""
        self._before, self._now = self._now, cv2.GaussianBlur(small, (5, 5), 0).astype(np.float32)
        if self._before is None:
            self.moved_s = np.full(small.shape, at_s)
            self.quiet_since_s = self._first_s = at_s
            return False
        moved = differs(self._now, self._before)
        self.moved_s[moved] = at_s
        is_moving = float(moved.mean()) > CHANGED_SHARE
        if is_moving:
            self.quiet_since_s = np.inf
        elif np.isinf(self.quiet_since_s):
            self.quiet_since_s = at_s
        return is_moving

    @property
    def has_changed(self) -> bool:
        """True when the shelf does not look as it did at the last look."""
        if self._now is None or self._at_look is None:
            return True
        return float(differs(self._now, self._at_look).mean()) > CHANGED_SHARE

    def is_quiet(self, at_s: float) -> bool:
        """Say whether nothing has moved for long enough."""
        return at_s - self.quiet_since_s >= self._watching.quiet

    def is_overdue(self, at_s: float) -> bool:
        """Say whether the last look is too long ago."""
        return at_s - max(self._looked_s, self._first_s) >= 60 * self._watching.at_least_every_min

    def is_due(self, at_s: float) -> bool:
        """Say whether a look is near for which nothing has to change."""
        return self.is_overdue(at_s + 5 * self._watching.quiet) or at_s >= self._again_s - 10

    def wants_look(self, at_s: float) -> bool:
        """Say whether to look now."""
        if at_s - self._looked_s < self._watching.between_looks:
            return False
        if self.is_overdue(at_s):
            return True
        return self.is_quiet(at_s) and (at_s >= self._again_s or self.has_changed)

    def forget_look(self) -> None:
        """Look again as soon as the shelf is quiet."""
        self._at_look = None

    def looked(self, at_s: float, *, again_s: float = np.inf) -> None:
        """Take note of a look, and of when to look again although nothing changes."""
        self._at_look, self._looked_s, self._again_s = self._now, at_s, again_s


def differs(now: NDArray[np.float32], before: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which pixels show something else; light that changes everywhere alike is none."""
    change = now - before
    if float((np.abs(change) > CHANGED_LEVELS).mean()) > CHANGED_SHARE:
        gain = float(np.median((now + 1) / (before + 1)))
        change = now - np.clip(gain * before, 0, 255)
    return np.asarray(np.abs(change) > CHANGED_LEVELS)
