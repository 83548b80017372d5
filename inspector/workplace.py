"""What this machine knows of its own tools: how its printer scales, and how its cameras see.

Told once, kept in the user's data folder, applied to every photo.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from inspector.data_folder import data_folder
from inspector.domain.capture import WHOLE_CENTRE_U, CameraIntrinsics, Capture, FocalOrigin, Told
from inspector.errors import OutputError, WorkplaceError
from inspector.geometry.calibration import MIN_PHOTOS, Lens
from inspector.geometry.kit import BAR_MM

PRINT_SCALES = (0.8, 1.2)
"""A printer that scales more than this did not print the kit on A4."""


MAX_FOCAL_U_REL, MAX_K1_U = 0.015, 0.007
"""A profile that is no better than EXIF and an unknown lens is none."""


@dataclass(frozen=True, slots=True)
class CameraProfile:
    """How one device's camera sees.

    Attributes:
        focal_share: Focal length in shares of the picture's long side.
        focal_u_rel: Relative standard uncertainty of that.
        k1: Radial distortion, as in `CameraIntrinsics`.
        k1_u: Standard uncertainty of `k1`.
    """

    focal_share: float
    focal_u_rel: float
    k1: float
    k1_u: float

    def applied(self, camera: CameraIntrinsics) -> CameraIntrinsics:
        """Return the intrinsics of a photo that this camera took."""
        return replace(
            camera,
            focal_px=self.focal_share * max(camera.image_wh),
            focal_u_rel=self.focal_u_rel,
            origin=FocalOrigin.CALIBRATED,
            k1=self.k1,
            k1_u=self.k1_u,
            centre_u_share=WHOLE_CENTRE_U,
        )


@dataclass(frozen=True, slots=True)
class Workplace:
    """The tools of this machine's users.

    Attributes:
        print_scale: Size of the printed kit over its designed size; None when nobody has measured
            the bar.
        cameras: Profiles by device, as `Capture.device` names it.
    """

    print_scale: float | None = None
    cameras: Mapping[str, CameraProfile] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None = None) -> Workplace:
        """Read what is known; nothing is, before anything was told.

        Raises:
            WorkplaceError: The file is damaged; names it.
        """
        path = path or workplace_path()
        if not path.exists():
            return cls()
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            cameras = {name: CameraProfile(**entry) for name, entry in kept["cameras"].items()}
            return cls(kept["print_scale"], cameras)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise WorkplaceError(
                f"{path} cannot be read ({error}). Expected what `inspector kit` and `inspector "
                "camera` wrote there. Delete the file, and tell the bar's length again."
            ) from error

    def save(self, path: Path | None = None) -> Path:
        """Write what is known and return where.

        Raises:
            OutputError: The file cannot be written.
        """
        path = path or workplace_path()
        kept = {
            "print_scale": self.print_scale,
            "cameras": {name: asdict(profile) for name, profile in self.cameras.items()},
        }
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror}.") from error
        return path

    def with_bar(self, bar_mm: float) -> Workplace:
        """Return the workplace after the kit's bar was measured.

        Raises:
            WorkplaceError: The bar is not the kit's.
        """
        scale = bar_mm / BAR_MM
        low, high = PRINT_SCALES
        if not low <= scale <= high:
            raise WorkplaceError(
                f"A bar of {bar_mm:g} mm was told; expected {low * BAR_MM:g} to "
                f"{high * BAR_MM:g} mm. Measure the bar on the kit's page, in millimetres."
            )
        return replace(self, print_scale=scale)

    def with_camera(self, captures: Sequence[Capture], lens: Lens | None) -> Workplace:
        """Return the workplace with a profile of the camera that took some photos.

        Raises:
            WorkplaceError: The photos are not of one known device, or say too little of its lens.
        """
        devices = {(capture.device, capture.image_wh) for capture in captures}
        if len(devices) > 1 or captures[0].device is None:
            raise WorkplaceError(
                "The photos are not of one device that names itself: "
                f"{', '.join(sorted(str(device) for device, _ in devices))}. Expected photos as "
                "the camera saved them, all by one device, all upright or all across."
            )
        if lens is None or lens.focal_u_rel > MAX_FOCAL_U_REL or lens.k1_u > MAX_K1_U:
            raise WorkplaceError(
                "The photos say too little of the lens. Photograph the strip at least "
                f"{MIN_PHOTOS} times, sharp, large in the picture: upright and across it, near its "
                "edges, and slanted from left, right, above and below."
            )
        profile = CameraProfile(
            focal_share=lens.focal_px / max(captures[0].image_wh),
            focal_u_rel=lens.focal_u_rel,
            k1=lens.k1,
            k1_u=lens.k1_u,
        )
        return replace(self, cameras={**self.cameras, captures[0].device: profile})

    def equip(self, capture: Capture, told: Told) -> Capture:
        """Return a capture with all that is known of it beside its pixels."""
        profile = self.cameras.get(capture.device or "")
        return replace(
            capture,
            camera=capture.camera if profile is None else profile.applied(capture.camera),
            told=replace(told, print_scale=self.print_scale or 1.0, down=capture.told.down),
        )


def workplace_path() -> Path:
    """Return where it is kept."""
    return data_folder() / "workplace.json"
