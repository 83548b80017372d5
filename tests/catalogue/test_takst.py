"""The LMS files, made up line by line in their own layout."""

import zipfile
from datetime import date

import pytest

from inspector.catalogue.editions import Source
from inspector.catalogue.imports import import_list
from inspector.catalogue.register import Register
from inspector.domain.goods import Group, Kind
from inspector.errors import CatalogueError

TODAY = date(2026, 11, 22)


def fixed(width, **fields):
    line = [" "] * width
    for place, text in fields.items():
        start = int(place[1:])
        line[start : start + len(text)] = text
    return "".join(line)


def medicine(drugid, name, *, kind="LM", strength="500 mg", form="TABFILM", atc="N02BE01"):
    return fixed(
        180,
        _0=f"{drugid:011d}",
        _11="SP",
        _13=kind,
        _29=name,
        _59="tabletter",
        _79=form,
        _93=strength,
        _138=atc.rjust(8),
    )


def pack(drugid, vnr, size, group, *, storage="A"):
    return fixed(137, _0=f"{drugid:011d}", _11=vnr, _29=size, _73=group, _102=storage)


def takst(**changes):
    files = {
        "LMS01.txt": [
            medicine(1, "Panodil"),
            medicine(2, 'Ibuprofen "Orifarm"', strength="200 mg", atc="M01AE01"),
            medicine(3, "Husk Psyllium-frøskaller", kind="NA", strength="", atc="A06AC01"),
            medicine(4, "Receptin", atc="C01AA01"),
        ],
        "LMS02.txt": [
            pack(1, "058626", "20 stk. (blister)", "HA18"),
            pack(1, "003051", "10 stk. (blister)", "HX18", storage="B"),
            pack(2, "111111", "20 stk. (blister)", "HX18"),
            pack(4, "222222", "100 stk.", "B"),
        ],
        "LMS12.txt": [
            fixed(152, _0=" N02BE01", _8="Paracetamol"),
            fixed(152, _0="QP53AX15", _8="Fipronil"),
        ],
        "LMS20.txt": ["AIngen     Ingen", "BUnder 25C Ikke over 25 C"],
        "LMS22.txt": ["TABFILMfilmovertrukne tabletter"],
        "system.txt": [fixed(90, _0="0012.0 LMS-TAKST", _47="20261116", _71="LMS.ZIP")],
    }
    return files | changes


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def take(tmp_path, folder):
    def take(files, *, written_in="cp850", **options):
        path = tmp_path / "LMS.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, lines in files.items():
                archive.writestr(f"takst/{name}", "\r\n".join([*lines, ""]).encode(written_in))
        return import_list(path, folder=folder, today=TODAY, **options)

    return take


def test_the_otc_packs_of_a_takst_are_read_with_its_own_day(take, folder):
    summary = take(takst())
    assert (summary.source, summary.day) == (Source.TAKST, date(2026, 11, 16))
    assert summary.left_out == {"B": 1}
    register = Register.load(editions=folder).on(TODAY)
    (small,) = register.by_code("7046260030510")
    assert (small.name, small.group, small.vnr) == ("Panodil", Group.HX18, "003051")
    assert (small.form, small.substance) == ("filmovertrukne tabletter", "paracetamol")
    assert (small.storage, small.source) == ("Ikke over 25 C", "Takst 2026-11-16")
    assert not register.by_code("222222")


def test_a_whole_takst_ends_the_old_entries_of_its_brands_and_leaves_the_others(take, folder):
    take(takst())
    register = Register.load(editions=folder).on(TODAY)
    assert {s.vnr for s in register.skus if s.name == "Panodil"} == {"058626", "003051"}
    assert date(2011, 3, 9) in {s.valid_from for s in register.skus if s.name == "Pamol"}


def test_companies_in_quotes_are_no_part_of_a_name_and_natural_remedies_come_without_packs(
    take, folder
):
    take(takst())
    register = Register.load(editions=folder).on(TODAY)
    assert register.by_code("111111")[0].name == "Ibuprofen"
    (husk,) = [s for s in register.skus if s.name == "Husk Psyllium-frøskaller"]
    assert (husk.kind, husk.group) == (Kind.NATURAL_REMEDY, None)


def test_a_folder_and_one_of_its_files_are_read_as_well(tmp_path, folder):
    inside = tmp_path / "takst"
    inside.mkdir()
    for name, lines in takst().items():
        (inside / name).write_bytes("\n".join(lines).encode("cp850"))
    for path in (inside, inside / "LMS02.txt"):
        assert import_list(path, folder=folder, today=TODAY).entries == 4


def test_without_its_day_a_takst_needs_one(take):
    files = takst()
    del files["system.txt"]
    with pytest.raises(CatalogueError, match="Name the day with --on"):
        take(files)
    assert take(files, day=date(2026, 11, 2)).day == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"LMS02.txt": []}, "LMS02.TXT holds no packs"),
        ({"LMS02.txt": [pack(1, "058626", "", "HF")[:60]]}, r"LMS02.TXT, line 1, columns 1-103"),
        ({"LMS02.txt": [pack(1, "58626 ", "", "HF")]}, r"line 1, columns 12-17: expected digits"),
        ({"LMS02.txt": [pack(9, "058626", "", "HF")]}, r"expected a drug id of LMS01.TXT"),
        (
            {"LMS02.txt": [pack(1, "058626", "", "HF"), pack(2, "058626", "", "HF")]},
            r"LMS02.TXT, line 2, columns 12-17: expected a Vnr of its own",
        ),
        ({"LMS01.txt": [medicine(1, "Panodil", kind="XX")]}, r"columns 14-15: expected one of LM"),
        ({"LMS01.txt": [medicine(1, "")]}, r"columns 30-59: expected a name"),
        ({"system.txt": [fixed(90, _47="20261399")]}, r"SYSTEM.TXT, line 1, columns 48-55"),
    ],
)
def test_a_faulty_takst_is_refused_with_file_line_and_columns(take, folder, changes, expected):
    with pytest.raises(CatalogueError, match=expected):
        take(takst(**changes))
    assert not folder.exists()


def test_a_missing_file_is_named(take):
    files = takst()
    del files["LMS01.txt"]
    with pytest.raises(CatalogueError, match=r"LMS01.TXT is missing"):
        take(files)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_another_code_page_is_noticed_by_its_letters_and_can_be_named(take, encoding):
    files = takst()
    files["LMS01.txt"].append(medicine(5, "Åse Gåseøl til børn"))
    with pytest.raises(CatalogueError, match=r"LMS01.TXT, line \d, column \d+: expected Danish"):
        take(files, written_in=encoding)
    assert take(files, written_in="cp1252", encoding="cp1252").entries == 4


def test_a_zip_that_is_none_is_refused(tmp_path, folder):
    path = tmp_path / "LMS.zip"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(CatalogueError):
        import_list(path, folder=folder, today=TODAY)


def test_a_zip_bomb_is_refused_and_changes_nothing(tmp_path, folder):
    path = tmp_path / "LMS.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LMS01.txt", b"0" * 50_000_000)
    with pytest.raises(CatalogueError, match="would unpack to 50 MB"):
        import_list(path, folder=folder, today=TODAY)
    assert not folder.exists()
