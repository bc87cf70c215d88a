"""Bundles of exams: what is in them, the same bytes every time, and scripts that do what they say.

The scripts run in a folder that plays the autograder's; in place of the package index stands a
Python that has deltarule already, and tells what it was asked for.
"""

import io
import zipfile
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
import yaml

import deltarule
from deltarule.classes.bundles import own_wheel
from deltarule.classes.bundles.exam_bundle import KINDS, bundle_files, write_bundles, zipped
from deltarule.classes.bundles.exam_folder import exam_folder
from deltarule.errors import DeltaruleError

SHEET = """
title = "A layer of one's own"
network = "own.py"
[given]
x = [1, 2]
"""
WHEEL = "deltarule-9.9.9-py3-none-any.whl"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("bundles")
    write_bundles("slide", KINDS, out, reveal="right")
    return out


def test_an_archive_for_gradescope_has_its_scripts_at_the_root(made):
    archive = zipfile.ZipFile(made / "gradescope.zip")
    assert {"setup.sh", "run_autograder", "requirements.txt", "exam/exam.toml"} <= set(
        archive.namelist()
    )
    modes = {i.filename: i.external_attr >> 16 & 0o777 for i in archive.infolist()}
    assert modes["run_autograder"] == modes["setup.sh"] == 0o755 and modes["reveal"] == 0o644
    own = f"deltarule-{deltarule.__version__}-py3-none-any.whl"
    assert archive.read("requirements.txt").decode() == f"./{own}[courses]\n"
    assert archive.read(own) == (made / "docker" / own).read_bytes()


def test_the_workflow_is_one_that_classroom_reads(made):
    path = made / "github/.github/workflows/classroom.yml"
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["name"] == "Autograding Tests" and list(workflow["jobs"]) == [
        "run-autograding-tests"
    ]
    # YAML 1.1 takes `on` for true.
    assert workflow[True] == ["push", "workflow_dispatch"]
    assert workflow["permissions"] == {"contents": "read"}
    steps = workflow["jobs"]["run-autograding-tests"]["steps"]
    assert steps[-1]["run"] == "bash .github/classroom/mark.sh"
    assert not any("${{" in step.get("run", "") for step in steps)
    for name in ("mark.sh", "requirements.txt", "reveal", "exam/exam.toml"):
        assert (made / "github/.github/classroom" / name).is_file()


def test_what_a_dockerfile_copies_is_there(made):
    lines = (made / "docker/Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [w for line in lines if line.startswith("COPY") for w in line.split()[1:-1]]
    assert copied == ["requirements.txt", "*.whl", "exam", "entrypoint.sh"]
    assert all([*(made / "docker").glob(name)] for name in copied)


def test_the_same_exam_gives_the_same_bytes(made, tmp_path):
    write_bundles("slide", KINDS, tmp_path, reveal="right")
    again = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    assert again == sorted(p.relative_to(made) for p in made.rglob("*") if p.is_file())
    assert all((made / p).read_bytes() == (tmp_path / p).read_bytes() for p in again)
    write_bundles("slide", KINDS, tmp_path, reveal="right")
    with pytest.raises(DeltaruleError, match="reveal is there already, and is another"):
        write_bundles("slide", ["docker"], tmp_path, reveal="causes")


def test_a_wheel_comes_along(tmp_path):
    wheel = tmp_path / WHEEL
    wheel.write_bytes(b"PK")
    written = write_bundles("slide", ["gradescope", "github"], tmp_path / "out", wheel)
    assert (written.pinned, written.installs) == (f"./{WHEEL}[courses]", WHEEL)
    assert zipfile.ZipFile(tmp_path / "out/gradescope.zip").read(WHEEL) == b"PK"
    assert (tmp_path / "out/github/.github/classroom" / WHEEL).read_bytes() == b"PK"
    with pytest.raises(DeltaruleError, match="numpy-2.whl is no wheel of deltarule"):
        write_bundles("slide", ["docker"], tmp_path / "x", tmp_path / "numpy-2.whl")
    with pytest.raises(DeltaruleError, match="the wheel cannot be read: No such file"):
        write_bundles("slide", ["docker"], tmp_path / "x", tmp_path / "x" / WHEEL)


def test_a_version_of_the_index_brings_no_wheel_along(tmp_path):
    written = write_bundles("slide", ["docker"], tmp_path, from_index=True)
    assert written.pinned == f"deltarule[courses]=={deltarule.__version__}"
    assert not [*tmp_path.rglob("*.whl")]
    assert (tmp_path / "docker/requirements.txt").read_text() == f"{written.pinned}\n"


def test_what_is_not_installed_cannot_be_brought_along(tmp_path, monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(own_wheel, "distribution", missing)
    with pytest.raises(DeltaruleError) as told:
        own_wheel.own_wheel.__wrapped__()
    assert told.value.fact == (
        "deltarule runs here without being installed, so that its metadata are missing"
    )
    assert told.value.remedy == "install it (pip install .), or name a wheel with --wheel FILE"


def test_papers_and_programs_are_carried_along(tmp_path):
    (tmp_path / "variants").mkdir()
    (tmp_path / "exam.toml").write_text(SHEET, encoding="utf-8")
    paper = SHEET.replace("own.py", "../own.py")
    (tmp_path / "variants/emmy.toml").write_text(paper, encoding="utf-8")
    (tmp_path / "own.py").write_text("from deltarule.notation.language import *\n")
    (tmp_path / "secret.txt").write_text("no part of the exam")
    assert set(exam_folder(tmp_path)) == {"exam.toml", "variants/emmy.toml", "own.py"}
    assert set(exam_folder(tmp_path / "exam.toml")) == {"exam.toml", "own.py"}
    with pytest.raises(DeltaruleError, match="own.py lies outside of the exam's folder"):
        exam_folder(tmp_path / "variants/emmy.toml")
    with pytest.raises(DeltaruleError, match="there is no exam.toml in the folder"):
        exam_folder(tmp_path / "variants")


def test_an_archive_has_no_time_in_it():
    data = zipped(bundle_files("gradescope", {"exam.toml": b"x"}, "deltarule==1", "causes"))
    infos = zipfile.ZipFile(io.BytesIO(data)).infolist()
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert [info.filename for info in infos] == sorted(info.filename for info in infos)
