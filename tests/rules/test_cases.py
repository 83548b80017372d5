"""Runs the cases that a lawyer can read: tests/rules/<rule-id>.yaml."""

from pathlib import Path

import pytest
import yaml

from inspector.domain.verdict import Verdict
from inspector.report.messages import Messages
from inspector.rules.guidance import load_guidance
from inspector.rules.judging import MODULES

FOLDER = Path(__file__).parent
CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("rule_id", "case"), CASES)
def test_a_rule_judges_its_cases_as_written(rule_id, case, facts_from):
    facts = facts_from(case.get("given", {}))
    module = next(module for module in MODULES if module.RULE.id == rule_id)

    verdicts = module.judge(facts, load_guidance(facts.site.inspected_on))

    assert [summary(v) for v in verdicts] == [
        f"{target}: {expected}" for target, expected in case["expect"].items()
    ]
    for lang in ("da", "en"):
        for verdict in verdicts:
            assert_speaks(verdict, Messages.load(lang))
    for text in case.get("says", []):
        assert any(text in Messages.load("da").sentence(v) for v in verdicts)


def summary(verdict: Verdict) -> str:
    """For example `cant_tell (no_scale)` or `passed [cabinet]`."""
    reason = f" ({verdict.reason})" if verdict.reason else ""
    case = f" [{verdict.case}]" if verdict.case else ""
    return f"{verdict.target.id}: {verdict.outcome.key}{reason}{case}"


def assert_speaks(verdict: Verdict, messages: Messages) -> None:
    texts = [messages.sentence(verdict), messages.remedy(verdict), messages.next_photo(verdict)]
    for text in texts:
        assert text is None or (text.strip() and "{" not in text)
