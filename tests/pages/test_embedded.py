"""What a notebook shows: every result brings its page, and changes no other."""

import html
import re
from importlib import import_module

import pytest
from once import derived
from parsed_html import Parsed, Whole

import deltarule
from deltarule.marking.sheet_files.sheets import load_sheet
from deltarule.marking.worked_sheets import work
from deltarule.represented import SHOWN, Represented


@pytest.fixture(scope="module")
def results():
    """A result of each kind that needs no compiling."""
    return {
        "Derivation": derived("dense"),
        "Trace": work(load_sheet("slide"))[0].trace,
        "Marking": deltarule.mark("slide"),
    }


def test_what_shows_a_result_is_there():
    for kinds in SHOWN.values():
        for module, function in kinds.values():
            assert callable(getattr(import_module(f"deltarule.{module}"), function))
    assert {c.__name__ for c in Represented.__subclasses__()} <= set(SHOWN)


@pytest.mark.parametrize("kind", ["Derivation", "Trace", "Marking"])
def test_a_result_is_shown_in_every_way_that_it_has(results, kind):
    result = results[kind]
    bundle = result._repr_mimebundle_()
    assert set(bundle) == set(SHOWN[kind])
    Whole(bundle["text/html"])
    assert bundle["text/html"] == result._repr_html_()
    words = set(re.findall(r"[a-z]{5,}", bundle["text/plain"]))
    shown = re.sub("<[^<>]*>", " ", html.unescape(bundle["text/html"]))
    assert len(words - set(re.findall(r"[a-z]{5,}", shown))) <= len(words) // 10
    assert list(result._repr_mimebundle_(include={"text/plain"})) == ["text/plain"]
    assert "text/html" not in result._repr_mimebundle_(exclude={"text/html"})


def test_formulas_are_latex_as_well(results):
    latex = results["Derivation"]._repr_latex_()
    assert latex.startswith("$$") and latex.count(r"\frac{\partial L}") == 6
    assert results["Marking"]._repr_latex_() is None


#: What of LaTeX stands in formulas; KaTeX, which VS Code sets them by, has all of it.
KATEX = set(
    r"""\alpha \beta \begin \delta \end \epsilon \exp \frac \gamma \hat \kappa \lceil \le \left
    \lfloor \log \mathrm \max \mid \min \mu \ne \partial \rceil \rfloor \rho \right \sigma
    \sqrt \substack \sum \tanh \text \theta \cdot \ge \bar \tilde \prime \ldots \times \infty
    \odot \top""".split()
)


@pytest.mark.parametrize("name", ["conv2d", "lstm", "layer_norm", "max_pool2d", "attention"])
def test_latex_of_a_notebook_is_katexs(name):
    latex = derived(name)._repr_latex_()
    assert set(re.findall(r"\\[a-zA-Z]+", latex)) <= KATEX
    assert set(re.findall(r"\\begin\{(\w+)\}", latex)) <= {"aligned", "cases"}


def test_the_style_of_a_fragment_is_its_own(results):
    fragment = results["Derivation"]._repr_html_()
    style = re.search(r"<style>(.*?)</style>", fragment, re.S)[1]
    assert style.startswith(".deltarule {") and style.count("{") == style.count("}")
    assert ":root" not in style and fragment.count("<script") == 0


def test_a_trace_runs_its_script_in_a_frame_that_reaches_nothing(results):
    frame = results["Trace"]._repr_html_()
    assert frame.startswith("<iframe") and 'sandbox="allow-scripts"' in frame
    inside = html.unescape(re.search('srcdoc="(.*?)"', frame, re.S)[1])
    assert inside.startswith("<!doctype html>") and "script-src 'sha256-" in inside
    assert "seed" not in Parsed(inside).text


@pytest.mark.slow
def test_a_kernel_shows_its_text(cache):
    kernel = deltarule.kernel("dense")
    bundle = kernel._repr_mimebundle_()
    assert bundle["text/plain"] == repr(kernel)
    assert "def backward" in Parsed(bundle["text/html"]).text
