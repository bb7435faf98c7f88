"""Are rows worked on in parts, a thread each, and is torch left as it was?"""

import os
import threading

import pytest
import torch

from course_lib.layers import row_parts
from course_lib.layers.row_parts import in_parts


@pytest.fixture
def threads():
    """Let a test set torch's number of threads; workers are new."""
    row_parts._pool.cache_clear()
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("n_threads", "n", "fewest", "expected"),
    [
        (2, 7, 1, [(0, 3), (3, 7)]),
        (3, 7, 1, [(0, 2), (2, 4), (4, 7)]),
        (3, 7, 3, [(0, 3), (3, 7)]),
        (2, 7, 4, [(0, 7)]),
        (1, 7, 1, [(0, 7)]),
        (2, 0, 1, [(0, 0)]),
    ],
)
def test_every_row_is_in_one_part(threads, n_threads, n, fewest, expected):
    threads(n_threads)
    assert in_parts(lambda part: (part.start, part.stop), n, fewest=fewest) == expected


def test_each_part_has_one_thread_and_takes_no_gradients(threads):
    """A worker forgets its number when its first question comes late: so ask twice."""
    threads(2)
    both_run = threading.Barrier(2)

    def work(part):
        both_run.wait(timeout=20)  # no part waits for another's end
        torch.ones(100_000).sum()
        return torch.get_num_threads(), torch.is_grad_enabled()

    for _ in range(2):
        assert in_parts(work, 2, fewest=1) == [(1, False)] * 2
        assert torch.get_num_threads() == 2
        assert torch.is_grad_enabled()
    seen = []
    later = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
    later.start()
    later.join()
    assert seen == [2], "threads that begin later get torch's own number"


def test_an_error_in_a_part_is_the_callers(threads):
    threads(2)

    def work(part):
        if part.start:
            raise ValueError("second part")

    with pytest.raises(ValueError, match="second part"):
        in_parts(work, 2, fewest=1)
    assert torch.get_num_threads() == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_process_makes_threads_of_its_own(threads):
    threads(2)
    in_parts(lambda part: None, 2, fewest=1)
    child = os.fork()
    if child == 0:
        threading.Timer(20, os._exit, [1]).start()  # it must not wait for ever
        os._exit(in_parts(lambda part: part.stop, 2, fewest=1) != [1, 2])
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
