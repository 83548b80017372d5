"""Errors that a person can act on.

    InspectorError
    ├── CaptureError     a photo or video that cannot be read
    ├── ModelError       weights that are missing or changed
    ├── CatalogueError   a register that does not fit its format
    ├── LessonError      a pack that cannot be taught
    ├── GuidanceError    a rule file that is malformed
    ├── EvaluationError  a truth that cannot be used
    ├── WorkplaceError   what is kept of this machine's printer and cameras does not fit
    ├── ManifestError    a list of photos that cannot be used
    ├── WatchError       settings of cameras, a secret or a camera that cannot be used
    ├── FloorPlanError   a drawing of a shop that cannot be used
    ├── OutputError      a place that cannot be written
    ├── StoreError       a store of results that cannot be read or written
    ├── AccessError      something that a person may not see or do
    └── VisitError       a step that a visit does not allow now

Each text says what happened, what was expected, where, and what to do. What a photo does not tell
is no error: it is `Unmeasured` or a verdict `cant_tell`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class InspectorError(Exception):
    """Base of all errors that the inspector raises on purpose.

    Attributes:
        message: What it says by language, `da` and `en`. Details that only those who set the
            program up can put right stay English within a Danish sentence.
    """

    _DANISH: ClassVar[str] = "Programmet melder på engelsk: {en}"

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        en = Exception.__str__(self)
        self.message: Mapping[str, str] = {"da": self._DANISH.format(en=en), "en": en}


class CaptureError(InspectorError):
    """A photo or video cannot be read."""


class ModelError(InspectorError):
    """Weights are missing, or their hash is not the one on their card."""


class CatalogueError(InspectorError):
    """A register of goods does not fit its format; names file and line."""


class LessonError(InspectorError):
    """Pictures from which a pack cannot be learnt, or a lesson that is damaged or not there."""


class GuidanceError(InspectorError):
    """A rule or message file is malformed; names file and key."""


class EvaluationError(InspectorError):
    """A file of truth does not fit its format or lacks its picture."""


class WorkplaceError(InspectorError):
    """What is kept, or told, of this machine's printer and cameras does not fit."""


class FloorPlanError(InspectorError):
    """A floor plan is no GeoJSON, or a feature does not fit; told in Danish and English."""

    def __init__(self, da: str, en: str) -> None:
        super().__init__(en)
        self.message = {"da": da, "en": en}


class OutputError(InspectorError):
    """A file or folder cannot be written."""


class ManifestError(InspectorError):
    """A list of photos, or the place where they lie, cannot be used; names file and line."""


class WatchError(InspectorError):
    """Settings of live cameras do not fit, or a secret is missing; names file, line and key."""


class StoreError(InspectorError):
    """The store of results cannot be read or written."""

    _DANISH = (
        "Der kan ikke læses fra eller gemmes i lageret lige nu. Alt, der var gemt før, er der "
        "stadig. Skaf plads, eller bed administratoren om hjælp, og prøv igen. Programmet melder "
        "på engelsk: {en}"
    )


class AccessError(InspectorError):
    """A person may not see this, or may not do it; told in Danish and English."""

    def __init__(self, da: str, en: str) -> None:
        super().__init__(en)
        self.message = {"da": da, "en": en}


class VisitError(InspectorError):
    """A visit does not allow this step now; told in Danish and English."""

    def __init__(self, da: str, en: str) -> None:
        super().__init__(en)
        self.message = {"da": da, "en": en}
