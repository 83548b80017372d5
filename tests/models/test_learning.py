"""The loop in which readers learn: it can be stopped and goes on."""

from pathlib import Path

import matplotlib
import torch

from datasets.fronts import fonts_under
from models.learning import learn
from models.train_finder import FinderNet, Fronts, loss_of

FONTS = fonts_under(Path(matplotlib.get_data_path()) / "fonts" / "ttf")
SETTINGS = {"seed": 1, "lr": 0.01, "warm_up": 2, "workers": 0, "clip": 5.0, "averaged_over": 500}


def learned(work, steps):
    seeds = []

    def batches_from(seed):
        seeds.append(seed)
        return Fronts(FONTS, 2, seed)

    file = learn(
        FinderNet((4, 8, 8), (1,)), batches_from, loss_of, {**SETTINGS, "steps": steps}, work
    )
    return torch.load(file), seeds


def test_a_run_that_was_stopped_goes_on_with_batches_that_it_has_not_seen(tmp_path):
    first, seeds = learned(tmp_path, 2)
    assert (first["done"], seeds) == (2, [1])
    again, seeds = learned(tmp_path, 3)
    assert (again["done"], seeds) == (3, [3])
    assert again["settings"]["steps"] == 3
    changed = [not torch.equal(first["net"][key], again["net"][key]) for key in first["net"]]
    assert any(changed)


def test_a_run_that_is_done_changes_nothing(tmp_path):
    first, _ = learned(tmp_path, 2)
    again, _ = learned(tmp_path, 2)
    assert all(torch.equal(first["mean"][key], again["mean"][key]) for key in first["mean"])
