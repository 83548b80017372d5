"""From typefaces and the register to weights of the word verifier.

`python -m models.train_verifier models/word-verifier.yaml --fonts DIR [DIR ...] --work DIR`

Lines of made-up fronts are read once by the shipped line reader, and kept. The verifier learns to
say of words whether they stand on them: of the words of the vocabulary that are likeliest letter by
letter, of words that do stand there, of such with slips, and of any. A run that was stopped goes on
where it was; `--start` goes on from weights that were exported.
`python -m models.calibrate_lines` then says how sure is sure.
"""

from __future__ import annotations

import math
import pickle
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import (
    binary_cross_entropy_with_logits,
    gelu,
    scaled_dot_product_attention,
)
from torch.utils.data import IterableDataset

from datasets.fronts import FrontMaker
from inspector.catalogue.register import words_on_packs
from inspector.inspection import register_in_use
from inspector.vision.line_reader import LENGTHS_PX, LineReader
from inspector.vision.name_reader import FEWEST_LETTERS_OF_NAME, MOST_NAMES, phrases_of
from inspector.vision.pack_views import FRONTS_WH_PX
from inspector.vision.print_rows import ALPHABET, read_row
from inspector.vision.spotting import Candidate, Vocabulary
from inspector.vision.weights import CHECKOUT_FOLDER, load_weights
from inspector.vision.word_verifier import MOST_COST, MOST_LETTERS, MOST_STEPS
from models.halving import halve, take_weights
from models.identity import write_identity
from models.learning import command_line, learn, told
from models.train_lines import LONG_LETTERS, LONG_SHARE, Cut, cut_ground, cut_line

SEEN_SIDE_PX = (22.0, 90.0)
"""Root of the area of a front in the photo: larger ones are read letter by letter."""

GROUND_SHARE = 0.1
"""How often a place without print is looked at, as often as there is one to be found."""

UNCOUNTED_SHARE = 0.3
"""In so many batches it is not said what words cost letter by letter: the line decides."""

NOT_COUNTED = -1.0
"""Cost of a word that was not looked for letter by letter."""

AT_ONCE = 2000
"""So many lines are read together."""

OTHER_WORDS = 4
"""Words asked for beside the likeliest: one that stands on the line, two with slips, any other."""

_LETTERS = "abcdefghijklmnopqrstuvwxyzæøå"


@dataclass(frozen=True, slots=True)
class Example:
    """A line that was read.

    Attributes:
        seen: What the line reader saw, shape (steps, features), float16.
        text: What it says.
        confidence: How sure its letters are, 0 to 1.
        words: Words that it most likely says.
    """

    seen: NDArray[np.float16]
    text: str
    confidence: float
    words: tuple[Candidate, ...]


class VerifierNet(nn.Module):
    """Says of words whether they stand on a line.

    In: (n, steps, features) as the line reader sees, zero behind a line's end; (n, words,
    MOST_LETTERS), letters by class, zero behind a word's end; (n, words), what they cost letter by
    letter; (n,), how sure the line's letters are. Out: (n, words), log-odds.

    The letters of a word look at each other and at the line. Each of them says what speaks for the
    word, and the word as a whole what else does.
    """

    def __init__(self, *, features: int = 120, width: int = 96, layers: int = 2) -> None:
        super().__init__()
        self.into = nn.Linear(features, width)
        self.normed = nn.LayerNorm(width)
        self.letters = nn.Embedding(len(ALPHABET), width, padding_idx=0)
        self.from_start = nn.Embedding(MOST_LETTERS, width)
        self.from_end = nn.Embedding(MOST_LETTERS, width)
        step = torch.arange(MOST_STEPS)[:, None]
        waves = step * torch.exp(-math.log(200.0) * torch.arange(0, width, 2) / width)
        self.register_buffer("steps", torch.cat([waves.sin(), waves.cos()], 1), persistent=False)
        self.layers = nn.ModuleList(_Layer(width) for _ in range(layers))
        self.last = nn.LayerNorm(width)
        self.of_letter = nn.Linear(width, 1)
        self.of_word = nn.Sequential(nn.Linear(width + 4, 64), nn.GELU(), nn.Linear(64, 1))

    def forward(self, seen: Tensor, words: Tensor, costs: Tensor, confidences: Tensor) -> Tensor:
        """Return the log-odds."""
        lines, count, length = words.shape
        is_line = (seen != 0).any(dim=2)
        line = self.normed(self.into(seen) + self.steps[: seen.shape[1]])
        spelt = words.reshape(lines * count, length)
        is_letter = spelt > 0
        letters = is_letter.sum(dim=1, keepdim=True).clamp_min(1)
        at = torch.arange(length, device=words.device)[None]
        to_end = (letters - 1 - at).clamp_min(0)
        word = self.letters(spelt) + self.from_start(at) + self.from_end(to_end)
        for layer in self.layers:
            word = layer(word, line, is_letter, is_line)
        word = self.last(word) * is_letter[..., None]
        each = (self.of_letter(word) * is_letter[..., None]).sum(dim=(1, 2))
        many = letters.reshape(lines, count)
        beside = [costs / many, costs / 10, many / 10, confidences[:, None].expand(lines, count)]
        whole = torch.cat([word.sum(dim=1) / letters, torch.stack(beside, 2).flatten(0, 1)], 1)
        return (each + self.of_word(whole).squeeze(1)).reshape(lines, count)


class _Layer(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.word, self.line = _Attention(width), _Attention(width)
        self.wider, self.narrower = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, word: Tensor, line: Tensor, is_letter: Tensor, is_line: Tensor) -> Tensor:
        normed = self.norms[0](word)
        word = word + self.word(normed, normed, is_letter)
        # The letters of all words of a line look at it together.
        asked = self.norms[1](word).reshape(len(line), -1, word.shape[2])
        word = word + self.line(asked, line, is_line).reshape(word.shape)
        return word + self.narrower(gelu(self.wider(self.norms[2](word))))


class _Attention(nn.Module):
    """PyTorch's own, exported, takes one number of words and steps only."""

    def __init__(self, width: int, heads: int = 4) -> None:
        super().__init__()
        self.asks, self.tells = nn.Linear(width, width), nn.Linear(width, 2 * width)
        self.out, self._heads = nn.Linear(width, width), heads

    def forward(self, who: Tensor, at: Tensor, is_there: Tensor) -> Tensor:
        asked, keys, told = (
            part.unflatten(2, (self._heads, -1)).transpose(1, 2)
            for part in (self.asks(who), *self.tells(at).chunk(2, dim=2))
        )
        seen = scaled_dot_product_attention(asked, keys, told, is_there[:, None, None])
        return self.out(seen.transpose(1, 2).flatten(2))


def read_lines(fonts: Sequence[Path], work: Path, *, lines: int, seed: int, workers: int) -> None:
    """Make lines and read them, into files of `AT_ONCE` below `work`; those that are there stay."""
    work.mkdir(parents=True, exist_ok=True)
    wanted = [work / f"lines-{k}.pickle" for k in range(-(-lines // AT_ONCE))]
    missing = [path for path in wanted if not path.exists()]
    with ProcessPoolExecutor(max(workers, 1)) as pool:
        for path in pool.map(partial(_read_into, fonts=fonts, seed=seed), missing):
            print(path, flush=True)


def _read_into(path: Path, *, fonts: Sequence[Path], seed: int) -> Path:
    own_seed = seed + 1000 * int(path.stem.split("-")[1])
    examples = list(islice(examples_from(fonts, own_seed), AT_ONCE))
    path.with_suffix(".new").write_bytes(pickle.dumps(examples))
    return path.with_suffix(".new").replace(path)


def examples_from(fonts: Sequence[Path], seed: int) -> Iterator[Example]:
    """Yield lines of made-up fronts, read by the shipped line reader, without end."""
    reader = LineReader(load_weights("line-reader", CHECKOUT_FOLDER), threads=1)
    vocabulary = Vocabulary(phrases_of(words_on_packs()), ALPHABET)
    rng, maker = np.random.default_rng(seed), FrontMaker(fonts, register_in_use().skus, seed)
    endless = _cuts(maker, rng)
    while True:
        cuts = list(islice(endless, 100))
        lines = reader.read([cut.picture_bgr for cut in cuts])
        words = vocabulary.candidates([line.chances for line in lines], MOST_NAMES)
        for line, cut, of_line in zip(lines, cuts, words, strict=True):
            row = read_row(line.chances)
            confidence = 0.0 if row is None else row.confidence
            yield Example(line.seen.astype(np.float16), cut.words, confidence, of_line)


def _cuts(maker: FrontMaker, rng: np.random.Generator) -> Iterator[Cut]:
    while True:
        front = maker.seen(FRONTS_WH_PX[int(rng.integers(len(FRONTS_WH_PX)))], SEEN_SIDE_PX)
        cuts = list(cut_ground(front, rng)) if rng.random() < GROUND_SHARE else []
        for line in front.lines:
            if len(line.text) <= LONG_LETTERS or rng.random() <= LONG_SHARE:
                cut = cut_line(front, line, rng)
                cuts += [] if cut is None else [cut]
        yield from (cut for cut in cuts if cut.picture_bgr.shape[1] <= LENGTHS_PX[-1])


class Questions(IterableDataset[dict[str, Tensor]]):
    """Batches of lines of about one length, each with words to look for, without end."""

    def __init__(self, examples: Sequence[Example], batch: int, seed: int) -> None:
        super().__init__()
        self._examples = sorted(examples, key=lambda one: len(one.seen))
        self._batch, self._chance = batch, random.Random(seed)
        self._all_words = sorted({word.text for one in examples for word in one.words})

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        while True:
            start = self._chance.randrange(max(len(self._examples) - self._batch, 0) + 1)
            lines = self._examples[start : start + self._batch]
            asked = [self._words(one) for one in lines]
            yield batch_of(lines, asked, is_counted=self._chance.random() >= UNCOUNTED_SHARE)

    def _words(self, one: Example) -> list[Candidate]:
        """Return what is asked of a line: always as many words."""
        phrases = _phrases(one.text)
        others = [self._chance.choice(self._all_words)]
        if phrases:
            true = self._chance.choice(phrases)
            others += [true, *(with_slips(true, self._chance) for _ in range(2))]
        others += self._chance.choices(self._all_words, k=OTHER_WORDS - len(others))
        return [*one.words[:MOST_NAMES], *(Candidate(word, NOT_COUNTED) for word in others)]


def _phrases(text: str) -> list[str]:
    """Return the words of a line, and those that follow each other."""
    return [
        phrase
        for phrase in phrases_of([text])
        if FEWEST_LETTERS_OF_NAME <= len(phrase) <= MOST_LETTERS
    ]


def with_slips(word: str, chance: random.Random) -> str:
    """Return a word with one to three letters changed, added or left out."""
    letters = list(word)
    for _ in range(chance.choice((1, 1, 2, 2, 3))):
        at, kind = chance.randrange(len(letters)), chance.random()
        if kind < 0.6:
            letters[at] = chance.choice(_LETTERS)
        elif kind < 0.8 and len(letters) > FEWEST_LETTERS_OF_NAME:
            del letters[at]
        else:
            letters.insert(at, chance.choice(_LETTERS))
    return "".join(letters)[:MOST_LETTERS].strip()


def batch_of(
    lines: Sequence[Example], asked: Sequence[Sequence[Candidate]], *, is_counted: bool = True
) -> dict[str, Tensor]:
    """Put lines and the words that are asked of each together."""
    steps, words = max(len(one.seen) for one in lines), max(map(len, asked))
    seen = np.zeros((len(lines), steps, lines[0].seen.shape[1]), np.float32)
    spelt = np.zeros((len(lines), words, MOST_LETTERS), np.int64)
    costs = np.full((len(lines), words), NOT_COUNTED, np.float32)
    is_there = np.zeros((len(lines), words), np.float32)
    for k, (one, of_line) in enumerate(zip(lines, asked, strict=True)):
        seen[k, : len(one.seen)] = one.seen
        for n, word in enumerate(of_line):
            letters = [ALPHABET.index(letter) for letter in word.text[:MOST_LETTERS]]
            spelt[k, n, : len(letters)] = letters
            costs[k, n] = min(word.cost, MOST_COST) if is_counted else NOT_COUNTED
            is_there[k, n] = f" {word.text} " in f" {one.text} "
    return {
        "seen": torch.from_numpy(seen),
        "words": torch.from_numpy(spelt),
        "costs": torch.from_numpy(costs),
        "confidences": torch.tensor([one.confidence for one in lines]),
        "is_there": torch.from_numpy(is_there),
    }


def asked_of(net: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Return what the network says of the words of a batch."""
    answer: Tensor = net(batch["seen"], batch["words"], batch["costs"], batch["confidences"])
    return answer


def loss_of(log_odds: Tensor, batch: dict[str, Tensor], _done: float) -> Tensor:
    """Return how far words are from what they are, one by one and beside each other."""
    log_odds, is_there = log_odds.float(), batch["is_there"]
    each = binary_cross_entropy_with_logits(log_odds, is_there)
    none_is = (is_there.sum(dim=1, keepdim=True) == 0).float()
    with_none = torch.cat([torch.zeros_like(none_is), log_odds], 1).log_softmax(dim=1)
    right = torch.cat([none_is, is_there], 1)
    beside = -((with_none * right).sum(dim=1) / right.sum(dim=1)).mean()
    return each + 0.2 * beside


def export(checkpoint: Path, out: Path, *, threshold: float) -> None:
    """Write the averaged weights as ONNX, in half precision, and beside them what they are.

    Args:
        checkpoint: A `last.pt` of `learn`.
        out: The ONNX file to write.
        threshold: Least share of right names from which one is told.
    """
    net = VerifierNet()
    net.load_state_dict(torch.load(checkpoint, map_location="cpu")["mean"])
    shown = (
        torch.rand(1, 30, 120),
        torch.randint(1, len(ALPHABET), (1, MOST_NAMES, MOST_LETTERS)),
        torch.rand(1, MOST_NAMES),
        torch.rand(1),
    )
    torch.onnx.export(
        net.eval(),
        shown,
        str(out),
        input_names=["seen", "words", "costs", "confidences"],
        output_names=["log_odds"],
        dynamic_axes={"seen": {1: "steps"}, "words": {1: "words"}, "costs": {1: "words"},
                      "log_odds": {1: "words"}},
        do_constant_folding=False,  # weights keep their names
        dynamo=False,
    )  # fmt: skip
    halve(out)
    write_identity(out, classes=ALPHABET, imgsz=MOST_STEPS, threshold=threshold)


def main() -> None:
    """Read the command line and train."""
    args = command_line(__doc__).parse_args()
    settings, fonts, work, out = told(args)
    read_lines(
        fonts, work, lines=settings["lines"], seed=settings["seed"], workers=settings["workers"]
    )
    examples = [
        example
        for path in sorted(work.glob("lines-*.pickle"))
        for example in pickle.loads(path.read_bytes())
    ]
    net = VerifierNet()
    if args.start is not None:
        take_weights(net, args.start)
    checkpoint = learn(
        net,
        lambda seed: Questions(examples, settings["batch"], seed),
        loss_of,
        {**settings, "workers": 0},
        work,
        ask=asked_of,
    )
    export(checkpoint, out, threshold=settings["threshold"])
    print(
        f"{out} and {out.with_suffix('.json')}: calibrate them: `python -m models.calibrate_lines`"
    )


if __name__ == "__main__":
    main()
