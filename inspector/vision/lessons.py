"""Lessons: packs that a person has shown, known again on the next photo without training.

    <data folder>/lessons/2026-11-22-zinklet/lesson.json, 1.png … 5.png

A lesson names goods of the register and holds up to five pictures of their front. It lends a pack
its name, nothing more: strength and size count where the pack itself shows them. A lesson is taken
back by deleting its folder.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inspector.domain.scene import Pack
from inspector.errors import LessonError, OutputError
from inspector.vision.fronts import (
    MIN_AGREEMENT,
    MIN_POINTS,
    Front,
    agreement,
    front_from_crop,
)

MAX_CROPS = 5

_CLEARLY_BETTER = 0.1
"""Two lessons of different goods that agree almost equally well decide nothing."""

_MIN_SIDE_PX = 40
_CLOSE_LOOKS = 4  # pictures that are laid over a pack, of those that share most points with it
_MAX_DISTANCE = 0.6
_FLANN_KD_TREE = {"algorithm": 1, "trees": 4}


@dataclass(frozen=True, slots=True)
class Lesson:
    """Goods that a person has shown.

    Attributes:
        lesson_id: Its folder's name: day and name.
        name: Name of the goods, as in the register.
        taught_on: Day.
        crops: Files of the pictures.
    """

    lesson_id: str
    name: str
    taught_on: date
    crops: tuple[Path, ...]


def teach(
    folder: Path, name: str, crops_bgr: Sequence[NDArray[np.uint8]], *, taught_on: date
) -> Lesson:
    """Keep a lesson as a whole, or not at all.

    Args:
        folder: Folder of lessons.
        name: Name of the goods, as in the register.
        crops_bgr: One to five pictures of nothing but the front, shape (H, W, 3), uint8.
        taught_on: Day.

    Raises:
        LessonError: The pictures are too many, too small or too plain.
        OutputError: The folder cannot be written.
    """
    if not 1 <= len(crops_bgr) <= MAX_CROPS:
        raise LessonError(
            f"{name}: {len(crops_bgr)} pictures. Expected one to {MAX_CROPS} of the front. "
            "Choose the sharpest ones."
        )
    for number, crop in enumerate(crops_bgr, start=1):
        points = len(front_from_crop(crop).points_px)
        if min(crop.shape[:2]) < _MIN_SIDE_PX or points < MIN_POINTS:
            raise LessonError(
                f"{name}, picture {number}: {crop.shape[1]} × {crop.shape[0]} pixels with "
                f"{points} points of print. Expected at least {_MIN_SIDE_PX} pixels each way and "
                f"{MIN_POINTS} points, or the pack cannot be known again. Take a sharper picture "
                "of the whole front."
            )
    day_and_name = f"{taught_on}-{_plain(name)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = {path.name for path in folder.iterdir()}
        lesson_id = next(
            candidate
            for n in range(1, len(taken) + 2)
            if (candidate := day_and_name + (f"-{n}" if n > 1 else "")) not in taken
        )
        part = folder / f".{lesson_id}"
        part.mkdir()
        for number, crop in enumerate(crops_bgr, start=1):
            (part / f"{number}.png").write_bytes(cv2.imencode(".png", crop)[1].tobytes())
        about = {"name": name, "taught_on": taught_on.isoformat()}
        (part / "lesson.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        part.rename(folder / lesson_id)
    except OSError as error:
        raise OutputError(
            f"{folder}: the lesson could not be kept ({error.strerror}). Expected a folder that "
            "may be written, with room. Nothing was changed."
        ) from error
    return _lesson(folder / lesson_id)


def lessons_in(folder: Path) -> tuple[Lesson, ...]:
    """Return the lessons in a folder, the oldest first.

    Raises:
        LessonError: A lesson is damaged; names it.
    """
    if not folder.is_dir():
        return ()
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    return tuple(_lesson(path) for path in paths)


def forget(folder: Path, lesson_id: str) -> Lesson:
    """Take a lesson back.

    Raises:
        LessonError: There is no such lesson.
    """
    lesson = next((one for one in lessons_in(folder) if one.lesson_id == lesson_id), None)
    if lesson is None:
        raise LessonError(
            f"There is no lesson {lesson_id!r}. Expected one of those that "
            "`inspector catalogue lessons` lists."
        )
    shutil.rmtree(folder / lesson_id)
    return lesson


class LessonIndex:
    """The pictures of all lessons, ready to be compared with packs."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        files = [(lesson.name, path) for lesson in lessons for path in lesson.crops]
        self._names = [name for name, _ in files]
        self._fronts = [front_from_crop(_read_crop(path)) for _, path in files]
        self._nearest = cv2.FlannBasedMatcher(_FLANN_KD_TREE, {"checks": 64})
        if self._fronts:
            cv2.setRNGSeed(0)  # the trees are random; the same lessons give the same answers
            self._nearest.add([front.descriptors for front in self._fronts])
            self._nearest.train()

    def names_from_packs(
        self, image_bgr: NDArray[np.uint8], packs: Sequence[Pack]
    ) -> Mapping[str, str]:
        """Return the names of packs that look like what was taught, by pack id.

        Packs that look alike are compared once, by the largest of them.
        """
        if not self._fronts:
            return {}
        groups: dict[object, list[Pack]] = defaultdict(list)
        for pack in packs:
            if not pack.is_card:
                groups[pack.pack_id if pack.look is None else pack.look].append(pack)
        names: dict[str, str] = {}
        for group in groups.values():
            largest = max(group, key=_area)
            name = self.name_from_crop(_crop(image_bgr, largest))
            names |= {pack.pack_id: name for pack in group if name}
        return names

    def name_from_crop(self, crop_bgr: NDArray[np.uint8]) -> str:
        """Return the name of the goods in a picture of one pack, or nothing."""
        if min(crop_bgr.shape[:2]) < _MIN_SIDE_PX:
            return ""
        front = front_from_crop(crop_bgr)
        agreements = {k: agreement(front, self._fronts[k]) for k in self._likely(front)}
        best: dict[str, float] = defaultdict(float)
        for k, value in agreements.items():
            best[self._names[k]] = max(best[self._names[k]], value)
        ranked = sorted(best.items(), key=lambda item: -item[1])
        if not ranked or ranked[0][1] < MIN_AGREEMENT:
            return ""
        is_clear = len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= _CLEARLY_BETTER
        return ranked[0][0] if is_clear else ""

    def _likely(self, front: Front) -> list[int]:
        """Return the pictures that share most points with a front."""
        if len(front.points_px) == 0:
            return []
        matches = self._nearest.match(front.descriptors)
        votes = Counter(match.imgIdx for match in matches if match.distance < _MAX_DISTANCE)
        return [k for k, _ in votes.most_common(_CLOSE_LOOKS)]


class LessonBook:
    """The lessons of a folder as they are now; read again only when they have changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: tuple[Lesson, ...] | None = None
        self._index = LessonIndex(())

    def index(self) -> LessonIndex:
        """Return the lessons, ready to be compared with packs."""
        lessons = lessons_in(self._folder)
        if lessons != self._known:
            self._known, self._index = lessons, LessonIndex(lessons)
        return self._index

    @property
    def version(self) -> str:
        """Hash over the lessons in hex; empty without any."""
        ids = [lesson.lesson_id for lesson in lessons_in(self._folder)]
        return hashlib.sha256("\n".join(ids).encode()).hexdigest() if ids else ""


def _lesson(path: Path) -> Lesson:
    try:
        about = json.loads((path / "lesson.json").read_text(encoding="utf-8"))
        crops = tuple(sorted(path.glob("*.png")))
        return Lesson(path.name, str(about["name"]), date.fromisoformat(about["taught_on"]), crops)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LessonError(
            f"{path.name}: the lesson cannot be read ({type(error).__name__}). Expected "
            "lesson.json and pictures in its folder. Delete the folder and teach it again."
        ) from error


def _read_crop(path: Path) -> NDArray[np.uint8]:
    crop = cv2.imdecode(np.frombuffer(path.read_bytes() or b"\0", np.uint8), cv2.IMREAD_COLOR)
    if crop is None:
        raise LessonError(
            f"{path.parent.name}: {path.name} is no picture. Delete the lesson and teach it again."
        )
    return np.asarray(crop, np.uint8)


def _crop(image_bgr: NDArray[np.uint8], pack: Pack) -> NDArray[np.uint8]:
    height, width = image_bgr.shape[:2]
    x1, y1, x2, y2 = (round(edge) for edge in pack.box_xyxy_px)
    return image_bgr[max(0, y1) : min(height, y2), max(0, x1) : min(width, x2)]


def _area(pack: Pack) -> float:
    x1, y1, x2, y2 = pack.box_xyxy_px
    return (x2 - x1) * (y2 - y1)


def _plain(name: str) -> str:
    return "-".join(filter(None, "".join(c if c.isalnum() else " " for c in name).split())).lower()
