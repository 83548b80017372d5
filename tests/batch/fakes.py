"""Models that see a known scene in every photo, so that a run takes no time; and some that fail."""

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np

from tests.truth import SAMPLES, TruthReader

NAMES = ("retailer-mixed", "retailer-too-low", "no-scale", "pharmacy-good")
DAY = "2026-11-02"


@dataclass(frozen=True)
class FakeModels:
    """Loads a reader of the samples' truth; which sample, the photo's hash decides.

    Attributes:
        delay_s: How long a look takes.
        dies_on: Name of a photo over which the process dies.
        dies_once: File that marks that it has died; None lets it die every time.
    """

    delay_s: float = 0.0
    dies_on: str = ""
    dies_once: Path | None = None
    versions: ClassVar = {"truth": "0" * 64}

    def load(self):
        return FakeReader(self)


class FakeReader:
    versions: ClassVar = {"truth": "0" * 64}

    def __init__(self, models):
        self.models = models

    def read(self, capture, *, on_found=None):
        time.sleep(self.models.delay_s)
        if capture.file == self.models.dies_on:
            self.die()
        name = NAMES[int(capture.capture_id[:4], 16) % len(NAMES)]
        scene = TruthReader().read(replace(capture, file=f"{name}.jpg"))
        return replace(scene, packs=scene.packs[:6], signs=scene.signs[:3], straight_edges=())

    def die(self):
        once = self.models.dies_once
        if once is None or not once.exists():
            if once is not None:
                once.touch()
            os._exit(9)


def make_archive(folder, count, *, rows=()):
    """Write photos that all differ, and their manifest; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["file,store,dealer_type,date"]
    for n in range(count):
        pixels = np.full((200, 240, 3), n % 256, np.uint8)
        pixels[0, 0] = (n // 256, 0, 0)
        name = f"photo_{n:04d}.png"
        cv2.imwrite(str(folder / name), pixels)
        lines.append(f"{name},shop-{n % 3},{('retailer', 'pharmacy', '')[n % 3]},{DAY}")
    (folder / "manifest.csv").write_text("\n".join([*lines, *rows]) + "\n")
    return folder


__all__ = ["DAY", "SAMPLES", "FakeModels", "FakeReader", "make_archive"]
