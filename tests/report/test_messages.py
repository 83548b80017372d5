from dataclasses import replace

import pytest

from inspector.domain.verdict import Outcome, Reason, Target, TargetKind, Verdict
from inspector.errors import GuidanceError
from inspector.report.messages import Messages

PACK = Target(TargetKind.PACK, "p1")
LOW = Verdict(
    "reach-height",
    "4",
    PACK,
    Outcome.FAILED,
    measured="109.8 cm (109.1–110.5)",
    limit="> 140 cm",
    values={"name": "Panodil 500 mg", "bay": "2", "shelf": "3"},
)


@pytest.fixture
def danish() -> Messages:
    return Messages.load("da")


@pytest.fixture
def english() -> Messages:
    return Messages.load("en")


def test_a_failed_verdict_says_what_and_how_to_put_it_right(danish, english):
    assert danish.sentence(LOW).startswith(
        "Fag 2, hylde 3 fra oven: Panodil 500 mg står for lavt: 109,8 cm (109,1–110,5), "
        "kravet er > 140 cm."
    )
    assert "109.8 cm" in english.sentence(LOW)
    assert "over 140 cm" in danish.remedy(LOW)
    assert danish.next_photo(LOW) is None


def test_the_height_of_a_lock_is_written_as_the_language_writes_numbers(danish, english):
    lock = {"lock": "107.9 cm (106.0–109.9)"}
    verdict = replace(LOW, case="lock_low", values=LOW.values | lock)
    assert "107,9 cm (106,0–109,9)" in danish.sentence(verdict)
    assert "107.9 cm (106.0–109.9)" in english.sentence(verdict)


def test_what_cannot_be_told_says_why_and_which_photo_settles_it(danish):
    verdict = Verdict("separation", "5", PACK, Outcome.CANT_TELL, Reason.NO_PACKS_FOUND)

    assert danish.sentence(verdict).startswith("Der blev ikke fundet pakninger på billedet.")
    assert danish.next_photo(verdict).startswith("Tag et skarpt billede lige forfra")
    assert danish.remedy(verdict) is None


def test_the_missing_scale_asks_for_the_strip(danish):
    verdict = replace(LOW, outcome=Outcome.CANT_TELL, reason=Reason.NO_SCALE)

    assert danish.next_photo(verdict) == (
        "Stil målestrimlen mod reolens forkant, så den står på gulvet, og tag billedet med "
        "tabletten i ca. 140 cm højde."
    )


def test_a_case_has_its_own_sentence(danish):
    verdict = replace(LOW, outcome=Outcome.PASSED, case="cabinet")

    assert "i et skab med lås over 140 cm" in danish.sentence(verdict)


def test_a_date_is_written_in_words(danish, english):
    verdict = Verdict(
        "assortment",
        "1-2",
        PACK,
        Outcome.CANT_TELL,
        Reason.REGISTER_OUTDATED,
        case="outdated_everywhere",
        values={"name": "Panodil", "group": "HX18", "date": "2011-03-09"},
    )

    assert "9. marts 2011" in danish.sentence(verdict)
    assert "9 March 2011" in english.sentence(verdict)


def test_a_whole_advert_is_not_quoted(danish):
    verdict = Verdict("price-label", "7", PACK, Outcome.PASSED, values={"text": "Otrivin " * 100})

    assert len(danish.sentence(verdict)) < 200


def test_braces_on_a_sign_are_harmless(danish):
    verdict = Verdict("price-label", "7", PACK, Outcome.PASSED, values={"text": "{name} 10 ml"})

    assert "»{name} 10 ml«" in danish.sentence(verdict)


def test_a_missing_sentence_names_file_and_key(danish):
    with pytest.raises(GuidanceError, match=r"messages_da\.yaml .*rules\.reach-height\.passed\.x"):
        danish.sentence(replace(LOW, outcome=Outcome.PASSED, case="x"))
    with pytest.raises(GuidanceError, match=r"rules\.no-such-rule\.title"):
        danish.title("no-such-rule")


def test_a_missing_value_names_file_rule_and_value(danish):
    with pytest.raises(GuidanceError, match=r"messages_da\.yaml: .*reach-height .*\{name\}"):
        danish.sentence(replace(LOW, values={}))


def test_both_languages_have_the_same_keys(danish, english):
    assert danish.texts.keys() == english.texts.keys()


def test_outcomes_have_words(danish, english):
    assert danish.outcome(Outcome.CANT_TELL) == "Kan ikke afgøres"
    assert english.outcome(Outcome.UNTESTED) == "Not answered"
