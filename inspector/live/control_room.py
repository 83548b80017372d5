"""The ledger as people see it. No camera says which shop it is of, so only some may look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from inspector.live.ledger import Ledger, Setup, WishKind
from inspector.store.people import Person


@dataclass(frozen=True, slots=True)
class ControlRoom:
    """What somebody sees of live cameras, and what they say in their own name.

    Attributes:
        ledger: What the cameras' workers write.
        person: Who looks.

    Raises:
        AccessError: The person may not see cameras.
    """

    ledger: Ledger
    person: Person

    def __post_init__(self) -> None:
        self.person.check_sees_cameras()

    def cameras(self) -> list[Row[Any]]:
        """Return how all cameras are; raises `StoreError` like all that follows."""
        return self.ledger.cameras()

    def setup(self, camera_id: str) -> Setup:
        """Return what is known of a camera."""
        return self.ledger.setup(camera_id)

    def findings(self, camera_id: str) -> list[Row[Any]]:
        """Return the findings of a camera, the newest first."""
        return self.ledger.findings(camera_id)

    def picture_path(self, sha256: str) -> Path:
        """Return where a picture lies."""
        return self.ledger.picture_path(sha256)

    def picture_crop(self, sha256: str) -> tuple[int, int, int, int] | None:
        """Return where a picture lies in the frame, in pixels; None when it is deleted."""
        return self.ledger.picture_crop(sha256)

    def presence_log(self) -> list[Row[Any]]:
        """Return what was asked and answered about presence, the newest first."""
        return self.ledger.presence_log()

    def wish(self, camera_id: str, kind: WishKind, at: datetime) -> None:
        """Ask a camera's worker for something."""
        self.ledger.wish(camera_id, kind, by=self.person.name, at=at)

    def confirm_presence(self, at: datetime) -> None:
        """Say that one is present."""
        self.ledger.confirm_presence(self.person.name, at)
