"""What is freed is not given back to the system, and taken anew for the next pass."""

import platform
import subprocess
import sys

import pytest

#: How often a page is asked for while four arrays of 3 MB are made and freed for the fourth time.
PASSES = """
import resource, numpy as np, deltarule
deltarule.kernel("softmax", cache={cache!r})
for _ in range(4):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    arrays = [np.full(3 << 20, 1, np.uint8) for _ in range(4)]
    del arrays
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked to keep memory")
def test_pages_are_asked_for_once(cache):
    command = [sys.executable, "-c", PASSES.format(cache=str(cache))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100  # of 3,000
