"""Draws textured parallelograms of the world into a picture, with depth and object ids."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from datasets.shelfgen.camera import Array, Camera

NEAR_M = 0.05
SHIFT_BITS = 4  # sub-pixel bits of the polygon masks


class Texture:
    """A picture on a face, kept with smaller copies so that sampling it never aliases."""

    def __init__(self, image: np.ndarray) -> None:
        """Keep an image, shape (h, w, 3 or 4), uint8, BGR with optional alpha."""
        self.levels = [np.ascontiguousarray(image)]

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height of the sharpest copy in texels."""
        h, w = self.levels[0].shape[:2]
        return w, h

    def at_size(self, w_px: int, h_px: int) -> np.ndarray:
        """Return a copy averaged down to at most (w_px, h_px) texels; never enlarged."""
        w, h = self.size_wh
        w_px, h_px = min(max(w_px, 1), w), min(max(h_px, 1), h)
        level = 0
        while w >> (level + 1) >= w_px and h >> (level + 1) >= h_px:
            level += 1
            if len(self.levels) == level:
                last = self.levels[-1]
                half = (max(last.shape[1] // 2, 1), max(last.shape[0] // 2, 1))
                self.levels.append(cv2.resize(last, half, interpolation=cv2.INTER_AREA))
        image = self.levels[level]
        if image.shape[:2] != (h_px, w_px):
            image = cv2.resize(image, (w_px, h_px), interpolation=cv2.INTER_AREA)
        return image


@dataclass(frozen=True)
class Quad:
    """A parallelogram in the world that shows a texture.

    Attributes:
        origin_m: Shape (3,), where the texture's top-left corner lies.
        u_m: Shape (3,), from there along the texture's width.
        v_m: Shape (3,), from there along the texture's height (downwards in the texture).
        texture: What is printed on it; its alpha cuts holes or makes it glassy.
        object_id: What a visible pixel of it belongs to; 0 for the room.
        gain: Shape (n, m, ...) light over the face, resized smoothly; 1 leaves colours alone.
        painted_light: A shadow or a lamp rather than a thing; left out where light is traced.
    """

    origin_m: Array
    u_m: Array
    v_m: Array
    texture: Texture
    object_id: int = 0
    gain: np.ndarray = field(default_factory=lambda: np.ones((1, 1), np.float32))
    painted_light: bool = False

    @property
    def corners_m(self) -> Array:
        """Shape (4, 3), clockwise from the texture's top-left corner."""
        o, u, v = self.origin_m, self.u_m, self.v_m
        return np.stack([o, o + u, o + u + v, o + v])

    @property
    def normal_m(self) -> Array:
        """Shape (3,), towards the side from which the texture reads the right way round."""
        return np.cross(self.v_m, self.u_m)


def clipped_to_front(points: Array) -> Array:
    """Cut a polygon in camera coordinates, shape (N, 3), at the near plane."""
    kept = []
    for a, b in zip(points, np.roll(points, -1, 0), strict=True):
        if a[2] >= NEAR_M:
            kept.append(a)
        if (a[2] >= NEAR_M) != (b[2] >= NEAR_M):
            kept.append(a + (b - a) * (NEAR_M - a[2]) / (b[2] - a[2]))
    return np.array(kept).reshape(-1, 3)


class Canvas:
    """A picture in the making: colour, depth and the id of what each pixel shows."""

    def __init__(self, camera: Camera, *, supersample: float = 1.0) -> None:
        """Open an empty canvas; drawn `supersample` as large and averaged down at the end."""
        self.camera = camera
        w, h = camera.image_wh
        corner = np.hypot(w, h) / 2 / camera.focal_px
        self.margin_px = (
            0
            if camera.k1 == 0
            else int(np.ceil(1.2 * abs(camera.k1) * corner**3 * camera.focal_px * supersample)) + 2
        )
        self.scale = supersample
        self.view = camera.scaled(supersample, self.margin_px)
        vw, vh = self.view.image_wh
        self.colour = np.zeros((vh, vw, 3), np.uint8)
        self.ids = np.zeros((vh, vw), np.int32)
        self.nearness = np.zeros((vh, vw), np.float32)  # 1 / depth

    def draw_all(self, quads: list[Quad]) -> None:
        """Draw far faces first, so that soft edges blend into what lies behind them."""
        centres = np.array([q.origin_m + (q.u_m + q.v_m) / 2 for q in quads])
        for k in np.argsort(-np.linalg.norm(centres - self.camera.centre_m, axis=1)):
            self.draw(quads[k])

    def draw(self, quad: Quad) -> None:
        """Draw one face where nothing nearer stands."""
        view = self.view
        vw, vh = view.image_wh
        corners = view.in_camera(quad.corners_m)
        whole = bool((corners[:, 2] >= NEAR_M).all())
        polygon = corners if whole else clipped_to_front(corners)
        if len(polygon) < 3:
            return
        outline = polygon[:, :2] / polygon[:, 2:] * view.focal_px + (vw / 2, vh / 2)
        x0, y0 = np.maximum(np.floor(outline.min(0)).astype(int) - 1, 0)
        x1, y1 = np.minimum(np.ceil(outline.max(0)).astype(int) + 1, (vw, vh))
        if x1 <= x0 or y1 <= y0:
            return

        # Depth first: 1/z is affine over the picture of a plane, and hidden faces end here.
        normal = np.cross(corners[1] - corners[0], corners[3] - corners[0])
        offset = float(normal @ corners[0])
        if abs(offset) < 1e-9:
            return
        a, b, c = normal / offset
        xs = (np.arange(x0, x1, dtype=np.float32) + 0.5 - vw / 2) / view.focal_px
        ys = (np.arange(y0, y1, dtype=np.float32) + 0.5 - vh / 2) / view.focal_px
        nearness = (a * xs + c)[None, :].astype(np.float32) + (b * ys)[:, None].astype(np.float32)
        # An edge pixel may lie beyond the face: there its plane must not come nearer than the face.
        np.minimum(nearness, np.float32(1 / polygon[:, 2].min()), out=nearness)
        roi = np.s_[y0:y1, x0:x1]
        front = nearness > self.nearness[roi] * np.float32(1 - 1e-5)
        if not front.any():
            return

        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        fixed = np.round((outline - (x0 + 0.5, y0 + 0.5)) * 2**SHIFT_BITS)
        fixed = np.clip(fixed, -(2**28), 2**28).astype(np.int32)
        cv2.fillConvexPoly(mask, fixed, 255, cv2.LINE_AA, SHIFT_BITS)
        mask[~front] = 0
        if not mask.any():
            return

        image = self._sampled(quad, outline if whole else None)
        th, tw = image.shape[:2]
        plane = np.stack(
            [(corners[1] - corners[0]) / tw, (corners[3] - corners[0]) / th, corners[0]], axis=1
        )
        pixel_from_texel = view.matrix @ plane
        to_texel_centre = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
        to_roi = np.array([[1, 0, -0.5 - x0], [0, 1, -0.5 - y0], [0, 0, 1.0]])
        warped = cv2.warpPerspective(
            image,
            to_roi @ pixel_from_texel @ to_texel_centre,
            (int(x1 - x0), int(y1 - y0)),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        cover = mask.astype(np.float32) / 255
        if warped.shape[2] == 4:
            cover *= warped[..., 3].astype(np.float32) / 255
        target = self.colour[roi]
        blended = target + (warped[..., :3] - target.astype(np.float32)) * cover[..., None]
        target[:] = (blended + 0.5).astype(np.uint8)
        solid = cover > 0.5
        self.ids[roi][solid] = quad.object_id
        self.nearness[roi][solid] = nearness[solid]

    def _sampled(self, quad: Quad, outline: Array | None) -> np.ndarray:
        """Return the lit texture with about one texel for each pixel it will cover."""
        w, h = quad.texture.size_wh
        if outline is not None:
            sides = np.linalg.norm(np.roll(outline, -1, 0) - outline, axis=1)
            w = int(np.ceil(max(sides[0], sides[2])))
            h = int(np.ceil(max(sides[1], sides[3])))
        image = quad.texture.at_size(w, h)
        if quad.gain.size == 1 and quad.gain.flat[0] == 1:
            return image
        gain = cv2.resize(
            quad.gain.astype(np.float32),
            (image.shape[1], image.shape[0]),
            interpolation=cv2.INTER_LINEAR,
        )
        lit = image.copy()
        colours = image[..., :3] * (gain if gain.ndim == 3 else gain[..., None])
        lit[..., :3] = np.clip(colours, 0, 255)
        return lit

    def developed(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the picture, (h, w, 3) uint8 BGR, and its id buffer, (h, w) int32."""
        w, h = self.camera.image_wh
        colour, ids, m = self.colour, self.ids, self.margin_px
        sw, sh = round(w * self.scale), round(h * self.scale)
        if self.camera.k1:
            xs, ys = np.meshgrid(np.arange(sw) + 0.5, np.arange(sh) + 0.5)
            bent = np.stack([xs, ys], -1) / self.scale
            straight = self.camera.straight_from_bent(bent) * self.scale + m - 0.5
            maps = straight[..., 0].astype(np.float32), straight[..., 1].astype(np.float32)
            colour = cv2.remap(colour, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            near = np.round(straight).astype(int)
            ids = ids[
                np.clip(near[..., 1], 0, ids.shape[0] - 1),
                np.clip(near[..., 0], 0, ids.shape[1] - 1),
            ]
        if (sw, sh) != (w, h):
            colour = cv2.resize(colour, (w, h), interpolation=cv2.INTER_AREA)
            rows = ((np.arange(h) + 0.5) * sh / h).astype(int)
            columns = ((np.arange(w) + 0.5) * sw / w).astype(int)
            ids = ids[np.ix_(rows, columns)]
        return colour, ids
