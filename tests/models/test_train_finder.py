"""Training the line finder, on a few fronts."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch

from datasets.fronts import Line, SeenFront, fonts_under
from inspector.vision.pack_views import FRONTS_WH_PX, View, size_from_afar
from inspector.vision.print_bands import PLACES_PER_ROW, ROW_PX, STEP_PX, TOLD
from models.train_finder import FinderNet, Fronts, export, loss_of, places_of, take_weights

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def line(text, y_px, *, height_px=10, x_px=(20, 70)):
    (x1, x2), (y1, y2) = x_px, (y_px - height_px / 2, y_px + height_px / 2)
    corners = np.array([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], np.float32)
    return Line(text, corners, np.linspace(0.1, 0.9, len(text), dtype=np.float32))


def front(*lines, unsure=()):
    view = View.of_crop(np.zeros((96, 96, 3), np.uint8), (96, 96))
    return SeenFront(view, lines, unsure)


@pytest.mark.parametrize("wh_px", FRONTS_WH_PX)
def test_the_network_answers_row_by_row_and_step_by_step(wh_px):
    w, h = wh_px
    told = FinderNet((4, 4, 4), (1,))(torch.zeros(1, 3, h, w))
    assert told.shape == (1, PLACES_PER_ROW * len(TOLD), h // ROW_PX, w // STEP_PX)


def test_places_on_a_line_tell_where_it_is():
    is_line, to_middle, ink = places_of(front(line("treo", 5.5 * ROW_PX, x_px=(20, 70))))
    on_line = (is_line == 1).any(axis=0)
    assert np.flatnonzero(on_line)[[0, -1]].tolist() == [10, 34]
    assert (is_line[:, ~on_line] == 0).all()
    assert to_middle[9:13, 20] == pytest.approx([1.5, 0.5, -0.5, -1.5])
    assert np.exp(ink[10, 20]) * ROW_PX / PLACES_PER_ROW == pytest.approx(10)


def test_places_between_two_lines_tell_of_the_nearer_one():
    _, to_middle, _ = places_of(front(line("treo", 40), line("zymelin", 56)))
    assert to_middle[10:14, 20] == pytest.approx([-0.5, -1.5, 1.5, 0.5])


def test_where_a_line_is_that_nobody_can_read_is_not_learned():
    places = places_of(front(unsure=(line("treo", 5.5 * ROW_PX, height_px=16),)))
    assert (places[0, 10:12, 10:34] == -1).all()
    answer = torch.full((1, PLACES_PER_ROW * len(TOLD), 12, 48), -20.0)
    loss = loss_of(answer, {"places": torch.from_numpy(places)[None]}, 0.0)
    assert loss.item() == pytest.approx(0, abs=1e-6)


def test_large_packs_are_learned_in_the_size_in_which_they_are_looked_at():
    batches = iter(Fronts(fonts_under(FONTS), batch=2, seed=1))
    sizes = {tuple(next(batches)["pictures"].shape[:1:-1]) for _ in range(40)}
    assert sizes <= {*FRONTS_WH_PX, *map(size_from_afar, FRONTS_WH_PX)}
    assert sizes & set(FRONTS_WH_PX)
    assert sizes & set(map(size_from_afar, FRONTS_WH_PX))


@pytest.mark.filterwarnings("ignore")  # of PyTorch's export
def test_training_goes_on_from_exported_weights(tmp_path):
    pytest.importorskip("onnx", reason="needs the extra `train`")
    torch.manual_seed(0)
    trained = FinderNet((4, 8, 8), (1, 2))
    trained(torch.rand(4, 3, 96, 96))  # norms by batches have seen something
    torch.save({"mean": trained.state_dict()}, tmp_path / "last.pt")
    export(trained, tmp_path / "last.pt", tmp_path / "finder.onnx", threshold=0.5)
    going_on = FinderNet((4, 8, 8), (1, 2))
    take_weights(going_on, tmp_path / "finder.onnx")
    pictures = torch.rand(1, 3, 96, 96)
    assert torch.allclose(going_on(pictures), trained(pictures), atol=0.01)  # of 16 bits
    going_on(pictures).sum().backward()
    assert all(weights.grad is not None for weights in going_on.parameters())


def test_a_step_of_training_lessens_the_loss():
    torch.manual_seed(0)
    batch = next(iter(Fronts(fonts_under(FONTS), batch=4, seed=1)))
    net = FinderNet((4, 8, 8), (1,))
    optimiser = torch.optim.AdamW(net.parameters(), 0.01)
    losses = []
    for _ in range(6):
        loss = loss_of(net(batch["pictures"].float() / 127.5 - 1), batch, 0.0)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
