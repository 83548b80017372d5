"""Lines looked at again with a word in mind, by the shipped networks."""

import numpy as np
import pytest

from inspector.vision.line_reader import STEP_PX, LineReader
from inspector.vision.print_rows import read_row
from inspector.vision.spotting import Candidate
from inspector.vision.weights import small_print_weights
from inspector.vision.word_verifier import MOST_STEPS, WordVerifier
from tests.vision.test_line_reader import line_of


@pytest.fixture(scope="module")
def reader():
    return LineReader(small_print_weights()[1], threads=1)


@pytest.fixture(scope="module")
def verifier():
    return WordVerifier(small_print_weights()[2], threads=1)


def asked(reader, verifier, texts, words, length_px=200):
    lines = reader.read([line_of(text, length_px) for text in texts])
    confidences = [read_row(line.chances).confidence for line in lines]
    candidates = [[Candidate(word, cost) for word, cost in words] for _ in texts]
    return verifier.log_odds(lines, confidences, candidates)


def test_it_is_sure_of_the_word_that_is_there_and_of_no_other(reader, verifier):
    words = [("panodil", 0.0), ("pamol", 20.0), ("zendium", 40.0)]
    (sure,) = asked(reader, verifier, ["Panodil"], words)
    assert sure.shape == (3,)
    assert sure[0] > 2
    assert max(sure[1:]) < -2


def test_a_line_is_asked_alone_whatever_stands_beside_it(reader, verifier):
    words = [("ipren", 5.0), ("treo", 5.0)]
    both = asked(reader, verifier, ["Ipren", "Treo"], words)
    for text, together in zip(("Ipren", "Treo"), both, strict=True):
        (alone,) = asked(reader, verifier, [text], words)
        np.testing.assert_allclose(alone, together, atol=1e-3)


def test_words_are_found_anywhere_on_a_long_line(reader, verifier):
    words = [("panodil", 0.0), ("tabletter", 0.0), ("zendium", 60.0)]
    text = "Panodil 20 filmovertrukne tabletter"
    (sure,) = asked(reader, verifier, [text], words, length_px=700)
    assert 700 // STEP_PX > MOST_STEPS
    assert min(sure[:2]) > 0 > sure[2]


def test_no_words_are_no_question(reader, verifier):
    (line,) = reader.read([line_of("Ipren")])
    (none, one) = verifier.log_odds([line, line], [0.9, 0.9], [[], [Candidate("ipren", 0.0)]])
    assert len(none) == 0
    assert len(one) == 1
    assert verifier.log_odds([], [], []) == []


def test_longer_words_than_it_knows_are_compared_by_their_beginning(reader, verifier):
    word = "panodil filmovertrukne tabletter"
    (sure,) = asked(reader, verifier, ["Panodil"], [(word, 30.0)])
    assert np.isfinite(sure).all()
