"""`check FILE.py`: the table, causes, formats, refusals, what passes, and the exit status."""

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from deltarule.cli import check_submissions
from deltarule.errors import DeltaruleError
from deltarule.reports.junit import junit_xml
from deltarule.reports.things import CheckedCode, CheckedFile
from deltarule.sandbox import Isolation, sandboxes
from deltarule.spelling.folding import cells
from deltarule.submissions import FunctionFinding, FunctionVerdict, SubmissionReport
from deltarule.submissions.accepted_verdicts import accepted_verdicts
from deltarule.submissions.findings import Cause

CODE = Path(__file__).parent / "handed_in.py"


def test_a_row_for_each_function(invoke):
    done = invoke("check", CODE)
    assert done.status == 1
    assert re.search(r"^✓  affine_forward +6  right$", done.out, re.MULTILINE)
    assert re.search(r"^✗  affine_backward +15  (wrong|right only in part)$", done.out, re.M)
    assert "changes its argument dout in place" in done.out
    assert "remedy: work on a copy: dout.copy()" in done.out
    assert re.search(r"^✗  conv_forward_naive +28  not finished$", done.out, re.M)
    assert "2 of 5 functions right: " in done.out
    assert "convention: CS231n (Stanford); sandbox: " in done.out


@pytest.mark.parametrize("width", [30, 120])
def test_no_line_is_wider_than_the_screen(invoke, width):
    done = invoke("check", CODE, "-k", "relu or affine_forward", width=width)
    code = done.out.partition("import numpy")[0]  # a test to paste stays as it is
    assert max(cells(line) for line in code.splitlines() if str(CODE) not in line) <= width
    assert ("finding" in code) == (width == 120)


def test_the_contract_of_json(invoke):
    values = json.loads(invoke("check", CODE, "-k", "affine or relu_b", "--json").out)
    assert (values["right"], values["of"], values["all_right"]) == (1, 3, False)
    (file,) = values["files"]
    assert file["path"] == str(CODE) and file["convention"] == "CS231n (Stanford)"
    right, wrong, changes = file["functions"]
    assert (right["verdict"], right["passes"]) == ("right", True)
    assert changes["verdict"] == "changes" and changes["line"] == 22
    by_name = {o["name"]: o for o in wrong["outputs"]}
    assert not by_name["dw"]["wrong_at"] and by_name["dw"]["right_at"] > 5
    assert by_name["db"]["wrong_at"][0]["given"] != by_name["db"]["wrong_at"][0]["right"]


@pytest.mark.parametrize(
    ("accept", "status"),
    [((), 1), (("--accept", "changes"), 0), (("--accept", "follows,changes"), 0)],
)
def test_the_teacher_says_what_passes(invoke, accept, status):
    assert invoke("check", CODE, "-k", "relu", *accept).status == status


def test_the_words_of_what_passes():
    following = {FunctionVerdict.FOLLOWS, FunctionVerdict.CALLS}
    assert accepted_verdicts() == {FunctionVerdict.RIGHT, *following}
    assert accepted_verdicts("none") == {FunctionVerdict.RIGHT}
    assert FunctionVerdict.CONVENTION in accepted_verdicts("convention, changes")


@pytest.mark.parametrize(
    ("words", "fact", "remedy"),
    [
        ((CODE, "-k", "nothing"), "no function is called so: nothing", "check --conventions NAME"),
        ((CODE, "-k", "(a"), "a bracket is not closed", "write parts of names"),
        ((CODE, "-k", "a or"), "the name of a function is missing", "write parts of names"),
        ((CODE, "-k", "a b"), "'b' stands where nothing belongs", "write parts of names"),
        ((CODE, "--accept", "convenion"), "'convenion' is no verdict", "did you mean 'convention'"),
        ((CODE, "--accept", "wrong"), "'wrong' is no verdict that may pass", "they are follows"),
        ((CODE, "--convention", "cs321n"), "there is no convention cs321n", "'cs231n'"),
        ((CODE, "--sheet", "slide"), "--sheet is about answers", "is code"),
        (("slide", "-k", "conv"), "--only is about students' code", "name a file of code"),
        ((f"{CODE}:relu_forward",), "is no file", "-k relu_forward"),
        (("nowhere.py",), "there is no file nowhere.py", "check the path"),
        ((CODE, "--junit", "mine.py"), "mine.py would be overwritten", "--junit results.xml"),
        (("--conventions", "cs"), "there is no convention cs", "cs231n"),
    ],
)
def test_what_is_refused(invoke, words, fact, remedy):
    done = invoke("check", *words, width=300)
    assert done.status == 2 and fact in done.err and remedy in done.err


def test_a_derivation_is_no_homework(invoke, tmp_path):
    path = tmp_path / "own.py"
    path.write_text("from deltarule.language import *\n")
    done = invoke("check", path, width=300)
    assert done.status == 2 and f"write check gradient {path}" in done.err


def test_several_files_and_a_folder(invoke, tmp_path):
    (tmp_path / "ada.py").write_text("def relu_forward(x):\n    return (x > 0) * x, x\n")
    (tmp_path / "bob.py").write_text("def relu_forward(x):\n    return x + 1, x\n")
    (tmp_path / "broken.py").write_text("def relu_forward(x:\n")
    (tmp_path / "plots.py").write_text("def plot(x): pass\n")
    (tmp_path / "answers.toml").write_text('sheet = "slide"\n[answers]\nE = "0.5"\n')
    done = invoke("check", tmp_path, "--brief", "--junit", tmp_path / "out.xml", width=200)
    assert done.status == 1
    assert "3 files: 1 all right, 2 with something wrong" in done.out
    assert "0 of 1 right: not relu_forward" in done.out and "not_loaded" not in done.out
    assert "1 other file without a function that a convention knows" in done.out
    suites = ElementTree.parse(tmp_path / "out.xml").getroot()
    assert (suites.get("tests"), suites.get("failures"), suites.get("errors")) == ("3", "1", "1")
    assert suites.find(".//error").get("type") == "not_loaded"
    values = json.loads(invoke("check", tmp_path, "--json").out)
    verdicts = [file["functions"][0]["verdict"] for file in values["files"]]
    assert verdicts == ["right", "wrong", "not_loaded"] and not values["files"][2]["error"]
    assert values["left_out"] == 1 and values["answers"]["of"] > 0 and not values["all_right"]


@pytest.mark.slow
def test_many_files_are_checked_by_further_processes(invoke, tmp_path, monkeypatch):
    (tmp_path / "ada.py").write_text("def relu_forward(x):\n    return (x > 0) * x, x\n")
    (tmp_path / "bob.py").write_text("def relu_forward(x):\n    return x + 1, x\n")
    (tmp_path / "eve.py").write_text("from deltarule.language import *\n")
    alone = json.loads(invoke("check", tmp_path, "--json").out)
    monkeypatch.setattr(check_submissions, "MANY", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # one more process shows it
    together = json.loads(invoke("check", tmp_path, "--json").out)
    for values in (alone, together):
        assert [f.pop("seconds") >= 0 for f in values["files"]] == [True] * 3
    assert together == alone and [bool(f["error"]) for f in alone["files"]] == [False, False, True]


def test_a_notebook_by_its_cells(invoke, tmp_path):
    cells = [
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nimport numpy as np",
        "plt.plot([1])\n\ndef relu_forward(x):\n    return np.maximum(x, 1), x\n",
    ]
    written = [
        {"cell_type": "code", "metadata": {}, "source": c, "outputs": [], "execution_count": None}
        for c in cells
    ]
    book = {"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "mine.ipynb").write_text(json.dumps(book))
    done = invoke("check", tmp_path / "mine.ipynb", width=100)
    assert done.status == 1 and re.search(r"✗  relu_forward +cell 2:4 ", done.out)
    assert "cell 2, line 1: 1 statement outside of definitions did not run" in done.out


def test_what_a_file_imports_may_be_handed_in_beside_it(invoke, tmp_path):
    (tmp_path / "mine.py").write_text(
        "import helpers\ndef relu_forward(x):\n    return helpers.clip(x), x\n"
    )
    (tmp_path / "helpers.py").write_text("def clip(x):\n    return (x > 0) * x\n")
    done = invoke("check", tmp_path / "mine.py", width=200)
    assert done.status == 1 and "uses helpers.clip, which is not part of the file" in done.out
    assert invoke("check", tmp_path / "mine.py", "--with", tmp_path / "helpers.py").status == 0


def test_nothing_known_is_not_wrong_but_could_not_be_checked(invoke, tmp_path):
    path = tmp_path / "plots.py"
    path.write_text("def plot(x): pass\n")
    done = invoke("check", path)
    assert done.status == 2 and "none of its functions is known to a convention" in done.out


def test_junit_holds_whatever_a_file_makes_a_finding_say():
    words = "\x00\x1b[31m]]>\ud800\ufffe<&\"'\u202e" + "".join(map(chr, range(1, 32)))
    found = [
        FunctionFinding(
            words, "t", FunctionVerdict.WRONG, words, causes=[Cause(words)], test=words
        ),
        FunctionFinding("f", "t", FunctionVerdict.CRASHED, words, line=3),
        FunctionFinding("g", "t", FunctionVerdict.FOLLOWS, words),
    ]
    report = SubmissionReport(words, "course", "layers", found, [words])
    text = junit_xml(CheckedCode([CheckedFile(words, accepted_verdicts(), report)]))
    root = ElementTree.fromstring(text.encode())
    assert [case.get("name", "")[-1] for case in root.iter("testcase")][1:] == ["f", "g"]
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "1", "1")
    assert "\x1b" not in text and "\u202e" not in text
    assert root.find(".//failure").text.count("\\x1b") > 3


def test_conventions_are_listed(invoke):
    assert "CS231n (Stanford): " in invoke("check", "--conventions").out
    done = invoke("check", "--conventions", "cs231n")
    assert "dx, dw, db = affine_backward(dout, cache)" in done.out
    assert "x (n (a b) -> n a b)" in done.out
    values = json.loads(invoke("check", "--conventions", "cs231n", "--json").out)
    (course,) = values["conventions"]
    assert "conv_backward_naive" in course["functions"]


def test_links_in_a_folder_are_said_and_not_followed(invoke, tmp_path):
    (tmp_path / "ada.py").write_text("def relu_forward(x):\n    return (x > 0) * x, x\n")
    (tmp_path / "eve.py").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "secret.txt").write_text("root:*:1\n")
    others = tmp_path / "others"
    others.mkdir()
    (tmp_path / "bob").symlink_to(others)
    (others / "eve.py").write_text("def relu_forward(x):\n    return x, x\n")
    done = invoke("check", tmp_path, width=200)
    assert "eve.py is a link to another file" in done.out and "root:" not in done.out
    assert "name that file itself" in done.out
    assert "bob is a link to another folder" in done.out and "name that folder" in done.out
    assert "bob/eve.py" not in done.out and "others/eve.py" in done.out
    alone = invoke("check", tmp_path / "bob", width=200)
    assert alone.status == 2 and "bob is a link to another folder" in alone.err


def test_a_folder_of_modules_that_the_code_may_import(invoke, tmp_path):
    folder = tmp_path / "mytorch/nn"
    folder.mkdir(parents=True)
    (folder / "halves.py").write_text("def half(x):\n    return x / 2\n")
    text = "import numpy as np\n{}\ndef relu_forward(x):\n    return half(x + np.abs(x)), x\n"
    for line in ("from .halves import *", "from mytorch.nn.halves import half"):
        (folder / "layers.py").write_text(text.format(line))
        asked = ("check", folder / "layers.py", "-k", "relu")
        assert invoke(*asked).status == 1
        assert invoke(*asked, "--with", tmp_path).status == 0


def test_watching_checks_again_when_a_file_is_saved(invoke, monkeypatch, tmp_path):
    path, text = tmp_path / "layers.py", "def relu_forward(x):\n    return (x {} 0) * x, x\n"
    path.write_text(text.format("<"))

    def watch(*roots, watch_filter, recursive):
        assert roots == (tmp_path,) and not recursive
        assert not watch_filter(1, str(tmp_path / "other.py"))
        for saved in (None, text.format(">")):
            path.unlink() if saved is None else path.write_text(saved)
            assert watch_filter(1, str(path))
            yield {(1, str(path))}

    monkeypatch.setitem(sys.modules, "watchfiles", SimpleNamespace(watch=watch))
    done = invoke("check", path, "--watch")
    assert done.status == 0 and "there is no file layers.py" in done.err
    assert [line[0] for line in done.out.splitlines() if "relu_forward  " in line] == ["✗", "✓"]
    assert "exclude each other" in invoke("check", path, "--watch", "--json").out


def test_without_isolation_code_is_refused_and_run_by_limits_where_that_is_asked_for(
    invoke, monkeypatch, tmp_path
):
    begun = sandboxes.WarmWorker

    def worker(way, *rest):
        if way is not Isolation.LIMITS:
            raise DeltaruleError(f"{way.value} is not there", "the sandbox", "install it")
        return begun(way, *rest)

    monkeypatch.setattr(sandboxes, "WarmWorker", worker)
    path = tmp_path / "layers.py"
    path.write_text("def relu_forward(x):\n    return (x > 0) * x, x\n")
    refused = invoke("check", path, width=200)
    assert refused.status == 2 and refused.out == ""
    assert "bubblewrap is not there; user namespaces is not there" in refused.err
    done = invoke("check", path, "--unsafe", width=200)
    assert done.status == 0 and "sandbox: process limits alone" in done.out
