"""Records that are only ever added, each bound to the one before by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that was done in a visit.

    Attributes:
        number: 1, 2, 3, …
        kind: What was done, see `visit`.
        at: When: ISO 8601 in UTC.
        by: Who.
        body: Its details as JSON, word for word as it was hashed.
        hash: sha256 over all of this and the hash of the record before.
    """

    number: int
    kind: str
    at: str
    by: str
    body: str
    hash: str

    @property
    def details(self) -> Mapping[str, Any]:
        """The body, read."""
        details: Mapping[str, Any] = json.loads(self.body)
        return details


def next_record(
    visit_id: str,
    previous: Record | None,
    *,
    kind: str,
    at: str,
    by: str,
    details: Mapping[str, Any],
) -> Record:
    """Return the record that follows another one; `previous` is None for the first."""
    number = previous.number + 1 if previous else 1
    body = json.dumps(details, ensure_ascii=False, sort_keys=True)
    before = previous.hash if previous else ""
    return Record(number, kind, at, by, body, _hash(visit_id, number, kind, at, by, body, before))


def first_break(visit_id: str, records: Iterable[Record]) -> int | None:
    """Return the number of the first record that is not as it was written; None when all are.

    A record that is missing shows at its place. Missing last records show nowhere here: compare
    the last hash with the one in the visit's row, and in a report that was printed.
    """
    before = ""
    for expected, record in enumerate(records, start=1):
        found = _hash(visit_id, expected, record.kind, record.at, record.by, record.body, before)
        if record.number != expected or record.hash != found:
            return expected
        before = record.hash
    return None


def _hash(*parts: object) -> str:
    # JSON, so that no two different lists of parts read the same.
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
