"""From RapidOCR's recogniser, typefaces and the register to weights of the line reader.

`python -m models.train_lines models/line-reader.yaml --fonts DIR [DIR ...] --work DIR`

The recogniser is cut down to the letters of names and shown lines of made-up fronts where the line
finder finds them. None is seen twice. A run that was stopped goes on from its last checkpoint;
`--start` goes on from weights that were exported. With `--teacher` a narrow network learns from
weights of a wide one, as which it starts; the settings say which of the two is trained.
`python -m models.calibrate_lines` then says how sure is sure.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime
import rapidocr
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnx2torch import convert
from torch import Tensor, nn
from torch.fx import GraphModule
from torch.nn.functional import gelu
from torch.utils.data import IterableDataset

from datasets.fronts import FrontMaker, Line, SeenFront
from inspector.inspection import register_in_use
from inspector.vision.line_reader import LENGTHS_PX, length_for, lengthened
from inspector.vision.networks import session_options
from inspector.vision.pack_views import FRONTS_WH_PX, LINE_PX
from inspector.vision.print_bands import SMALL_LETTERS, SMALL_LETTERS_LOWER, Band
from inspector.vision.print_rows import ALPHABET, BLANK, FEWEST_LETTERS, spelt
from models.halving import halve, take_weights
from models.identity import write_identity
from models.learning import command_line, learn, scaled, seed_of_worker, told
from models.narrowing import narrow, take_from_wide

START = Path(rapidocr.__file__).parent / "models" / "PP-OCRv6_rec_small.onnx"
"""PaddleOCR's PP-OCRv6, small (Apache-2.0), as RapidOCR's package carries it."""

POOL = 8
"""Lines of so many batches are sorted by length, so that a batch holds lines of one."""

LONG_LETTERS, LONG_SHARE = 14, 0.3
"""Of lines with more letters only a share is learned: names are shorter."""

GROUND_SHARE = 0.12
"""How often a place without print is learned, as often as there is one to be found."""

PART_SHARE = 0.06
"""How often the line finder points at a part of a line: its beginning or its end is missed."""

SLIP_OF_HEIGHT, SLIP_OF_MIDDLE, SLIP_OF_ENDS = 0.17, 0.12, 0.25
"""How far it is wrong, one standard deviation: of a line's height, as a share of it; of its middle,
in heights of its ink; of its ends, in heights of its small letters."""

BATCHES_LOOKED_AT = 24
"""So many batches tell what of a wide network a narrow one keeps."""

OF_WHAT_IS_SEEN, LEAST_SPREAD = 0.5, 0.05
"""What counts how far a pupil sees otherwise than its teacher, in spreads of what that sees, and
the least such spread."""

HOPELESS_LOSS = 2.0
"""Loss per letter from which a line counts less and less: nobody can read it."""

WORD_SHARE = 0.6
"""A line says words of which so many letters are on it."""


class Cut(NamedTuple):
    """A line cut out of a front.

    Attributes:
        picture_bgr: What is seen, shape (LINE_PX, w, 3), uint8.
        letters: Letters that are on it, by class.
        words: Words that most letters of are on it, in letters of the alphabet.
    """

    picture_bgr: NDArray[np.uint8]
    letters: list[int]
    words: str


class LineNet(nn.Module):
    """Says along a line which letter is there.

    In: (n, 3, LINE_PX, w), BGR from -1 to 1. Out: (n, w / 8, letters), chances, and
    (n, w / 8, features), what they are told by.

    The start tells capitals from small letters; their chances are added up.

    Args:
        is_narrow: Take half the time; most weights are then chance, see `models.narrowing`.
    """

    def __init__(self, *, is_narrow: bool = False) -> None:
        super().__init__()
        graph, places = _start()
        self.body = _with_what_it_sees(_with_gelus(convert(graph).eval()))
        if is_narrow:
            narrow(self.body)
        constants = self.body.initializers
        for name, value in list(constants.named_buffers()):
            if value.is_floating_point() and value.numel() > 1:  # biases, scales, the last layer
                delattr(constants, name)
                constants.register_parameter(name, nn.Parameter(value.clone()))
        merged = torch.zeros(len(places), len(ALPHABET))
        merged[range(len(places)), places] = 1
        self.register_buffer("merged", merged)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Return the chances and what they are told by."""
        told, seen = self.body(pictures)
        return told @ self.merged, seen


def _with_gelus(body: GraphModule) -> GraphModule:
    """Put one layer for the five that ONNX spells it with: learning is a third faster."""
    for erf in [n for n in body.graph.nodes if n.name.startswith("erf")]:
        (halved,) = erf.args
        whole = erf
        for _ in range(3):  # one added, times what went in, times a half
            (whole,) = whole.users
        with body.graph.inserting_before(whole):
            whole.replace_all_uses_with(body.graph.call_function(gelu, (halved.args[0],)))
    body.graph.eliminate_dead_code()
    body.recompile()
    return body


def _with_what_it_sees(body: GraphModule) -> GraphModule:
    """Let the body return what goes into its last layer, too."""
    (output,) = (n for n in body.graph.nodes if n.op == "output")
    (told,) = output.args
    *_, last = (n for n in body.graph.nodes if n.name.startswith("mat_mul"))
    output.args = ((told, last.args[0]),)
    body.recompile()
    return body


def _start() -> tuple[onnx.ModelProto, list[int]]:
    """Return the recogniser with the letters of names alone, and each one's place among them."""
    metadata = onnxruntime.InferenceSession(str(START)).get_modelmeta().custom_metadata_map
    characters = ["", *metadata["character"].split("\n"), " "]
    kept = [0] + [
        k for k, c in enumerate(characters) if len(c) == 1 and ALPHABET.find(c.lower()) > 0
    ]
    model = onnx.load(START)
    for weights in model.graph.initializer:
        if weights.dims and weights.dims[-1] == len(characters):
            values = np.ascontiguousarray(numpy_helper.to_array(weights)[..., kept])
            weights.CopyFrom(numpy_helper.from_array(values, weights.name))
    del model.graph.value_info[:]  # as many letters as before
    model.graph.output[0].type.tensor_type.ClearField("shape")
    model = _simplified(model)
    _pad_in_the_open(model.graph)
    return model, [BLANK, *(ALPHABET.index(characters[k].lower()) for k in kept[1:])]


def _simplified(model: onnx.ModelProto) -> onnx.ModelProto:
    """Let ONNX Runtime put norms and offsets into convolutions and drop what only copies."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with TemporaryDirectory() as folder:
        options.optimized_model_filepath = str(Path(folder, "simplified.onnx"))
        onnxruntime.InferenceSession(model.SerializeToString(), options)
        return onnx.load(options.optimized_model_filepath)


def _pad_in_the_open(graph: onnx.GraphProto) -> None:
    """Put layers of their own before those that pad by themselves, which PyTorch's cannot.

    All of them look at 2 x 2 pixels, step by step, at values that are not negative.
    """
    pads = numpy_helper.from_array(np.array([0, 0, 0, 0, 0, 0, 1, 1]), "pads")
    graph.initializer.append(pads)
    nodes = []
    for node in graph.node:
        padding = [a for a in node.attribute if a.name == "auto_pad" and a.s == b"SAME_UPPER"]
        for attribute in padding:
            node.attribute.remove(attribute)
            padded = f"{node.output[0]}.padded"
            nodes.append(helper.make_node("Pad", [node.input[0], "pads"], [padded], name=padded))
            node.input[0] = padded
        nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)


class Lines(IterableDataset[dict[str, Tensor]]):
    """Batches of lines, each of one length, without end."""

    def __init__(self, fonts: Sequence[Path], batch: int, seed: int) -> None:
        super().__init__()
        self._fonts, self._batch, self._seed = fonts, batch, seed

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        seed = seed_of_worker(self._seed)
        cuts, order = self._cuts(seed), random.Random(seed)
        while True:
            pool = sorted(
                islice(cuts, POOL * self._batch), key=lambda cut: cut.picture_bgr.shape[1]
            )
            starts = list(range(0, len(pool), self._batch))
            order.shuffle(starts)
            for start in starts:
                yield batch_of(pool[start : start + self._batch])

    def _cuts(self, seed: int) -> Iterator[Cut]:
        rng = np.random.default_rng(seed)
        maker = FrontMaker(self._fonts, register_in_use().skus, seed)
        while True:
            front = maker.seen(FRONTS_WH_PX[int(rng.integers(len(FRONTS_WH_PX)))])
            for line in front.lines:
                if len(line.text) > LONG_LETTERS and rng.random() > LONG_SHARE:
                    continue
                cut = cut_line(front, line, rng)
                if cut is not None and cut.picture_bgr.shape[1] <= LENGTHS_PX[-1]:
                    yield cut
            if rng.random() < GROUND_SHARE:
                yield from cut_ground(front, rng)


class TaughtLines(Lines):
    """Lines, each with what a teacher makes of it."""

    def __init__(self, fonts: Sequence[Path], batch: int, seed: int, teacher: Path) -> None:
        super().__init__(fonts, batch, seed)
        self._teacher = teacher

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        teacher = onnxruntime.InferenceSession(str(self._teacher), session_options(1))
        for batch in super().__iter__():
            told = teacher.run(None, {"lines": scaled(batch["pictures"]).numpy()})
            chances, seen = map(torch.from_numpy, told)
            yield {**batch, "teachers_chances": chances, "teachers_seen": seen}


def cut_ground(front: SeenFront, rng: np.random.Generator) -> Iterator[Cut]:
    """Cut a place out on which nothing is printed, if there is one where chance looks."""
    w, h = front.view.wh_px
    middle, height = rng.uniform(0, h), rng.uniform(8, 24)
    left = rng.uniform(0, w / 2)
    ys = np.array([line.corners_px[:, 1] for line in (*front.lines, *front.unsure)]).reshape(-1, 4)
    if not ((ys.min(axis=1) - height < middle) & (middle < ys.max(axis=1) + height)).any():
        band = Band(middle, left, min(float(w), left + height * rng.uniform(3, 9)), height)
        picture, _, _ = front.view.line(band)
        yield Cut(picture, [], "")


def cut_line(front: SeenFront, line: Line, rng: np.random.Generator) -> Cut | None:
    """Cut a line out where the line finder might point: its slips are to be learned, too.

    Args:
        front: A front.
        line: A line on it.
        rng: Tells the slips.

    Returns:
        What was cut out; None for lines of fewer than three letters, or with unknown ones.
    """
    letters = spelt(line.text)
    if len(letters) < FEWEST_LETTERS or len(letters) != len(line.text):
        return None
    (left, right), down = line.corners_px[:2], line.corners_px[3] - line.corners_px[0]
    middles = left + line.letters_at[:, None] * (right - left) + down / 2
    xs, ink = middles[:, 0], float(np.linalg.norm(down))
    in_sight = np.flatnonzero(np.isfinite(xs))
    half_letter = (xs[in_sight[-1]] - xs[in_sight[0]]) / (len(in_sight) - 1) / 2
    start, end = 0, len(in_sight) - 1
    if rng.random() < PART_SHARE:
        start = int(rng.integers(len(in_sight) // 2))
    if rng.random() < PART_SHARE:
        end = int(rng.integers(min(max(start + 2, len(in_sight) // 2), end), end + 1))
    pointed_at = in_sight[start : end + 1]
    height = ink * SMALL_LETTERS * float(np.exp(rng.normal(0, SLIP_OF_HEIGHT)))
    first, last = (
        float(xs[at] + beyond * (half_letter + height * rng.normal(0, SLIP_OF_ENDS)))
        for at, beyond in ((pointed_at[0], -1), (pointed_at[-1], 1))
    )
    if last - first < height:
        return None
    middle = float(middles[pointed_at, 1].mean()) + ink * rng.normal(
        SMALL_LETTERS_LOWER, SLIP_OF_MIDDLE
    )
    picture, from_px, to_px = front.view.line(Band(middle, first, last, height))
    inside = (xs > from_px + half_letter / 2) & (xs < to_px - half_letter / 2)
    spelled = "".join(ALPHABET[letter] for letter in letters)
    seen = "".join(letter for letter, is_in in zip(spelled, inside, strict=True) if is_in)
    return Cut(picture, spelt(seen), _words_on(spelled, inside))


def _words_on(text: str, inside: NDArray[np.bool_]) -> str:
    """Return the words of a line that most letters of are inside of what was cut out."""
    words, at = [], 0
    for word in text.split(" "):
        if inside[at : at + len(word)].mean() >= WORD_SHARE:
            words.append(word)
        at += len(word) + 1
    return " ".join(words)


def batch_of(cuts: Sequence[Cut]) -> dict[str, Tensor]:
    """Put lines together, lengthened to the longest."""
    length = length_for(max(cut.picture_bgr.shape[1] for cut in cuts))
    pictures = np.stack([lengthened(cut.picture_bgr, length) for cut in cuts])
    return {
        "pictures": torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))),
        "spelled": torch.tensor([letter for cut in cuts for letter in cut.letters]),
        "lengths": torch.tensor([len(cut.letters) for cut in cuts]),
    }


def loss_of(answer: tuple[Tensor, Tensor], batch: dict[str, Tensor], _done: float) -> Tensor:
    """Return how far lines are from what they are to say, the hopeless ones hardly counted."""
    chances, _ = answer
    log_p = chances.float().clamp_min(1e-8).log().permute(1, 0, 2)
    steps = torch.full((log_p.shape[1],), log_p.shape[0], dtype=torch.long)
    each = nn.functional.ctc_loss(
        log_p, batch["spelled"], steps, batch["lengths"],
        blank=BLANK, reduction="none", zero_infinity=True,
    ) / batch["lengths"].clamp_min(1)  # fmt: skip
    counts = 1 / (1 + (each.detach() / HOPELESS_LOSS) ** 2)
    return (each * counts).sum() / counts.sum()


def taught_loss_of(answer: tuple[Tensor, Tensor], batch: dict[str, Tensor], done: float) -> Tensor:
    """Return how far lines are from what they are to say, and from what the teacher makes of them.

    What it sees is compared as well, so that a word verifier that knows the teacher's way of seeing
    understands the pupil's.
    """
    chances, seen = (of_pupil.float() for of_pupil in answer)
    teachers, teachers_seen = batch["teachers_chances"], batch["teachers_seen"]
    log_ratio = teachers.clamp_min(1e-6).log() - chances.clamp_min(1e-6).log()
    letters = batch["lengths"].clamp_min(FEWEST_LETTERS)
    otherwise_told = ((teachers * log_ratio).sum(dim=(1, 2)) / letters).mean()
    spread = teachers_seen.flatten(0, 1).std(dim=0).clamp_min(LEAST_SPREAD)
    otherwise_seen = (((seen - teachers_seen) / spread) ** 2).mean()
    return loss_of(answer, batch, done) + otherwise_told + OF_WHAT_IS_SEEN * otherwise_seen


def export(net: LineNet, checkpoint: Path, out: Path, *, threshold: float) -> None:
    """Write the averaged weights as ONNX, in half precision, and beside them what they are.

    Args:
        net: A network of that shape.
        checkpoint: A `last.pt` of `learn`.
        out: The ONNX file to write.
        threshold: Least share of right lines from which a line counts.
    """
    net.eval().load_state_dict(torch.load(checkpoint, map_location="cpu")["mean"])
    torch.onnx.export(
        net,
        (torch.zeros(2, 3, LINE_PX, LENGTHS_PX[0]),),
        str(out),
        input_names=["lines"],
        output_names=["letters", "seen"],
        dynamic_axes={
            "lines": {0: "lines", 3: "length"},
            "letters": {0: "lines", 1: "steps"},
            "seen": {0: "lines", 1: "steps"},
        },
        dynamo=False,
    )
    halve(out)
    write_identity(out, classes=ALPHABET, imgsz=LINE_PX, threshold=threshold)


def main() -> None:
    """Read the command line and train."""
    parser = command_line(__doc__)
    parser.add_argument("--teacher", type=Path, help="exported weights of a wide network")
    args = parser.parse_args()
    settings, fonts, work, out = told(args)
    batch, seed, teacher = settings["batch"], settings["seed"], args.teacher
    if settings["is_narrow"] and args.start is None and teacher is None:
        parser.error(
            f"{args.settings} says is_narrow, and a narrow network cannot start as PP-OCRv6: give "
            "--teacher with weights of a wide one, or --start with its own"
        )
    net = LineNet(is_narrow=settings["is_narrow"])
    if args.start is not None:
        take_weights(net, args.start)
    elif teacher is not None:
        wide = LineNet().eval()
        take_weights(wide, teacher)
        looked_at = islice(Lines(fonts, batch, seed), BATCHES_LOOKED_AT)
        take_from_wide(net.body, wide.body, [scaled(one["pictures"]) for one in looked_at])
    checkpoint = learn(
        net,
        lambda seed: (
            TaughtLines(fonts, batch, seed, teacher)
            if teacher is not None
            else Lines(fonts, batch, seed)
        ),
        loss_of if teacher is None else taught_loss_of,
        settings,
        work,
    )
    export(net, checkpoint, out, threshold=settings["threshold"])
    print(
        f"{out} and {out.with_suffix('.json')}: calibrate them: `python -m models.calibrate_lines`"
    )


if __name__ == "__main__":
    main()
