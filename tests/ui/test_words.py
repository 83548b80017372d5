from importlib import resources

import pytest
import yaml

from inspector.report.labels import Labels


def own_words(lang):
    file = resources.files("inspector.ui") / f"words_{lang}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def test_both_languages_have_the_same_words():
    danish = {key for key in own_words("da") if not key.startswith("parameter_")}
    assert danish == own_words("en").keys()


@pytest.mark.parametrize("lang", ["da", "en"])
def test_no_word_of_the_report_is_said_again(lang):
    own, report = own_words(lang), Labels.load(lang).words
    assert not own.keys() & report.keys()
    assert all(isinstance(word, str) for word in own.values())
