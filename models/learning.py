"""The loop in which the readers learn: warm-up and cosine, averaged weights, checkpoints."""

from __future__ import annotations

import argparse
import copy
import math
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import torch
import yaml
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from datasets.fronts import fonts_under

Batch = dict[str, Tensor]
LossOf = Callable[[Any, Batch, float], Tensor]
"""The loss of what a network makes of a batch; the last is the share of all steps that are done."""

Answer = Tensor | tuple[Tensor, ...]
Ask = Callable[[nn.Module, Batch], Answer]
"""Shows a network a batch and returns what it makes of it."""

SHOWN_EVERY, KEPT_EVERY = 100, 200


def command_line(description: str | None) -> argparse.ArgumentParser:
    """Return the command line that trainings of readers share; they may add to it."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("settings", type=Path)
    parser.add_argument("--fonts", type=Path, nargs="+", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="exported weights to go on from")
    return parser


def told(args: argparse.Namespace) -> tuple[dict[str, Any], list[Path], Path, Path]:
    """Take what the command line says, and sow what chance grows from.

    Returns:
        Settings, typefaces, the folder to work in, and the ONNX file to write there.
    """
    settings = yaml.safe_load(args.settings.read_text(encoding="utf-8"))
    fonts = fonts_under(*args.fonts)
    print(f"{len(fonts)} typefaces")
    torch.manual_seed(settings["seed"])
    return settings, fonts, args.work, args.work / f"{args.settings.stem}.onnx"


def look_at_pictures(net: nn.Module, batch: Batch) -> Answer:
    """Show a network the `pictures` of a batch, 0 to 255, as it takes them, from -1 to 1."""
    answer: Answer = net(scaled(batch["pictures"]).to(memory_format=torch.channels_last))
    return answer


def scaled(pictures: Tensor) -> Tensor:
    """Return pictures, 0 to 255, as networks take them, from -1 to 1."""
    return pictures.float() / 127.5 - 1


def learn(
    net: nn.Module,
    batches_from: Callable[[int], IterableDataset[Batch]],
    loss_of: LossOf,
    settings: Mapping[str, Any],
    work: Path,
    *,
    ask: Ask = look_at_pictures,
) -> Path:
    """Train, writing `last.pt` as it goes, and return that file; `mean` are the averaged weights.

    A run that was stopped goes on from its last checkpoint. A GPU is used when there is one.

    Args:
        net: The network.
        batches_from: Gives batches without end, made with a seed.
        loss_of: The loss.
        settings: `seed`, `lr`, `warm_up`, `steps`, `workers`, `clip` (of the gradient) and
            `averaged_over` (so many steps).
        work: Folder of the checkpoint.
        ask: Shows the network a batch.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    # Other cores compute with 16 bits at a tenth of the speed.
    has_bf16 = device == "cuda" or torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    net = net.to(device, memory_format=torch.channels_last)
    # Threads that wait for a core that makes batches would hold the others up.
    torch.set_num_threads(max(1, (os.cpu_count() or 1) - settings["workers"]))
    mean = copy.deepcopy(net).eval()
    optimiser = torch.optim.AdamW(net.parameters(), settings["lr"], weight_decay=0.01, fused=True)
    last, done = work / "last.pt", 0
    work.mkdir(parents=True, exist_ok=True)
    if last.exists():
        kept = torch.load(last, map_location=device)
        net.load_state_dict(kept["net"])
        mean.load_state_dict(kept["mean"])
        optimiser.load_state_dict(kept["optimiser"])
        done = kept["done"]
    steps, started, shown = settings["steps"], time.time(), 0.0
    loader = DataLoader(
        batches_from(settings["seed"] + done),
        batch_size=None,
        num_workers=settings["workers"],
        prefetch_factor=8 if settings["workers"] else None,
    )
    for batch in loader:
        if done >= steps:
            break
        batch = {key: value.to(device) for key, value in batch.items()}
        warm = min(1.0, (done + 1) / settings["warm_up"])
        rate = settings["lr"] * warm * 0.5 * (1 + math.cos(math.pi * done / steps))
        for group in optimiser.param_groups:
            group["lr"] = max(rate, 1e-6)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=has_bf16):
            answer = ask(net, batch)
        loss = loss_of(answer, batch, done / steps)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), settings["clip"])
        optimiser.step()
        done += 1
        _average(mean, net, 1 - 1 / min(settings["averaged_over"], 1 + done / 10))
        shown = loss.item() if done == 1 else 0.98 * shown + 0.02 * loss.item()
        if done % SHOWN_EVERY == 0:
            print(f"{done} of {steps}: loss {shown:.3f}, {time.time() - started:.0f} s", flush=True)
        if done % KEPT_EVERY == 0 or done == steps:
            state = {"net": net.state_dict(), "mean": mean.state_dict(), "done": done,
                     "optimiser": optimiser.state_dict(), "settings": dict(settings)}  # fmt: skip
            torch.save(state, last.with_suffix(".new"))
            last.with_suffix(".new").replace(last)
    return last


def seed_of_worker(seed: int) -> int:
    """Keep a process that makes batches to one core; return the seed that is its own."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    worker = get_worker_info()
    return seed + 1000 * (worker.id if worker else 0)


def _average(mean: nn.Module, net: nn.Module, kept: float) -> None:
    with torch.no_grad():
        for averaged, value in zip(
            mean.state_dict().values(), net.state_dict().values(), strict=True
        ):
            if averaged.dtype.is_floating_point:
                averaged.lerp_(value, 1 - kept)
            else:
                averaged.copy_(value)
