"""A pass does not take from the system what the pass before has given back."""

import platform
import subprocess
import sys

import pytest

#: Twenty passes with working arrays of 600 kB, and how often a page was asked for meanwhile.
PASSES = """
import resource, numpy as np, deltarule
kernel = deltarule.kernel("attention", cache={cache!r})
given = dict(zip("QKV", np.random.default_rng(0).normal(size=(3, 1, 600, 4))))
for passes in (3, 20):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(passes):
        kernel.forward(**given)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told to keep memory")
def test_pages_are_asked_for_once(cache):
    command = [sys.executable, "-c", PASSES.format(cache=str(cache))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100  # of 3,000 that twenty working arrays have
