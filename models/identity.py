"""What stands beside a model's file: by it the program checks the weights before it uses them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

Calibration = Mapping[str, Sequence[Sequence[float]]]
"""By class, pairs of a confidence and the share of such finds that are right."""


def write_identity(
    file: Path,
    *,
    classes: Sequence[str],
    imgsz: int,
    threshold: float,
    reliable: Sequence[str] = (),
    calibration: Calibration = MappingProxyType({}),
) -> None:
    """Write FILE.json beside a model's file.

    Args:
        file: The ONNX file.
        classes: Class names in the order of the model's outputs.
        imgsz: Side in pixels at which the weights were measured and should be used.
        threshold: Confidence from which a find counts.
        reliable: Classes found well enough for their absence to mean something.
        calibration: See `Calibration`.
    """
    identity = {
        "file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "classes": list(classes), "imgsz": imgsz, "threshold": threshold,
        "reliable": list(reliable), "calibration": dict(calibration),
    }  # fmt: skip
    file.with_suffix(".json").write_text(
        json.dumps(identity, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def with_calibration(file: Path, calibration: Calibration) -> None:
    """Write the calibration of a model into FILE.json, in place of the one that is there."""
    card = file.with_suffix(".json")
    identity = json.loads(card.read_text(encoding="utf-8"))
    card.write_text(
        json.dumps({**identity, "calibration": dict(calibration)}, indent=1, ensure_ascii=False)
        + "\n",
        encoding="utf-8",
    )
