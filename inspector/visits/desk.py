"""All that a visit is worked on with, opened once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Self

from inspector.capture.photo import photo_from_bytes
from inspector.catalogue.editions import Source
from inspector.catalogue.imports import ImportSummary, import_list
from inspector.data_folder import data_folder, files_url, visits_url
from inspector.domain.capture import Capture
from inspector.inspection import EDITIONS
from inspector.store import Store
from inspector.store.actions import Actions
from inspector.store.audit_plans import AuditPlans
from inspector.store.finding_rows import FindingRows
from inspector.store.kept_files import KeptFiles
from inspector.store.people import Person
from inspector.store.photo_queue import PhotoQueue
from inspector.store.retention import RetentionTimes
from inspector.store.users import Users
from inspector.store.visits import Visits
from inspector.workplace import Workplace


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """The parts of the store.

    Attributes:
        visits: Shops, visits, records.
        queue: Photos to look at.
        rows: Findings of all visits.
        actions: Corrective actions.
        scenes: What was seen.
        files: Photos and reports.
        users: Who has signed in.
        retention: How long what visits gather is kept.
        plans: When shops look at themselves.
    """

    visits: Visits
    queue: PhotoQueue
    rows: FindingRows
    actions: Actions
    scenes: Store
    files: KeptFiles
    users: Users
    retention: RetentionTimes
    plans: AuditPlans

    def opened(self, capture_id: str, file: str) -> Capture:
        """Return a stored photo, decoded.

        Raises:
            StoreError: It is not there.
            UnusableFileError: It is no photo that can be read.
        """
        return photo_from_bytes(self.files.get(capture_id), file=file)

    def take_photo(
        self, person: Person, visit_id: str, content: bytes, *, file: str, now: datetime
    ) -> None:
        """Keep a photo, then add it to a visit: when this returns, it is on disk.

        Raises:
            AccessError: The person may not; nothing was kept.
            VisitError: The visit is closed; nothing was kept.
            StoreError: It cannot be kept, and is not in the visit.
        """
        self.visits.check_changes(person, visit_id)
        capture_id = self.files.put(content)
        self.visits.add_photo(person, visit_id, capture_id=capture_id, file=file, now=now)

    def import_goods(
        self,
        person: Person,
        path: Path,
        *,
        day: date | None,
        now: datetime,
        source: Source | None = None,
        encoding: str | None = None,
    ) -> ImportSummary:
        """Keep a list of goods as a new edition of the register.

        Args:
            person: Who brings it.
            path: The list.
            day: Day from which it holds; None takes what the list says, or today.
            now: When.
            source: Kind of list; None finds out from its columns.
            encoding: Encoding of a text file; None takes what its kind usually has.

        Raises:
            AccessError: The person may not.
            CatalogueError: The list does not fit; nothing is changed.
        """
        person.check_imports()
        summary = import_list(
            path,
            folder=data_folder() / EDITIONS,
            today=now.date(),
            day=day,
            source=source,
            encoding=encoding,
        )
        kept = {"name": summary.source, "day": summary.day.isoformat()}
        self.visits.changed(person, "list_imported", now, **kept)
        return summary

    def keep_print_scale(self, person: Person, bar_mm: float, *, now: datetime) -> None:
        """Keep how long the kit's bar came out of the printer: it scales every height from now on.

        Args:
            person: Who measured it.
            bar_mm: Its length in millimetres; 100 when the printer does not scale.
            now: When.

        Raises:
            AccessError: The person is no administrator.
            WorkplaceError: The bar is not the kit's.
            OutputError: It cannot be kept.
        """
        person.check_sets_up()
        Workplace.load().with_bar(bar_mm).save()
        self.visits.changed(person, "bar_measured", now, mm=f"{bar_mm:g}")

    @classmethod
    def open(cls, url: str | None = None, *, files: str | None = None) -> Self:
        """Open the store of visits.

        Args:
            url: Its URL; by default a file in the user's data folder.
            files: Where photos are kept; by default a folder beside it.

        Raises:
            StoreError: It cannot be opened.
        """
        visits = Visits.open(url or visits_url())
        return cls(
            visits,
            PhotoQueue.beside(visits),
            FindingRows.beside(visits),
            Actions.beside(visits),
            Store.beside(visits),
            KeptFiles(files or files_url()),
            Users.beside(visits),
            RetentionTimes.beside(visits),
            AuditPlans.beside(visits),
        )
