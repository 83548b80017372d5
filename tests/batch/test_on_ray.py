import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from inspector.batch.on_ray import RayError, inspect_on_ray
from inspector.errors import ModelError
from tests.batch.fakes import FakeModels, make_archive
from tests.batch.test_run import REGISTER, exported, inspected, killed_and_resumed, local

MODELS = FakeModels()
ROOT = Path(__file__).parents[2]


def on_ray(models=MODELS, address=None, **more):
    return partial(
        inspect_on_ray, models=models, register=REGISTER, workers=2, address=address, **more
    )


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


@pytest.mark.filterwarnings("default")
def test_a_photo_that_always_kills_its_worker_is_given_up_and_named(ray, tmp_path):
    archive = make_archive(tmp_path / "archive", 10)
    models = FakeModels(dies_on="photo_0005.png")
    inspected(archive, tmp_path / "local", engine=local(models))
    done = inspected(archive, tmp_path / "ray", engine=on_ray(models))
    assert [fault.where.rpartition("/")[2] for fault in done.faults] == ["photo_0005.png"]
    assert exported(tmp_path / "ray") == exported(tmp_path / "local")


@dataclass(frozen=True)
class Missing(FakeModels):
    def load(self):
        raise ModelError("weights are missing")


@pytest.mark.filterwarnings("default")
def test_what_ends_ray_is_told_in_the_projects_words(ray, tmp_path):
    archive = make_archive(tmp_path / "archive", 1)
    with pytest.raises(RayError, match="start the same command again"):
        inspected(archive, tmp_path / "out", engine=on_ray(Missing()))


@dataclass(frozen=True)
class OnGpu(FakeModels):
    """Refuses to work without a GPU of Ray's."""

    def load(self):
        import ray

        assert ray.get_gpu_ids(), "no GPU was given"
        return super().load()


@pytest.mark.filterwarnings("default")
def test_a_running_cluster_is_used_with_its_gpus_and_goes_on_running(ray, tmp_path):
    from ray.cluster_utils import Cluster

    archive = make_archive(tmp_path / "archive", 6)
    inspected(archive, tmp_path / "local")
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 3, "num_gpus": 1})
    try:
        for out in ("first", "second"):
            engine = on_ray(OnGpu(), address=cluster.address, gpus_per_worker=0.5)
            inspected(archive, tmp_path / out, engine=engine)
            assert exported(tmp_path / out) == exported(tmp_path / "local")
    finally:
        cluster.shutdown()


@pytest.mark.filterwarnings("default")
def test_a_gpu_that_the_cluster_lacks_is_refused(ray, tmp_path):
    archive = make_archive(tmp_path / "archive", 1)
    ray.init(num_cpus=1, num_gpus=0, include_dashboard=False)
    with pytest.raises(RayError, match="no GPU"):
        inspected(archive, tmp_path / "out", engine=on_ray(gpus_per_worker=1))


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX systems")
def test_killed_on_ray_a_run_is_resumed_complete_and_equal(ray, tmp_path):
    archive = make_archive(tmp_path / "archive", 24)
    inspected(archive, tmp_path / "local")
    out = tmp_path / "out"
    known = killed_and_resumed(archive, out, tmp_path, engine="ray", kills=1)
    assert 0 < known[0] < 24
    assert exported(out) == exported(tmp_path / "local")


def test_without_ray_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    archive = make_archive(tmp_path / "archive", 1)
    with pytest.raises(RayError, match=r"shelf-inspector\[ray\]"):
        inspected(archive, tmp_path / "out", engine=on_ray())
