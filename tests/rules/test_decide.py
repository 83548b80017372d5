from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.quantity import Measured, Unmeasured
from inspector.domain.verdict import Outcome, Reason
from inspector.rules.decide import over

heights_mm = st.integers(0, 3000)


@given(st.tuples(heights_mm, heights_mm, heights_mm).map(sorted))
def test_a_length_is_decided_only_by_its_whole_interval(mm):
    low, value, high = (height / 1000 for height in mm)

    decision = over(Measured(value, low, high), 1.4)

    assert (decision.outcome is Outcome.PASSED) == (low > 1.4)
    assert (decision.outcome is Outcome.FAILED) == (high < 1.4)
    assert (decision.reason is None) == (decision.outcome is not Outcome.CANT_TELL)


@given(st.integers(130_000, 150_000))
def test_the_shown_number_never_contradicts_the_verdict(hundredths_mm):
    height_m = hundredths_mm / 100_000

    decision = over(Measured(height_m, height_m, height_m), 1.4)

    shown_cm = float(decision.measured.split()[0])
    assert abs(shown_cm - height_m * 100) <= 0.1 + 1e-9
    assert {Outcome.PASSED: shown_cm > 140, Outcome.FAILED: shown_cm < 140}.get(
        decision.outcome, True
    )


def test_the_interval_of_an_undecided_length_is_shown_with_the_limit_in_it():
    assert over(Measured(1.4004, 1.39996, 1.4008), 1.4).measured == "140.0 cm (139.9–140.1)"


def test_what_was_not_measured_keeps_its_reason():
    decision = over(Unmeasured(Reason.NO_SCALE), 1.4)

    assert (decision.outcome, decision.reason) == (Outcome.CANT_TELL, Reason.NO_SCALE)
    assert decision.measured is None
    assert decision.limit == "> 140 cm"
