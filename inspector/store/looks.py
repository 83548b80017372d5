"""What was seen in a photo, read from the store as far as it is asked for."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from inspector.domain.scene import Pack, SeenCapture
from inspector.measuring import Survey
from inspector.store.codec import packs_from_bytes, seen_from_bytes
from inspector.store.surveys import survey_from_bytes


@dataclass(frozen=True, slots=True)
class Look:
    """All that it takes to judge a photo without its pixels, as bytes.

    Attributes:
        kept_seen: What was seen, see `codec.py`.
        kept_survey: Where everything stands, see `surveys.py`; None when that is not known.
        kept_model: Names and hashes of the models that saw it, as JSON.
    """

    kept_seen: bytes
    kept_survey: bytes | None
    kept_model: str

    def seen(self) -> SeenCapture:
        """Return what was seen; raises `StoreError` when it cannot be read."""
        return seen_from_bytes(self.kept_seen)

    def packs(self, pack_ids: Collection[str]) -> tuple[Pack, ...]:
        """Return some of the packs that were seen; raises `StoreError` like `seen`."""
        return packs_from_bytes(self.kept_seen, pack_ids)

    def survey(self) -> Survey | None:
        """Return where everything stands; None when that has to be worked out."""
        return survey_from_bytes(self.kept_survey) if self.kept_survey else None

    def model(self) -> dict[str, str]:
        """Return names and hashes of the models."""
        return dict(json.loads(self.kept_model))
