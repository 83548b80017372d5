"""Waits for other threads."""

import time


def until(is_so, *, within_s=10.0):
    """Return as soon as a condition holds; fail when it does not in time."""
    end = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(0.01)
