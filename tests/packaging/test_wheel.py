"""What is installed is what git holds: checkout -> sdist -> wheel -> a folder of its own."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINKS = {"src/deltarule/cli": "../../cli", "src/deltarule/derivations": "../../derivations"}


def run(*command: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, text=True, capture_output=True
    )
    if done.returncode:
        pytest.fail(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = run("git", "ls-files", "-z", folder=ROOT).split("\0")
    return [name for name in listed if name and os.path.lexists(ROOT / name)]


@pytest.fixture(scope="module")
def archives(tracked, tmp_path_factory) -> tuple[Path, Path]:
    """The sdist of git's own files, and the wheel that is built from that sdist."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in tracked:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, checkout / name, follow_symlinks=False)
    run(sys.executable, "-m", "build", "--no-isolation", "-o", "made", ".", folder=checkout)
    (sdist,) = (checkout / "made").glob("*.tar.gz")
    (wheel,) = (checkout / "made").glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def installed(archives, tmp_path_factory) -> Path:
    """A folder that holds what installing the wheel puts into site-packages."""
    target = tmp_path_factory.mktemp("site")
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(target),
        str(archives[1]),
        folder=target,
    )
    return target


def in_wheel(name: str) -> str | None:
    """Where a tracked file goes in the wheel; None when it does not belong there."""
    if name in LINKS:
        return None
    if name.startswith("src/"):
        return name.removeprefix("src/")
    return f"deltarule/{name}" if name.startswith(("cli/", "derivations/")) else None


def test_the_links_are_links(tracked):
    for link, target in LINKS.items():
        assert link in tracked
        assert os.readlink(ROOT / link) == target


def test_the_wheel_holds_what_git_holds(archives, tracked):
    with zipfile.ZipFile(archives[1]) as wheel:
        held = [name for name in wheel.namelist() if ".dist-info/" not in name]
    wanted = [goal for name in tracked if (goal := in_wheel(name))]
    assert sorted(held) == sorted(wanted)


def test_the_wheel_that_a_bundle_brings_along_is_the_wheel(archives, installed):
    """What is installed makes the wheel again that it was installed from: files, commands, extras,
    and hashes that an installer accepts."""
    again = installed.parent / "again.whl"
    run(
        sys.executable,
        "-c",
        "import sys, pathlib\n"
        "from deltarule.classes.bundles.own_wheel import own_wheel\n"
        "pathlib.Path(sys.argv[1]).write_bytes(own_wheel()[1])\n",
        str(again),
        folder=installed,
        PYTHONPATH=str(installed),
    )
    built, own = _content(archives[1]), _content(again)
    assert built.keys() == own.keys()
    assert {n.rpartition("/")[2] for n in own if own[n] != built[n]} == {"RECORD", "WHEEL"}
    (record,) = (name for name in own if name.endswith("/RECORD"))
    hashes = [set(of[record].decode().split()) for of in (built, own)]
    assert len(hashes[0] ^ hashes[1]) == 2  # the two lines of WHEEL


def _content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_sdist_holds_what_git_holds(archives, tracked):
    with tarfile.open(archives[0]) as sdist:
        held = [name.partition("/")[2] for name in sdist.getnames()]
    assert sorted(held) == sorted([name for name in tracked if name not in LINKS] + ["PKG-INFO"])


def test_nothing_called_cli_or_derivations_is_installed(installed):
    folders = {path.name for path in installed.iterdir() if ".dist-info" not in path.name}
    assert folders - {"bin", "__pycache__"} == {"deltarule"}


def test_what_is_installed_can_be_used(installed):
    told = run(
        sys.executable,
        "-c",
        "import deltarule, sys\n"
        "assert 'sympy' not in sys.modules and 'numpy' not in sys.modules\n"
        "from deltarule.marking.sheet_files.sheets import load_sheet\n"
        "print(deltarule.__file__, load_sheet('slide').path, deltarule.DeltaruleError)\n",
        folder=installed,
        PYTHONPATH=str(installed),
    )
    assert str(installed / "deltarule" / "__init__.py") in told
    assert "derivations/examples/slide.toml" in told


def test_every_name_of_the_package_is_there(installed):
    run(
        sys.executable,
        "-c",
        "import deltarule as d\nfor name in d.__all__: assert callable(getattr(d, name))",
        folder=installed,
        PYTHONPATH=str(installed),
    )


def test_every_command_is_there(installed):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert sorted(project["scripts"]) == ["check", "deltarule", "derive", "trace"]
    for goal in project["scripts"].values():
        module, _, function = goal.partition(":")
        run(
            sys.executable,
            "-c",
            f"import {module} as m; assert callable(m.{function})",
            folder=installed,
            PYTHONPATH=str(installed),
        )


def test_the_readme_is_the_package_page(tracked):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if "README.md" in tracked:
        assert project.get("readme") == "README.md", 'add readme = "README.md" to [project]'
