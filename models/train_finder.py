"""From typefaces and the register to weights of the line finder.

`python -m models.train_finder models/line-finder.yaml --fonts DIR [DIR ...] --work DIR`

It learns to see by reading, row by row, and where lines lie from what it sees. Fronts of packs are
made while it learns, none is seen twice. A run that was stopped goes on from its last checkpoint. A
GPU is used when there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import IterableDataset

from datasets.fronts import FrontMaker, Line, SeenFront
from inspector.inspection import register_in_use
from inspector.vision.pack_views import FROM_AFAR_SIDE_PX, FRONTS_WH_PX, size_from_afar
from inspector.vision.print_bands import PLACES_PER_ROW, ROW_PX, STEP_PX, TOLD
from inspector.vision.print_rows import ALPHABET, BLANK, spelt
from models.identity import write_identity
from models.learning import command_line, learn, seed_of_worker, told

NEAR_LINE = 0.55
"""Rows less than this share of a line's height from its middle may read it, or not."""

PLACED, PLACED_AT_LEAST, LOWEST = 0.4, 1.5, 0.5
"""Places up to this share of a line's height from its middle tell where it is, or up to so many
places; no ink is lower than so many."""


class FinderNet(nn.Module):
    """Looks at a front; says every 8 px of height and 2 px of length which letter is there.

    In: (n, 3, h, w), BGR from -1 to 1. Out: (n, letters + 6, h / 8, w / 2), logits of the letters
    and what is `TOLD` of the two places of each row. What sees places learns from what sees
    letters, and not the other way round: where lines lie changes nothing of how they are read.
    """

    def __init__(self, widths: Sequence[int], dilations: Sequence[int]) -> None:
        super().__init__()
        a, b, c = widths
        self.seeing = nn.Sequential(
            _step(3, a, stride=2),
            _Block(a),
            _step(a, b, stride=(2, 1)),
            _Block(b),
            _step(b, c, stride=(2, 1)),
            *(_Block(c, dilation) for dilation in dilations),
        )
        self.reading = nn.Conv2d(c, len(ALPHABET), 1)
        self.placing = nn.Sequential(
            nn.Conv2d(c, c // 2, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(c // 2, c // 2, 3, padding=(1, 4), dilation=(1, 4)),
            nn.ReLU(),
            nn.Conv2d(c // 2, len(TOLD) * PLACES_PER_ROW, 1),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the logits and places."""
        seen = self.seeing(pictures)
        return torch.cat([self.reading(seen), self.placing(seen.detach())], dim=1)

    def finding(self) -> nn.Module:
        """Return what is used of it, which says of places alone."""
        return nn.Sequential(self.seeing, self.placing)


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
        seed = seed_of_worker(self._seed)
        maker = FrontMaker(self._fonts, register_in_use().skus, seed)
        sizes = np.random.default_rng(seed)
        while True:
            wh_px = size_from_afar(FRONTS_WH_PX[int(sizes.integers(len(FRONTS_WH_PX)))])
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
        "places": torch.from_numpy(np.stack([places_of(front) for front in fronts])),
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


def places_of(front: SeenFront) -> np.ndarray:
    """Return what is to be `TOLD` of each place of a front, shape (len(TOLD), places, steps).

    The first is 1 on a line, 0 where there is none, and -1 where nobody can say.
    """
    h, w = front.picture_bgr.shape[:2]
    place_px = ROW_PX / PLACES_PER_ROW
    down, along = np.arange(h / place_px) + 0.5, (np.arange(w / STEP_PX) + 0.5) * STEP_PX
    places = np.zeros((len(TOLD), len(down), len(along)), np.float32)
    nearest = np.full(places.shape[1:], np.inf)
    for lines, is_line in ((front.lines, 1), (front.unsure, -1)):
        for line in lines:
            (x1, y1), (x2, y2) = (line.corners_px[:2] + line.corners_px[:1:-1]) / 2
            height = float(np.linalg.norm(line.corners_px[3] - line.corners_px[0])) / place_px
            to_middle = (np.interp(along, (x1, x2), (y1, y2)) / place_px)[None] - down[:, None]
            away = np.abs(to_middle)
            is_on = (along > x1) & (along < x2) & (away <= max(PLACED * height, PLACED_AT_LEAST))
            is_on &= away < nearest
            nearest[is_on] = away[is_on]
            told = np.stack([np.full_like(away, is_line), to_middle, np.full_like(away, height)])
            told[2] = np.log(np.maximum(told[2], LOWEST))
            places[:, is_on] = told[:, is_on]
    return places


def loss_of(answer: Tensor, batch: dict[str, Tensor], done: float) -> Tensor:
    """Return how far rows are from what they are to say, and lines from where they are.

    In the beginning, up to 0.3 of the training, it helps to say where each letter is.
    """
    letters_weight = max(0.1, 1 - done / 0.3)
    log_p = answer[:, : len(ALPHABET)].float().log_softmax(1)
    misplaced = loss_of_places(answer[:, len(ALPHABET) :].float(), batch["places"])
    blank = -log_p[:, BLANK].permute(0, 1, 2)[batch["is_blank"]].mean()
    at, lengths = batch["at"], batch["lengths"]
    if not len(at):
        return blank + misplaced
    lines = log_p[at[:, 0], :, at[:, 1]].permute(2, 0, 1)
    steps = torch.full((lines.shape[1],), lines.shape[0], dtype=torch.long)
    ctc = nn.functional.ctc_loss(
        lines, batch["spelled"], steps, lengths, blank=BLANK, reduction="none", zero_infinity=True
    )
    n, row, column, letter = batch["letters"].T
    placed = -log_p[n, letter, row, column].mean() if len(n) else blank
    return (ctc / lengths).mean() + blank + letters_weight * placed + misplaced


def loss_of_places(answer: Tensor, places: Tensor) -> Tensor:
    """Return how far what is told of places is from what is to be told, see `places_of`.

    Args:
        answer: Shape (n, len(TOLD) * PLACES_PER_ROW, rows, steps).
        places: Shape (n, len(TOLD), places, steps).
    """
    n, _, rows, steps = answer.shape
    answer = answer.reshape(n, len(TOLD), PLACES_PER_ROW, rows, steps).transpose(2, 3)
    answer = answer.reshape(places.shape)
    is_line = places[:, 0]
    told, right = (of.movedim(1, -1)[is_line == 1] for of in (answer, places))
    is_known = is_line >= 0
    return (
        nn.functional.binary_cross_entropy_with_logits(answer[:, 0][is_known], is_line[is_known])
        + _distance(told[:, 1], right[:, 1], beta=0.2)
        + _distance(told[:, 2], right[:, 2], beta=0.1)
    )


def _distance(told: Tensor, right: Tensor, *, beta: float) -> Tensor:
    apart = nn.functional.smooth_l1_loss(told, right, beta=beta, reduction="sum")
    return apart / max(len(told), 1)


def export(checkpoint: Path, out: Path, *, threshold: float) -> None:
    """Write the averaged weights as ONNX, in half precision, and beside them what they are.

    Args:
        checkpoint: A `last.pt` of `learn`.
        out: The ONNX file to write.
        threshold: Chance from which a place may be on a line.
    """
    from models.halving import halve  # training alone needs no package of ONNX

    kept = torch.load(checkpoint, map_location="cpu")
    net = FinderNet(kept["settings"]["widths"], kept["settings"]["dilations"])
    net.load_state_dict(kept["mean"])
    w, h = FRONTS_WH_PX[0]
    free = {0: "packs", 2: "height", 3: "width"}
    torch.onnx.export(
        net.finding().eval(),
        (torch.zeros(1, 3, h, w),),
        str(out),
        input_names=["fronts"],
        output_names=["places"],
        dynamic_axes={"fronts": free, "places": free},
        dynamo=False,
    )
    halve(out)
    write_identity(out, classes=TOLD, imgsz=FROM_AFAR_SIDE_PX, threshold=threshold)


def main() -> None:
    """Read the command line and train."""
    settings, fonts, work, out = told(command_line(__doc__).parse_args())
    checkpoint = learn(
        FinderNet(settings["widths"], settings["dilations"]),
        lambda seed: Fronts(fonts, settings["batch"], seed),
        loss_of,
        settings,
        work,
    )
    export(checkpoint, out, threshold=settings["threshold"])
    print(f"{out} and {out.with_suffix('.json')}")


if __name__ == "__main__":
    main()
