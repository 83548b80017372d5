import numpy as np
import pytest

from inspector.vision.print_rows import ALPHABET, BLANK, spelt
from inspector.vision.spotting import Vocabulary

NAMES = ("pinex", "pinex comp", "panodil", "treo", "zendium classic", "kan jang", "apollo", "aa")


@pytest.fixture(scope="module")
def vocabulary():
    return Vocabulary(NAMES, ALPHABET)


def row(text, *, sure=0.9, also=None, steps=48):
    """Return a row that says a text; where `also` has a letter, that one is nearly as likely."""
    chances = np.full((len(ALPHABET), steps), 1e-5, np.float32)
    chances[BLANK] = 1.0
    for k, letter in enumerate(spelt(text)):
        chances[:, 2 * k + 3] = 1e-5
        chances[letter, 2 * k + 3] = sure
        if also and k in also:
            chances[ALPHABET.index(also[k]), 2 * k + 3] = 1 - sure
    return chances


def spot(vocabulary, text, **kwargs):
    """Return the likeliest word of a row that says a text."""
    ((found, *_),) = vocabulary.candidates([row(text, **kwargs)], most=3)
    return found


@pytest.mark.parametrize("name", ["pinex", "panodil", "zendium classic", "apollo"])
def test_a_name_that_is_read_costs_nothing_and_stands_where_it_is_read(vocabulary, name):
    found = spot(vocabulary, name)
    assert found.text == name
    assert found.cost == pytest.approx(0, abs=1e-3)
    assert vocabulary.place(row(name), name) == (3, 2 * len(name) + 1)


def test_other_words_follow_the_likelier_first(vocabulary):
    (found,) = vocabulary.candidates([row("pinex comp")], most=4)
    assert [one.text for one in found[:2]] == ["pinex comp", "pinex"]
    assert len(found) == 4
    assert found[2].cost > 10


def test_a_doubtful_letter_costs_what_it_is_less_likely(vocabulary):
    found = spot(vocabulary, "han jang", sure=0.7, also={0: "k"})
    assert found.text == "kan jang"
    assert found.cost == pytest.approx(np.log(0.7 / 0.3), abs=1e-3)


def test_a_sure_letter_costs_much(vocabulary):
    assert spot(vocabulary, "hanodil").cost > 5


def test_a_name_ends_at_a_blank_or_the_border(vocabulary):
    assert spot(vocabulary, "treo 20 stk").cost == pytest.approx(0, abs=1e-3)
    assert spot(vocabulary, "til treo").cost == pytest.approx(0, abs=1e-3)
    assert spot(vocabulary, "treonin").cost > 5


def test_the_longer_of_two_names_counts_where_both_are_read(vocabulary):
    assert spot(vocabulary, "pinex comp").text == "pinex comp"
    assert spot(vocabulary, "pinex 500 mg").text == "pinex"


def test_letters_that_are_doubled_need_something_between(vocabulary):
    assert spot(vocabulary, "apolo").cost > 5
    assert spot(vocabulary, "apollo").cost == pytest.approx(0, abs=1e-3)


def test_what_is_read_of_a_row_does_not_depend_on_others(vocabulary):
    texts = ["pinex", "til treo", "zendiun classic", "xyz", "kan jang"]
    alone = [spot(vocabulary, text) for text in texts]
    together = vocabulary.candidates([row(text) for text in texts], most=3)
    for one, (other, *_) in zip(alone, together, strict=True):
        assert one.text == other.text
        assert one.cost == pytest.approx(other.cost, abs=1e-4)


def test_without_rows_or_words_nothing_is_found(vocabulary):
    assert vocabulary.candidates([], most=3) == []
    assert Vocabulary((), ALPHABET).candidates([row("treo")], most=3) == [()]
    (few,) = vocabulary.candidates([row("treo", steps=12)], most=20)
    assert all(np.isfinite(one.cost) for one in few)  # the others do not fit
