import string
from datetime import UTC, date, datetime
from importlib import resources

import pytest
import yaml

from inspector.domain.goods import DealerType
from inspector.domain.quantity import ScaleMethod
from inspector.domain.scene import AidKind
from inspector.errors import GuidanceError
from inspector.report.labels import Labels
from inspector.report.overlay import PackLook


def words(lang):
    text = resources.files("inspector.report").joinpath(f"labels_{lang}.yaml").read_text("utf-8")
    return yaml.safe_load(text)


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_words_with_the_same_blanks():
    danish, english = words("da"), words("en")
    assert list(danish) == list(english)
    for key, word in danish.items():
        if isinstance(word, dict):
            assert word.keys() == english[key].keys() == {"one", "many"}, key
        elif isinstance(word, str):
            assert fields(word) == fields(english[key]), key


@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_kind_has_its_word(lang):
    labels = Labels.load(lang)
    for dealer in DealerType:
        assert labels.text(f"dealer_{dealer.replace('-', '_')}")
    for method in ScaleMethod:
        assert labels.text(f"scale_{method}")
    for aid in AidKind:
        assert labels.text(f"aid_{aid}")
    for look in PackLook:
        assert labels.text(f"pack_{look}")


def test_a_missing_word_names_file_and_key():
    with pytest.raises(GuidanceError, match=r"labels_da\.yaml has no word 'nonsense'"):
        Labels.load("da").text("nonsense")


def test_one_is_singular():
    labels = Labels.load("da")
    assert labels.count("photo_count", 1) == "1 billede"
    assert labels.count("photo_count", 2) == "2 billeder"


def test_dates_are_written_as_people_say_them():
    assert Labels.load("da").day(date(2026, 3, 3)) == "3. marts 2026"
    moment = datetime(2026, 3, 3, 9, 5, tzinfo=UTC)
    assert Labels.load("en").moment(moment) == "3 March 2026 at 10:05"
