"""One run over an archive: what is new is looked at, kept as it comes, and never done twice."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit

import fsspec

from inspector.batch.manifest import Entry, Fault, Manifest
from inspector.batch.work import Done, Surveys, Terms
from inspector.domain.scene import SeenCapture
from inspector.measuring import Survey
from inspector.store import Inspection, Result, Store

Engine = Callable[[Iterable[Entry]], Iterator[Done]]
"""Inspects photos in the order given, wherever it does so."""

SAVE_PHOTOS, SAVE_S = 100, 10.0
"""Results are kept after so many photos or seconds, whichever comes first: as much a kill costs."""

_PAGE = 500

_Item = TypeVar("_Item")


@dataclass(slots=True)
class Run:
    """What a run did.

    Attributes:
        inspections: All inspections of the archive that are in the store now, in its order.
        faults: What was left out, and why.
        known: Photos that were in the store with the same versions.
        judged: Photos that were judged from a scene in the store.
        looked_at: Photos that were looked at.
        seconds: How long the looking took.
        worker_gb: Largest memory of a worker, in GB.
    """

    inspections: list[Inspection] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    known: int = 0
    judged: int = 0
    looked_at: int = 0
    seconds: float = 0.0
    worker_gb: float = 0.0


def run(
    manifest: Manifest,
    *,
    engine: Engine,
    terms: Terms,
    store: Store,
    advance: Callable[[int], None] = lambda photos: None,
) -> Run:
    """Inspect an archive, or what is left of it.

    Args:
        manifest: The photos.
        engine: Looks at photos.
        terms: What the results rest on.
        store: Where they are kept.
        advance: Told how many more photos are done.

    Returns:
        What was done. A kill at any time loses at most the photos since the last save.

    Raises:
        StoreError: The store is full or gone; start again when it is back.
    """
    done = Run(faults=list(manifest.faults))
    keeper = _Keeper(store, terms)
    made: dict[int, Inspection] = {}
    start = time.monotonic()
    try:
        unseen = _take_known(list(enumerate(manifest.entries)), made, keeper, done, advance)
        firsts, twins = _same_bytes_once(unseen)
        _look(firsts, engine, made, keeper, done, advance)
        keeper.save()
        # The same bytes elsewhere are judged from what was just seen.
        _look(_take_known(twins, made, keeper, done, advance), engine, made, keeper, done, advance)
    except KeyboardInterrupt:
        keeper.save()
        raise
    keeper.save()
    done.seconds = time.monotonic() - start
    done.inspections = [made[place] for place in sorted(made)]
    return done


@dataclass(frozen=True, slots=True)
class _Placed:
    """A photo, its place in the manifest, and the sha256 of its bytes; empty when not known."""

    place: int
    entry: Entry
    capture_id: str


def _look(
    unseen: Sequence[_Placed],
    engine: Engine,
    made: dict[int, Inspection],
    keeper: _Keeper,
    done: Run,
    advance: Callable[[int], None],
) -> None:
    """Look at photos, and keep what is found as it comes."""
    if not unseen:
        return
    outcomes = engine([photo.entry for photo in unseen])
    for photo, outcome in zip(unseen, outcomes, strict=True):
        done.worker_gb = max(done.worker_gb, outcome.worker_gb)
        if outcome.result is None or outcome.seen is None:  # they come together
            done.faults.append(Fault(outcome.entry.url, outcome.reason))
        else:
            made[photo.place] = outcome.result.inspection
            keeper.keep(outcome.entry, outcome.seen, outcome.survey, outcome.result)
            done.looked_at += 1
        advance(1)


def pages(items: Sequence[_Item], size: int = _PAGE) -> Iterator[Sequence[_Item]]:
    """Yield a sequence in parts."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _same_bytes_once(photos: Sequence[_Placed]) -> tuple[list[_Placed], list[tuple[int, Entry]]]:
    """Return photos of which each shows other bytes, and those that repeat them."""
    firsts: list[_Placed] = []
    twins: list[tuple[int, Entry]] = []
    known: set[str] = set()
    for photo in photos:
        if photo.capture_id in known:
            twins.append((photo.place, photo.entry))
        else:
            firsts.append(photo)
        if photo.capture_id:
            known.add(photo.capture_id)
    return firsts, twins


def _take_known(
    placed: Sequence[tuple[int, Entry]],
    made: dict[int, Inspection],
    keeper: _Keeper,
    done: Run,
    advance: Callable[[int], None],
) -> list[_Placed]:
    """Take what the store knows of photos; returns those that are to be looked at."""
    unseen: list[_Placed] = []
    for page in pages(placed):
        new = _take_known_page(page, made, keeper, done)
        unseen += new
        advance(len(page) - len(new))
    return unseen


def _take_known_page(
    page: Sequence[tuple[int, Entry]], made: dict[int, Inspection], keeper: _Keeper, done: Run
) -> list[_Placed]:
    store, terms = keeper.store, keeper.terms
    noted = store.photos([entry.url for _, entry in page])
    capture_ids = _capture_ids([entry for _, entry in page], noted)
    known = {
        place: terms.inspection(entry, capture_ids[entry])
        for place, entry in page
        if capture_ids.get(entry)
    }
    finished = store.outcomes([inspection.key for inspection in known.values()])
    scenes = store.scenes(
        [made.capture_id for made in known.values() if made.key not in finished], terms.model
    )
    unseen = []
    for place, entry in page:
        inspection = known.get(place)
        if not entry.mark:
            reason = "is not there. Correct the manifest, or add the photo."
            done.faults.append(Fault(entry.url, reason))
        elif inspection is not None and inspection.key in finished:
            made[place] = inspection
            if noted.get(entry.url) != (entry.mark, inspection.capture_id):
                keeper.note(entry, inspection.capture_id)
            done.known += 1
        elif inspection is not None and inspection.capture_id in scenes:
            made[place] = inspection
            seen = scenes[inspection.capture_id]
            surveys: Surveys = {}
            result = terms.judge(inspection, seen, surveys)
            keeper.keep(entry, seen, surveys.get(seen.capture_id), result)
            done.judged += 1
        else:
            unseen.append(_Placed(place, entry, capture_ids.get(entry, "")))
    return unseen


def _capture_ids(
    entries: Iterable[Entry], noted: Mapping[str, tuple[str, str]]
) -> dict[Entry, str]:
    """Return the sha256 of photos: as noted of those that did not change, of others on a disk.

    Elsewhere it would take a download: such photos are known by place, size and date or tag alone.
    """
    there = [entry for entry in entries if entry.mark]
    known = {
        entry: noted[entry.url][1]
        for entry in there
        if noted.get(entry.url, ("",))[0] == entry.mark
    }
    others = [
        entry for entry in there if entry not in known and urlsplit(entry.url).scheme == "file"
    ]
    with ThreadPoolExecutor() as hashing:
        return known | dict(zip(others, hashing.map(_sha256, others), strict=True))


def _sha256(entry: Entry) -> str:
    try:
        with fsspec.open(entry.url, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""  # whoever looks at it says why


class _Keeper:
    """Puts results into the store, many at a time."""

    def __init__(self, store: Store, terms: Terms) -> None:
        self.store = store
        self.terms = terms
        self._photos: dict[str, tuple[str, str]] = {}
        self._scenes: list[tuple[SeenCapture, Survey | None]] = []
        self._results: list[Result] = []
        self._saved_at = time.monotonic()

    def keep(self, entry: Entry, seen: SeenCapture, survey: Survey | None, result: Result) -> None:
        self.note(entry, seen.capture_id)
        self._scenes.append((seen, survey))
        self._results.append(result)
        is_late = time.monotonic() - self._saved_at >= SAVE_S
        if is_late or len(self._results) >= SAVE_PHOTOS:
            self.save()

    def note(self, entry: Entry, capture_id: str) -> None:
        self._photos[entry.url] = (entry.mark, capture_id)

    def save(self) -> None:
        if self._photos:
            self.store.save(
                photos=self._photos,
                scenes=self._scenes,
                results=self._results,
                model=self.terms.model,
                entries=self.terms.matchers.entries_on(
                    {result.inspection.rules_of for result in self._results}
                ),
                now=datetime.now(UTC),
            )
        self._photos, self._scenes, self._results = {}, [], []
        self._saved_at = time.monotonic()
