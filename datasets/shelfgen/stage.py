"""A scene being built: every thing gets a number, its faces and what is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from datasets.shelfgen import fixture, printing, props, solids
from datasets.shelfgen.artwork import PhotoArtwork
from datasets.shelfgen.camera import Array, Camera
from datasets.shelfgen.fixture import Bay, Light
from datasets.shelfgen.lettering import colour
from datasets.shelfgen.products import Product
from datasets.shelfgen.render import Canvas, Quad, Texture

REFERENCE_Y_M = -0.003  # thickness of the paper on the fixture's front


@dataclass
class Thing:
    """One numbered object: what the truth says of it, before anyone looks at pixels."""

    object_id: int
    kind: str  # pack, sign, aid, divider, door, person, clutter, reference
    facts: dict[str, Any]


@dataclass
class Stage:
    """A scene under construction, in world metres.

    Attributes:
        texel_m: Metres a texel of pack artwork.
        photos: Photographs for some fronts, None for drawn artwork only.
        photo_share: How often a made-up article wears a photograph.
    """

    camera: Camera
    light: Light
    rng: np.random.Generator
    texel_m: float
    photos: PhotoArtwork | None = None
    photo_share: float = 0.45
    quads: list[Quad] = field(default_factory=list)
    standing: list[solids.Standing] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    bays: list[Bay] = field(default_factory=list)
    references: list[dict[str, Any]] = field(default_factory=list)
    reference_kind: str = "N"
    store_type: str = "retailer"
    wardrobe: dict[str, solids.Dressed] = field(default_factory=dict)

    @property
    def eye_m(self) -> Array:
        """The camera's position."""
        return self.camera.centre_m

    def new(self, kind: str, **facts: object) -> int:
        """Number a new thing and return its id."""
        thing = Thing(len(self.things) + 1, kind, facts)
        self.things.append(thing)
        return thing.object_id

    def of_kind(self, kind: str) -> list[Thing]:
        """Return the things of a kind in the order in which they came."""
        return [t for t in self.things if t.kind == kind]

    def dress(self, product: Product) -> solids.Dressed:
        """Return the product with its artwork, the same one all through the scene."""
        key = f"{product.sku} {product.size_m}"
        if key not in self.wardrobe:
            wears_photo = (
                self.photos is not None
                and product.sku.startswith("X")
                and self.rng.random() < self.photo_share
            )
            self.wardrobe[key] = solids.dressed(
                product, self.texel_m, self.rng, photos=self.photos if wears_photo else None
            )
        return self.wardrobe[key]

    def add_room(self, wall_y_m: float) -> None:
        """Put floor, wall and ceiling round the scene."""
        self.quads += fixture.room(self.rng, self.light, wall_y_m, self.eye_m)

    def add_bay(self, bay: Bay) -> None:
        """Put up one bay, with doors when it is a cabinet."""
        self.bays.append(bay)
        self.quads += fixture.bay_quads(bay, self.rng, self.light, self.eye_m)
        if bay.cabinet:
            ids = (self.new("door", bay=bay.index), self.new("door", bay=bay.index))
            self.quads += fixture.cabinet_doors(bay, self.rng, self.light, ids)

    def add_pack(
        self,
        product: Product,
        foot_m: tuple[float, float, float],
        *,
        bay: Bay,
        level: int,
        row: int,
        headroom_m: float,
        yaw_rad: float = 0.0,
    ) -> None:
        """Stand one pack on a board; `foot_m` is the middle of its front lower edge."""
        w, h, _ = product.size_m
        object_id = self.new(
            "pack",
            product=product,
            bay=bay.index,
            level=level,
            row=row,
            x_m=foot_m[0],
            bottom_m=foot_m[2],
            width_m=w,
            height_m=h,
            in_cabinet=bay.cabinet,
        )
        jitter = 1 + self.rng.normal(0, 0.03)
        gain = self.light.on_front(foot_m[1], headroom_m, h) * np.float32(jitter)
        dressed = self.dress(product)
        self.standing.append(solids.Standing(dressed, np.array(foot_m), yaw_rad, object_id))
        self.quads += solids.pack_faces(
            dressed,
            np.array(foot_m),
            eye_m=self.eye_m,
            yaw_rad=yaw_rad,
            object_id=object_id,
            gain=gain,
        )

    def add_contact_shadow(self, x0_m: float, x1_m: float, depth_m: float, z_m: float) -> None:
        """Darken the board under and just before a group of packs."""
        picture = np.zeros((16, 16, 4), np.uint8)
        soft = np.minimum(np.arange(16), np.arange(16)[::-1]).clip(0, 3) / 3
        picture[..., 3] = 150 * soft[None] * np.minimum(np.arange(16) / 4, 1)[::-1, None]
        self.quads.append(
            Quad(
                np.array([x0_m - 0.01, depth_m, z_m + 0.001]),
                np.array([x1_m - x0_m + 0.02, 0, 0]),
                np.array([0, -depth_m, 0]),
                Texture(picture),
                painted_light=True,
            )
        )

    def add_box(
        self,
        kind: str,
        foot_m: tuple[float, float, float],
        size_m: tuple[float, float, float],
        faces: tuple[Texture, Texture, Texture],
        gain: float = 1.0,
        **facts: object,
    ) -> None:
        """Add a plain box: a divider, a carton, a tray's front."""
        object_id = self.new(kind, **facts)
        self.quads += solids.box_faces(
            np.array(foot_m),
            size_m,
            faces,
            eye_m=self.eye_m,
            object_id=object_id,
            gain=self.light.tint[None, None] * gain,
        )

    def add_divider(self, bay: Bay, level: int, x_m: float, height_m: float) -> None:
        """Stand a thin plate between two groups, from the front edge to the back."""
        glassy = self.rng.random() < 0.4
        picture = np.full((16, 16, 4), (*colour(self.rng.uniform(0, 360), 0.4, 0.8), 255), np.uint8)
        if glassy:
            picture[..., :3], picture[..., 3] = 235, 140
        face = Texture(picture)
        self.add_box(
            "divider",
            (x_m, 0.001, bay.shelf_tops_m[level]),
            (0.004, height_m, bay.depth_m * 0.9),
            (face, face, face),
            bay=bay.index,
            level=level,
            x_m=x_m,
        )

    def add_print(
        self,
        picture: np.ndarray,
        left_m: float,
        bottom_m: float,
        wh_m: tuple[float, float],
        y_m: float,
        *,
        kind: str = "sign",
        **facts: object,
    ) -> None:
        """Put up a flat print facing the aisle: sign, advert, price label or product card."""
        object_id = self.new(kind, **facts)
        quad = fixture.board_sign(picture, left_m, bottom_m, wh_m, y_m, self.light, object_id)
        self.things[-1].facts["corners_m"] = quad.corners_m
        self.quads.append(quad)

    def add_sign(
        self,
        text: str,
        left_m: float,
        bottom_m: float,
        wh_m: tuple[float, float],
        y_m: float,
        *,
        placement: str,
        bay: Bay,
        level: int | None,
        ground: tuple[int, int, int] | None = None,
    ) -> None:
        """Put up a category sign."""
        size = self._print_size(wh_m)
        self.add_print(
            printing.sign(text, size, self.rng, ground=ground),
            left_m,
            bottom_m,
            wh_m,
            y_m,
            text=text,
            placement=placement,
            sign_kind="category",
            bay=bay.index,
            level=level,
            approved=text in printing.APPROVED_WORDS,
        )

    def add_price_label(
        self,
        product: Product,
        price: str,
        left_m: float,
        top_m: float,
        wh_m: tuple[float, float],
        *,
        bay: Bay,
        level: int,
    ) -> None:
        """Slide a price label into the rail."""
        size = self._print_size(wh_m)
        self.add_print(
            printing.price_label(product.text, price, size, self.rng),
            left_m,
            top_m - wh_m[1],
            wh_m,
            -0.004,
            text=f"{product.text} {price}",
            placement="shelf_edge",
            sign_kind="price_label",
            bay=bay.index,
            level=level,
        )

    def add_product_card(
        self,
        product: Product,
        left_m: float,
        bottom_m: float,
        *,
        bay: Bay,
        level: int,
        y_m: float = 0.01,
    ) -> None:
        """Stand or hang the flat card of a pack."""
        wh_m = (0.09, 0.12)
        text = " ".join(p for p in (product.name, product.strength) if p)
        front = self.dress(product).print_bgr
        self.add_print(
            printing.product_card(front, text, self._print_size(wh_m)),
            left_m,
            bottom_m,
            wh_m,
            y_m,
            text=text,
            placement="on_shelf",
            sign_kind="product_card",
            bay=bay.index,
            level=level,
            sku=product.sku,
            bottom_height_cm=round(bottom_m * 100, 1),
        )

    def add_reference(self, kind: str, x_m: float) -> None:
        """Put up a part of the kit: S strip, T 140 mark, F floor card; H and N put up nothing."""
        self.reference_kind = kind
        if kind == "H":
            self.references.append(
                {"kind": "camera_height", "cm": round(float(self.eye_m[2]) * 100, 1)}
            )
        if kind not in "STF":
            return
        side_m, tags, picture, w, h, low = {
            "S": (printing.STRIP_SIDE_M, [(k, 0.1 * k) for k in range(1, 16)], printing.strip(),
                  printing.STRIP_WIDTH_M, printing.STRIP_TOP_M, 0.0),
            "T": (printing.MARK_SIDE_M, [(40, printing.MARK_CENTRE_M)], printing.mark_140(),
                  printing.MARK_PAPER_M, printing.MARK_PAPER_M,
                  printing.MARK_CENTRE_M - printing.MARK_PAPER_M / 2),
            "F": (printing.CARD_SIDE_M,
                  [(0, printing.CARD_FOOT_M + printing.CARD_SIDE_M / 2)], printing.floor_card(),
                  *printing.CARD_WH_M, 0.0),
        }[kind]  # fmt: skip
        object_id = self.new("reference")
        y_m = REFERENCE_Y_M if kind != "F" else -0.006
        self.quads.append(
            fixture.board_sign(picture, x_m - w / 2, low, (w, h), y_m, self.light, object_id)
        )
        for tag_id, centre_m in tags:
            r = side_m / 2
            corners = [
                (x_m + dx, y_m, centre_m + dz) for dx, dz in ((-r, r), (r, r), (r, -r), (-r, -r))
            ]
            self.references.append(
                {
                    "kind": "tag",
                    "id": tag_id,
                    "size_m": side_m,
                    "centre_m": centre_m,
                    "y_m": y_m,
                    "corners_m": np.array(corners),
                }
            )

    def add_aid(
        self,
        kind: str,
        x_m: float,
        y_m: float,
        yaw_rad: float,
        *,
        build: Callable[[props.Prop], None] | None = None,
    ) -> None:
        """Stand a climbing aid, pallet or crate on the floor, built by `build` when given."""
        object_id = self.new("aid", aid_kind=kind, x_m=x_m, y_m=y_m)
        prop = props.Prop(
            np.array([x_m, y_m, 0.0]),
            yaw_rad,
            eye_m=self.eye_m,
            light=self.light,
            object_id=object_id,
            rng=self.rng,
        )
        prop.shadow(0.45)
        (build or props.BUILDERS[kind])(prop)
        self.quads += prop.quads

    def add_bystander(
        self, build: Callable[[props.Prop], None], x_m: float, y_m: float, yaw_rad: float
    ) -> None:
        """Stand something on the floor that is of no class, such as a bin."""
        prop = props.Prop(
            np.array([x_m, y_m, 0.0]),
            yaw_rad,
            eye_m=self.eye_m,
            light=self.light,
            object_id=self.new("clutter", clutter="bystander"),
            rng=self.rng,
        )
        prop.shadow(0.4)
        build(prop)
        self.quads += prop.quads

    def add_person(self, x_m: float, y_m: float) -> None:
        """Let somebody stand in the way."""
        prop = props.Prop(
            np.array([x_m, y_m, 0.0]),
            0.0,
            eye_m=self.eye_m,
            light=self.light,
            object_id=self.new("person"),
            rng=self.rng,
        )
        prop.shadow(0.4)
        props.person(prop)
        self.quads += prop.quads

    def render(self, supersample: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """Return the clean picture, (h, w, 3) uint8 BGR, and its id buffer, (h, w)."""
        canvas = Canvas(self.camera, supersample=supersample)
        canvas.draw_all(self.quads)
        return canvas.developed()

    def _print_size(self, wh_m: tuple[float, float]) -> tuple[int, int]:
        return max(round(wh_m[0] / self.texel_m), 16), max(round(wh_m[1] / self.texel_m), 10)
