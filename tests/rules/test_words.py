from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.scene import SignKind
from inspector.rules.guidance import load_guidance
from inspector.rules.words import (
    Word,
    extra_words,
    folded,
    indications,
    mandatory_items,
    offers,
    sign_kind,
    sign_word,
)

FOUR_WORDS = ["Lægemidler", "Håndkøbslægemidler", "Medicin", "Håndkøbsmedicin"]


@pytest.mark.parametrize(
    "text",
    [
        *FOUR_WORDS,
        "LÆGEMIDLER",
        "LAEGEMIDLER",
        "Handkøbslaegemidler",
        "HAANDKOEBSMEDICIN",
        "Håndkøbs- medicin",
        "håndkøbs lægemidler",
        "Læge midler",
        "Mediein",
        "Lægemiddler",
        "Hådkøbsmedicin",
        "+ Medicin +",
        "Medicin ®",
        "Medicin i selvvalg",
        "Apotekets håndkøbsmedicin",
        "Medicin mod forkølelse",
        "TILBUD på medicin",
    ],
)
def test_the_four_words_are_recognised_through_slips_of_the_reader(text, guidance):
    assert sign_word(text, guidance) is Word.APPROVED


@pytest.mark.parametrize(
    "text",
    [
        "Lægemiddel",
        "Lægemidlet",
        "Lægemidlerne",
        "Medicine",
        "Medicinen",
        "Medicins",
        "Medicinhåndkøb",
        "Medisin",
        "Legemidler",
        "Håndkøb",
        "OTC",
        "Apotek",
        "Sundhed",
        "Rnedicin",
        "edicin",
        "Medicin til dyr",
        "Medicin og vitaminer",
        "Ikke medicin",
        "Aflever gammel medicin her",
        "Homøopatiske lægemidler",
    ],
)
def test_other_words_about_medicine_are_for_a_person(text, guidance):
    assert sign_word(text, guidance) is Word.UNDECIDED


@pytest.mark.parametrize(
    "text",
    [
        "Medicinsk udstyr",
        "Naturlægemidler",
        "Natur- lægemidler",
        "Natur lægemidler",
        "Naturmedicin",
        "Vitaminer",
        "Hudpleje",
        "Velvære",
        "Nyhed i hudpleje",
        "Panodil",
        "39,95",
        "",
    ],
)
def test_words_of_other_goods_are_no_sign_for_medicine(text, guidance):
    assert sign_word(text, guidance) is Word.NONE


@given(word=st.sampled_from(FOUR_WORDS), ending=st.sampled_from(["e", "en", "s", "sk", "et", "er"]))
def test_no_other_ending_is_approved(word, ending):
    assert sign_word(word + ending, load_guidance(date(2026, 1, 1))) is not Word.APPROVED


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Medicin", SignKind.CATEGORY),
        ("Hudpleje", SignKind.CATEGORY),
        ("Natur lægemidler", SignKind.CATEGORY),
        ("Sundhed", SignKind.CATEGORY),
        ("Medicin mod forkølelse", SignKind.ADVERT),
        ("Ved halsbrand", SignKind.ADVERT),
        ("Nyhed i hudpleje", SignKind.ADVERT),
        ("Kasse 3", SignKind.OTHER),
        ("", SignKind.OTHER),
    ],
)
def test_a_sign_is_sorted_by_its_words(text, kind, guidance):
    assert sign_kind(text, guidance) is kind


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Smertestillende", ("Smertestillende",)),
        ("HALS- BRAND", ("HALSBRAND",)),
        ("Mod forkolelse", ("forkolelse",)),
        ("Ved halsbrand og sure opstød", ("halsbrand", "sure opstød")),
        ("Smertestiilende", ("Smertestiilende",)),
        ("Til gode koste", ()),
        ("Næsespray 10 ml", ()),
    ],
)
def test_indications_are_quoted_as_they_were_read(text, found, guidance):
    assert indications(text, guidance) == found


def test_offers_are_found_as_whole_phrases(guidance):
    assert offers("2 for 100,-", guidance) == ("2 for",)
    assert offers("12 stk for børn", guidance) == ()


def test_a_lost_letter_does_not_turn_for_into_an_offer(guidance):
    """`før` and `for` are the same once the Danish letter is lost."""
    assert offers("Medicin for børn", guidance) == ()


def test_mandatory_items_are_found_by_their_cues(guidance):
    text = "Bivirkninger: kvalme. Dosering: 1 tablet. Læs indlægssedlen."

    found = mandatory_items(text, guidance)

    assert {"side_effects", "dosage", "read_leaflet"} <= found
    assert not {"warnings", "price_reference", "name"} & found


def test_a_plain_price_label_has_no_extra_words(guidance):
    text = "Zymelin 1 mg/ml næsespray, opløsning 10 ml kr. 83,75 Vnr. 123456"

    assert extra_words(text, guidance, ["Zymelin"]) == ()
    assert extra_words(text, guidance, ["Zymelln"]) == ()
    assert extra_words(text, guidance, []) == ("Zymelin",)


@pytest.mark.parametrize("text", ["Læge", "LAEGE", "Laege", "Läge"])
def test_lost_danish_letters_make_no_difference(text):
    assert folded(text) == folded("læge")
