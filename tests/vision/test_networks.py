import numpy as np
import pytest

from inspector.vision.networks import SmallNetwork, session_options
from inspector.vision.weights import small_print_weights


def test_a_small_network_tells_of_each_picture_in_order_whatever_its_threads():
    _, of_lines, _ = small_print_weights()
    rng = np.random.default_rng(3)
    pictures = [rng.integers(0, 255, (48, width, 3), np.uint8) for width in (120, 216, 168, 120)]
    alone, together = (
        list(SmallNetwork(of_lines.path, threads).told_of(pictures)) for threads in (1, 3)
    )
    assert [len(letters) for letters, _ in alone] == [15, 27, 21, 15]  # a step every 8 px
    for one, other in zip(alone, together, strict=True):
        for output, of_other in zip(one, other, strict=True):
            np.testing.assert_array_equal(output, of_other)
    assert list(SmallNetwork(of_lines.path, None).told_of([])) == []


@pytest.mark.parametrize("threads", [None, 1, 2])
def test_a_session_keeps_no_memory_and_takes_no_more_cores_than_told(threads):
    options = session_options(threads)
    assert options.intra_op_num_threads == (threads or 0)
    assert not options.enable_cpu_mem_arena
