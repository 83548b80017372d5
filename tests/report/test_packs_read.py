"""What was read of packs stands in the report, with the photo that would tell what is missing."""

from dataclasses import replace
from datetime import date

import pytest

from inspector.domain.goods import FieldReading, FieldSource, Goods
from inspector.domain.verdict import Reason
from inspector.report.html import html_from_reports
from inspector.report.packs_read import packs_read
from inspector.report.pdf import pdf_from_reports
from tests.report.test_pages import text_of_pdf

READ = {
    "name": FieldReading("Otrivin", 0.97, FieldSource.PRINT),
    "strength": FieldReading("1 mg/ml", 0.88, FieldSource.REGISTER),
    "pack_size": FieldReading(None, 0.0, None, Reason.TOO_SMALL_TO_READ),
    "substance": FieldReading(None, 0.0, None, Reason.NOT_ON_THIS_SIDE),
}


@pytest.fixture
def with_packs(make_report):
    """Return a function that makes a report of a photo with some of the shelf's packs."""

    def with_packs(*changes):
        report = make_report()
        (inspected,) = report.captures
        packs = inspected.facts.packs[: len(changes)]
        packs = tuple(
            replace(pack, **{"fields": READ, **change})
            for pack, change in zip(packs, changes, strict=True)
        )
        facts = replace(report.facts.captures[0], packs=packs)
        return replace(
            report,
            facts=replace(report.facts, captures=(facts,)),
            captures=(replace(inspected, facts=facts),),
        )

    return with_packs


def test_packs_of_which_the_same_was_read_stand_together_as_sure_as_the_least(with_packs):
    less_sure = READ | {"name": FieldReading("Otrivin", 0.81, FieldSource.PRINT)}
    report = with_packs({}, {"fields": less_sure}, {"expires_on": date(2027, 5, 31)})
    first, second = packs_read([report], lang="da")
    assert first.pack_numbers == ("1", "2")
    assert [(f.title, f.value, f.note) for f in first.fields[:2]] == [
        ("Navn", "Otrivin", "trykt, 81 %"),
        ("Styrke", "1 mg/ml", "fra varelisten, 88 %"),
    ]
    assert first.fields[-1].value == "Ingen udløbsdato på billedet."
    assert second.fields[-1].value == "31. maj 2027"


def test_what_was_not_read_says_why_and_which_photo_would_tell(with_packs):
    (row,) = packs_read([with_packs({})], lang="en")
    assert row.fields[2].value == "The print is too small in the photo to be read."
    assert len(row.next_photos) == 2
    assert row.next_photos[0].startswith("Take a close-up")


def test_an_unknown_pack_counts_only_where_the_photo_is_of_that_pack(with_packs):
    unknown = {"goods": Goods.UNKNOWN, "identity": None}
    (row,) = packs_read([with_packs(unknown)], lang="da")
    assert row.label == "pakke 1"
    assert len(packs_read([with_packs(unknown, {})], lang="da")) == 1


@pytest.mark.usefixtures("fake_messages")
@pytest.mark.parametrize("lang", ["da", "en"])
def test_page_and_pdf_tell_it(with_packs, lang):
    report = with_packs({"expires_on": date(2027, 5, 31)})
    (row,) = packs_read([report], lang=lang)
    page = html_from_reports([report], lang=lang, images={})
    paper = text_of_pdf(pdf_from_reports([report], lang=lang, images={}))
    for text in (*(field.value for field in row.fields), *row.next_photos):
        assert text in page
        assert text in paper
