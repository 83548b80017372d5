"""Findings as tables to take along: CSV and XLSX."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import BytesIO, StringIO

from openpyxl import Workbook

from inspector.report.labels import Labels, Lang
from inspector.report.messages import Messages
from inspector.rules import RULES
from inspector.store.finding_rows import FindingRow

_COLUMNS = (
    *("visited_on", "shop", "visit_id", "rule", "rule_section", "outcome", "ruling", "n_targets"),
    *("explanation", "law_wording", "checksum"),
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_from_rows(rows: Iterable[FindingRow], *, lang: Lang) -> bytes:
    """Return findings as CSV in UTF-8 with semicolons, as Danish spreadsheets read it."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerows(_table(rows, lang))
    return text.getvalue().encode("utf-8-sig")


def xlsx_from_rows(rows: Iterable[FindingRow], *, lang: Lang) -> bytes:
    """Return findings as a workbook with one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(Labels.load(lang).text("findings_sheet"))
    sheet.freeze_panes = "A2"
    for row in _table(rows, lang):
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _table(rows: Iterable[FindingRow], lang: Lang) -> Iterable[list[str]]:
    labels, messages = Labels.load(lang), Messages.load(lang)
    rules = {rule.id: rule for rule in RULES}
    yield [labels.text(column) for column in _COLUMNS]
    for row in rows:
        rule = rules[row.rule_id]
        yield [
            row.inspected_on.isoformat(),
            _harmless(row.shop_name),
            row.visit_id,
            messages.title(row.rule_id),
            rule.section,
            messages.outcome(row.outcome),
            labels.text(f"ruling_{row.ruling}") if row.ruling else "",
            str(row.n_targets),
            _harmless(row.sentences[lang]),
            rule.wording_da,
            row.capture_id or "",
        ]


def _harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: signs and shops may say anything."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
