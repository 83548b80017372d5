import os
from functools import partial
from pathlib import Path

import pytest

from inspector.batch.on_ray import RayError, inspect_on_ray
from tests.batch.fakes import FakeModels, make_archive
from tests.batch.test_run import REGISTER, exported, inspected

MODELS = FakeModels()
ROOT = Path(__file__).parents[2]


def on_ray(models=MODELS, address=None):
    return partial(inspect_on_ray, models=models, register=REGISTER, workers=2, address=address)


@pytest.fixture
def ray(monkeypatch):
    ray = pytest.importorskip("ray", reason="Ray is not installed (pip install .[ray])")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    yield ray
    ray.shutdown()


@pytest.mark.filterwarnings("default")
def test_ray_gives_the_same_bytes_also_when_a_worker_dies(ray, tmp_path):
    archive = make_archive(tmp_path / "archive", 12)
    inspected(archive, tmp_path / "local")
    expected = exported(tmp_path / "local")
    models = FakeModels(dies_on="photo_0005.png", dies_once=tmp_path / "has died")
    inspected(archive, tmp_path / "ray", engine=on_ray(models))
    assert (tmp_path / "has died").exists()
    assert exported(tmp_path / "ray") == expected


@pytest.mark.filterwarnings("default")
def test_a_cluster_that_does_not_answer_is_refused(ray, tmp_path):
    archive = make_archive(tmp_path / "archive", 1)
    with pytest.raises(RayError, match=r"127\.0\.0\.1:1"):
        inspected(archive, tmp_path / "out", engine=on_ray(address="127.0.0.1:1"))


def test_without_ray_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    archive = make_archive(tmp_path / "archive", 1)
    with pytest.raises(RayError, match=r"shelf-inspector\[ray\]"):
        inspected(archive, tmp_path / "out", engine=on_ray())
