"""Training of the lock finder: what is to be said of a strip, and that it is learned."""

from pathlib import Path

import numpy as np
import torch

from datasets.doors import STRIP_HEIGHT_PX, DoorMaker, SeenStrip
from inspector.vision.locks import CELL_PX, STRIP_PX
from models.train_locks import LockNet, Strips, cells_of, loss_of

SHELVES = sorted((Path(__file__).parents[2] / "datasets" / "samples").glob("*.jpg"))


def strip(*locks, is_sure=True):
    picture = np.zeros((STRIP_HEIGHT_PX, STRIP_PX, 3), np.uint8)
    return SeenStrip(picture, np.array(locks, np.float32).reshape(-1, 2), is_sure)


def test_the_cell_of_a_lock_is_to_be_told_and_those_around_it_need_not_be():
    cells = cells_of(strip((50.0, 101.0)))
    row, column = 101 // CELL_PX, 50 // CELL_PX
    assert cells[row, column] == 1
    assert (cells == 1).sum() == 1
    assert cells[row, column + 1] == -1
    assert cells[row, column + 3] == 0


def test_a_hidden_lock_need_not_be_told():
    assert set(np.unique(cells_of(strip((50.0, 101.0), is_sure=False)))) == {-1.0, 0.0}
    assert not cells_of(strip()).any()


def test_strips_come_from_their_seed_and_locks_lie_on_them():
    one, same, other = (DoorMaker(SHELVES, seed) for seed in (1, 1, 2))
    first, again, another = one.seen(), same.seen(), other.seen()
    np.testing.assert_array_equal(first.picture_bgr, again.picture_bgr)
    assert (first.picture_bgr != another.picture_bgr).any()
    assert first.picture_bgr.shape == (STRIP_HEIGHT_PX, STRIP_PX, 3)
    for _ in range(20):
        locks = one.seen().locks_px
        assert ((locks > 0) & (locks < [STRIP_PX, STRIP_HEIGHT_PX])).all()


def test_it_learns():
    torch.manual_seed(0)
    net = LockNet([8, 8, 8], [1]).train()
    batch = next(iter(Strips(SHELVES, 8, seed=3)))
    pictures = batch["pictures"].float() / 127.5 - 1
    optimiser = torch.optim.AdamW(net.parameters(), 0.01)
    losses = []
    for _ in range(8):
        loss = loss_of(net(pictures), batch, 0.0)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
