"""A sign that is gone: absence counts.

The rule needs a detector that finds every sign; a camera that never moves only needs to know where
one hung.

A sign counts as gone when it was read there often enough, is not read any more, and its place looks
different. One that merely was not read this time counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import cast

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from inspector.domain.facts import SignFacts
from inspector.domain.scene import SignKind
from inspector.domain.verdict import Box
from inspector.live.votes import LANGS, Failure, is_same_place, touches

RULE_ID = "signage"
PATCH_WH = (48, 24)
SAME_CORRELATION = 0.5
"""The place of a sign that is covered or gone correlates less with what it was, in any light."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownSign:
    """A sign that hung there.

    Attributes:
        text: Its words.
        box_xyxy_px: Its place in the frame.
        seen: How often it was read.
        is_gone: Whether it was gone at the last look.
        patch: Its place in a few grey pixels when it was read last with nobody before it; None
            before that.
    """

    text: str
    box_xyxy_px: Box
    seen: int = 1
    is_gone: bool = False
    patch: NDArray[np.float32] | None = None


class SignWatch:
    """The signs of one camera."""

    def __init__(self, equal_results: int, known: Iterable[KnownSign] = ()) -> None:
        self._needed = equal_results
        self.known = tuple(known)

    @property
    def is_settled(self) -> bool:
        """False while a sign has not been read often enough to be missed."""
        return all(known.seen >= self._needed for known in self.known)

    def take(
        self, signs: Sequence[SignFacts], frame_gray: NDArray[np.uint8], hidden: Sequence[Box]
    ) -> tuple[Failure, ...]:
        """Take note of the signs of a look; return those that are gone."""
        waiting = [sign for sign in signs if sign.kind is SignKind.CATEGORY and sign.text]
        after: list[KnownSign] = []
        for known in self.known:
            found = next(
                (s for s in waiting if is_same_place(s.box_xyxy_px, known.box_xyxy_px)), None
            )
            if found is not None:
                waiting.remove(found)
                patch = _patch(frame_gray, found.box_xyxy_px, hidden, or_else=known.patch)
                after.append(KnownSign(found.text, found.box_xyxy_px, known.seen + 1, False, patch))
            elif any(touches(known.box_xyxy_px, there) for there in hidden):
                after.append(known)
            elif known.seen >= self._needed:
                after.append(replace(known, is_gone=_has_changed(known, frame_gray)))
        after += [
            KnownSign(s.text, s.box_xyxy_px, patch=_patch(frame_gray, s.box_xyxy_px, hidden))
            for s in waiting
        ]
        self.known = tuple(after)
        return tuple(_failure(known) for known in after if known.is_gone)


def _has_changed(known: KnownSign, frame_gray: NDArray[np.uint8]) -> bool:
    if known.patch is None:
        return known.is_gone
    now, was = (
        patch - patch.mean() for patch in (_pixels(frame_gray, known.box_xyxy_px), known.patch)
    )
    spread = float(np.linalg.norm(now) * np.linalg.norm(was))
    return float((now * was).sum()) < SAME_CORRELATION * spread or spread == 0


def _patch(
    frame_gray: NDArray[np.uint8],
    box: Box,
    hidden: Sequence[Box],
    *,
    or_else: NDArray[np.float32] | None = None,
) -> NDArray[np.float32] | None:
    """Return a place to be kept: none before which somebody stands."""
    if any(touches(box, there) for there in hidden):
        return or_else
    return _pixels(frame_gray, box)


def _pixels(frame_gray: NDArray[np.uint8], box: Box) -> NDArray[np.float32]:
    x1, y1, x2, y2 = (max(0, round(edge)) for edge in box)
    part = frame_gray[y1 : max(y2, y1 + 2), x1 : max(x2, x1 + 2)]
    if not part.size:
        return np.zeros(PATCH_WH[::-1], np.float32)
    return np.asarray(cv2.resize(part, PATCH_WH, interpolation=cv2.INTER_AREA), np.float32)


def _failure(known: KnownSign) -> Failure:
    return Failure(
        RULE_ID,
        known.box_xyxy_px,
        {lang: live_words(lang)["sign_gone"].format(text=known.text) for lang in LANGS},
        {lang: live_words(lang)["sign_gone_remedy"] for lang in LANGS},
    )


@cache
def live_words(lang: str) -> dict[str, str]:
    """Return the words of alerts and findings of live cameras in a language, `da` or `en`."""
    file = resources.files(__package__) / f"words_{lang}.yaml"
    return cast(dict[str, str], yaml.safe_load(file.read_text(encoding="utf-8")))
