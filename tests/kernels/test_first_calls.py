"""Functions that are called by name are compiled when they are first called, and no other is."""

import inspect
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from deltarule.kernels import build

USE = """
import sys, numpy as np
from pathlib import Path
from deltarule.kernels.build import at_hand
module = at_hand(Path({file!r}), None, {needs!r})
x = np.full(3, 4.0)
for up in {ways!r}:
    module.changed(x, up)
    print(x[2], "numba" in sys.modules)
"""


@pytest.fixture
def module(two_ways):
    return build.imported(two_ways[0], None, two_ways[1])


def compiled(place) -> set[str]:
    found = place.glob("kernels/__pycache__/two_ways_*.nbi")
    return {path.name.split(".")[1].rpartition("-")[0] for path in found}


def test_of_two_ways_the_one_is_compiled_that_is_taken(module, tmp_path):
    x = np.full(3, 4.0)
    for up, value, names in ((True, 8, {"changed", "doubled"}), (False, 4, {"halved"})):
        module.changed(x, up)
        assert (x == value).all()
        assert names <= compiled(tmp_path)
        assert ("halved" in compiled(tmp_path)) is not up


def test_a_signal_waits_until_machine_code_has_what_it_calls(module):
    [name] = [name for name in module.OUTSIDE if name.startswith("doubled_")]
    make, x = module.OUTSIDE[name], np.full(3, 4.0)
    signals = [signal.SIGINT]  # machine code asks again; a second one would meet another test

    def slowly():
        if signals:
            threading.Timer(0.1, os.kill, (os.getpid(), signals.pop())).start()
        time.sleep(0.3)
        return make()

    module.OUTSIDE[name] = slowly
    with pytest.raises(KeyboardInterrupt):
        module.changed(x, True)
        for _ in range(100):
            time.sleep(0.05)
    assert (x == 8).all()


def test_there_is_room_for_compiling_at_the_bottom_of_a_recursion(module):
    x = np.full(3, 4.0)
    module.changed(x, True)

    def below(left):
        return below(left - 1) if left else module.changed(x, False)

    below(sys.getrecursionlimit() - len(inspect.stack(0)) - 20)
    assert (x == 4).all()


@pytest.mark.slow
def test_what_cannot_be_made_ends_the_process_and_says_why(two_ways):
    code = USE.format(file=str(two_ways[0]), needs=two_ways[1], ways=[True]).replace(
        "x =", "module.OUTSIDE.update({n: None for n in module.OUTSIDE})\nx ="
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import numba\n{code}"], capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGABRT
    assert "TypeError: 'NoneType' object is not callable" in done.stderr
    assert not done.stdout


@pytest.mark.slow
def test_a_process_without_numba_imports_it_for_the_way_that_no_other_took(two_ways):
    def printed(ways) -> str:
        code = USE.format(file=str(two_ways[0]), needs=two_ways[1], ways=ways)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert not done.stderr
        return done.stdout

    assert printed([True]) == "8.0 True\n"
    assert printed([True]) == "8.0 False\n"
    assert printed([True, False, True]) == "8.0 False\n4.0 True\n8.0 True\n"
