"""From typefaces and the register to weights of the line finder.

`python -m models.train_finder models/line-finder.yaml --fonts DIR [DIR ...] --work DIR`

Fronts of packs are made while it learns, none is seen twice. A run that was stopped goes on from
its last checkpoint; `--start` goes on from weights that were exported, as the shipped ones. A GPU
is used when there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torch.utils.data import IterableDataset

from datasets.fronts import FrontMaker, SeenFront
from inspector.inspection import register_in_use
from inspector.vision.pack_views import FROM_AFAR_SIDE_PX, FRONTS_WH_PX, size_from_afar
from inspector.vision.print_bands import PLACES_PER_ROW, ROW_PX, STEP_PX, TOLD
from models.identity import write_identity
from models.learning import command_line, learn, seed_of_worker, told

PLACED, PLACED_AT_LEAST, LOWEST = 0.4, 1.5, 0.5
"""Places up to this share of a line's height from its middle tell where it is, or up to so many
places; no ink is lower than so many."""

LARGE_SHARE, LARGE_SIDES_PX = 0.35, (60.0, 160.0)
"""So many batches are of packs that are looked at closer, and so large are they in the photo."""


class FinderNet(nn.Module):
    """Looks at a front; says what is `TOLD` of each place of it.

    In: (n, 3, h, w), BGR from -1 to 1. Out: (n, 6, h / 8, w / 2), what is told of the two places
    of each row.
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
        self.placing = nn.Sequential(
            nn.Conv2d(c, c // 2, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(c // 2, c // 2, 3, padding=(1, 4), dilation=(1, 4)),
            nn.ReLU(),
            nn.Conv2d(c // 2, len(TOLD) * PLACES_PER_ROW, 1),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Return what is told."""
        return self.placing(self.seeing(pictures))


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
            wh_px = FRONTS_WH_PX[int(sizes.integers(len(FRONTS_WH_PX)))]
            if sizes.random() < LARGE_SHARE:
                fronts = [maker.seen(wh_px, LARGE_SIDES_PX) for _ in range(self._batch)]
            else:
                fronts = [maker.seen(size_from_afar(wh_px)) for _ in range(self._batch)]
            yield batch_of(fronts)


def batch_of(fronts: Sequence[SeenFront]) -> dict[str, Tensor]:
    """Put fronts of one size together with what is to be told of their places."""
    pictures = np.stack([front.view.front(front.view.wh_px) for front in fronts])
    return {
        "pictures": torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))),
        "places": torch.from_numpy(np.stack([places_of(front) for front in fronts])),
    }


def places_of(front: SeenFront) -> np.ndarray:
    """Return what is to be `TOLD` of each place of a front, shape (len(TOLD), places, steps).

    The first is 1 on a line, 0 where there is none, and -1 where nobody can say.
    """
    w, h = front.view.wh_px
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


def loss_of(answer: Tensor, batch: dict[str, Tensor], _done: float) -> Tensor:
    """Return how far what is told of places is from what is to be told, see `places_of`.

    Args:
        answer: Shape (n, len(TOLD) * PLACES_PER_ROW, rows, steps).
        batch: Its `places` have the shape (n, len(TOLD), places, steps).
    """
    places = batch["places"]
    n, _, rows, steps = answer.shape
    answer = answer.float().reshape(n, len(TOLD), PLACES_PER_ROW, rows, steps).transpose(2, 3)
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


def export(net: FinderNet, checkpoint: Path, out: Path, *, threshold: float) -> None:
    """Write the averaged weights as ONNX, in half precision, and beside them what they are.

    Args:
        net: The network that learned; it gets the averaged weights.
        checkpoint: A `last.pt` of `learn`.
        out: The ONNX file to write.
        threshold: Chance from which a place may be on a line.
    """
    from models.halving import halve  # training alone needs no package of ONNX

    net.load_state_dict(torch.load(checkpoint, map_location="cpu")["mean"])
    w, h = FRONTS_WH_PX[0]
    free = {0: "packs", 2: "height", 3: "width"}
    torch.onnx.export(
        net.cpu().eval(),
        (torch.zeros(1, 3, h, w),),
        str(out),
        input_names=["fronts"],
        output_names=["places"],
        dynamic_axes={"fronts": free, "places": free},
        dynamo=False,
    )
    halve(out)
    write_identity(out, classes=TOLD, imgsz=FROM_AFAR_SIDE_PX, threshold=threshold)


@torch.no_grad()
def take_weights(net: FinderNet, start: Path) -> None:
    """Give the network the weights of an ONNX file that `export` wrote.

    It put what norms by batches into the convolution before it; there they stay.

    Raises:
        ValueError: The file has another number of layers.
        RuntimeError: It is of another network.
    """
    import onnx  # training from nothing needs no package of ONNX
    from onnx import numpy_helper

    graph = onnx.load(start).graph
    stored = {
        weights.name.removesuffix(".half"): numpy_helper.to_array(weights)
        for weights in graph.initializer
    }
    for module in list(net.modules()):
        if isinstance(module, nn.Sequential):
            _fuse(module)
    layers = [module for module in net.modules() if isinstance(module, nn.Conv2d)]
    nodes = [node for node in graph.node if node.op_type == "Conv"]
    for layer, node in zip(layers, nodes, strict=True):
        weight, bias = (torch.from_numpy(stored[name].copy()) for name in node.input[1:])
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)


def _fuse(layers: nn.Sequential) -> None:
    for (at, layer), (norm_at, norm) in pairwise(list(layers.named_children())):
        if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            fused = fuse_conv_bn_eval(layer.eval(), norm.eval())
            setattr(layers, at, fused.requires_grad_())
            setattr(layers, norm_at, nn.Identity())


def main() -> None:
    """Read the command line and train."""
    args = command_line(__doc__).parse_args()
    settings, fonts, work, out = told(args)
    net = FinderNet(settings["widths"], settings["dilations"])
    if args.start is not None:
        take_weights(net, args.start)
    checkpoint = learn(
        net,
        lambda seed: Fronts(fonts, settings["batch"], seed),
        loss_of,
        settings,
        work,
    )
    export(net, checkpoint, out, threshold=settings["threshold"])
    print(f"{out} and {out.with_suffix('.json')}")


if __name__ == "__main__":
    main()
