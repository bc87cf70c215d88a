"""Kernels handed to other processes: pickled, forked, and what cannot be handed on."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest

import deltarule


@pytest.fixture(scope="module")
def made(cache):
    return deltarule.kernel("label_cross_entropy", cache=cache)


ARRAYS = {"z": np.arange(6.0).reshape(2, 3), "t": np.array([0, 2])}


def test_a_kernel_is_pickled_as_what_was_asked_for(made):
    loaded = pickle.loads(pickle.dumps(made))  # noqa: S301
    for again in (loaded, copy.deepcopy(made)):
        assert (again.name, again.inputs, again.dtype) == (made.name, made.inputs, made.dtype)
        assert again.recipe == made.recipe
        assert again.forward(**ARRAYS) == made.forward(**ARRAYS)
    assert len(pickle.dumps(made)) < 1000


def test_a_file_of_ones_own_is_found_from_another_folder(tmp_path, monkeypatch, cache):
    text = 'from deltarule.language import *\nN, n = size("N"), index("n")\n'
    text += 'x, y = input("x", N), output("y", N)\ny[n] = 2 * x[n]\n'
    (tmp_path / "doubled.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    data = pickle.dumps(deltarule.kernel("doubled.py", cache=cache))
    monkeypatch.chdir("/")
    assert pickle.loads(data).inputs == ("x",)  # noqa: S301


def test_a_bound_kernel_cannot_be_copied(made):
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(deltarule.DeltaruleError, match="cannot be pickled or copied"):
            copied(made.bind(**ARRAYS))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_kernel_in_threads_works_behind_a_fork(cache, centred):
    code = (
        "import os, numpy, deltarule\n"
        f"made = deltarule.kernel({centred!r}, parallel=True, cache={str(cache)!r})\n"
        "x = numpy.random.default_rng(0).normal(size=(20, 600))\n"
        "arrays = {'x': x, 'gamma': x[0], 'dy': x}\n"
        "bound = made.bind(**arrays)\n"
        "def same():\n"
        "    pairs = zip(made.both(**arrays), bound.both(), strict=True)\n"
        "    return all(numpy.array_equal(a[n], b[n]) for a, b in pairs for n in b)\n"
        "print(same(), flush=True)\n"
        "if os.fork() == 0:\n"
        "    print(same(), flush=True)\n"
        "    os._exit(0)\n"
        "print(os.wait()[1])\n"
        "print(same())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["True", "True", "0", "True"], done.stderr
    assert done.stderr == ""
