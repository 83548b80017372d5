"""From typefaces and the register to weights of the name reader.

`python -m models.train_names models/name-reader.yaml --fonts DIR [DIR ...] --work DIR`

Fronts of packs are made while it learns, none is seen twice. A run that was stopped goes on from
its last checkpoint. A GPU is used when there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import IterableDataset, get_worker_info

from datasets.fronts import FrontMaker, Line, SeenFront
from inspector.inspection import register_in_use
from inspector.vision.pack_views import FRONTS_SIDE_PX, FRONTS_WH_PX, LOOKS, size_in_look
from inspector.vision.print_rows import ALPHABET, BLANK, ROW_PX, STEP_PX, spelt
from models.identity import write_identity
from models.learning import learn, told

NEAR_LINE = 0.55
"""Rows less than this share of a line's height from its middle may read it, or not."""


class NameNet(nn.Module):
    """Looks at a front; says every 8 px of height and 2 px of length which letter is there.

    In: (n, 3, h, w), BGR from -1 to 1. Out: (n, letters, h / 8, w / 2), logits.
    """

    def __init__(self, widths: Sequence[int], dilations: Sequence[int]) -> None:
        super().__init__()
        a, b, c = widths
        self.layers = nn.Sequential(
            _step(3, a, stride=2),
            _Block(a),
            _step(a, b, stride=(2, 1)),
            _Block(b),
            _step(b, c, stride=(2, 1)),
            *(_Block(c, dilation) for dilation in dilations),
            nn.Conv2d(c, len(ALPHABET), 1),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the logits."""
        return self.layers(pictures)


class _Block(nn.Module):
    def __init__(self, width: int, dilation: int = 1) -> None:
        super().__init__()
        self.first = _step(width, width, dilation=dilation)
        self.second = _step(width, width, dilation=dilation, ends=True)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.second(self.first(x)))


def _step(
    taken: int,
    given: int,
    *,
    stride: int | tuple[int, int] = 1,
    dilation: int = 1,
    ends: bool = False,
) -> nn.Sequential:
    conv = nn.Conv2d(
        taken, given, 3, stride, padding=(1, dilation), dilation=(1, dilation), bias=False
    )
    return nn.Sequential(conv, nn.BatchNorm2d(given), *([] if ends else [nn.ReLU()]))


class Fronts(IterableDataset[dict[str, Tensor]]):
    """Batches of fronts, each of one size, without end."""

    def __init__(self, fonts: Sequence[Path], batch: int, seed: int) -> None:
        super().__init__()
        self._fonts, self._batch, self._seed = fonts, batch, seed

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        cv2.setNumThreads(1)
        torch.set_num_threads(1)
        worker = get_worker_info()
        seed = self._seed + 1000 * (worker.id if worker else 0)
        maker = FrontMaker(self._fonts, register_in_use().skus, seed)
        sizes = np.random.default_rng(seed)
        while True:
            wh_px = FRONTS_WH_PX[int(sizes.integers(len(FRONTS_WH_PX)))]
            wh_px = size_in_look(wh_px, LOOKS[int(sizes.integers(len(LOOKS)))])
            yield batch_of([maker.seen(wh_px) for _ in range(self._batch)])


def batch_of(fronts: Sequence[SeenFront]) -> dict[str, Tensor]:
    """Put fronts of one size together with what each of their rows is to say."""
    h, w = fronts[0].picture_bgr.shape[:2]
    rows, steps = h // ROW_PX, w // STEP_PX
    is_blank = np.ones((len(fronts), rows), bool)
    at: list[tuple[int, int]] = []
    spelled: list[list[int]] = []
    letters: list[tuple[int, int, int, int]] = []
    for n, front in enumerate(fronts):
        for line in (*front.lines, *front.unsure):
            near = _distances(line, rows) < NEAR_LINE
            is_blank[n, near] = False
        for line in front.lines:
            row = int(np.argmin(_distances(line, rows)))
            target = spelt(line.text)
            if not target or (n, row) in at or len(target) > 0.8 * steps:
                continue
            at.append((n, row))
            spelled.append(target)
            is_blank[n, row] = False
            (x1, y1), (x2, y2) = line.corners_px[0], line.corners_px[1]
            half = (line.corners_px[3] - line.corners_px[0]) / 2
            for letter, share in zip(target, line.letters_at, strict=False):
                x, y = x1 + share * (x2 - x1) + half[0], y1 + share * (y2 - y1) + half[1]
                if len(target) == len(line.text) and abs(y / ROW_PX - 0.5 - row) < 1:
                    letters.append((n, row, min(max(int(x / STEP_PX), 0), steps - 1), letter))
    pictures = np.stack([front.picture_bgr for front in fronts]).transpose(0, 3, 1, 2)
    return {
        "pictures": torch.from_numpy(np.ascontiguousarray(pictures)),
        "is_blank": torch.from_numpy(is_blank),
        "at": torch.tensor(at).reshape(-1, 2),
        "spelled": torch.tensor([letter for target in spelled for letter in target]),
        "lengths": torch.tensor([len(target) for target in spelled]),
        "letters": torch.tensor(letters).reshape(-1, 4),
    }


def _distances(line: Line, rows: int) -> np.ndarray:
    """Return how far rows are from the middle of a line, in heights of the line, shape (rows,)."""
    middle = float(line.corners_px[:, 1].mean())
    height = max(float(np.linalg.norm(line.corners_px[3] - line.corners_px[0])), ROW_PX)
    return np.abs((np.arange(rows) + 0.5) * ROW_PX - middle) / height


def loss_of(logits: Tensor, batch: dict[str, Tensor], done: float) -> Tensor:
    """Return how far rows are from what they are to say.

    In the beginning, up to 0.3 of the training, it helps to say where each letter is.
    """
    letters_weight = max(0.1, 1 - done / 0.3)
    log_p = logits.float().log_softmax(1)
    blank = -log_p[:, BLANK].permute(0, 1, 2)[batch["is_blank"]].mean()
    at, lengths = batch["at"], batch["lengths"]
    if not len(at):
        return blank
    lines = log_p[at[:, 0], :, at[:, 1]].permute(2, 0, 1)
    steps = torch.full((lines.shape[1],), lines.shape[0], dtype=torch.long)
    ctc = nn.functional.ctc_loss(
        lines, batch["spelled"], steps, lengths, blank=BLANK, reduction="none", zero_infinity=True
    )
    n, row, column, letter = batch["letters"].T
    placed = -log_p[n, letter, row, column].mean() if len(n) else blank
    return (ctc / lengths).mean() + blank + letters_weight * placed


def export(checkpoint: Path, out: Path, *, threshold: float) -> None:
    """Write the averaged weights as ONNX, in half precision, and beside them what they are.

    Args:
        checkpoint: A `last.pt` of `learn`.
        out: The ONNX file to write.
        threshold: Least share of right lines from which a line counts.
    """
    from models.halving import halve  # training alone needs no package of ONNX

    kept = torch.load(checkpoint, map_location="cpu")
    net = NameNet(kept["settings"]["widths"], kept["settings"]["dilations"])
    net.load_state_dict(kept["mean"])
    w, h = FRONTS_WH_PX[0]
    free = {0: "packs", 2: "height", 3: "width"}
    torch.onnx.export(
        net.eval(),
        (torch.zeros(1, 3, h, w),),
        str(out),
        input_names=["fronts"],
        output_names=["letters"],
        dynamic_axes={"fronts": free, "letters": free},
        dynamo=False,
    )
    halve(out)
    write_identity(out, classes=ALPHABET, imgsz=FRONTS_SIDE_PX, threshold=threshold)


def main() -> None:
    """Read the command line and train."""
    settings, fonts, work, out = told(__doc__)
    checkpoint = learn(
        NameNet(settings["widths"], settings["dilations"]),
        lambda seed: Fronts(fonts, settings["batch"], seed),
        loss_of,
        settings,
        work,
    )
    export(checkpoint, out, threshold=settings["threshold"])
    print(f"{out} and {out.with_suffix('.json')}: calibrate them with the line reader's")


if __name__ == "__main__":
    main()
