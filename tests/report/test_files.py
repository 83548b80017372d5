import json

import numpy as np
import pytest

from inspector.errors import OutputError
from inspector.report.files import write_overview, write_report

pytestmark = pytest.mark.usefixtures("fake_messages")

PICTURE = np.full((90, 120, 3), 180, np.uint8)


def write(report, out_dir):
    return write_report(report, {report.captures[0].capture_id: PICTURE}, out_dir)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_report_is_a_json_and_a_picture_named_after_the_photo(report, tmp_path):
    files = write(report, tmp_path / "new" / "folder")
    assert names(tmp_path / "new" / "folder") == ["hylde.annotated.jpg", "hylde.report.json"]
    assert json.loads(files.json_path.read_text(encoding="utf-8"))["schema_version"] == "1"


def test_two_photos_with_the_same_stem_do_not_overwrite_each_other(make_report, tmp_path):
    first = write(make_report(), tmp_path)
    second = write(make_report(capture_id="ab" * 32, file="hylde.heic"), tmp_path)
    assert first.json_path.name == "hylde.report.json"
    assert second.json_path.name == "hylde-abababab.report.json"
    assert [p.name for p in second.image_paths.values()] == ["hylde-abababab.annotated.jpg"]
    assert len(names(tmp_path)) == 4


def test_the_same_photo_inspected_again_replaces_its_own_report(make_report, tmp_path):
    for _ in range(2):
        write(make_report(), tmp_path)
        write(make_report(capture_id="ab" * 32), tmp_path)
    assert len(names(tmp_path)) == 4


def test_frames_of_one_video_have_files_of_their_own(make_report, tmp_path):
    for milliseconds in (0, 500, 1000):
        write(make_report(capture_id=f"{'cd' * 32}-{milliseconds}", file="gang.mp4"), tmp_path)
    assert [name for name in names(tmp_path) if name.endswith("json")] == [
        "gang-cdcdcdcd-1000.report.json",
        "gang-cdcdcdcd-500.report.json",
        "gang.report.json",
    ]


def test_a_file_of_somebody_else_is_not_overwritten(report, tmp_path):
    (tmp_path / "hylde.report.json").write_text("my notes", encoding="utf-8")
    write(report, tmp_path)
    assert (tmp_path / "hylde.report.json").read_text(encoding="utf-8") == "my notes"


def test_a_run_has_one_page_and_one_pdf_beside_the_pictures(report, tmp_path):
    files = write(report, tmp_path)
    page, pdf = write_overview([report], files.image_paths, tmp_path, lang="da")
    assert 'href="hylde.annotated.jpg"' in page.read_text(encoding="utf-8")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert len(names(tmp_path)) == 4


def test_a_folder_that_cannot_be_made_says_what_to_do(report, tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match=r"Cannot write .*taken.*another folder with --out"):
        write(report, tmp_path / "taken" / "out")


def test_a_write_that_fails_leaves_no_half_file_and_keeps_the_old_one(
    report, tmp_path, monkeypatch
):
    write(report, tmp_path)
    before = (tmp_path / "hylde.report.json").read_bytes()

    def disk_is_full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", disk_is_full)
    with pytest.raises(OutputError, match="No space left on device"):
        write(report, tmp_path)
    assert names(tmp_path) == ["hylde.annotated.jpg", "hylde.report.json"]
    assert (tmp_path / "hylde.report.json").read_bytes() == before
