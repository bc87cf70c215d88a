"""Compiling in two processes: what one has made the other loads, and none waits for a dead one."""

import time

import numpy as np
import pytest

import deltarule
from deltarule.kernels.cache import claims, second_process
from deltarule.kernels.cache.loading import claim_of, entry

DOUBLED = """
from deltarule.language import *
N, n = size("N"), index("n")
x, y = input("x", N), output("y", N)
y[n] = {} * x[n]
"""


@pytest.fixture
def second(monkeypatch):
    """A second process, which the tests do without otherwise."""
    monkeypatch.setattr(second_process, "_wanted", lambda: True)
    second_process.begin()
    made = second_process.running()
    assert made is not None
    yield made
    made.end()
    assert not made.folder.exists()
    second_process._second = claims.shared = None


def doubled(folder, factor: int):
    path = folder / f"times_{factor}.py"
    path.write_text(DOUBLED.format(factor), encoding="utf-8")
    return deltarule.kernel(str(path), cache=folder)


def test_a_pass_is_compiled_in_the_second_process_and_loaded_in_this_one(second, tmp_path):
    made, x, said = doubled(tmp_path, 2), np.arange(5.0), []
    run, taken, filled = made.module.ready_backward(x, x)
    for _ in range(2):  # the second time it was asked for already
        second_process.ask(run, taken, said.append)
    assert said == ["compiling backward_loops in a second process"]
    folder = tmp_path / "kernels" / "__pycache__"
    while not list(folder.glob("*backward_loops*.sum")) or list(second.folder.iterdir()):
        assert second.alive()
        time.sleep(0.02)
    entry(run, taken)(*taken)
    assert (filled["x"] == 2 * x).all()
    assert sum(run.stats.cache_hits.values()) == 1
    values, gradients = made.both(x=x, dy=x)
    assert (values["y"] == 2 * x).all()
    assert (gradients["x"] == 2 * x).all()
    # A process that died at work has left its claim, and is not waited for.
    other = doubled(tmp_path, 3)
    second.process.kill()
    for function in (other.module.forward_loops, other.module.backward_loops):
        (second.folder / claim_of(function)).touch()
    assert (other.both(x=x, dy=x)[1]["x"] == 3 * x).all()


def test_what_is_claimed_is_waited_for_until_it_is_given_back_or_the_other_is_gone(tmp_path):
    answers = iter([True, True, False, False])
    both = claims.Claims(tmp_path, lambda: next(answers))
    assert both.take("one")
    assert not both.take("one")
    both.wait("one")  # once it is alive, then it is not
    assert both.take("one")
    both.give_back("one")
    both.give_back("one")
    both.wait("one")
    assert claims.Claims(tmp_path / "gone", lambda: True).take("one")
