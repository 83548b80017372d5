"""The report as a PDF for print and archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector.domain.report import InspectionReport
from inspector.domain.verdict import Outcome
from inspector.report.crops import picture_jpeg, read_picture
from inspector.report.drawing import Rgb
from inspector.report.findings import Citation, Finding
from inspector.report.head import Head, head_from_reports
from inspector.report.labels import Labels, Lang
from inspector.report.packs_read import PackRead, packs_read
from inspector.report.paper import INK, PICTURE_MOST_MM, SOFT, Block, Paper
from inspector.report.summary import Overview, overview_from_reports

COLOURS: Mapping[Outcome, tuple[Rgb, Rgb]] = {
    Outcome.FAILED: ((168, 39, 10), (253, 238, 233)),
    Outcome.CANT_TELL: ((122, 75, 0), (255, 245, 221)),
    Outcome.UNTESTED: ((60, 74, 138), (236, 238, 249)),
    Outcome.PASSED: ((15, 102, 69), (230, 244, 238)),
    Outcome.INAPPLICABLE: ((74, 86, 99), (238, 241, 244)),
}
"""Ink and ground of each outcome, the same as on the page."""

_CROP_WIDTH_MM = 62.0
_CROP_WIDTH_PX = 900
_PHOTO_WIDTH_PX = 1500
_MOST_CROPS = 2
_MOST_OPEN = 2  # findings follow each other that are shown in the same photo


def pdf_from_reports(
    reports: Sequence[InspectionReport],
    *,
    lang: Lang,
    images: Mapping[str, NDArray[np.uint8] | Path],
    unread: Mapping[str, str] | None = None,
) -> bytes:
    """Return an A4 document for all reports of a run. Same reports and pictures, same bytes.

    Args:
        reports: Reports of the same place, at least one.
        lang: Language of the text; the guidance is always quoted in Danish.
        images: Annotated pictures by capture id: arrays of shape (H, W, 3), uint8, BGR, or paths
            of picture files. A capture without one is reported without a picture.
        unread: Files that could not be read, with the reason.

    Raises:
        ValueError: When there is no report.
        GuidanceError: When a sentence is missing from a message file.
    """
    overview = overview_from_reports(reports, lang=lang, unread=unread)
    writer = Writer(Labels.load(lang), head_from_reports(reports, lang=lang), images)
    writer.write_head(overview)
    writer.write_findings(overview)
    writer.write_rules(overview)
    writer.write_packs(packs_read(reports, lang=lang))
    writer.write_photos()
    writer.write_versions()
    writer.paper.set_lang(lang)
    writer.paper.set_creation_date(max(report.created_at for report in reports))
    return bytes(writer.paper.output())


class Writer:
    """Puts the parts of the report on paper, in the order of its methods."""

    def __init__(
        self,
        labels: Labels,
        head: Head,
        images: Mapping[str, NDArray[np.uint8] | Path],
        *,
        title: str = "",
    ) -> None:
        self.labels, self.head, self._images = labels, head, images
        self._pixels = lru_cache(maxsize=_MOST_OPEN)(self._opened)
        self.paper = Paper(
            title=title or labels.text("report_title"),
            creator=labels.text("product"),
            page_words=lambda page: labels.text("page_of", page=page, pages="{nb}"),
        )

    def write_head(self, overview: Overview) -> None:
        """Title, overall result, the facts of the run."""
        paper, ink_and_ground = self.paper, COLOURS[overview.outcome]
        paper.write_block(Block(self.labels.text("report_title"), 17, "B", gap_mm=4))
        note = Block(self.labels.text("scope_note"), 9, colour=INK)
        paper.panel([Block(overview.headline, 12.5, "B", gap_mm=1), note], *ink_and_ground)
        paper.rows(self.head.facts, label_mm=42)
        if overview.unread:
            paper.heading(self.labels.text("unread_heading"))
            paper.rows(tuple(overview.unread.items()), label_mm=60)

    def write_findings(self, overview: Overview) -> None:
        """What to put right, what to photograph, what to consider, what to ask."""
        text = self.labels.text
        self.paper.heading(text("what_to_do"))
        for key, findings in (
            ("failed_heading", overview.failed),
            ("cant_tell_heading", overview.undecided),
            ("advice_heading", overview.advice),
        ):
            for place, finding in enumerate(findings):
                self._write_finding(finding, heading="" if place else text(key))
        if overview.questions:
            self.paper.subheading(text("questions_heading"))
            self.paper.write_block(Block(text("questions_intro"), 9.5, gap_mm=1.5))
            for number, question in enumerate(overview.questions, start=1):
                blocks = (
                    Block(f"{number}.  {question.text}", 9.5, indent_mm=4, gap_mm=0.5),
                    Block(_quoted(question.citation), 8, "I", SOFT, indent_mm=10, gap_mm=2),
                )
                self.paper.write_together(blocks)
        elif not (overview.failed or overview.undecided):
            self.paper.write_block(Block(text("nothing_to_do"), 9.5))

    def _write_finding(self, finding: Finding, *, heading: str) -> None:
        text = self.labels.text
        ink, _ = COLOURS[finding.outcome]
        outcome = f"{finding.symbol}  {finding.outcome_word}"
        blocks = [
            Block(outcome, 8.5, "B", colour=ink, gap_mm=0.5),
            Block(finding.title, 11, "B", gap_mm=1),
        ]
        bullet = "•  " if len(finding.statements) > 1 else ""
        for statement in finding.statements:
            times = f" (× {statement.count})" if statement.count > 1 else ""
            blocks.append(Block(f"{bullet}{statement.sentence}{times}", 9.5, gap_mm=0.8))
        for key, step in (("remedy", finding.remedy), ("next_photo", finding.next_photo)):
            if step:
                blocks.append(Block(step, 9.5, lead=f"{text(key)}:", gap_mm=1))
        for label, remark in finding.remarks:
            blocks.append(Block(remark, 9.5, lead=f"{label}:", gap_mm=1))
        blocks.append(Block(_quoted(finding.citation), 8, "I", colour=SOFT))
        crops = self._crops(finding)
        self.paper.card(blocks, crops, bar=ink, picture_mm=_CROP_WIDTH_MM, heading=heading)

    def _crops(self, finding: Finding) -> list[tuple[bytes, str]]:
        """Return parts of photos as JPEG with their captions."""
        crops = []
        for view in finding.views[:_MOST_CROPS]:
            caption = view.file
            if view.pack_numbers:
                numbers = ", ".join(view.pack_numbers)
                packs = self.labels.count("packs", len(view.pack_numbers), numbers=numbers)
                caption = f"{view.file} · {packs}"
            if view.capture_id in self._images:
                jpeg = picture_jpeg(
                    self._pixels(view.capture_id),
                    view.crop_xyxy_px,
                    photo_width_px=view.image_wh[0],
                    width_px=_CROP_WIDTH_PX,
                )
                crops.append((jpeg, caption))
        return crops

    def _opened(self, capture_id: str) -> NDArray[np.uint8]:
        image = self._images[capture_id]
        return read_picture(image) if isinstance(image, Path) else image

    def write_rules(self, overview: Overview) -> None:
        """Every rule with its outcome, also what passed and what does not apply."""
        text = self.labels.text
        self.paper.heading(text("all_rules"))
        self.paper.rules_table(
            (text("rule"), text("outcome"), text("explanation")),
            [
                (
                    f"{rule.title}\n{rule.citation.text}",
                    f"{rule.symbol}  {rule.outcome_word}",
                    self._explanation(rule),
                )
                for rule in overview.rules
            ],
            widths_mm=(52, 36, 86),
            inks=[COLOURS[rule.outcome][0] for rule in overview.rules],
        )

    def _explanation(self, rule: Finding) -> str:
        sentences = [statement.sentence for statement in rule.statements[:2]]
        n_more = len(rule.statements) - len(sentences)
        if n_more:
            sentences.append(f"… {self.labels.count('and_more', n_more)}")
        return "\n".join(sentences)

    def write_packs(self, packs: Sequence[PackRead]) -> None:
        """What was read of packs, field by field, and the photos that would tell the rest."""
        if not packs:
            return
        text = self.labels.text
        self.paper.heading(text("packs_read_heading"))
        self.paper.write_block(Block(text("packs_read_intro"), 9.5, gap_mm=2))
        for pack in packs:
            numbers = ", ".join(pack.pack_numbers)
            seen_as = self.labels.count("packs", len(pack.pack_numbers), numbers=numbers)
            blocks = [
                Block(pack.label, 9.5, "B"),
                Block(f"{pack.file} · {seen_as}", 8, colour=SOFT),
            ]
            for field in pack.fields:
                note = f" ({field.note})" if field.note else ""
                blocks.append(Block(f"{field.value}{note}", 9, lead=f"{field.title}:", indent_mm=4))
            for step in pack.next_photos:
                blocks.append(Block(step, 9, lead=f"{text('next_photo')}:", indent_mm=4))
            blocks[-1] = replace(blocks[-1], gap_mm=2.5)
            self.paper.write_together(blocks)

    def write_photos(self) -> None:
        """Every photo with its markings, and what its heights rest on."""
        shown = [photo for photo in self.head.photos if photo.capture_id in self._images]
        if shown:
            self.paper.heading(self.labels.text("all_photos"), room_mm=PICTURE_MOST_MM + 30)
        for photo in shown:
            jpeg = picture_jpeg(
                self._pixels(photo.capture_id),
                None,
                photo_width_px=photo.image_wh[0],
                width_px=_PHOTO_WIDTH_PX,
            )
            detail = f" ({photo.scale_detail})" if photo.scale_detail else ""
            self.paper.picture(jpeg, f"{photo.file} · {photo.scale}{detail}")

    def write_versions(self) -> None:
        """What every judgement rests on."""
        text = self.labels.text
        self.paper.heading(text("versions_heading"))
        self.paper.write_block(Block(text("versions_intro"), 9.5, gap_mm=2))
        checksum = text("checksum")
        photos = tuple((photo.file, f"{checksum} {photo.capture_id}") for photo in self.head.photos)
        self.paper.rows(self.head.versions + photos, label_mm=42, size_pt=8)


def _quoted(citation: Citation) -> str:
    return f"{citation.text}:  »{citation.wording_da}«"
