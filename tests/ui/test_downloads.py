import base64
import json
import re
from datetime import date

import pytest

from inspector.ui import cached, downloads
from inspector.ui.visit import Inspected


@pytest.fixture
def item(reader, upload):
    return Inspected(upload, cached.read_upload(upload, on=date(2026, 11, 22)))


def test_the_html_report_holds_its_pictures(item, upload):
    page = downloads.html_of_visit([item], lang="da", unread={}).decode()
    pictures = re.findall(r'"data:image/jpeg;base64,([^"]+)"', page)
    assert pictures
    assert all(base64.b64decode(p).startswith(b"\xff\xd8") for p in pictures)
    assert upload.capture_id + ".jpg" not in page


def test_the_pdf_is_a_pdf(item):
    pdf = downloads.pdf_of_visit([item], lang="en", unread={"x.jpg": "broken"})
    assert pdf.startswith(b"%PDF")


def test_the_json_has_every_rule(item):
    document = json.loads(downloads.json_of_photo(item))
    assert len(document["summary"]) == 16
    assert document["captures"][0]["file"] == "min hylde.jpg"
