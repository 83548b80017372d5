"""From drawn doors to weights of the lock finder.

`python -m models.train_locks models/lock-finder.yaml --shelves DIR --work DIR`

Strips of doors are drawn while it learns before pieces of photos of shelves, such as
`python -m datasets.generate` makes; none is seen twice. A run that was stopped goes on from
its last checkpoint. A GPU is used when there is one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
import yaml
from torch import Tensor, nn
from torch.utils.data import IterableDataset

from datasets.doors import STRIP_HEIGHT_PX, DoorMaker, SeenStrip
from inspector.vision.locks import CELL_PX, STRIP_PX
from models.identity import write_identity
from models.learning import learn, seed_of_worker

NEAR_CELLS = 1.5
"""Cells as close to a lock's middle as this, and not in it, may say what they like."""

FOCUS = 2.0
"""How little what is clear already counts: the focal loss's gamma."""


RARE = -5.0
"""Log-odds of a lock before anything is learned: most cells hold none."""


class LockNet(nn.Module):
    """Looks at a strip of a door; says of each cell whether the middle of a lock lies in it.

    In: (n, 3, h, w), BGR from -1 to 1. Out: (n, 1, h / CELL_PX, w / CELL_PX), log-odds.
    """

    def __init__(self, widths: Sequence[int], dilations: Sequence[int]) -> None:
        super().__init__()
        a, b, c = widths
        self.layers = nn.Sequential(
            _step(3, a),
            _step(a, b, stride=2),
            _step(b, b),
            _step(b, c, stride=2),
            *(_step(c, c, dilation=dilation) for dilation in dilations),
            nn.Conv2d(c, 1, 1),
        )
        nn.init.constant_(self.layers[-1].bias, RARE)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the log-odds."""
        return self.layers(pictures)


def _step(taken: int, given: int, *, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(taken, given, 3, stride, dilation, dilation, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(given), nn.ReLU())


class Strips(IterableDataset[dict[str, Tensor]]):
    """Batches of strips without end."""

    def __init__(self, shelves: Sequence[Path], batch: int, seed: int) -> None:
        super().__init__()
        self._shelves, self._batch, self._seed = shelves, batch, seed

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        maker = DoorMaker(self._shelves, seed_of_worker(self._seed))
        while True:
            strips = [maker.seen() for _ in range(self._batch)]
            pictures = np.stack([strip.picture_bgr for strip in strips]).transpose(0, 3, 1, 2)
            yield {
                "pictures": torch.from_numpy(np.ascontiguousarray(pictures)),
                "cells": torch.from_numpy(np.stack([cells_of(strip) for strip in strips])),
            }


def cells_of(strip: SeenStrip) -> np.ndarray:
    """Return what is to be said of each cell: 1 a lock's middle, 0 none, -1 nobody can say."""
    cells = np.zeros((STRIP_HEIGHT_PX // CELL_PX, STRIP_PX // CELL_PX), np.float32)
    rows, columns = np.mgrid[: cells.shape[0], : cells.shape[1]] + 0.5
    for x, y in strip.locks_px / CELL_PX:
        away = np.hypot(columns - x, rows - y)
        cells[away < NEAR_CELLS] = -1
        cells[int(y), int(x)] = 1 if strip.is_sure else -1
    return cells


def loss_of(answer: Tensor, batch: dict[str, Tensor], _done: float) -> Tensor:
    """Return the focal loss over cells, per lock that is to be found."""
    cells, odds = batch["cells"], answer.float()[:, 0]
    each = nn.functional.binary_cross_entropy_with_logits(
        odds, cells.clamp_min(0), reduction="none"
    )
    wrong = torch.where(cells == 1, 1 - odds.sigmoid(), odds.sigmoid())
    return (each * wrong**FOCUS * (cells >= 0)).sum() / (cells == 1).sum().clamp_min(1)


def export(net: LockNet, checkpoint: Path, out: Path, *, threshold: float) -> None:
    """Write the averaged weights as ONNX, in half precision, and beside them what they are."""
    from models.halving import halve  # training alone needs no package of ONNX

    net.load_state_dict(torch.load(checkpoint, map_location="cpu")["mean"])
    free = {0: "strips", 2: "height", 3: "width"}
    torch.onnx.export(
        nn.Sequential(net.cpu(), nn.Sigmoid()).eval(),
        (torch.zeros(1, 3, STRIP_HEIGHT_PX, STRIP_PX),),
        str(out),
        input_names=["strips"],
        output_names=["locks"],
        dynamic_axes={"strips": free, "locks": free},
        dynamo=False,
    )
    halve(out)
    write_identity(out, classes=("lock",), imgsz=STRIP_PX, threshold=threshold)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("settings", type=Path)
    parser.add_argument("--shelves", type=Path, required=True, help="folder of photos, JPEG")
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    settings = yaml.safe_load(args.settings.read_text(encoding="utf-8"))
    torch.manual_seed(settings["seed"])
    net = LockNet(settings["widths"], settings["dilations"])
    shelves = sorted(args.shelves.glob("*.jpg"))
    checkpoint = learn(
        net, lambda seed: Strips(shelves, settings["batch"], seed), loss_of, settings, args.work
    )
    out = args.work / f"{args.settings.stem}.onnx"
    export(net, checkpoint, out, threshold=settings["threshold"])
    print(f"{out} and {out.with_suffix('.json')}")


if __name__ == "__main__":
    main()
