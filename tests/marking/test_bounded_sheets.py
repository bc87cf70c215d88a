"""Sheets and answers that would take for ever, or too much memory, are refused at once."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from deltarule import load
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import read, reads, tensor_name, walk
from deltarule.expressions.substitution import replace_reads
from deltarule.marking import load_sheet, mark
from deltarule.marking.cost import MOST_NODES, MOST_TERMS, check_computation, check_network
from deltarule.marking.explanation import Explanation
from deltarule.marking.mistakes import Mistake
from deltarule.marking.run_computations import run_computation
from deltarule.marking.session import open_session
from deltarule.marking.sheet_files.answers import load_answers, read_answers
from deltarule.marking.sheet_files.arrays import read_numbers
from deltarule.marking.verdicts import RIGHT, UNREADABLE
from deltarule.marking.wording import identified
from deltarule.marking.worked_sheets import work
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.tracing.line_check import Check

SHEET = """\
title = "t"
network = "{network}"
{top}
[options]
{options}
[given]
{given}
[published]
{published}
"""
MLP = {
    "network": "mlp",
    "top": "rate = 1",
    "options": "layers = 2\nbatch = false",
    "published": "yhat = 0.62",
    "given": "x = [1.0, -0.5]\ny = 1.0\nTheta1 = [[1.2, 2.1, -1.5], [-0.3, -0.7, 0.3]]\n"
    "Theta2 = [-0.2, 0.5, 1.3]",
}


def wide(size: int) -> str:
    return f"x = {[1.0] * size}\ny = 1.0\nTheta1 = {[[0.1] * size] * size}\nTheta2 = {[0.1] * size}"


@pytest.mark.parametrize(
    ("changed", "fact"),
    [
        ({"given": wide(100)}, "this asks for 40909 terms, 10100 of them for s1"),
        ({"given": wide(300)}, "a list of 90000 entries"),
        ({"options": "layers = 50"}, "a network of 102 equations, too long to derive for a sheet"),
        ({"options": "layers = 100"}, "a network of 202 equations, too long to derive for a sheet"),
        (
            {"top": 'rate = 1\nupdates = 1000000000\nat = "after"'},
            "1000000000 updates of 46 terms each",
        ),
        ({"top": "rate = 1\nupdates = 1" + "0" * 30}, "1" + "0" * 30 + " updates of 46 terms each"),
        ({"published": "yhat = 1\n" + "[[run]]\n" * 5000}, "5000 runs"),
        ({"network": "x" * 400_000}, "a text of 400000 characters"),
        ({"top": "x" * 300_000 + " = 1"}, "unknown key '" + "x" * 57 + "…'"),
        (
            {
                "network": "conv2d",
                "options": "stride = 1\npad = 1000000",
                "top": "",
                "given": "x = [[[[1,2],[3,4]]]]\nw = [[[[1]]]]\nb = [0]",
                "published": '"y[0,0,0,0]" = 1',
            },
            "the network ends in y, so its gradient dL/dy must come from outside",
        ),
    ],
)
def test_refused_with_a_place(tmp_path, changed, fact):
    path = tmp_path / "t.toml"
    path.write_text(SHEET.format(**{**MLP, **changed}), encoding="utf-8")
    with pytest.raises(DeltaruleError) as caught:
        mark(path)
    assert caught.value.fact == fact
    assert caught.value.place
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("published", "fact"),
    [
        ('"' + "h" * 100_000 + '" = 1', "a name of 100000 characters, 'hhhhhhhhhhhhhhhhhhhh'…"),
        ("E = " + "[" * 90 + "1" + "]" * 90, "lists more than 8 deep"),
        ("E = 1e10009", "'1e10009' is beyond 10^10000"),
        ("E = 1e-10009", "'1e-10009' is nearer to 0 than 10^-10000"),
        ("E = 1e" + "9" * 350, "'1e" + "9" * 55 + "…' is beyond 10^10000"),
        ("E = ?", "'?' is not a number"),
        ("E = true", "true stands where a number belongs"),
        ("E = [1, 2]", "E is a single number but 2 is written"),
        ("E = 1\nE = 2", "E stands twice, first in line "),
        ('E = 1\n"E" = 2', "E stands twice, first in line "),
        ("E = [1, 2", "E is a single number but 2 is written"),
        ("foo = 3", "mlp has no quantity foo"),
    ],
)
def test_what_is_published_and_cannot_be_read_costs_itself(tmp_path, published, fact):
    path = tmp_path / "t.toml"
    path.write_text(SHEET.format(**{**MLP, "published": f"yhat = 0.63\n{published}"}))
    right, unread = mark(path).verdicts
    assert (right.quantity, right.verdict) == ("yhat", RIGHT)
    assert (unread.verdict, unread.finding.startswith(fact)) == (UNREADABLE, True)
    assert len(unread.finding) < 1000
    (worked,) = work(path, extra=["E"])
    assert [v.finding for v in worked.verdicts if v.verdict == UNREADABLE] == [unread.finding]
    (note,) = mark(path, read_answers("[answers]\nyhat = 0.63", "mine")).notes
    assert note.startswith("of what the sheet publishes itself, ")
    assert "309" not in note


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("mlp", {"layers": 20}),
        ("scalar_chain", {"layers": 20}),
        ("deep_rnn", {"layers": 2, "cell": "lstm"}),
    ],
)
def test_networks_that_are_quick_to_derive_are_taken(name, options):
    check_network(load(name, **options), name)


def test_examples_are_far_from_the_bounds():
    run = load_sheet("six-by-six").runs[0]  # the largest
    computation = run_computation(run, run.asked, {})
    assert sum(len(list(walk(e.rhs))) for e in computation.network.equations) * 2 < MOST_NODES
    check_computation(computation, run.updates)
    assert sum(np.size(a) for a in computation.givens.values()) * 20 < MOST_TERMS


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("h1 = [" + "1," * 100_000 + "]", {"h1": "could not read"}),
        ("h1 = " + "[" * 90 + "1" + "]" * 90, {"h1": "could not read"}),
        ('"' + "θ" * 100_000 + '" = 1', {"θ" * 57 + "…": "could not read"}),
        (
            'yhat = 0.62\n"уhat" = 0.62\n"ｙhat" = 1',
            {
                "yhat": "right with carried rounding",
                "уhat": "could not read",
                "ｙhat": "could not read",
            },
        ),
        ('E = "٠.٠٧"\nyhat = "∞"', {"E": "right", "yhat": "could not read"}),
        ('"E\\u001b[31m" = 1\n"\\u202eE" = 1', {}),
    ],
)
def test_strange_answers_cost_only_themselves(tmp_path, text, verdicts):
    path = tmp_path / "a.toml"
    path.write_text(f"[answers]\n{text}\n", encoding="utf-8")
    found = {v.quantity: v for v in mark("slide", load_answers(path)).verdicts}
    assert {name: found[name].verdict for name in verdicts} == verdicts
    assert all(len(v.given) < 100 and len(v.finding) < 1000 for v in found.values())


@pytest.mark.parametrize(
    "text", ["\n".join(f"q{k} = 1" for k in range(501)), "\n".join(f"E{k}: 1" for k in range(500))]
)
def test_too_many_answers(tmp_path, text):
    path = tmp_path / "a.toml"
    path.write_text(f"[answers]\n{text}\n", encoding="utf-8")
    with pytest.raises(DeltaruleError):
        load_answers(path)


def test_what_is_no_file_is_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, Path("/dev/zero")):
        with pytest.raises(DeltaruleError):
            load_answers(path)


@pytest.mark.slow
def test_a_wrong_line_that_needs_its_own_result_blames_nobody():
    """c reads h of the same time, which reads c: nobody's equations go round in a circle."""
    run = load_sheet("gomez").runs[0]
    session = open_session(run, 1, {"c": read_numbers(["0.79", "0.5"], "c")}, {})
    equation = next(e for e in session.evaluator.equations["c"])
    g = next(r for r in reads(equation.rhs) if tensor_name(r) == "g")
    wrong = replace(
        equation, rhs=replace_reads(equation.rhs, lambda r: read("h", *g.indices) if r == g else r)
    )
    mistake = Mistake("swapped", 1.0, "c", wrong, "h stands where g belongs")
    found = Explanation(Hypothesis(), 1.0, (mistake,))
    with pytest.raises(DeltaruleError, match="round in a circle"):
        session.evaluator.quick("c", Hypothesis(variants={"c": wrong}))
    assert identified(session, found) == ""


LOG0 = """\
title = "log 0 and 0/0"
network = "binary_cross_entropy"
options.batch = false
[given]
yhat = [0, 0.5, 1]
y = [1, 1, 1]
[published]
E = 0.69
"dE/dyhat" = [1, -2, -1]
"""


def test_gradients_without_a_value_are_no_fault(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text(LOG0, encoding="utf-8")
    (worked,) = work(path)
    line = worked.trace.by_name["dE/dyhat"]
    assert line.check is not None
    assert line.check.undefined
    assert worked.trace.faults == []
    assert [v.verdict for v in worked.verdicts] == ["could not decide"] * 2 + ["right"]


def test_a_gradient_that_is_off_is_a_fault():
    assert not Check(1.0, 1.0, 1).undefined
    assert not Check(1.0, 1.0, 1).agrees
