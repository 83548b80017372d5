"""What is done with one photo, the same on every machine."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Protocol

import cv2
import fsspec

from inspector.batch.grounds import grounds_of
from inspector.batch.manifest import Entry
from inspector.capture.faults import UnusableFileError
from inspector.capture.photo import photo_from_bytes
from inspector.catalogue.matching import DatedMatcher
from inspector.catalogue.register import Register, words_on_packs
from inspector.domain.report import InspectionReport
from inspector.domain.scene import SeenCapture
from inspector.inspection import Reader, judge_captures, see
from inspector.measuring import Survey
from inspector.memory import peak_gb, return_freed, return_large_pieces
from inspector.report.document import document_from_report
from inspector.rules.guidance import load_guidance
from inspector.store.grounds import bytes_from_grounds
from inspector.store.records import Inspection, Result, rule_outcomes
from inspector.store.versions import judged_by, seen_with

Surveys = MutableMapping[str, Survey]
"""Surveys by capture id, see `measure`."""

log = logging.getLogger(__name__)


class Models(Protocol):
    """What looks at photos: told apart without being loaded, and loaded by each worker for itself.

    It travels to other processes and machines, so it has to be picklable.
    """

    @property
    def versions(self) -> Mapping[str, str]:
        """Names and hashes of the models, as the reader will tell them."""

    def load(self) -> Reader:
        """Load them."""


@dataclass(frozen=True, slots=True)
class ShippedModels:
    """The models in the package, each worker on one thread: a worker is a core.

    Attributes:
        device: What the detector's networks run on, see `ShelfDetector`.
    """

    device: str = "cpu"

    @property
    def versions(self) -> Mapping[str, str]:
        """Names and hashes of the networks, and of the names that one of them knows."""
        from inspector.vision.name_reader import name_versions
        from inspector.vision.weights import lock_weights, shipped_weights, small_print_weights

        networks = (*shipped_weights(), lock_weights())
        hashes = {weights.path.name: weights.sha256 for weights in networks}
        return {**hashes, **name_versions(small_print_weights(), words_on_packs())}

    def load(self) -> Reader:
        """Load them, and leave PyTorch one thread; takes seconds.

        Raises:
            ModelError: The device cannot be used.
        """
        # PyTorch's import alone takes seconds.
        import torch

        from inspector.vision.detector import ShelfDetector
        from inspector.vision.locks import LockFinder
        from inspector.vision.name_reader import shipped_name_reader
        from inspector.vision.scene_reader import SceneReader
        from inspector.vision.text import TextReader
        from inspector.vision.weights import lock_weights, shipped_weights

        torch.set_num_threads(1)
        return SceneReader(
            ShelfDetector(*shipped_weights(), threads=1, device=self.device),
            text_reader=TextReader(threads=1, is_lean=True),
            name_reader=shipped_name_reader(words_on_packs(), threads=1),
            lock_finder=LockFinder(lock_weights(), threads=1),
            is_lean=True,
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """What every result of a run rests on.

    Attributes:
        model: Names and hashes of the models.
        matchers: Register of goods, all dates.
    """

    model: Mapping[str, str]
    matchers: DatedMatcher

    def catalogue(self, day: date) -> str:
        """Return name and hash of the register as it holds on a day."""
        register = self.matchers.register_on(day)
        return f"{register.name}@{register.sha256}"

    def judged_by(self, day: date) -> str:
        """Return what verdicts of a day rest on beside the register."""
        guidance = load_guidance(day)
        return judged_by(guidance.id, guidance.version)

    def inspection(self, entry: Entry, capture_id: str) -> Inspection:
        """Return the inspection of a photo, not yet made."""
        return Inspection(
            url=entry.url,
            file=entry.file,
            capture_id=capture_id,
            store=entry.store,
            dealer_type=entry.dealer_type,
            inspected_on=entry.taken_on,
            rules_of=entry.taken_on,
            seen_with=seen_with(self.model),
            judged_by=self.judged_by(entry.taken_on),
            register=self.catalogue(entry.taken_on),
        )

    def again(self, inspection: Inspection, day: date) -> Inspection:
        """Return an inspection as it rests on the terms of a day; what was seen stays."""
        return replace(
            inspection,
            rules_of=day,
            judged_by=self.judged_by(day),
            register=self.catalogue(day),
        )

    def judge(
        self,
        inspection: Inspection,
        seen: SeenCapture,
        surveys: Surveys,
        *,
        with_report: bool = True,
    ) -> Result:
        """Judge a photo that was looked at; its survey is put among the others."""
        day = inspection.rules_of
        report = self.report(inspection, seen, surveys)
        grounds = grounds_of(seen, self.matchers.on(day), load_guidance(day))
        return Result(
            inspection,
            rule_outcomes(report),
            json_bytes(report) if with_report else None,
            bytes_from_grounds(grounds),
            self.matchers.register_on(day).entries_sha256,
        )

    def report(
        self, inspection: Inspection, seen: SeenCapture, surveys: Surveys
    ) -> InspectionReport:
        """Return the report on a photo that was looked at."""
        return judge_captures(
            [replace(seen, file=inspection.file)],  # the same bytes may lie under several names
            model=self.model,
            matchers=self.matchers,
            site=inspection.site,
            # The photo's day, not the run's: the same photo gives the same report on every machine.
            created_at=datetime.combine(inspection.inspected_on, time(), UTC),
            surveys=surveys,
        )


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one photo.

    Attributes:
        entry: The photo.
        seen: What was seen; None when it could not be read.
        survey: Where everything stands; None when it could not be read.
        result: The judged inspection; None when it could not be read.
        reason: Why it could not be read.
        worker_gb: Largest memory of the worker so far, in GB.
    """

    entry: Entry
    seen: SeenCapture | None = None
    survey: Survey | None = None
    result: Result | None = None
    reason: str = ""
    worker_gb: float = 0.0


DIED_TWICE = "the worker died over it twice, perhaps for want of memory."
"""Why a photo is left out that ended two processes."""


class Worker:
    """Looks at photos and judges them, one after the other. Building it loads the models."""

    def __init__(self, models: Models, register: Register) -> None:
        cv2.setNumThreads(1)
        return_large_pieces()
        self._reader = models.load()
        self._terms = Terms(models.versions, DatedMatcher(register))

    def inspect(self, entry: Entry) -> Done:
        """Inspect one photo; whatever is wrong with it is told in the result."""
        try:
            with fsspec.open(entry.url, "rb") as file:
                content = file.read()
        except (OSError, ValueError, ImportError) as error:
            return Done(entry, reason=f"cannot be fetched ({error}). Check that it is still there.")
        try:
            capture = photo_from_bytes(content, file=entry.file)
            seen = see(capture, self._reader)
            surveys: Surveys = {}
            result = self._terms.judge(
                self._terms.inspection(entry, capture.capture_id), seen, surveys
            )
        except UnusableFileError as error:
            return Done(entry, reason=str(error))
        except Exception as error:
            # One photo in a million may meet a fault of ours; the others must not wait for it.
            log.exception("inspecting %s", entry.file)
            return Done(entry, reason=f"a fault of the program: {type(error).__name__}: {error}")
        finally:
            return_freed()
        return Done(entry, seen, surveys[seen.capture_id], result, worker_gb=peak_gb())


def json_bytes(report: InspectionReport) -> bytes:
    """Return the report's document in one line of UTF-8."""
    document = document_from_report(report)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
