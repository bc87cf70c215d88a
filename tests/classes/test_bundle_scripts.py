"""The scripts of bundles, run in folders that play the systems' own.

In place of the package index stands a Python that has deltarule already, and keeps what it was
asked.
"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from deltarule.classes.bundles.exam_bundle import KINDS, write_bundles

SOURCE = str(Path(__file__).resolve().parents[2] / "src")
ANSWERS = 'who = "Emmy"\n[answers]\nyhat = 0.62\ns2 = 0.51\nE = 0.9\n'
#: A Python that makes environments of itself, installs nothing, and keeps what it was asked. With
#: STATUS it only plays deltarule, and writes what a marking would have written.
PYTHON = """#!{python}
import os, pathlib, shutil, subprocess, sys
asked = sys.argv[1:]
log = pathlib.Path(os.environ["LOG"])
with log.open("a") as file:
    print(os.getcwd(), *asked, sep="\\t", file=file)
if asked[:2] == ["-m", "venv"]:
    place = pathlib.Path(asked[2], "bin")
    place.mkdir(parents=True)
    shutil.copy(__file__, place / "python")
elif asked[:2] == ["-m", "deltarule"] and "STATUS" in os.environ:
    if "--output" in asked and os.environ["STATUS"] != "2":
        out = pathlib.Path(asked[asked.index("--output") + 1])
        out.mkdir()
        (out / "classroom.txt").write_text("::notice::Points 1/2\\n")
        (out / "markdown.md").write_text("# Feedback\\n")
        folder = pathlib.Path(asked[3])
        (log.parent / "seen").write_text(" ".join(sorted(p.name for p in folder.iterdir())))
    sys.exit(int(os.environ["STATUS"]))
elif asked[:1] == ["-c"] or asked[:2] == ["-m", "pip"]:
    pass
else:
    sys.exit(subprocess.call([sys.executable, *asked]))
"""


class Machine:
    """A folder with bundles, and a PATH on which our Python stands first."""

    def __init__(self, home: Path):
        self.home = home
        self.log = home / "log"
        (home / "bin").mkdir()
        for name in ("python", "python3.14"):
            program = home / "bin" / name
            program.write_text(PYTHON.format(python=sys.executable), encoding="utf-8")
            program.chmod(0o755)
        write_bundles("slide", KINDS, home, reveal="verdicts")

    def run(self, script: Path, where: Path, **environment: str):
        path = f"{self.home / 'bin'}:/usr/bin:/bin"
        own = {"PATH": path, "LOG": str(self.log), "PYTHONPATH": SOURCE, "HOME": str(self.home)}
        return subprocess.run(
            ["bash", str(script)],
            cwd=where,
            env={**own, **environment, "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    def asked(self) -> list[list[str]]:
        """What our Python was asked for, its folder first."""
        return [line.split("\t") for line in self.log.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def machine(tmp_path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def autograder(machine) -> Path:
    """The folders of Gradescope's autograder, with a submission."""
    root = machine.home / "autograder"
    with zipfile.ZipFile(machine.home / "gradescope.zip") as archive:
        archive.extractall(root / "source")
    (root / "submission").mkdir()
    (root / "submission/answers.toml").write_text(ANSWERS, encoding="utf-8")
    users = [{"email": "emmy@uni.example", "name": "Emmy Noether", "id": 7}]
    (root / "submission_metadata.json").write_text(json.dumps({"users": users}))
    return root


def test_an_autograder_is_set_up_and_marks_a_submission(machine, autograder):
    done = machine.run(autograder / "source/setup.sh", autograder, AUTOGRADER_ROOT=str(autograder))
    assert done.returncode == 0, done.stderr
    pip = machine.asked()[-1]
    assert pip[0] == str(autograder / "source")
    assert pip[1:] == ["-m", "pip", "install", "--no-cache-dir", "-r", "requirements.txt"]
    script = autograder / "source/run_autograder"
    done = machine.run(script, autograder, AUTOGRADER_ROOT=str(autograder))
    assert done.returncode == 0, done.stderr
    asked = machine.asked()[-1]
    assert [asked[k + 1] for k, word in enumerate(asked) if word == "--who"] == [
        "emmy@uni.example",
        "Emmy Noether",
        "7",
    ]
    text = (autograder / "results/results.json").read_text(encoding="utf-8")
    schema = Path(__file__).parent / "schemas/gradescope.json"
    Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(json.loads(text))
    tests = {test["name"]: test for test in json.loads(text)["tests"]}
    assert tests["ŷ"]["score"] == 1 and tests["E"]["score"] == 0
    assert "right is" not in text and "0.07" not in text


def test_a_marking_that_ends_without_results_says_so(machine, autograder):
    (autograder / "venv/bin").mkdir(parents=True)
    (machine.home / "bin/python").rename(autograder / "venv/bin/python")
    (autograder / "submission_metadata.json").unlink()
    (autograder / "results").mkdir()
    (autograder / "results/results.json").write_text('{"score": 8}')
    done = machine.run(
        autograder / "source/run_autograder",
        autograder,
        AUTOGRADER_ROOT=str(autograder),
        STATUS="2",
    )
    assert done.returncode == 0 and "deltarule ended with status 2" in done.stderr
    found = json.loads((autograder / "results/results.json").read_text(encoding="utf-8"))
    assert found["score"] == 0 and "tell your teacher" in found["output"]
    assert "--who" not in machine.asked()[-1]


def test_a_workflow_marks_what_was_handed_in_and_nothing_else(machine):
    student = machine.home / "github"
    (student / "answers.toml").write_text(ANSWERS, encoding="utf-8")
    (student / ".git").mkdir()
    summary = machine.home / "summary.md"
    script = student / ".github/classroom/mark.sh"
    more = {"WHO": "emmy; rm -rf x", "GITHUB_STEP_SUMMARY": str(summary)}
    done = machine.run(script, student, STATUS="1", **more)
    assert (done.returncode, done.stdout) == (1, "::notice::Points 1/2\n")
    assert summary.read_text(encoding="utf-8") == "# Feedback\n"
    assert (machine.home / "seen").read_text() == "answers.toml"
    asked = machine.asked()[-1]
    assert "emmy; rm -rf x" in asked and asked[asked.index("--reveal") + 1] == "verdicts"
    done = machine.run(script, student, STATUS="2", **more)
    assert done.returncode == 2 and "could not be marked" in done.stdout


@pytest.mark.parametrize(("status", "ends"), [("0", 0), ("1", 0), ("2", 1)])
def test_a_container_fails_only_where_nothing_was_marked(machine, status, ends):
    script = machine.home / "docker/entrypoint.sh"
    done = machine.run(script, machine.home, STATUS=status, BUNDLE_ROOT="/x")
    assert done.returncode == ends
    assert machine.asked()[-1][3:] == [
        *("check", "class", "/x/submissions", "--sheet", "/x/exam", "--out", "/x/marks")
    ]


def test_scripts_have_no_mistakes_that_bash_finds(machine):
    scripts = [*machine.home.rglob("*.sh")]
    assert len(scripts) == 2
    for script in scripts:
        assert subprocess.call(["bash", "-n", str(script)]) == 0
    assert os.access(machine.home / "docker/entrypoint.sh", os.X_OK)
