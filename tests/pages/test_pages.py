"""Pages of HTML: whole, without anything from elsewhere, and with what the other formats say."""

import json
import re

import numpy as np
import pytest
from once import derived
from parsed_html import Parsed, Whole

from deltarule.classes.feedback.feedback_html import SIGN_CLASSES
from deltarule.classes.verdict_words import WORDS, sign
from deltarule.errors import DeltaruleError
from deltarule.marking.sheet_files.sheets import load_sheet
from deltarule.marking.worked_sheets import work
from deltarule.pages.derivation_html import derivation_html
from deltarule.pages.graph_layout import Box, laid_out
from deltarule.pages.html_page import page_html, sentence_html
from deltarule.pages.trace_html import sheet_html
from deltarule.pages.verdict_kinds import verdict_kind
from deltarule.pages.window_svg import trace_windows, windows_html
from deltarule.reports.things import ShownDerivation, ShownSheet
from deltarule.reports.trace_values import sheet_values
from deltarule.signed_files import signed
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import trace


@pytest.fixture(scope="module")
def slide():
    sheet = load_sheet("slide")
    return ShownSheet(sheet, work(sheet))


@pytest.fixture(scope="module")
def slide_page(slide):
    return sheet_html(slide)


def test_a_derivation_is_a_page_with_every_step():
    derivation = derived("dense")
    gradients = list(derivation.gradients.values())
    page = derivation_html(ShownDerivation(derivation, gradients))
    Whole(page)
    text = Parsed(page).text
    for gradient in gradients:
        assert gradient.words in text
        for step in gradient.steps:
            assert step.rule in text and step.reason in text and step.verified in text
    assert page.count("<details>") == len(gradients) and "<script" not in page
    opened = derivation_html(ShownDerivation(derivation, gradients, steps=True))
    assert opened.count("<details open>") == len(gradients)


def test_a_worked_sheet_is_a_page_with_the_numbers_of_its_json(slide, slide_page):
    Whole(slide_page)
    assert len(slide_page) < 120_000
    data = json.loads(re.search(r'id="data">(.*)', slide_page)[1])
    own = dict(
        re.findall(r'class="n own" data-q="([^"]+)" data-at="[0,]*">(.*?)</mrow>', slide_page)
    )
    seeds = {"dE/dE", "dE/dE_o"}  # 1, which is not said
    lines = [line for line in sheet_values(slide)["lines"] if line["quantity"] not in seeds]
    assert len(lines) == len(own) == slide_page.count('<section class="line"')
    for line in lines:
        numbers = np.array(line["value"], dtype=float).ravel()
        shown = np.array(data[0][line["quantity"]]["value"]).ravel()
        assert [float(n.replace("−", "-")) for n in shown] == list(numbers)
        assert Parsed(own[line["quantity"]]).text == shown[0]
    text = Parsed(slide_page).text
    for worked in slide.runs:
        for verdict in worked.verdicts:
            assert verdict.finding in text


def test_of_many_lines_those_in_the_middle_say_only_what_comes_out(monkeypatch, slide, slide_page):
    monkeypatch.setattr("deltarule.pages.trace_html.MOST_LINES", 5)
    monkeypatch.setattr("deltarule.pages.trace_html.AT_EACH_END", 1)
    page = sheet_html(slide)
    Whole(page)
    said = re.search(r"(\d+) of the (\d+) lines say only what comes out.*--only (\S+) does", page)
    folded, lines = int(said[1]), int(said[2])
    assert page.count('class="line"') == slide_page.count('class="line"') == lines
    assert "lines say only" not in slide_page and len(page) < len(slide_page)
    sections = re.findall(r'<section class="line" data-q="([^"]+)"(.*?)</section>', page, re.S)
    bare = [name for name, section in sections if 'class="eq entry"' not in section]
    assert len(bare) == folded > 2 and bare[0] == said[3]
    assert all("All: " in section for name, section in sections if name in bare)
    assert not any("<details" in section for name, section in sections if name in bare)
    assert not {sections[k][0] for k in (0, -1)} & set(bare)


def test_a_script_runs_that_the_page_names_and_no_other(slide_page):
    assert slide_page.count("<script") == 2 and "script-src 'sha256-" in slide_page
    quiet = page_html("x", ["<p>y</p>"])
    assert "script" not in quiet


HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(2)> \x1b[31m ‮ & "'


def test_what_somebody_wrote_is_text():
    from dataclasses import replace

    sheet = load_sheet("slide")
    sheet = replace(sheet, title=HOSTILE, source=HOSTILE)
    page = sheet_html(ShownSheet(sheet, work(sheet)))
    Whole(page)
    assert page.count("<script") == 2 and "<img" not in page and "\x1b" not in page
    with_data = page_html(HOSTILE, [], script="stepper.js", data={HOSTILE: HOSTILE})
    Whole(with_data)
    assert with_data.count("</script>") == 2
    written = re.search(r'id="data">(.*)', with_data)[1]
    assert json.loads(written).popitem()[1].startswith("</script>")


@pytest.mark.slow
def test_where_pictures_of_windows_are_many_those_alike_are_one(monkeypatch):
    derivation = derived("residual_conv")
    givens, sizes = drawn(derivation, 1)
    found = trace(derivation, givens, sizes=sizes, checks=False)
    windows = trace_windows(found)
    assert len(windows) == 6 and all(w.quantity == name for name, w in windows.items())
    monkeypatch.setattr("deltarule.pages.window_svg.MOST_DRAWN", 300)
    few = trace_windows(found)
    same = {name: w.quantity for name, w in few.items()}
    assert same == {"y1": "y1", "y2": "y1", "dL/dw2": "dL/dw2", "dL/dw1": "dL/dw2"}
    said = "".join(windows_html(few["y2"], found.by_name["y2"], found))
    assert "Its window moves as that of y₁ does." in said and "<svg" not in said


def boxes(*reads):
    return [Box(name, 40, 30, sources) for name, sources in reads]


def test_boxes_stand_behind_what_they_are_computed_from():
    found = laid_out(
        boxes(("x", ()), ("W", ()), ("V", ()), ("s", "xW"), ("h", "s"), ("z", "hVx"))
    ).boxes
    x = {name: box.x for name, box in found.items()}
    assert x["x"] == x["W"] < x["s"] < x["h"] < x["z"] and x["V"] == x["h"]
    columns = {}
    for box in found.values():
        columns.setdefault(box.x, []).append((box.y, box.y + box.height))
    for column in columns.values():
        ordered = sorted(column)
        assert all(low >= high for (_, high), (low, _) in zip(ordered, ordered[1:]))


def test_a_state_that_is_read_before_it_is_computed_moves_nothing():
    found = laid_out(boxes(("x", ()), ("s", "xh"), ("h", "s"))).boxes
    assert found["x"].x < found["s"].x < found["h"].x
    assert laid_out([]).width == 0


def said(*words):
    from click.testing import CliRunner

    from deltarule.cli.programs import program

    return CliRunner().invoke(program(words[0]), words[1:], env={"COLUMNS": "200"})


def test_the_page_goes_to_the_file_that_is_named(tmp_path):
    path = tmp_path / "dense.html"
    told = said("derive", "dense", "--html", str(path))
    assert told.exit_code == 0 and told.output == f"{path} is written; any browser shows it\n"
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    written = path.read_text(encoding="utf-8")
    assert signed(said("derive", "dense", "--html", "-").output, ".html") == written


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("layers.py", "layers.py is no name of such a file"),
        ("nowhere/x.html", "there is no folder"),
    ],
)
def test_a_page_goes_nowhere_else(tmp_path, name, fact):
    told = said("derive", "dense", "--html", str(tmp_path / name))
    assert told.exit_code == 2 and fact in told.output and not (tmp_path / name).exists()


def test_whatever_has_a_page_of_text_has_one_of_html():
    page = said("derive", "lenet5", "--count", "--html", "-").output
    Whole(page)
    assert "<table" in page and "61,706" in Parsed(page).text
    marked = said("check", "example", "slide", "--html", "-").output
    Whole(marked)
    assert '<section class="good">' in marked
    assert "right with carried rounding" in Parsed(marked).text


def test_a_verdict_has_one_colour_on_all_pages(slide_page):
    for verdict in WORDS:
        assert verdict_kind(verdict) == SIGN_CLASSES.get(sign(verdict), "missing"), verdict
    found = re.findall(r'<span class="verdict (\w+)">([^<]*)</span>', slide_page)
    assert found and all(kind == verdict_kind(verdict) for kind, verdict in found)


def test_errors_of_names_are_errors():
    from deltarule.pages.mathml_names import mathml_name

    with pytest.raises(DeltaruleError, match="is not a name"):
        mathml_name("<b>")


def test_subscripts_in_titles_are_set_lower():
    assert sentence_html("h_t = tanh(W_xh x_t + h_{t−1})") == (
        "h<sub>t</sub> = tanh(W<sub>xh</sub> x<sub>t</sub> + h<sub>t−1</sub>)"
    )
    assert sentence_html("Θ_kᵀ x, σ_k²") == "Θ<sub>k</sub>ᵀ x, σ<sub>k</sub>²"
    assert sentence_html("my_layer <b>_1") == "my_layer &lt;b&gt;_1"
    assert (
        "_{"
        not in derivation_html(
            ShownDerivation(derived("rnn"), list(derived("rnn").gradients.values()))
        )
        .split("<h1>")[1]
        .split("</h1>")[0]
    )
