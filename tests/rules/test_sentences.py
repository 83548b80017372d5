"""Every verdict that the rules can give has its sentences, and every sentence has a verdict."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import inspector.rules
from inspector.domain.verdict import Outcome, Reason, Verdict
from inspector.report.messages import Messages
from inspector.rules import PLACED_QUESTIONS, QUESTION_IDS, RULES, open_questions
from inspector.rules.guidance import load_guidance
from inspector.rules.judging import MODULES
from inspector.rules.rule import STORE, Automation, Need

FOLDER = Path(__file__).parent
ROOM = Path(inspector.rules.__file__).parent

in_both_languages = pytest.mark.parametrize("lang", ["da", "en"])


class Recording(dict):
    """Notes which texts are asked for."""

    def __init__(self, texts):
        super().__init__(texts)
        self.used = set()

    def __getitem__(self, key):
        self.used.add(key)
        return super().__getitem__(key)


@pytest.fixture(scope="module")
def verdicts(facts_from) -> list[Verdict]:
    """All verdicts of all case files, and a crash of every rule."""
    from_cases = [v for module in MODULES for v in judged_cases(module, facts_from)]
    crashed = [
        rule.cant_tell(STORE, Reason.RULE_CRASHED, values={"error": "KeyError: 'p1'"})
        for rule in RULES
    ]
    return from_cases + crashed


def judged_cases(module, facts_from) -> Iterator[Verdict]:
    path = FOLDER / f"{module.RULE.id}.yaml"
    for case in yaml.safe_load(path.read_text(encoding="utf-8")):
        facts = facts_from(case.get("given", {}))
        yield from module.judge(facts, load_guidance(facts.site.inspected_on))


@in_both_languages
@pytest.mark.parametrize("readable", [True, False])
def test_every_rule_speaks_of_a_photo_in_which_no_packs_were_found(facts_from, lang, readable):
    facts = facts_from({"readable": readable})
    for module in MODULES:
        for verdict in module.judge(facts, load_guidance(facts.site.inspected_on)):
            messages = Messages.load(lang)
            for text in (messages.sentence(verdict), messages.next_photo(verdict)):
                assert text is None or "{" not in text


def test_every_case_in_the_code_has_a_case_in_the_files(verdicts):
    for module in MODULES:
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        written = {
            keyword.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            for keyword in node.keywords
            if keyword.arg == "case" and isinstance(keyword.value, ast.Constant)
        }
        given = {v.case for v in verdicts if v.rule_id == module.RULE.id}
        assert written <= given, module.RULE.id


def test_every_reason_in_the_code_has_a_case_in_the_files(verdicts):
    for module in MODULES:
        code = Path(module.__file__).read_text(encoding="utf-8")
        written = {Reason[name] for name in re.findall(r"Reason\.([A-Z_]+)", code)}
        given = {v.reason for v in verdicts if v.rule_id == module.RULE.id}
        assert written <= given, module.RULE.id


@in_both_languages
def test_every_verdict_has_its_sentence_remedy_and_next_photo(lang, verdicts):
    messages = Messages.load(lang)
    for verdict in verdicts:
        assert messages.sentence(verdict).strip()
        assert (messages.remedy(verdict) is None) == (verdict.outcome is not Outcome.FAILED)
        assert (messages.next_photo(verdict) is None) == (verdict.reason is None)


@in_both_languages
def test_every_sentence_is_said_by_some_verdict(lang, verdicts):
    loaded = Messages.load(lang)
    texts = Recording(loaded.texts)
    messages = Messages(loaded.file, texts, loaded.labels)
    for verdict in verdicts:
        messages.sentence(verdict)
        messages.remedy(verdict)
        messages.next_photo(verdict)
    for rule in RULES:
        messages.title(rule.id)
    for question in (*QUESTION_IDS, *PLACED_QUESTIONS):
        messages.question(question)
    for outcome in Outcome:
        messages.outcome(outcome)
    for automation in Automation:
        messages.automation(automation)
    for need in Need:
        messages.need(need)

    unsaid = {key for key in texts if not key.startswith("reasons.")} - texts.used
    assert unsaid == set()


@in_both_languages
def test_every_reason_has_a_message_and_a_next_photo(lang):
    texts = Messages.load(lang).texts
    for reason in Reason:
        assert texts[f"reasons.{reason}.message"]
        assert texts[f"reasons.{reason}.next_photo"]


@in_both_languages
def test_a_question_about_one_thing_says_which(lang, verdicts):
    asked = [asked for verdict in verdicts for asked in verdict.asks]
    assert asked
    for one in asked:
        words = Messages.load(lang).question(one.question_id, one.values)
        assert one.values["subject"] in words
        assert words.endswith("?")


@in_both_languages
def test_every_open_question_has_words(lang, verdicts, facts_from):
    questions = open_questions(facts_from({}), verdicts)
    asked = {question.partition(":")[0] for question in questions}
    assert asked == {*QUESTION_IDS, *PLACED_QUESTIONS}
    for question in questions:
        assert Messages.load(lang).question(question).endswith(("?", ".", ")"))


def test_findings_that_can_be_grouped_have_the_same_remedy():
    """Remedies and next photos name no pack, so that one sentence serves a whole shelf."""
    texts = Messages.load("da").texts
    for key, text in texts.items():
        if ".remedy" in key or "next_photo" in key:
            assert "{" not in text, key
