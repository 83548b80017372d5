"""Stores the weights of an ONNX file in half their size: `python -m models.halving FILE.onnx`.

A network that goes on learning takes them from there.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn

FEWEST = 64
"""Weights of fewer numbers stay as they are: they save nothing."""


def halve(file: Path) -> None:
    """Store the weights of an ONNX file with 16 bits; it still computes with 32."""
    model = onnx.load(file)
    casts = []
    for weights in model.graph.initializer:
        values = numpy_helper.to_array(weights)
        if values.dtype != np.float32 or values.size < FEWEST:
            continue
        name = weights.name
        weights.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    for node in reversed(casts):
        model.graph.node.insert(0, node)
    onnx.save(model, file)


def take_weights(net: nn.Module, start: Path) -> None:
    """Give a network the weights of an ONNX file that was exported from such a one.

    Raises:
        KeyError: The file is of another network.
    """
    stored = {w.name.removesuffix(".half"): w for w in onnx.load(start).graph.initializer}
    learned = {
        name: torch.from_numpy(numpy_helper.to_array(stored[name]).astype(np.float32))
        for name, _ in net.named_parameters()
    }
    net.load_state_dict(net.state_dict() | learned)


def main() -> None:
    """Read the command line and halve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    halve(parser.parse_args().file)


if __name__ == "__main__":
    main()
