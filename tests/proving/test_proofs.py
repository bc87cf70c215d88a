"""Statements that students are asked to prove; planted false ones are refuted by an example."""

import json
from functools import partial

import pytest
from click.testing import CliRunner
from sympy import Integer

from deltarule.cli.programs import app
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Sum, read
from deltarule.expressions.symbols import Index, Size
from deltarule.language.load import load
from deltarule.proving.cited import CITED
from deltarule.proving.count_claims import FewerWeights, SameField
from deltarule.proving.proofs import NoGradient, Same, Statement, prove
from deltarule.proving.statements import STATEMENTS, statement

n, c, m = Index("n"), Index("c"), Index("m")
N, C, M = Size("N"), Size("C"), Size("M")
FALSE = "bias before layer norm has zero gradient"


@pytest.mark.parametrize("each", STATEMENTS, ids=lambda s: s.name)
def test_all_of_the_table_are_decided(each):
    proof = prove(each)
    assert proof.kind == ("refuted" if each.name == FALSE else "proved")
    assert all(f.lines for f in proof.findings)
    cites = {line.row for finding in proof.findings for line in finding.lines}
    assert cites <= set(CITED.values())
    seen = [(r, r.seen.partition("--prove ")[2]) for r in CITED.values()]
    assert {rule for rule, name in seen if name and statement(name) is each} <= cites


def test_lines_of_a_side_follow_each_other():
    _, rows = prove(statement("softmax")).findings
    for one, two in zip(rows.lines, rows.lines[1:]):
        assert one.after == two.before
    assert rows.lines[0].before == "Σ_c ∂L/∂z[n, c]" and rows.lines[-1].after == "0"
    assert any("Shown above: Σ_c p[n, c] = 1" in line.reason for line in rows.lines)


def test_the_reason_for_no_gradient_is_that_deviations_cancel():
    (finding,) = prove(statement("bias before batch norm has zero gradient")).findings
    assert [line.rule for line in finding.lines][-1] == "deviations sum to zero"
    assert finding.lines[-1].after == "0"


def planted(network, *claims):
    return prove(Statement("planted", "A false statement.", network, claims))


@pytest.mark.parametrize(
    "claim",
    [
        Same(Sum(read("p", n, c), [(n, N)]), Integer(1), ((c, C),)),
        Same(Sum(read("p", n, c) ** 2, [(c, C)]), Integer(1), ((n, N),)),
        Same(Sum(read("dL/dz", n, c), [(n, N)]), Integer(0), ((c, C),)),
        Same(read("dL/dz", n, c), Integer(0), ((n, N), (c, C))),
        NoGradient("z"),
    ],
)
def test_planted_false_claims_about_softmax_are_refuted(claim):
    (finding,) = planted(partial(load, "softmax"), claim).findings
    assert finding.kind == "refuted"
    assert " against " in finding.detail and "N = " in finding.detail


def test_maxout_is_not_leaky():
    true = statement("ReLU is a special case of maxout")
    half = Same(read("h", n, m), read("r", n, m) / 2, ((n, N), (m, M)))
    assert planted(true.network, half).kind == "refuted"


def test_counts_the_other_way_round_are_refuted():
    true = statement("5x5 has the receptive field of two 3x3 with fewer weights")
    proof = planted(true.network, FewerWeights(("w5",), ("w3a", "w3b")), SameField("y5", "y3a"))
    assert [f.kind for f in proof.findings] == ["refuted", "refuted"]
    assert proof.findings[0].detail == "25 against 18 for C = 1"


def test_fewer_for_some_sizes_only_is_refuted():
    network = partial(load, "dense")
    (finding,) = planted(network, FewerWeights(("b",), ("W",))).findings
    assert finding.kind == "refuted" and finding.detail == "1 against 1 for D = 1, M = 1"


def test_a_false_claim_is_not_used_by_the_next():
    false = Same(Sum(read("p", n, c), [(n, N)]), Integer(1), ((c, C),))
    assert planted(partial(load, "softmax"), false, false).kind == "refuted"


def test_an_unknown_statement_is_told_with_the_known_ones():
    with pytest.raises(DeltaruleError) as caught:
        statement("P = NP")
    assert "ReLU is a special case of maxout" in caught.value.remedy


def run(*words):
    return CliRunner().invoke(app, ["derive", *words])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "status", "kind"), [("bias before batch norm", 0, "proved"), (FALSE, 1, "refuted")]
)
def test_the_command(name, status, kind):
    done = run("--prove", name)
    assert done.exit_code == status and f"The statement is {kind}" in done.stdout
    values = json.loads(run("--prove", name, "--json").stdout)
    assert values["kind"] == kind and values["claims"][0]["lines"]


def test_the_list():
    assert all(s.name in run("--prove", "list").stdout for s in STATEMENTS[:1])
    values = json.loads(run("--prove", "list", "--json").stdout)
    assert [s["name"] for s in values["statements"]] == [s.name for s in STATEMENTS]
