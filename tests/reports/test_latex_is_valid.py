r"""Formulas in LaTeX, of the whole catalogue, are what a compiler and KaTeX take.

KaTeX itself looks through them where node and its package are: `npm install katex` in a folder, and
NODE_PATH=FOLDER/node_modules; without them that test says so.
"""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from latex_formulas import formulas
from latex_validity import faults
from once import derived

from deltarule.language.catalogue import catalogue

#: Reads formulas as JSON, and says what is wrong with those that KaTeX does not take.
_KATEX = """
const katex = require("katex"), wrong = [];
for (const tex of JSON.parse(require("fs").readFileSync(0, "utf8")))
  try { katex.renderToString(tex, { displayMode: true, strict: "error" }); }
  catch (error) { wrong.push(`${tex}: ${error.message}`); }
console.log(JSON.stringify(wrong));
"""


@pytest.mark.parametrize("name", [*catalogue()])
def test_formulas_are_valid(name):
    found = dict.fromkeys(formulas(derived(name)))
    assert found and {f: w for f in found if (w := [*faults(f)])} == {}


@pytest.mark.parametrize(
    ("formula", "fault"),
    [
        ("{a", "{ is not closed"),
        (r"a\right)", r"\right closes something else"),
        (r"\left(a", r"\left is not closed"),
        (r"\begin{cases} a \end{aligned}", r"\end{aligned} closes something else"),
        (r"a & b", "& outside of columns"),
        (r"\frac{a}", r"\frac without its argument"),
        (r"\softmax(x)", r"\softmax is not known"),
        ("a_{i}_{j}", "two scripts _ on one base"),
        ("x^{2}'", "two scripts ^ on one base"),
        ("a^", "^ without what it sets"),
        (r"\text{a_b}", r"a bare sign among the words of \text"),
        ("a ≥ b", "≥ is no sign of LaTeX"),
        ("50 %", "% is a sign of LaTeX's own"),
    ],
)
def test_what_is_not_valid_is_found(formula, fault):
    assert any(said.startswith(fault) for said in faults(formula))


@pytest.mark.parametrize(
    "formula",
    [
        r"\sum_{\substack{i \\ j}}^{n} {x'}^{2}_{i} \left[a\right] \text{ if } \sqrt{x_{1}^{2}}",
        r"\begin{cases} \frac{a}{b} & i \ge 1 \\ x' & \text{else} \end{cases}",
        r"h_{t}'' \mathrm{log\_softmax}\left(x\right) \left\lfloor a \right\rfloor",
    ],
)
def test_what_is_valid_is_not_accused(formula):
    assert [*faults(formula)] == []


def test_katex_takes_the_formulas():
    node = shutil.which("node")
    there = node and subprocess.run([node, "-e", 'require("katex")'], capture_output=True)
    if not there or there.returncode:
        pytest.skip("formulas set by KaTeX: node with its package katex is not there")
    names = ["conv2d", "lstm", "layer_norm", "max_pool2d", "attention", "ctc", "mixture_density"]
    found = [f for n in names for f in formulas(derived(n))]
    asked, command = json.dumps(found), [str(node), "-e", _KATEX]
    said = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    assert json.loads(said.stdout) == []
