"""Public sets: COCO and YOLO exports become the same truth; what does not fit is named."""

import json

import pytest
from PIL import Image

from datasets.collected import CollectedError, collect
from inspector.evaluation.truth import load_truths

BOX = (10.0, 20.0, 30.0, 60.0)


@pytest.fixture
def coco(tmp_path):
    source = tmp_path / "coco"
    source.mkdir()
    Image.new("RGB", (100, 80)).save(source / "a.jpg")
    content = {
        "images": [{"id": 7, "file_name": "a.jpg"}],
        "categories": [{"id": 1, "name": "object"}, {"id": 2, "name": "shelf"}],
        "annotations": [
            {"image_id": 7, "category_id": 1, "bbox": [10, 20, 20, 40]},
            {"image_id": 7, "category_id": 2, "bbox": [0, 0, 100, 80]},
        ],
    }
    (source / "annotations.json").write_text(json.dumps(content))
    return source / "annotations.json"


@pytest.fixture
def yolo(tmp_path):
    source = tmp_path / "yolo"
    for part in ("images", "labels"):
        (source / "train" / part).mkdir(parents=True)
    (source / "data.yaml").write_text("names: [object, shelf]\n")
    Image.new("RGB", (100, 80)).save(source / "train" / "images" / "a.jpg")
    (source / "train" / "labels" / "a.txt").write_text("0 0.2 0.5 0.2 0.5\n1 0.5 0.5 1 1\n")
    return source


@pytest.mark.parametrize("form", ["coco", "yolo"])
def test_both_exports_become_the_same_truth(form, request, tmp_path):
    source = request.getfixturevalue(form)
    assert collect(source, tmp_path / "out", {"object": "pack"}) == 1
    [truth] = load_truths(tmp_path / "out")
    assert [pack.box_xyxy_px for pack in truth.packs] == [BOX]
    assert truth.soft_boxes == ()


def test_a_class_may_become_one_to_ignore(coco, tmp_path):
    collect(coco, tmp_path / "out", {"object": "pack", "shelf": "ignore"})
    [truth] = load_truths(tmp_path / "out")
    assert truth.soft_boxes == ((0, 0, 100, 80),)


def test_a_line_that_is_no_box_is_named(yolo, tmp_path):
    labels = yolo / "train" / "labels" / "a.txt"
    labels.write_text("0 0.2 0.5 0.2 0.5\n0 0.2 oops\n")
    with pytest.raises(CollectedError, match=r"a\.txt, line 2"):
        collect(yolo, tmp_path / "out", {"object": "pack"})


def test_a_missing_picture_is_named(coco, tmp_path):
    (coco.parent / "a.jpg").unlink()
    with pytest.raises(CollectedError, match=r"a\.jpg is neither"):
        collect(coco, tmp_path / "out", {"object": "pack"})


def test_a_file_that_is_no_coco_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"images": []}')
    with pytest.raises(CollectedError, match="no COCO file"):
        collect(path, tmp_path / "out", {"object": "pack"})
