"""The cache folder: one file a kernel, never rewritten, safe with several processes at once."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import deltarule
from deltarule.kernels import build
from deltarule.kernels.cache import store


def test_a_kernel_is_written_once_and_left_alone(tmp_path):
    cache = store.folder(tmp_path / "cache")
    path = store.keep_kernel(cache, "net", "x = 1\n")
    before = path.stat().st_mtime_ns
    assert store.keep_kernel(cache, "net", "x = 1\n") == path
    assert path.stat().st_mtime_ns == before
    assert store.keep_kernel(cache, "other_net", "x = 2\n") != path


def test_a_damaged_kernel_is_mended(tmp_path):
    cache = store.folder(tmp_path)
    path = store.keep_kernel(cache, "net", "x = 1\n")
    path.write_text("x =")
    assert store.keep_kernel(cache, "net", "x = 1\n").read_text() == "x = 1\n"


def test_many_writers_leave_one_whole_file(tmp_path):
    cache, text = store.folder(tmp_path), "x = 1\n" * 20_000
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: store.keep_kernel(cache, "net", text), range(32)))
    assert len(set(paths)) == 1 and paths[0].read_text() == text
    assert [p.name for p in (cache / "kernels").iterdir()] == [paths[0].name]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"file": "gone.py", "hash": "0"}'])
def test_a_damaged_manifest_counts_as_none(tmp_path, damage):
    cache = store.folder(tmp_path)
    (cache / "manifest" / "key.json").write_text(damage)
    assert store.find(cache, "key") is None


FORGOTTEN = "deltarule_kernel_activation"


def activation(place) -> tuple:
    """The kernel as a new process would have it, and what is told meanwhile."""
    for name in [n for n in sys.modules if n.startswith(FORGOTTEN)]:
        del sys.modules[name]
    told = []
    return deltarule.kernel("activation", cache=place, progress=told.append), told


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """A folder with both passes of a small kernel, compiled, and what was told of that."""
    place = tmp_path_factory.mktemp("compiled")
    kernel, told = activation(place)
    z = np.ones((2, 3))
    kernel.backward(z=z, dh=kernel.forward(z=z))
    return place, told


def test_the_second_process_needs_neither_sympy_nor_numba(compiled):
    place, told = compiled
    assert told == ["deriving activation", "compiling forward_loops", "compiling backward_loops"]
    code = (
        "import sys, numpy, deltarule\n"
        f"made = deltarule.kernel('activation', cache={str(place)!r}, progress=print)\n"
        "z = numpy.ones((2, 3))\n"
        "h = made.forward(z=z)\n"
        "made.backward(z=z, dh=h)\n"
        "print(made.inputs, 'sympy' in sys.modules, 'numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "('z',) False False\n"


def test_kernels_in_threads_work_in_the_second_process_too(cache, centred):
    """Code out of the cache calls functions that Numba's threads bring with them."""
    code = (
        "import numpy, deltarule\n"
        f"made = deltarule.kernel({centred!r}, parallel=True, cache={str(cache)!r})\n"
        "x = numpy.random.default_rng(0).normal(size=(20, 600))\n"
        "y = made.forward(x=x, gamma=numpy.ones(600))\n"
        "import sys; by_numba = 'numba' in sys.modules\n"
        "print(made.module.PARALLEL, abs(y.mean()) < 1e-12, y.std().round(), by_numba)"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True) for _ in range(2)]
    assert all(done.stdout.startswith(b"True True 1.0 ") for done in runs), runs
    assert runs[1].stdout.endswith(b" False\n"), runs[1].stderr


@pytest.fixture
def fresh(compiled, tmp_path):
    """A function that runs a copy of the kernel, and gives what had to be done for it."""
    shutil.copytree(compiled[0], tmp_path, dirs_exist_ok=True)
    for entry in tmp_path.glob("manifest/*.json"):
        text = entry.read_text(encoding="utf-8")
        entry.write_text(text.replace(str(compiled[0]), str(tmp_path)), encoding="utf-8")

    def made():
        kernel, told = activation(tmp_path)
        assert (kernel.forward(z=-np.ones((2, 3))) == 0).all()
        return told

    return made


def test_what_is_compiled_is_found_again(fresh):
    assert fresh() == []


@pytest.mark.parametrize("what", ["nbi", "nbc", "sum"])
@pytest.mark.parametrize("left", [b"", b"\x80\x05", None])
def test_damaged_half_written_and_missing_files_of_numba_are_made_anew(fresh, tmp_path, what, left):
    found = list(tmp_path.glob(f"kernels/__pycache__/*forward_loops*.{what}"))
    assert len(found) == 1
    if left is None:
        found[0].unlink()
    else:
        found[0].write_bytes(left)
    assert fresh() == ["compiling forward_loops"]
    assert fresh() == []


def test_machine_code_that_was_changed_is_not_run(fresh, tmp_path):
    [path] = tmp_path.glob("kernels/__pycache__/*forward_loops*.nbc")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert fresh() == ["compiling forward_loops"]


def test_a_function_that_is_called_by_name_may_be_missing(cache, with_shared_parts, tmp_path):
    arrays = {"x": np.ones((64, 32)), "W": np.ones((32, 48)), "b": np.ones(48)}
    deltarule.kernel("dense", cache=cache).forward(**arrays)
    with_shared_parts(tmp_path)
    code = (
        "import numpy, deltarule\n"
        f"made = deltarule.kernel('dense', cache={str(tmp_path)!r}, progress=print)\n"
        "x, W, b = map(numpy.ones, ((64, 32), (32, 48), 48))\n"
        "print(made.forward(x=x, W=W, b=b).sum())"
    )

    def told():
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    assert told()[-1] == "101376.0"
    assert told() == ["101376.0"]
    missing = list(tmp_path.glob("kernels/__pycache__/*.pack-*"))
    emptied = list(tmp_path.glob("kernels/__pycache__/*.tiles-*.nbi"))
    assert missing and emptied
    for path in missing:
        path.unlink()
    for path in emptied:
        path.write_bytes(b"")
    assert told()[-1] == "101376.0"


def test_where_numba_may_write_nowhere_kernels_are_compiled_all_the_same(tmp_path):
    place = store.folder(tmp_path / "cache")
    (place / "kernels" / "__pycache__").write_text("")
    (tmp_path / "home").write_text("")
    code = (
        "import numpy, deltarule\n"
        f"made = deltarule.kernel('activation', cache={str(place)!r})\n"
        "print(made.forward(z=-numpy.ones((2, 3))).sum())"
    )
    settings = {"XDG_CACHE_HOME": str(tmp_path / "home"), "HOME": str(tmp_path / "home")}
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **settings}
    )
    assert told.stdout.strip() in ("0.0", "-0.0"), told.stderr


def test_several_processes_at_once_give_the_same(tmp_path):
    code = (
        "import numpy, deltarule\n"
        f"made = deltarule.kernel('activation', cache={str(tmp_path)!r})\n"
        "print(made.forward(z=numpy.ones((2, 3))).sum())"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert {process.communicate()[0] for process in running} == {"6.0\n"}
    assert not list(tmp_path.glob("**/*.part"))


def test_the_text_of_a_kernel_needs_numpy_and_numba_alone():
    text = build.source("mlp", {"layers": 2}, "float32")
    imports = [s for s in text.splitlines() if s.startswith(("import ", "from "))]
    # llvmlite comes with Numba, and is what Numba compiles with.
    found = {line.split()[1].split(".")[0] for line in imports}
    assert found - sys.stdlib_module_names == {"llvmlite", "numba", "numpy"}
    assert "ŷ[n, m] = σ(s₂[n, m])" in text
