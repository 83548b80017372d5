"""What was seen in a visit, judged under what people say of it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock

from inspector.catalogue.matching import DatedMatcher
from inspector.domain.capture import Told
from inspector.domain.facts import Facts, Site
from inspector.domain.report import InspectionReport
from inspector.domain.scene import SeenCapture
from inspector.domain.verdict import Outcome
from inspector.errors import StoreError
from inspector.inspection import judge_captures
from inspector.joining import close_ups, joined
from inspector.measuring import Survey
from inspector.report.findings import Finding
from inspector.report.labels import Labels, Lang
from inspector.report.summary import Overview, overview_from_reports
from inspector.rules import RULES, judge
from inspector.rules.guidance import load_guidance
from inspector.rules.rule import Automation
from inspector.store.finding_rows import FindingRow, Place, left_of_failure
from inspector.store.visit import Ruling, Visit, VisitPhoto
from inspector.visits.desk import Desk

OF_PERSONS = frozenset(rule.id for rule in RULES if rule.automation is Automation.PERSON)
"""Rules about the shop, not about one photo."""


_MOST_KEPT = 200

_Measured = tuple[VisitPhoto, Told, tuple[VisitPhoto, ...], str, date]
"""What a report of one photo rests on."""


@dataclass(frozen=True, slots=True)
class VisitFinding:
    """A finding of a visit, with the key that people's decisions hang on.

    The key changes with what the finding is said of, so a decision never passes to another one.

    Attributes:
        key: Hash of photo, rule, outcome and targets.
        capture_id: The photo; None when it is about the shop.
        finding: What it says.
    """

    key: str
    capture_id: str | None
    finding: Finding


@dataclass(frozen=True, slots=True, eq=False)
class _Together:
    """What was seen in the photos of a visit with what they lend each other, and what they may."""

    seen: tuple[SeenCapture, ...]
    close_ups: tuple[tuple[str, str], ...]


class Judge:
    """Judges visits; what was measured in a photo is kept in memory, answers only judge again."""

    def __init__(self, desk: Desk, matchers: DatedMatcher) -> None:
        self._desk, self._matchers = desk, matchers
        self._seen: dict[VisitPhoto, tuple[SeenCapture, Mapping[str, str]]] = {}
        self._together: dict[tuple[VisitPhoto, ...], _Together] = {}
        self._measured: dict[_Measured, InspectionReport] = {}
        self._surveys: MutableMapping[str, Survey] = {}
        self._measuring = Lock()  # a page and the analyst often ask for the same photo at once

    def reports(self, visit: Visit) -> list[InspectionReport]:
        """Return the reports of all photos that were looked at, under the visit's answers.

        Photos of one fixture lend each other their scale and what they read (`joining.py`).

        Raises:
            StoreError: A scene is not in the store.
        """
        together = self._joined(visit.done)
        return [
            judged_again(self._report(visit, photo, seen), visit.site)
            for photo, seen in zip(visit.done, together, strict=True)
        ]

    def close_ups(self, visit: Visit) -> tuple[tuple[str, str], ...]:
        """Return pairs of photos that seem to show one fixture, see `joining.close_ups`.

        Raises:
            StoreError: A scene is not in the store.
        """
        return self._put_together(visit.done).close_ups

    def _joined(self, photos: tuple[VisitPhoto, ...]) -> tuple[SeenCapture, ...]:
        """Return what was seen in each photo, with what the others lend it."""
        return tuple(
            replace(seen, told=replace(seen.told, sorted_packs=photo.told.sorted_packs))
            for seen, photo in zip(self._put_together(photos).seen, photos, strict=True)
        )

    def _put_together(self, photos: tuple[VisitPhoto, ...]) -> _Together:
        unsorted = tuple(_unsorted(photo) for photo in photos)  # packs that are sorted lend nothing
        if unsorted not in self._together:
            most = max(_MOST_KEPT, 2 * len(photos))
            if len(self._seen) >= most or len(self._measured) >= most:
                for kept in (self._seen, self._together, self._measured, self._surveys):
                    kept.clear()
            seen = [self._look_up(photo)[0] for photo in unsorted]
            self._together[unsorted] = _Together(tuple(joined(seen)), close_ups(seen))
        return self._together[unsorted]

    def _report(self, visit: Visit, photo: VisitPhoto, seen: SeenCapture) -> InspectionReport:
        others = _others(visit, seen.closer)
        key = photo, seen.told, others, seen.shown_in, visit.inspected_on
        with self._measuring:
            if key not in self._measured:
                self._measured[key] = self._measure(visit, photo, seen)
            return self._measured[key]

    def _look_up(self, photo: VisitPhoto) -> tuple[SeenCapture, Mapping[str, str]]:
        """Return what was seen in a photo with what people say of it, and what saw it."""
        if photo not in self._seen:
            found = self._desk.scenes.seen(photo.capture_id, photo.seen_with)
            if found is None:
                raise StoreError(
                    f"What was seen in {photo.file} is not in the store. Bring the store back from "
                    "a backup, or remove the photo and add it again."
                )
            seen, model = found
            told = replace(photo.told, down=seen.told.down, print_scale=seen.told.print_scale)
            self._seen[photo] = replace(seen, file=photo.file, told=told), model
        return self._seen[photo]

    def _measure(self, visit: Visit, photo: VisitPhoto, seen: SeenCapture) -> InspectionReport:
        _, model = self._look_up(_unsorted(photo))
        return judge_captures(
            [seen],
            model=model,
            matchers=self._matchers,
            site=Site(None, visit.inspected_on),
            created_at=visit.opened_at,
            surveys=self._surveys,
        )


def _others(visit: Visit, capture_ids: Sequence[str]) -> tuple[VisitPhoto, ...]:
    """Return the photos whose print is in another one's scene, but what people sorted in them."""
    by_id = {photo.capture_id: photo for photo in visit.done}
    return tuple(_unsorted(by_id[capture_id]) for capture_id in capture_ids)


def _unsorted(photo: VisitPhoto) -> VisitPhoto:
    return replace(photo, told=replace(photo.told, sorted_packs=()))


def judged_again(report: InspectionReport, site: Site) -> InspectionReport:
    """Judge what was seen under other answers, without looking at the photo again.

    Args:
        report: A report of the same day; what was measured depends on the day's guidance only.
        site: What a person says of the place now.
    """
    facts = Facts(site, report.facts.captures)
    verdicts = judge(load_guidance(site.inspected_on), facts)
    return replace(report, facts=facts, verdicts=verdicts)


def overview_of_visit(
    visit: Visit, reports: Sequence[InspectionReport], *, lang: Lang
) -> tuple[Overview, tuple[VisitFinding, ...]]:
    """Return a visit's overview, and its findings: photo by photo, those about the shop last.

    Args:
        visit: The visit.
        reports: Reports of its photos, at least one.
        lang: Language of the sentences.
    """
    labels = Labels.load(lang)
    faults = {photo.file: photo.fault[lang] for photo in visit.photos if photo.fault}
    overview = overview_from_reports(reports, lang=lang, unread=faults)
    found = tuple(
        replace(one, finding=replace(one.finding, remarks=tuple(_remarks(visit, one.key, labels))))
        for one in _findings(overview, reports, lang)
    )
    failed = tuple(one.finding for one in found if one.finding.outcome is Outcome.FAILED)
    undecided = tuple(one.finding for one in found if one.finding.outcome is not Outcome.FAILED)
    return replace(overview, failed=failed, undecided=undecided), found


def standing_of_rules(
    visit: Visit, overview: Overview, findings: Sequence[VisitFinding]
) -> list[tuple[str, Outcome]]:
    """Return what every rule says after what people decided; a failure may be overruled."""
    decided = defaultdict(list)
    for one in findings:
        decision = visit.decisions.get(one.key)
        ruling = None if decision is None else decision.ruling
        decided[one.finding.rule_id].append((one.finding.outcome, ruling))
    left = {rule_id: left_of_failure(of_rule) for rule_id, of_rule in decided.items()}
    return [
        (rule.rule_id, rule.outcome if (of := left.get(rule.rule_id)) is None else of)
        for rule in overview.rules
    ]


def rows_of_visit(
    visit: Visit, reports: Sequence[InspectionReport]
) -> tuple[list[FindingRow], dict[str, Outcome]]:
    """Return a visit's findings as rows, and the machine's outcome of every rule.

    Both are empty without reports.
    """
    if not reports:
        return [], {}
    overview, danish = overview_of_visit(visit, reports, lang="da")
    _, english = overview_of_visit(visit, reports, lang="en")
    rows = [_row(visit, da, en) for da, en in zip(danish, english, strict=True)]
    return rows, {rule.rule_id: rule.outcome for rule in overview.rules}


def _findings(
    overview: Overview, reports: Sequence[InspectionReport], lang: Lang
) -> Iterator[VisitFinding]:
    each = [overview_from_reports([report], lang=lang) for report in reports]
    for outcome in ("failed", "undecided"):
        for report, one in zip(reports, each, strict=True):
            capture_id = report.captures[0].capture_id
            for finding in getattr(one, outcome):
                if finding.rule_id not in OF_PERSONS:
                    yield VisitFinding(_key(capture_id, finding), capture_id, finding)
        for finding in getattr(overview, outcome):
            if finding.rule_id in OF_PERSONS:
                yield VisitFinding(_key("", finding), None, finding)


def _key(capture_id: str, finding: Finding) -> str:
    # One rule can leave a target open for two reasons, so the cause counts as well.
    parts = [capture_id, finding.rule_id, finding.outcome.key, finding.cause, *finding.targets]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _remarks(visit: Visit, key: str, labels: Labels) -> Iterator[tuple[str, str]]:
    if decision := visit.decisions.get(key):
        said = labels.text(f"ruling_{decision.ruling}")
        because = f" – {decision.reason}" if decision.reason else ""
        yield labels.text("ruling_of", name=decision.by), f"{said}{because}"
    if explanation := visit.explanations.get(key):
        yield labels.text("shop_explains"), explanation.text


def _row(visit: Visit, danish: VisitFinding, english: VisitFinding) -> FindingRow:
    decision = visit.decisions.get(danish.key)
    view = next(iter(danish.finding.views), None)
    return FindingRow(
        visit_id=visit.visit_id,
        finding_key=danish.key,
        shop_id=visit.shop.shop_id,
        shop_name=visit.shop.name,
        inspected_on=visit.inspected_on,
        capture_id=danish.capture_id,
        rule_id=danish.finding.rule_id,
        outcome=danish.finding.outcome,
        ruling=Ruling(decision.ruling) if decision else None,
        n_targets=danish.finding.count,
        sentences={
            "da": danish.finding.statements[0].sentence,
            "en": english.finding.statements[0].sentence,
        },
        place=Place(view.crop_xyxy_px, view.boxes_xyxy_px) if view else None,
    )
