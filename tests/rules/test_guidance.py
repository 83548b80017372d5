import re
from datetime import date
from pathlib import Path

import pytest

import inspector.rules
from inspector.domain.goods import DealerType, Group
from inspector.errors import GuidanceError
from inspector.rules import fingerprint
from inspector.rules.fingerprint import rules_sha256
from inspector.rules.guidance import load_guidance

TODAY = date(2026, 3, 2)
ROOM = Path(inspector.rules.__file__).parent


@pytest.fixture
def guidance_file(tmp_path):
    """Copies of the real files that a test can spoil."""

    def spoil(old: str, new: str, file: str = "guidance.yaml"):
        for name in ("guidance.yaml", "words.yaml"):
            text = (ROOM / name).read_text(encoding="utf-8")
            if name == file:
                assert old in text
                text = text.replace(old, new, 1)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / "guidance.yaml"

    return spoil


def test_the_guidance_has_an_id_and_the_day_from_which_it_holds():
    guidance = load_guidance(TODAY)

    assert (guidance.id, guidance.version) == ("dk-selvvalg", "2018-01-01")
    assert guidance.reach_height_m == 1.40
    assert guidance.self_selection_groups[DealerType.RETAILER] == {Group.HF}


def test_the_eighth_mandatory_item_comes_with_the_order_of_2021():
    assert len(load_guidance(date(2021, 4, 28)).mandatory_items) == 7
    assert len(load_guidance(date(2021, 4, 29)).mandatory_items) == 8


def test_the_hash_of_the_rules_changes_with_their_text(tmp_path, monkeypatch):
    before = rules_sha256()
    assert re.fullmatch("[0-9a-f]{64}", before)
    for path in fingerprint._ROOM.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(fingerprint, "_ROOM", tmp_path)
    assert rules_sha256.__wrapped__() == before, "wherever they lie"
    guidance = tmp_path / "guidance.yaml"
    guidance.write_text(guidance.read_text(encoding="utf-8") + "# \n", encoding="utf-8")
    assert rules_sha256.__wrapped__() != before


def test_every_number_says_whether_it_is_law_or_ours():
    guidance = load_guidance(TODAY)

    ours = {parameter.key for parameter in guidance.parameters if parameter.is_ours}
    assert {"gap_counts", "climbing_near", "register_max_age"} <= ours
    assert all(p.is_ours or p.reference for p in guidance.parameters)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "2018-01-01: 1.40",
            "2018-01-01: high",
            "line 11: law.reach_height holds 'high'; expected a number",
        ),
        (
            "values: {2018-01-01: 1.40}",
            "values: {}",
            "line 11: law.reach_height needs a value that holds on 2026-03-02",
        ),
        ("values: {2018-01-01: 1.40}", "values: {soon: 1.40}", "needs dates such as 2018-01-01"),
        ("    unit: m\n", "", "law.reach_height needs a proper field 'unit'"),
        ("    unit: m\n", "    unit: m\n    colour: red\n", "needs only the fields"),
        ("  reach_height:", "  reach:", "the entry 'reach_height' is missing"),
        (
            "retailer: [HF]",
            "retailer: [HQ]",
            "law.self_selection_groups holds 'HQ'; expected one of GH",
        ),
        (
            "retailer: [HF]",
            "shop: [HF]",
            "law.self_selection_groups holds 'shop'; expected one of pharmacy",
        ),
        ("id: dk-selvvalg\n", "", "the entry 'id' is missing"),
        (
            "  gap_counts:\n",
            "  gap_never_counts:\n",
            "ours.gap_never_counts stands there a second time",
        ),
        ("version: 2018-01-01", "version: [", "this is not valid YAML"),
        ("ours:\n", "mine:\n", "expected a section 'ours'"),
        (
            "2025-07-01: false",
            "2025-07-01: 0",
            "law.advertising_order_is_known holds 0; expected true or false",
        ),
    ],
)
def test_a_spoiled_file_is_refused_with_file_line_and_key(old, new, expected, guidance_file):
    with pytest.raises(GuidanceError) as error:
        load_guidance(TODAY, guidance_file(old, new))

    assert "guidance.yaml" in str(error.value)
    assert expected in str(error.value)


def test_words_that_yaml_reads_as_yes_or_no_are_refused(guidance_file):
    path = guidance_file('spot, "on",', "spot, on,", file="words.yaml")

    with pytest.raises(GuidanceError, match=r"words\.yaml, line \d+: ours\.label_words holds True"):
        load_guidance(TODAY, path)


def test_a_day_before_the_guidance_is_refused():
    with pytest.raises(GuidanceError, match="a value that holds on 2017-12-31"):
        load_guidance(date(2017, 12, 31))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(GuidanceError, match=r"elsewhere\.yaml cannot be read"):
        load_guidance(TODAY, tmp_path / "elsewhere.yaml")


def test_thresholds_of_ours_are_replaced_by_the_users_own(own_data_folder):
    (own_data_folder / "guidance.yaml").write_text("ours:\n  gap_counts: 0.10\n")

    guidance = load_guidance(TODAY)

    assert guidance.gap_counts_m == 0.10
    assert guidance.gap_never_counts_m == 0.02
    assert re.fullmatch(r"dk-selvvalg\+[0-9a-f]{12}", guidance.id)
    (own_data_folder / "guidance.yaml").write_text("ours:\n  gap_counts: 0.12\n")
    assert load_guidance(TODAY).id != guidance.id
    (own_data_folder / "guidance.yaml").unlink()
    assert load_guidance(TODAY).id == "dk-selvvalg"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("law:\n  reach_height: 1.2\n", "What the law says is not replaced"),
        ("ours:\n  reach_height: 1.2\n", "line 2: ours.reach_height is no threshold of ours"),
        ("ours:\n  sign_words: 1\n", "line 2: ours.sign_words is no threshold of ours"),
        ("ours:\n  gap_counts: 0\n", "line 2: ours.gap_counts holds 0; expected a number over 0"),
        ("ours:\n  gap_counts: wide\n", "holds 'wide'; expected a number over 0"),
        ("ours:\n  gap_counts: .nan\n", "expected a number over 0"),
        ("gap_counts: 0.1\n", "expected one section 'ours'"),
        ("ours: [\n", "this is not valid YAML"),
    ],
)
def test_own_thresholds_that_do_not_fit_are_refused(text, expected, own_data_folder):
    (own_data_folder / "guidance.yaml").write_text(text)

    with pytest.raises(GuidanceError, match=re.escape(expected)):
        load_guidance(TODAY)
