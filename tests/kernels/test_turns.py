"""Turns that threads share: each is done once, whatever their number, and failures are not lost."""

import numba
import numpy as np
import pytest
from numba import njit

from deltarule.kernels.prelude import turns
from deltarule.kernels.prelude.turns import copied_in, in_turns

OPTIONS = {"error_model": "numpy", "nogil": True}


@njit(**OPTIONS)
def counted(turn, done, step, both):
    """A body with a loop of its own."""
    for k in range(step):
        done[turn] += k + both[0]


@njit(**OPTIONS)
def numbered(turn, done, step, _both):
    """One that is copied into the loop around it."""
    copied_in()
    done[turn] += step


@njit(**OPTIONS)
def too_large(turn, done, _step, _both):
    """One that finds no room."""
    done[turn] = np.empty(1 << 58)[turn]


def calling(body):
    """A function that has turns of a body done."""

    @njit(**OPTIONS)
    def run(done, step, alone):
        in_turns(body, done.size, (done, step, (1, 2)), alone)

    return run


@pytest.fixture(params=[False, True])
def parallel(request, monkeypatch):
    """Whether code is made for threads, and has as many as a machine can have."""
    monkeypatch.setattr(turns, "PARALLEL", request.param)
    before = numba.get_num_threads()
    yield request.param
    numba.set_num_threads(before)


def test_each_turn_is_done_once(parallel):
    most: int = numba.config.NUMBA_NUM_THREADS  # pyright: ignore
    for body, each in ((counted, 3 + 3), (numbered, 3)):
        run = calling(body)
        for threads in range(1, most + 1):
            numba.set_num_threads(threads)
            for count in (0, 1, 2, 3, 7, 64, 1000):
                for alone in (0, 1):
                    done = np.zeros(count)
                    run(done, 3, alone)
                    assert (done == each).all()


def test_a_turn_without_room_is_said(parallel):
    run = calling(too_large)
    with pytest.raises(MemoryError):
        run(np.zeros(5), 1, 0)
