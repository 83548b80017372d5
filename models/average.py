"""Averages checkpoints of one architecture: `python -m models.average OUT.pt A.pt=2 B.pt=1`.

Rounds that follow each other with a small learning rate stay close, and their weighted mean
is better on photographs and on drawn scenes together than any of them alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch


def average(parts: list[tuple[Path, float]], out: Path) -> None:
    """Write the weighted mean of checkpoints.

    Args:
        parts: Checkpoints of Ultralytics with their weights; the first one lends everything that is
            no weight.
        out: The checkpoint to write.
    """
    total = sum(weight for _, weight in parts)
    first: dict[str, Any] = {}
    mean: dict[str, torch.Tensor] = {}
    for path, weight in parts:
        checkpoint = torch.load(path, map_location="cpu", weights_only=False)
        model = (checkpoint.get("ema") or checkpoint["model"]).float()
        if not first:
            first = checkpoint | {"model": model, "ema": None}
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point():
                mean[name] = mean.get(name, torch.zeros_like(tensor)) + tensor * (weight / total)
            else:
                mean.setdefault(name, tensor)
    first["model"].load_state_dict(mean)
    torch.save(first, out)


def main() -> None:
    """Read the command line and average."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("parts", nargs="+", help="CHECKPOINT=WEIGHT")
    args = parser.parse_args()
    pairs = [part.rpartition("=") for part in args.parts]
    average([(Path(path), float(weight)) for path, _, weight in pairs], args.out)


if __name__ == "__main__":
    main()
