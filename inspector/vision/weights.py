"""Finds the shipped weights and makes sure that they are the ones on the card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inspector.errors import ModelError

NETWORKS = ("shelf-detector", "surroundings-detector")
"""What is on the shelves, and what stands before and around them: each network learns better what
it need not share with small packs or large people."""

OF_SMALL_PRINT = ("line-finder", "line-reader", "word-verifier")
"""What finds lines of small print on packs, what reads them, and what looks for words on them."""

OF_LOCKS = "lock-finder"
"""What finds locks on the doors of cabinets."""

PACKAGE_FOLDER = Path(__file__).resolve().parents[1] / "models"
CHECKOUT_FOLDER = Path(__file__).resolve().parents[2] / "models"


@dataclass(frozen=True, slots=True)
class Weights:
    """A model file and how to run it.

    Attributes:
        path: The file.
        sha256: Hash of its bytes, checked.
        classes: Class names in the order of the model's outputs.
        image_side_px: Long side of the look for small packs.
        threshold: Confidence from which a detection counts.
        reliable: Classes, of those taken from this network, that are found well enough for their
            absence to mean something.
        calibration: By class, rising pairs of a confidence and the share of finds with that
            confidence that were right when it was measured; other classes have none.
    """

    path: Path
    sha256: str
    classes: tuple[str, ...]
    image_side_px: int
    threshold: float
    reliable: frozenset[str]
    calibration: Mapping[str, tuple[tuple[float, float], ...]]

    def share_right(self, label: str, confidence: float) -> float:
        """Return how many of such finds are right, 0 to 1; the confidence where that is unknown."""
        if label not in self.calibration:
            return confidence
        confidences, shares = zip(*self.calibration[label], strict=True)
        return float(np.interp(confidence, confidences, shares))


def shipped_weights() -> tuple[Weights, Weights]:
    """Load the description of both networks that the package holds and check their files.

    Raises:
        ModelError: As `load_weights` says.
    """
    shelf, surroundings = (load_weights(name) for name in NETWORKS)
    return shelf, surroundings


def small_print_weights() -> tuple[Weights, Weights, Weights]:
    """Load the descriptions of what finds lines of small print, reads them, and verifies words.

    The classes of the last two are letters. The second is calibrated for a `line` and an `amount`,
    the third for a `name`.

    Raises:
        ModelError: As `load_weights` says.
    """
    finder, reader, verifier = (load_weights(name) for name in OF_SMALL_PRINT)
    return finder, reader, verifier


def lock_weights() -> Weights:
    """Load the description of what finds locks.

    Raises:
        ModelError: As `load_weights` says.
    """
    return load_weights(OF_LOCKS)


def load_weights(name: str, folder: Path | None = None) -> Weights:
    """Load the description of a model and check its file.

    Args:
        name: Name of the model, for example `shelf-detector`.
        folder: Where it lies; the package's own folder, or the checkout's, when None.

    Raises:
        ModelError: The model is missing, its description is malformed or its hash differs.
    """
    if folder is None:
        folder = PACKAGE_FOLDER if PACKAGE_FOLDER.is_dir() else CHECKOUT_FOLDER
    card = folder / f"{name}.json"
    try:
        fields = json.loads(card.read_text(encoding="utf-8"))
        path = folder / fields["file"]
        weights = Weights(
            path=path,
            sha256=fields["sha256"],
            classes=tuple(fields["classes"]),
            image_side_px=int(fields["imgsz"]),
            threshold=float(fields["threshold"]),
            reliable=frozenset(fields["reliable"]),
            calibration={
                label: tuple((float(confidence), float(share)) for confidence, share in pairs)
                for label, pairs in fields["calibration"].items()
            },
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"The description of the model '{name}' cannot be used: {error!r}. Expected {card} "
            f"with file, sha256, classes, imgsz, threshold, reliable and calibration. Reinstall "
            f"the package, or restore the file."
        ) from error
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(
            f"The weights of '{name}' are missing: {path} ({error.strerror}). Nothing is "
            f"downloaded at run time: reinstall the package, or restore the file."
        ) from error
    if found != weights.sha256:
        raise ModelError(
            f"The weights of '{name}' are not the ones on their card: {path} has sha256 {found}, "
            f"{card} says {weights.sha256}. Restore the file, or train again to write a new card."
        )
    return weights
