"""A shop from the shelf generator, in the states of a story, with exact truth of each."""

from dataclasses import dataclass

import numpy as np

from datasets.samples import article, bay_of, stage_for, stock
from datasets.shelfgen.camera import Camera
from datasets.shelfgen.truth import described
from tests.truth import scene_from_truth

WH = (640, 864)
EYE_M = (0.0, -2.3, 1.35)


@dataclass(frozen=True, eq=False)
class State:
    """What the camera sees.

    Attributes:
        image_bgr: The picture.
        person: Where a person is, shape (h, w).
        scene: What a perfect reader sees in it.
    """

    image_bgr: np.ndarray
    person: np.ndarray
    scene: object


def state(*, is_low=False, person_x_m=None):
    """Return a bay with medicine on top; `is_low` puts some of it on the third shelf."""
    stage = stage_for(5, eye_m=EYE_M, yaw_deg=0, pitch_deg=-6, roll_deg=0)
    stage.camera = Camera.aimed(
        EYE_M, yaw_deg=0, pitch_deg=-6, roll_deg=0, focal_35mm=25.0, image_wh=WH
    )
    bay = bay_of(0, -0.5, 1.0, (0.15, 0.50, 0.85, 1.10, 1.45, 1.75), rail=(140, 70, 20))
    stage.add_bay(bay)
    stock(stage, bay, 5, [(article("Panodil"), 3, 1), (article("Ipren"), 3, 1)])
    stock(stage, bay, 4, [(article("Ipren"), 2, 1)])
    stock(stage, bay, 2, [(article("Shampoo Mild"), 5, 1)])
    stock(stage, bay, 1, [(article("Zendium"), 3, 1)])
    stage.add_sign(
        "Medicin", -0.4, 2.0, (0.8, 0.15), -0.004,
        placement="header", bay=bay, level=None, ground=(70, 110, 30),
    )  # fmt: skip
    stage.add_reference("S", 0.53)
    # What differs comes last: chance is drawn in order.
    stock(stage, bay, 3 if is_low else 4, [(article("Pamol"), 2, 2)], start_m=0.5)
    if person_x_m is not None:
        stage.add_person(person_x_m, -0.6)
    picture, ids = stage.render(supersample=1.0)
    truth = described(stage, ids, image="shelf.jpg", seed=5, scenario=[])
    people = [t.object_id for t in stage.things if t.kind == "person"]
    return State(picture, np.isin(ids, people), scene_from_truth(truth))
