"""The page and the PDF."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pypdf
import pytest
from PIL import Image

from inspector.domain.verdict import Outcome
from inspector.errors import OutputError
from inspector.report.crops import picture_jpeg, read_picture
from inspector.report.html import html_from_reports
from inspector.report.pdf import pdf_from_reports
from inspector.report.summary import overview_from_reports

pytestmark = pytest.mark.usefixtures("fake_messages")

VOID = {"meta", "br", "img", "image"}


def text_of_pdf(pdf):
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages]
    return re.sub(r"\s+", " ", " ".join(pages))


class Outline(HTMLParser):
    """Notes the elements of a page and complains when one is not closed."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def page(report):
    images = {report.captures[0].capture_id: "hylde på 2. række.annotated.jpg"}
    return html_from_reports([report], lang="da", images=images)


@pytest.fixture(scope="module")
def small_picture():
    return np.full((900, 1200, 3), 200, np.uint8)


def test_the_page_is_well_formed_and_in_its_language(page):
    outline = Outline()
    outline.feed(page)
    assert not outline.open
    assert ("html", {"lang": "da"}) in outline.seen
    assert not any(tag in ("script", "link", "iframe") for tag, _ in outline.seen)


def test_the_page_loads_only_pictures_that_lie_beside_it(page):
    outline = Outline()
    outline.feed(page)
    addresses = {a[k] for _, a in outline.seen for k in ("src", "href") if k in a}
    assert addresses == {"hylde%20p%C3%A5%202.%20r%C3%A6kke.annotated.jpg"}


def test_the_page_says_every_finding_rule_question_and_checksum(page, report):
    overview = overview_from_reports([report], lang="da")
    plain = page.replace("&lt;", "<").replace("&gt;", ">")
    for finding in (*overview.failed, *overview.undecided, *overview.rules):
        assert finding.title in plain
        for statement in finding.statements:
            assert statement.sentence in plain or finding.outcome < 2
    for question in overview.questions:
        assert question.text in page
    assert report.captures[0].capture_id in page
    assert overview.headline in page


def test_what_comes_from_a_photo_or_file_name_is_never_markup(make_report):
    report = make_report(file="<script>alert(1)</script>.jpg")
    page = html_from_reports([report], lang="en", images={})
    assert "<script>" not in page


def test_a_page_without_pictures_has_no_empty_frames(report):
    page = html_from_reports([report], lang="en", images={})
    assert "<svg" not in page
    assert "<img" not in page


@pytest.mark.parametrize("set_report", [html_from_reports, pdf_from_reports])
def test_no_report_gives_no_page(set_report):
    with pytest.raises(ValueError, match="at least one report"):
        set_report([], lang="da", images={})


def test_the_pdf_has_findings_all_rules_checksums_and_page_numbers(report, small_picture):
    images = {report.captures[0].capture_id: small_picture}
    pdf = pdf_from_reports([report], lang="da", images=images, unread={"b.heic": "afbrudt"})
    text = text_of_pdf(pdf)
    overview = overview_from_reports([report], lang="da", unread={"b.heic": "afbrudt"})
    assert overview.headline in text
    assert "b.heic" in text
    for finding in (*overview.failed, *overview.undecided, *overview.rules):
        assert finding.title in text
    for question in overview.questions:
        assert question.text in text
    assert report.captures[0].capture_id in text.replace(" ", "")
    n_pages = len(pypdf.PdfReader(BytesIO(pdf)).pages)
    assert f"Side {n_pages} af {n_pages}" in text
    assert "æøå" in text


@pytest.mark.parametrize(
    ("lang", "said"),
    [("da", "Sorteret af en person"), ("en", "Sorted by a person")],
)
def test_page_and_pdf_say_which_packs_a_person_sorted(report, with_sorted_pack, lang, said):
    for one, is_said in ((report, False), (with_sorted_pack, True)):
        page = html_from_reports([one], lang=lang, images={})
        pdf = text_of_pdf(pdf_from_reports([one], lang=lang, images={}))
        assert (said in page, said in pdf) == (is_said, is_said)
    for text in (page, pdf):
        assert {"da": "anden vare (13)", "en": "other goods (13)"}[lang] in text


def test_every_sentence_of_a_finding_is_printed(report, small_picture):
    failed = next(verdict for verdict in report.verdicts if verdict.outcome is Outcome.FAILED)
    rest = [verdict for verdict in report.verdicts if verdict is not failed]
    many = [replace(failed, values={**failed.values, "name": f"Pakke {n}"}) for n in range(90)]
    long = replace(report, verdicts=(*many, *rest))
    sentences = [
        statement.sentence
        for finding in overview_from_reports([long], lang="da").failed
        for statement in finding.statements
    ]
    assert len(sentences) >= 90
    images = {report.captures[0].capture_id: small_picture}
    text = text_of_pdf(pdf_from_reports([long], lang="da", images=images))
    assert [sentence for sentence in sentences if sentence not in text] == []


def test_the_report_says_by_which_text_of_the_rules_it_was_judged(report):
    text = text_of_pdf(pdf_from_reports([report], lang="da", images={}))
    assert f"dk-selvvalg, 2018-01-01: {report.versions.rules_sha256}" in text


def test_the_same_report_gives_the_same_pdf(report):
    first, second = (pdf_from_reports([report], lang="en", images={}) for _ in range(2))
    assert first == second


def test_a_crop_has_the_pixels_of_its_part_at_any_scale(small_picture):
    picture = small_picture.copy()
    picture[:, 600:] = 0
    jpeg = picture_jpeg(picture, (2000, 0, 4000, 1000), photo_width_px=4000, width_px=300)
    pixels = np.asarray(Image.open(BytesIO(jpeg)))
    assert pixels.shape[:2] == (150, 300)
    assert pixels.max() < 10


def test_a_picture_file_that_is_gone_is_named(tmp_path):
    with pytest.raises(OutputError, match=r"gone\.jpg.*Write the reports again"):
        read_picture(tmp_path / "gone.jpg")
