"""Texts of equations, nearly right: each is refused with fact, place and remedy (3 s in all).

What somebody types who follows the remedy stands beside it, and is read; "-" is for those that
lead out of equations, to a layer of the catalogue or a derivation file.
"""

import re
import time
from pathlib import Path

import pytest

import deltarule
from deltarule.errors import DeltaruleError
from deltarule.typed.lecture_notation.printed_texts import as_read

TABLE = (Path(__file__).parent / "refused_texts.txt").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^=== (.*)\nfact:   (.*)\nwhere:  (.*)\nremedy: (.*)\nthen:   (.*)$", re.MULTILINE
)
REFUSED = BLOCK.findall(TABLE)


def said(text: str) -> tuple[str | None, ...]:
    """What a text is refused with; nothing for one that is read."""
    try:
        deltarule.layer(text)
    except DeltaruleError as error:
        return error.fact, error.place, error.remedy
    return ()


def test_each_text_is_refused_with_fact_place_and_remedy():
    assert len(REFUSED) == TABLE.count("\n=== ") >= 110
    for text, *wanted, _ in REFUSED:
        assert (text, said(text)) == (text, tuple(wanted))


@pytest.mark.slow
def test_each_remedy_is_read_when_it_is_followed():
    followed = {text: then for text, *_, then in REFUSED if then != "-"}
    assert len(REFUSED) - len(followed) <= 6
    assert {text: said(then) for text, then in followed.items() if said(then)} == {}
    for *_, remedy, then in REFUSED:  # what a remedy spells out is what is typed
        spelled = re.search(
            r"(?:write|did you mean '?)\s*([\w∂]+\[[^…\]]*\]|\w+)(?=[,'?]|$)", remedy
        )
        if spelled and then != "-":
            assert spelled[1].replace(" ", "") in then.replace(" ", ""), (remedy, then)


def test_what_is_meant_clearly_is_read():
    for text in (
        "E = Sum (y[n]-x[n])**2",
        "L = Sum_n (x[n] - y[n])^2",
        "y［n］ ＝ x［n］",
        "y_{n,m} = Σ_d x[n,d] W[d,m]",
        "y[n] = acosh(x[n]) + asin(x[n])",
        "y[n] = x[n] // 2",
        "y[n] = gelu(x[n]) + swish(x[n])",
        "y[n] = x[n+1]*w[n-1]",
        "y[n,m] = Sum[d=1:D](x[n,d]*W[d,m])",
        "y[n] = x[n]^x[n]",
        "y[i] = Sum[j](delta(i,j)*x[j]**2)",
        "y[n] = Sum[k](pi[k]*x[n,k])",
        "E = -log p[y]",
        r"y_{nm} = \sum_d x_{nd} W_{dm}",
        "E = -Σ_n log p[n, y[n]]",
    ):
        assert said(text) == (), text


def test_softmax_of_an_entry_runs_over_its_last_index():
    """Whichever of its indices stands on the left: a_j = softmax(s_ij) is over j."""
    network = deltarule.layer("y[i,d] = Sum[j](softmax(s[i,j])*v[j,d])")
    assert "exp(s[i, j′])" in deltarule.spelling.text.text(network.equations[0].rhs)


def test_blanks_take_no_time():
    begun = time.process_time()
    assert said("y = X'" + " " * 2000 + "X") == () and time.process_time() - begun < 3


def test_spellings_of_papers_take_no_time():
    """Blanks in subscripts and conditions have one way of being read, however many they are."""
    begun = time.process_time()
    for text in ("Q'_{a" + " b" * 1900, "Σ_{j:" + " " * 3900 + "x", "y" + " ." * 1900):
        as_read(text)
    assert time.process_time() - begun < 2
