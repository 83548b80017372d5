"""Two thousand photos by both engines, each killed twice on the way: complete, and equal."""

import os
from importlib.util import find_spec

import pytest

from tests.batch.fakes import make_archive
from tests.batch.test_run import exported, inspected, killed_and_resumed

PHOTOS = 2000

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX systems"),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make_archive(tmp_path_factory.mktemp("photos") / "archive", PHOTOS)


@pytest.fixture(scope="module")
def expected(archive, tmp_path_factory):
    out = tmp_path_factory.mktemp("expected")
    assert inspected(archive, out).looked_at == PHOTOS
    return exported(out)


@pytest.mark.parametrize("engine", ["local", "ray"])
def test_killed_twice_an_archive_ends_complete_and_equal(archive, expected, tmp_path, engine):
    if engine == "ray" and not find_spec("ray"):
        pytest.skip("Ray is not installed (pip install .[ray])")
    out = tmp_path / "out"
    known = killed_and_resumed(
        archive, out, tmp_path, engine=engine, kills=2, delay_s=0.0, save_photos=50, share=0.25
    )
    assert 0.25 * PHOTOS <= known[0] < known[1] < PHOTOS
    assert exported(out) == expected
