"""Training the word verifier, on a few lines."""

import random
from dataclasses import replace
from itertools import islice
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch

from datasets.fronts import fonts_under
from inspector.vision.line_reader import ReadLine
from inspector.vision.print_rows import ALPHABET
from inspector.vision.spotting import Candidate
from inspector.vision.weights import load_weights
from inspector.vision.word_verifier import MOST_LETTERS, WordVerifier

train_verifier = pytest.importorskip("models.train_verifier", reason="needs the extra `train`")
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@pytest.fixture(scope="module")
def examples():
    return list(islice(train_verifier.examples_from(fonts_under(FONTS), seed=1), 24))


def test_lines_are_read_once_and_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(train_verifier, "AT_ONCE", 3)
    train_verifier.read_lines(fonts_under(FONTS), tmp_path, lines=5, seed=1, workers=1)
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert sorted(kept) == ["lines-0.pickle", "lines-1.pickle"]
    train_verifier.read_lines(fonts_under(FONTS), tmp_path, lines=5, seed=1, workers=1)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == kept


def test_words_are_asked_of_a_line_that_stand_there_and_that_do_not(examples):
    line = replace(examples[0], text="pinex comp 20 stk")
    questions = train_verifier.Questions([line] * 4, batch=4, seed=1)
    batch = next(iter(questions))
    words = [
        ["".join(ALPHABET[letter] for letter in word if letter) for word in of_line]
        for of_line in batch["words"].tolist()
    ]
    for of_line, is_there in zip(words, batch["is_there"].tolist(), strict=True):
        assert [f" {word} " in " pinex comp 20 stk " for word in of_line] == [
            there == 1.0 for there in is_there
        ]
        assert 0 < sum(is_there) < len(is_there)


def test_slips_make_another_word_of_about_the_same_letters():
    chance = random.Random(0)
    for word in ("treo", "panodil", "prolonged name here"):
        slips = {train_verifier.with_slips(word, chance) for _ in range(50)}
        assert len(slips) > 30
        assert all(abs(len(slip) - len(word)) <= 3 and len(slip) <= MOST_LETTERS for slip in slips)


@pytest.mark.filterwarnings("ignore")  # of PyTorch's export
def test_it_learns_and_says_the_same_when_exported(examples, tmp_path):
    torch.manual_seed(0)
    net = train_verifier.VerifierNet()
    batch = next(iter(train_verifier.Questions(examples, batch=16, seed=1)))
    optimiser = torch.optim.AdamW(net.parameters(), 2e-4)
    losses = []
    for _ in range(8):
        loss = train_verifier.loss_of(train_verifier.asked_of(net, batch), batch, 0.0)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    torch.save({"mean": net.state_dict()}, tmp_path / "last.pt")
    file = tmp_path / "word-verifier.onnx"
    train_verifier.export(tmp_path / "last.pt", file, threshold=0.5)
    one, words = examples[0], [Candidate("treo", 1.0), Candidate("zendium classic", 30.0)]
    of_one = train_verifier.batch_of([one], [words])
    with torch.no_grad():
        told = train_verifier.asked_of(net.eval(), of_one)[0].numpy()
    line = ReadLine(np.zeros((len(ALPHABET), len(one.seen)), np.float32), one.seen)
    verifier = WordVerifier(load_weights("word-verifier", tmp_path), threads=1)
    (exported,) = verifier.log_odds(
        [replace(line, seen=one.seen.astype(np.float32))], [one.confidence], [words]
    )
    np.testing.assert_allclose(exported, told, atol=0.02)
    going_on = train_verifier.VerifierNet().eval()
    train_verifier.take_weights(going_on, file)
    with torch.no_grad():
        again = train_verifier.asked_of(going_on, of_one)[0].numpy()
    np.testing.assert_allclose(again, exported, atol=0.001)
