import pytest

from inspector.report.findings import Statement
from inspector.ui.components import statements

LOW = "Det kan kun accepteres, hvis den er låst. Se afsnit 4."


def shown(*sentences):
    return str(statements([Statement(sentence, 1) for sentence in sentences], 3))


def test_what_all_sentences_end_with_stands_once():
    said = shown(f"Ipren står ca. 110 cm højt. {LOW}", f"Panodil står 95 cm højt. {LOW}")
    assert said.count(LOW) == 1
    assert said.endswith(f"<p>{LOW}</p>")
    assert "<li>Ipren står ca. 110 cm højt.</li>" in said


@pytest.mark.parametrize(
    "sentences",
    [
        (f"Ipren står 110 cm højt. {LOW}",),
        (f"Ipren står 110 cm højt. {LOW}", "Panodil står 95 cm højt."),
        ("Ingen kan se den.", "Den kan ikke ses."),
    ],
)
def test_other_sentences_stand_as_they_are(sentences):
    said = shown(*sentences)
    assert "<p>" not in said
    assert all(f"<li>{sentence}</li>" in said for sentence in sentences)
