"""One folder of compiled kernels for all tests of kernels, and derivations that are shared."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from once import sharing

from deltarule.kernels.cache import store
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import program
from deltarule.kernels.prelude import texts

#: Sums over a batch and what is read back of them: both ways of sharing loops among threads, in
#: half as many loops as batch normalisation has. A loop in threads takes long to compile.
CENTRED = """
from deltarule.language import *

N, C = sizes("N C")
n, c = indices("n c")
x, gamma, y = input("x", N, C), parameter("gamma", C), output("y", N, C)
mu = intermediate("mu", C)
mu[c] = Mean[n](x[n, c])
y[n, c] = gamma[c] * (x[n, c] - mu[c])
"""
#: Two ways to change an array, of which a call takes one.
TWO_WAYS = '''

@outside(_NUMBERS, _WHOLE)
def doubled(x, count):
    """Twice as large."""
    for n in range(count):
        from_start(x)[n] *= 2.0


@outside(_NUMBERS, _WHOLE)
def halved(x, count):
    """Half as large."""
    for n in range(count):
        from_start(x)[n] /= 2.0


@kept
def changed(x, up):
    """In one of two ways."""
    if up:
        doubled(data(x), x.size)
    else:
        halved(data(x), x.size)


@kept
def both(x):
    """In both, and once more in one."""
    doubled(data(x), x.size)
    halved(data(x), x.size)
    doubled(data(x), x.size)
'''


@pytest.fixture(scope="session")
def centred(tmp_path_factory) -> str:
    """A file with a layer whose kernel is compiled for threads once."""
    path = tmp_path_factory.mktemp("centred") / "centred.py"
    path.write_text(CENTRED, encoding="utf-8")
    return str(path)


@pytest.fixture(autouse=True, scope="module")
def derivations_are_shared():
    """What is derived for one kernel is not derived again for another."""
    with sharing("deltarule.kernels.passes.program"):
        yield


@pytest.fixture
def with_shared_parts(cache) -> Callable[[Path], None]:
    """A function that gives a cache folder the compiled parts that kernels have in common.

    They take ten times as long to compile as a small kernel. The times of the files are kept:
    Numba goes by them.
    """

    def given(place: Path) -> None:
        kernels = store.folder(place) / "kernels"
        (kernels / "__pycache__").mkdir(exist_ok=True)
        for pattern in ("strided_products_*.py", "__pycache__/strided_products_*.nb*"):
            for path in (cache / "kernels").glob(pattern):
                shutil.copy2(path, kernels / path.relative_to(cache / "kernels"))

    return given


@pytest.fixture(scope="session")
def two_ways_in() -> Callable[[Path], tuple[Path, list[str]]]:
    """A function that writes a kernel's file with two ways to change an array, and those that it
    needs, into a cache folder.
    """

    def written(place: Path) -> tuple[Path, list[str]]:
        head = Module(program("dense", {}), "float64").head
        shared = texts.shared({"strided_products"}, head)
        needs = [str(store.keep_kernel(store.folder(place), *one)) for one in shared]
        text = "\n".join([head, *(texts.taken_in(stem) for stem, _ in shared), TWO_WAYS])
        stem = f"two_ways_{store.fingerprint(text)}"
        return store.keep_kernel(store.folder(place), stem, text), needs

    return written


@pytest.fixture
def two_ways(tmp_path, two_ways_in) -> tuple[Path, list[str]]:
    """Such files in a folder of their own."""
    return two_ways_in(tmp_path)
