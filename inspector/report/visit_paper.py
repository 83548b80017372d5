"""The report of a visit on paper: a cover, what the report of its photos says, signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector.domain.report import InspectionReport
from inspector.report.head import head_from_reports
from inspector.report.labels import Labels, Lang
from inspector.report.packs_read import packs_read
from inspector.report.paper import INK, SOFT, Block
from inspector.report.pdf import COLOURS, Writer
from inspector.report.summary import Overview

_STROKE_MM = 22.0
"""Height of a signature's field; it is three times as wide."""


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A signature on the report.

    Attributes:
        party: For whom, in words.
        name: Who signed.
        signed_at: When.
        strokes: What was drawn: lines of points, x in [0, 3] and y in [0, 1], y down.
        refusal: Why they would not sign; empty when they did.
        signed_hash: Hash of the last record that it covers.
    """

    party: str
    name: str
    signed_at: datetime
    strokes: Sequence[Sequence[tuple[float, float]]]
    refusal: str
    signed_hash: str


@dataclass(frozen=True, slots=True)
class VisitSheet:
    """What the report of a visit says beside the report of its photos.

    Attributes:
        title: What kind of visit it was, in words.
        shop: Name of the shop.
        facts: Rows of label and text on the cover.
        note: A sentence under the result; empty for none.
        answers: Rows of question and answer.
        signatures: In the order of the parties.
        made_at: Time stamp of the file.
    """

    title: str
    shop: str
    facts: tuple[tuple[str, str], ...]
    note: str
    answers: tuple[tuple[str, str], ...]
    signatures: tuple[SignatureLine, ...]
    made_at: datetime


def pdf_of_visit(
    sheet: VisitSheet,
    overview: Overview,
    reports: Sequence[InspectionReport],
    *,
    lang: Lang,
    images: Mapping[str, NDArray[np.uint8] | Path],
) -> bytes:
    """Return an A4 document of a visit. Same arguments, same bytes.

    Args:
        sheet: Cover, answers, signatures.
        overview: What was found, with what people said of it.
        reports: Reports of its photos, at least one.
        lang: Language of the text; the guidance is always quoted in Danish.
        images: Annotated pictures by capture id, shape (H, W, 3), uint8, BGR, or files.

    Raises:
        ValueError: When there is no report.
    """
    writer = _VisitWriter(
        Labels.load(lang), head_from_reports(reports, lang=lang), images, title=sheet.title
    )
    writer.write_cover(sheet, overview)
    writer.write_findings(overview)
    writer.write_answers(sheet)
    writer.write_rules(overview)
    writer.write_packs(packs_read(reports, lang=lang))
    writer.write_photos()
    writer.write_signatures(sheet)
    writer.write_versions()
    writer.paper.set_lang(lang)
    writer.paper.set_creation_date(sheet.made_at)
    return bytes(writer.paper.output())


class _VisitWriter(Writer):
    def write_cover(self, sheet: VisitSheet, overview: Overview) -> None:
        """The first page: which shop, when, by whom, with which result."""
        paper = self.paper
        ink, ground = COLOURS[overview.outcome]
        paper.set_y(38)
        paper.write_block(Block(sheet.title, 12, "B", SOFT, gap_mm=2))
        paper.write_block(Block(sheet.shop, 26, "B", gap_mm=8))
        blocks = [Block(overview.headline, 14, "B", gap_mm=1.5)]
        if sheet.note:
            blocks.append(Block(sheet.note, 10, gap_mm=1.5))
        blocks.append(Block(self.labels.text("scope_note"), 9, colour=INK))
        paper.panel(blocks, ink, ground)
        paper.ln(3)
        told = {self.labels.text(key) for key in ("inspected_on", "report_made")}  # by the visit
        facts = sheet.facts + tuple(row for row in self.head.facts if row[0] not in told)
        paper.rows(facts, label_mm=46, size_pt=10)
        if overview.unread:
            paper.heading(self.labels.text("unread_heading"))
            paper.rows(tuple(overview.unread.items()), label_mm=60)
        paper.add_page()

    def write_answers(self, sheet: VisitSheet) -> None:
        """What people answered."""
        if sheet.answers:
            self.paper.heading(self.labels.text("answers_heading"))
        for question, answer in sheet.answers:
            self.paper.write_together(
                (
                    Block(question, 9.5, gap_mm=0.3),
                    Block(answer, 9.5, "B", indent_mm=4, gap_mm=2),
                )
            )

    def write_signatures(self, sheet: VisitSheet) -> None:
        """Who signed, with what was drawn and what it covers."""
        text, paper = self.labels.text, self.paper
        if not sheet.signatures:
            return
        paper.heading(text("signatures_heading"), room_mm=2 * (_STROKE_MM + 26))
        paper.write_block(Block(text("signatures_intro"), 9.5, gap_mm=3))
        for signature in sheet.signatures:
            paper.write_block(Block(signature.party, 9.5, "B", SOFT, gap_mm=1))
            if signature.refusal:
                said = text("signed_not", reason=signature.refusal)
                paper.write_block(Block(said, 9.5, gap_mm=1))
            else:
                paper.strokes(signature.strokes, height_mm=_STROKE_MM)
            when = self.labels.moment(signature.signed_at)
            paper.write_block(Block(f"{signature.name} · {when}", 9.5, gap_mm=0.5))
            covers = f"{text('record_hash')} {signature.signed_hash}"
            paper.write_block(Block(covers, 7, colour=SOFT, gap_mm=5))
