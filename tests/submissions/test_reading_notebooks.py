"""Notebooks: their code cells in order, without magics; nothing in them runs or is believed."""

import json

import nbformat
import pytest

from deltarule.errors import DeltaruleError
from deltarule.sandbox import Sandbox
from deltarule.submissions.reading import load_into, module_text, read_source, read_submission
from deltarule.submissions.reading.notebook_cells import code_cells

PYTHON = {"language_info": {"name": "python"}}


def notebook(*sources, **more):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "# Title"}]
    for source in sources:
        cells.append(
            {"cell_type": "code", "metadata": {}, "source": source, "outputs": [],
             "execution_count": None}
        )  # fmt: off
    whole = {"nbformat": 4, "nbformat_minor": 4, "metadata": PYTHON, "cells": cells}
    return json.dumps({**whole, **more}).encode()


WEEK = (
    "%matplotlib inline\nimport numpy as np\nfrom rnn_utils import *\n!pip install x\n",
    ["def linear(A, W, b):\n", "    %time pass\n", "    print('%d' % 3,\n", "        '%s'\n",
     "        %(4))\n", "    return W @ A + b"],
    "%%time\nparams = np.zeros(3)\nfiles = !ls\nnp.dot?\n?np.dot",
    "%%bash\nrm -rf /",
    "def broken(x:\n    return x",
    "def last(x):\n    return unknown + 1\n\nlinear(1, 2, 3)",
)  # fmt: skip


def test_cells_are_read_in_order_and_places_are_theirs():
    found = read_source(notebook(*WEEK), "week1.ipynb", compat=False)
    assert list(found.definitions) == ["linear", "last"] and list(found.lost) == ["broken"]
    said = [str(r) for r in found.remarks]
    assert said[0] == "cell 6, line 1: '(' was never closed: close it, or take it out"
    assert found.place(found.definitions["linear"].first) == "cell 3, line 1"
    with Sandbox() as sandbox, sandbox.submission() as own:
        assert load_into(found, own).returned
        outcome = own.call("last", 1)
        assert found.place(outcome.line) == "cell 7, line 2"
        assert own.call("linear", 1, 2, 3).verdict.value == "raised an error"


def test_what_python_takes_is_no_magic():
    (cell,) = code_cells(notebook("x = (5\n  %two)\ny = '''\n%matplotlib\n'''"), "a.ipynb")
    assert "%two" in cell.text and "%matplotlib" in cell.text and cell.magics == ()


@pytest.mark.parametrize("version", [3, 4])
def test_formats_are_read_as_jupyter_does(version, tmp_path):
    """nbformat is the reference: the same cells, from its formats 3 and 4."""
    current = nbformat.reads(notebook("a = 1\nb = 2", "c = 3").decode(), as_version=4)
    path = tmp_path / "a.ipynb"
    path.write_text(nbformat.writes(current, version=version), encoding="utf-8")
    want = [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert (
        [c.text for c in code_cells(path.read_bytes(), "a.ipynb")]
        == want
        == ["a = 1\nb = 2", "c = 3"]
    )
    assert module_text(path) == "a = 1\nb = 2\nc = 3"
    assert read_submission(path).definitions == {}


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        (b"not json", "a.ipynb is no notebook: line 1 is not JSON"),
        (b"\xff\xfe{}", "a.ipynb is no notebook: it is not UTF-8 text"),
        (b"[" * 100_000, "a.ipynb is no notebook: its JSON is nested too deeply"),
        (b"1" * 10_000, "a.ipynb is no notebook: its JSON is nested too deeply"),
        (b"[]", "a.ipynb is no notebook: it is JSON of another kind"),
        (b"{}", "a.ipynb is no notebook: it has no cells"),
        (b'{"cells": {}}', "a.ipynb is no notebook: it has no cells"),
        (b'{"worksheets": [3, {"cells": 4}]}', "a.ipynb has no code cells"),
        (b'{"cells": [1, null, {"cell_type": "code"}]}', None),
        (b'{"cells": [{"cell_type": "code", "source": [1, "x = 1", {}]}]}', None),
        (notebook("x = 1\n" * 50_000), "the code of a.ipynb is larger than 250 kB"),
        (notebook("x", metadata={"kernelspec": {"language": "R"}}), "a.ipynb is a notebook of R"),
        (notebook("x", metadata={"language_info": [1]}), None),
    ],
)
def test_notebooks_that_are_none_are_refused(data, fact):
    if fact is None:
        assert read_source(data, "a.ipynb").definitions == {}
        return
    with pytest.raises(DeltaruleError) as caught:
        read_source(data, "a.ipynb")
    assert caught.value.fact.startswith(fact) and caught.value.remedy


def test_a_notebook_is_not_opened_where_it_is_too_large(tmp_path):
    path = tmp_path / "a.ipynb"
    with path.open("wb") as opened:
        opened.truncate(20_000_000)
    with pytest.raises(DeltaruleError, match="a.ipynb is larger than 10 MB"):
        read_submission(path)
