"""The same stage with real light: traced by Blender's Cycles (`pip install bpy OpenEXR`).

A hundred times slower than `Stage.render`, and it looks like a photograph: shadows between packs,
light that falls off into the shelf, gloss, lamps reflected in film and glass. Light that the
rasteriser paints on (`Quad.gain`, contact shadows) is left out here. bpy needs numpy < 2, so this
runs in an environment of its own; nothing else imports this module.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import bpy
import numpy as np
import OpenEXR
from mathutils import Matrix

from datasets.shelfgen.lettering import Colour
from datasets.shelfgen.meshes import BAG_VARIANTS, Body, Skin, body
from datasets.shelfgen.render import Canvas, Quad, Texture
from datasets.shelfgen.solids import Standing
from datasets.shelfgen.stage import Stage

SAMPLES = 4  # a core traces some 70,000 paths a second; the denoiser does the rest
CEILING_GAP_M = 0.03


def traced(stage: Stage, *, threads: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the picture, (h, w, 3) uint8 BGR, and its id buffer, (h, w) int32, of a stage."""
    canvas = Canvas(stage.camera)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    workshop = _Workshop(stage.rng)
    standing = {pack.object_id for pack in stage.standing}
    for quad in stage.quads:
        if quad.object_id not in standing and not quad.painted_light:
            workshop.add_quad(quad)
    for pack in stage.standing:
        workshop.add_pack(pack)
    _hang_lamps(stage)
    _set_camera(canvas)
    light, ids = _rendered(canvas.view.image_wh, threads)
    canvas.colour, canvas.ids = _developed(light, stage.rng), ids
    return canvas.developed()


class _Workshop:
    """Turns quads and bodies into Blender's objects; each texture and each mesh is made once."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.images: dict[int, bpy.types.Image] = {}
        self.materials: dict[tuple[object, ...], bpy.types.Material] = {}
        self.meshes: dict[object, bpy.types.Mesh] = {}
        self.kept: list[object] = []  # what an id() in a key above belongs to

    def add_quad(self, quad: Quad) -> None:
        """Put up a flat print or a part of the furniture."""
        square = np.array([[(0, 1), (1, 1), (1, 0), (0, 0)]], float)
        gloss = self._gloss(quad.texture)
        mesh = self._mesh(
            Body(
                quad.corners_m, np.array([[0, 1, 2, 3]]), square, np.zeros(1, int),
                (Skin(quad.texture, gloss),), smooth=False,
            )
        )  # fmt: skip
        self._place(mesh, Matrix.Identity(4), quad.object_id)

    def add_pack(self, pack: Standing) -> None:
        """Stand a pack; boxes and bottles of one article share a body, bags share a few."""
        product = pack.dressed.product
        variant = int(self.rng.integers(BAG_VARIANTS)) if product.shape == "pouch" else 0
        key = (product.sku, product.size_m, variant)
        if key not in self.meshes:
            self.meshes[key] = self._mesh(body(pack.dressed, variant))
        place = Matrix.Translation(pack.foot_m.tolist()) @ Matrix.Rotation(pack.yaw_rad, 4, "Z")
        self._place(self.meshes[key], place, pack.object_id)

    def _gloss(self, texture: Texture) -> float:
        return float(np.random.default_rng(texture.levels[0].size).uniform(0.25, 0.8))

    def _place(self, mesh: bpy.types.Mesh, matrix: Matrix, object_id: int) -> None:
        thing = bpy.data.objects.new("thing", mesh)
        thing.matrix_world = matrix
        thing.pass_index = object_id
        bpy.context.scene.collection.objects.link(thing)

    def _mesh(self, shape: Body) -> bpy.types.Mesh:
        mesh = bpy.data.meshes.new("body")
        mesh.from_pydata(shape.vertices_m.tolist(), [], shape.quads.tolist())
        for skin in shape.skins:
            mesh.materials.append(self._material(skin))
        mesh.polygons.foreach_set("material_index", shape.skin_of.astype(np.int32))
        mesh.polygons.foreach_set("use_smooth", np.full(len(shape.quads), shape.smooth))
        layer = mesh.uv_layers.new()
        layer.uv.foreach_set("vector", shape.uv.reshape(-1).astype(np.float32))
        mesh.update()
        return mesh

    def _material(self, skin: Skin) -> bpy.types.Material:
        surface = skin.print_
        name = id(surface) if isinstance(surface, Texture) else tuple(surface)
        key = (name, skin.roughness, skin.metallic)
        if key in self.materials:
            return self.materials[key]
        self.kept.append(surface)
        material = bpy.data.materials.new("skin")
        material.use_nodes = True
        nodes, links = material.node_tree.nodes, material.node_tree.links
        shader = nodes["Principled BSDF"]
        shader.inputs["Roughness"].default_value = skin.roughness
        shader.inputs["Metallic"].default_value = skin.metallic
        if isinstance(surface, Texture):
            picture = nodes.new("ShaderNodeTexImage")
            picture.image = self._image(surface)
            picture.extension = "EXTEND"
            links.new(picture.outputs["Color"], shader.inputs["Base Color"])
            if surface.levels[0].shape[2] == 4:
                links.new(picture.outputs["Alpha"], shader.inputs["Alpha"])
        else:
            shader.inputs["Base Color"].default_value = (*_linear(surface), 1.0)
        self.materials[key] = material
        return material

    def _image(self, texture: Texture) -> bpy.types.Image:
        if id(texture) not in self.images:
            pixels = texture.levels[0]
            h, w, channels = pixels.shape
            image = bpy.data.images.new("print", w, h, alpha=channels == 4)
            rgba = np.ones((h, w, 4), np.float32)
            rgba[..., :3] = pixels[::-1, :, 2::-1] / np.float32(255)
            if channels == 4:
                rgba[..., 3] = pixels[::-1, :, 3] / np.float32(255)
                image.alpha_mode = "CHANNEL_PACKED"
            image.pixels.foreach_set(rgba.ravel())
            image.pack()
            self.images[id(texture)] = image
        return self.images[id(texture)]


def _linear(bgr: Colour) -> tuple[float, ...]:
    return tuple((np.array(bgr[::-1]) / 255.0) ** 2.2)


def _hang_lamps(stage: Stage) -> None:
    """Hang rows of tubes or panels along or across the aisle, and let some light in from outside.

    All strengths are relative: `_developed` chooses the exposure.
    """
    rng, scene = stage.rng, bpy.context.scene
    tint = np.clip(stage.light.tint[::-1] / stage.light.tint.max(), 0, 1)
    tubes = rng.random() < 0.6
    length, width = (1.5, 0.08) if tubes else (0.6, 0.6)
    along = rng.random() < 0.5
    pitch = float(rng.uniform(1.2, 2.6))
    start = float(-stage.eye_m[1] * rng.uniform(-0.1, 0.9))
    high = max(float(q.origin_m[2]) for q in stage.quads) - CEILING_GAP_M
    for row in range(3):
        for k in range(-3, 4):
            if rng.random() < 0.1:
                continue
            lamp = bpy.data.lights.new("lamp", "AREA")
            lamp.shape, lamp.size, lamp.size_y = "RECTANGLE", length, width
            if not along:
                lamp.size, lamp.size_y = width, length
            lamp.energy, lamp.color = 60.0, tint
            hung = bpy.data.objects.new("lamp", lamp)
            hung.location = (k * (length + pitch * 0.5), -start - row * pitch, high)
            scene.collection.objects.link(hung)
    world = bpy.data.worlds.new("outside")
    scene.world = world
    world.use_nodes = True
    sky = world.node_tree.nodes["Background"]
    sky.inputs["Color"].default_value = (*tint, 1)
    sky.inputs["Strength"].default_value = float(rng.choice((0.1, 0.4, 1.0, 2.5)))


def _set_camera(canvas: Canvas) -> None:
    view, scene = canvas.view, bpy.context.scene
    w, h = view.image_wh
    lens = bpy.data.cameras.new("camera")
    lens.sensor_fit, lens.sensor_width = "HORIZONTAL", 36.0
    lens.lens = view.focal_px * 36.0 / w
    lens.clip_start = 0.03
    held = bpy.data.objects.new("camera", lens)
    right, down, forward = view.rotation
    axes = np.column_stack([right, -down, -forward])  # Blender looks along -z with y up
    held.matrix_world = Matrix.LocRotScale(
        view.centre_m.tolist(), Matrix(axes.tolist()).to_quaternion(), None
    )
    scene.collection.objects.link(held)
    scene.camera = held
    scene.render.resolution_x, scene.render.resolution_y = w, h


def _rendered(image_wh: tuple[int, int], threads: int) -> tuple[np.ndarray, np.ndarray]:
    """Return linear light, (h, w, 3) float32 BGR, and object numbers, (h, w) int32."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.threads_mode, scene.render.threads = "FIXED", threads
    cycles = scene.cycles
    cycles.device, cycles.samples, cycles.use_denoising = "CPU", SAMPLES, True
    cycles.denoiser, cycles.use_adaptive_sampling = "OPENIMAGEDENOISE", False
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 3, 2
    cycles.sample_clamp_indirect, cycles.transparent_max_bounces = 4.0, 8
    scene.view_layers[0].use_pass_object_index = True
    settings = scene.render.image_settings
    settings.media_type = "MULTI_LAYER_IMAGE"
    settings.file_format = "OPEN_EXR_MULTILAYER"
    settings.color_depth = "32"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.exr"
        scene.render.filepath = str(path)
        bpy.ops.render.render(write_still=True)
        parts = OpenEXR.File(str(path), separate_channels=True).parts
        layers = {
            name.partition(".")[2]: channel.pixels
            for part in parts
            for name, channel in part.channels.items()
        }
    light = np.stack([layers[f"Combined.{c}"] for c in "BGR"], -1)
    ids = layers["Object Index.X"]
    return light.astype(np.float32), np.round(ids).astype(np.int32)


def _developed(light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Expose and tone a picture as phones and shelf cameras do; returns (h, w, 3) uint8."""
    grey = light @ np.array([0.114, 0.587, 0.299], np.float32)
    light = light * (rng.uniform(0.16, 0.5) / max(float(np.percentile(grey, 60)), 1e-6))
    if rng.random() < 0.6:  # a soft shoulder instead of burnt highlights
        white = rng.uniform(1.5, 4)
        light = light * (1 + light / white**2) / (1 + light) * rng.uniform(1.3, 1.6)
    light = np.clip(light, 0, 1)
    encoded = np.where(light < 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    contrast = rng.uniform(0, 0.5)
    encoded = encoded * (1 - contrast) + contrast * encoded**2 * (3 - 2 * encoded)
    return (encoded * 255 + 0.5).astype(np.uint8)
