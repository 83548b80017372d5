import csv
from dataclasses import replace
from io import BytesIO, StringIO

import openpyxl
import pytest

from inspector.store.finding_rows import Filters
from inspector.visits.exports import csv_from_rows, xlsx_from_rows
from tests.visits.many import ANNA, fill


@pytest.fixture
def rows(desk):
    fill(desk, shops=1, visits_each=1, findings_each=4)
    return list(desk.rows.all(ANNA, Filters()))


def test_csv_opens_in_a_danish_spreadsheet(rows):
    text = csv_from_rows(rows, lang="da").decode("utf-8-sig")
    head, *lines = csv.reader(StringIO(text), delimiter=";")
    assert head[:3] == ["Besøgt", "Butik", "Besøg"]
    assert len(lines) == 4
    assert "140 cm fra gulvet" in text


def test_xlsx_has_the_same_lines(rows):
    sheet = openpyxl.load_workbook(BytesIO(xlsx_from_rows(rows, lang="en"))).active
    assert sheet.title == "Findings"
    assert [cell.value for cell in sheet["B"]] == ["Shop"] + ["Torvet 1"] * 4


def test_no_text_becomes_a_formula(rows):
    bad = replace(rows[0], shop_name="=1+1", sentences={"da": "@x", "en": "x"})
    assert "'=1+1" in csv_from_rows([bad], lang="da").decode()
