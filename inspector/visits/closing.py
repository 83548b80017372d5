"""The report of a visit on paper, and the visit closed with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from inspector.domain.report import InspectionReport
from inspector.report.document import document_from_report
from inspector.report.labels import Labels, Lang
from inspector.report.messages import Messages
from inspector.report.overlay import annotate
from inspector.report.visit_paper import SignatureLine, VisitSheet, pdf_of_visit
from inspector.store.people import Person
from inspector.store.visit import Party, Ruling, Visit
from inspector.visits.desk import Desk
from inspector.visits.judging import overview_of_visit, rows_of_visit

LANGS: tuple[Lang, ...] = ("da", "en")

Draw = Callable[[InspectionReport, Lang], NDArray[np.uint8]]
"""Returns the annotated photo of a report, shape (H, W, 3), uint8, BGR."""


def close_visit(
    desk: Desk,
    person: Person,
    visit: Visit,
    reports: Sequence[InspectionReport],
    *,
    draw: Draw,
    now: datetime,
) -> None:
    """Make the reports of a visit in both languages, keep them, and close the visit.

    Args:
        desk: The store.
        person: Who closes it.
        visit: The visit, signed.
        reports: Reports of its photos.
        draw: Draws annotated photos.
        now: When.

    Raises:
        VisitError: A signature is missing, or somebody changed something meanwhile.
        AccessError: The person may not.
    """
    desk.visits.check_changes(person, visit.visit_id)
    keep_rows(desk, visit, reports)
    contents = {f"report.{lang}.pdf": report_of_visit(visit, reports, lang, draw) for lang in LANGS}
    for report in reports:
        document = json.dumps(document_from_report(report), ensure_ascii=False, indent=1)
        contents[f"{report.captures[0].capture_id}.report.json"] = document.encode()
    files = {name: desk.files.put(content) for name, content in contents.items()}
    desk.visits.close(person, visit.visit_id, files=files, head=visit.head, now=now)


def keep_rows(desk: Desk, visit: Visit, reports: Sequence[InspectionReport]) -> None:
    """Bring a visit's rows of findings up to what its records tell now."""
    rows, rules = rows_of_visit(visit, reports)
    desk.rows.keep(visit.visit_id, rows, rules, made_of=visit.head)


def draw_from(desk: Desk) -> Draw:
    """Return what draws annotated photos from their files; people are blurred."""

    def draw(report: InspectionReport, lang: Lang) -> NDArray[np.uint8]:
        seen = report.captures[0]
        capture = desk.opened(seen.capture_id, seen.file)
        return annotate(capture.image_bgr, seen, report.verdicts, lang=lang)

    return draw


def report_of_visit(
    visit: Visit, reports: Sequence[InspectionReport], lang: Lang, draw: Draw
) -> bytes:
    """Return the PDF of a visit.

    Args:
        visit: The visit.
        reports: Reports of its photos, at least one.
        lang: Language of the report, whatever that of the screen.
        draw: Draws annotated photos.
    """
    overview, _ = overview_of_visit(visit, reports, lang=lang)
    images = {report.captures[0].capture_id: draw(report, lang) for report in reports}
    return pdf_of_visit(_sheet(visit, reports, lang), overview, reports, lang=lang, images=images)


def _sheet(visit: Visit, reports: Sequence[InspectionReport], lang: Lang) -> VisitSheet:
    labels = Labels.load(lang)
    n_overruled = sum(d.ruling is Ruling.OVERRULED for d in visit.decisions.values())
    return VisitSheet(
        title=labels.text(f"visit_title_{visit.kind.replace('-', '_')}"),
        shop=visit.shop.name,
        facts=tuple(_facts(visit, labels)),
        note=labels.count("overruled_count", n_overruled) if n_overruled else "",
        answers=_answers(visit, reports, lang),
        signatures=tuple(_signatures(visit, labels)),
        made_at=max([visit.opened_at, *(s.at for s in visit.signatures.values())]),
    )


def _facts(visit: Visit, labels: Labels) -> list[tuple[str, str]]:
    text = labels.text
    rows = [
        (text("address"), visit.shop.address or "–"),
        (text("visited_on"), labels.moment(visit.opened_at)),
        (text("visited_by"), visit.opened_by),
        (text("visit_id"), visit.visit_id),
        (text("visit_version"), str(visit.version)),
    ]
    if visit.correction:
        said = text("correction_reason", version=visit.version - 1, reason=visit.correction)
        rows.append((text("visit_correction"), said))
    rows.append((text("record_hash"), f"{visit.n_records} · {visit.head}"))
    return rows


def _answers(
    visit: Visit, reports: Sequence[InspectionReport], lang: Lang
) -> tuple[tuple[str, str], ...]:
    labels, messages = Labels.load(lang), Messages.load(lang)
    verdicts = [verdict for report in reports for verdict in report.verdicts]
    about = {asked.question_id: asked.values for verdict in verdicts for asked in verdict.asks}
    return tuple(
        (
            messages.question(question, about.get(question)),
            labels.text(f"answer_{answer.replace('-', '_')}"),
        )
        for question, answer in visit.answers.items()
    )


def _signatures(visit: Visit, labels: Labels) -> list[SignatureLine]:
    held = [(party, visit.signatures[party]) for party in Party if party in visit.signatures]
    return [
        SignatureLine(
            labels.text(f"party_{party}"),
            signed.name,
            signed.at,
            signed.strokes,
            signed.refusal,
            signed.signed_hash,
        )
        for party, signed in held
    ]
