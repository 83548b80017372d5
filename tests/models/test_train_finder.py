"""Training the line finder, on a few fronts."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch

from datasets.fronts import Line, SeenFront, fonts_under
from inspector.vision.pack_views import FRONTS_WH_PX
from inspector.vision.print_bands import PLACES_PER_ROW, ROW_PX, STEP_PX, TOLD
from inspector.vision.print_rows import ALPHABET
from models.train_finder import FinderNet, Fronts, batch_of, loss_of, loss_of_places, places_of

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
    told = FinderNet((4, 4, 4), (1,))(torch.zeros(1, 3, h, w))
    assert told.shape == (1, len(ALPHABET) + PLACES_PER_ROW * len(TOLD), h // ROW_PX, w // STEP_PX)


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
    assert loss_of_places(answer, torch.from_numpy(places)[None]).item() == pytest.approx(
        0, abs=1e-6
    )


def test_what_tells_places_changes_nothing_of_what_reads():
    torch.manual_seed(0)  # by chance, four channels may all be silent
    net = FinderNet((4, 4, 4), (1,))
    net(torch.rand(1, 3, 96, 96))[:, len(ALPHABET) :].sum().backward()
    assert not any(weights.grad.any() for weights in net.seeing.parameters())
    assert all(weights.grad.any() for weights in net.placing[-1:].parameters())


def test_what_is_used_of_it_says_of_places_alone():
    net, pictures = FinderNet((4, 4, 4), (1,)).eval(), torch.rand(1, 3, 96, 96)
    assert torch.equal(net.finding()(pictures), net(pictures)[:, len(ALPHABET) :])


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
