"""Draws the pictures of the kit's instruction: `python -m datasets.kit_pictures`.

They lie in the package, because the kit is printed without this folder.
"""

from __future__ import annotations

from pathlib import Path

import cv2

from datasets.samples import GREEN, article, bay_of, stage_for, stock
from datasets.shelfgen.fixture import UPRIGHT_M

OUT = Path(__file__).parents[1] / "inspector" / "report" / "kit_pictures"
WIDTH_PX = 480


def main() -> None:
    """Draw one picture for each part of the kit."""
    OUT.mkdir(exist_ok=True)
    for kind, name, x_m in (("S", "strip", 0.0), ("T", "mark", 0.0), ("F", "card", 0.42)):
        stage = stage_for(5, eye_m=(0.35, -2.15, 1.40), yaw_deg=-7, pitch_deg=-9, roll_deg=0.0)
        bays = [
            bay_of(0, -0.8, 0.8, (0.15, 0.55, 0.95, 1.45, 1.75), rail=GREEN),
            bay_of(1, UPRIGHT_M, 0.8, (0.15, 0.55, 0.95, 1.45, 1.75), rail=GREEN),
        ]
        for bay in bays:
            stage.add_bay(bay)
            for level, goods in enumerate(
                (
                    [("Zendium", 4)],
                    [("Livol Multi", 3), ("Omnimin", 3)],
                    [("Multi-tabs Family", 5)],
                    [("Panodil", 2), ("Ipren", 2)],
                    [("Strepsils", 3), ("Otrivin", 2)],
                )
            ):
                stock(stage, bay, level, [(article(n), facings, 1) for n, facings in goods])
        stage.add_reference(kind, x_m)
        picture, _ = stage.render(2.0)
        height_px = round(picture.shape[0] * WIDTH_PX / picture.shape[1])
        small = cv2.resize(picture, (WIDTH_PX, height_px), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(OUT / f"{name}.jpg"), small, [cv2.IMWRITE_JPEG_QUALITY, 82])


if __name__ == "__main__":
    main()
