"""Two tiers of tests, who runs what, and the folder of compiled kernels.

`pytest -m fast` runs some tests in less than a minute. A test is fast unless it starts programs,
compiles kernels or is marked slow, as those of half a second are; of a test with many sets of
parameters the first is. So a new file is in the right tier without a line here.

Of several workers, one runs all tests of a derivation, so that it is derived once, and one all
that compile. In the name of a test, what stands behind @ is such a group, and no part of the name.
"""

from __future__ import annotations

import gc
import inspect
import os
import re
import signal
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from hypothesis import HealthCheck, settings

# Workers share the processors; a second process for each would take more than it gives.
os.environ["DELTARULE_PROCESSES"] = "1"

# Hundreds of derivations in one process need the same small terms again and again; SymPy keeps a
# thousand unless it is told otherwise before it is imported.
os.environ.setdefault("SYMPY_CACHE_SIZE", "20000")

# Tests start hundreds of programs. Where Python is told to keep no compiled modules, as in many
# containers, each would compile deltarule anew, and each worker the tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

#: Fixtures that start programs, or whose kernels are compiled.
COSTLY_FIXTURES = {"program", "cache", "archives", "installed", "sandbox"}
#: What a file imports to do so.
COSTLY_IMPORTS = {
    "subprocess",
    "deltarule.kernels.api",
    "deltarule.kernels.build",
    "deltarule.gradcheck.by_jacobian",
    "deltarule.gradcheck.user_code.isolated",
    "deltarule.sandbox.sandboxes",
    "deltarule.submissions.right_task",
}
#: So many sets of parameters of one test are fast.
MOST = 1

#: How long a test takes is no reason to fail: other programs may use the machine.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure(config):
    """Tables of the fast tests hold no more than their first derivations: see variants.py."""
    if config.getoption("markexpr") == "fast":
        os.environ["DELTARULE_FAST"] = "1"


FAST: pytest.StashKey[dict[Path, int]] = pytest.StashKey()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Mark what is fast, and count it by file."""
    seen: Counter[str] = Counter()
    fast_tests: dict[Path, int] = {}
    for item in items:
        function = item.nodeid.partition("[")[0]
        fast = seen[function] < MOST and not _costly(item)
        seen[function] += fast
        if fast:
            item.add_marker(pytest.mark.fast)
        fast_tests[item.path] = fast_tests.get(item.path, 0) + fast
    config.stash[FAST] = fast_tests
    if config.pluginmanager.hasplugin("xdist"):
        from deltarule.language.catalogue import catalogue  # brings SymPy: not for the main process

        derivations = set(catalogue())
        for item in items:
            item.add_marker(pytest.mark.xdist_group(_group(item, derivations)))


def _group(item, derivations: set[str]) -> str:
    """What one worker runs as a whole."""
    if "cache" in item.fixturenames or item.path.parent.name == "training":
        return "compiled"
    if item.path.parent.name == "packaging":
        return "packaging"  # the source is parsed once
    words = re.findall(r"\w+", item.name.partition("[")[2])
    return next((word for word in words if word in derivations), str(item.path))


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is imported stays: an eighth of the time goes into looking for garbage among it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish():
    """Derivations are kept until the end: they need not be looked through as garbage. Of a million
    new objects most are gone again; looking through 200,000 took a twentieth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000_000, 50, 200)


def pytest_sessionfinish():
    """Nor at the end, where pytest looks for garbage once more, and Python with it."""
    gc.freeze()


def _costly(item) -> bool:
    """Whether a test starts programs, compiles, or says that it is slow."""
    if item.get_closest_marker("slow") or COSTLY_FIXTURES.intersection(item.fixturenames):
        return True
    code = item.function.__code__ if inspect.isfunction(item.function) else None
    return _imports_what_is_costly(item.module) or (code is not None and _compiles(code))


def _compiles(code: CodeType) -> bool:
    """Whether it calls deltarule.kernel, or what is written inside it does: a comprehension."""
    inner = (part for part in code.co_consts if isinstance(part, CodeType))
    return {"deltarule", "kernel"} <= {*code.co_names} or any(map(_compiles, inner))


@cache
def _imports_what_is_costly(module: ModuleType) -> bool:
    """Whether a file has imported a costly module, or something that is defined in one."""
    found = vars(module).values()
    names = (v.__name__ if inspect.ismodule(v) else getattr(v, "__module__", "") for v in found)
    return not COSTLY_IMPORTS.isdisjoint(filter(None, names))


@pytest.fixture
def fast_tests_by_room(request) -> dict[str, int]:
    """How many tests are fast, for each room whose files were all collected."""
    counts = request.config.stash[FAST]
    rooms = {path.parent for path in counts}
    whole = [room for room in rooms if counts.keys() >= set(room.glob("test_*.py"))]
    return {room.name: sum(n for p, n in counts.items() if p.parent == room) for room in whole}


@pytest.fixture(scope="session", autouse=True)
def kernel_folder(request, tmp_path_factory) -> Path:
    """The cache folder of all commands of this run; the user's own is left alone."""
    place = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        place = place.parent  # one for all workers
    os.environ["DELTARULE_CACHE"] = str(place / "kernels")
    return place / "kernels"


@pytest.fixture(scope="session")
def cache(kernel_folder) -> Path:
    """The cache folder, for tests that compile: what one of them compiled the others load."""
    return kernel_folder


@pytest.fixture
def interruptible():
    """SIGINT is heard here and in what is started, though these tests may run where it is not.

    Shells have what they start in the background ignore it.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
