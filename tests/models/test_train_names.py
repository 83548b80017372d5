"""Training the name reader, on a few fronts."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch

from datasets.fronts import Line, SeenFront, fonts_under
from inspector.vision.pack_views import FRONTS_WH_PX
from inspector.vision.print_rows import ALPHABET, ROW_PX, STEP_PX
from models.train_names import Fronts, NameNet, batch_of, loss_of

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def line(text, y_px, *, height_px=10, x_px=(20, 70)):
    (x1, x2), (y1, y2) = x_px, (y_px - height_px / 2, y_px + height_px / 2)
    corners = np.array([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], np.float32)
    return Line(text, corners, np.linspace(0.1, 0.9, len(text), dtype=np.float32))


def front(*lines, unsure=()):
    return SeenFront(np.zeros((96, 96, 3), np.uint8), lines, unsure)


def test_a_line_is_read_in_its_row_and_the_rows_about_it_are_left_open():
    batch = batch_of([front(line("treo", 5.5 * ROW_PX))])
    assert batch["at"].tolist() == [[0, 5]]
    assert "".join(ALPHABET[letter] for letter in batch["spelled"]) == "treo"
    assert batch["is_blank"][0].tolist() == [row != 5 for row in range(12)]


def test_a_line_too_small_to_read_is_neither_read_nor_blank():
    batch = batch_of([front(unsure=(line("treo", 5.5 * ROW_PX, height_px=16),))])
    assert len(batch["at"]) == 0
    assert not batch["is_blank"][0, 5]


def test_letters_are_learned_where_they_are():
    batch = batch_of([front(line("ab", 20, x_px=(20, 70)))])
    columns = batch["letters"][:, 2] * STEP_PX
    assert columns.tolist() == pytest.approx([25, 65], abs=STEP_PX)


@pytest.mark.parametrize("wh_px", FRONTS_WH_PX)
def test_the_network_answers_row_by_row_and_step_by_step(wh_px):
    w, h = wh_px
    letters = NameNet((4, 4, 4), (1,))(torch.zeros(1, 3, h, w))
    assert letters.shape == (1, len(ALPHABET), h // ROW_PX, w // STEP_PX)


def test_a_step_of_training_lessens_the_loss():
    torch.manual_seed(0)
    batch = next(iter(Fronts(fonts_under(FONTS), batch=4, seed=1)))
    net = NameNet((4, 8, 8), (1,))
    optimiser = torch.optim.AdamW(net.parameters(), 0.01)
    losses = []
    for _ in range(6):
        loss = loss_of(net(batch["pictures"].float() / 127.5 - 1), batch, 0.0)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
