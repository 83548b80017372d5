from datetime import date, datetime

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from inspector.batch.manifest import read_manifest
from inspector.domain.goods import DealerType
from inspector.errors import ManifestError
from tests.batch.fakes import make_archive

TODAY = date(2026, 11, 22)


def read(source, manifest=None, dealer_type=None):
    return read_manifest(str(source), manifest=manifest, dealer_type=dealer_type, today=TODAY)


def test_every_row_gives_a_photo_with_shop_dealer_and_day(tmp_path):
    found = read(make_archive(tmp_path / "archive", 3))
    assert [entry.file for entry in found.entries] == [f"photo_{n:04d}.png" for n in range(3)]
    assert [entry.store for entry in found.entries] == ["shop-0", "shop-1", "shop-2"]
    assert [entry.dealer_type for entry in found.entries] == ["retailer", "pharmacy", None]
    assert {entry.taken_on for entry in found.entries} == {date(2026, 11, 2)}
    assert found.faults == ()


def test_bad_rows_are_named_by_line_and_stop_nothing(tmp_path):
    rows = ["a.jpg,shop,kiosk,2026-01-01", ",shop,retailer,2026-01-01", "a.jpg,shop,,soon"]
    rows.append("photo_0000.png,shop-0,retailer,2026-11-02")
    found = read(make_archive(tmp_path / "archive", 2, rows=rows))
    assert len(found.entries) == 2
    assert [fault.where for fault in found.faults] == [
        f"manifest.csv, line {line}" for line in (4, 5, 6, 7)
    ]
    said = "\n".join(fault.reason for fault in found.faults)
    for part in ("kiosk", "column file", "'soon'", "line 2"):
        assert part in said


def test_semicolons_and_danish_dates_of_excel_are_read(tmp_path):
    archive = make_archive(tmp_path / "archive", 1)
    text = "\ufefffile;store;dealer_type;date\nphoto_0000.png;Torvet;otc-outlet;31-01-2026\n"
    (archive / "manifest.csv").write_text(text, encoding="utf-8")
    (entry,) = read(archive).entries
    assert (entry.store, entry.dealer_type) == ("Torvet", DealerType.OTC_OUTLET)
    assert entry.taken_on == date(2026, 1, 31)


def test_a_manifest_may_be_parquet_and_lie_elsewhere(tmp_path):
    archive = make_archive(tmp_path / "archive", 2)
    table = pa.table(
        {
            "file": ["photo_0001.png", "photo_0000.png"],
            "store": ["a", "b"],
            "dealer_type": ["retailer", None],
            "date": [datetime(2026, 1, 2), datetime(2026, 1, 3)],
        }
    )
    pq.write_table(table, tmp_path / "list.parquet")
    found = read(archive, manifest=str(tmp_path / "list.parquet"), dealer_type=DealerType.RETAILER)
    assert [(e.file, e.store) for e in found.entries] == [
        ("photo_0001.png", "a"),
        ("photo_0000.png", "b"),
    ]
    assert found.entries[1].dealer_type is DealerType.RETAILER
    assert found.entries[1].taken_on == date(2026, 1, 3)


def test_without_a_manifest_every_photo_is_taken(tmp_path):
    archive = make_archive(tmp_path / "archive", 2)
    (archive / "manifest.csv").unlink()
    (archive / "notes.txt").write_text("no photo")
    (archive / "photo_0000.annotated.jpg").write_bytes(b"drawn by the inspector")
    found = read(archive, dealer_type=DealerType.RETAILER)
    assert [entry.file for entry in found.entries] == ["photo_0000.png", "photo_0001.png"]
    assert {entry.taken_on for entry in found.entries} == {TODAY}


def test_object_storage_is_read_like_a_folder():
    memory = fsspec.filesystem("memory")
    memory.pipe("/shops/a.jpg", b"bytes of a photo")
    memory.pipe("/shops/manifest.csv", b"file,store,dealer_type,date\na.jpg,x,,2026-01-01\n")
    try:
        (entry,) = read("memory://shops").entries
    finally:
        memory.rm("/shops", recursive=True)
    assert entry.url == "memory:///shops/a.jpg"
    assert entry.mark


def test_a_photo_that_is_not_there_has_no_mark(tmp_path):
    rows = ["gone.jpg,shop,,2026-01-01"]
    assert read(make_archive(tmp_path / "archive", 1, rows=rows)).entries[1].mark == ""


def test_another_photo_under_the_same_name_has_another_mark(tmp_path):
    archive = make_archive(tmp_path / "archive", 1)
    before = read(archive).entries[0].mark
    (archive / "photo_0000.png").write_bytes(b"other bytes")
    assert read(archive).entries[0].mark != before


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("file,store,date\n", "dealer_type"),
        ("", "file, store, dealer_type, date"),
        (b"file,store\xff", "UTF-8"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_refused(tmp_path, content, told):
    archive = make_archive(tmp_path / "archive", 1)
    content = content if isinstance(content, bytes) else content.encode()
    (archive / "manifest.csv").write_bytes(content)
    with pytest.raises(ManifestError, match=r"manifest.csv, line 1") as error:
        read(archive)
    assert told in str(error.value)


@pytest.mark.parametrize("place", ["nothing/here", "teleport://bucket/photos"])
def test_a_place_that_is_not_there_is_refused(tmp_path, place):
    place = place if "://" in place else str(tmp_path / place)
    with pytest.raises(ManifestError, match=r"Check|Expected"):
        read(place)


def test_a_folder_without_photos_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("no photo")
    with pytest.raises(ManifestError, match="neither photos nor a manifest"):
        read(tmp_path)
