"""Synthetic photos: a camera, the kit put up as imprecisely as people do, edges of a fixture."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from inspector.domain.capture import CameraIntrinsics, FocalOrigin
from inspector.domain.scene import StraightEdge, Tag
from inspector.geometry.camera import CAMERA_FROM_WORLD_LEVEL
from inspector.geometry.kit import Part

IMAGE_WH = (3000, 4000)
CORNER_NOISE_PX = 0.35


@dataclass(frozen=True)
class Photo:
    """A camera in the world and the tags that it sees."""

    rotation: np.ndarray
    position_m: np.ndarray
    focal_px: float
    told: CameraIntrinsics

    def project(self, points_m):
        camera = (np.asarray(points_m, float) - self.position_m) @ self.rotation.T
        return self.focal_px * camera[:, :2] / camera[:, 2:] + np.asarray(self.told.centre_px)


def random_photo(rng, *, focal_u_rel=0.02, distance_m=(1.3, 3.2), yaw_deg=25, pitch_deg=12):
    yaw, pitch, roll = np.radians(
        [rng.uniform(-yaw_deg, yaw_deg), rng.uniform(-pitch_deg, pitch_deg), rng.normal(0, 2)]
    )
    turn = Rotation.from_euler("yxz", [yaw, pitch, roll]).as_matrix()
    rotation = turn @ CAMERA_FROM_WORLD_LEVEL
    distance_m = rng.uniform(*distance_m)
    # The middle of the picture looks at the fixture 0.9 to 1.5 m above the floor.
    toward = rotation.T @ np.array([0.0, 0.0, 1.0])
    position_m = np.array([0.0, 0.0, rng.uniform(0.9, 1.5)]) - toward * distance_m / toward[1]
    focal_px = 3000.0
    told = CameraIntrinsics(
        focal_px * float(np.exp(rng.normal(0, focal_u_rel))),
        focal_u_rel,
        FocalOrigin.EXIF,
        IMAGE_WH,
    )
    return Photo(rotation, position_m, focal_px, told)


def tags_of(photo, part: Part, rng, *, x_m=0.0, noise_px=CORNER_NOISE_PX):
    """Put up a part of the kit with errors as large as the part says, and photograph it."""
    height_m, roll, lean = rng.normal(0, [part.height_u_m, part.roll_u_rad, part.lean_u_rad])
    depth_m = rng.normal(part.depth_m, part.depth_u_m)
    half = part.side_m / 2
    square = np.array([[-half, half], [half, half], [half, -half], [-half, -half]])
    tags = []
    for tag_id, centre_m in part.centre_height_m.items():
        pivot_m = 0.0 if len(part.centre_height_m) > 1 else centre_m
        up_m = centre_m + square[:, 1] - pivot_m
        points = np.column_stack(
            [
                x_m + square[:, 0] * np.cos(roll) + up_m * np.sin(roll),
                depth_m + up_m * np.sin(lean),
                pivot_m + height_m + up_m * np.cos(roll) - square[:, 0] * np.sin(roll),
            ]
        )
        corners_px = photo.project(points) + rng.normal(0, noise_px, (4, 2))
        width, height = IMAGE_WH
        if ((corners_px > 0) & (corners_px < [width, height])).all():
            tags.append(Tag(tag_id, corners_px))
    return tags


def edges_of(
    photo,
    rng,
    *,
    shelves=(0.5, 0.9, 1.3, 1.7),
    uprights=3,
    outliers=2,
    floor=False,
    plinth_m=0.0,
    tilt_deg=0.3,
):
    """Photograph shelf edges and uprights, and some lines that are neither.

    With `floor`, the uprights end on the floor, and a line runs along it, `plinth_m` before the
    front.
    """
    edges = []
    for height_m in shelves:
        tilt = rng.normal(0, np.radians(tilt_deg))
        ends = [[-0.5, 0, height_m - 0.5 * tilt], [0.5, 0, height_m + 0.5 * tilt]]
        edges.append((ends, False))
    for x_m in np.linspace(-0.5, 0.5, uprights):
        tilt = rng.normal(0, np.radians(tilt_deg))
        foot = [x_m, -plinth_m, 0.0] if floor else [x_m, 0, 0.4]
        edges.append(([foot, [x_m + tilt, -plinth_m if floor else 0.0, 1.6]], True))
    if floor:
        edges.append(([[-0.5, -plinth_m, 0.0], [0.5, -plinth_m, 0.0]], False))
    for _ in range(outliers):
        edges.append(([[-0.5, 0, 1.0], [-0.3, 0.4, 1.0]], False))
    return [
        StraightEdge(
            tuple(map(tuple, (photo.project(ends) + rng.normal(0, 0.7, (2, 2))).tolist())), upright
        )
        for ends, upright in edges
    ]


def packs_of(photo, rng, *, shelves=(0.2, 0.5, 0.9, 1.3, 1.7)):
    """Return boxes of packs, four on each shelf."""
    boxes = []
    for height_m in shelves:
        for x_m in np.linspace(-0.4, 0.4, 4):
            depth_m = rng.normal(0.02, 0.02)
            foot, head = photo.project(
                [[x_m, depth_m, height_m], [x_m + 0.06, depth_m, height_m + 0.1]]
            )
            boxes.append((foot[0], head[1], head[0], foot[1]))
    return boxes
