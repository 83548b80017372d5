"""A reader that sees the drawn shelf as it is, and people finders that see what they are told."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import ClassVar

from inspector.catalogue.matching import DatedMatcher
from inspector.catalogue.register import Register
from inspector.domain.scene import Pack, Scene, Sign, StraightEdge, TextLine
from inspector.live.camera import CameraLine
from inspector.live.looking import Looker
from inspector.live.people import People
from inspector.live.settings import Camera, Mark, Watching
from inspector.live.sources import Frame
from tests.live.shelves import PACK_WH, SIGN_BOX, Shelf, drawn, person_box, replace

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

CAMERA = Camera(
    id="left",
    source="rtsp://10.0.0.2/live",
    name="Venstre reol",
    # The upper board stands at 150 cm, the lower one at 100 cm.
    marks=(
        Mark(at=((5.0, 184.0), (635.0, 184.0)), height_cm=150),
        Mark(at=((5.0, 364.0), (635.0, 364.0)), height_cm=100),
    ),
)
WATCHING = Watching(stands_still_min=0.2)


@cache
def matchers():
    return DatedMatcher(Register.load(None))


def line(text, box):
    return TextLine(text, box, box[3] - box[1], 0.98)


@dataclass
class ShelfReader:
    """Sees everything on the shelf as it stands now; who stands before a thing hides it.

    Attributes:
        finds_people: Whether it is a detector that finds people.
        is_blind: Whether it reads nothing at all.
    """

    shelf: Shelf = field(default_factory=Shelf)
    finds_people: bool = False
    is_blind: bool = False
    looks: int = 0
    versions: ClassVar = {"drawn": "0" * 64}

    def read(self, capture, *, on_found=None):
        self.looks += 1
        if self.is_blind:
            return Scene(sharpness=500.0)
        shelf = self.shelf
        person = person_box(shelf.person_x) if shelf.person_x is not None else (0, 0, 0, 0)
        packs = []
        for name, (x, y) in shelf.packs.items():
            box = (x, y, x + PACK_WH[0], y + PACK_WH[1])
            if not hides(person, box):
                text = line("Zymelin", (x + 4, y + 10, x + 44, y + 24))
                packs.append(Pack(name, tuple(map(float, box)), 0.95, texts=(text,)))
        sign = Sign("t1", SIGN_BOX, (line("Medicin", (240, 30, 400, 60)),), False, 0.95)
        return Scene(
            packs=tuple(packs),
            signs=(sign,) if shelf.has_sign and not hides(person, SIGN_BOX) else (),
            straight_edges=tuple(
                StraightEdge(((0.0, y), (640.0, y)), False) for y in (184.0, 364.0)
            ),
            people_px=(person,) if self.finds_people and shelf.person_x is not None else (),
            sharpness=500.0,
        )


def hides(person, box):
    return min(person[2], box[2]) > max(person[0], box[0]) and min(person[3], box[3]) > max(
        person[1], box[1]
    )


@dataclass
class FakePeople:
    """Says what it is told, whatever the picture shows."""

    is_reliable: bool = True
    sure: tuple = ()
    unsure: tuple = ()

    def find(self, image_bgr):
        return People(self.sure, self.unsure)


class Shop:
    """One camera before a drawn shelf, a second at a time."""

    def __init__(self, ledger, *, camera=CAMERA, watching=WATCHING, people=None, reader=None):
        self.ledger, self.camera, self.watching = ledger, camera, watching
        self.reader = reader or ShelfReader()
        self.people = people or FakePeople()
        self.turns = []
        self.second = 0
        self.start()

    def start(self):
        """Start the program, or start it again."""
        looker = Looker(lambda camera_id: self.reader, self.people, matchers)
        self.line = CameraLine(
            self.camera,
            self.watching,
            looker=looker,
            ledger=self.ledger,
            on_change=lambda camera, change, at: self.turns.append((change.turn, change.rule_id)),
        )

    def show(self, shelf, seconds):
        """Show a shelf, one frame a second."""
        self.reader.shelf = shelf
        for _ in range(seconds):
            image = drawn(replace(shelf, seed=self.second))
            frame = Frame(image, float(self.second), 0)
            self.line.take(frame, START + timedelta(seconds=self.second))
            self.second += 1

    def pictures(self):
        """Return the files of all pictures that were kept."""
        return sorted(self.ledger.pictures.rglob("*.jpg"))
