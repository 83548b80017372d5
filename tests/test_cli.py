import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from inspector import cli, terminal
from tests.truth import SAMPLES, TruthReader, scene_from_truth

run = CliRunner()


@pytest.fixture(autouse=True)
def reader(monkeypatch):
    fake = TruthReader()
    monkeypatch.setattr(cli, "default_reader", lambda: fake)
    return fake


def sample(folder, name="retailer-too-low"):
    return shutil.copy(SAMPLES / f"{name}.jpg", folder)


def inspect(*arguments):
    return run.invoke(cli.app, ["inspect", *map(str, arguments)])


def test_one_photo_gives_json_picture_html_and_pdf_and_a_table(tmp_path):
    result = inspect(sample(tmp_path), "--dealer", "pharmacy", "--out", tmp_path / "out")
    assert result.exit_code == terminal.EXIT_FAILED
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "retailer-too-low.report.json",
        "retailer-too-low.annotated.jpg",
        "report.html",
        "report.pdf",
    }
    document = json.loads((tmp_path / "out" / "retailer-too-low.report.json").read_text())
    assert document["dealer_type"] == "pharmacy"
    assert document["summary"]["reach-height"] == "failed"
    assert "Over gribehøjde" in result.stdout or "140" in result.stdout


def test_english_report_speaks_english(tmp_path):
    result = inspect(sample(tmp_path), "--lang", "en", "--out", tmp_path / "out")
    html = (tmp_path / "out" / "report.html").read_text()
    assert '<html lang="en"' in html
    assert result.exit_code == terminal.EXIT_FAILED


def test_one_bad_photo_among_good_ones_is_named_and_stops_nothing(tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("retailer-too-low", "no-scale"):
        sample(photos, name)
    (photos / "broken.jpg").write_bytes((photos / "no-scale.jpg").read_bytes()[:5000])
    result = inspect(photos, "--out", tmp_path / "out")
    assert result.exit_code == terminal.EXIT_FAILED
    assert len(list((tmp_path / "out").glob("*.report.json"))) == 2
    assert "broken.jpg" in result.stderr
    assert "broken.jpg" in (tmp_path / "out" / "report.html").read_text()


def test_without_a_failed_rule_open_points_are_told_by_the_exit_code(tmp_path):
    result = inspect(sample(tmp_path, "no-scale"), "--out", tmp_path / "out")
    assert result.exit_code == terminal.EXIT_OPEN


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [("empty.jpg", b"", "empty.jpg"), ("text.png", b"no picture at all", "text.png")],
)
def test_nothing_readable_is_exit_code_2_with_the_reason(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    result = inspect(tmp_path / name, "--out", tmp_path / "out")
    assert result.exit_code == terminal.EXIT_UNUSABLE
    assert told in result.stderr


def test_a_folder_without_photos_is_refused(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["inspector", "inspect", str(tmp_path)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == terminal.EXIT_UNUSABLE
    assert str(tmp_path) in capsys.readouterr().err.replace("\n", "")


def test_a_broken_catalogue_is_refused_with_file_and_line(tmp_path, capsys, monkeypatch):
    goods = tmp_path / "goods.csv"
    goods.write_text("sku_id,name\n1,Panodil\n")
    photo = sample(tmp_path)
    monkeypatch.setattr("sys.argv", ["inspector", "inspect", str(photo), "--catalogue", str(goods)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == terminal.EXIT_UNUSABLE
    assert "goods.csv" in capsys.readouterr().err.replace("\n", "")


def test_an_output_folder_that_cannot_be_written_is_refused(tmp_path, capsys, monkeypatch):
    photo = sample(tmp_path)
    (tmp_path / "out").write_text("a file stands where the folder should be")
    monkeypatch.setattr(
        "sys.argv", ["inspector", "inspect", str(photo), "--out", str(tmp_path / "out")]
    )
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == terminal.EXIT_UNUSABLE
    assert "out" in capsys.readouterr().err


def test_an_answer_reaches_the_report(tmp_path):
    inspect(
        sample(tmp_path),
        "--answer",
        "supervision=no",
        "--answer",
        "paid-placement=not-relevant",
        "--out",
        tmp_path / "out",
    )
    document = json.loads((tmp_path / "out" / "retailer-too-low.report.json").read_text())
    assert document["summary"]["supervision"] == "failed"
    assert document["summary"]["paid-placement"] == "inapplicable"


@pytest.mark.parametrize("answer", ["supervision", "supervision=perhaps", "weather=yes"])
def test_an_answer_that_is_none_is_refused(tmp_path, answer):
    result = inspect(sample(tmp_path), "--answer", answer, "--out", tmp_path / "out")
    assert result.exit_code == terminal.EXIT_UNUSABLE
    assert answer in result.stderr


def test_a_dealer_that_does_not_exist_is_refused(tmp_path):
    assert inspect(sample(tmp_path), "--dealer", "kiosk").exit_code == terminal.EXIT_UNUSABLE


def test_rules_lists_all_sixteen_in_both_languages():
    for lang in ("da", "en"):
        result = run.invoke(cli.app, ["rules", "--lang", lang])
        assert result.exit_code == 0
        assert "reach-height" in result.stdout
        assert "general-duties" in result.stdout


def test_the_catalogue_can_be_shown_for_a_day():
    result = run.invoke(cli.app, ["catalogue", "show", "--on", "2026-11-01"])
    assert result.exit_code == 0
    assert "Panodil" in result.stdout


def test_the_kit_is_printed_and_its_bar_told_once(tmp_path):
    made = run.invoke(cli.app, ["kit", "--out", str(tmp_path / "kit" / "kit.pdf")])
    assert made.exit_code == 0
    assert (tmp_path / "kit" / "kit.pdf").read_bytes().startswith(b"%PDF")
    assert "kit --bar-mm" in inspect(sample(tmp_path), "--out", tmp_path / "out").stderr
    assert run.invoke(cli.app, ["kit", "--bar-mm", "100.5"]).exit_code == 0
    result = inspect(sample(tmp_path), "--out", tmp_path / "out")
    assert "--bar-mm" not in result.stderr
    document = json.loads((tmp_path / "out" / "retailer-too-low.report.json").read_text())
    assert "kit printed at 100.5%" in document["captures"][0]["scale"]["detail"]


def test_kit_needs_something_to_do():
    assert run.invoke(cli.app, ["kit"]).exit_code == terminal.EXIT_UNUSABLE


def test_the_cameras_height_is_told_with_how_far_it_may_be_off(tmp_path):
    arguments = ["--camera-height-cm", "143", "--camera-height-within-cm", "2"]
    inspect(sample(tmp_path, "no-scale"), *arguments, "--out", tmp_path / "out")
    document = json.loads((tmp_path / "out" / "no-scale.report.json").read_text())
    scale = document["captures"][0]["scale"]
    assert scale["method"] == "camera_height"
    assert "camera at 143.0 ± 2.0 cm, as told" in scale["detail"]
    assert all(p["bottom_height_cm"] for p in document["captures"][0]["packs"])


def test_heights_marked_by_hand_give_a_scale_and_stand_beside_the_photos(tmp_path):
    marks = ["--mark", "700,900=140", "--mark", "300,1500,900,1500=60"]
    inspect(sample(tmp_path, "no-scale"), *marks, "--out", tmp_path / "out")
    document = json.loads((tmp_path / "out" / "no-scale.report.json").read_text())
    capture = document["captures"][0]
    assert capture["scale"]["method"] == "marked_points"
    assert [mark["tape_cm"] for mark in capture["marks"]] == [140.0, 60.0]
    assert capture["marks"][0]["photo_unknown_because"] == "no_scale"


@pytest.mark.parametrize("text", ["700=140", "1,2,3=140", "700,900", "a,b=140", "700,900=900"])
def test_a_mark_that_is_none_is_refused_with_an_example(tmp_path, text):
    result = inspect(sample(tmp_path, "no-scale"), "--mark", text)
    assert result.exit_code == terminal.EXIT_UNUSABLE
    assert "812,455=140" in result.stderr


def test_a_lock_is_a_point_with_its_height(tmp_path):
    photo = sample(tmp_path, "no-scale")
    result = inspect(photo, "--lock", "300,1500,900,1500=60")
    assert result.exit_code == terminal.EXIT_UNUSABLE
    assert "--lock" in result.stderr


def test_marks_belong_to_one_photo(tmp_path):
    photos = [sample(tmp_path), sample(tmp_path, "no-scale")]
    assert inspect(*photos, "--mark", "700,900=140").exit_code == terminal.EXIT_UNUSABLE


def test_photos_of_one_fixture_make_one_report(tmp_path):
    photos = [sample(tmp_path), sample(tmp_path, "no-scale")]
    inspect(*photos, "--one-fixture", "--out", tmp_path / "out")
    (path,) = (tmp_path / "out").glob("*.report.json")
    captures = json.loads(path.read_text())["captures"]
    assert [capture["file"] for capture in captures] == ["retailer-too-low.jpg", "no-scale.jpg"]
    # They show other shelves, whatever was told: the one without a scale stays without.
    assert captures[1]["scale"]["method"] == "none"
    assert len(list((tmp_path / "out").glob("*.annotated.jpg"))) == 2


class OneShelfReader(TruthReader):
    """Sees one shelf in every photo, and a single tag of its strip in `near.jpg`."""

    def read(self, capture, *, on_found=None):
        scene = scene_from_truth(json.loads((SAMPLES / "retailer-too-low.json").read_text()))
        return replace(scene, tags=scene.tags[:1]) if capture.file == "near.jpg" else scene


def test_photos_of_one_call_lend_each_other_heights_where_a_tag_ties_them(tmp_path, monkeypatch):
    reader = OneShelfReader()
    monkeypatch.setattr(cli, "default_reader", lambda: reader)
    near, far = tmp_path / "near.jpg", sample(tmp_path)
    near.write_bytes(Path(far).read_bytes() + b" ")

    def detail_of_near(*photos):
        out = tmp_path / str(len(photos))
        inspect(*photos, "--out", out)
        document = json.loads((out / "near.report.json").read_text())
        return document["captures"][0]["scale"]["detail"]

    assert "lent by another photo" in detail_of_near(near, far)
    assert "lent by another photo" not in detail_of_near(near)
    assert len(list((tmp_path / "2").glob("*.report.json"))) == 2


def test_verify_tells_that_nothing_was_changed():
    result = run.invoke(cli.app, ["verify"])
    assert result.exit_code == 0
    assert "0 visits, 0 changed" in result.stdout


def test_the_dashboard_refuses_an_open_door(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    started = []
    monkeypatch.setattr(cli.subprocess, "call", lambda command, env: started.append(command) or 0)
    refused = run.invoke(cli.app, ["dashboard", "--address", "0.0.0.0"])
    assert refused.exit_code == 2
    assert not started
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text("[auth]\nclient_id = 'x'\n")
    run.invoke(cli.app, ["dashboard", "--address", "0.0.0.0"])
    run.invoke(cli.app, ["dashboard", "--store", "sqlite:////tmp/v.sqlite"])
    assert [command[6] for command in started] == ["0.0.0.0", "127.0.0.1"]
