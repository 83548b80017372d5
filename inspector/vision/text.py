"""Text: RapidOCR finds lines, over the photo and closer up on packs, and reads them.

Print on packs is often five pixels high. RapidOCR finds little of that in a whole photo, but reads
it when shown where it is. So rows of packs are looked at once more, enlarged and sharpened, and
what is found there is read from the photo's own pixels.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from queue import SimpleQueue
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from openvino import Core
from rapidocr import EngineType, RapidOCR

from inspector.domain.scene import TextLine
from inspector.domain.verdict import Box
from inspector.geometry.boxes import areas, shared_areas
from inspector.vision.strips import Strip, strips_from_packs

LOOK_SIDE_PX = 2048
"""Long side at which lines are looked for. Larger finds little more and costs with its square;
what is found is read from the original pixels."""

PART_PIXELS, SEAM_SHARE = 400_000, 0.06
"""A photo is looked at from top to bottom in parts of about so many pixels, each with this share of
the photo's height beyond its borders: looking at all of a large one at once takes a gigabyte."""

MAX_ENLARGEMENT = 2.0
"""Small photos are enlarged at most so much: more shows nothing new."""

MIN_LINE_PX = 7
"""Lines lower than this are not read: letters of 5 px are guesses."""

MIN_CONFIDENCE = 0.6
"""Readings below this are noise more often than text."""

SAME_LINE_SHARE = 0.3
"""A line of the photo that lies on one of a strip by this share was found there, too."""

LENGTH_STEP = 0.5
"""Lines are lengthened to a multiple of this share of their height."""

MAX_READERS = 4
"""Lines are shared out to so many readers at most, each on a core of its own: two cores read 1.9
times as fast so, and 1.5 times when both work on the same lines."""

UPRIGHT_RATIO = 1.5
"""Lines so much higher than wide are printed up or down the side of a pack."""

_SHARPEN = 1.5
_NARROWEST = (3, 48, 32)  # short words need not be padded to RapidOCR's 320 px
_BLANK = np.zeros((48, 64, 3), np.uint8)
_GREY = (127, 127, 127)  # what RapidOCR fills short lines up with
_PIXEL = 0.15  # print on packs is fainter than the signs that RapidOCR expects
_SURE_IN_PHOTO, _SURE_IN_STRIP = 0.5, 0.3

_Quads = NDArray[np.float32]
"""Corners of lines, shape (n, 4, 2), pixels of the photo."""


@dataclass(frozen=True)
class _Cut:
    """A line cut out of a picture, lying; its box and the height of its letters in the photo."""

    picture_bgr: NDArray[np.uint8]
    box_xyxy_px: Box
    height_px: float
    is_upright: bool


class TextReader:
    """Reads text lines anywhere in a photo. Its models come inside RapidOCR's package.

    Args:
        threads: Threads of its models; None takes as many as there are cores. What is read does not
            depend on it.
        is_lean: Keep nothing for the sizes of strips and lines that were seen, and no memory from
            photo to photo: slower by a fourth at most where sizes return, and no more memory with
            every photo of an archive or every part of a view that changed.
    """

    def __init__(self, *, threads: int | None = None, is_lean: bool = False) -> None:
        threads = threads or os.cpu_count() or 1
        self._finder = _rapid_ocr(threads=threads)
        readers = min(threads, MAX_READERS)
        self._readers: SimpleQueue[RapidOCR] = SimpleQueue()
        for _ in range(readers):
            self._readers.put(_rapid_ocr(threads=1))
        self._lean_finder: Any = None
        self._lean_readers: list[Any] = []
        if is_lean:
            self._make_lean(threads)
        self._pool = ThreadPoolExecutor(readers)

    def read(
        self,
        image_bgr: NDArray[np.uint8],
        *,
        packs: Sequence[Box] = (),
        passed_over: Sequence[Box] = (),
        part_of_px: int | None = None,
    ) -> tuple[TextLine, ...]:
        """Read all lines of a photo.

        Args:
            image_bgr: Upright photo, shape (H, W, 3), uint8.
            packs: Boxes of packs to look at closely.
            passed_over: Boxes of packs on which nothing is read, because a twin of theirs is.
            part_of_px: Long side of the photo that this is a part of, if it is one: lines are
                looked for in the size in which they would be there.

        Returns:
            Lines, boxes in pixels of the photo; first those on packs.
        """
        # The largest picture first: what the finder takes for it serves the smaller ones.
        photo_px, photo, photo_scale = self._find_in_photo(
            image_bgr, part_of_px or max(image_bgr.shape)
        )
        on_packs: list[_Cut] = []
        for strip in strips_from_packs(packs, (image_bgr.shape[1], image_bgr.shape[0])):
            quads_px, source, to_source = self._find_in_strip(image_bgr, strip)
            # What lies beside the packs, such as a sign, may be cut off: the whole photo shows it.
            quads_px = quads_px[_lie_on(quads_px, packs) & ~_lie_on(quads_px, passed_over)]
            on_packs += self._cut_out(source, quads_px, to_source, strip.box_xyxy_px[:2])
        lines = self._recognise(on_packs)
        known = [line.box_xyxy_px for line in lines]
        photo_px = photo_px[~_lie_on(photo_px, passed_over) & ~_repeat(photo_px, known)]
        lines += self._recognise(self._cut_out(photo, photo_px, photo_scale))
        return tuple(lines)

    def _make_lean(self, threads: int) -> None:
        """Load the models, which else happens when they are first used, and let them keep less."""
        self._find(_BLANK, _SURE_IN_PHOTO)
        self._lean_finder = _keep_no_sizes(self._finder.text_det.session, threads)
        for _ in range(self._readers.qsize()):
            reader = self._readers.get()
            reader.recognize_txt([_BLANK])
            self._lean_readers.append(_keep_no_sizes(reader.text_rec.session, 1))
            self._readers.put(reader)

    def _find_in_photo(
        self, image_bgr: NDArray[np.uint8], long_side_px: int
    ) -> tuple[_Quads, NDArray[np.uint8], float]:
        """Return the lines of the whole photo, and the picture they are read from at its scale."""
        scale = min(LOOK_SIDE_PX / long_side_px, MAX_ENLARGEMENT)
        looked_at = _resized(image_bgr, scale)
        quads_px = self._find_in_parts(looked_at) / np.float32(scale)
        # Small photos are read from the enlarged picture: the reader enlarges less carefully.
        return (quads_px, image_bgr, 1.0) if scale < 1 else (quads_px, looked_at, scale)

    def _find_in_strip(
        self, image_bgr: NDArray[np.uint8], strip: Strip
    ) -> tuple[_Quads, NDArray[np.uint8], float]:
        x1, y1, x2, y2 = strip.box_xyxy_px
        part = image_bgr[y1:y2, x1:x2]
        looked_at = _resized(part, strip.scale)
        found = self._find(_sharpened(looked_at, strip.scale), _SURE_IN_STRIP)
        quads_px = found / np.float32(strip.scale) + np.array([x1, y1], np.float32)
        return (quads_px, part, 1.0) if strip.scale < 1 else (quads_px, looked_at, strip.scale)

    def _find_in_parts(self, looked_at: NDArray[np.uint8]) -> _Quads:
        """Look at a picture part by part, all of one size, each with a bit of its neighbours.

        A line counts in the part that holds its middle, so lines up to twice as high as that bit
        are seen whole.
        """
        height, width = looked_at.shape[:2]
        parts = -(-height * width // PART_PIXELS)
        borders, more = np.linspace(0, height, parts + 1), round(SEAM_SHARE * height)
        taken = min(height, -(-height // parts) + 2 * more)
        found = []
        for upper, lower in pairwise(borders):
            top = min(max(0, round(upper) - more), height - taken)
            quads = self._find(looked_at[top : top + taken], _SURE_IN_PHOTO)
            quads[..., 1] += top
            middles = quads[..., 1].mean(axis=1)
            found.append(quads[(middles >= upper) & (middles < lower)])
        return np.concatenate(found)

    def _find(self, looked_at: NDArray[np.uint8], sure: float) -> _Quads:
        found = self._finder(
            looked_at, use_det=True, use_cls=False, use_rec=False, box_thresh=sure
        ).boxes
        if self._lean_finder is not None:
            self._lean_finder.release_memory()
        return np.asarray(() if found is None else found, dtype=np.float32).reshape(-1, 4, 2)

    def _cut_out(
        self,
        source: NDArray[np.uint8],
        quads_px: _Quads,
        to_source: float,
        origin_px: tuple[float, float] = (0.0, 0.0),
    ) -> list[_Cut]:
        """Cut lines out of a picture that starts at `origin_px` of the photo and is so enlarged."""
        sides = np.linalg.norm(quads_px - np.roll(quads_px, -1, axis=1), axis=2)
        widths_px, heights_px = (sides[:, 0] + sides[:, 2]) / 2, (sides[:, 1] + sides[:, 3]) / 2
        is_upright = heights_px > UPRIGHT_RATIO * widths_px
        across_px = np.where(is_upright, widths_px, heights_px)
        large = across_px >= MIN_LINE_PX
        inside = (quads_px[large] - np.array(origin_px, np.float32)) * np.float32(to_source)
        return [
            _Cut(picture, _box(quad), float(height), bool(upright))
            for picture, quad, height, upright in zip(
                self._finder.crop_text_regions(source, inside) if len(inside) else (),
                quads_px[large],
                across_px[large],
                is_upright[large],
                strict=True,
            )
        ]

    def _recognise(self, cuts: Sequence[_Cut]) -> list[TextLine]:
        """Read lines, one by one: several at once take more memory and no less time."""
        # Print on a side runs up or down; the reader knows only one way, so it is shown both.
        upright = [k for k, cut in enumerate(cuts) if cut.is_upright]
        turned = [np.ascontiguousarray(cuts[k].picture_bgr[::-1, ::-1]) for k in upright]
        read = list(self._pool.map(self._read, [*(cut.picture_bgr for cut in cuts), *turned]))
        for model in self._lean_readers:
            model.release_memory()
        for k, other_way in zip(upright, read[len(cuts) :], strict=True):
            read[k] = max(other_way, read[k], key=lambda answer: answer[1])
        return [
            TextLine(text.strip(), cut.box_xyxy_px, cut.height_px, score)
            for cut, (text, score) in zip(cuts, read[: len(cuts)], strict=True)
            if score >= MIN_CONFIDENCE and text.strip()
        ]

    def _read(self, lying_bgr: NDArray[np.uint8]) -> tuple[str, float]:
        """Return what a line says, and how sure that is, by the next reader that is free."""
        reader = self._readers.get()
        try:
            read = reader.recognize_txt([_lengthened(lying_bgr)])
        finally:
            self._readers.put(reader)
        return read.txts[0], float(read.scores[0])


def _keep_no_sizes(session: Any, threads: int) -> Any:  # noqa: ANN401  untyped
    """Let a model keep nothing for sizes it has seen; RapidOCR has no setting for that."""
    settings = {
        "CPU_RUNTIME_CACHE_CAPACITY": 0,
        "INFERENCE_NUM_THREADS": threads,
        "ENABLE_CPU_PINNING": False,
    }
    model = Core().compile_model(session.model, "CPU", settings)
    session.session = model.create_infer_request()
    return model


def _rapid_ocr(*, threads: int) -> RapidOCR:
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            # RapidOCR's own resizing is switched off: lines are looked for at our sizes.
            "Global.max_side_len": 2 * LOOK_SIDE_PX,
            "Det.limit_type": "max",
            "Det.limit_side_len": 2 * LOOK_SIDE_PX,
            "Det.thresh": _PIXEL,
            "Det.engine_type": EngineType.OPENVINO,
            "Rec.engine_type": EngineType.OPENVINO,
            "Rec.rec_img_shape": list(_NARROWEST),
            "EngineConfig.openvino.inference_num_threads": threads,
            # Each reader would be pinned to the first core.
            "EngineConfig.openvino.enable_cpu_pinning": False,
        }
    )


def _lengthened(lying_bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lengthen a line with grey to one of few shapes: the reader keeps memory for each."""
    height_px, length_px = lying_bgr.shape[:2]
    step_px = LENGTH_STEP * height_px
    more_px = round(-(-length_px // step_px) * step_px) - length_px
    longer = cv2.copyMakeBorder(lying_bgr, 0, 0, 0, more_px, cv2.BORDER_CONSTANT, value=_GREY)
    return np.asarray(longer, np.uint8)


def _resized(image_bgr: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(image_bgr, None, fx=scale, fy=scale, interpolation=method)
    return np.asarray(resized, np.uint8)


def _sharpened(enlarged_bgr: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Undo what enlarging blurs."""
    blurred = cv2.GaussianBlur(enlarged_bgr, (0, 0), 1.2 * max(scale, 1.0))
    return np.asarray(cv2.addWeighted(enlarged_bgr, 1 + _SHARPEN, blurred, -_SHARPEN, 0), np.uint8)


def _lie_on(quads_px: _Quads, boxes: Sequence[Box]) -> NDArray[np.bool_]:
    """Return which lines have their middle on one of the boxes, shape (n,)."""
    middles = quads_px.mean(axis=1)[:, None]
    corners = np.array(boxes, dtype=np.float32).reshape(-1, 4)
    inside = (middles >= corners[:, :2]) & (middles <= corners[:, 2:])
    return np.asarray(inside.all(axis=2).any(axis=1))


def _repeat(quads_px: _Quads, known: Sequence[Box]) -> NDArray[np.bool_]:
    """Return which lines lie on lines that are known, shape (n,)."""
    boxes = np.concatenate([quads_px.min(axis=1), quads_px.max(axis=1)], axis=1)[:, None]
    others = np.array(known, dtype=np.float32).reshape(1, -1, 4)
    shared = shared_areas(boxes, others)
    return np.asarray((shared > SAME_LINE_SHARE * areas(boxes)).any(axis=1))


def _box(quad_px: NDArray[np.float32]) -> Box:
    (x1, y1), (x2, y2) = quad_px.min(axis=0).tolist(), quad_px.max(axis=0).tolist()
    return x1, y1, x2, y2
