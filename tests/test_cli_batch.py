import pytest
from typer.testing import CliRunner

from inspector import cli, cli_batch, terminal
from inspector.store.finding_rows import Filters
from inspector.store.people import Person, Role
from inspector.visits.desk import Desk
from tests.batch.fakes import FakeModels, make_archive

run = CliRunner()


@pytest.fixture(autouse=True)
def models(monkeypatch):
    monkeypatch.setattr(cli_batch, "models", FakeModels)


def batch(*arguments):
    return run.invoke(cli.app, ["batch", *map(str, arguments)])


def test_an_archive_gives_reports_tables_and_a_store(tmp_path):
    rows = ["gone.png,shop,,2026-01-01"]
    archive = make_archive(tmp_path / "archive", 2, rows=rows)
    result = batch(archive, "--out", tmp_path / "out", "--workers", 1)
    assert result.exit_code == terminal.EXIT_OPEN, result.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("inspections.sqlite", "reports.jsonl.gz", "inspections.parquet", "verdicts.parquet"),
        "left_out.csv",
    }
    assert "gone.png" in result.stderr
    again = batch("--rejudge", "--out", tmp_path / "out")
    assert again.exit_code == terminal.EXIT_OPEN
    assert "2 inspections judged again" in again.stdout


def test_an_archive_stands_on_the_dashboard_when_that_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("INSPECTOR_DATA", str(tmp_path / "data"))
    archive = make_archive(tmp_path / "archive", 2)
    result = batch(archive, "--as-visits", "--out", tmp_path / "out", "--workers", 1)
    assert result.exit_code == terminal.EXIT_OPEN, result.output
    assert "on the dashboard" in result.stdout
    rows = Desk.open().rows
    assert rows.count(Person("Anna", Role.INSPECTOR), Filters()) > 0
    assert not (tmp_path / "out" / "inspections.sqlite").exists(), "it is in the dashboard's store"
    again = batch(archive, "--as-visits", "--out", tmp_path / "out", "--workers", 1)
    assert "0 visits on the dashboard" in again.stdout


def test_nothing_that_can_be_read_is_exit_code_2(tmp_path):
    archive = make_archive(tmp_path / "archive", 0, rows=["gone.png,shop,,2026-01-01"])
    result = batch(archive, "--out", tmp_path / "out", "--workers", 1)
    assert result.exit_code == terminal.EXIT_UNUSABLE
    assert "gone.png" in result.stderr


def test_without_a_source_there_is_nothing_to_do(tmp_path):
    result = batch("--out", tmp_path / "out")
    assert result.exit_code == terminal.EXIT_UNUSABLE
    assert "SOURCE" in result.stderr


@pytest.mark.parametrize("url", ["nowhere", "mysql://host/db", "sqlite:////no/such/folder/x.db"])
def test_a_store_that_cannot_be_opened_is_refused(tmp_path, url, capsys, monkeypatch):
    archive = make_archive(tmp_path / "archive", 1)
    arguments = ["batch", str(archive), "--store", url, "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["inspector", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == terminal.EXIT_UNUSABLE
    assert "store" in capsys.readouterr().err
