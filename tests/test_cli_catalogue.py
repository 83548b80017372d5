import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from inspector import cli

run = CliRunner()
GOLDEN = Path(__file__).parent / "golden"
OTC_LIST = (
    "Navn;Udleveringsgruppe;Styrke;Pakning\nPanodil;HX;500 mg;10 stk\nZyrtec;HF;10 mg;7 stk\n"
)


def catalogue(*arguments):
    return run.invoke(cli.app, ["catalogue", *map(str, arguments)])


@pytest.fixture
def otc_list(tmp_path):
    path = tmp_path / "otc.csv"
    path.write_text(OTC_LIST, encoding="utf-8")
    return path


def test_an_import_says_what_it_changed_and_shows_from_its_day_on(otc_list):
    result = catalogue("import", otc_list, "--on", "2026-11-01")
    assert result.exit_code == 0
    assert "Indlæst: otc-list, gælder fra 1. november 2026." in result.stdout
    assert "HX18" in result.stdout
    assert "otc-list 2026-11-01" in catalogue("show", "--on", "2026-11-01").stdout
    assert "otc-list" not in catalogue("show", "--on", "2026-10-31").stdout


def test_the_same_import_again_changes_nothing_in_either_language(otc_list):
    catalogue("import", otc_list, "--on", "2026-11-01")
    result = catalogue("import", otc_list, "--on", "2026-11-01", "--lang", "en")
    assert "Unchanged: otc-list of 1 November 2026 had been imported already." in result.stdout


def test_two_days_can_be_compared(otc_list):
    catalogue("import", otc_list, "--on", "2026-11-01")
    result = catalogue("compare", "2026-10-01", "2026-11-02", "--lang", "en")
    assert "1 in another dispensing group" in result.stdout
    assert (
        "0 new, 0 gone, 0 in"
        in catalogue("compare", "2026-10-01", "2026-10-02", "--lang", "en").stdout
    )


def test_a_report_is_judged_again_under_the_register_of_another_day(otc_list):
    catalogue("import", otc_list, "--on", "2026-10-01")
    report = GOLDEN / "pharmacy-good.report.json"
    result = catalogue("rejudge", report, "--on", "2026-11-01", "--lang", "en")
    assert result.exit_code == 0
    assert "HX18" in result.stdout
    assert "goods.csv + otc-list 2026-10-01" in result.stdout.replace("\n", " ")


def failing(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["inspector", "catalogue", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == cli.EXIT_UNUSABLE
    return capsys.readouterr().err


def test_a_list_that_does_not_fit_is_refused_in_words(tmp_path, monkeypatch, capsys):
    path = tmp_path / "otc.csv"
    path.write_text(OTC_LIST.replace("HF", "HB"), encoding="utf-8")
    assert "otc.csv, line 3, column Udleveringsgruppe" in failing(
        monkeypatch, capsys, "import", path
    )


def test_what_is_no_report_is_refused_by_name(tmp_path, monkeypatch, capsys):
    path = tmp_path / "x.report.json"
    path.write_text("{", encoding="utf-8")
    assert "x.report.json" in failing(monkeypatch, capsys, "rejudge", path)
    assert "nowhere.json" in failing(monkeypatch, capsys, "rejudge", tmp_path / "nowhere.json")


@pytest.fixture
def picture(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (30, 20, 3), np.uint8)
    image = cv2.resize(noise, (400, 600), interpolation=cv2.INTER_CUBIC)
    path = tmp_path / "pack.png"
    cv2.imwrite(str(path), image)
    return path


def test_a_pack_is_taught_listed_and_forgotten(picture):
    assert "1 billeder" in catalogue("teach", "Zendium", picture, "--box", "50,50,350,550").stdout
    listed = catalogue("lessons").stdout
    assert "Zendium" in listed
    lesson_id = next(word for word in listed.split() if word.endswith("-zendium"))
    assert lesson_id in catalogue("forget", lesson_id).stdout
    assert "Zendium" not in catalogue("lessons").stdout


def test_only_goods_of_the_register_can_be_taught(picture, monkeypatch, capsys):
    told = failing(monkeypatch, capsys, "teach", "Zendiumm", picture)
    assert "no goods of that name" in told
    assert "Zendium" in told


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "0,0,9999,10", "20,20,10,30"])
def test_a_box_outside_the_picture_is_refused(picture, box):
    assert catalogue("teach", "Zendium", picture, "--box", box).exit_code == cli.EXIT_UNUSABLE
