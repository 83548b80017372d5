"""Every rule has one id, one file, one case file and the law's own sentence."""

import ast
import re
from pathlib import Path

import pytest

import inspector.rules
from inspector.rules.judging import MODULES, RULES
from inspector.rules.product_card import WORDING_DA as PRODUCT_CARD_WORDING_DA
from inspector.rules.rule import Automation, Need

CASES = Path(__file__).parent
ROOM = Path(inspector.rules.__file__).parent
SHARED = Path(__file__).parents[3] / "shared" / "guidance"
PARTS = ("Source:", "Applies to:", "Expectation:", "Assumptions:", "Not judged:")

by_rule = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.RULE.id)


def test_the_rules_stand_in_the_order_of_the_contract():
    assert [rule.id for rule in RULES] == [
        "assortment",
        "supervision",
        "pack-condition",
        "reach-height",
        "climbing-aids",
        "separation",
        "grouped-placement",
        "signage",
        "ceiling-sign",
        "sign-advertising",
        "price-label",
        "paid-placement",
        "gifts-and-fixtures",
        "self-scan-till",
        "age-and-quantity",
        "general-duties",
    ]


@by_rule
def test_a_rule_has_a_file_and_a_case_file_of_its_name(module):
    assert Path(module.__file__).stem == module.RULE.id.replace("-", "_")
    assert (CASES / f"{module.RULE.id}.yaml").is_file()


@by_rule
def test_a_rule_says_what_it_applies_to_and_what_it_does_not_judge(module):
    assert module.__doc__.startswith(f"{module.RULE.id}: ")
    assert [part for part in PARTS if part not in module.__doc__] == []


@by_rule
def test_a_rule_is_complete(module):
    rule = module.RULE
    assert rule.section
    assert rule.source
    assert rule.wording_da
    assert rule.needs
    assert (rule.automation is Automation.PERSON) == (rule.needs == {Need.ANSWER})


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/guidance is absent")
def test_the_quoted_sentences_stand_in_the_law_unchanged():
    law = "".join(letters(path.read_text(encoding="utf-8")) for path in SHARED.glob("*.txt"))
    wordings = [rule.wording_da for rule in RULES] + [PRODUCT_CARD_WORDING_DA]
    sentences = [sentence for wording in wordings for sentence in wording.split(" […] ")]

    assert [sentence for sentence in sentences if letters(sentence) not in law] == []


def letters(text: str) -> str:
    """Text without blanks and hyphens, which fall differently where lines are broken."""
    return re.sub(r"[\s-]", "", text)


def test_lengths_are_compared_nowhere_but_in_decide():
    lengths = {"low_m", "high_m", "value_m"}
    for path in ROOM.glob("*.py"):
        names = {
            node.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute)
        }
        assert path.name == "decide.py" or not names & lengths, path.name


def test_no_rule_holds_a_number_of_the_law():
    for module in MODULES:
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        numbers = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
        assert [n for n in numbers if isinstance(n, float) and n not in (0.0, 1.0)] == []
