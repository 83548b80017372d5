"""Lists as they come from outside: what is read, what is refused, and that nothing is lost."""

import io
import json
import zipfile
from datetime import date

import openpyxl
import pytest

from inspector.catalogue.editions import Source
from inspector.catalogue.imports import changes_between, import_list
from inspector.catalogue.register import Register
from inspector.domain.goods import Group, Kind
from inspector.errors import CatalogueError, OutputError

TODAY = date(2026, 11, 22)

OTC_LIST = '''Lægemidler der ikke er apoteksforbeholdte;;;;
Lægemiddel;Lægemiddelform;Styrke;Udleveringsgruppe;Pakning
Panodil;filmovertrukne tabletter;500 mg;HX18;10 stk
Zyrtec;filmovertrukne tabletter;10 mg;HF;7 stk
"Ibuprofen ""Copyfarm""";filmovertrukne tabletter;200 mg;HX18;20 stk
'''


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "register"


@pytest.fixture
def take(tmp_path, folder):
    """Import a file with a content."""

    def take(name, content, **options):
        path = tmp_path / name
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)
        return import_list(path, folder=folder, today=TODAY, **options)

    return take


@pytest.fixture
def refused(take, folder):
    """Import a file that does not fit; return the reason, and see that nothing was changed."""

    def refused(name, content, **options):
        before = sorted(folder.iterdir()) if folder.exists() else []
        with pytest.raises(CatalogueError) as caught:
            take(name, content, **options)
        assert (sorted(folder.iterdir()) if folder.exists() else []) == before
        return str(caught.value)

    return refused


def on(folder, day=TODAY):
    return Register.load(editions=folder).on(day)


def named(register, name):
    return [sku for sku in register.skus if sku.name == name]


def book(*rows):
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


# --- The daily list


def test_the_daily_list_is_known_by_its_columns_and_found_under_its_title(take, folder):
    summary = take("otc.csv", OTC_LIST)
    assert (summary.source, summary.day, summary.entries) == (Source.OTC_LIST, TODAY, 3)
    (panodil,) = [sku for sku in named(on(folder), "Panodil") if sku.group is Group.HX18]
    assert (panodil.valid_from, panodil.source) == (TODAY, "otc.csv, 2026-11-22")
    assert named(on(folder), "Ibuprofen")[-1].group is Group.HX18


def test_it_says_what_has_changed(take):
    summary = take("otc.csv", OTC_LIST.replace("HX18;10 stk", "HX;10 stk"))
    assert [(old.group, new.group, new.name) for old, new in summary.changes.regrouped] == [
        (Group.HX18, Group.HX, "Panodil")
    ]
    assert "Zyrtec" in {sku.name for sku in summary.changes.added}


def test_the_list_as_a_workbook_says_the_same(take, folder):
    header, *rows = [line.split(";") for line in OTC_LIST.splitlines()[1:3]]
    take("otc.xlsx", book([], header, *rows))
    assert on(folder).by_code("409193")[0].group is Group.HA18  # pharmacies only: not in that list
    assert {sku.group for sku in named(on(folder), "Zyrtec")} == {Group.HF}


def test_a_newer_list_ends_what_the_older_one_said_in_its_groups_only(take, folder):
    take("otc.csv", OTC_LIST)
    groups = {sku.group: sku.valid_from for sku in named(on(folder), "Panodil")}
    assert groups[Group.HX18] == TODAY
    assert groups[Group.HA18] == date(2011, 3, 9)
    assert [sku.valid_from for sku in named(on(folder), "Zyrtec")] == [TODAY]


def test_the_day_before_stays_as_it_was(take, folder):
    before = on(folder, date(2026, 11, 21))
    take("otc.csv", OTC_LIST)
    assert on(folder, date(2026, 11, 21)) == before
    assert on(folder).name == "goods.csv + otc-list 2026-11-22"
    assert on(folder).sha256 != before.sha256
    changes = changes_between(before, on(folder))
    assert "Zyrtec" in {sku.name for sku in changes.added}


def test_the_same_list_twice_is_kept_once(take, folder):
    take("otc.csv", OTC_LIST)
    assert take("otc.csv", OTC_LIST).edition is None
    assert len(list(folder.iterdir())) == 1


def test_a_correction_on_the_same_day_counts_and_the_first_one_stays(take, folder):
    take("otc.csv", OTC_LIST)
    take("otc.csv", OTC_LIST.replace("HF;7", "HX;7"))
    assert {sku.group for sku in named(on(folder), "Zyrtec")} == {Group.HX}
    assert len(list(folder.iterdir())) == 2


def test_columns_that_are_not_known_are_left_out_and_named(take):
    content = OTC_LIST.replace("Pakning", "Pakning;Bemærkning").replace("stk\n", "stk;x\n")
    assert take("otc.csv", content).unknown_columns == ("Bemærkning",)


def test_a_group_over_its_gram_limit_is_a_warning(take):
    summary = take("otc.csv", OTC_LIST + "Burana;tabletter;200 mg;HX18;30 stk\n")
    # The list has no substances; the bundled register knows that of Burana.
    assert [(w.sku.name, w.grams) for w in summary.warnings] == [("Burana", 6.0)]


def test_the_list_in_another_encoding_needs_its_name(take, refused):
    content = OTC_LIST.encode("cp1252")
    assert "otc.csv, line 1: the file is not written in UTF-8" in refused("otc.csv", content)
    assert take("otc.csv", content, encoding="cp1252").entries == 3
    assert "no encoding 'dansk'" in refused("otc.csv", content, encoding="dansk")


def test_utf16_as_excel_saves_it_is_read(take):
    assert take("otc.csv", OTC_LIST.replace(";", "\t").encode("utf-16")).entries == 3


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("HF;7", "HA;7", "otc.csv, line 4, column Udleveringsgruppe: expected one of HF"),
        ("HF;7", "HB;7", "line 4, column Udleveringsgruppe: expected one of GH"),
        ("HF;7", ";7", "line 4, column Udleveringsgruppe: expected one of HF"),
        ("Zyrtec;", ";", "line 4, column Lægemiddel: expected a text, got nothing"),
        ("7 stk", "7 stk;x", "line 4: expected 5 values, got 6"),
        ("Zyrtec;", "=HYPERLINK(1);", "line 4, column Lægemiddel: expected a value, got the for"),
        (";Pakning", ";Styrke", "line 2: the columns are not those"),
        (";Udleveringsgruppe;", ";Gruppe?;", "it cannot be told which list this is"),
        ("Zyrtec;", '"Zyrtec;', "no valid CSV"),
        ("Zyrtec;", "Zyr\x00tec;", "line 4: the file holds binary data"),
    ],
)
def test_a_list_that_does_not_fit_is_refused_with_line_and_column(refused, old, new, expected):
    assert expected in refused("otc.csv", OTC_LIST.replace(old, new))


def test_the_wrong_separator_is_named(refused):
    assert "separated by commas or semicolons" in refused(
        "otc.csv", "Navn|Udleveringsgruppe\nZyrtec|HF\n"
    )


def test_a_list_without_lines_changes_nothing(refused):
    assert "no lines" in refused("otc.csv", "\n".join(OTC_LIST.splitlines()[:2]))


def test_an_empty_file_is_named(refused):
    assert "empty" in refused("otc.csv", "")


def test_a_file_of_500_mb_is_refused_before_it_is_read(tmp_path, folder):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(500_000_000)
    with pytest.raises(CatalogueError, match=r"500 MB. Expected at most 100 MB"):
        import_list(path, folder=folder, today=TODAY)


def test_a_missing_file_is_named(tmp_path, folder):
    with pytest.raises(CatalogueError, match=r"nowhere\.csv"):
        import_list(tmp_path / "nowhere.csv", folder=folder, today=TODAY)


def test_progress_is_told(take):
    seen = []
    take("otc.csv", OTC_LIST, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (5, 5)


def test_a_full_disk_leaves_the_register_as_it_was(take, folder, monkeypatch):
    take("otc.csv", OTC_LIST)
    before = on(folder)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        take("otc.csv", OTC_LIST.replace("HF", "HX"))
    assert on(folder) == before


def test_what_a_broken_off_import_left_behind_disturbs_nothing(take, folder):
    folder.mkdir(parents=True)
    (folder / "0001 2026-11-22 otc-list.part").write_bytes(b"half a li")
    assert on(folder) == on(folder.parent / "none")
    assert take("otc.csv", OTC_LIST).edition.number == 1


def test_a_damaged_edition_is_named(take, folder):
    take("otc.csv", OTC_LIST)
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CatalogueError, match=r"0001 2026-11-22 otc-list\.csv, line"):
        on(folder)


# --- Workbooks


def test_a_formula_in_a_workbook_is_refused_with_its_cell(refused):
    content = book(["Navn", "Udleveringsgruppe"], ["=1+1", "HF"])
    assert "line 2, column Navn: expected a value, got the formula '=1+1'" in refused(
        "otc.xlsx", content
    )


def test_a_zip_bomb_is_refused(refused):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    assert "would unpack to 50 MB" in refused("otc.xlsx", stream.getvalue())


def test_an_xml_bomb_is_refused(refused):
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entities}]>'
    stream = io.BytesIO(book(["Navn", "Udleveringsgruppe"], ["Zyrtec", "HF"]))
    hostile = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(hostile, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                content = bomb + content.replace("Navn", "&a9;")
            new.writestr(name, content)
    assert "cannot be read" in refused("otc.xlsx", hostile.getvalue())


@pytest.mark.parametrize("cut", [0, 100, 3000])
def test_a_damaged_workbook_is_refused(refused, cut):
    content = book(["Navn", "Udleveringsgruppe"], ["Zyrtec", "HF"])[:cut]
    assert "otc.xlsx: the " in refused("otc.xlsx", content)


# --- Authorised medicine


def test_authorised_medicine_fills_in_substances_and_adds_no_names(take, folder):
    take("otc.csv", OTC_LIST.replace("Zyrtec", "Nymedin"))
    summary = take(
        "ListeOverGodkendteLaegemidler.xlsx",
        book(
            [
                "Drugid",
                "Navn",
                None,
                "Lægemiddelform",
                "Styrketekst",
                "AktiveSubstanser",
                "ATC-kode",
            ],
            [
                28100000001,
                "Nymedin",
                None,
                "Filmovertrukne tabletter",
                "10 mg",
                "Cetirizin",
                "R06AE07",
            ],
            [28100000002, "Receptin", None, "Tabletter", "5 mg", "Noget", "C01AA01"],
        ),
    )
    assert summary.source is Source.APPROVED
    (sku,) = named(on(folder), "Nymedin")
    assert (sku.substance, sku.atc, sku.group) == ("Cetirizin", "R06AE07", Group.HF)
    assert not named(on(folder), "Receptin")


# --- Records of medicinpriser.dk

RECORD = {
    "Navn": "Panodil",
    "Varenummer": "058626",
    "Styrke": "500 mg",
    "Pakning": "20 stk.",
    "VirksomtStof": "Paracetamol",
    "AtcKode": "N02BE01",
    "Udleveringsgruppe": "HA18",
    "Opbevaringsbetingelser": None,
    "PrisPrPakning": None,
    "Udgaaet": False,
}


def test_a_record_without_a_price_is_read(take, folder):
    summary = take("panodil.json", json.dumps(RECORD))
    assert summary.source is Source.MEDICINPRISER
    (sku,) = on(folder).by_code("058626")
    assert (sku.group, sku.pack_size, sku.substance) == (Group.HA18, "20 stk", "paracetamol")


def test_records_come_one_by_one_and_join_each_other(take, folder):
    take("one.json", json.dumps(RECORD))
    take("two.json", json.dumps([RECORD | {"Varenummer": "058627", "Udleveringsgruppe": "HF"}]))
    assert on(folder).by_code("058626")
    assert on(folder).by_code("058627")


def test_prescription_and_discontinued_packs_are_left_out_and_counted(take):
    records = [
        RECORD,
        RECORD | {"Varenummer": "000002", "Udleveringsgruppe": "B"},
        RECORD | {"Varenummer": "000003", "Udgaaet": True},
    ]
    summary = take("three.json", json.dumps(records))
    assert (summary.entries, summary.left_out) == (1, {"B": 1, "udgået": 1})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"Varenummer": "058626",\n "Navn": }', "r.json, line 2, column 10: the file is no valid"),
        (b"\xff\xfe{}", "UTF-8"),
        ("[]", "no records"),
        ("{}", "record 1, field Varenummer"),
        ("[1]", "record 1"),
        ("[" * 100_000, "no valid JSON"),
        (json.dumps([RECORD, RECORD]), "record 2, field Varenummer: expected a Vnr of its own"),
        (json.dumps(RECORD | {"Varenummer": 58626}), "record 1, field Varenummer: expected a text"),
        (json.dumps(RECORD | {"Varenummer": "58626"}), "expected six digits, got '58626'"),
        (json.dumps(RECORD | {"Navn": ""}), "record 1, field Navn: expected a name"),
    ],
)
def test_a_record_that_does_not_fit_is_refused(refused, content, expected):
    assert expected in refused("r.json", content)


# --- A store's own list


def test_a_store_needs_only_name_and_kind(take, folder):
    take("egne.csv", "Navn;Slags\nZinklet;vitamin\nDecubal;andet\nHostemix;lægemiddel\n")
    register = on(folder)
    assert named(register, "Zinklet")[0].kind is Kind.VITAMIN
    assert named(register, "Decubal")[0].source == "egne.csv, 2026-11-22"
    assert named(register, "Hostemix")[0].kind is Kind.MEDICINE


def test_two_entries_with_one_vnr_are_refused(refused):
    content = "name,kind,vnr\nA,other,215000\nB,other,215000\n"
    assert "the entries 'a' and 'b' have the same vnr 215000" in refused("egne.csv", content)


def test_a_barcode_with_a_wrong_check_digit_is_refused(refused):
    content = "name,kind,gtin\nA,other,5701234567890\n"
    assert "line 2, column gtin" in refused("egne.csv", content)


def test_a_group_belongs_to_medicine(refused):
    assert "column group" in refused("egne.csv", "name,kind,group\nZinklet,vitamin,HF\n")


def test_what_looks_like_a_formula_is_escaped_where_it_is_kept(take, folder):
    take("egne.csv", "name,kind\n@home,other\n-18,other\n")
    (kept,) = folder.iterdir()
    assert ",'@home," in kept.read_text()
    assert {"@home", "-18"} <= {sku.name for sku in on(folder).skus}


# --- Emergency groups and exclusions


def test_an_emergency_group_holds_between_its_dates_over_every_other_list(take, folder):
    take("otc.csv", OTC_LIST)
    decision = "name,kind,group,valid_from,valid_to\nZyrtec,medicine,HFY,2026-12-01,2026-12-31\n"
    take("beredskab.csv", decision)
    take("otc.csv", OTC_LIST, day=date(2026, 12, 5))

    def groups(day):
        return {sku.group for sku in named(on(folder, day), "Zyrtec")}

    assert groups(date(2026, 11, 30)) == {Group.HF}
    assert groups(date(2026, 12, 10)) == {Group.HFY}
    assert groups(date(2027, 1, 1)) == {Group.HF}
    (sku,) = named(on(folder, date(2026, 12, 10)), "Zyrtec")
    assert (sku.pack_size, sku.valid_to) == ("7 stk", date(2026, 12, 31))


def test_an_emergency_decision_on_a_brand_leaves_its_other_groups_alone(take, folder):
    take("beredskab.csv", "name,kind,group\nPanodil,medicine,HA18Y\n")
    assert {Group.HX18, Group.HA18Y} <= {sku.group for sku in named(on(folder), "Panodil")}
    assert Group.HA18 not in {sku.group for sku in named(on(folder), "Panodil")}


def listing(folder, name, day=TODAY):
    return {sku.self_selection_retail for sku in named(on(folder, day), name)}


def test_only_a_part_of_the_exclusions_says_nothing_of_other_medicine(take, folder):
    take("otc.csv", OTC_LIST + "Imodium;kapsler;2 mg;HF;20 stk\n")
    assert listing(folder, "Imodium") == {False}
    assert listing(folder, "Zyrtec") == {None}


def test_with_the_whole_list_of_exclusions_every_other_hf_medicine_is_decided(take, folder):
    take("otc.csv", OTC_LIST + "Imodium;kapsler;2 mg;HF;20 stk\nLoppen;tabletter;2 mg;HF;10 stk\n")
    take(
        "undtagelser.csv",
        "Navn;ATC-kode\nImodium;\nLoppen;\n;A07DA53\n",
        source=Source.EXCLUSIONS,
    )
    assert listing(folder, "Imodium") == {False}
    assert listing(folder, "Loppen") == {False}
    assert listing(folder, "Zyrtec") == {True}
    assert listing(folder, "Panodil") == {None}  # HX18 and HA18 may stand there nowhere anyway
    assert listing(folder, "Zyrtec", date(2026, 11, 21)) == {None}


def test_an_answer_is_as_old_as_the_list_of_exclusions_that_it_rests_on(take, folder):
    take("u.csv", "name\nImodium\n", source=Source.EXCLUSIONS, day=date(2019, 1, 1))
    take("otc.csv", OTC_LIST)
    (sku,) = named(on(folder), "Zyrtec")
    assert (sku.self_selection_retail, sku.valid_from) == (True, date(2019, 1, 1))
