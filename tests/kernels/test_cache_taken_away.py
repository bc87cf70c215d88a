"""The cache folder is deleted, replaced, full or read-only while a program runs: it goes on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from deltarule.kernels import build
from deltarule.kernels.cache import claims

#: What becomes of a folder, as the body of a program.
FATES = {
    "deleted": "shutil.rmtree(folder)",
    "another": "shutil.rmtree(folder); folder.mkdir()",
    "a file": "shutil.rmtree(folder); folder.write_text('')",
    "full": "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))",
    "read-only": "[path.chmod(0o500) for path in (folder, *folder.rglob('*')) if path.is_dir()]",
}
#: Both ways of a function: one before, and one after that.
USE = """
import resource, shutil, sys, numpy as np
from pathlib import Path
from deltarule.kernels.build import at_hand
from deltarule.kernels.cache.store import sound
folder, needs = Path({folder!r}), {needs!r}
assert all(map(sound, map(Path, [*needs, {file!r}])))
module = at_hand(Path({file!r}), None, needs)
x = np.full(3, 4.0)
module.changed(x, True)
before = "numba" in sys.modules
{fate}
module.changed(x, False)
print(x[2], before)
"""
#: A kernel whose second call needs what the first did not.
WHOLE = """
import resource, shutil, sys, numpy as np, deltarule
from pathlib import Path
folder = Path({folder!r})
def made(**more):
    return deltarule.kernel("dense", cache=folder, **more)
def sums(kernel, n, d, m):
    a = dict(x=np.ones((n, d)), W=np.ones((d, m)), b=np.ones(m))
    y = kernel.forward(**a)
    g = kernel.backward(**a, dy=np.ones((n, m)))
    return float(y.sum()), {{name: float(g[name].sum()) for name in g}}
kernel = made({options})
sums(kernel, 1, 2, 2)
{fate}
print(sums(kernel, 64, 300, 256))
print(sums(made(plain=True), 64, 300, 256))
"""


def printed(code: str, **settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **settings}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def first_way_taken(two_ways_in, tmp_path_factory) -> Path:
    """A cache folder in which one of two ways is compiled."""
    place = tmp_path_factory.mktemp("two_ways")
    code = program_of(place, two_ways_in, "").replace("module.changed(x, False)", "x /= 2")
    assert printed(code) == "4.0 True\n"
    return place


def program_of(place: Path, two_ways_in, fate: str) -> str:
    path, needs = two_ways_in(place)
    return USE.format(file=str(path), folder=str(place), needs=needs, fate=fate)


@pytest.mark.slow
@pytest.mark.parametrize("fate", FATES)
def test_a_way_that_was_not_taken_yet_is_compiled_all_the_same(
    first_way_taken, two_ways_in, tmp_path, fate
):
    """The first way was loaded without Numba."""
    place = shutil.copytree(first_way_taken, tmp_path / "cache")
    assert printed(program_of(place, two_ways_in, FATES[fate])) == "4.0 False\n"


@pytest.mark.parametrize("restored", [False, True])
def test_what_another_process_has_claimed_is_made_here(two_ways, tmp_path, monkeypatch, restored):
    """While it is at that, what the function calls is looked up in its text."""
    path, needs = two_ways
    module = build.imported(path, None, needs)

    class Taken(claims.Claims):
        def take(self, name):
            return False

    monkeypatch.setattr(claims, "shared", Taken(tmp_path.with_name("claims"), lambda: True))
    shutil.rmtree(tmp_path)
    if restored:
        tmp_path.mkdir()
    x = np.full(3, 4.0)
    module.changed(x, True)
    assert (x == 8).all()


@pytest.mark.slow
def test_a_kernel_goes_on_and_a_plain_one_can_be_made(tmp_path):
    options = "parallel=True, threads=2"
    code = WHOLE.format(folder=str(tmp_path / "cache"), options=options, fate=FATES["deleted"])
    right = (64 * 256 * 301.0, {"b": 64 * 256.0, "W": 64 * 300 * 256.0, "x": 64 * 300 * 256.0})
    assert printed(code) == f"{right}\n{right}\n"
