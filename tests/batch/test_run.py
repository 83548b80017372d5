import gzip
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import event

from inspector.batch.exports import write_exports
from inspector.batch.local import inspect_locally
from inspector.batch.manifest import read_manifest
from inspector.batch.run import run
from inspector.batch.work import Terms, Worker
from inspector.catalogue.matching import DatedMatcher
from inspector.catalogue.register import Register
from inspector.errors import OutputError, StoreError
from inspector.store import Store
from tests.batch.fakes import DAY, FakeModels, make_archive

MODELS = FakeModels()
ROOT = Path(__file__).parents[2]
REGISTER = Register.load()
NAMES = ("reports.jsonl.gz", "inspections.parquet", "verdicts.parquet", "left_out.csv")


def in_process(models=MODELS, register=REGISTER, looked_at=None):
    """An engine without other processes, which notes what it looks at."""

    def engine(entries):
        worker = Worker(models, register)
        for entry in entries:
            if looked_at is not None:
                looked_at.append(entry.file)
            yield worker.inspect(entry)

    return engine


def local(models=MODELS, workers=2):
    return partial(inspect_locally, models=models, register=REGISTER, workers=workers)


def inspected(archive, out, *, engine=None, register=REGISTER):
    """Run over an archive and write its exports; returns what was done."""
    manifest = read_manifest(str(archive), manifest=None, dealer_type=None, today=date.today())
    terms = Terms(FakeModels.versions, DatedMatcher(register))
    out.mkdir(exist_ok=True)
    with Store.open(f"sqlite:///{out}/inspections.sqlite") as store:
        done = run(
            manifest, engine=engine or in_process(register=register), terms=terms, store=store
        )
        write_exports(done.inspections, done.faults, store=store, out_dir=out)
    return done


def exported(out):
    return {name: (out / name).read_bytes() for name in NAMES}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make_archive(tmp_path_factory.mktemp("photos") / "archive", 24)


@pytest.fixture(scope="module")
def expected(archive, tmp_path_factory):
    out = tmp_path_factory.mktemp("expected")
    inspected(archive, out)
    return exported(out)


def test_reports_come_in_the_order_of_the_manifest_and_tables_agree(archive, expected, tmp_path):
    inspected(archive, tmp_path)
    lines = gzip.decompress((tmp_path / "reports.jsonl.gz").read_bytes()).splitlines()
    reports = [json.loads(line) for line in lines]
    assert [r["captures"][0]["file"] for r in reports] == [f"photo_{n:04d}.png" for n in range(24)]
    assert [r["dealer_type"] for r in reports[:3]] == ["retailer", "pharmacy", None]
    rows = pq.read_table(tmp_path / "inspections.parquet").to_pylist()
    assert [row["file"] for row in rows] == [r["captures"][0]["file"] for r in reports]
    for row, report in zip(rows, reports, strict=True):
        assert {rule: row[rule] for rule in report["summary"]} == report["summary"]
    verdicts = pq.read_table(tmp_path / "verdicts.parquet")
    assert verdicts.num_rows == sum(len(report["verdicts"]) for report in reports)
    assert exported(tmp_path) == expected


@pytest.mark.parametrize("workers", [1, 3])
def test_processes_give_the_same_bytes_whatever_their_number(archive, expected, tmp_path, workers):
    inspected(archive, tmp_path, engine=local(workers=workers))
    assert exported(tmp_path) == expected


def test_nothing_is_done_twice(archive, expected, tmp_path):
    inspected(archive, tmp_path)
    looked_at = []
    done = inspected(archive, tmp_path, engine=in_process(looked_at=looked_at))
    assert looked_at == []
    assert (done.known, done.looked_at) == (24, 0)
    assert exported(tmp_path) == expected


def test_a_run_that_was_stopped_goes_on_where_it_was(archive, expected, tmp_path):
    def breaking_off(entries):
        with closing(in_process()(entries)) as photos:
            for count, done in enumerate(photos):
                if count == 10:
                    raise KeyboardInterrupt
                yield done

    with pytest.raises(KeyboardInterrupt):
        inspected(archive, tmp_path, engine=breaking_off)
    looked_at = []
    inspected(archive, tmp_path, engine=in_process(looked_at=looked_at))
    assert len(looked_at) == 14
    assert exported(tmp_path) == expected


def test_a_photo_that_changed_is_looked_at_again(tmp_path):
    archive = make_archive(tmp_path / "archive", 3)
    inspected(archive, tmp_path / "out")
    (archive / "photo_0001.png").write_bytes((archive / "photo_0002.png").read_bytes() + b"\0")
    looked_at = []
    inspected(archive, tmp_path / "out", engine=in_process(looked_at=looked_at))
    assert looked_at == ["photo_0001.png"]


def test_the_same_bytes_in_another_place_are_not_looked_at_again(tmp_path):
    archive = make_archive(tmp_path / "archive", 3)
    inspected(archive, tmp_path / "out")
    moved = tmp_path / "moved"
    archive.rename(moved)
    looked_at = []
    done = inspected(moved, tmp_path / "out", engine=in_process(looked_at=looked_at))
    assert (looked_at, done.known) == ([], 3)
    assert "moved" in done.inspections[0].url
    inspected(moved, tmp_path / "anew")
    assert exported(tmp_path / "out") == exported(tmp_path / "anew")


def test_the_same_bytes_twice_in_one_archive_are_looked_at_once(tmp_path):
    rows = [f"twin.png,shop-9,pharmacy,{DAY}", f"broken.png,,,{DAY}", f"also_broken.png,,,{DAY}"]
    archive = make_archive(tmp_path / "archive", 3, rows=rows)
    (archive / "twin.png").write_bytes((archive / "photo_0001.png").read_bytes())
    for name in ("broken.png", "also_broken.png"):
        (archive / name).write_bytes(b"no photo")
    looked_at = []
    done = inspected(archive, tmp_path / "out", engine=in_process(looked_at=looked_at))
    assert "twin.png" not in looked_at
    assert [made.file for made in done.inspections][-1] == "twin.png"
    assert (done.looked_at, done.judged, len(done.faults)) == (3, 1, 2)


def test_under_another_register_photos_are_judged_and_not_looked_at(tmp_path):
    archive = make_archive(tmp_path / "archive", 3)
    inspected(archive, tmp_path / "out")
    other = replace(REGISTER, sha256="f" * 64)
    looked_at = []
    done = inspected(
        archive, tmp_path / "out", engine=in_process(looked_at=looked_at), register=other
    )
    assert (done.judged, looked_at) == (3, [])
    with Store.open(f"sqlite:///{tmp_path}/out/inspections.sqlite") as store:
        (key,) = store.reports([done.inspections[0].key]).values()
        assert json.loads(key)["versions"]["catalogue"].endswith("f" * 64)


def test_what_cannot_be_read_is_listed_and_the_run_goes_on(tmp_path):
    rows = [f"{name}.png,shop,,2026-01-01" for name in ("gone", "broken")]
    rows.append("x.png,shop,kiosk,2026-01-01")
    archive = make_archive(tmp_path / "archive", 2, rows=rows)
    (archive / "broken.png").write_bytes((archive / "photo_0000.png").read_bytes()[:60])
    done = inspected(archive, tmp_path / "out")
    assert len(done.inspections) == 2
    text = (tmp_path / "out" / "left_out.csv").read_text(encoding="utf-8-sig")
    for part in ("gone.png", "broken.png", "manifest.csv, line 6", "kiosk"):
        assert part in text
    (archive / "broken.png").write_bytes((archive / "photo_0000.png").read_bytes() + b"\0")
    assert len(inspected(archive, tmp_path / "out").inspections) == 3, "tried again next time"


def test_a_fault_of_the_program_over_one_photo_leaves_the_others_alone(tmp_path, caplog):
    class Stumbling(FakeModels):
        def load(self):
            reader = super().load()
            good = reader.read
            reader.read = lambda capture, **kw: 1 / 0 if "0001" in capture.file else good(capture)
            return reader

    done = inspected(
        make_archive(tmp_path / "archive", 3), tmp_path / "out", engine=in_process(Stumbling())
    )
    assert len(done.inspections) == 2
    assert "ZeroDivisionError" in done.faults[0].reason


def test_a_worker_that_dies_is_replaced_and_nothing_is_lost(archive, expected, tmp_path):
    models = FakeModels(dies_on="photo_0005.png", dies_once=tmp_path / "has died")
    inspected(archive, tmp_path, engine=local(models))
    assert (tmp_path / "has died").exists()
    assert exported(tmp_path) == expected


def test_a_worker_that_dies_between_two_photos_loses_none(archive, expected, tmp_path):
    has_died = tmp_path / "has died"

    def after_the_death(entries):
        for place, entry in enumerate(entries):
            while place == 9 and not has_died.exists():
                time.sleep(0.05)
            if place == 9:
                time.sleep(1.0)  # for the pool to notice
            yield entry

    models = FakeModels(dies_on="photo_0005.png", dies_once=has_died)
    engine = local(models)
    inspected(archive, tmp_path, engine=lambda entries: engine(after_the_death(entries)))
    assert exported(tmp_path) == expected


def test_a_photo_that_always_kills_its_worker_is_given_up(tmp_path):
    archive = make_archive(tmp_path / "archive", 6)
    done = inspected(archive, tmp_path / "out", engine=local(FakeModels(dies_on="photo_0002.png")))
    assert len(done.inspections) == 5
    assert [fault.where.rpartition("/")[2] for fault in done.faults] == ["photo_0002.png"]


def test_a_full_disk_stops_the_run_with_a_state_that_can_be_resumed(
    archive, expected, tmp_path, monkeypatch
):
    monkeypatch.setattr("inspector.batch.run.SAVE_PHOTOS", 2)
    opened = Store.open.__func__
    full = []

    def open_small(cls, url):
        store = opened(cls, url)
        with store._engine.connect() as connection:
            empty = connection.exec_driver_sql("PRAGMA page_count").scalar()
        pages = empty + 10 if not full else 100_000
        event.listen(
            store._engine, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count = {pages}")
        )
        store._engine.dispose()
        return store

    monkeypatch.setattr(Store, "open", classmethod(open_small))
    with pytest.raises(StoreError, match="full") as error:
        inspected(archive, tmp_path)
    assert "Free space" in str(error.value)
    full.append(True)
    done = inspected(archive, tmp_path)
    assert 0 < done.known < 24
    assert exported(tmp_path) == expected


def test_an_output_that_cannot_be_written_leaves_the_results_in_the_store(archive, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".verdicts.parquet.part").mkdir()
    with pytest.raises(OutputError, match="safe in the store"):
        inspected(archive, tmp_path / "out")


SCRIPT = """
from tests.batch.fakes import FakeModels
from inspector import cli_batch
from inspector.batch import run
from inspector.cli import app
cli_batch.models = lambda: FakeModels(delay_s={delay_s})
run.SAVE_PHOTOS = {save_photos}
if __name__ == "__main__":
    app()
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX systems")
def test_killed_twice_a_run_ends_complete_and_equal(archive, expected, tmp_path):
    out = tmp_path / "out"
    known = killed_and_resumed(archive, out, tmp_path, engine="local", kills=2)
    assert 0 < known[0] < known[1] < 24
    assert exported(out) == expected


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX systems")
def test_killed_on_a_postgresql_server_a_run_ends_complete_and_equal(
    archive, expected, tmp_path, url
):
    out = tmp_path / "out"
    known = killed_and_resumed(archive, out, tmp_path, engine="local", kills=1, url=url)
    assert 0 < known[0] < 24
    assert exported(out) == expected


def killed_and_resumed(
    archive, out, folder, *, engine, kills, url=None, delay_s=0.05, save_photos=3, share=0.0
):
    """Run as a command, end it with kill -9 some times, and run it to its end.

    Args:
        url: The store; a file in `out` when left out.
        share: Share of the archive that has to be done more before the next kill.

    Returns:
        How many inspections the store held at each kill.
    """
    script = folder / "script.py"
    script.write_text(SCRIPT.format(delay_s=delay_s, save_photos=save_photos))
    arguments = [sys.executable, str(script), "batch", str(archive), "--workers", "2"]
    arguments += ["--engine", engine, "--out", str(out)]
    arguments += ["--store", url] if url else []
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    count = len(list(archive.glob("*.png")))
    known = []
    for _ in range(kills):
        killed = subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL)
        fewest = (known[-1] if known else 0) + max(1, share * count)
        known.append(wait_for_more(url or f"sqlite:///{out / 'inspections.sqlite'}", fewest))
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    ended = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 3, ended.stderr
    return known


def wait_for_more(url, fewest):
    """Wait until the store holds so many inspections; returns how many."""
    end = time.monotonic() + 600
    while time.monotonic() < end:
        time.sleep(0.1)
        if not url.startswith("sqlite") or Path(url.removeprefix("sqlite:///")).exists():
            with Store.open(url) as store:
                found = sum(len(page) for page in store.latest())
            if found >= fewest:
                return found
    raise AssertionError("the run has kept too little in ten minutes")
