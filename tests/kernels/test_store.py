"""The cache folder: one file a kernel, never rewritten, safe with several processes at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from deltarule.kernels import build, store
from deltarule.notation.errors import DeltaruleError


def test_a_kernel_is_written_once_and_left_alone(tmp_path):
    cache = store.folder(tmp_path / "cache")
    path = store.keep_kernel(cache, "net", "x = 1\n")
    before = path.stat().st_mtime_ns
    assert store.keep_kernel(cache, "net", "x = 1\n") == path
    assert path.stat().st_mtime_ns == before
    assert store.keep_kernel(cache, "net", "x = 2\n") != path


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


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DeltaruleError, match="the cache folder cannot be made"):
        store.folder(tmp_path / "file")


def test_the_second_process_needs_no_sympy(tmp_path):
    build.module("dense", {}, "float64", False, tmp_path)
    code = (
        "import sys, deltarule\n"
        f"made = deltarule.kernel('dense', cache={str(tmp_path)!r})\n"
        "print(made.inputs, 'sympy' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert told.strip() == "('x', 'W', 'b') False"


def test_the_text_of_a_kernel_needs_numpy_and_numba_alone():
    text = build.source("mlp", {"layers": 2}, "float32")
    imports = [s for s in text.splitlines() if s.startswith(("import ", "from "))]
    # llvmlite comes with Numba, and is what Numba compiles with.
    wanted = {"math", "llvmlite", "numba", "numpy"}
    assert {line.split()[1].split(".")[0] for line in imports} == wanted
    assert "ŷ[n, m] = σ(s₂[n, m])" in text
