from datetime import date
from pathlib import Path

from inspector.rules import RULES
from inspector.rules.guidance import load_guidance
from inspector.rules.page import guidance_page

PAGE = Path(__file__).parents[2] / "docs" / "guidance.md"


def test_the_page_in_the_docs_is_current():
    page = guidance_page(load_guidance(date.today()))

    assert PAGE.read_text(encoding="utf-8") == page, "run python -m inspector.rules.page"


def test_the_page_shows_every_rule_and_every_number():
    guidance = load_guidance(date.today())
    page = guidance_page(guidance)

    headings = [line[3:] for line in page.splitlines() if line.startswith("## ")]
    keys = [parameter.key for parameter in guidance.parameters]
    assert set(headings) == {rule.id for rule in RULES} | set(keys) | {"Product cards"}
