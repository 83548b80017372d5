def supervision_page():
    from inspector.ui import state, supervision_page

    state.keep()
    supervision_page.show()


def test_the_page_says_what_is_hidden_and_that_a_recording_is_no_supervision(open_page):
    page = open_page(supervision_page)
    assert "en optagelse er ikke opsyn" in page.html
    assert "Lægemidler i selvvalg skal være under opsyn fra personalet." in page.html
    assert "af fronten kan ses fra en kasse" in page.html


def test_the_page_is_complete_in_english(open_page):
    page = open_page(supervision_page)
    page.choose("lang", "en")
    assert "a recording is not supervision" in page.html
    assert "of the front is in sight of a till" in page.html


def test_a_file_that_is_no_plan_is_told_in_danish(open_page):
    page = open_page(supervision_page)
    page.test.file_uploader[0].set_value(("plan.jpg", b"\xff\xd8\xff", "image/jpeg")).run()
    assert not page.test.exception
    assert page.test.error[0].value.startswith("Filen er ikke en plantegning.")
