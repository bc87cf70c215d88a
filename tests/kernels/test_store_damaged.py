"""A cache that is damaged, takes no files, or lies behind what it was made of."""

import errno
import os
import sys
import tempfile
import warnings
from pathlib import Path

import pytest

import deltarule
from deltarule.errors import DeltaruleError
from deltarule.kernels import build
from deltarule.kernels.cache import fallback, store
from deltarule.language.catalogue import catalogue, whole_networks

OWN = """
from deltarule.language import *

N = size("N")
n = index("n")
x, y = input("x", N), output("y", N)
y[n] = {factor} * x[n]
"""
PARTS = """
from deltarule.language import *

N = size("N")
n = index("n")
x, y = input("x", N), output("y", N)
h = layer("{path}", x, suffix="1")
y[n] = h[n]
"""


@pytest.fixture
def small(tmp_path):
    """A function that loads a small kernel as a new process would; nothing is compiled."""
    file = tmp_path / "doubled.py"
    file.write_text(OWN.format(factor=2))

    def made(path=file):
        for name in [n for n in sys.modules if n.startswith("deltarule_kernel_")]:
            del sys.modules[name]
        told = []
        kernel = deltarule.kernel(path, cache=tmp_path / "cache", progress=told.append)
        return kernel, told

    return made


def texts(cache) -> list:
    return sorted((cache / "kernels").glob("*.py"))


@pytest.mark.parametrize("damage", ["emptied", "cut", "one bit", "more", "gone", "not text"])
def test_a_damaged_text_is_noticed_and_mended(small, tmp_path, damage):
    assert small()[1] == ["deriving doubled"]
    assert small()[1] == []
    paths = texts(tmp_path / "cache")
    before = {path: path.read_bytes() for path in paths}
    for path, data in before.items():
        if damage == "gone":
            path.unlink()
            continue
        flipped = data[:99] + bytes([data[99] ^ 1]) + data[100:]
        path.write_bytes(
            {
                "emptied": b"",
                "cut": data[: len(data) // 2],
                "one bit": flipped,
                "more": data + b"x = 1\n",
                "not text": b"\xff" * 99,
            }[damage]
        )
        assert small()[1] == ["deriving doubled"]
        assert {p: p.read_bytes() for p in paths} == before
    assert small()[1] == (["deriving doubled"] if damage == "gone" else [])
    assert {p: p.read_bytes() for p in paths} == before
    assert small()[1] == []


def test_damaged_bytecode_is_made_anew(small, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    small()
    [path] = (tmp_path / "cache" / "kernels").glob("__pycache__/doubled_*.pyc")
    whole = path.read_bytes()
    for damage in (b"", whole[:20], whole[:-40], whole[:90] + b"\0\0\0" + whole[93:]):
        path.write_bytes(damage)
        assert small()[0].outputs == ("y",)
        assert path.read_bytes() == whole


def test_a_part_that_is_changed_is_derived_anew(small, tmp_path):
    whole, part = tmp_path / "whole.py", tmp_path / "doubled.py"
    whole.write_text(PARTS.format(path=part))
    first = small(whole)[0].source
    assert small(whole)[1] == []
    part.write_text(OWN.format(factor=3))
    build.store.sources.cache_clear()
    assert small(whole)[1] == ["deriving whole"]
    assert "real(2)" in first


@pytest.mark.parametrize("place", ["a.py", "kernels/prelude/deeper/a.py", "linked/networks/a.py"])
def test_a_change_anywhere_in_the_source_changes_the_fingerprint(tmp_path, place):
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home / "kernels" / "prelude" / "deeper", elsewhere / "networks"):
        folder.mkdir(parents=True)
    (home / "linked").symlink_to(elsewhere)
    (home / place).write_text("x = 1")
    before = store.sources(home)
    (home / place).write_text("x = 22")
    assert store.sources(home) == before
    store.sources.cache_clear()
    assert store.sources(home) != before


def test_every_file_that_a_kernels_text_depends_on_is_in_the_fingerprint():
    """What is imported when a text is made, all rooms of the engine, and all derivations."""
    build.source("dense", {})
    home = Path(deltarule.__file__).parent
    looked_at = {Path(file).resolve() for file in store.source_files(home)}
    imported = {
        Path(module.__file__).resolve()
        for name, module in sys.modules.items()
        if name.partition(".")[0] == "deltarule" and getattr(module, "__file__", None)
    }
    derivations = {p.resolve() for p in (*catalogue().values(), *whole_networks().values())}
    assert len(imported) > 100 and imported | derivations <= looked_at


@pytest.fixture
def forgotten(monkeypatch):
    """No folder was replaced before."""
    monkeypatch.setattr(fallback, "_instead", {})


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("code", [errno.EROFS, errno.ENOSPC, errno.EACCES, errno.EDQUOT])
def test_a_folder_that_takes_no_files_is_replaced_and_that_is_said_once(
    small, tmp_path, monkeypatch, code
):
    real = tempfile.mkstemp

    def refused(*, dir, **more):  # noqa: A002
        if str(dir).startswith(str(tmp_path)):
            raise OSError(code, os.strerror(code))
        return real(dir=dir, **more)

    monkeypatch.setattr(tempfile, "mkstemp", refused)
    with pytest.warns(RuntimeWarning, match=f"takes no files .{os.strerror(code)}.: kernels are"):
        assert small()[0].outputs == ("y",)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert small()[1] == []


@pytest.mark.usefixtures("forgotten")
def test_a_folder_that_cannot_be_made_is_replaced(small, tmp_path):
    (tmp_path / "cache").write_text("")
    with pytest.warns(RuntimeWarning, match="takes no files .Not a directory|File exists"):
        assert small()[0].outputs == ("y",)


@pytest.mark.usefixtures("forgotten")
def test_where_no_folder_takes_files_that_is_told(small, tmp_path, monkeypatch):
    def refused(**_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", refused)
    (tmp_path / "cache").write_text("")
    with pytest.raises(DeltaruleError, match="no folder takes the kernel: No space left on"):
        small()
