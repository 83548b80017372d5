"""The floor: operations of the models over what the cores can do, both measured here.

No program that runs these models in these cores' floating point can be faster. Operations are those
of convolutions and matrix products, counted in the model files for the sizes they are run at.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from inspector.errors import EvaluationError


def operations(model_path: Path, input_shape: tuple[int, ...]) -> float:
    """Return the floating point operations of one run of a model.

    Args:
        model_path: ONNX file.
        input_shape: Shape of its only input.

    Raises:
        EvaluationError: The package `onnx` is not installed.
    """
    # Here, so that everything else is measured without it: it comes with training only.
    try:
        import onnx
        from onnx import shape_inference
    except ImportError as error:
        raise EvaluationError(
            f"Model files cannot be read ({error}). Expected the extra: pip install "
            "'shelf-inspector[train]'."
        ) from error
    model = onnx.load(model_path)
    dims = model.graph.input[0].type.tensor_type.shape.dim
    for dim, size in zip(dims, input_shape, strict=True):
        dim.Clear()
        dim.dim_value = size
    graph = shape_inference.infer_shapes(model, data_prop=True).graph
    shapes = {
        value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in [*graph.value_info, *graph.input, *graph.output]
    }
    shapes |= {weights.name: list(weights.dims) for weights in graph.initializer}
    total = 0.0
    for node in graph.node:
        out = float(np.prod(shapes.get(node.output[0], [0]), dtype=float))
        if node.op_type == "Conv":
            total += 2 * out * float(np.prod(shapes[node.input[1]][1:], dtype=float))
        elif node.op_type in ("MatMul", "Gemm"):
            inner = shapes.get(node.input[0], [0])
            total += 2 * out * float(inner[-1] if inner else 0)
    return total


def operations_per_second(side: int = 2048, repeat: int = 5) -> float:
    """Return what the cores do in a matrix product of single precision, the best of several."""
    a = np.random.default_rng(1).random((side, side), dtype=np.float32)
    best = np.inf
    for _ in range(repeat):
        start = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - start)
    return 2 * side**3 / best
