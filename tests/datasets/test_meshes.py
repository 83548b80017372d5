"""Bodies for the path tracer: whole, of the pack's size, and facing outwards."""

import numpy as np
import pytest

from datasets.shelfgen.meshes import body
from datasets.shelfgen.products import anonymous
from datasets.shelfgen.solids import dressed

SHAPES = ("box", "bottle", "can", "jar", "tube", "pouch")


def pack_of(shape):
    product = next(p for p in map(anonymous, range(3000)) if p.shape == shape)
    return dressed(product, 0.002, np.random.default_rng(1))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_body_stands_on_its_foot_and_has_the_size_of_its_pack(shape):
    pack = pack_of(shape)
    w, h, d = pack.product.size_m
    vertices = body(pack).vertices_m
    low, high = vertices.min(0), vertices.max(0)
    assert low[2] == pytest.approx(0, abs=0.002)
    assert high[2] == pytest.approx(h, rel=0.1)
    assert high[0] - low[0] == pytest.approx(w, rel=0.15)
    assert low[1] > -0.35 * d  # nothing reaches far out over the shelf's edge


@pytest.mark.parametrize("shape", SHAPES)
def test_faces_look_outwards(shape):
    shaped = body(pack_of(shape))
    a, b, c, _ = (shaped.vertices_m[shaped.quads[:, k]] for k in range(4))
    normals = np.cross(b - a, c - a)
    outwards = (a + c) / 2 - shaped.vertices_m.mean(0)
    area = np.linalg.norm(normals, axis=1)
    assert (np.sum(normals * outwards, 1) >= -1e-9)[area > 1e-9].mean() > 0.9


@pytest.mark.parametrize("shape", SHAPES)
def test_every_face_wears_a_skin_from_inside_its_picture(shape):
    shaped = body(pack_of(shape))
    assert shaped.uv.shape == (len(shaped.quads), 4, 2)
    assert shaped.uv.min() >= 0
    assert shaped.uv.max() <= 1
    assert set(np.unique(shaped.skin_of)) <= set(range(len(shaped.skins)))


def test_bags_of_one_article_differ_and_boxes_do_not():
    bag, box = pack_of("pouch"), pack_of("box")
    assert not np.array_equal(body(bag, 0).vertices_m, body(bag, 1).vertices_m)
    assert np.array_equal(body(box, 0).vertices_m, body(box, 0).vertices_m)
