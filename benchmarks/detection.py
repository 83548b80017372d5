"""Detection beside PyTorch and other engines: `python -m benchmarks.detection [--photo FILE]`.

The same weights take the same looks at a 12-megapixel photo, glance and close looks, as shipped
and by `yolo predict` with PyTorch, which gets them out of the shipped file. Then the network runs
alone, in OpenVINO and with whole numbers of 8 bits, too. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from onnxruntime import InferenceSession
from onnxruntime.quantization import CalibrationDataReader, quantize_static
from openvino import Core
from ultralytics import YOLO
from ultralytics.nn.tasks import DetectionModel, yaml_model_load

from benchmarks.machine import median_s, rendered
from inspector.capture.photo import read_photo
from inspector.evaluation.machine import commit, hardware
from inspector.vision.detector import (
    CPU,
    FAINTEST,
    GLANCE_SIDE_PX,
    MAX_DETECTIONS,
    STEPS,
    STRIDE_PX,
    ShelfDetector,
)
from inspector.vision.networks import session_options
from inspector.vision.weights import Weights, shipped_weights
from models.export import SUPPRESSION_IOU

LIMIT_S, LIMIT_SHARE = 1.0, 0.6
PRECISIONS = ("f32", "bf16")

Input = NDArray[np.float32]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photo", type=Path, default=None)
    parser.add_argument("--repeat", type=int, default=5)
    args = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}  commit {commit()}  {hardware()}")
    with tempfile.TemporaryDirectory() as folder:
        photo = args.photo or rendered(Path(folder))
        image_bgr = read_photo(photo).image_bgr
        detector = ShelfDetector(*shipped_weights())
        sides_px = looks_of(detector, image_bgr)
        whole_s = median_s(lambda: detector.detect(image_bgr), args.repeat)
        print(f"all looks, fused, with the surroundings: {whole_s:.2f} s (limit {LIMIT_S:.0f} s)")
        ways = predictors(detector, image_bgr, sides_px)
        ours, torch_s = (median_s(way, args.repeat) for way in ways)
        print(f"looks of {', '.join(map(str, sides_px))} px: shipped {ours:.2f} s")
        share = ours / torch_s
        print(f"  yolo predict, PyTorch {torch_s:.2f} s: ours is {share:.2f} (limit {LIMIT_SHARE})")
        inputs = [_input(image_bgr, side_px) for side_px in sides_px]
        times = {
            name: median_s(lambda engine=engine: [engine(one) for one in inputs], args.repeat)
            for name, engine in engines(detector.weights[0], inputs, Path(folder)).items()
        }
    print("the network alone")
    for name, seconds in times.items():
        print(f"  {name:24} {seconds:.2f} s")


def looks_of(detector: ShelfDetector, image_bgr: NDArray[np.uint8]) -> list[int]:
    """Return the long sides in pixels of the looks that the detector takes at a photo."""
    glance = detector._shelf.look(image_bgr, GLANCE_SIDE_PX)
    best_px = detector._best_side_px(glance, max(image_bgr.shape))
    sides_px = (GLANCE_SIDE_PX, *(best_px * step for step in STEPS))
    return [round(side_px / STRIDE_PX) * STRIDE_PX for side_px in sides_px]


def predictors(
    detector: ShelfDetector, image_bgr: NDArray[np.uint8], sides_px: list[int]
) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return all looks with the shipped engine, and with PyTorch."""
    model = torch_model(detector.weights[0])
    settings = {"conf": FAINTEST, "iou": SUPPRESSION_IOU, "max_det": MAX_DETECTIONS, "device": CPU}

    def shipped() -> None:
        for side_px in sides_px:
            detector._shelf.look(image_bgr, side_px)

    def plain() -> None:
        for side_px in sides_px:
            model.predict(image_bgr, imgsz=side_px, verbose=False, **settings)

    return shipped, plain


def torch_model(weights: Weights) -> YOLO:
    """Return the shipped network as one of PyTorch."""
    settings = yaml_model_load("yolov5n.yaml") | {"scale": "n", "reg_max": 1, "end2end": False}
    network = DetectionModel(settings, nc=len(weights.classes), verbose=False)
    network.names = dict(enumerate(weights.classes))
    network.eval().fuse(verbose=False)
    prefix = "model."
    network.load_state_dict(
        {
            part.name.removeprefix(prefix): torch.from_numpy(numpy_helper.to_array(part).copy())
            for part in onnx.load(weights.path).graph.initializer
            if part.name.startswith(f"{prefix}model.")
        }
    )
    model = YOLO("yolov5n.yaml")
    model.model = network
    model.overrides = {"task": "detect", "model": weights.path.stem}
    return model


def engines(
    weights: Weights, inputs: list[Input], folder: Path
) -> dict[str, Callable[[Input], object]]:
    """Return ways to run the network, by name."""
    core = Core()
    network = core.read_model(weights.path)
    found = {"ONNX Runtime, shipped": _session(weights.path), "PyTorch": _torch(weights)}
    for precision in PRECISIONS:
        hint = {"INFERENCE_PRECISION_HINT": precision}
        request = core.compile_model(network, "CPU", hint).create_infer_request()
        found[f"OpenVINO, {precision}"] = lambda one, request=request: request.infer([one])
    small = folder / "int8.onnx"
    quantize_static(weights.path, small, _Shown(inputs), op_types_to_quantize=["Conv"])
    return found | {"ONNX Runtime, int8": _session(small)}


def _session(path: Path) -> Callable[[Input], object]:
    session = InferenceSession(str(path), session_options(None), providers=["CPUExecutionProvider"])
    return lambda one: session.run(None, {session.get_inputs()[0].name: one})


def _torch(weights: Weights) -> Callable[[Input], object]:
    network = torch_model(weights).model

    def run(one: Input) -> object:
        with torch.inference_mode():
            return network(torch.from_numpy(one))

    return run


class _Shown(CalibrationDataReader):  # type: ignore[misc]  # untyped
    """Shows pictures to what chooses the ranges of whole numbers."""

    def __init__(self, inputs: list[Input]) -> None:
        self._left: Iterator[Input] = iter(inputs)

    def get_next(self) -> dict[str, Input] | None:
        """Return the next picture, or None after the last."""
        one = next(self._left, None)
        return None if one is None else {"images": one}


def _input(image_bgr: NDArray[np.uint8], side_px: int) -> Input:
    """Return a photo as the network is shown it, its long side so many pixels."""
    scale = side_px / max(image_bgr.shape)
    h, w = (round(side * scale / STRIDE_PX) * STRIDE_PX for side in image_bgr.shape[:2])
    small = cv2.resize(image_bgr, (w, h), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small[None, :, :, ::-1].transpose(0, 3, 1, 2), np.float32) / 255


if __name__ == "__main__":
    main()
