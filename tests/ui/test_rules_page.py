import re
from datetime import date

from inspector.report.messages import Messages
from inspector.rules import RULES
from inspector.rules.guidance import load_guidance
from inspector.ui.thresholds import PARAMETERS_OF_RULE


def rules_page():
    from inspector.ui import rules_page, state

    state.keep()
    rules_page.show()


def test_every_rule_stands_there_with_the_laws_own_sentence(open_page):
    html = open_page(rules_page).html
    titles = re.findall("<h3>(.*?)</h3>", html)
    assert titles == [Messages.load("da").title(rule.id) for rule in RULES]
    assert html.count("Skal bruge:") == 16
    assert "over 140 cm fra gulvet for at være uden for gribehøjde" in html


def test_numbers_are_marked_as_the_laws_or_ours(open_page):
    html = open_page(rules_page).html
    entries = re.findall(r"<li><span class=\"badge (law|ours)\">(.*?)</span>.*?</li>", html)
    law = [word for origin, word in entries if origin == "law"]
    ours = [word for origin, word in entries if origin == "ours"]
    parameters = load_guidance(date.today()).parameters
    assert len(ours) == sum(parameter.is_ours for parameter in parameters)
    assert len(law) == len(parameters) - len(ours)
    assert set(law) == {"Loven"}
    assert set(ours) == {"Vores"}
    assert '<span class="value">140 cm</span>' in html


def test_every_number_of_the_guidance_belongs_to_one_rule():
    keys = [key for keys in PARAMETERS_OF_RULE.values() for key in keys]
    assert sorted(keys) == sorted(p.key for p in load_guidance(date.today()).parameters)
    assert set(PARAMETERS_OF_RULE) <= {rule.id for rule in RULES}


def test_the_page_is_told_in_english_too(open_page):
    page = open_page(rules_page)
    page.choose("lang", "en")
    assert "Out of small children" in page.html
    assert page.test.title[0].value == "Rules"
    assert "Skal bruge" not in page.html
