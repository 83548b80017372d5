from datetime import date

import pytest

from inspector.catalogue.expiry import day_from_text, expiry_from_texts
from inspector.domain.scene import TextLine


def line(text, *, x=0.0, y=0.0, confidence=0.95):
    return TextLine(text, (x, y, x + 100, y + 20), 20.0, confidence)


@pytest.mark.parametrize(
    "text",
    ["EXP 08/2025", "Exp. 08-2025", "EXP:08.2025", "Anv. før 08.2025", "Anvendes inden 08 25",
     "Udløbsdato: 31.08.2025", "Utg.dat. 2025-08", "EXP AUG 2025", "Holdbar til 08/25"],
)  # fmt: skip
def test_a_date_beside_its_word_is_the_expiry_date(text):
    assert expiry_from_texts([line(text)]) == date(2025, 8, 31)


def test_the_date_may_stand_beside_or_under_its_word():
    assert expiry_from_texts([line("EXP"), line("08/2025", x=110)]) == date(2025, 8, 31)
    assert expiry_from_texts([line("Anv. før"), line("08/2025", y=25)]) == date(2025, 8, 31)


def test_a_date_elsewhere_is_not_taken():
    assert expiry_from_texts([line("EXP"), line("08/2025", x=600, y=400)]) is None
    assert expiry_from_texts([line("08/2025")]) is None
    assert expiry_from_texts([line("Lot 08/2025")]) is None


def test_a_word_that_only_begins_alike_is_no_word_for_it():
    assert expiry_from_texts([line("Express 08/2025")]) is None


def test_two_dates_that_differ_say_nothing():
    assert expiry_from_texts([line("EXP 08/2025"), line("EXP 09/2025", y=60)]) is None


def test_a_line_that_was_read_unsurely_says_nothing():
    assert expiry_from_texts([line("EXP 08/2025", confidence=0.7)]) is None


@pytest.mark.parametrize("text", ["13/2025", "31.02.2025", "00/25", "500 mg", "20 tabletter"])
def test_what_is_no_day_is_none(text):
    assert day_from_text(text) is None
