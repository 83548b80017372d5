"""Training the line reader, on a few lines."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch

from datasets.fronts import FrontMaker, Line, SeenFront, fonts_under
from inspector.inspection import register_in_use
from inspector.vision.line_reader import STEP_PX, LineReader
from inspector.vision.pack_views import FRONTS_WH_PX, LINE_PX, View
from inspector.vision.print_rows import ALPHABET
from inspector.vision.weights import load_weights
from models.learning import scaled
from models.narrowing import most_telling
from tests.vision.test_line_reader import line_of

train_lines = pytest.importorskip("models.train_lines", reason="needs the extra `train`")
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def front_of(text):
    corners = np.array([(20, 40), (120, 40), (120, 60), (20, 60)], np.float32)
    at = ((np.arange(len(text)) + 0.5) / len(text)).astype(np.float32)
    view = View.of_crop(np.full((144, 144, 3), 90, np.uint8), (144, 144))
    return SeenFront(view, (Line(text, corners, at),), ())


def test_a_line_is_cut_out_with_the_letters_that_are_on_the_cut():
    front = front_of("panodil")
    said = set()
    for seed in range(40):
        got = train_lines.cut_line(front, front.lines[0], np.random.default_rng(seed))
        assert got is not None
        assert got.picture_bgr.shape[0] == LINE_PX
        said.add("".join(ALPHABET[letter] for letter in got.letters))
        assert got.words == ("panodil" if len(got.letters) >= 5 else "")
    assert "panodil" in said
    assert all(text in "panodil" for text in said)


def test_words_stay_words_where_a_letter_is_out_of_sight():
    front = front_of("panodil 500 mg")
    (line,) = front.lines
    line.letters_at[[0, *range(8, 14)]] = np.nan
    got = train_lines.cut_line(front, line, np.random.default_rng(0))
    assert got is not None
    assert "".join(ALPHABET[letter] for letter in got.letters) == "anodil"
    assert got.words == "panodil"


def test_short_lines_and_unknown_letters_are_left_out():
    rng = np.random.default_rng(0)
    for text in ("mg", "Ω-3 fedt"):
        front = front_of(text)
        assert train_lines.cut_line(front, front.lines[0], rng) is None


def test_ground_is_cut_out_only_where_nothing_is_printed():
    maker, rng = FrontMaker(fonts_under(FONTS), register_in_use().skus, 1), np.random.default_rng(0)
    front = maker.seen(FRONTS_WH_PX[2])
    for _ in range(20):
        for cut in train_lines.cut_ground(front, rng):
            assert cut.letters == []


@pytest.mark.filterwarnings("ignore")  # of onnx2torch and of PyTorch's export
def test_the_network_starts_with_what_it_knows_and_learns(tmp_path, monkeypatch):
    monkeypatch.setattr(train_lines, "HOPELESS_LOSS", 1e6)  # all lines count alike
    torch.manual_seed(0)
    batch = next(iter(train_lines.Lines(fonts_under(FONTS), batch=4, seed=1)))
    net = train_lines.LineNet().eval()
    pictures = batch["pictures"].float() / 127.5 - 1
    chances, seen = net(pictures)
    assert chances.shape == (4, pictures.shape[3] // STEP_PX, len(ALPHABET))
    assert chances.sum(dim=2).max() <= 1.001
    assert seen.shape[:2] == chances.shape[:2]
    optimiser = torch.optim.AdamW(net.parameters(), 2e-5)
    losses = []
    for _ in range(3):
        loss = train_lines.loss_of(net(pictures), batch, 0.0)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    torch.save({"mean": net.state_dict()}, tmp_path / "last.pt")
    train_lines.export(net, tmp_path / "last.pt", tmp_path / "line-reader.onnx", threshold=0.5)
    reader = LineReader(load_weights("line-reader", tmp_path), threads=1)
    # On blurred print half precision may move a letter by a bit of a step.
    clear_bgr = line_of("Panodil", 216)
    (of_clear,) = reader.read([clear_bgr])
    with torch.no_grad():
        shown = torch.from_numpy(clear_bgr.transpose(2, 0, 1).copy())[None].float() / 127.5 - 1
        told, seen = (of_line[0].numpy() for of_line in net(shown))
    np.testing.assert_allclose(of_clear.chances, told.T, atol=0.02)
    np.testing.assert_allclose(of_clear.seen, seen, atol=0.02 * np.abs(seen).max())
    pictures_bgr = [
        np.ascontiguousarray(one.numpy().transpose(1, 2, 0)) for one in batch["pictures"]
    ]
    exported = reader.read(pictures_bgr)
    going_on = train_lines.LineNet().eval()
    train_lines.take_weights(going_on, tmp_path / "line-reader.onnx")
    with torch.no_grad():
        for chances, of_export in zip(going_on(pictures)[0].numpy(), exported, strict=True):
            np.testing.assert_allclose(chances.T, of_export.chances, atol=0.001)


@pytest.mark.filterwarnings("ignore")
def test_a_narrow_network_starts_near_the_wide_one_and_is_taught_by_it(tmp_path):
    torch.manual_seed(0)
    wide, pupil = train_lines.LineNet().eval(), train_lines.LineNet(is_narrow=True).eval()
    torch.save({"mean": wide.state_dict()}, tmp_path / "last.pt")
    train_lines.export(wide, tmp_path / "last.pt", tmp_path / "wide.onnx", threshold=0.5)
    lines = train_lines.TaughtLines(fonts_under(FONTS), 8, 1, tmp_path / "wide.onnx")
    batch = next(iter(lines))
    pictures = scaled(batch["pictures"])

    def loss_of(net):
        with torch.no_grad():
            return train_lines.taught_loss_of(net(pictures), batch, 0.0).item()

    by_chance = loss_of(pupil)
    train_lines.take_from_wide(pupil.body, wide.body, [pictures])
    assert loss_of(wide) < loss_of(pupil) < by_chance
    assert [part.shape for part in pupil(pictures)] == [part.shape for part in wide(pictures)]


def test_the_features_are_kept_that_tell_most():
    rng = torch.Generator().manual_seed(1)
    features = torch.randn(500, 6, generator=rng, dtype=torch.float64)
    features[:, 4] = features[:, 1] + 0.01 * features[:, 4]  # tells what another one does
    sums = 3 * features[:, [1]] + features[:, [5]] + 0.1 * features[:, [2]]
    kept = most_telling(features - features.mean(dim=0), sums - sums.mean(dim=0), 3)
    assert kept in ([1, 2, 5], [2, 4, 5])


def test_a_narrow_network_needs_weights_to_start_from(monkeypatch, tmp_path, capsys):
    settings = Path(train_lines.__file__).with_name("line-reader.yaml")
    command = ["train_lines", str(settings), "--fonts", str(FONTS), "--work", str(tmp_path)]
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit):
        train_lines.main()
    assert "--teacher" in capsys.readouterr().err
