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
    (found,) = vocabulary.spot([row(text, **kwargs)])
    return found


@pytest.mark.parametrize("name", ["pinex", "panodil", "zendium classic", "apollo"])
def test_a_name_that_is_read_costs_nothing(vocabulary, name):
    found = spot(vocabulary, name)
    assert (found.text, found.first, found.last) == (name, 3, 2 * len(name) + 1)
    assert found.cost == pytest.approx(0, abs=1e-3)
    assert found.margin > 5


def test_a_doubtful_letter_costs_what_it_is_less_likely(vocabulary):
    found = spot(vocabulary, "han jang", sure=0.7, also={0: "k"})
    assert found.text == "kan jang"
    assert found.cost == pytest.approx(np.log(0.7 / 0.3), abs=1e-3)


def test_a_sure_letter_costs_much(vocabulary):
    assert spot(vocabulary, "hanodil").cost > 5


def test_a_name_ends_at_a_blank_or_the_border(vocabulary):
    assert spot(vocabulary, "treo 20 stk").cost == pytest.approx(0, abs=1e-3)
    assert spot(vocabulary, "til treo").cost == pytest.approx(0, abs=1e-3)
    assert spot(vocabulary, "treonin") is None


def test_the_longer_of_two_names_counts_where_both_are_read(vocabulary):
    assert spot(vocabulary, "pinex comp").text == "pinex comp"
    assert spot(vocabulary, "pinex 500 mg").text == "pinex"


def test_letters_that_are_doubled_need_something_between(vocabulary):
    assert spot(vocabulary, "apolo") is None
    assert spot(vocabulary, "apollo").cost == pytest.approx(0, abs=1e-3)


def test_what_is_read_of_a_row_does_not_depend_on_others(vocabulary):
    texts = ["pinex", "til treo", "zendiun classic", "xyz", "kan jang"]
    alone = [spot(vocabulary, text) for text in texts]
    together = vocabulary.spot([row(text) for text in texts])
    for one, other in zip(alone, together, strict=True):
        assert (one is None) == (other is None)
        assert one is None or (one.text, one.first, one.last) == (
            other.text, other.first, other.last,
        )  # fmt: skip
        assert one is None or one.cost == pytest.approx(other.cost, abs=1e-4)


def test_without_rows_or_words_nothing_is_found(vocabulary):
    assert vocabulary.spot([]) == []
    assert Vocabulary((), ALPHABET).spot([row("treo")]) == [None]
    assert spot(vocabulary, "qqqqqqq") is None
