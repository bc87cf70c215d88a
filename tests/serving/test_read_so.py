"""How typed equations were read stands above their gradients, small letters with it."""

import html
import re

import pytest

from deltarule.serving.derived_equations import derived_answer
from deltarule.serving.read_so import read_so
from deltarule.typed.typed_network import typed_network

READ = {
    "y = tanh(W x + b)": "W is a matrix of M × N, x a vector of N, b a vector of M, "
    "y a vector of M",
    "E = ½‖y − t‖²; y = σ(W x)": "W is a matrix of M × N, x a vector of N, t a vector of M (held "
    "fixed, as a target is), E a number (what the gradients are of)",
    "y = a x + b": "a is a number, x a number, b a number, y a number (what the gradients are of)",
    "E = (y - w^T x)^2": "y is a number, w a vector of N, x a vector of N, E a number (what the "
    "gradients are of)",
    "y[n,m] = Sum[d](x[n,d]*W[d,m]) + b[m]": "x is a matrix of N × D, W a matrix of D × M, b a "
    "vector of M, y a matrix of N × M",
}


@pytest.mark.parametrize("equations", READ)
def test_each_letter_is_said(equations):
    said = f"Read so: {READ[equations]}."
    assert read_so(typed_network(equations)) == said
    page = derived_answer({"equations": equations})["html"]
    above = re.search(r'<p class="soft" id="read">(.*?)</p>', page)
    assert above is not None and html.unescape(above[1]) == said


def test_that_small_letters_are_numbers_is_said_beside():
    page = html.unescape(derived_answer({"equations": "y = a x + b"})["html"])
    assert page.count("All letters are numbers here") == 1


def test_what_has_nothing_to_read_says_nothing_of_letters():
    for equations in ("y = W x", "h[t] = tanh(W h[t-1] + U x[t])"):
        network = typed_network(equations)
        names = re.findall(r"(\S+) (?:is )?an? (?:number|vector|matrix|array)", read_so(network))
        assert len(names) == len({*names}) >= 2
